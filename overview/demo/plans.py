"""How Northmoor means to work with each of its MPs, and the contacts it has had. All of it is fictional."""

from __future__ import annotations

from typing import NamedTuple

from engagements.models import Settled, Side


class Contact(NamedTuple):
    days_ago: int
    kind: str
    our_people: tuple[str, ...]
    their_people: str
    summary: str
    is_two_way: bool = True


class Agreed(NamedTuple):
    """An ask or a promise, by days before today and, where due, after it; settled so many days ago."""

    mp: int
    side: Side
    words: str
    made: int
    due_in: int | None = None
    outcome: str = ""
    settled: int = 0
    note: str = ""


class Plan(NamedTuple):
    mp: int
    lead: str
    deputy: str
    ideal_days: int
    maximum_days: int
    started: int
    agreed: int | None
    review_in: int
    why: str
    objectives: str
    key_messages: str
    contacts: tuple[Contact, ...]


# A lead without an account, by name and post.
CABINET_MEMBER = ("Cllr Dev Anand", "Cabinet member for housing")

AGREED = (
    Agreed(900001, Side.ASK, "Speak for a three-year settlement in the budget debate.", 62, 40),
    Agreed(900001, Side.OURS, "Send the forward plan before it is published, each month.", 330, 9),
    Agreed(900001, Side.THEIRS, "Raise the ring road with the minister.", 92, -20),
    Agreed(900001, Side.THEIRS, "Visit the depot.", 210, -90, Settled.KEPT, 118, "With her manager."),
    Agreed(
        900009,
        Side.OURS,
        "Name one officer for school transport across the border.",
        108,
        -80,
        Settled.KEPT,
        85,
    ),
    Agreed(900002, Side.ASK, "Support the Harrowdale bypass bid in writing.", 140),
    Agreed(900002, Side.OURS, "Tell his office the date of the depot’s opening.", 120),
)

PLANS = (
    Plan(
        900001,
        "david.okafor",
        "helen.marsh",
        30,
        45,
        350,
        343,
        60,
        "Half of the borough’s residents live in her seat, and she sits on the select committee that "
        "looks at local government finance.",
        "Her support for a three-year settlement.\nA joint line on the ring road before the business case "
        "goes in.\nEarly sight of the questions her committee will ask.",
        "One-year settlements cost the borough about £2m a year in short contracts.\nThe ring road unlocks "
        "1,900 homes on brownfield land.",
        (
            Contact(
                338,
                "meeting",
                ("david.okafor", "margaret.shaw"),
                "The MP and her chief of staff",
                "First of the monthly meetings. Agreed to share the forward plan and to be told of anything "
                "that will be in the press before it is.",
            ),
            Contact(
                301,
                "visit",
                ("david.okafor",),
                "The MP",
                "Visit to the family hub at Eastgate. Asked for figures on waiting times for assessments, "
                "which went to her the week after.",
            ),
            Contact(
                268,
                "meeting",
                ("david.okafor", "helen.marsh"),
                "The MP and two researchers",
                "Ring road: she will speak for it in the transport debate if the council can name the homes "
                "it unlocks. Figures promised by the end of the month, and sent.",
            ),
            Contact(
                231,
                "call",
                ("helen.marsh",),
                "Her chief of staff",
                "Told the office about the bin strike ballot a day before the notice went out.",
            ),
            Contact(
                196,
                "meeting",
                ("david.okafor", "margaret.shaw"),
                "The MP",
                "Settlement: the committee will take evidence in the autumn and wants a council of our size. "
                "The Leader offered to give evidence.",
            ),
            Contact(
                160,
                "event",
                ("margaret.shaw",),
                "The MP",
                "Opened the extension of the sixth-form college together.",
            ),
            Contact(
                122,
                "meeting",
                ("david.okafor",),
                "The MP and her caseworker",
                "Went through the oldest enquiries. Two of the five were hers and have been answered since.",
            ),
            Contact(
                83,
                "meeting",
                ("david.okafor", "helen.marsh"),
                "The MP",
                "Evidence session is set for next month. Asked for a page on the cost of short contracts.",
            ),
            Contact(
                52,
                "call",
                ("david.okafor",),
                "The MP",
                "Told her of the overspend in adult care before the cabinet papers were published. She will "
                "not comment before the meeting.",
            ),
            Contact(
                16,
                "meeting",
                ("david.okafor", "margaret.shaw"),
                "The MP and her chief of staff",
                "Thanked the council for the evidence. Asked for three examples of homes that wait for the "
                "ring road, by street.",
            ),
            Contact(
                4,
                "e-mail",
                ("helen.marsh",),
                "Her office",
                "Monthly bulletin sent.",
                False,
            ),
        ),
    ),
    Plan(
        900003,
        "helen.marsh",
        "priya.nair",
        30,
        45,
        40,
        None,
        50,
        "Elected at the by-election; knows the council as a school governor, not yet as an MP.",
        "A welcome meeting within six weeks of her election.\n"
        "The central contact card in her office’s hands.",
        "One door for casework, and who stands behind it.\nWhat the council can and cannot decide.",
        (
            Contact(
                38,
                "letter",
                ("helen.marsh",),
                "Her office",
                "Letter of welcome from the Leader, with the contact card and an offer of a first meeting.",
                False,
            ),
            Contact(
                12,
                "e-mail",
                ("priya.nair",),
                "Her office",
                "Repeated the offer with three dates. No answer yet: the office is still being staffed.",
                False,
            ),
        ),
    ),
    Plan(
        900004,
        "margaret.shaw",
        "helen.marsh",
        60,
        90,
        330,
        325,
        90,
        "Sits as an independent since the summer and is courted by everybody. The seat lies in two councils.",
        "Keep Wexmere’s flood defences in the programme.\n"
        "The same facts for both councils, at the same time.",
        "The defences protect 2,300 homes, a third of them in Tarnside.\nBoth councils have put money in.",
        (
            Contact(
                312,
                "meeting",
                ("margaret.shaw",),
                "The MP",
                "He asks for a single page on the flood scheme with a map. Sent within the week.",
            ),
            Contact(
                247,
                "visit",
                ("margaret.shaw", "fiona.grant"),
                "The MP and his researcher",
                "Walked the embankment with the engineer. He will ask a written question.",
            ),
            Contact(
                180,
                "call",
                ("helen.marsh",),
                "His office manager",
                "Written question answered; the office sent us the text the same day.",
            ),
            Contact(
                140,
                "meeting",
                ("margaret.shaw",),
                "The MP",
                "First meeting since he left his party. He means to vote issue by issue, and wants facts.",
            ),
            Contact(
                74,
                "meeting",
                ("margaret.shaw", "helen.marsh"),
                "The MP",
                "He will present the residents’ petition. Asked for the scheme’s cost per home protected.",
            ),
            Contact(33, "e-mail", ("helen.marsh",), "His office", "Monthly bulletin sent.", False),
        ),
    ),
    Plan(
        900005,
        "fiona.grant",
        "joe.fletcher",
        90,
        120,
        345,
        337,
        30,
        "A rural seat shared with the county. Her surgeries bring most of our highways casework.",
        "Fewer repeat enquiries about the same roads.\nHer voice for the rural bus grant.",
        "Resurfacing is chosen by inspection scores, which are public.\nThe bus grant ends in March.",
        (
            Contact(
                333,
                "meeting",
                ("fiona.grant",),
                "The MP and her caseworker",
                "Showed how the resurfacing list is made. The caseworker now looks there first.",
            ),
            Contact(
                259,
                "visit",
                ("fiona.grant", "yusuf.demir"),
                "The MP",
                "Drove the Stokeholt road together. She accepts that the junction comes before the surface.",
            ),
            Contact(
                173,
                "call",
                ("fiona.grant",),
                "The MP",
                "Bus grant: she will write to the minister if we draft the case. Draft sent.",
            ),
            Contact(
                151,
                "meeting",
                ("fiona.grant",),
                "The MP",
                "The minister’s answer was no. She suggests a joint letter with the county’s other MPs.",
            ),
            Contact(
                61,
                "e-mail",
                ("joe.fletcher",),
                "Her caseworker",
                "Resurfacing list for next year sent.",
                False,
            ),
        ),
    ),
    Plan(
        900009,
        "priya.nair",
        "aisha.rahman",
        120,
        180,
        300,
        290,
        120,
        "Her constituents use our hospital, roads and schools across the border.",
        "Know each other’s officers before we need them.\nOne answer where two councils share a family.",
        "Who decides what on each side of the border.\nWe write in Welsh when she does.",
        (
            Contact(
                281,
                "meeting",
                ("priya.nair",),
                "The MP and her office manager",
                "Introduced the two councils’ contact officers. Agreed that letters about school transport "
                "go to both.",
            ),
            Contact(
                108,
                "call",
                ("priya.nair",),
                "Her office manager",
                "School transport across the border: one of ours, two of theirs. All three settled.",
            ),
        ),
    ),
)

TARNSIDE_PLANS = (
    Plan(
        900007,
        "beth.corrigan",
        "helen.marsh",
        90,
        120,
        200,
        190,
        60,
        "Both of the town’s wards and the whole of the harbour are in his seat.",
        "His help with the harbour grant.",
        "The harbour keeps 400 people in work.",
        (
            Contact(
                41,
                "meeting",
                ("beth.corrigan",),
                "The MP",
                "Harbour grant: he will raise it at questions.",
            ),
        ),
    ),
)
