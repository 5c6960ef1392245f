"""What people type about an MP. Every form says that the MP may ask to see it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.core.validators import URLValidator
from django.db.models import Q

from accounts.forms import ask_for_whole_numbers
from accounts.models import Membership
from contacts.forms import NO_DATE, VersionedForm
from contacts.models import (
    BackgroundEntry,
    CampaignIssue,
    Influence,
    NoteKind,
    Placement,
    PolicyArea,
    Position,
    Stance,
    Support,
)
from mpcrm.notes import THEY_MAY_ASK

DATED_AHEAD = "Enter today’s date or an earlier one."
KINDS = {
    NoteKind.FACT: "Fact: it can be looked up, or the MP says so",
    NoteKind.OPINION: "Opinion: how somebody here sees it",
    NoteKind.THIRD_PARTY: "From somebody else: reported, and not checked",
}
# Of what an MP said in public there is no opinion of ours.
SAID = {
    NoteKind.FACT: "Fact: the MP’s own words or vote",
    NoteKind.THIRD_PARTY: "From somebody else: reported by a newspaper, another politician",
}


class NoteForm(VersionedForm):
    """A new note has its form's `submission` instead of a version."""

    kinds = KINDS
    kind = forms.ChoiceField(
        label="What this is",
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether this is a fact, an opinion or from somebody else."},
    )
    source_url = forms.URLField(
        label="Link to it",
        required=False,
        max_length=500,
        assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"])],
        error_messages=dict.fromkeys(
            ["invalid", "max_length"], "Enter a link like https://www.example.org/page."
        ),
    )
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = list(self.kinds.items())  # type: ignore[attr-defined]
        source, source_on = self.fields["source"], self.fields["source_on"]
        source.required = self.needs_a_source()
        source.error_messages["required"] = "Name the publication or person, or paste a link."
        source_on.error_messages |= {"required": "Enter the date of the source.", "invalid": NO_DATE}
        if self.instance.pk:
            del self.fields["submission"]
            self.initial["version"] = self.instance.version
        else:
            del self.fields["version"]
            self.initial["submission"] = uuid4()

    def needs_a_source(self) -> bool:
        """A name of it, that is, unless a link is given."""
        return not self.data.get("source_url")


SOURCE_FIELDS = ["source", "source_url", "source_on"]
SOURCE_HELP = {
    "source": "A publication, a register, or the person who told us.",
    "source_on": "The day it was published or said.",
}


class BackgroundForm(NoteForm):
    class Meta:
        model = BackgroundEntry
        fields = [
            *("about", "council", "council_post", "is_our_council"),
            *("text", "from_year", "to_year", "kind", *SOURCE_FIELDS),
        ]
        widgets = {
            "about": forms.RadioSelect,
            "text": forms.Textarea(attrs={"rows": 3}),
            "source_on": forms.DateInput,
            "from_year": forms.NumberInput(attrs={"class": "govuk-input--width-4"}),
            "to_year": forms.NumberInput(attrs={"class": "govuk-input--width-4"}),
        }
        help_texts = {
            "council": "Of local government: which, as it is or was called.",
            "council_post": "Of local government: the highest post held there in these years.",
            "text": "Such as: councillor for Harbour ward; cabinet member for housing. Nothing about health, "
            f"religion, family or private life. {THEY_MAY_ASK}",
            **SOURCE_HELP,
        }
        error_messages = {
            "about": {"required": "Choose what it is about."},
            "text": {"required": "Say what is known."},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["about"].choices = BackgroundEntry.About.choices  # type: ignore[attr-defined]
        ask_for_whole_numbers(self, "from_year", "to_year")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("about") == BackgroundEntry.About.LOCAL_GOVERNMENT:
            for name, words in (
                ("council", "Say which council."),
                ("council_post", "Choose the post there."),
            ):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, words)
        else:
            data |= {"council": "", "council_post": "", "is_our_council": False}
        if data.get("from_year") and data.get("to_year") and data["to_year"] < data["from_year"]:
            self.add_error("to_year", "The last year cannot be before the first.")
        return data


class IssueForm(NoteForm):
    kinds = SAID

    class Meta:
        model = CampaignIssue
        fields = ["text", "said_during", "kind", *SOURCE_FIELDS]
        widgets = {
            "text": forms.Textarea(attrs={"rows": 3}),
            "said_during": forms.RadioSelect,
            "source_on": forms.DateInput,
        }
        help_texts = {
            "text": f"As the leaflet, speech or article says it. {THEY_MAY_ASK}",
            **SOURCE_HELP,
            "source": "The leaflet, newspaper, website or debate.",
        }
        error_messages = {
            "text": {"required": "Say what the issue is."},
            "said_during": {"required": "Say when they said it."},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["said_during"].choices = CampaignIssue.SaidDuring.choices  # type: ignore[attr-defined]


class PositionForm(NoteForm):
    kinds = SAID

    class Meta:
        model = Position
        fields = ["area", "stance", "text", "kind", *SOURCE_FIELDS]
        labels = {"area": "Policy area"}
        widgets = {
            "stance": forms.RadioSelect,
            "text": forms.Textarea(attrs={"rows": 3}),
            "source_on": forms.DateInput,
        }
        help_texts = {
            "stance": "Towards what the council stands for. Only what the MP said or did in public, never "
            "inferred from their party, friends or your impression. If you have to guess, it is unknown.",
            "text": f"Quote it. Nothing, if it is unknown. {THEY_MAY_ASK}",
            "source": "A debate, vote, newspaper, website or leaflet that anybody can read.",
            "source_on": "A later date supersedes an earlier one; both stay.",
        }
        error_messages = {
            "area": {
                "required": "Choose the policy area.",
                "invalid_choice": "Choose a policy area of the list.",
            },
            "stance": {"required": "Choose the position."},
            "text": {"required": "Quote what the source says, or choose Unknown."},
        }

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, membership=membership, **kwargs)
        areas = PolicyArea.objects.visible_to(membership)
        is_offered = Q(is_active=True) | Q(pk=self.instance.area_id)
        self.fields["area"].queryset = areas.filter(is_offered)  # type: ignore[attr-defined]
        self.fields["area"].empty_label = "Choose an area"  # type: ignore[attr-defined]
        self.fields["stance"].choices = Stance.choices  # type: ignore[attr-defined]
        self.fields["text"].required = self.is_known

    @property
    def is_known(self) -> bool:
        return self.data.get("stance") != Stance.UNKNOWN

    def needs_a_source(self) -> bool:
        """Unknown needs none: there is nothing to read."""
        return self.is_known and super().needs_a_source()


class PlacementForm(forms.ModelForm):
    submission = forms.UUIDField(widget=forms.HiddenInput)

    class Meta:
        model = Placement
        fields = ["influence", "support", "reason", "placed_on"]
        widgets = {
            "influence": forms.RadioSelect,
            "support": forms.RadioSelect,
            "reason": forms.Textarea(attrs={"rows": 3}),
            "placed_on": forms.DateInput,
        }
        help_texts = {
            "reason": f"What they have said or done that makes you think so. {THEY_MAY_ASK}",
            "placed_on": "The day from which you see them so.",
        }
        error_messages = {
            "influence": {"required": "Choose how much influence they have."},
            "support": {"required": "Choose how far they support the council."},
            "reason": {"required": "Say why."},
            "placed_on": {"required": "Enter the day.", "invalid": NO_DATE},
        }

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["influence"].choices = Influence.choices  # type: ignore[attr-defined]
        self.fields["support"].choices = Support.choices  # type: ignore[attr-defined]
        self.initial = {"submission": uuid4(), "placed_on": on}


class WithdrawForm(forms.Form):
    why = forms.CharField(
        label="Why it was wrong",
        max_length=300,
        help_text=THEY_MAY_ASK,
        error_messages={
            "required": "Say why it was wrong.",
            "max_length": "Shorten this to %(limit_value)d characters.",
        },
    )


class PolicyAreaForm(forms.ModelForm):
    NAME_TAKEN = "There is a policy area of this name already."

    class Meta:
        model = PolicyArea
        fields = ["name", "is_active"]
        labels = {"is_active": "In use: shown for every MP"}
        error_messages = {"name": {"required": "Enter the area’s name."}}

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.membership = membership

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        same = PolicyArea.objects.visible_to(self.membership).filter(name__iexact=name)
        if same.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(self.NAME_TAKEN)
        return name
