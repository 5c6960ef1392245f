"""What somebody says of the request that an export answers."""

from __future__ import annotations

from typing import Any

from django import forms

from contacts.forms import NO_DATE
from contacts.models import MPExport


class ExportForm(forms.Form):
    law = forms.ChoiceField(
        label="Which request it answers",
        choices=MPExport.Law.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose which request it answers."},
    )
    asked_on = forms.DateField(
        label="Day the request came",
        widget=forms.DateInput,
        help_text="The day it is due follows from it: a month, or 20 working days.",
        error_messages={"required": "Enter the day the request came.", "invalid": NO_DATE},
    )
    has_text = forms.BooleanField(
        label="With the enquiries’ text",
        required=False,
        help_text="It names constituents and others. Without it, each enquiry shows its reference, dates, "
        "topic and status.",
    )
    reason = forms.CharField(
        label="Why with the text",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Only if you ask for the text. It is kept with the record of this export.",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("has_text") and not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", "Say why the enquiries’ text is needed.")
        return data
