"""What an instance admin fills in to load a file about places."""

from __future__ import annotations

from typing import Any

from django import forms

from contacts.imports.forms import CHOOSE_AGAIN, DAYS
from contacts.imports.placing import MAX_POSTCODE_BYTES
from contacts.imports.reading import MAX_BYTES
from contacts.models import PlaceKind

NO_FILE = "Choose the file."
ANY = {"accept": ".csv,.tsv,.tab,.txt,.json,.xlsx,.geojson,.hexjson"}


class PlacesForm(forms.Form):
    kind = forms.ChoiceField(
        label="What is in the file?",
        choices=PlaceKind.choices,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(["required", "invalid_choice"], "Choose what is in the file."),
    )
    file = forms.FileField(
        label="File",
        help_text="CSV, TSV, Excel (.xlsx) or JSON; maps: hexjson or GeoJSON; postcodes: CSV. At most "
        f"{MAX_BYTES // 1024 // 1024} MB, postcodes {MAX_POSTCODE_BYTES // 1024 // 1024} MB.",
        error_messages={"required": NO_FILE, "empty": "The file is empty.", "invalid": NO_FILE},
        widget=forms.ClearableFileInput(attrs=ANY),
    )
    codes = forms.FileField(
        label="Table of codes, if the file has other codes for constituencies",
        required=False,
        help_text="Such as UKPARL.2025 beside ONS codes. Only for which constituency lies in which council.",
        error_messages={"empty": "The table of codes is empty."},
        widget=forms.ClearableFileInput(attrs=ANY),
    )

    begins = forms.DateField(
        label="After a boundary change: polling day",
        required=False,
        help_text="Such as 30/5/2029. Only for a list of all constituencies from that general election on: "
        "those that are new to it begin, those that it lacks have ended the day before.",
        error_messages={"invalid": "Enter polling day as a date, such as 30/5/2029."},
        input_formats=DAYS,
        widget=forms.DateInput,
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("begins") and data.get("kind") != PlaceKind.CONSTITUENCIES:
            self.add_error("begins", "Only a list of constituencies begins on a polling day.")
        most = MAX_POSTCODE_BYTES if data.get("kind") == PlaceKind.POSTCODES else MAX_BYTES
        for name, limit in (("file", most), ("codes", MAX_BYTES)):
            file = data.get(name)
            if file and file.size > limit:
                self.add_error(name, f"{too_large(file.size, limit)} {CHOOSE_AGAIN}")
        return data


def too_large(size: int, limit: int) -> str:
    return f"The file is {size / 1024 / 1024:,.1f} MB, and may be {limit // 1024 // 1024} MB."
