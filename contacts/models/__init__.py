"""Who we relate to.

`parliament/` holds Parliament's facts, which every authority on this instance shares; `authority/` holds what
one authority records of them, which no other sees.
"""

from contacts.models.authority.background import BackgroundEntry, CampaignIssue
from contacts.models.authority.cards import (
    MOST_CONTACTS,
    Amiss,
    CardContact,
    CardSent,
    CardSentQuerySet,
    CardWay,
    ContactCard,
)
from contacts.models.authority.checklist import (
    LONGEST_ANSWER,
    ChecklistAnswer,
    ChecklistAnswerQuerySet,
    Question,
)
from contacts.models.authority.exports import MPExport
from contacts.models.authority.handovers import HandoverStep, HandoverStepQuerySet, SeatHandover
from contacts.models.authority.leads import (
    LOOK_AFTER,
    ONE_AT_A_TIME,
    CouncilLead,
    CouncilLeadQuerySet,
    LeadAgreement,
    LeadRole,
    PersonalRelationship,
)
from contacts.models.authority.notes import (
    READERS,
    WRITERS,
    NoteKind,
    NoteQuerySet,
    Opinion,
    SourcedNote,
    Withdrawable,
)
from contacts.models.authority.offices import MPOffice, OfficePerson, PreferredWay
from contacts.models.authority.placements import Influence, Placement, Support
from contacts.models.authority.positions import PolicyArea, Position, Stance
from contacts.models.authority.priorities import (
    FEWEST_ADVISED,
    MOST_ADVISED,
    MatchState,
    PortfolioMatch,
    Priority,
)
from contacts.models.authority.seats import SeatChoice
from contacts.models.parliament.answers import ParliamentAnswer
from contacts.models.parliament.contacts import (
    CONSTITUENCY_OFFICE,
    PARLIAMENTARY_OFFICE,
    ParliamentContact,
)
from contacts.models.parliament.dissolutions import Dissolution, dissolved_since, dissolved_until
from contacts.models.parliament.lists import ImportState, ListSubject, MPListImport
from contacts.models.parliament.mps import MP, MPName, MPQuerySet, MPStatus, holders, sat_for
from contacts.models.parliament.news import OF_POSTS, OF_SEATS, MPNews, MPNewsQuerySet, NewsKind
from contacts.models.parliament.parties import Party, PartyChange, PartySpell
from contacts.models.parliament.places import (
    REPLACED_WHOLE,
    PlaceFile,
    PlaceFileQuerySet,
    PlaceFileState,
    PlaceKind,
    PostcodeSeat,
    SeatBoundary,
    SeatHex,
    Ward,
)
from contacts.models.parliament.posts import (
    OF_BODIES,
    OF_MPS,
    WORDS,
    Post,
    PostKind,
    PostQuerySet,
    PostWording,
)
from contacts.models.parliament.seats import (
    FICTIONAL_PREFIX,
    Beginning,
    Constituency,
    ConstituencyQuerySet,
    Council,
    CouncilTier,
    Ending,
    SeatHolding,
    SeatOverlap,
    SeatSuccession,
)
from contacts.models.parliament.spells import DatedFact, SpellQuerySet, is_current
from contacts.models.parliament.syncs import ParliamentSync, SyncState, SyncSubject

__all__ = [
    "CONSTITUENCY_OFFICE",
    "FEWEST_ADVISED",
    "FICTIONAL_PREFIX",
    "LONGEST_ANSWER",
    "LOOK_AFTER",
    "MOST_ADVISED",
    "MOST_CONTACTS",
    "MP",
    "OF_BODIES",
    "OF_MPS",
    "OF_POSTS",
    "OF_SEATS",
    "ONE_AT_A_TIME",
    "PARLIAMENTARY_OFFICE",
    "READERS",
    "REPLACED_WHOLE",
    "WORDS",
    "WRITERS",
    "Amiss",
    "BackgroundEntry",
    "Beginning",
    "CampaignIssue",
    "CardContact",
    "CardSent",
    "CardSentQuerySet",
    "CardWay",
    "ChecklistAnswer",
    "ChecklistAnswerQuerySet",
    "Constituency",
    "ConstituencyQuerySet",
    "ContactCard",
    "Council",
    "CouncilLead",
    "CouncilLeadQuerySet",
    "CouncilTier",
    "DatedFact",
    "Dissolution",
    "Ending",
    "HandoverStep",
    "HandoverStepQuerySet",
    "ImportState",
    "Influence",
    "LeadAgreement",
    "LeadRole",
    "ListSubject",
    "MPExport",
    "MPListImport",
    "MPName",
    "MPNews",
    "MPNewsQuerySet",
    "MPOffice",
    "MPQuerySet",
    "MPStatus",
    "MatchState",
    "NewsKind",
    "NoteKind",
    "NoteQuerySet",
    "OfficePerson",
    "Opinion",
    "ParliamentAnswer",
    "ParliamentContact",
    "ParliamentSync",
    "Party",
    "PartyChange",
    "PartySpell",
    "PersonalRelationship",
    "PlaceFile",
    "PlaceFileQuerySet",
    "PlaceFileState",
    "PlaceKind",
    "Placement",
    "PolicyArea",
    "PortfolioMatch",
    "Position",
    "Post",
    "PostKind",
    "PostQuerySet",
    "PostWording",
    "PostcodeSeat",
    "PreferredWay",
    "Priority",
    "Question",
    "SeatBoundary",
    "SeatChoice",
    "SeatHandover",
    "SeatHex",
    "SeatHolding",
    "SeatOverlap",
    "SeatSuccession",
    "SourcedNote",
    "SpellQuerySet",
    "Stance",
    "Support",
    "SyncState",
    "SyncSubject",
    "Ward",
    "Withdrawable",
    "dissolved_since",
    "dissolved_until",
    "holders",
    "is_current",
    "sat_for",
]
