"""A row that is gone, or done with, by the time a form about it is sent: no typed word is lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django import forms
from django.forms.utils import pretty_name
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render

from accounts.access import AuthorityRequest, View
from accounts.templatetags.page import moment


def told_if_gone(of: Any, form: Any = None) -> Callable[[View], View]:
    """Where the row is missing when something is sent about it, what was typed into `form` is there to copy.

    That somebody of the authority deleted it, a row of the model `of`, is said, with who and when. Where it
    is not theirs to see, whether by now or ever, the page is missing.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(request: AuthorityRequest, **kwargs: Any) -> HttpResponse:
            try:
                return view(request, **kwargs)
            except (Http404, of.DoesNotExist):  # the latter where it went in the moment after the look-up
                if request.method != "POST":
                    raise Http404 from None
            typed = typed_into(form, request.POST) if form else {}
            if deletion := _deletion(of, request, kwargs.get("pk")):
                by, at = deletion.history_user or "Somebody", moment(deletion.history_date)
                said = f"{by} deleted this on {at}."
                return to_copy(request, typed, heading="This was deleted", said=said, row=deletion)
            if typed:
                return render(request, "404.html", {"typed": typed, "of": of._meta}, status=404)
            raise Http404

        return wrapper

    return decorate


def _deletion(of: Any, request: AuthorityRequest, pk: int | None) -> Any:
    """The last line of change history of a row that the authority had and somebody deleted."""
    lines = of.history.filter(history_type="-", authority=request.authority, id=pk)
    return lines.select_related("history_user").order_by("-history_id").first()


def typed_into(form: Any, sent: QueryDict) -> dict[str, str]:
    """What was written into the lines and boxes of a form, by their labels."""
    boxes = {
        name: str(field.label or pretty_name(name))
        for name, field in form.base_fields.items()
        if isinstance(field, forms.CharField) and not field.widget.is_hidden
    }
    return {label: str(sent[name]) for name, label in boxes.items() if sent.get(name, "").strip()}


def to_copy(
    request: AuthorityRequest,
    typed: Mapping[str, str],
    *,
    heading: str,
    said: str,
    back_url: str = "",
    row: Any = None,
) -> HttpResponse:
    """Say why nothing was saved, and show what was typed, to copy: the form can be sent no more.

    It leads back to `back_url`, or to the page of the MP whom `row` is about.
    """
    context = {"typed": typed, "heading": heading, "said": said, "back_url": back_url, "row": row}
    return render(request, "accounts/to_copy.html", context | {"has_errors": True}, status=409)
