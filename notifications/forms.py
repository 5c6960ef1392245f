"""What people type about their to-dos."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import Authority, Membership
from mpcrm.notes import THEY_MAY_ASK
from notifications.models import Outcome


class FinishForm(forms.Form):
    """How a to-do ended."""

    outcome = forms.ChoiceField(
        label="What became of it",
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether it is done or not needed."},
    )
    note = forms.CharField(
        label="Note",
        max_length=300,
        required=False,
        help_text=f"If it is about an MP: {THEY_MAY_ASK[0].lower()}{THEY_MAY_ASK[1:]}",
    )


class GiveForm(forms.Form):
    """Who is to do it."""

    assignee = forms.ModelChoiceField(
        label="Give it to", queryset=Membership.objects.none(), required=False, empty_label="Nobody yet"
    )

    def __init__(self, *args: Any, authority: Authority, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleagues = Membership.objects.for_authority(authority).active()
        self.fields["assignee"].queryset = colleagues  # type: ignore[attr-defined]
