"""A Parliament of three MPs, small enough to ask about them all at once, and asking about them."""

from __future__ import annotations

from datetime import date

from contacts.models import MP, MPNews, Post, PostKind
from contacts.parliament.details import Outcome, sync_details
from tests.contacts.lists import CODES, seat_name
from tests.factories import NOW
from tests.parliament.server import Parliament, Person
from tests.parliament.world import DAY, no_sleep

MINISTER = ("Minister of State (Department for Paper)", 77, "2025-09-07", None, "Department for Paper")
PAPER = ("Paper Committee", 83, "2024-10-21", None, None)


def three_mps() -> Parliament:
    names = ["Ada Almond", "Bea Almond", "Cai Almond"]
    return Parliament([Person(1000 + n, name, seat_name(CODES[n]), "Labour") for n, name in enumerate(names)])


def ask(day: int = 0, *, is_everybody: bool = False) -> Outcome:
    """Ask about their posts and contact details, so many days after NOW."""
    return sync_details(now=NOW + day * DAY, is_everybody=is_everybody, sleep=no_sleep)


def with_post(person: Person, section: str, *posts: tuple) -> None:
    person.posts = {**person.posts, section: list(posts)}


def recorded_post(mp: MP, **about) -> Post:
    """A post that a list of ministers told of."""
    return Post.objects.create(
        mp=mp,
        **{
            "kind": PostKind.GOVERNMENT,
            "title": "Minister for Paper",
            "body": "Department for Paper",
            "is_in_government": True,
            "started_on": date(2025, 9, 5),
            "source": "ministers.csv, as at 1 February 2026",
            "source_id": "a1",
            "seen_on": date(2026, 2, 1),
        }
        | about,
    )


def held():
    return [(p.kind, str(p), p.started_on, p.ended_on) for p in Post.objects.order_by("pk")]


def told():
    return [(news.mp.parliament_id, news.kind, news.words) for news in MPNews.objects.order_by("pk")]
