"""Cleaning what people type about enquiries, and about what the authority promises."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.forms import OLDEST, ask_for_whole_numbers
from accounts.models import Authority, ClosureDay, Membership, Service
from contacts.models import MP, holders
from enquiries.models import (
    Contact,
    EnquiryType,
    LadderStep,
    ResponsePolicy,
    Topic,
    Urgency,
    Whom,
)
from enquiries.services import Allocation, Rung

WRITTEN_DATES = ["%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y", "%d %B %Y", "%d %b %Y"]

Choices = list[tuple[Any, Any]]


class QuickSelect(forms.Select):
    """A <select> without a template per option: a list of all MPs costs a millisecond, not thirty."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = set(self.format_value(value))
        attributes = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        return format_html("<select{}>{}</select>", flatatt(attributes), self._options(self.choices, chosen))

    def _options(self, choices: Iterable[Any], chosen: set[str]) -> SafeString:
        html = [
            format_html('<optgroup label="{}">{}</optgroup>', value, self._options(label, chosen))
            if isinstance(label, list | tuple)
            else format_html(
                '<option value="{}"{}>{}</option>',
                "" if value is None else value,
                SafeString(" selected") if str(value or "") in chosen else "",
                label,
            )
            for value, label in choices
        ]
        return format_html_join("", "{}", ((each,) for each in html))


def day_field(label: str, *, required: str = "", help_text: str = "") -> forms.DateField:
    """A date as people write it; `required` is the error where it is missing."""
    return forms.DateField(
        label=label,
        required=bool(required),
        input_formats=WRITTEN_DATES,
        widget=forms.DateInput,
        help_text=help_text,
        error_messages={"required": required, "invalid": "Enter a date like 4/6/2026."},
    )


def time_field(label: str, *, help_text: str = "") -> forms.TimeField:
    return forms.TimeField(
        label=label,
        required=False,
        help_text=help_text,
        widget=forms.TimeInput(format="%H:%M", attrs={"class": "govuk-input--width-5"}),
        error_messages={"invalid": "Enter a time like 16:30."},
    )


def choice_field(label: str, choices: Any, *, required: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=QuickSelect,
        error_messages={"required": required, "invalid_choice": required},
    )


class TextField(forms.CharField):
    """Paragraphs. Browsers send line ends as two characters; we keep one, so that nothing seems changed."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


def text_field(label: str, *, required: str = "", rows: int = 6, help_text: str = "") -> TextField:
    return TextField(
        label=label,
        required=bool(required),
        help_text=help_text,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": required, "max_length": "Shorten this to 20,000 characters."},
    )


class MPChoiceField(forms.ModelChoiceField):
    """An MP, found by typing name or seat: the authority's own first, then everyone else who sits."""

    widget = QuickSelect

    def offer(self, authority: Authority, also: MP | None = None) -> None:
        own = set(MP.objects.of(authority).values_list("pk", flat=True))
        sitting = (
            holders(None)
            .order_by("mp__sort_name", "mp_id")
            .values_list("mp_id", "mp__name", "constituency__name")
        )
        labels = {pk: f"{name} ({seat})" for pk, name, seat in sitting}
        self.queryset = MP.objects.filter(pk__in=labels)
        if also and also.pk not in labels:
            labels[also.pk] = also.name
            self.queryset = MP.objects.filter(pk__in=labels)
        groups: Choices = [
            (f"MPs of {authority}", [(pk, label) for pk, label in labels.items() if pk in own]),
            ("All other MPs", [(pk, label) for pk, label in labels.items() if pk not in own]),
        ]
        self.widget.choices = [("", ""), *(group for group in groups if group[1])]


class DueForm(forms.Form):
    """What the due date depends on; also checked on its own while somebody types."""

    received_on = day_field("Date received", required="Enter the date the enquiry was received.")
    received_time = time_field("Time received")
    enquiry_type = choice_field("Type", EnquiryType.choices, required="Choose the type of enquiry.")
    urgency = choice_field("Urgency", Urgency.choices, required="Choose how urgent it is.")

    def __init__(self, *args: Any, authority: Authority, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.authority, self.on = authority, on
        if authority.cut_off_time is None:
            del self.fields["received_time"]
        else:
            self.fields[
                "received_time"
            ].help_text = (
                f"What arrives after {authority.cut_off_time:%H:%M} counts as received on the next day."
            )

    def clean_received_on(self) -> date:
        received_on: date = self.cleaned_data["received_on"]
        if received_on > self.on:
            raise forms.ValidationError("The date received cannot be in the future.")
        if received_on < self.on - OLDEST and received_on != self.initial.get("received_on"):
            raise forms.ValidationError("The date received must be within the last five years.")
        return received_on


class DetailsForm(DueForm):
    """What is known of an enquiry; the constituent is recorded apart from it."""

    mp = MPChoiceField(
        queryset=MP.objects.none(),
        label="MP",
        help_text="Type a name or a constituency",
        error_messages={"required": "Choose the MP.", "invalid_choice": "Choose the MP from the list."},
    )
    channel = choice_field("How it came", Contact.choices, required="Choose how it came.")
    topic = forms.ModelChoiceField(
        queryset=Topic.objects.none(), required=False, widget=QuickSelect, empty_label="No topic yet"
    )
    subject = forms.CharField(
        max_length=200,
        error_messages={
            "required": "Enter the subject.",
            "max_length": "Shorten the subject to 200 characters.",
        },
    )
    question = text_field("What is asked", required="Enter what is asked.")
    constituent_name = forms.CharField(
        label="Name",
        required=False,
        max_length=150,
        error_messages={"max_length": "Shorten the name to 150 characters."},
    )
    constituent_contact = forms.CharField(
        label="Address, e-mail or phone",
        required=False,
        max_length=300,
        error_messages={"max_length": "Shorten this to 300 characters."},
    )

    field_order: tuple[str, ...] = (
        "mp",
        "received_on",
        "received_time",
        "channel",
        "enquiry_type",
        "urgency",
        "topic",
        "subject",
        "question",
    )

    def __init__(self, *args: Any, membership: Membership, on: date, **kwargs: Any) -> None:
        authority = membership.authority
        super().__init__(*args, authority=authority, on=on, **kwargs)
        mp: Any = self.fields["mp"]
        mp.offer(authority, also=self.initial.get("mp"))
        mp.widget.attrs["data-autocomplete"] = ""
        topics = Topic.objects.visible_to(membership).filter(is_active=True)
        if chosen := self.initial.get("topic"):
            topics = topics | Topic.objects.visible_to(membership).filter(pk=chosen.pk)
        self.fields["topic"].queryset = topics  # type: ignore[attr-defined]

    def clean(self) -> None:
        contact = self.cleaned_data.get("constituent_contact")
        if contact and not self.cleaned_data.get("constituent_name"):
            self.add_error("constituent_name", "Enter the constituent’s name too.")


class WhoFields(forms.Form):
    """A service and an owner; either or both may be nobody."""

    service = forms.ModelChoiceField(
        queryset=Service.objects.none(), required=False, widget=QuickSelect, empty_label="No service yet"
    )
    owner = forms.ModelChoiceField(
        queryset=Membership.objects.none(), required=False, widget=QuickSelect, empty_label="Nobody"
    )

    def offer_colleagues(self, membership: Membership) -> None:
        fields: dict[str, Any] = self.fields
        fields["service"].queryset = Service.objects.visible_to(membership).active()
        fields["owner"].queryset = possible_owners(membership)


class WhoForm(WhoFields):
    error_target = ""  # the id of the input that the error of nothing ticked leads to

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_colleagues(membership)

    def clean(self) -> None:
        """Nobody to whom it was with nobody is no allocation; taking it back from somebody is."""
        if not any([*self.cleaned_data.values(), *self.initial.values(), self.errors]):
            self.add_error("service", "Choose a service, an owner or both.")


class AllocateForm(WhoForm):
    """Of one enquiry. Whom it was with when it was shown goes along: a colleague may move it meanwhile."""

    shown_service = forms.IntegerField(widget=forms.HiddenInput, required=False)
    shown_owner = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, membership: Membership, now: Allocation, **kwargs: Any) -> None:
        initial = {"service": now.service_id, "owner": now.owner_id}
        shown = {f"shown_{name}": value for name, value in initial.items()}
        super().__init__(*args, membership=membership, initial=initial | shown, **kwargs)
        fields: dict[str, Any] = self.fields
        services = Service.objects.visible_to(membership)
        fields["service"].queryset = services.active() | services.filter(pk=now.service_id or 0)

    @property
    def shown(self) -> Allocation:
        return Allocation(self.cleaned_data["shown_service"], self.cleaned_data["shown_owner"])

    def go_on_from(self, now: Allocation) -> None:
        """Keep what was chosen; what was not is as it is now, and so is what is shown."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        for name, value in (("service", now.service_id), ("owner", now.owner_id)):
            if data.get(name, "") == data.get(f"shown_{name}", ""):
                data[name] = str(value or "")
            data[f"shown_{name}"] = str(value or "")
        self.data = data


def possible_owners(membership: Membership) -> Any:
    """Colleagues who answer enquiries."""
    return (
        Membership.objects.visible_to(membership)
        .active()
        .in_role(*Membership.READERS_OF_ENQUIRIES)
        .order_by("user__name", "pk")
    )


class LogForm(DetailsForm, WhoFields):
    submission = forms.UUIDField(widget=forms.HiddenInput)

    field_order = (*DetailsForm.field_order, "service", "owner")

    def __init__(self, *args: Any, membership: Membership, on: date, **kwargs: Any) -> None:
        super().__init__(*args, membership=membership, on=on, **kwargs)
        self.offer_colleagues(membership)
        self.initial.setdefault("submission", uuid4())


class EditForm(DetailsForm):
    version = forms.IntegerField(widget=forms.HiddenInput)

    def changes(self) -> dict[str, Any]:
        """The cleaned details, as `change_details` takes them."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class NoteForm(forms.Form):
    text = text_field("Note", required="Write the note.", rows=3)
    submission = forms.UUIDField(widget=forms.HiddenInput)


class ReplyForm(forms.Form):
    """A reply to the MP who asked; where `no_mp` names them as one who is none now, or to the constituent."""

    text = text_field(
        "Reply",
        required="Enter the reply.",
        rows=12,
        help_text="As sent. Expect it to be passed on to the constituent.",
    )
    sent_on = day_field("Sent on", required="Enter the date the reply was sent.")
    channel = choice_field("How it went", Contact.choices, required="Choose how it went.")
    is_to_constituent = forms.BooleanField(label="Sent to the constituent direct", required=False)
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, on: date, no_mp: MP | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        if no_mp is None:
            del self.fields["is_to_constituent"]
        else:
            self.fields[
                "is_to_constituent"
            ].help_text = f"{no_mp} is not an MP now. It counts as the reply, and the enquiry is closed."

    def clean_sent_on(self) -> date:
        sent_on: date = self.cleaned_data["sent_on"]
        if sent_on > self.on:
            raise forms.ValidationError("The date sent cannot be in the future.")
        return sent_on


class CloseForm(forms.Form):
    reason = forms.CharField(
        max_length=200,
        help_text="Such as: replied; withdrawn by the MP’s office; sent on to the county council.",
        error_messages={
            "required": "Say why it can be closed.",
            "max_length": "Shorten the reason to 200 characters.",
        },
    )


class ReopenForm(forms.Form):
    on = day_field(
        "Count from",
        required="Enter the date to count from.",
        help_text="The day the MP’s office came back. The reply is due so many days after it.",
    )
    reason = forms.CharField(
        max_length=200,
        error_messages={
            "required": "Say why it is reopened.",
            "max_length": "Shorten the reason to 200 characters.",
        },
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on > self.today:
            raise forms.ValidationError("The date cannot be in the future.")
        return on


# --- Policy, topics, closure days ---------------------------------------------------


class PolicyForm(forms.ModelForm):
    class Meta:
        model = ResponsePolicy
        fields = [
            "acknowledge_days",
            "reply_in",
            "reply_unit",
            "complex_days",
            "immediate_days",
            "amber_days",
            "follow_up_days",
            "version",
        ]
        widgets = {"version": forms.HiddenInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        numbers = [name for name in self.fields if name not in ("reply_unit", "version")]
        ask_for_whole_numbers(self, *numbers)
        for name in numbers:
            self.fields[name].widget.attrs["class"] = "govuk-input--width-3"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("reply_unit") == "months" and (data.get("reply_in") or 0) > 12:
            self.add_error("reply_in", "Promise a reply within 12 calendar months at most.")
        return data


class RungForm(forms.ModelForm):
    """One step of the ladder as a row of the policy page; an empty row is no step."""

    remove = forms.BooleanField(required=False)

    class Meta:
        model = LadderStep
        fields = ["offset", "whom", "person"]

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["offset"].required = self.fields["whom"].required = False
        self.fields["offset"].help_text = ""
        self.fields["offset"].widget.attrs["class"] = "govuk-input--width-3"
        ask_for_whole_numbers(self, "offset")
        # The service writes the rows, so the model's own checks do not run (see `_post_clean`).
        self.fields["offset"].validators += LadderStep._meta.get_field("offset").validators
        self.fields["whom"].widget = QuickSelect(choices=[("", ""), *Whom.choices])
        # Only those who may open whatever enquiry they are told of, and whoever is named already.
        colleagues = Membership.objects.visible_to(membership)
        people = colleagues.active().in_role(*Membership.KNOW_OF_ALL_ENQUIRIES)
        people |= colleagues.filter(pk=self.initial.get("person") or 0)
        person = self.fields["person"]
        person.queryset = people  # type: ignore[attr-defined]
        in_order = people.order_by("user__name", "pk")
        person.widget = QuickSelect(
            attrs={"data-only-with": f"{self.add_prefix('whom')}={Whom.PERSON.value}"},
            choices=[("", "Nobody chosen"), *((each.pk, str(each)) for each in in_order)],
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.is_left_out:
            return data
        if data.get("offset") is None and "offset" not in self.errors:
            self.add_error("offset", "Enter how many working days before (-3) or after (3) the due date.")
        if not data.get("whom"):
            self.add_error("whom", "Choose whom this step tells.")
        if data.get("whom") == Whom.PERSON and not data.get("person"):
            self.add_error("person", "Choose the person this step tells.")
        if data.get("whom") != Whom.PERSON:
            data["person"] = None
        return data

    @property
    def is_left_out(self) -> bool:
        """Removed, or nothing filled in."""
        data = self.cleaned_data
        return bool(data.get("remove")) or (
            data.get("offset") is None and "offset" not in self.errors and not data.get("whom")
        )

    def _post_clean(self) -> None:
        """Rows are written together by the service, which also numbers them."""


class BaseLadder(forms.BaseFormSet):
    def clean(self) -> None:
        offsets = [rung.offset for rung in self.rungs()] if not any(self.errors) else []
        if len(offsets) != len(set(offsets)):
            raise forms.ValidationError("Two steps of the ladder are on the same day. Move or remove one.")

    def rungs(self) -> list[Rung]:
        """The steps as typed, without those removed or empty."""
        return [
            Rung(form.cleaned_data["offset"], form.cleaned_data["whom"], form.cleaned_data["person"])
            for form in self.forms
            if not form.is_left_out
        ]


LadderFormSet = forms.formset_factory(RungForm, formset=BaseLadder, extra=3, max_num=20)


class TopicForm(forms.ModelForm):
    NAME_TAKEN = "There is a topic of this name already."

    class Meta:
        model = Topic
        fields = ["name", "service", "is_active"]
        labels = {"service": "Offer first to", "is_active": "Can be chosen"}
        widgets = {"service": QuickSelect}

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.membership = membership
        self.fields["name"].error_messages["required"] = "Enter the topic’s name."
        service: Any = self.fields["service"]
        service.queryset = Service.objects.visible_to(membership).active()
        service.empty_label = "No service first"

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        same = Topic.objects.visible_to(self.membership).filter(name__iexact=name)
        if same.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(self.NAME_TAKEN)
        return name


class ClosureDayForm(forms.Form):
    on = day_field("Date", required="Enter the date.")
    name = forms.CharField(
        label="Why",
        max_length=100,
        help_text="Such as: Christmas closure. Shown where a due date explains itself.",
        error_messages={"required": "Say why.", "max_length": "Shorten this to 100 characters."},
    )
    is_working = forms.TypedChoiceField(
        label="What is different",
        choices=[("no", "We are closed"), ("yes", "We are open, although it is a bank holiday")],
        coerce=lambda value: value == "yes",
        initial="no",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, authority: Authority, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.authority, self.today = authority, today

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if abs(on - self.today) > OLDEST:
            raise forms.ValidationError("The date must be within five years of today.")
        if ClosureDay.objects.of(self.authority).filter(on=on).exists():
            raise forms.ValidationError("This date is in the list already. Remove it first.")
        return on


class CutOffForm(forms.Form):
    cut_off_time = time_field(
        "Receipt cut-off",
        help_text="What arrives after this time counts as received on the next day. Empty: no cut-off.",
    )
