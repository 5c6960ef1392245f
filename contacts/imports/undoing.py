"""Undoing the latest list of MPs, or of posts: every fact is put back as it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db import models, transaction

from accounts.models import User
from contacts import published
from contacts.dissolving import put_dissolutions_back
from contacts.imports import post_plan
from contacts.imports.applying import one_import_at_a_time
from contacts.imports.referring import referrers
from contacts.imports.writing import SPELLS
from contacts.models import (
    MP,
    Constituency,
    ImportState,
    MPListImport,
    MPNews,
    ParliamentContact,
    Party,
    Post,
    PostWording,
    SeatHolding,
)
from contacts.news import take_back
from contacts.news_days import put_news_back
from contacts.spells import Spell, SpellsOverlap, write_spells

Row = TypeVar("Row", bound=models.Model)


class CannotUndo(Exception):
    """Undoing would take away rows that others refer to, or it is not the latest import."""


# In the order in which rows can go: those that refer to others first.
OTHERS: dict[str, type[models.Model]] = {"mp": MP, "constituency": Constituency, "party": Party}
KINDS: dict[str, type[models.Model]] = {
    **{"contact": ParliamentContact, "wording": PostWording, "post": Post},
    **SPELLS,
    **OTHERS,
}


def undo_import(
    *, applied: MPListImport, now: datetime, by: User | AnonymousUser | None = None
) -> MPListImport:
    """Put the facts back to what they were before the latest import.

    Raises CannotUndo, naming what stands in the way: a later import, also one of the other subject that
    changed the same posts, a post that would be held twice, or rows of others that refer to rows it made.
    """
    with transaction.atomic():
        one_import_at_a_time()
        applied = MPListImport.objects.select_for_update().get(pk=applied.pk)
        reason = why_not_undo(applied, reader=by)
        if reason:
            raise CannotUndo(reason)
        take_back(applied, now=now)
        made, were, dropped = (applied.effects.get(key, {}) for key in ("made", "were", "dropped"))
        undone_by = by if isinstance(by, User) else None
        put_news_back(were.pop("news", []))
        put_dissolutions_back(were.pop("dissolution", []), by=undone_by, now=now)
        published.put_back(made=made.get("contact", []), were=were.pop("contact", []))
        PostWording.objects.filter(pk__in=made.get("wording", [])).delete()
        Post.objects.filter(pk__in=made.get("post", [])).delete()
        post_plan.put_back(were.pop("post", []))
        try:
            for kind, model in SPELLS.items():
                put_spells_back(model, *(effects.get(kind, []) for effects in (made, were, dropped)))
        except SpellsOverlap as overlap:
            raise CannotUndo(f"What is recorded has changed since: {overlap}") from overlap
        for kind, other in OTHERS.items():
            rows = restored(other, were.get(kind, []))
            touched = {name for row in were.get(kind, []) for name in row} - {"pk"}
            if rows:
                other._default_manager.bulk_update(rows, sorted(touched), batch_size=200)
            other._default_manager.filter(pk__in=made.get(kind, [])).delete()
        applied.state = ImportState.UNDONE
        applied.undone_at = now
        applied.save(update_fields=["state", "undone_at"])
    return applied


def put_spells_back(
    model: type[Spell],
    made: Sequence[int],
    were: Sequence[Mapping[str, Any]],
    dropped: Sequence[Mapping[str, Any]],
) -> None:
    """Undo what `writing` noted of one kind of dated facts, but for holdings of a seat that never was."""
    begin = [as_were(model(), row) for row in dropped]
    seats = {each.constituency_id for each in begin if isinstance(each, SeatHolding)}
    gone = seats - Constituency.objects.in_bulk(seats).keys()
    write_spells(
        model,
        drop=list(model._default_manager.filter(pk__in=made)) if made else [],
        change=restored(model, were),
        begin=[each for each in begin if getattr(each, "constituency_id", None) not in gone],
    )


def restored(model: type[Row], rows: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Rows with the fields they had, not yet saved; without those that are gone, as a seat that never was."""
    found = model._default_manager.in_bulk([row["pk"] for row in rows]) if rows else {}
    for row in rows:
        if row["pk"] in found:
            as_were(found[row["pk"]], row)
    return list(found.values())


def as_were(instance: Row, row: Mapping[str, Any]) -> Row:
    """With the fields of the row, as JSON keeps them: dates are text."""
    fields = {field.attname: field for field in instance._meta.concrete_fields}
    for name, value in row.items():
        attribute = instance._meta.pk.attname if name == "pk" else name
        setattr(instance, attribute, fields[attribute].to_python(value))
    return instance


def why_not_undo(applied: MPListImport, *, reader: User | AnonymousUser | None = None) -> str:
    """What stands in the way of undoing, in words for `reader`; empty if nothing does."""
    if applied.state != ImportState.APPLIED:
        return "Only an import that has been applied can be undone."
    latest = MPListImport.objects.about(applied.subject).applied().first()
    if latest and latest.pk != applied.pk:
        return f"Only the latest import can be undone, and that is {latest}."
    later = changed_the_same_posts(applied)
    if later:
        return f"Posts of this list have been changed since by {later}. Undo that first."
    again = held_also(applied)
    if again:
        return f"{again.mp.name} would hold “{again}” twice at once: it was read in {again.source} too."
    made = {KINDS[kind]: pks for kind, pks in applied.effects.get("made", {}).items()}
    to: dict[type[models.Model], list[int]] = {
        model: made.get(model, []) for model in (MP, Constituency, Party, Post)
    }
    told = list(applied.news.values_list("pk", flat=True))  # which undoing takes back
    found = referrers(to, besides={**made, MPNews: told}, reader=reader)
    if not found:
        return ""
    return f"Other records refer to rows this import made: {'; '.join(found)}."


def changed_the_same_posts(applied: MPListImport) -> MPListImport | None:
    """The latest import since that changed posts which this one made or changed: lists of MPs end posts too.

    Of the two, what the later wrote rests on the earlier, so the earlier cannot be taken from under it.
    """
    posts = {*posts_made(applied), *posts_that_were(applied)}
    if not posts:
        return None
    since = MPListImport.objects.applied().since(applied).filter(effects__were__has_key="post")
    others = since.only("file_name", "list_date", "effects")
    return next((each for each in others if posts.intersection(posts_that_were(each))), None)


def held_also(applied: MPListImport) -> Post | None:
    """A post that its MP holds in the very words of one that undoing would have last again."""
    rows = applied.effects.get("were", {}).get("post", [])
    back = {row["pk"]: row for row in rows if row["ended_on"] is None}
    if not back:
        return None
    mps = dict(Post.objects.filter(pk__in=back).values_list("pk", "mp"))
    held = {(mp, *(back[pk][name] for name in ("kind", "title", "body"))) for pk, mp in mps.items()}
    own = [*posts_made(applied), *posts_that_were(applied)]
    others = Post.objects.filter(mp__in=mps.values(), ended_on=None).exclude(pk__in=own).select_related("mp")
    return next((each for each in others if (each.mp_id, each.kind, each.title, each.body) in held), None)


def posts_made(made_by: MPListImport) -> list[int]:
    made: list[int] = made_by.effects.get("made", {}).get("post", [])
    return made


def posts_that_were(changed_by: MPListImport) -> list[int]:
    return [row["pk"] for row in changed_by.effects.get("were", {}).get("post", [])]
