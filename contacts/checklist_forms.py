"""What people answer in the chief executive's checklist."""

from __future__ import annotations

from typing import Any

from django import forms

from contacts.models import LONGEST_ANSWER, ChecklistAnswer, NoteKind, Question
from mpcrm.notes import THEY_MAY_ASK

MOST_LINES = 6

HINTS = {
    Question.BACKGROUND: "Councillor, mayor or officer, where and when; what they did before; what ties them "
    "to the place.",
    Question.CAMPAIGN: "From leaflets, hustings and the local press, not from what their party says "
    "elsewhere.",
    Question.PORTFOLIO: "Posts in government or opposition, committees, all-party groups.",
    Question.RELATIONSHIPS: "Councillors, officers, partners: who, how they know each other, since when.",
    Question.CONTACT: "Who leads and who stands in, how often, what for. The engagement plan says more.",
    Question.RISKS: "Such as criticism of the council, a promise not kept, a case in the press; and who "
    "would answer.",
}


class AnswerForm(forms.Form):
    seen = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(
        label="Answer",
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={
            "required": "Enter the answer.",
            "max_length": f"Shorten the answer to {LONGEST_ANSWER} characters, so that the checklist fits "
            "one page. It has %(show_value)d.",
        },
    )
    kind = forms.ChoiceField(
        label="This is",
        choices=NoteKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what the answer is."},
    )
    evidence = forms.CharField(
        label="Evidence",
        max_length=ChecklistAnswer._meta.get_field("evidence").max_length,
        required=False,
        help_text="Where this is known from: an address of a page, a document, a meeting.",
        error_messages={"max_length": "Shorten the evidence to %(limit_value)d characters."},
    )

    def __init__(self, *args: Any, question: Question, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[
            "text"
        ].help_text = f"{HINTS[question]} At most {LONGEST_ANSWER} characters. {THEY_MAY_ASK}"

    def clean_text(self) -> str:
        lines = [line.strip() for line in str(self.cleaned_data["text"]).splitlines() if line.strip()]
        if len(lines) > MOST_LINES:
            raise forms.ValidationError(
                f"Use at most {MOST_LINES} lines, so that the checklist fits one page. It has {len(lines)}."
            )
        return "\n".join(lines)

    def show_both(self, saved: ChecklistAnswer) -> None:
        """Say what was answered meanwhile, and go on from there."""
        self.data = {**dict(self.data.items()), "seen": str(saved.pk)}
        for name in ("text", "kind", "evidence"):
            now = getattr(saved, name)
            if now != self.cleaned_data.get(name):
                said = saved.get_kind_display() if name == "kind" else now
                self.add_error(name, f"Saved meanwhile: “{said or 'nothing'}”. Save again to keep yours.")
