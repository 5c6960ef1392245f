"""The filters of the work queue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cached_property
from typing import Any

import django_filters
from django import forms
from django.http import QueryDict

from accounts.models import Membership, Service
from contacts.models import MP
from enquiries.forms import WRITTEN_DATES, Choices, QuickSelect, possible_owners
from enquiries.models import RAG, EnquiryQuerySet, EnquiryType, Status, Topic

ANY = "any"
IN_TIME, MISSED = "in-time", "missed"
OUTCOMES = [(IN_TIME, "In time"), (MISSED, "Late or none")]
# A search gives at most so many; it is found first and sorted after, so that a rare word stays quick.
MOST_FOUND = 1000
TEXT = "words"
LONGEST_TEXT = 200
# To filter by what the list does not show would tell of it.
UNSEEN_WITHOUT_TEXT = ("owner", "enquiry_type")


def _choice(label: str, **extra: Any) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(label=label, empty_label="Any", widget=QuickSelect, **extra)


def _day(label: str, lookup: str, field: str = "received_on") -> django_filters.DateFilter:
    return django_filters.DateFilter(
        field_name=field,
        lookup_expr=lookup,
        label=label,
        input_formats=WRITTEN_DATES,
        widget=forms.DateInput,
        error_messages={"invalid": "Enter a date like 4/6/2026."},
    )


class EnquiryFilter(django_filters.FilterSet):
    """Without a status chosen, what is open.

    Who may not read subjects finds references only, and filters by nothing that they may not see.
    """

    words = django_filters.CharFilter(label="Words or reference", method="keep", max_length=LONGEST_TEXT)
    status = django_filters.ChoiceFilter(
        label="Status",
        choices=[*Status.choices[1:], (ANY, "Any status")],
        empty_label="Open",
        method="keep",
        widget=QuickSelect,
    )
    rag = _choice("Reply clock", choices=RAG.choices, method="in_rag")
    service = _choice("Service")
    owner = _choice("Owner")
    mp = _choice("MP")
    enquiry_type = _choice("Type", choices=EnquiryType.choices)
    topic = _choice("Topic")
    received_from = _day("Received from", "gte")
    received_to = _day("Received to", "lte")
    due_from = _day("Reply due from", "gte", "due_on")
    due_to = _day("Reply due to", "lte", "due_on")
    replied_from = _day("Replied from", "gte", "replied_on")
    replied_to = _day("Replied to", "lte", "replied_on")
    outcome = _choice("Reply", choices=OUTCOMES, method="by_outcome")

    def __init__(
        self, data: QueryDict, queryset: EnquiryQuerySet, *, membership: Membership, on: date
    ) -> None:
        super().__init__(data, queryset)
        self.membership, self.on = membership, on
        # Asked for only by the filters that are in use or shown: most pages of the queue show none.
        offered: dict[str, Callable[[], Choices]] = {
            "service": lambda: self.services,
            "owner": lambda: self.owners,
            "mp": lambda: self.mps,
            "topic": lambda: self.topics,
        }
        for name, choices in offered.items():
            self.filters[name].extra["choices"] = choices
        if not membership.sees_enquiry_text:
            self.filters[TEXT].label = "Reference"
            for name in UNSEEN_WITHOUT_TEXT:
                del self.filters[name]

    @cached_property
    def services(self) -> Choices:
        return list(Service.objects.visible_to(self.membership).active().values_list("pk", "name"))

    @cached_property
    def owners(self) -> Choices:
        return list(possible_owners(self.membership).values_list("pk", "user__name"))

    @cached_property
    def mps(self) -> Choices:
        """The authority's MPs, and whoever is asked for."""
        mps = MP.objects.of(self.membership.authority)
        chosen = str(self.data.get("mp", ""))
        if chosen.isdecimal():
            mps = mps | MP.objects.filter(pk=chosen)
        return list(mps.values_list("pk", "name"))

    @cached_property
    def topics(self) -> Choices:
        return list(Topic.objects.visible_to(self.membership).values_list("pk", "name"))

    def filter_queryset(self, queryset: EnquiryQuerySet) -> EnquiryQuerySet:
        status, rag = self.chosen_status, self.form.cleaned_data.get("rag")
        # Only what is open has a colour.
        if status != ANY and not (status == Status.OPEN and rag):
            queryset = queryset.in_status(status)
        queryset = super().filter_queryset(queryset)
        words = self.form.cleaned_data.get(TEXT)
        return self.find(queryset, words) if words else queryset

    def keep(self, queryset: EnquiryQuerySet, name: str, value: str) -> EnquiryQuerySet:
        return queryset

    def in_rag(self, queryset: EnquiryQuerySet, name: str, value: str) -> EnquiryQuerySet:
        return queryset.in_rag(value, self.on)

    def by_outcome(self, queryset: EnquiryQuerySet, name: str, value: str) -> EnquiryQuerySet:
        return queryset.replied_in_time() if value == IN_TIME else queryset.missed(self.on)

    def find(self, queryset: EnquiryQuerySet, words: str) -> EnquiryQuerySet:
        """Of what the other filters leave, what matches: found first, sorted after."""
        found = queryset.matching(words, subjects=self.membership.sees_enquiry_text)
        return queryset.filter(pk__in=list(found.order_by().values_list("pk", flat=True)[: MOST_FOUND + 1]))

    @property
    def chosen_status(self) -> str:
        return str(self.form.cleaned_data.get("status") or Status.OPEN)

    def chosen(self) -> list[tuple[str, str, str]]:
        """Each filter in use: its name, label and value in words."""
        in_use = []
        for name, field in self.form.fields.items():
            value = self.form.cleaned_data.get(name)
            if value in (None, ""):
                continue
            words = dict(getattr(field, "choices", [])).get(value) or self._choice_label(field, value)
            in_use.append((name, str(field.label), words))
        return in_use

    @staticmethod
    def _choice_label(field: forms.Field, value: Any) -> str:
        for key, label in getattr(field, "choices", []):
            if str(key) == str(value):
                return str(label)
        return f"{value:%-d %B %Y}" if isinstance(value, date) else str(value)
