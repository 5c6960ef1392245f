import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

logger = logging.getLogger(__name__)


class ClosedSignUpAdapter(DefaultAccountAdapter):
    """People join when an admin invites them, never by signing up."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "Your account has been switched off. Ask an admin of your authority.",
        "email_password_mismatch": "The e-mail address or the password is not right.",
        "enter_current_password": "This is not your current password.",
        "too_many_login_attempts": "There were too many attempts. Wait five minutes, then try again.",
        "rate_limited": "There were too many attempts. Wait a few minutes, then try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Wrong passwords count for one account from one address, so that a stranger who types them elsewhere
        does not lock out the person whose account it is."""
        account = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{account}:{self.get_client_ip(request)}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A mail server that is down is not told: only an address with an account would see the mistake."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as error:  # which every smtplib error is
            logger.error("e-mail %s not sent: %s", template_prefix, type(error).__name__)
