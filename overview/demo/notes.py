"""What Northmoor has written down about its MPs, and how it sees them: all fictional.

Sources are dated in days ago; links lead to names that nobody can register.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from uuid import uuid4

from accounts.models import Role
from contacts.models import (
    BackgroundEntry,
    CampaignIssue,
    Influence,
    MPExport,
    NoteKind,
    PolicyArea,
    Position,
    SourcedNote,
    Stance,
    Support,
)
from contacts.notes import add_note, place_mp
from overview.demo.people import BY_ELECTION, GENERAL_ELECTION
from overview.demo.year import LONDON, Scene
from overview.mp_export.archive import make_export

LOCAL, LINK, INTEREST = (
    BackgroundEntry.About.LOCAL_GOVERNMENT,
    BackgroundEntry.About.CONSTITUENCY,
    BackgroundEntry.About.INTEREST,
)
GAZETTE = "The Northmoor Gazette (fictional)"
SITE = "https://gazette.northmoor.example/"


class Entry(NamedTuple):
    mp: int
    about: str
    text: str
    kind: str
    source: str
    days_ago: int
    from_year: int | None = None
    to_year: int | None = None
    council: str = ""
    council_post: str = ""


OURS = "Northmoor Council"
ENTRIES = (
    Entry(
        900001,
        LOCAL,
        "Councillor for Eastgate ward, Northmoor",
        NoteKind.FACT,
        "Northmoor Council, register of past councillors",
        340,
        2011,
        2023,
        OURS,
        "councillor",
    ),
    Entry(
        900001,
        LOCAL,
        "Cabinet member for transport",
        NoteKind.FACT,
        "Northmoor Council, minutes of the annual meeting",
        340,
        2018,
        2022,
        OURS,
        "cabinet",
    ),
    Entry(
        900001,
        LINK,
        "Grew up above her parents’ bakery in Market Square",
        NoteKind.FACT,
        "Her website",
        320,
    ),
    Entry(
        900001,
        INTEREST,
        "Market towns, and small traders in them",
        NoteKind.FACT,
        "Her first speech in the House",
        GENERAL_ELECTION - 25,
    ),
    Entry(
        900001,
        INTEREST,
        "Prefers a figure and a street name to a strategy",
        NoteKind.OPINION,
        "Helen Marsh, after the monthly meetings",
        150,
    ),
    Entry(
        900003,
        LOCAL,
        "Parish councillor, Harrowdale",
        NoteKind.THIRD_PARTY,
        GAZETTE,
        BY_ELECTION + 6,
        2019,
        None,
        "Harrowdale Parish Council",
        "councillor",
    ),
    Entry(
        900009,
        LINK,
        "Taught at the school that our border villages share",
        NoteKind.FACT,
        "Her website",
        260,
        2004,
        2016,
    ),
)


class Issue(NamedTuple):
    mp: int
    text: str
    said_during: str
    kind: str
    source: str
    days_ago: int


GENERAL, BY, SINCE = (
    CampaignIssue.SaidDuring.GENERAL_ELECTION,
    CampaignIssue.SaidDuring.BY_ELECTION,
    CampaignIssue.SaidDuring.SINCE,
)
ISSUES = (
    Issue(
        900001, "Finish the ring road", GENERAL, NoteKind.FACT, "Her election leaflet", GENERAL_ELECTION + 20
    ),
    Issue(900001, "Three-year settlements for councils", SINCE, NoteKind.FACT, GAZETTE, 210),
    Issue(
        900003,
        "A bus to Harrowdale on Sundays",
        BY,
        NoteKind.FACT,
        "Her by-election leaflet",
        BY_ELECTION + 12,
    ),
    Issue(900004, "No second runway", GENERAL, NoteKind.THIRD_PARTY, GAZETTE, GENERAL_ELECTION + 9),
)


class Stand(NamedTuple):
    mp: int
    area: str
    stance: str
    text: str
    source: str
    days_ago: int


FINANCE, HOUSING, TRANSPORT, DEVOLUTION = (
    "Local government finance",
    "Housing and planning",
    "Transport",
    "Devolution and local government reform",
)
STANDS = (
    Stand(
        900001,
        TRANSPORT,
        Stance.NEUTRAL,
        "I will wait for the business case before I say more about the ring road.",
        GAZETTE,
        300,
    ),
    Stand(
        900001,
        TRANSPORT,
        Stance.SUPPORTIVE,
        "The ring road unlocks the homes this town needs, and I back the council’s case for it.",
        "Debate on regional transport (fictional)",
        255,
    ),
    Stand(
        900001,
        FINANCE,
        Stance.SUPPORTIVE,
        "Councils should know what they will have for three years, not one.",
        GAZETTE,
        210,
    ),
    Stand(
        900003,
        TRANSPORT,
        Stance.CRITICAL,
        "The council has let the villages down on buses.",
        "Her by-election leaflet",
        BY_ELECTION + 12,
    ),
    Stand(
        900004,
        HOUSING,
        Stance.CRITICAL,
        "1,900 homes in a flood plain is not a plan.",
        GAZETTE,
        95,
    ),
    Stand(
        900005,
        DEVOLUTION,
        Stance.SUPPORTIVE,
        "A mayor for the Marches would give us a voice.",
        "Her newsletter",
        140,
    ),
    Stand(900005, DEVOLUTION, Stance.UNKNOWN, "", "Her newsletter withdraws what it said", 33),
)


class Place(NamedTuple):
    mp: int
    influence: str
    support: str
    reason: str
    days_ago: int


PLACES = (
    Place(900001, Influence.MEDIUM, Support.NEUTRAL, "New on her committee; waits for figures.", 300),
    Place(900001, Influence.HIGH, Support.SUPPORTIVE, "A minister now; has spoken for the ring road.", 150),
    Place(900005, Influence.MEDIUM, Support.NEUTRAL, "Took back what she said on devolution.", 30),
    Place(900004, Influence.LOW, Support.CRITICAL, "Independent now; writes against the housing plan.", 90),
    Place(900009, Influence.MEDIUM, Support.NEUTRAL, "Works well with us on cases, says little of us.", 100),
)
LONGEST_AGO = 330  # days: when the officers began to write things down


def write(scene: Scene, *, by: str) -> None:
    """Each note soon after its source, or when the officers began."""
    areas = {area.name: area for area in PolicyArea.objects.visible_to(scene.people[by])}
    for entry in ENTRIES:
        years = {"from_year": entry.from_year, "to_year": entry.to_year}
        background = BackgroundEntry(
            about=entry.about,
            council=entry.council,
            council_post=entry.council_post,
            is_our_council=entry.council == OURS,
            text=entry.text,
            kind=entry.kind,
            **years,
        )
        _add(scene, background, entry, by=by)
    for issue in ISSUES:
        campaigned = CampaignIssue(text=issue.text, said_during=issue.said_during, kind=issue.kind)
        _add(scene, campaigned, issue, by=by)
    for stand in STANDS:
        area = areas[stand.area]
        position = Position(area=area, stance=stand.stance, text=stand.text, kind=NoteKind.FACT)
        _add(scene, position, stand, by=by)
    for place in PLACES:
        placed_on = scene.today - timedelta(days=place.days_ago)
        place_mp(
            by=scene.people[by],
            mp=scene.mps[place.mp],
            submission=uuid4(),
            influence=place.influence,
            support=place.support,
            reason=place.reason,
            placed_on=placed_on,
            now=_morning_of(placed_on),
        )
    asked_on = scene.today - timedelta(days=70)
    make_export(
        by=next(member for member in scene.people.values() if member.role == Role.POLITICAL_AFFAIRS),
        mp=scene.mps[900005],
        law=MPExport.Law.SUBJECT_ACCESS,
        asked_on=asked_on,
        has_text=False,
        reason="",
        now=_morning_of(asked_on + timedelta(days=6)),
    )


def _morning_of(day: date) -> datetime:
    return datetime.combine(day, time(11), LONDON).astimezone(UTC)


def _add(scene: Scene, note: SourcedNote, of: Entry | Issue | Stand, *, by: str) -> None:
    note.mp = scene.mps[of.mp]
    read_on = scene.today - timedelta(days=min(of.days_ago, LONGEST_AGO))
    add_note(
        by=scene.people[by],
        note=note,
        changes={
            "source": of.source,
            "source_url": SITE if of.source == GAZETTE else "",
            "source_on": scene.today - timedelta(days=of.days_ago),
        },
        now=_morning_of(read_on),
    )
