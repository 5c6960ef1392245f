"""allauth's sign-in and password forms in our words."""

from __future__ import annotations

from typing import Any, NamedTuple

from allauth.account import forms as allauth
from allauth.account.adapter import get_adapter
from django.contrib.auth.password_validation import password_validators_help_texts

from accounts.models import User


class Words(NamedTuple):
    label: str
    missing: str


WORDS = {
    "login": Words("E-mail address", "Enter your e-mail address."),
    "email": Words("E-mail address", "Enter your e-mail address."),
    "password": Words("Password", "Enter your password."),
    "oldpassword": Words("Current password", "Enter your current password."),
    "password1": Words("New password", "Enter a new password."),
}


class InOurWords:
    """A new password is typed once: the button beside it shows what was typed."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("password2", None)
        for name, field in self.fields.items():
            field.label = WORDS[name].label
            field.error_messages["required"] = WORDS[name].missing
            field.error_messages["invalid"] = "Enter an e-mail address like name@example.gov.uk."
            field.help_text = " ".join(password_validators_help_texts()) if name == "password1" else ""
            field.widget.attrs.pop("placeholder", None)


class SignInForm(InOurWords, allauth.LoginForm):
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if self.user and not self.user.is_active:
            raise get_adapter().validation_error("account_inactive")
        return cleaned


class PasswordChangeForm(InOurWords, allauth.ChangePasswordForm):
    pass


class PasswordForgottenForm(InOurWords, allauth.ResetPasswordForm):
    users: list[User]

    def clean_email(self) -> str:
        """Whoever has no password yet has an invitation, and whoever left has nothing to open: no e-mail goes
        to them, and the page does not tell."""
        email: str = super().clean_email()
        self.users = [user for user in self.users if user.has_joined and user.has_work_here]
        return email


class NewPasswordForm(InOurWords, allauth.ResetPasswordKeyForm):
    pass
