"""The link in an invitation: it lets one person choose a password, once, for `INVITATION_DAYS`."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils.encoding import force_str
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from accounts.models import User


class JoinTokens(PasswordResetTokenGenerator):
    """Django's password-reset token with its own salt: signed, dated, and dead once a password is set."""

    key_salt = "accounts.joining"

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self.now = now

    def _now(self) -> datetime:
        return self.now.astimezone(UTC).replace(tzinfo=None)


def join_path(user: User, *, now: datetime) -> str:
    """The address, from the root of the site, at which this person chooses a password."""
    person = urlsafe_base64_encode(str(user.pk).encode())
    return reverse("join_authority", args=[person, JoinTokens(now).make_token(user)])


def person_joining(person: str, token: str, *, now: datetime) -> User | None:
    """Who the link is for; None if it is spent, expired, damaged, or they do not work here any more."""
    try:
        user = User.objects.get(pk=int(force_str(urlsafe_base64_decode(person))))
    except (ValueError, OverflowError, User.DoesNotExist):
        return None
    if user.has_joined or not user.has_work_here or not JoinTokens(now).check_token(user, token):
        return None
    return user
