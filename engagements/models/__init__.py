from contacts.models import READERS, WRITERS
from engagements.models.cadence import (
    DEFAULT_IDEAL_DAYS,
    DEFAULT_MAXIMUM_DAYS,
    OUT_OF_CONTACT,
    CadenceRAG,
)
from engagements.models.commitment import Commitment, Settled, Side
from engagements.models.plan import EngagementPlan, Reminder, not_agreed_at_the_end_of
from engagements.models.relationship import mps_with_cadence, relationships
from engagements.models.touchpoint import Touchpoint, TouchpointKind

__all__ = [
    "DEFAULT_IDEAL_DAYS",
    "DEFAULT_MAXIMUM_DAYS",
    "OUT_OF_CONTACT",
    "READERS",
    "WRITERS",
    "CadenceRAG",
    "Commitment",
    "EngagementPlan",
    "Reminder",
    "Settled",
    "Side",
    "Touchpoint",
    "TouchpointKind",
    "mps_with_cadence",
    "not_agreed_at_the_end_of",
    "relationships",
]
