"""Asking a colleague to join: the membership and the e-mail about it, recorded together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.joining import join_path
from accounts.models import Membership, Service
from accounts.services import add_member
from notifications.models import Channel, Notification, State
from notifications.services import Message, notify

KIND = "invitation"


class AlreadyJoined(Exception):
    """The person has a password and needs no invitation."""


class StillOnItsWay(Exception):
    """The last invitation has not been sent yet; another would only be a repeat."""


def invite(
    *,
    by: Membership,
    email: str,
    name: str,
    role: str,
    job_title: str = "",
    services: Iterable[Service] = (),
    now: datetime,
) -> Membership:
    """Give the person a membership of the admin's authority and tell them by e-mail.

    Someone new gets a link to choose a password, good for `INVITATION_DAYS`; someone known to this instance
    is told that they work here too. Raises accounts.services.AlreadyMember.
    """
    with transaction.atomic():
        member = add_member(
            authority=by.authority,
            email=email,
            name=name,
            role=role,
            job_title=job_title,
            services=services,
            now=now,
        )
        _send(member, by=by, now=now)
    return member


def invite_again(*, by: Membership, member: Membership, now: datetime) -> None:
    """Send a fresh link to someone who has not joined yet. Raises AlreadyJoined, StillOnItsWay."""
    if member.user.has_joined:
        raise AlreadyJoined
    with transaction.atomic():
        sent = Notification.objects.select_for_update().filter(recipient=member, kind=KIND)
        if any(row.state in {State.QUEUED, State.SENDING} for row in sent):
            raise StillOnItsWay
        member.invited_at = now
        member.save(update_fields=["invited_at"])
        _send(member, by=by, now=now)


def _send(member: Membership, *, by: Membership, now: datetime) -> None:
    authority = member.authority
    if member.user.has_joined:
        title = f"You now work for {authority} in mpcrm"
        body = f"{by} has added you as {member.get_role_display()}. Sign in with the password you have."
        path = reverse("overview:authority_home", args=[authority.slug])
    else:
        until = timezone.localtime(now + timedelta(days=settings.INVITATION_DAYS))
        title = f"Join {authority} in mpcrm"
        body = (
            f"{by} has invited you as {member.get_role_display()}. Follow the link to choose a password. "
            f"It works once, until {until:%-d %B %Y}."
        )
        path = join_path(member.user, now=now)
    message = Message(
        kind=KIND,
        subject=f"membership:{member.pk}",
        step=Notification.objects.filter(recipient=member, kind=KIND).count(),
        recipient=member,
        due_on=timezone.localdate(now),
        title=title,
        body=body,
        path=path,
    )
    notify([message], now=now, channels=[Channel.EMAIL])
