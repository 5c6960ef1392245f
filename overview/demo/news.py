"""What Parliament's facts of the demo came to, as mpcrm would have told it. All of it is fictional."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from contacts.models import Beginning, Constituency, NewsKind, Post
from contacts.news import News, begun_in_words, ended_in_words, holding_in_words, party_in_words, record_news
from notifications.models import ToDo
from notifications.to_dos import finish
from overview.demo import year
from overview.demo.people import BY_ELECTION, CHANGED_PARTY, VACANT_SINCE

SOURCE = "Fictional list"
LEFT_BEFORE = BY_ELECTION + 39
A_YEAR = 365


class Told(NamedTuple):
    days_ago: int
    kind: NewsKind
    words: str
    mp: int | None
    seat: str = ""


TOLD = (
    Told(
        CHANGED_PARTY,
        NewsKind.WHIP_LOST,
        party_in_words("Civic Alliance", "Independent")[1],
        900004,
    ),
    Told(
        LEFT_BEFORE, NewsKind.LEFT, "is no longer MP for Northmoor East and Harrowdale", 900002, "Z14000002"
    ),
    Told(LEFT_BEFORE, NewsKind.VACANT, "seat vacant", None, "Z14000002"),
    Told(
        BY_ELECTION,
        NewsKind.NEW_MP,
        holding_in_words(NewsKind.NEW_MP, begun_by=Beginning.BY_ELECTION),
        900003,
        "Z14000002",
    ),
    Told(VACANT_SINCE - 1, NewsKind.LEFT, "is no longer MP for Saltby Coast", 900006, "Z14000005"),
    Told(VACANT_SINCE - 1, NewsKind.VACANT, "seat vacant", None, "Z14000005"),
)
# What was asked is done within so many days, but for what was asked of late.
DONE_AFTER, LATELY = 6, 30


def told(scenes: Sequence[tuple[year.Scene, str]]) -> year.Life:
    """Each change on its day, and what it asks done a few days later by the one named for each authority."""
    scene = scenes[0][0]
    for days_ago, news in sorted(_news(scene), key=lambda each: -each[0]):
        now = scene.at(scene.today - timedelta(days=days_ago))
        yield now
        record_news(news, source=SOURCE, now=now)
        if days_ago > LATELY:
            now = scene.at(scene.today - timedelta(days=days_ago - DONE_AFTER))
            yield now
            for at, by in scenes:
                asked = ToDo.objects.open().filter(authority=at.authority, kind__startswith="news-")
                for to_do in asked.order_by("pk"):
                    finish(by=at.people[by], to_do=to_do, now=now)


def _news(scene: year.Scene) -> list[tuple[int, list[News]]]:
    """So many days ago, what was told."""
    by_day: dict[int, list[News]] = {}
    for each in TOLD:
        on = scene.today - timedelta(days=each.days_ago)
        seat = Constituency.objects.get(ons_code=each.seat) if each.seat else None
        mp = scene.mps[each.mp] if each.mp else None
        by_day.setdefault(each.days_ago, []).append(News(each.kind, each.words, on, mp, seat))
    for post in Post.objects.filter(mp__is_fictional=True).select_related("mp").order_by("pk"):
        for day, kind, words in (
            (post.started_on, NewsKind.POST_BEGUN, begun_in_words(post)),
            (post.ended_on and post.ended_on + timedelta(days=1), NewsKind.POST_ENDED, ended_in_words(post)),
        ):
            days_ago = (scene.today - day).days if day else 0
            if day and 0 < days_ago <= A_YEAR:
                by_day.setdefault(days_ago, []).append(News(kind, words, day, post.mp, post=post))
    return list(by_day.items())
