"""What refers to rows that an import made, counted for people to read. Reads the database, writes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Model, Q, QuerySet
from django.db.models.fields.reverse_related import ManyToOneRel

from accounts.models import Membership, User

Made = Mapping[type[Model], Sequence[int]]


def referrers(to: Made, *, besides: Made, reader: User | AnonymousUser | None) -> list[str]:
    """Rows that refer to those in `to`, but for those in `besides`: "2 enquiries of Southfen Council".

    An authority is named unless it is the only one the reader works for. What is kept of a row's history
    counts as the row, and only where the row itself refers no more ("1 enquiry, in its history").
    """
    asked: dict[type[Model], Q] = defaultdict(Q)
    for made, pks in to.items():
        for relation in made._meta.get_fields(include_hidden=True) if pks else ():
            if isinstance(relation, ManyToOneRel):
                asked[relation.related_model] |= Q(**{f"{relation.field.name}__in": pks})
    works_for = (
        set(Membership.objects.active().for_user(reader).values_list("authority", flat=True))
        if reader
        else ()
    )
    found = []
    for model, refers in asked.items():
        rows = model._base_manager.filter(refers).exclude(pk__in=besides.get(model, ()))
        kept_of = getattr(model, "instance_type", None)
        if kept_of:
            present = kept_of._base_manager.filter(asked[kept_of]).values("pk")
            rows = rows.exclude(**{f"{kept_of._meta.pk.attname}__in": present})
        for authority, name, count in counted(rows, by=kept_of._meta.pk.attname if kept_of else "pk"):
            of = f" of {name}" if name and {authority} != works_for else ""
            found.append((kept_of or model, name, bool(kept_of), count, of))
    found.sort(key=lambda each: (each[0]._meta.label, *each[1:3]))
    return [in_words(model, count, of, is_kept=is_kept) for model, _, is_kept, count, of in found]


def counted(rows: QuerySet[Any], *, by: str) -> list[tuple[int | None, str, int]]:
    """How many different rows each authority has; those that belong to none, once for all."""
    number = Count(by, distinct=True)
    if any(field.name == "authority" for field in rows.model._meta.get_fields()):
        return list(rows.order_by().values_list("authority", "authority__name").annotate(number=number))
    count = rows.aggregate(number=number)["number"]
    return [(None, "", count)] if count else []


def in_words(model: type[Model], count: int, of: str, *, is_kept: bool) -> str:
    kind = model._meta.verbose_name if count == 1 else model._meta.verbose_name_plural
    whose = "its history" if count == 1 else "their history"
    return f"{count:,} {kind}{of}{f', in {whose}' if is_kept else ''}"
