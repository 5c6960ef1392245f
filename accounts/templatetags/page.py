"""What every page's templates use: form fields in our look, error links, page numbers, dates in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.safestring import SafeString

register = template.Library()


# --- Form fields (used by templates/govuk/) -----------------------------------------

LOOKS: dict[type[forms.Widget], str] = {
    forms.Select: "govuk-select",
    forms.Textarea: "govuk-textarea",
    forms.CheckboxInput: "govuk-checkboxes__input",
    forms.FileInput: "govuk-file-upload",
}


@register.filter
def kind(field: BoundField) -> str:
    """Which of the pack's layouts a field takes: options, checkbox, password or plain."""
    widget = field.field.widget
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "options"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, forms.PasswordInput):
        return "password"
    return "plain"


@register.filter
def says_optional(field: BoundField) -> bool:
    """In a form that asks for something, what it does not insist on says so, unless it cannot be left out: of
    radio buttons one of which is chosen from the start, one stays chosen."""
    widget = field.field.widget
    if field.field.required or isinstance(widget, forms.CheckboxInput):
        return False
    if getattr(widget, "input_type", "") == "radio" and field.initial is not None:
        return False
    return any(other.required and not other.widget.is_hidden for other in field.form.fields.values())


@register.simple_tag
def widget(field: BoundField) -> SafeString:
    """The field's input in our look. Text is not cut off while typing: a form says what is too long."""
    inner = field.field.widget
    look = next(
        (look for widget_class, look in LOOKS.items() if isinstance(inner, widget_class)), "govuk-input"
    )
    classes = [look, *inner.attrs.get("class", "").split()]
    if isinstance(inner, forms.PasswordInput):
        classes += ["govuk-password-input__input", "govuk-js-password-input-input"]
    if field.errors:
        classes.append(f"{look}--error")
    if isinstance(inner, forms.DateInput):
        inner.input_type, inner.format = "date", "%Y-%m-%d"
        classes.append("mpcrm-input--date")
    inner.attrs.pop("maxlength", None)
    return field.as_widget(attrs={"class": " ".join(classes)})


@register.filter
def is_checkboxes(field: BoundField) -> bool:
    return isinstance(field.field.widget, forms.CheckboxSelectMultiple)


@register.filter
def shown(field: BoundField) -> list[Any]:
    """The choices of a group that stand open: all but those `folded`."""
    return [choice for choice in field if not _is_folded(field, choice)]


@register.filter
def folded(field: BoundField) -> list[Any]:
    """Those the field folds away (`folds`, of a row) for being rarely chosen, and that are not chosen."""
    return [choice for choice in field if _is_folded(field, choice)]


def _is_folded(field: BoundField, choice: Any) -> bool:
    folds = getattr(field.field, "folds", None)
    return folds is not None and not choice.data["selected"] and folds(choice.data["value"].instance)


@register.simple_tag
def option(bound: Any, name: str) -> SafeString:
    """One radio button or checkbox of a group; `name` is radios or checkboxes. Typing begins at the first."""
    bound.data["attrs"]["class"] = f"govuk-{name}__input"
    if bound.data["index"] != "0":
        bound.data["attrs"].pop("autofocus", None)
    return bound.tag()


# --- Errors -------------------------------------------------------------------------


@dataclass(frozen=True)
class ErrorLink:
    message: str
    target: str


@register.simple_tag
def error_links(form: Any = None, formset: Any = None) -> list[ErrorLink]:
    """Every error of the form and the formset, in page order, with the id of the input it is about.

    What is wrong with a form as a whole is about its `error_target`, if it has one.
    """
    links = list(_links(form)) if isinstance(form, forms.BaseForm) else []
    if isinstance(formset, forms.BaseFormSet):
        links += [ErrorLink(str(message), "") for message in formset.non_form_errors()]
        links += [link for each in formset.forms for link in _links(each)]
    return links


def _links(form: forms.BaseForm) -> Iterator[ErrorLink]:
    for message in form.non_field_errors():
        yield ErrorLink(str(message), getattr(form, "error_target", ""))
    for field in form:
        # A group of radio buttons or checkboxes is reached through its first one.
        target = f"{field.auto_id}_0" if kind(field) == "options" else field.auto_id
        for message in field.errors:
            yield ErrorLink(str(message), target)


# --- Pages and dates ----------------------------------------------------------------


@register.simple_tag
def page_numbers(page: Page[Any]) -> list[int | None]:
    """The page numbers to show: first, last and those near this one, with None for what is left out."""
    last = page.paginator.num_pages
    shown = sorted({1, last, *range(max(1, page.number - 1), min(last, page.number + 1) + 1)})
    numbers: list[int | None] = []
    for number in shown:
        previous = numbers[-1] if numbers else None
        if previous and number - previous > 1:
            numbers.append(None)
        numbers.append(number)
    return numbers


@register.filter
def day(value: date | datetime | None) -> str:
    """4 June 2026 (Europe/London, if a moment is given); empty for None."""
    if value is None or value == "":
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value)
    return f"{value:%-d %B %Y}"


@register.filter
def short_day(value: date | None) -> str:
    """4 Jun 2026, where a column is narrow; empty for None."""
    return "" if value is None else f"{value:%-d %b %Y}"


@register.filter
def moment(value: datetime | None) -> str:
    """4 June 2026 at 9:32am, Europe/London; empty for None."""
    if value is None or value == "":
        return ""
    local = timezone.localtime(value)
    return f"{local:%-d %B %Y} at {local:%-I:%M}{local:%p}".replace("AM", "am").replace("PM", "pm")
