"""Syncing with Parliament: everything is fetched first, judged, then applied as a whole list or not at all.

Nobody's seat is ended because Parliament's list lacks them: a seat is vacant when Parliament's own list of
constituencies says so, or in a dissolution that somebody has entered.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from contacts.imports.applying import RowsRefused, apply_list, one_import_at_a_time
from contacts.imports.commons import newest_date
from contacts.imports.entries import Listing
from contacts.imports.matching import Facts, load_facts
from contacts.imports.names import display
from contacts.imports.plan import make_plan
from contacts.imports.planned import Plan
from contacts.imports.reading import ListRefused
from contacts.models import Dissolution, MPListImport, ParliamentSync, SeatHolding, SyncState
from contacts.parliament import runs
from contacts.parliament.asking import Manners, asking
from contacts.parliament.client import PAGE, PATIENT, ParliamentAPI, Patience
from contacts.parliament.listing import (
    SOURCE,
    Unsettled,
    code_of,
    listing_of,
    seats_without,
    whole,
)
from contacts.parliament.shapes import COMMONS, History, Member, OddAnswer, PartySeats


class NeedsAPerson(Exception):
    """What Parliament says may be so, but is too much for a program to believe; in words."""


class TooManyGone(NeedsAPerson):
    """So many MPs who sit here would cease to at once: `gone`."""

    def __init__(self, gone: int, what: str) -> None:
        super().__init__(what)
        self.gone = gone


WHAT_TO_DO = (
    "If Parliament has been dissolved, enter that, in the browser or by manage.py enter_dissolution. If so "
    "many have really gone, say so on the page of this sync, or run manage.py sync_parliament once with "
    "PARLIAMENT_MOST_GONE raised."
)

# Whatever a run cannot get over by itself. NoAnswer is not among them: that passes.
PROBLEMS = (NeedsAPerson, Unsettled, OddAnswer, ListRefused, RowsRefused)


def in_words(problem: Exception) -> str:
    """Why a run has stopped, for whoever must look at it."""
    if isinstance(problem, RowsRefused):
        said = [f"Row {refusal.row}: {refusal.reason}" for refusal in problem.plan.refused]
        more = f"\n… and {len(said) - 10} more" if len(said) > 10 else ""
        return "Rows of Parliament’s list are refused.\n" + "\n".join(said[:10]) + more
    if isinstance(problem, OddAnswer):
        return f"Parliament’s answer is not what it should be: {problem}."
    return str(problem)


def stop(run: ParliamentSync, problem: Exception, *, now: datetime) -> None:
    """End a run that a person must look at."""
    report = dict(run.report)
    if isinstance(problem, TooManyGone):
        report["gone"] = problem.gone
    runs.end(run, SyncState.STOPPED, reason=in_words(problem), report=report, now=now)


def sync(
    *,
    now: datetime,
    since: date | None = None,
    is_dry_run: bool = False,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Plan:
    """One sync at once, or the rest of one that was left unfinished; the plan that was applied.

    A dry run applies nothing and leaves the run open, so that a sync within the hour does what it showed.
    Raises AnotherSync, NoAnswer (the run can be gone on with) or one of PROBLEMS; whichever it is, nothing
    has been changed.
    """
    with runs.one_at_a_time(lambda: runs.begin_or_go_on(now=now), now=now) as run:
        try:
            return go_on(run, now=now, since=since, is_dry_run=is_dry_run, sleep=sleep, clock=clock)
        except PROBLEMS as problem:
            if not is_dry_run:
                stop(run, problem, now=now)
            raise


def go_on(
    run: ParliamentSync,
    *,
    now: datetime,
    since: date | None = None,
    is_dry_run: bool = False,
    patience: Patience = PATIENT,
    before_asking: Callable[[], None] = lambda: None,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Plan:
    """Fetch what this run still lacks, judge it, apply it and end the run; an exception leaves it open."""
    manners = Manners(patience=patience, before_asking=before_asking, sleep=sleep, clock=clock)
    with asking(run, now=now, fresh_from=runs.good_from(run, now=now), manners=manners) as (api, moment):
        try:
            listing, list_date = gather(api, on=run.on, since=since, allowed=run.most_gone or 0)
        except Unsettled:
            if run.restarts:
                raise
            runs.start_over(run)
            listing, list_date = gather(api, on=run.on, since=since, allowed=run.most_gone or 0)
    if is_dry_run:
        return make_plan(listing, list_date=list_date, is_partial=False)
    return apply(run, listing, list_date=list_date, now=moment())


# --- Fetching, with no transaction open -----------------------------------------------------------


def gather(api: ParliamentAPI, *, on: date, since: date | None, allowed: int) -> tuple[Listing, date]:
    """The whole list, as Parliament's answers make it, and the day it is for.

    Where no MP's party is on record, parties are dated back to the election and not to this day.
    """
    members = whole(api.current_mps(), what="MPs")
    facts = load_facts(on)
    if since is None and facts.mps.keys().isdisjoint(facts.parties_of):
        since = facts.commons.elected_on
    dissolution = Dissolution.objects.current(on).first()
    if dissolution is None:
        refuse_fall(sitting=len(facts.holder) or facts.commons.size, listed=len(members), allowed=allowed)
    vacant: list[str] = []
    missing = seats_without(facts, members)
    unplaced = sum(not code_of(facts, m.membership.seat_name if m.membership else "") for m in members)
    if len(facts.seats) < facts.commons.size or len(missing) <= unplaced:
        pass  # the list will be refused, in words that say what to do
    elif dissolution:
        vacant = [facts.seat_name(code) for code in missing]
    elif missing:
        more, vacant = look_up(api, facts, missing)
        members += more
    if dissolution is None:
        refuse_miscount(members, api.parties(on), allowed=allowed)
    leavers = [] if dissolution else list(those_leaving(facts, members, vacant))
    refuse_upheaval(facts, leavers, allowed=allowed)
    if len(leavers) <= settings.PARLIAMENT_MOST_GONE:  # of more a person has said that it is so
        refuse_those_who_sit(api, facts, leavers)
    left = [number for each in leavers if (number := facts.mps[each.mp_id].parliament_id)]
    asked = [member.id for member in members] if since else differing(facts, members)
    listing = listing_of(
        members,
        vacant=vacant,
        on=on,
        commons=facts.commons,
        histories=histories_of(api, {*asked, *left}),
        left=left,
        since=since,
    )
    if dissolution and not members:
        newest = newest_date()
        # There have been no MPs since then, whenever we came to look.
        return listing, max(filter(None, (dissolution.started_on, newest)))
    return listing, on


def refuse_fall(*, sitting: int, listed: int, allowed: int) -> None:
    most, fall = settings.PARLIAMENT_MOST_GONE, sitting - listed
    if fall > max(most, allowed):
        raise TooManyGone(
            fall,
            f"Parliament lists {listed} MPs, {fall} fewer than the {sitting} there should be; "
            f"more than {most} are not ended without a person. {WHAT_TO_DO}",
        )


def refuse_miscount(members: Sequence[Member], parties: Sequence[PartySeats], *, allowed: int) -> None:
    """The list against the state of the parties, which Parliament counts by itself.

    By the parties' ids, since Labour (Co-op) counts as Labour there. Either may be a day behind the other.
    """
    listed = Counter(member.party.id for member in members if member.party)
    counted = Counter[int]()
    for each in parties:
        counted[each.party.id] += each.total
    apart = max((listed - counted).total(), (counted - listed).total())
    most = settings.PARLIAMENT_MOST_GONE
    if apart > max(most, allowed):
        names = {m.party.id: m.party.name for m in members if m.party}
        names |= {each.party.id: each.party.name for each in parties}
        said = ", ".join(
            f"{name} {listed[number]} and {counted[number]}"
            for number, name in names.items()
            if listed[number] != counted[number]
        )
        raise NeedsAPerson(
            f"Parliament’s list of {len(members)} MPs and its own count of the parties differ by {apart} "
            f"({said}); more than {most} are not believed without a person. If the list is right, run "
            "manage.py sync_parliament once with PARLIAMENT_MOST_GONE raised."
        )


def refuse_upheaval(facts: Facts, leavers: Sequence[SeatHolding], *, allowed: int) -> None:
    """As many MPs as ever, but others: within a Parliament that is as little to be believed as a fall.

    Who was elected before the last poll, of a dissolution that was entered, may well have gone.
    """
    most = max(settings.PARLIAMENT_MOST_GONE, allowed)
    gone = sum(holding.started_on >= facts.commons.elected_on for holding in leavers)
    if gone > most:
        raise TooManyGone(
            gone,
            f"Parliament gives {gone} seats to somebody else than their MP here, or to nobody; more than "
            f"{settings.PARLIAMENT_MOST_GONE} are not ended at once without a person. {WHAT_TO_DO}",
        )


def look_up(api: ParliamentAPI, facts: Facts, missing: set[str]) -> tuple[tuple[Member, ...], list[str]]:
    """Of seats that no listed MP holds: who does hold them after all, and which are vacant.

    Only Parliament's own list of constituencies can say that a seat is vacant.
    """
    found = {code_of(facts, seat.name): seat for seat in whole(api.seats(), what="constituencies")}
    if unknown := missing - found.keys():
        names = ", ".join(sorted(facts.seat_name(code) for code in unknown))
        raise NeedsAPerson(
            f"Parliament’s lists name neither an MP nor a constituency for {names}. Has it another name now?"
        )
    held = tuple(seat.holder for code in sorted(missing) if (seat := found[code]).holder)
    return held, [found[code].name for code in missing if found[code].holder is None]


def differing(facts: Facts, members: Sequence[Member]) -> list[int]:
    """Members known here whose name or party is another now, so that only Parliament's own history tells
    since when."""
    found = []
    for member in members:
        mp = facts.by_parliament_id.get(member.id)
        spell = facts.party_of.get(mp.pk) if mp else None
        is_renamed = mp is not None and mp.name != display(member.display_name)
        if is_renamed or (spell and member.party and spell.party.name != member.party.name):
            found.append(member.id)
    return found


def those_leaving(facts: Facts, members: Sequence[Member], vacant: Sequence[str]) -> Iterator[SeatHolding]:
    """Holdings of seats that Parliament gives to somebody else, or to nobody."""
    holds = {code_of(facts, m.membership.seat_name): m.id for m in members if m.membership}
    holds |= {code_of(facts, name): 0 for name in vacant}
    for code, holding in facts.holder.items():
        number = facts.mps[holding.mp_id].parliament_id
        if number and holds.get(code, number) != number:
            yield holding


def refuse_those_who_sit(api: ParliamentAPI, facts: Facts, leavers: Sequence[SeatHolding]) -> None:
    """The lists against each MP's own page. Raises Unsettled if one of these has them sit there still."""
    for holding in leavers:
        mp = facts.mps[holding.mp_id]
        told = api.member(mp.parliament_id or 0).membership
        seat = told.seat_name if told and told.house == COMMONS and told.ended_on is None else ""
        if seat and facts.holder.get(code_of(facts, seat)) == holding:
            raise Unsettled(
                f"Parliament’s lists no longer have {mp.name} sit for {seat}, but {mp.name}’s own page does. "
                "Ask again tomorrow. If the lists are right, and the page stays wrong, import a list of MPs."
            )


def histories_of(api: ParliamentAPI, ids: Collection[int]) -> dict[int, History]:
    """What Parliament records of these people's names, parties and memberships; a page of them at a time."""
    wanted = sorted(ids)
    found: dict[int, History] = {}
    for first in range(0, len(wanted), PAGE):
        found |= {history.id: history for history in api.histories(wanted[first : first + PAGE])}
    return found


# --- Applying, in one transaction -----------------------------------------------------------------


def apply(run: ParliamentSync, listing: Listing, *, list_date: date, now: datetime) -> Plan:
    """Apply the list and end the run, both or neither. A list that changes nothing leaves no import behind,
    so that the last that did can still be undone."""
    with transaction.atomic():
        one_import_at_a_time()
        plan, made = apply_list(
            listing,
            file_name=SOURCE,
            list_date=list_date,
            is_partial=False,
            skip_refused=False,
            by=None,
            now=now,
        )
        kept: MPListImport | None = made
        if not any(rows for kinds in made.effects.values() for rows in kinds.values()):
            made.delete()
            kept = None
        runs.end(run, SyncState.DONE, now=now, report=plan.counts(), made=kept)
    return plan
