"""What people type about who works here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from accounts.history import version_of
from accounts.models import Authority, Membership, Role, Service, User
from accounts.png import is_png

LOGO_BYTES = 100 * 1024
OLDEST = timedelta(days=365 * 5)  # a day further from today is a slip of the keyboard
LONGEST_KEY = 18  # digits: as many as always fit 64 bits
ROLE_HINTS = {
    Role.OFFICER: "logs, allocates and answers enquiries, plans contact",
    Role.SERVICE_CONTACT: "sees and answers what is allocated to their services",
    Role.POLITICAL_AFFAIRS: "as an officer, and sets response policy, topics and who leads on which MP",
    Role.EXECUTIVE: "dashboard, plans and MP pages; of an enquiry never its text, unless switched on",
    Role.ADMIN: "people, services, settings and seats; never the text of an enquiry",
}


def say_saved_before(form: forms.Form | forms.ModelForm, *, instead: str = "") -> None:
    """The form was saved before, in other words (`SavedBefore`). These are kept, and the form becomes another
    one, so that sending it again records them too. `instead` is what else to do, as a request."""
    data: Any = form.data.copy()  # type: ignore[attr-defined]
    data["submission"] = str(uuid4())
    form.data = data
    another = f"Save again to record it as another{f', or {instead}' if instead else ''}."
    form.add_error(None, f"This form was saved already; what you have changed since is not. {another}")


def refuse_a_slip(form: forms.Form | forms.ModelForm, field: str, *, on: date) -> None:
    """Add an error where the day is too far from `on` to be meant; what was saved already may stay."""
    day: date | None = form.cleaned_data.get(field)
    if day and abs(day - on) > OLDEST and day != form.get_initial_for_field(form.fields[field], field):
        form.add_error(field, "Check the year: this is more than five years from today.")


def ask_for_whole_numbers(form: forms.ModelForm, *names: str) -> None:
    """Whatever is wrong with one of these fields, say which numbers the model takes."""
    for name in names:
        validators = form.instance._meta.get_field(name).validators
        least = max(each.limit_value for each in validators if isinstance(each, MinValueValidator))
        most = min(each.limit_value for each in validators if isinstance(each, MaxValueValidator))
        words = f"Enter a whole number from {least} to {most} for “{form.fields[name].label}”."
        form.fields[name].error_messages |= dict.fromkeys(
            ["required", "invalid", "min_value", "max_value"], words
        )


class RowsField(forms.ModelMultipleChoiceField):
    """Several rows. A number larger than any key is refused as unknown, where Django's own field asks the
    database and fails."""

    def clean(self, value: Any) -> Any:
        for each in value or ():
            if len(str(each)) > LONGEST_KEY:
                raise forms.ValidationError(
                    self.error_messages["invalid_choice"],
                    code="invalid_choice",
                    params={"value": str(each)[:LONGEST_KEY]},
                )
        return super().clean(value)


class ComparedForm(forms.ModelForm):
    """An edit of a row that somebody may save meanwhile; `version` is that of the row it began from."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["version"] = version_of(self.instance)
        else:
            del self.fields["version"]

    def show_both(self, saved: models.Model) -> None:
        """Say of each field where what is saved now differs from what was typed, and go on from there."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data["version"] = str(version_of(saved))
        self.data, typed = data, dict(self.cleaned_data)
        self.add_error(None, "Somebody saved this while you were typing. Compare, then save again.")
        for name in [each for each in self._meta.fields or () if each in self.fields]:
            now = _value_of(saved, name)
            if now != (set(typed[name]) if isinstance(now, set) else typed[name]):
                self.add_error(
                    name, f"Saved meanwhile: “{said_in_words(saved, name)}”. Save again to keep yours."
                )


def _value_of(row: models.Model, name: str) -> Any:
    value = getattr(row, name)
    return set(value.all()) if isinstance(value, models.Manager) else value


def said_in_words(row: models.Model, name: str) -> str:
    """What a row says in one field, to somebody who typed otherwise."""
    value = _value_of(row, name)
    if isinstance(value, set):
        value = ", ".join(sorted(map(str, value)))
    elif isinstance(value, bool):
        value = "Yes" if value else "No"
    elif isinstance(value, date):
        value = f"{value:%-d %B %Y}"
    elif display := getattr(row, f"get_{name}_display", None):
        value = display()
    return str(value or "nothing")


class RoleFields(ComparedForm):
    """Role, job title and services of one person in one authority."""

    role = forms.ChoiceField(
        choices=[(role.value, f"{role.label}: {hint}") for role, hint in ROLE_HINTS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a role."},
    )

    class Meta:
        model = Membership
        fields = ["role", "job_title", "services"]
        field_classes = {"services": RowsField}
        widgets: dict[str, Any] = {"services": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, authority: Authority, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        services = Service.objects.filter(authority=authority)
        chosen = self.instance.services.values("pk") if self.instance.pk else []
        self.fields["services"].queryset = services.active() | services.filter(pk__in=chosen)  # type: ignore[attr-defined]
        if not services.exists():
            del self.fields["services"]


class PersonForm(RoleFields):
    class Meta(RoleFields.Meta):
        fields = [*RoleFields.Meta.fields, "away_until"]
        widgets = RoleFields.Meta.widgets | {"away_until": forms.DateInput}
        error_messages = {"away_until": {"invalid": "Enter a real date."}}

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        refuse_a_slip(self, "away_until", on=self.on)
        return data


class InviteForm(RoleFields):
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        error_messages={
            "required": "Enter their e-mail address.",
            "invalid": "Enter an e-mail address like name@example.gov.uk.",
        },
    )
    name = forms.CharField(
        label="Full name", max_length=150, error_messages={"required": "Enter their full name."}
    )
    field_order = ["email", "name", "role", "job_title", "services"]


class JoinForm(forms.Form):
    name = forms.CharField(
        label="Full name",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Enter your full name."},
    )
    password = forms.CharField(
        label="Choose a password",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Choose a password."},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["password"].help_text = " ".join(password_validators_help_texts())

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        self.user.name = self.cleaned_data.get("name", self.user.name)
        validate_password(password, self.user)
        return password


class MyAccountForm(forms.ModelForm):
    away_until = forms.DateField(
        required=False,
        help_text=Membership._meta.get_field("away_until").help_text,
        widget=forms.DateInput,
        error_messages={"invalid": "Enter a real date."},
    )

    class Meta:
        model = User
        fields = ["name", "has_shortcuts"]
        error_messages = {"name": {"required": "Enter your full name."}}

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        refuse_a_slip(self, "away_until", on=self.on)
        return data


def offer_to_be_told(form: forms.ModelForm, field: str, roles: Iterable[str]) -> None:
    """Let `field` name a colleague in one of the roles: escalations tell them, and they open the enquiry.

    Whoever is named now is offered as well, so that somebody who has left is not lost by saving.
    """
    people = Membership.objects.for_authority(getattr(form.instance, "authority", form.instance))
    named_now = people.filter(pk=getattr(form.instance, f"{field}_id"))
    choice: Any = form.fields[field]
    choice.queryset = people.active().in_role(*roles) | named_now
    choice.empty_label = "Nobody named"


def refuse_who_cannot_be_told(form: forms.ModelForm, field: str, roles: Iterable[str]) -> None:
    """Somebody named earlier, whose role was changed since, is no choice any more."""
    person: Membership | None = form.cleaned_data.get(field)
    if person and person.is_active and person.role not in roles:
        form.add_error(
            field,
            f"{person} is told of late enquiries here, but their role ({person.get_role_display()}) does not "
            "open them. Choose somebody else.",
        )


class ServiceForm(forms.ModelForm):
    PEOPLE = ("head", "director", "substitute")

    class Meta:
        model = Service
        fields = ["name", "head", "director", "substitute", "is_active"]
        labels = {"is_active": "In use: enquiries can be allocated to it"}
        error_messages = {"name": {"required": "Enter the name of the service area."}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.PEOPLE:
            offer_to_be_told(self, field, Membership.KNOW_OF_ENQUIRIES)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for field in self.PEOPLE:
            refuse_who_cannot_be_told(self, field, Membership.KNOW_OF_ENQUIRIES)
        return data


class SettingsForm(ComparedForm):
    new_logo = forms.FileField(
        label="Logo",
        required=False,
        help_text="A PNG of at most 100 KB. Leave empty to keep the one you have.",
        widget=forms.FileInput(attrs={"accept": "image/png"}),
    )
    remove_logo = forms.BooleanField(label="Remove the logo", required=False)

    class Meta:
        model = Authority
        fields = [
            "name",
            "colour",
            "chief_executive",
            "reference_prefix",
            "response_target",
            "checklist_days",
            "executives_see_text",
        ]
        help_texts = {
            "colour": "Six digits or letters a to f after #, such as #1d4f72.",
            "chief_executive": "Whom the last step of the escalation ladder tells. Admins and service "
            "contacts are not offered: their roles do not open every enquiry.",
        }
        widgets = {
            "colour": forms.TextInput(attrs={"class": "govuk-input--width-10"}),
            "reference_prefix": forms.TextInput(attrs={"class": "govuk-input--width-5"}),
        }
        error_messages = {
            "name": {"required": "Enter the name of the authority."},
            "colour": {"required": "Enter a colour like #1d4f72."},
            "reference_prefix": {"required": "Enter 2 to 6 capital letters."},
            "response_target": {
                "required": "Enter a percentage from 1 to 100.",
                "invalid": "Enter a percentage from 1 to 100.",
            },
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["response_target"] = forms.IntegerField(
            label="Response target",
            help_text=Authority._meta.get_field("response_target").help_text,
            min_value=1,
            max_value=100,
            widget=forms.NumberInput(attrs={"class": "govuk-input--width-3"}),
            error_messages=dict.fromkeys(
                ["required", "invalid", "min_value", "max_value"], "Enter a percentage from 1 to 100."
            ),
        )
        self.fields["checklist_days"] = forms.IntegerField(
            label="Checklist answers hold for so many days",
            help_text=Authority._meta.get_field("checklist_days").help_text,
            min_value=30,
            max_value=730,
            widget=forms.NumberInput(attrs={"class": "govuk-input--width-3"}),
            error_messages=dict.fromkeys(
                ["required", "invalid", "min_value", "max_value"], "Enter a number of days from 30 to 730."
            ),
        )
        offer_to_be_told(self, "chief_executive", Membership.KNOW_OF_ALL_ENQUIRIES)
        if not self.instance.logo:
            del self.fields["remove_logo"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        refuse_who_cannot_be_told(self, "chief_executive", Membership.KNOW_OF_ALL_ENQUIRIES)
        return data

    def clean_new_logo(self) -> bytes | None:
        upload: UploadedFile | None = self.cleaned_data["new_logo"]
        if upload is None:
            return None
        if (upload.size or 0) > LOGO_BYTES:
            raise forms.ValidationError("The logo is larger than 100 KB. Choose a smaller file.")
        data = upload.read()
        if not is_png(data):
            raise forms.ValidationError("This file is not a PNG picture, whatever its name says.")
        return data

    def save(self, commit: bool = True) -> Authority:
        if self.cleaned_data.get("remove_logo"):
            self.instance.logo = b""
        if self.cleaned_data["new_logo"]:
            self.instance.logo = self.cleaned_data["new_logo"]
        return super().save(commit)
