"""What people type about the contact card."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from accounts.models import MembershipQuerySet
from contacts.cards.services import LINE, WORDS
from contacts.models import MOST_CONTACTS, CardContact, CardWay, ContactCard

REACHED = "Enter an e-mail address or a phone number."


class CardForm(forms.ModelForm):
    """`number` is that of the version the edit began from, 0 where there was none."""

    number = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    class Meta:
        model = ContactCard
        fields = list(WORDS)
        widgets = {
            "introduction": forms.Textarea(attrs={"rows": 3}),
            "hours": forms.TextInput,
            "out_of_hours": forms.Textarea(attrs={"rows": 2}),
        }
        help_texts = {
            "introduction": "What an MP’s office should know first, such as how soon you answer.",
            "hours": "Such as Monday to Friday, 9am to 5pm.",
            "out_of_hours": "Whom to ring in an emergency.",
        }
        error_messages = {"hours": {"required": "Say when you can be reached."}}


class CardContactForm(forms.ModelForm):
    """One line of the card: a colleague, or the name of a team or of somebody else. Left empty it is none.

    `colleagues` are those who may be chosen: the same rows for every line, so that they are read once.
    """

    class Meta:
        model = CardContact
        fields = list(LINE)
        labels = {"name": "Or another name"}
        error_messages = {"email": {"invalid": "Enter an e-mail address like name@example.org."}}

    def __init__(self, *args: Any, colleagues: MembershipQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in self.fields.values():
            each.required = False
        who: Any = self.fields["membership"]
        who.queryset = colleagues
        who.choices = [("", "Nobody chosen"), *((each.pk, str(each)) for each in colleagues)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not any(data.get(name) for name in LINE) and not self.errors:
            return data
        if not data.get("about"):
            self.add_error("about", "Say what this person is there for, such as all enquiries.")
        if "membership" not in self.errors and bool(data.get("membership")) == bool(data.get("name")):
            self.add_error("membership", "Choose a colleague or enter a name, one of the two.")
        can_be_reached = data.get("membership") or data.get("email") or data.get("phone")
        if not can_be_reached and "email" not in self.errors:
            self.add_error("email", REACHED)
        return data

    def _post_clean(self) -> None:
        """Lines are written together by the service."""


class BaseCardContacts(forms.BaseFormSet):
    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = "Remove"

    def clean(self) -> None:
        if not any(self.errors) and not self.lines():
            raise forms.ValidationError("Name at least one person or team.")

    def lines(self) -> list[dict[str, Any]]:
        """As typed, without what was removed or left empty."""
        return [
            {name: each.cleaned_data[name] for name in LINE}
            for each in self.forms
            if not each.cleaned_data.get("DELETE") and any(each.cleaned_data.get(name) for name in LINE)
        ]


CardContactFormSet = forms.formset_factory(
    CardContactForm,
    formset=BaseCardContacts,
    extra=2,
    max_num=MOST_CONTACTS,
    validate_max=True,
    can_delete=True,
)


class CardSentForm(forms.Form):
    """`submission` tells one sending of the form from another, so that a double click records once."""

    submission = forms.UUIDField(widget=forms.HiddenInput)
    way = forms.ChoiceField(
        label="How did it go?",
        choices=[(value, label) for value, label in CardWay.choices if value != CardWay.EMAIL],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how it was sent."},
    )
    sent_on = forms.DateField(
        label="On",
        widget=forms.DateInput,
        error_messages={
            "required": "Enter the day it was sent.",
            "invalid": "Enter a real date, like 3 March 2026 or 03/03/2026.",
        },
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_sent_on(self) -> date:
        sent_on: date = self.cleaned_data["sent_on"]
        if sent_on > self.today:
            raise forms.ValidationError("Enter today’s date or an earlier one.")
        return sent_on


class SendForm(forms.Form):
    """What was shown before the button was pressed."""

    submission = forms.UUIDField()
    shown = forms.CharField(max_length=64)
