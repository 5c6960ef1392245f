"""What can happen to an enquiry. Each function is one transaction: the rows, one timeline entry, who is told.

People act as `by`; `now` is an aware datetime, dates are Europe/London dates. A change that the state of the
enquiry does not allow raises `Refused`, in words to show. Doing again what is so already does nothing.
"""

from enquiries.services.allocation import (
    AllocatedMeanwhile,
    Allocation,
    Move,
    allocate,
    allocation_of,
    undo_allocation,
)
from enquiries.services.details import (
    CONSTITUENT_DETAILS,
    DETAILS,
    change_details,
    detail_in_words,
    details_of,
)
from enquiries.services.handover import (
    answer_constituent_instead,
    carry_over,
    take_back_answer,
    take_back_carrying,
    take_back_closing,
)
from enquiries.services.logging import log_enquiry
from enquiries.services.policy import (
    Rung,
    create_default_policies,
    create_default_topics,
    remove_closure_day,
    set_closure_day,
    set_cut_off,
    set_policy,
)
from enquiries.services.shared import EditConflict, Refused, policy_of, seat_of
from enquiries.services.work import acknowledge, add_note, close_enquiry, reopen_enquiry, send_reply

__all__ = [
    "CONSTITUENT_DETAILS",
    "DETAILS",
    "AllocatedMeanwhile",
    "Allocation",
    "EditConflict",
    "Move",
    "Refused",
    "Rung",
    "acknowledge",
    "add_note",
    "allocate",
    "allocation_of",
    "answer_constituent_instead",
    "carry_over",
    "change_details",
    "close_enquiry",
    "create_default_policies",
    "create_default_topics",
    "detail_in_words",
    "details_of",
    "log_enquiry",
    "policy_of",
    "remove_closure_day",
    "reopen_enquiry",
    "seat_of",
    "send_reply",
    "set_closure_day",
    "set_cut_off",
    "set_policy",
    "take_back_answer",
    "take_back_carrying",
    "take_back_closing",
    "undo_allocation",
]
