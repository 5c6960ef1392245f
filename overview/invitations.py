"""Inviting colleagues. It joins accounts (who works here) with notifications (the e-mail that tells them)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import AuthorityRequest, for_roles
from accounts.forms import InviteForm
from accounts.models import Membership, Role
from accounts.services import AlreadyMember
from notifications.invitations import AlreadyJoined, StillOnItsWay, invite, invite_again


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.ADMIN)
def person_invite(request: AuthorityRequest) -> HttpResponse:
    form = InviteForm(request.POST or None, authority=request.authority)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            member = invite(
                by=request.membership,
                email=data["email"],
                name=data["name"],
                role=data["role"],
                job_title=data["job_title"],
                services=data.get("services", []),
                now=timezone.now(),
            )
        except AlreadyMember as error:
            form.add_error("email", _already(error.membership))
        else:
            messages.success(
                request,
                f"{member} uses mpcrm already and can work here at once. An e-mail tells them so."
                if member.user.has_joined
                else f"An invitation is on its way to {member.user.email}.",
            )
            return redirect("accounts:people_list", request.authority.slug)
    return render(
        request, "accounts/person_invite.html", {"form": form}, status=422 if form.is_bound else 200
    )


def _already(member: Membership) -> str:
    """What an admin should know who invites an address a second time."""
    if not member.is_active:
        return f"{member} worked here before. Open their page under People to let them in again."
    if member.user.has_joined:
        return f"{member} is a colleague already."
    invited = f" on {timezone.localtime(member.invited_at):%-d %B %Y}" if member.invited_at else ""
    return f"{member} was invited{invited}. Open their page under People to send the invitation again."


@require_POST
@for_roles(Role.ADMIN)
def invitation_send(request: AuthorityRequest, pk: int) -> HttpResponse:
    member = get_object_or_404(Membership.objects.visible_to(request.membership).active(), pk=pk)
    try:
        invite_again(by=request.membership, member=member, now=timezone.now())
    except AlreadyJoined:
        messages.error(request, f"{member} has joined already and needs no invitation.")
    except StillOnItsWay:
        messages.error(request, f"The last invitation to {member} is still on its way.")
    else:
        messages.success(request, f"A new invitation is on its way to {member.user.email}.")
    return redirect("accounts:person_edit", request.authority.slug, member.pk)
