"""What Northmoor answered in the chief executive's checklist of its MPs. All of it is fictional."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from contacts.answering import answer_question
from contacts.models import NoteKind, Question
from overview.demo import year

FACT, OPINION, THIRD_PARTY = NoteKind.FACT, NoteKind.OPINION, NoteKind.THIRD_PARTY


class FictionalAnswer(NamedTuple):
    mp: int
    question: Question
    days_ago: int
    by: str
    text: str
    kind: NoteKind = FACT
    evidence: str = ""


ANSWERS = (
    # Before she became a minister, so out of date; the last was given again since.
    FictionalAnswer(
        900001,
        Question.PORTFOLIO,
        240,
        "helen.marsh",
        "On the select committee that looks at local government finance. That is where our settlement is "
        "argued.",
    ),
    FictionalAnswer(
        900001,
        Question.BACKGROUND,
        120,
        "helen.marsh",
        "Councillor for Eastgate from 2011 to 2023, four years of them in the cabinet for transport. Taught "
        "at the sixth-form college before that.",
        evidence="https://northmoor.example/minutes/2018-05-15",
    ),
    FictionalAnswer(
        900001,
        Question.CAMPAIGN,
        120,
        "helen.marsh",
        "The ring road, and shops in Eastgate. She promised to be in the market square every first "
        "Saturday, and is.",
        evidence="Her election leaflet; kept by political affairs",
    ),
    FictionalAnswer(
        900001,
        Question.PORTFOLIO,
        110,
        "helen.marsh",
        "Minister for Towns: market towns are ours and hers. She left the committee when she was appointed, "
        "so our line on the settlement needs somebody else.",
        OPINION,
    ),
    FictionalAnswer(
        900001,
        Question.RELATIONSHIPS,
        110,
        "david.okafor",
        "Nobody privately. Officers know her from her years in the cabinet; the chief executive meets her "
        "monthly.",
    ),
    FictionalAnswer(
        900001,
        Question.CONTACT,
        16,
        "david.okafor",
        "The chief executive, monthly, with the Leader where it is about money. Political affairs stand in.",
    ),
    FictionalAnswer(
        900001,
        Question.RISKS,
        16,
        "helen.marsh",
        "As a minister she cannot speak for the ring road in public. If the bid fails, residents will ask "
        "her why; we tell her the date of the decision first.",
        OPINION,
    ),
    # Elected at the by-election: begun, not finished.
    FictionalAnswer(
        900003,
        Question.BACKGROUND,
        30,
        "priya.nair",
        "School governor for eleven years. Never a councillor or an officer of ours; the Gazette has her on "
        "the parish council.",
        evidence="Her own website",
    ),
    FictionalAnswer(
        900003,
        Question.RELATIONSHIPS,
        12,
        "priya.nair",
        "The head of inclusion knows her from the governors’ forum and says she reads every paper.",
        THIRD_PARTY,
        "Ruth Ellery, by phone",
    ),
    # Long ago: time to look again.
    FictionalAnswer(
        900004,
        Question.CAMPAIGN,
        230,
        "helen.marsh",
        "Flood defences before anything else, and independence from the whips since the summer.",
    ),
    FictionalAnswer(
        900004,
        Question.CONTACT,
        60,
        "margaret.shaw",
        "The Leader, every other month, with the engineer where it is about the embankment.",
    ),
)


def answers(scene: year.Scene) -> year.Life:
    """Each answer on its day, in place of the one before it."""
    newest: dict[tuple[int, str], int] = {}
    for each in sorted(ANSWERS, key=lambda answer: -answer.days_ago):
        now = scene.at(scene.today - timedelta(days=each.days_ago))
        yield now
        row = answer_question(
            by=scene.people[each.by],
            mp=scene.mps[each.mp],
            question=each.question,
            seen=newest.get((each.mp, each.question), 0),
            text=each.text,
            evidence=each.evidence,
            kind=each.kind,
            now=now,
        )
        newest[each.mp, each.question] = row.pk
