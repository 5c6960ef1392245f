"""What Northmoor most wants, and which posts of its MPs it found to bear on that. All of it is fictional."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from django.utils import timezone

from contacts.deciding import decide_match
from contacts.models import MatchState, Post, Priority
from contacts.priorities import set_priority
from overview.demo import year


class FictionalPriority(NamedTuple):
    name: str
    why: str
    departments: str = ""
    bodies: str = ""
    key_words: str = ""
    ended: int | None = None  # days ago


PRIORITIES = (
    FictionalPriority(
        "Market towns that thrive",
        "A third of the shops in Harrowdale stand empty.",
        "Ministry of Towns and Shires",
        "Market Squares",
        "high street\nhigh streets\ntowns",
    ),
    FictionalPriority(
        "Money we can plan with",
        "One-year settlements cost about £2m a year in short contracts.",
        "HM Treasury",
        "Towns and Shires Committee",
        "local government finance\nsettlement",
    ),
    FictionalPriority(
        "The ring road, and the 1,900 homes it unlocks",
        "The business case goes in next year.",
        "Department for Transport",
        "Transport Committee",
        "roads\nhousing\nhomes",
    ),
    FictionalPriority(
        "Flood defences for Wexmere",
        "They protect 2,300 homes, a third of them in Tarnside.",
        bodies="Flooding",
        key_words="flood\nfloods\nflooding\nwater",
    ),
    FictionalPriority(
        "Buses where nobody drives",
        "The rural bus grant ends in March.",
        "Department for Transport",
        key_words="bus\nbuses\nrural",
    ),
    FictionalPriority("A new leisure centre", "Opened last spring.", key_words="sport", ended=120),
)
BEGAN = 300
# Decided so many days ago; what is not here waits for somebody to decide it.
DECIDED = (
    ("Market towns that thrive", 900001, "Minister for Towns", MatchState.CONFIRMED, 185),
    ("Market towns that thrive", 900001, "Chair", MatchState.CONFIRMED, 280),
)


def record(scene: year.Scene, *, by: str, decided_by: str) -> None:
    """The priorities since the corporate plan was agreed, and what an officer decided of posts."""
    lead, officer = scene.people[by], scene.people[decided_by]
    agreed = scene.at(scene.today - timedelta(days=BEGAN))
    rows: dict[str, Priority] = {}
    for each in PRIORITIES:
        changes = {
            "name": each.name,
            "why": each.why,
            "departments": each.departments,
            "bodies": each.bodies,
            "key_words": each.key_words,
            "started_on": timezone.localdate(agreed),
            "ended_on": scene.today - timedelta(days=each.ended) if each.ended else None,
        }
        rows[each.name] = set_priority(by=lead, priority=None, version=0, changes=changes, now=agreed)
    for name, mp, title, state, days_ago in DECIDED:
        decide_match(
            by=officer,
            priority=rows[name],
            post=Post.objects.get(mp=scene.mps[mp], title=title),
            state=state,
            now=scene.at(scene.today - timedelta(days=days_ago)),
        )
