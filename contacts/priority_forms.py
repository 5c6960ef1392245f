"""What people type about their priorities."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from contacts.forms import NO_DATE, VersionedForm
from contacts.models import Priority
from mpcrm.folding import fold

LINES = {"rows": 4}


class PriorityForm(VersionedForm):
    class Meta:
        model = Priority
        fields = ["name", "why", "departments", "bodies", "key_words", "started_on", "ended_on"]
        help_texts = {
            "name": "A few words, as your corporate plan has them, such as Homes people can afford.",
            "why": "One line, for colleagues who have to explain it.",
            "departments": "One on each line, such as Department for Transport. Finds ministers, shadow "
            "ministers, spokespeople, parliamentary private secretaries and whips; “Department for” and "
            "the like may be missing from their title.",
            "bodies": "One on each line, such as Transport Committee. Finds whoever sits on a committee or "
            "in an all-party group of this name.",
            "key_words": "One word or phrase on each line. Found in the title of any post and in the name of "
            "any department, committee or group. Capitals and accents do not count. Whole words only: bus "
            "finds neither buses nor business, so give each form its own line.",
            "ended_on": "Empty while it is a priority. Nothing is deleted: it is listed as an earlier one "
            "afterwards.",
        }
        widgets = {
            "departments": forms.Textarea(attrs=LINES),
            "bodies": forms.Textarea(attrs=LINES),
            "key_words": forms.Textarea(attrs=LINES),
            "started_on": forms.DateInput,
            "ended_on": forms.DateInput,
        }
        error_messages = {
            "name": {"required": "Enter the name of the priority."},
            "started_on": {"required": "Enter the day it starts.", "invalid": NO_DATE},
            "ended_on": {"invalid": NO_DATE},
        }

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("departments", "bodies", "key_words"):
            data[name] = "\n".join(_tidy(data.get(name, "")))
        first, last = data.get("started_on"), data.get("ended_on")
        if first and last and last < first:
            self.add_error("ended_on", f"Enter {first:%-d %B %Y} or a later day.")
        return data


class EndPriorityForm(forms.Form):
    ended_on = forms.DateField(
        label="Last day",
        widget=forms.DateInput,
        help_text="It counts on this day, and no longer from the day after.",
        error_messages={"required": "Enter the last day.", "invalid": NO_DATE},
    )

    def __init__(self, *args: Any, priority: Priority, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.priority = priority

    def clean_ended_on(self) -> date:
        ended_on: date = self.cleaned_data["ended_on"]
        if ended_on < self.priority.started_on:
            raise forms.ValidationError(f"Enter {self.priority.started_on:%-d %B %Y} or a later day.")
        return ended_on


def _tidy(text: str) -> list[str]:
    """The lines without spaces round them, each once however it is written, and none without a letter."""
    lines: dict[str, str] = {}
    for line in text.splitlines():
        if folded := fold(line):
            lines.setdefault(folded, " ".join(line.split()))
    return list(lines.values())
