"""What people type about plans and touchpoints."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import Exists, OuterRef, Q

from accounts.forms import ComparedForm, RowsField, ask_for_whole_numbers, refuse_a_slip
from accounts.models import Membership
from contacts.forms import MarkField
from contacts.models import MP, CouncilLead
from engagements.models import (
    READERS,
    CadenceRAG,
    Commitment,
    EngagementPlan,
    Settled,
    Side,
    Touchpoint,
    TouchpointKind,
)
from mpcrm.notes import THEY_MAY_ASK

NOT_HAPPENED_YET = "Enter today’s date or an earlier one."
DATE_WORDS = {"required": "Enter a date.", "invalid": "Enter a real date."}


class PlanForm(forms.ModelForm):
    """`version` is that of the plan the edit began from, 0 where there was none."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    class Meta:
        model = EngagementPlan
        fields = ["why", "objectives", "key_messages", "ideal_days", "maximum_days", "review_on"]
        widgets = {
            "why": forms.Textarea(attrs={"rows": 3}),
            "objectives": forms.Textarea(attrs={"rows": 4}),
            "key_messages": forms.Textarea(attrs={"rows": 4}),
            "review_on": forms.DateInput,
            "ideal_days": forms.NumberInput(attrs={"class": "govuk-input--width-3"}),
            "maximum_days": forms.NumberInput(attrs={"class": "govuk-input--width-3"}),
        }
        help_texts = {
            "why": "What this MP and the council mean to each other: posts, campaigns, shared priorities. "
            f"{THEY_MAY_ASK}",
            "objectives": f"What we want to have achieved by the review, one on each line. {THEY_MAY_ASK}",
            "key_messages": f"What we want them to remember, one on each line. {THEY_MAY_ASK}",
            "ideal_days": "Days between two-way contacts. Close: 30. Usual: 90. Light: 180.",
            "maximum_days": "Days after which contact has lapsed. Close: 45. Usual: 120. Light: 240.",
        }
        error_messages = {
            "why": {"required": "Say why we engage with this MP."},
            "review_on": {"invalid": "Enter a real date."},
        }

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        self.fields["why"].required = True
        ask_for_whole_numbers(self, "ideal_days", "maximum_days")
        self.fields["version"].initial = self.instance.version if self.instance.pk else 0

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        ideal, maximum = data.get("ideal_days"), data.get("maximum_days")
        if ideal and maximum and maximum < ideal:
            self.add_error("maximum_days", "The longest interval cannot be shorter than the ideal one.")
        refuse_a_slip(self, "review_on", on=self.on)
        return data


class AgreementForm(forms.Form):
    agreed_on = forms.DateField(
        label="Agreed with the Leader on", widget=forms.DateInput, error_messages=DATE_WORDS
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on

    def clean(self) -> None:
        refuse_a_slip(self, "agreed_on", on=self.on)


class ColleaguesField(RowsField):
    """Colleagues, those first who are `is_near`; the others are folded away unless chosen."""

    folded_label = "Other colleagues"

    @staticmethod
    def folds(colleague: Any) -> bool:
        return not colleague.is_near


class TouchpointForm(ComparedForm):
    """`submission` tells one sending of the form from another, so that a double click records once."""

    submission = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        choices=TouchpointKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what kind of contact it was."},
    )
    summary_kind = MarkField()
    is_two_way = forms.TypedChoiceField(
        label="Did they take part?",
        help_text="Only two-way contact restarts the interval: not a letter they merely received.",
        choices=[("yes", "Yes, two-way"), ("no", "No, one-way")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether they took part."},
    )

    class Meta:
        model = Touchpoint
        fields = [
            "happened_on",
            "kind",
            "is_two_way",
            "summary",
            "summary_kind",
            "their_people",
            "our_people",
            "our_others",
        ]
        field_classes = {"our_people": ColleaguesField}
        labels = {
            "our_people": "From the council",
            "our_others": "Others from the council",
            "their_people": "On the MP’s side",
        }
        help_texts = {
            "their_people": "The MP, or who from their office.",
            "our_people": "You, and whoever else took part. Choose somebody, or name others below.",
            "our_others": "Such as the Leader, if they have no account.",
            "summary": f"What was said, and what was promised. {THEY_MAY_ASK}",
        }
        widgets = {
            "happened_on": forms.DateInput,
            "our_people": forms.CheckboxSelectMultiple,
            "summary": forms.Textarea(attrs={"rows": 5}),
        }
        error_messages = {
            "happened_on": DATE_WORDS,
            "their_people": {"required": "Say who took part on the MP’s side."},
            "summary": {"required": "Say what was said."},
        }

    def __init__(self, *args: Any, membership: Membership, mp: MP, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        # Those who may make contact, whoever leads on this MP, and whoever is already on the touchpoint. The
        # invited are among them: they may have been at the meeting before they first sign in.
        colleagues = Membership.objects.visible_to(membership)
        working = colleagues.active().filter(Q(role__in=READERS) | Q(leads__mp=mp)).values("pk")
        named = self.instance.our_people.values("pk") if self.instance.pk else []
        leading = CouncilLead.objects.visible_to(membership).filter(mp=mp, membership=OuterRef("pk"))
        self.fields["our_people"].queryset = (  # type: ignore[attr-defined]
            colleagues.filter(Q(pk__in=working) | Q(pk__in=named))
            .select_related("user")
            .annotate(is_near=Q(pk=membership.pk) | Exists(leading.current(on)))
            .order_by("-is_near", "user__name", "pk")
        )
        if self.instance.pk:
            self.initial["is_two_way"] = "yes" if self.instance.is_two_way else "no"
            del self.fields["submission"]
        else:
            self.fields["kind"].widget.attrs["autofocus"] = not self.is_bound
            self.initial = {
                "submission": uuid4(),
                "happened_on": on,
                "their_people": mp.name,
                "our_people": [membership.pk],
                **self.initial,
            }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("our_people") and not data.get("our_others") and "our_people" not in self.errors:
            self.add_error("our_people", "Choose who took part from the council, or name them below.")
        refuse_a_slip(self, "happened_on", on=self.on)
        return data


class CommitmentForm(ComparedForm):
    """One ask or promise and, once it is recorded, what became of it."""

    submission = forms.UUIDField(widget=forms.HiddenInput)
    side = forms.ChoiceField(
        label="Which is it?",
        choices=Side.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose who asked or promised."},
    )
    kind = MarkField()
    outcome = forms.ChoiceField(
        label="What became of it",
        choices=[("", "Still open"), *Settled.choices],
        required=False,
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Commitment
        fields = ["side", "words", "kind", "made_on", "due_on", "outcome", "settled_on", "note"]
        labels = {"words": "What is asked or promised", "due_on": "Due by"}
        help_texts = {"words": THEY_MAY_ASK, "note": THEY_MAY_ASK}
        widgets = {
            "words": forms.Textarea(attrs={"rows": 3}),
            "made_on": forms.DateInput,
            "due_on": forms.DateInput,
            "settled_on": forms.DateInput,
        }
        error_messages = {
            "words": {"required": "Say what is asked or promised."},
            "note": {"max_length": "Shorten this to 300 characters."},
            "made_on": DATE_WORDS,
            "due_on": DATE_WORDS,
            "settled_on": DATE_WORDS,
        }

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        if self.instance.pk:
            del self.fields["submission"]
        else:
            for name in ("outcome", "settled_on", "note"):
                del self.fields[name]
            self.initial = {"submission": uuid4(), "made_on": on, **self.initial}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        made_on, due_on = data.get("made_on"), data.get("due_on")
        if made_on and due_on and due_on < made_on:
            self.add_error("due_on", "It cannot be due before it was asked or promised.")
        refuse_a_slip(self, "made_on", on=self.on)
        refuse_a_slip(self, "due_on", on=self.on)
        if "outcome" not in self.fields:
            return data
        if not data.get("outcome"):
            data["settled_on"], data["note"] = None, ""
        elif not data.get("settled_on"):
            data["settled_on"] = self.on
        return data


class RelationshipFilterForm(forms.Form):
    """The plan list's filters; anything unknown in the address is passed over."""

    cadence = forms.ChoiceField(
        label="Contact cadence",
        required=False,
        choices=[
            ("", "Any"),
            ("out", "Lapsed or never contacted"),
            *CadenceRAG.choices,
        ],
    )
    plan = forms.ChoiceField(
        label="Plan",
        required=False,
        choices=[
            ("", "Any"),
            ("agreed", "Agreed with the Leader"),
            ("not-agreed", "Not agreed with the Leader"),
            ("review", "Review overdue"),
            ("none", "No plan"),
        ],
    )
    lead = forms.ChoiceField(
        label="Who leads",
        required=False,
        choices=[("", "Anyone"), ("mine", "Me"), ("none", "Nobody")],
    )
