"""Who is who in the demo. Councils have codes Z98…, seats Z14… and MPs ids from 900001: no real one has.

Spells are given as days before today: (first, last), last 0 for "still".
"""

from __future__ import annotations

from typing import NamedTuple

from accounts.models import Nation, Role
from contacts.models import CouncilTier, Ending, LeadRole, NoteKind, PostKind
from overview.demo.letters import (
    ADULTS,
    CHILDREN,
    COMMUNITIES,
    ENVIRONMENT,
    HIGHWAYS,
    HOUSING,
    PLANNING,
    REVENUES,
)

# --- The authorities and the people in them ------------------------------------------


class Person(NamedTuple):
    address: str  # before @<council>.example; with another council's name where they belong to it
    name: str
    role: Role
    job_title: str
    services: tuple[str, ...] = ()


class Area(NamedTuple):
    name: str
    contact: str
    head: str
    director: str


class Office(NamedTuple):
    name: str
    slug: str
    ons_code: str
    prefix: str
    colour: str
    people: tuple[Person, ...]
    areas: tuple[Area, ...]
    chief_executive: str


NORTHMOOR = Office(
    "Northmoor Council",
    "northmoor",
    "Z98000001",
    "NM",
    "#1d4f72",
    (
        Person("sam.whitlock", "Sam Whitlock", Role.ADMIN, "Business systems manager"),
        Person("priya.nair", "Priya Nair", Role.OFFICER, "MP liaison officer"),
        Person("joe.fletcher", "Joe Fletcher", Role.OFFICER, "Casework officer"),
        Person("aisha.rahman", "Aisha Rahman", Role.OFFICER, "Casework officer"),
        Person("helen.marsh", "Helen Marsh", Role.POLITICAL_AFFAIRS, "Head of political affairs"),
        Person("david.okafor", "David Okafor", Role.EXECUTIVE, "Chief executive"),
        Person("margaret.shaw", "Cllr Margaret Shaw", Role.EXECUTIVE, "Leader of the Council"),
        Person(
            "fiona.grant",
            "Fiona Grant",
            Role.SERVICE_CONTACT,
            "Director of place",
            (HIGHWAYS, HOUSING, PLANNING, ENVIRONMENT),
        ),
        Person(
            "malcolm.adeyemi",
            "Malcolm Adeyemi",
            Role.SERVICE_CONTACT,
            "Director of people",
            (CHILDREN, ADULTS, COMMUNITIES),
        ),
        Person(
            "ingrid.solberg", "Ingrid Solberg", Role.SERVICE_CONTACT, "Director of resources", (REVENUES,)
        ),
        Person("tom.askew", "Tom Askew", Role.SERVICE_CONTACT, "Highways correspondence", (HIGHWAYS,)),
        Person("yusuf.demir", "Yusuf Demir", Role.SERVICE_CONTACT, "Head of highways", (HIGHWAYS,)),
        Person("nadia.petrov", "Nadia Petrov", Role.SERVICE_CONTACT, "Head of housing", (HOUSING,)),
        Person("ruth.ellery", "Ruth Ellery", Role.SERVICE_CONTACT, "Head of inclusion", (CHILDREN,)),
        Person("gareth.pugh", "Gareth Pugh", Role.SERVICE_CONTACT, "Head of adult care", (ADULTS,)),
        Person("mei.tanaka", "Mei Tanaka", Role.SERVICE_CONTACT, "Head of planning", (PLANNING,)),
        Person("owen.brady", "Owen Brady", Role.SERVICE_CONTACT, "Head of environment", (ENVIRONMENT,)),
        Person("sunita.rao", "Sunita Rao", Role.SERVICE_CONTACT, "Head of revenues", (REVENUES,)),
        Person(
            "leo.fairweather", "Leo Fairweather", Role.SERVICE_CONTACT, "Head of communities", (COMMUNITIES,)
        ),
    ),
    (
        Area(HIGHWAYS, "tom.askew", "yusuf.demir", "fiona.grant"),
        Area(HOUSING, "nadia.petrov", "nadia.petrov", "fiona.grant"),
        Area(CHILDREN, "ruth.ellery", "ruth.ellery", "malcolm.adeyemi"),
        Area(ADULTS, "gareth.pugh", "gareth.pugh", "malcolm.adeyemi"),
        Area(PLANNING, "mei.tanaka", "mei.tanaka", "fiona.grant"),
        Area(ENVIRONMENT, "owen.brady", "owen.brady", "fiona.grant"),
        Area(REVENUES, "sunita.rao", "sunita.rao", "ingrid.solberg"),
        Area(COMMUNITIES, "leo.fairweather", "leo.fairweather", "malcolm.adeyemi"),
    ),
    "david.okafor",
)

TARNSIDE = Office(
    "Tarnside Council",
    "tarnside",
    "Z98000002",
    "TS",
    "#5b2a6e",
    (
        Person("tess.lowry", "Tess Lowry", Role.ADMIN, "Support manager"),
        Person("beth.corrigan", "Beth Corrigan", Role.OFFICER, "Executive support officer"),
        # Shared between the two councils: she sees the switcher.
        Person(
            "helen.marsh@northmoor", "Helen Marsh", Role.POLITICAL_AFFAIRS, "Political affairs lead (shared)"
        ),
        Person("alan.mistry", "Alan Mistry", Role.EXECUTIVE, "Chief executive"),
        Person(
            "carys.boland",
            "Carys Boland",
            Role.SERVICE_CONTACT,
            "Director of services",
            (HIGHWAYS, HOUSING, CHILDREN, ADULTS, PLANNING, ENVIRONMENT, REVENUES, COMMUNITIES),
        ),
    ),
    tuple(
        Area(name, "carys.boland", "carys.boland", "carys.boland")
        for name in (HIGHWAYS, HOUSING, CHILDREN, ADULTS, PLANNING, ENVIRONMENT, REVENUES, COMMUNITIES)
    ),
    "alan.mistry",
)
OFFICES = (NORTHMOOR, TARNSIDE)

# --- Parliament's facts ---------------------------------------------------------------

PARTIES = {
    "Civic Alliance": ("CA", "#7a1f5c"),
    "Progress Party": ("Prog", "#0b6e4f"),
    "Country and Coast": ("C&C", "#8a5a00"),
    "Plaid y Dyffryn": ("PyD", "#1c5d99"),
    "Independent": ("Ind", "#505a5f"),
}

COUNCILS = {
    NORTHMOOR.ons_code: (NORTHMOOR.name, CouncilTier.UNITARY, Nation.ENGLAND),
    TARNSIDE.ons_code: (TARNSIDE.name, CouncilTier.UNITARY, Nation.ENGLAND),
    "Z98000003": ("Eastmarch County Council", CouncilTier.COUNTY, Nation.ENGLAND),
    "Z98000004": ("Cyngor Bro Hafren", CouncilTier.UNITARY, Nation.WALES),
}


class Seat(NamedTuple):
    ons_code: str
    name: str
    name_welsh: str
    nation: Nation
    region: str
    shares: dict[str, float]


REGION = "The Marches (fictional)"
SEATS = (
    Seat("Z14000001", "Northmoor Central", "", Nation.ENGLAND, REGION, {"Z98000001": 100}),
    Seat("Z14000002", "Northmoor East and Harrowdale", "", Nation.ENGLAND, REGION, {"Z98000001": 100}),
    Seat("Z14000003", "Wexmere", "", Nation.ENGLAND, REGION, {"Z98000001": 78.4, "Z98000002": 21.6}),
    Seat(
        "Z14000004",
        "Aldermere and Stokeholt",
        "",
        Nation.ENGLAND,
        REGION,
        {"Z98000001": 61.2, "Z98000003": 38.8},
    ),
    Seat("Z14000005", "Saltby Coast", "", Nation.ENGLAND, REGION, {"Z98000001": 100}),
    Seat("Z14000006", "Tarnside North", "", Nation.ENGLAND, REGION, {"Z98000002": 100}),
    # Northmoor's admin has hidden this sliver.
    Seat("Z14000007", "Tarnside South", "", Nation.ENGLAND, REGION, {"Z98000002": 99.2, "Z98000001": 0.8}),
    # Northmoor's admin has added this one: its people use Northmoor's hospital and roads.
    Seat("Z14000008", "Hafren Vale", "Bro Hafren", Nation.WALES, "Wales", {"Z98000004": 100}),
    Seat("Z14000009", "Ravensholme", "", Nation.ENGLAND, REGION, {"Z98000003": 100}),
)
# Of the seats that lie in two councils: per cent of the area, where the shares above are of the people.
AREA_SHARES = {
    ("Z14000003", "Z98000001"): 64.5,
    ("Z14000003", "Z98000002"): 35.5,
    ("Z14000004", "Z98000001"): 43.1,
    ("Z14000004", "Z98000003"): 56.9,
    ("Z14000007", "Z98000001"): 3.4,
    ("Z14000007", "Z98000002"): 96.6,
}
HIDDEN_SEAT, ADDED_SEAT = "Z14000007", "Z14000008"

GENERAL_ELECTION = 870  # days ago
BY_ELECTION = 44
VACANT_SINCE = 23
CHANGED_PARTY = 151


class FictionalMP(NamedTuple):
    parliament_id: int
    name: str
    sort_name: str
    greeting: str
    seat: str
    holds: tuple[int, int]
    parties: tuple[tuple[str, int, int], ...]


MPS = (
    FictionalMP(
        900001,
        "Ms Imogen Hartley",
        "Hartley, Imogen",
        "Ms Hartley",
        "Z14000001",
        (GENERAL_ELECTION, 0),
        (("Progress Party", GENERAL_ELECTION, 0),),
    ),
    FictionalMP(
        900002,
        "Sir Edmund Pellow",
        "Pellow, Edmund",
        "Sir Edmund",
        "Z14000002",
        (GENERAL_ELECTION, BY_ELECTION + 40),
        (("Civic Alliance", GENERAL_ELECTION, BY_ELECTION + 40),),
    ),
    FictionalMP(
        900003,
        "Amara Okoro",
        "Okoro, Amara",
        "Ms Okoro",
        "Z14000002",
        (BY_ELECTION, 0),
        (("Progress Party", BY_ELECTION, 0),),
    ),
    FictionalMP(
        900004,
        "Callum Reddish",
        "Reddish, Callum",
        "Mr Reddish",
        "Z14000003",
        (GENERAL_ELECTION, 0),
        (("Civic Alliance", GENERAL_ELECTION, CHANGED_PARTY + 1), ("Independent", CHANGED_PARTY, 0)),
    ),
    FictionalMP(
        900005,
        "Dr Farida Qureshi",
        "Qureshi, Farida",
        "Dr Qureshi",
        "Z14000004",
        (GENERAL_ELECTION, 0),
        (("Country and Coast", GENERAL_ELECTION, 0),),
    ),
    FictionalMP(
        900006,
        "Dame Rosalind Thorne",
        "Thorne, Rosalind",
        "Dame Rosalind",
        "Z14000005",
        (GENERAL_ELECTION, VACANT_SINCE),
        (("Civic Alliance", GENERAL_ELECTION, VACANT_SINCE),),
    ),
    FictionalMP(
        900007,
        "Jonah Birkett",
        "Birkett, Jonah",
        "Mr Birkett",
        "Z14000006",
        (GENERAL_ELECTION, 0),
        (("Progress Party", GENERAL_ELECTION, 0),),
    ),
    FictionalMP(
        900008,
        "Mrs Beatrice Lovell",
        "Lovell, Beatrice",
        "Mrs Lovell",
        "Z14000007",
        (GENERAL_ELECTION, 0),
        (("Civic Alliance", GENERAL_ELECTION, 0),),
    ),
    FictionalMP(
        900009,
        "Sioned Gwilym",
        "Gwilym, Sioned",
        "Ms Gwilym",
        "Z14000008",
        (GENERAL_ELECTION, 0),
        (("Plaid y Dyffryn", GENERAL_ELECTION, 0),),
    ),
    FictionalMP(
        900010,
        "Neville Strang",
        "Strang, Neville",
        "Mr Strang",
        "Z14000009",
        (GENERAL_ELECTION, 0),
        (("Country and Coast", GENERAL_ELECTION, 0),),
    ),
)


class LeftEnquiry(NamedTuple):
    days_ago: int
    constituent: str
    subject: str
    question: str


class Left(NamedTuple):
    mp: int
    enquiries: tuple[LeftEnquiry, ...]
    objectives: tuple[str, ...]
    key_messages: tuple[str, ...]


# What Sir Edmund left when he resigned: nobody has handed his seat over yet.
LEFT_BEHIND = Left(
    900002,
    (
        LeftEnquiry(
            96,
            "Mr Alwyn Tranter",
            "Crossing outside Harrowdale school",
            "Parents ask when the crossing on School Lane will be marked again.",
        ),
        LeftEnquiry(
            90,
            "Mrs Dilys Penhale",
            "Flooded underpass at Quarry Road",
            "The underpass floods after each rain. Who clears the drains, and how often?",
        ),
    ),
    ("Support for the Harrowdale bypass bid", "A visit to the new depot"),
    ("Half of our road money goes to repairs", "The bypass takes lorries out of three villages"),
)

SOURCE = "Fictional list of MPs"
LEFT_BY = {900002: Ending.RESIGNATION, 900006: Ending.DEATH}
# Called otherwise until so many days ago: name, sorted, days.
MARRIED = {900005: ("Dr Farida Malik", "Malik, Farida", 240)}
SUSPENDED = {900010: (12, "On the advice of a panel")}
# Old seats, and which share of them went into a seat at the last boundary change, and is what share of it.
OLD_SEATS = {
    "Z14000091": ("Northmoor", (("Z14000001", 72.5, 91.3), ("Z14000002", 27.5, 34.2))),
    "Z14000092": ("Harrowdale", (("Z14000002", 88, 65.8), ("Z14000001", 12, 8.7))),
}


class FictionalOffice(NamedTuple):
    parliament_id: int
    details: dict[str, str]
    people: tuple[tuple[str, str, bool], ...]  # name, job title, whether they may receive casework


MP_OFFICES = (
    FictionalOffice(
        900001,
        {
            "email": "imogen.hartley.mp@parliament.example",
            "phone": "01632 960101",
            "address": "12 Market Square\nNorthmoor\nNM1 1AA",
            "opening_hours": "Monday to Thursday, 9:30am to 4:30pm",
            "preferred_way": "e-mail",
            "addressee": "Ms Imogen Hartley MP",
            "salutation": "Dear Imogen",
            "casework": "One e-mail per case, with our reference and theirs in the subject.",
            "authority_form": "Their own, signed; sent with the first e-mail.",
        },
        (("Dilwyn Prosser", "Chief of staff", False), ("Ana Ferreira", "Senior caseworker", True)),
    ),
    FictionalOffice(
        900003,
        {"email": "amara.okoro.mp@parliament.example", "salutation": "Dear Ms Okoro"},
        (),
    ),
)


class FictionalPost(NamedTuple):
    parliament_id: int
    kind: PostKind
    title: str
    body: str
    holds: tuple[int, int]
    was_called: tuple[str, int] | None = None  # Another name of the body, and until how many days ago.


MINISTRY = "Ministry of Towns and Shires (fictional)"
SQUARES, STALLS = (f"All-Party Group on Market {what} (fictional)" for what in ("Squares", "Stalls"))
POSTS = (
    FictionalPost(900001, PostKind.COMMITTEE, "Member", "Towns and Shires Committee (fictional)", (820, 190)),
    FictionalPost(900001, PostKind.GOVERNMENT, "Minister for Towns", MINISTRY, (190, 0)),
    FictionalPost(900001, PostKind.GROUP, "Chair", SQUARES, (700, 0), (STALLS, 400)),
    FictionalPost(900003, PostKind.GROUP, "Officer", SQUARES, (20, 0)),
)


class Published(NamedTuple):
    """How Parliament would publish that a fictional MP is reached."""

    parliament_id: int
    type_id: int
    type: str
    address: str
    email: str
    phone: str = ""


PUBLISHED = (
    Published(
        900001,
        1,
        "Parliamentary office",
        "House of Commons\nLondon\nSW1A 0AA",
        "imogen.hartley.mp@parliament.example",
    ),
    Published(
        900001,
        4,
        "Constituency office",
        "12 Market Square\nNorthmoor\nNM1 1AA",
        "office@imogenhartley.example",
        "01632 960101",
    ),
    Published(
        900003, 4, "Constituency office", "3 Quay Street\nNorthmoor", "amara@okoro.example", "01632 960133"
    ),
)


class CardLine(NamedTuple):
    about: str
    colleague: str
    job_title: str
    email: str
    phone: str


class Card(NamedTuple):
    days_ago: int
    words: dict[str, str]
    contacts: tuple[CardLine, ...]
    posted: tuple[tuple[int, int], ...]  # (days ago, MP)


MP_DESK = CardLine(
    "All enquiries", "priya.nair", "MP liaison officer", "mps@northmoor.example", "01632 960100"
)
CARD_WORDS = {
    "introduction": "One door for everything your office asks of us. We acknowledge within two working days "
    "and mean to reply within ten.",
    "hours": "Monday to Friday, 9am to 5pm",
    "out_of_hours": "Flooding, fallen trees, homelessness tonight: 01632 960199.",
}
CARDS = (
    Card(300, CARD_WORDS | {"out_of_hours": ""}, (MP_DESK,), ((290, 900001), (290, 900005), (38, 900003))),
    Card(
        33,
        CARD_WORDS,
        (
            MP_DESK,
            CardLine("If Priya is away", "joe.fletcher", "Casework officer", "mps@northmoor.example", ""),
            CardLine("Highways", "tom.askew", "Highways correspondence", "", "01632 960112"),
            CardLine("Meetings and visits", "helen.marsh", "Head of political affairs", "", "01632 960101"),
        ),
        ((20, 900005),),
    ),
)
EMAILED_CARD = (900001,)


class Known(NamedTuple):
    parliament_id: int
    words: dict[str, object]


# MP, role, name, job title, portfolio, since how many days.
WIDER_LEADS = (
    (900001, LeadRole.LEADER, "Cllr Margaret Shaw", "Leader of the Council", "", 340),
    (900001, LeadRole.PORTFOLIO_HOLDER, "Cllr Dev Anand", "Cabinet member for housing", "Housing", 340),
    (900001, LeadRole.SUPPORTING, "Fiona Grant", "Director of place", "", 200),
    (900005, LeadRole.SUPPORTING, "Cllr Ruth Penhale", "Ward councillor, Stokeholt", "", 15),
)
# The Leader's agreement to who engages: MP, and how many days ago. One has changed since.
AGREED_LEADS = ((900001, 190), (900005, 300))
OWNER_STOPS = (900009, 20)  # MP, and in how many days
KNOWN = (
    Known(
        900005,
        {
            "membership": None,
            "name": "Cllr Ruth Penhale",
            "job_title": "Ward councillor, Stokeholt",
            "how": "Both were governors of Stokeholt primary school.",
            "since": 2014,
            "kind": NoteKind.FACT,
            "source": "Told us herself when the plan was made",
            "ended": False,
        },
    ),
)
