"""Counting enquiries as far as a list shows them."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import IntegerField, Subquery

from enquiries.models import EnquiryQuerySet

# Beyond it a list says "more than": counting a million rows takes longer than showing a page of them.
CAP = 1000


class CappedCount(Subquery):
    """How many rows a query has, counted no further than one beyond CAP."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()

    def __init__(self, queryset: EnquiryQuerySet) -> None:
        super().__init__(queryset.order_by().values("pk")[: CAP + 1])


class CappedPaginator(Paginator):
    """Pages over the first CAP rows, their number already known."""

    def __init__(self, rows: Any, per_page: int, *, found: int) -> None:
        self._found = min(found, CAP)
        super().__init__(rows, per_page)

    @property
    def count(self) -> int:
        return self._found


def count_in_words(count: int) -> str:
    """How many a list has, as the list itself says it."""
    return f"more than {CAP:,}" if count > CAP else f"{count:,}"
