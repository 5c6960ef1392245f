"""The days of what was told of MPs: a later list may put the day right on which a fact began or ended, and
then what was told of it happened on that day too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from datetime import date, timedelta
from typing import Any

from contacts.models import OF_POSTS, MPNews, NewsKind, PartySpell, Post, SeatHolding

ONE_DAY = timedelta(days=1)
# Of each kind of facts, what is told on its first day, and on the day after its last.
TOLD: dict[str, tuple[type[SeatHolding | PartySpell | Post], Set[str], Set[str]]] = {
    "holding": (SeatHolding, {NewsKind.NEW_MP, NewsKind.RE_ELECTED}, {NewsKind.LEFT, NewsKind.VACANT}),
    "party_spell": (
        PartySpell,
        {NewsKind.PARTY, NewsKind.PARTY_NAME, NewsKind.WHIP_LOST, NewsKind.WHIP_RESTORED},
        frozenset(),
    ),
    "post": (Post, {NewsKind.POST_BEGUN}, {NewsKind.POST_ENDED}),
}
# The kind of news, whom or what it is about, and the day it is told of.
Key = tuple[str, int | None, date]


def move_news(effects: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give what was told the days that an import has put right, `effects` being what it did; what
    `put_news_back` takes. In at most five queries."""
    moved = dict(days_moved(effects.get("were", {})))
    if not moved:
        return []
    news = list(MPNews.objects.filter(happened_on__in={day for _, _, day in moved}).order_by("pk"))
    news = [each for each in news if key_of(each) in moved]
    were = [{"pk": each.pk, "happened_on": each.happened_on.isoformat()} for each in news]
    for each in news:
        each.happened_on = moved[key_of(each)]
    MPNews.objects.bulk_update(news, ["happened_on"], batch_size=500)
    return were


def put_news_back(were: Iterable[Mapping[str, Any]]) -> None:
    """Undo `move_news`."""
    days = {row["pk"]: row["happened_on"] for row in were}
    news = list(MPNews.objects.filter(pk__in=days)) if days else []
    for each in news:
        each.happened_on = date.fromisoformat(days[each.pk])
    MPNews.objects.bulk_update(news, ["happened_on"], batch_size=500)


def days_moved(were: Mapping[str, Any]) -> Iterator[tuple[Key, date]]:
    """What may have been told of facts on days that they have no more, with the days in their place."""
    for name, (model, at_first, at_last) in TOLD.items():
        before = {
            row["pk"]: row for row in were.get(name, []) if row.get("started_on") or row.get("ended_on")
        }
        for pk, fact in model._default_manager.in_bulk(before).items() if before else ():
            began, ended = (day_in(before[pk], field) for field in ("started_on", "ended_on"))
            if began and fact.started_on and began != fact.started_on:
                for kind in at_first:
                    yield (kind, about(kind, fact), began), fact.started_on
            if ended and fact.ended_on and ended != fact.ended_on:
                for kind in at_last:
                    yield (kind, about(kind, fact), ended + ONE_DAY), fact.ended_on + ONE_DAY


def day_in(row: Mapping[str, Any], field: str) -> date | None:
    return date.fromisoformat(row[field]) if row.get(field) else None


def about(kind: str, fact: Any) -> int:
    if isinstance(fact, Post):
        return fact.pk
    number: int = fact.constituency_id if kind == NewsKind.VACANT else fact.mp_id
    return number


def key_of(news: MPNews) -> Key:
    number = news.post_id if news.kind in OF_POSTS else news.mp_id or news.constituency_id
    return news.kind, number, news.happened_on
