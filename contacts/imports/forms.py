"""What an instance admin fills in to import a list of MPs or of posts, or to enter a dissolution."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from contacts.imports.reading import MAX_BYTES
from contacts.models import PostKind

DAYS = ["%Y-%m-%d", "%d/%m/%Y", "%d %B %Y"]
CHOOSE_AGAIN = "Choose the file again: a browser does not keep it."


class FileForm(forms.Form):
    """A file with a list, and the day it is for."""

    file = forms.FileField(
        label="File with the list",
        help_text="CSV, TSV, Excel (.xlsx) or JSON; at most 10 MB. The columns are found by their headings.",
        error_messages={
            "required": "Choose the file with the list.",
            "empty": "The file is empty.",
            "invalid": "Choose the file with the list.",
        },
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.tab,.txt,.json,.xlsx"}),
    )
    on = forms.DateField(
        label="The day the list is for",
        required=False,
        help_text="Leave empty to take it from the file’s name (such as list-2026-04-03.csv), or else today.",
        error_messages={"invalid": "Enter the day the list is for as a date, such as 3/4/2026."},
        input_formats=DAYS,
        widget=forms.DateInput,
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_on(self) -> date | None:
        on: date | None = self.cleaned_data["on"]
        if on and on > self.today:
            raise forms.ValidationError("The day the list is for cannot be in the future.")
        return on

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(
                f"The file is {file.size / 1024 / 1024:,.1f} MB. Such a list is well under "
                f"{MAX_BYTES // 1024 // 1024} MB: this seems to be something else."
            )
        return file


class ListForm(FileForm):
    is_partial = forms.BooleanField(
        label="This is a partial list",
        required=False,
        help_text="Not all 650 seats are in it. A partial list ends nobody.",
    )


class PostListForm(FileForm):
    kind = forms.ChoiceField(
        label="What the posts are",
        choices=[("", "The list says so"), *PostKind.choices],
        required=False,
        help_text="Needed only where no column says it, as in a spreadsheet of your own.",
    )


class DissolutionForm(forms.Form):
    started_on = forms.DateField(
        label="First day without a Parliament",
        help_text="The day of the dissolution, such as 30/5/2029.",
        error_messages={
            "required": "Enter the first day without a Parliament.",
            "invalid": "Enter the first day as a date, such as 30/5/2029.",
        },
        input_formats=DAYS,
        widget=forms.DateInput,
    )
    ended_on = forms.DateField(
        label="Last day without one",
        required=False,
        help_text="The day before the poll. Leave empty if it is not known yet, and enter it later.",
        error_messages={"invalid": "Enter the last day as a date, such as 3/7/2029."},
        input_formats=DAYS,
        widget=forms.DateInput,
    )

    def clean(self) -> dict[str, Any] | None:
        started_on, ended_on = (self.cleaned_data.get(name) for name in ("started_on", "ended_on"))
        if started_on and ended_on and ended_on < started_on:
            self.add_error("ended_on", "The last day cannot be before the first.")
        return self.cleaned_data
