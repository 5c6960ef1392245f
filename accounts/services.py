"""Changes to who works here: authorities, the people in them, their roles and service areas."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Model, Q

from accounts.history import refuse_if_edited
from accounts.models import Authority, Membership, Role, Service, User


class AlreadyMember(Exception):
    """The address belongs to someone who has a membership here already: `membership`."""

    def __init__(self, membership: Membership) -> None:
        super().__init__("already a member")
        self.membership = membership


class LastAdmin(Exception):
    """The change would leave the authority without an active admin who can sign in."""


class LastInstanceAdmin(Exception):
    """The change would leave nobody who can sign in and look after the facts that all authorities share."""


class WorksNowhere(Exception):
    """The person works for no authority here: nothing could be told to them."""


class NamedForEscalations(Exception):
    """The role opens no enquiry, but the person is named as one whom late enquiries are escalated to."""


class AlreadyExists(Exception):
    """An authority with this name, address or ONS code exists already: `field` says which."""

    def __init__(self, field: str) -> None:
        super().__init__(f"an authority with this {field} exists")
        self.field = field


def create_authority(
    *,
    name: str,
    slug: str,
    ons_code: str,
    nation: str,
    reference_prefix: str,
    admin_email: str,
    admin_name: str,
    now: datetime,
) -> Membership:
    """Make an authority and its first admin; give the admin's membership.

    On an empty installation that person becomes the instance admin too. The arguments are validated by
    `Authority.full_clean` (raises ValidationError); raises AlreadyExists naming the field that is taken.
    """
    authority = Authority(
        name=name, slug=slug, ons_code=ons_code, nation=nation, reference_prefix=reference_prefix
    )
    with transaction.atomic():
        is_first = not Authority.objects.exists()
        for field in ("slug", "ons_code", "name"):
            if Authority.objects.filter(**{f"{field}__iexact": getattr(authority, field)}).exists():
                raise AlreadyExists(field)
        authority.full_clean()
        authority.save()
        membership = add_member(
            authority=authority, email=admin_email, name=admin_name, role=Role.ADMIN, now=now
        )
        if is_first:
            membership.user.is_instance_admin = True
            membership.user.save(update_fields=["is_instance_admin"])
    return membership


def add_member(
    *,
    authority: Authority,
    email: str,
    name: str,
    role: str,
    now: datetime,
    job_title: str = "",
    services: Iterable[Service] = (),
) -> Membership:
    """Give the person at this address a membership, making their user if the address is new here.

    A new user has no password until they follow their invitation; someone already known keeps name and
    password and works here at once. Raises AlreadyMember, also when two people invite at the same moment.
    """
    email = email.strip().lower()
    try:
        with transaction.atomic():
            user = User.objects.filter(email__iexact=email).first()
            if user is None:
                user = User.objects.create_user(email, name=name)
            membership = Membership.objects.create(
                authority=authority,
                user=user,
                role=role,
                job_title=job_title,
                invited_at=now,
                joined_at=now if user.has_joined else None,
            )
            membership.services.set(services)
    except IntegrityError:
        existing = Membership.objects.for_authority(authority).filter(user__email__iexact=email).first()
        if existing is None:
            raise
        raise AlreadyMember(existing) from None
    return membership


def join(*, user: User, name: str, password: str, now: datetime) -> None:
    """The invited person chooses their name and password; the invitation's link is dead from here on."""
    with transaction.atomic():
        user.name = name
        user.set_password(password)
        user.save(update_fields=["name", "password"])
        user.memberships.filter(joined_at=None).update(joined_at=now)


def change_member(
    *,
    by: Membership,
    member: Membership,
    role: str,
    job_title: str = "",
    services: Iterable[Service] = (),
    away_until: date | None = None,
    version: int | None = None,
) -> None:
    """Give a colleague another role, job title, services or absence, from their next request on; as seen at
    `version`, if given. Raises LastAdmin, NamedForEscalations, EditedMeanwhile.
    """
    with transaction.atomic():
        member = _locked(member)
        changes = {"role": role, "job_title": job_title, "away_until": away_until}
        refuse_if_edited(member, since=version, sent=changes | {"services": services})
        for name, value in changes.items():
            setattr(member, name, value)
        member.save()
        member.services.set(services)
        _require_an_admin(by.authority)
        _require_to_open_what_they_are_told_of(member)


def say_away(*, user: User, until: date | None) -> None:
    """The person is away, wherever they work, to that day and including it; None: they are here."""
    with transaction.atomic():
        for member in Membership.objects.active().for_user(user).exclude(away_until=until):
            member.away_until = until
            member.save(update_fields=["away_until"])


def deactivate_member(*, by: Membership, member: Membership) -> None:
    """End a colleague's access from their next request on; what they did stays.

    An instance admin who works nowhere from then on is none any more. Raises LastAdmin, LastInstanceAdmin.
    """
    with transaction.atomic():
        member = _locked(member)
        member.is_active = False
        member.save()
        _require_an_admin(by.authority)
        if member.user.is_instance_admin:
            _hold_instance_admins(member.user)
            if not _works_here(member.user):
                User.objects.filter(pk=member.user_id).update(is_instance_admin=False)
                _require_an_instance_admin()


def reactivate_member(*, by: Membership, member: Membership) -> None:
    """Give a colleague who left their access back, in the role they had."""
    with transaction.atomic():
        member = _locked(member)
        member.is_active = True
        member.save()


def save_settings(*, settings: Authority, version: int | None = None) -> None:
    """Save what an admin decided for all, as seen at `version`, if given. Raises EditedMeanwhile."""
    with transaction.atomic():
        saved = Authority.objects.select_for_update().get(pk=settings.pk)
        changes = {
            field.attname: getattr(settings, field.attname) for field in settings._meta.concrete_fields
        }
        refuse_if_edited(saved, since=version, sent=changes)
        settings.save()


def change_instance_admin(*, user: User, is_instance_admin: bool) -> None:
    """Let somebody look after the facts that all authorities share, or do so no longer, from their next
    request on. Raises WorksNowhere, LastInstanceAdmin.
    """
    with transaction.atomic():
        _hold_instance_admins(user)
        if is_instance_admin and not _works_here(user):
            raise WorksNowhere
        User.objects.filter(pk=user.pk).update(is_instance_admin=is_instance_admin)
        _require_an_instance_admin()


def _locked(member: Membership) -> Membership:
    """The membership as it is now, its authority held, so that two admins cannot demote each other."""
    Authority.objects.select_for_update().get(pk=member.authority_id)
    return Membership.objects.for_authority(member.authority).get(pk=member.pk)


def _require_an_admin(authority: Authority) -> None:
    admins = Membership.objects.for_authority(authority).active().joined().in_role(Role.ADMIN)
    if not admins.exists():
        raise LastAdmin


def _hold_instance_admins(user: User) -> None:
    """Hold this person and every instance admin, so that the last two are not taken away at once."""
    held = User.objects.filter(Q(is_instance_admin=True) | Q(pk=user.pk)).order_by("pk")
    list(held.select_for_update())


def _works_here(user: User) -> bool:
    return Membership.objects.active().filter(user=user).exists()


def _require_an_instance_admin() -> None:
    if not Membership.objects.looking_after_the_instance().joined().exists():
        raise LastInstanceAdmin


def _require_to_open_what_they_are_told_of(member: Membership) -> None:
    # The ladder is the enquiries' own, so it is asked by the relation.
    of_any = Authority.objects.filter(chief_executive=member).exists() or member.ladder_steps.exists()
    stands_for = Service.objects.active().relying_on(member).exists()
    if (of_any and member.role not in Membership.KNOW_OF_ALL_ENQUIRIES) or (
        stands_for and member.role not in Membership.KNOW_OF_ENQUIRIES
    ):
        raise NamedForEscalations


class NameTaken(Exception):
    """Another row of this kind has the name in this authority."""


def save_named(row: Model) -> None:
    """Add or change a row whose name its authority gives once, such as a service area. Raises NameTaken, also
    where two people give it at the same moment."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise NameTaken from None
