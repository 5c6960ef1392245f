"""What people type to find MPs, and about who leads on them and which seats are theirs."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models.fields import BLANK_CHOICE_DASH
from django.http import QueryDict
from django.utils.functional import cached_property

from accounts.forms import RowsField, said_in_words
from accounts.models import Authority, Membership
from contacts.models import (
    MP,
    Constituency,
    Council,
    Dissolution,
    LeadRole,
    MPNewsQuerySet,
    MPOffice,
    NewsKind,
    NoteKind,
    OfficePerson,
    Party,
    PersonalRelationship,
)
from mpcrm.notes import THEY_MAY_ASK
from mpcrm.postcodes import is_half_a_postcode

NO_DATE = "Enter a real date, like 3 March 2026 or 03/03/2026."


class DirectoryForm(forms.Form):
    """Search and filters of the MP directory; everything may be left empty."""

    q = forms.CharField(label="Name, constituency or party", required=False, max_length=100)
    party = forms.ChoiceField(required=False)
    council = forms.ChoiceField(label="Council area", required=False)
    region = forms.ChoiceField(label="Region or nation", required=False)
    on = forms.DateField(
        label="As at another day",
        required=False,
        widget=forms.DateInput,
        error_messages={"invalid": NO_DATE},
    )
    unowned = forms.BooleanField(label="Only ours without a relationship owner", required=False)
    not_agreed = forms.BooleanField(label="Only ours whose leads the Leader must agree", required=False)
    sat_here = forms.BooleanField(label="Only those who sat on our council, or worked for it", required=False)

    def __init__(self, *args: Any, reads_notes: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not reads_notes:
            del self.fields["sat_here"]
        regions = (
            Constituency.objects.current()
            .exclude(region="")
            .order_by("region")
            .values_list("region", flat=True)
        )
        parties = Party.objects.filter(spells__isnull=False).distinct().values_list("pk", "name")
        councils = Council.objects.filter(overlaps__isnull=False).distinct().values_list("pk", "name")
        choices = {
            "party": [(str(pk), name) for pk, name in parties],
            "council": [(str(pk), name) for pk, name in councils],
            "region": [(region, region) for region in regions.distinct()],
        }
        for field, all_of_them in choices.items():
            self.fields[field].choices = [("", "All"), *all_of_them]  # type: ignore[attr-defined]


class AsAtForm(forms.Form):
    """The day as at which a page is wanted: `?on=`, else today."""

    on = forms.DateField(
        label="As at",
        widget=forms.DateInput,
        error_messages={
            "required": "Enter the day.",
            "invalid": NO_DATE,
        },
    )

    def __init__(self, asked: QueryDict, *, today: date) -> None:
        super().__init__({"on": asked.get("on", today)})
        self.today = today

    @property
    def day(self) -> date:
        """Today as well where what was asked for is no day."""
        day: date = self.cleaned_data["on"] if self.is_valid() else self.today
        return day

    @property
    def as_at(self) -> date | None:
        """Another day than today, if one was asked for."""
        return None if self.day == self.today else self.day

    @cached_property
    def was_dissolved(self) -> bool:
        """Whether there was no Parliament on that other day, and so no MP."""
        return self.as_at is not None and Dissolution.objects.without_mps(self.as_at).exists()


class PersonForm(forms.Form):
    """A colleague with an account, or the name of someone without."""

    membership = forms.ModelChoiceField(
        label="Colleague", queryset=Membership.objects.none(), required=False, empty_label="Nobody chosen"
    )
    name = forms.CharField(
        label="Or someone without an account, such as the Leader", max_length=150, required=False
    )
    job_title = forms.CharField(max_length=100, required=False)

    def __init__(self, *args: Any, authority: Authority, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleagues = Membership.objects.for_authority(authority)
        known: Membership | None = self.initial.get("membership")
        named = colleagues.filter(pk=known.pk) if known else colleagues.none()
        self.fields["membership"].queryset = colleagues.active() | named  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if "membership" in data and "name" in data and bool(data["membership"]) == bool(data["name"]):
            self.add_error("membership", "Choose a colleague or enter a name, one of the two.")
        return data


class LeadForm(PersonForm):
    """Who engages with an MP, in which role and from when."""

    role = forms.ChoiceField(
        choices=LeadRole.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a role."},
    )
    portfolio = forms.CharField(
        max_length=100, required=False, help_text="Of a portfolio holder, such as Housing."
    )
    started_on = forms.DateField(
        label="From",
        widget=forms.DateInput,
        help_text="Whoever has the role now hands over the day before, unless several may have it.",
        error_messages={
            "required": "Enter the day it starts.",
            "invalid": NO_DATE,
        },
    )
    field_order = ["role", "portfolio"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if "role" in data and "portfolio" in data:
            if data["role"] != LeadRole.PORTFOLIO_HOLDER:
                data["portfolio"] = ""
            elif not data["portfolio"]:
                self.add_error("portfolio", "Enter the portfolio.")
        return data


class OwnerOfSeveralForm(PersonForm):
    """One relationship owner for several MPs of the authority."""

    mps = RowsField(
        label="MPs",
        queryset=MP.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choose at least one MP.",
            "invalid_choice": "Choose from your MPs.",
        },
    )
    started_on = forms.DateField(
        label="From",
        widget=forms.DateInput,
        help_text="Where the present owner stays longer, from the day after their last.",
        error_messages={
            "required": "Enter the day it starts.",
            "invalid": NO_DATE,
        },
    )
    field_order = ["mps"]

    def __init__(self, *args: Any, authority: Authority, **kwargs: Any) -> None:
        super().__init__(*args, authority=authority, **kwargs)
        self.fields["mps"].queryset = MP.objects.of(authority).order_by("sort_name", "pk")  # type: ignore[attr-defined]


class AgreementForm(forms.Form):
    """`people` is what was shown: those to whom the Leader agreed."""

    people = forms.CharField(widget=forms.HiddenInput, strip=False, required=False)
    agreed_on = forms.DateField(
        label="Agreed with the Leader on",
        widget=forms.DateInput,
        error_messages={
            "required": "Enter the day.",
            "invalid": NO_DATE,
        },
    )

    def clean_people(self) -> str:
        return str(self.cleaned_data["people"]).replace("\r\n", "\n")


class RelationshipForm(PersonForm):
    """Who knows an MP anyway; `version` is that of what the edit began from."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    how = forms.CharField(
        label="How they know each other",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=f"Such as: at school together, governors of the same college. {THEY_MAY_ASK}",
        error_messages={"required": "Say how they know each other."},
    )
    since = forms.IntegerField(
        label="Since (year)",
        required=False,
        min_value=1900,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-4", "inputmode": "numeric"}),
        error_messages={"invalid": "Enter a year like 2009.", "min_value": "Enter a year like 2009."},
    )
    kind = forms.ChoiceField(
        label="This is",
        choices=NoteKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether this is a fact, an opinion or somebody else’s word."},
    )
    source = forms.CharField(
        label="Who says so",
        max_length=200,
        help_text="Such as: told us herself on 3 March 2026.",
        error_messages={"required": "Say who says so."},
    )
    ended = forms.BooleanField(label="It has ended", required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_since(self) -> int | None:
        since: int | None = self.cleaned_data["since"]
        if since and since > self.today.year:
            raise forms.ValidationError("Enter this year or an earlier one.")
        return since

    def show_both(self, saved: PersonalRelationship) -> None:
        """Say of each field where what is saved now differs from what was typed, and go on from there."""
        self.data = {**dict(self.data.items()), "version": str(saved.version)}
        for name in self.cleaned_data.keys() - {"version"}:
            now = getattr(saved, name)
            if now != self.cleaned_data[name]:
                self.add_error(name, f"Saved meanwhile: “{now or 'nothing'}”. Save again to keep yours.")


class EndLeadForm(forms.Form):
    ended_on = forms.DateField(
        label="Last day",
        required=False,
        widget=forms.DateInput,
        help_text="Empty if it goes on.",
        error_messages={"invalid": NO_DATE},
    )


class AddSeatForm(forms.Form):
    constituency = forms.ModelChoiceField(
        label="Add a seat",
        queryset=Constituency.objects.none(),
        empty_label="Choose a constituency",
        help_text="Begin to type its name.",
        widget=forms.Select(attrs={"data-autocomplete": ""}),
        error_messages={
            "required": "Choose the constituency to add.",
            "invalid_choice": "Choose a constituency from the list that is not among your seats yet.",
        },
    )

    def __init__(self, *args: Any, authority: Authority, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ours = Constituency.objects.of(authority)
        self.fields["constituency"].queryset = Constituency.objects.current().exclude(pk__in=ours)  # type: ignore[attr-defined]


class FindForm(forms.Form):
    """Where somebody lives. It is posted, never put in an address: a postcode may be a constituent's."""

    place = forms.CharField(
        label="Which MP covers this postcode or ward?",
        max_length=100,
        error_messages={
            "required": "Enter a whole postcode or the name of a ward.",
            "max_length": "Enter a whole postcode or the name of a ward.",
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "govuk-input--width-20"}),
    )

    def clean_place(self) -> str:
        place = str(self.cleaned_data["place"])
        if is_half_a_postcode(place):
            raise forms.ValidationError("Enter the whole postcode, such as ZZ1 1AA.")
        return place


class SliverForm(forms.Form):
    """Of a seat with so few of its people in the area, only a sliver lies there."""

    sliver_below = forms.DecimalField(
        label="A seat is a sliver below this share of its people",
        help_text="Per cent. 1 leaves out seats that hardly touch your area.",
        min_value=0,
        max_value=50,
        decimal_places=1,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-3", "step": "0.1"}),
        error_messages=dict.fromkeys(
            ["required", "invalid", "min_value", "max_value", "max_decimal_places", "max_digits"],
            "Enter a percentage from 0 to 50, such as 1 or 2.5.",
        ),
    )


class MarkField(forms.TypedChoiceField):
    """Whether what was written beside it is fact, opinion or somebody else’s word: fact, unless said."""

    def __init__(self, *, label: str = "What you wrote is") -> None:
        super().__init__(
            label=label,
            choices=NoteKind.choices,
            required=False,
            initial=NoteKind.FACT,
            empty_value=NoteKind.FACT,
            widget=forms.RadioSelect,
        )


class VersionedForm(forms.ModelForm):
    """An edit of a row that counts them: `version` is that of the row it began from."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.TypedChoiceField):
                choices: list[Any] = list(field.choices)  # type: ignore[arg-type]
                named = [each for each in choices if each not in BLANK_CHOICE_DASH]
                field.choices = named if named == choices else [("", "Nothing chosen"), *named]

    def show_both(self, saved: Any) -> None:
        """Say of each field where what is saved now differs from what was typed, and go on from there."""
        self.data = {**dict(self.data.items()), "version": str(saved.version)}
        for name in self.Meta.fields:  # type: ignore[attr-defined]
            if getattr(saved, name) != self.cleaned_data.get(name):
                said = ", ".join(said_in_words(saved, name).splitlines())
                self.add_error(name, f"Saved meanwhile: “{said}”. Save again to keep yours.")


class OfficeForm(VersionedForm):
    casework_kind = MarkField(label="What you wrote about casework is")

    class Meta:
        model = MPOffice
        fields = [
            "email",
            "phone",
            "address",
            "opening_hours",
            "preferred_way",
            "addressee",
            "salutation",
            "casework",
            "casework_kind",
            "authority_form",
        ]
        help_texts = {
            "addressee": "Such as Ms Imogen Hartley MP.",
            "salutation": "Such as Dear Imogen.",
            "casework": f"Such as: one e-mail per case, never by phone. {THEY_MAY_ASK}",
            "authority_form": "What they send with a constituent’s case, and where it is kept.",
        }
        widgets = {
            "address": forms.Textarea(attrs={"rows": 4}),
            "casework": forms.Textarea(attrs={"rows": 4}),
        }
        error_messages = {"email": {"invalid": "Enter an e-mail address like name@example.org."}}

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class OfficePersonForm(VersionedForm):
    class Meta:
        model = OfficePerson
        fields = ["name", "job_title", "email", "phone", "takes_casework", "left_on"]
        labels = {"left_on": "Last day"}
        help_texts = {
            "takes_casework": "Constituents’ cases may be sent to them.",
            "left_on": "Empty while they work there. Their address speaks for the MP up to this day.",
        }
        widgets = {"left_on": forms.DateInput}
        error_messages = {
            "name": {"required": "Enter a name."},
            "email": {"invalid": "Enter an e-mail address like name@example.org."},
            "left_on": {"invalid": NO_DATE},
        }

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def clean_left_on(self) -> date | None:
        left_on: date | None = self.cleaned_data["left_on"]
        if left_on and left_on > self.today:
            raise forms.ValidationError("Enter today’s date or an earlier one.")
        return left_on


class NewsForm(forms.Form):
    """Which changes to show; everything may be left empty."""

    kind = forms.ChoiceField(label="What", choices=[("", "Everything"), *NewsKind.choices], required=False)
    mp = forms.ChoiceField(label="MP", required=False)
    since = forms.DateField(
        label="Since", required=False, widget=forms.DateInput, error_messages={"invalid": NO_DATE}
    )

    def __init__(self, *args: Any, news: MPNewsQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mps = news.exclude(mp=None).order_by("mp__sort_name", "mp").values_list("mp", "mp__name").distinct()
        self.fields["mp"].choices = [("", "All"), *((str(pk), name) for pk, name in mps)]  # type: ignore[attr-defined]
