"""The link to choose a new password, for somebody who has forgotten theirs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.utils.http import base36_to_int

TOKENS_COUNT_FROM = datetime(2001, 1, 1)  # noqa: DTZ001  Django's tokens begin with the seconds since then


class ResetTokens(PasswordResetTokenGenerator):
    """Good once, for `settings.PASSWORD_RESET_HOURS`: an invitation, which nobody waits for, lasts days."""

    def check_token(self, user: Any, token: str | None) -> bool:
        if not super().check_token(user, token):
            return False
        made = TOKENS_COUNT_FROM + timedelta(seconds=base36_to_int(str(token).split("-")[0]))
        return self._now() - made <= timedelta(hours=settings.PASSWORD_RESET_HOURS)
