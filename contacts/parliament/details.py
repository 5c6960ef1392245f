"""Asking Parliament which posts MPs hold and how to reach them: two requests an MP, some of the MPs a night;
and who chairs the select committees, one request each.

What is told of an MP is believed as a whole or not at all; what cannot be is left for another night, and no
post ends by it. A run's answers are applied together, in one transaction.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from accounts.models import Authority
from contacts.imports.applying import apply_plan, one_import_at_a_time
from contacts.imports.commons import commons_on
from contacts.imports.post_plan import PostPlan
from contacts.imports.same_post import OF_PARLIAMENT, PARLIAMENT, plain
from contacts.imports.seats import FIRST_POLL
from contacts.imports.writing import as_was
from contacts.models import (
    MP,
    ListSubject,
    MPListImport,
    NewsKind,
    ParliamentContact,
    ParliamentSync,
    Post,
    SeatHolding,
    SyncState,
    SyncSubject,
)
from contacts.news import News, record_news
from contacts.parliament import posts, publishing, runs
from contacts.parliament.asking import Manners, asking
from contacts.parliament.client import NoAnswer, ParliamentAPI
from contacts.parliament.reshuffles import with_other_posts
from contacts.parliament.shapes import Biography, Committee, OddAnswer
from contacts.parliament.syncing import PROBLEMS, NeedsAPerson, stop
from contacts.published import Changes, says

# MPs of the seats that somebody here works for are asked about so many times as often as the others.
OWN_COUNT_FOR = 7
MOST_ODD = 5
SELECT = "Select"  # as the Committees API calls the category
LIST, POSTS = "The list of committees", "The lists of posts"
# By a committee's plain name, the posts of those who chair it, by Parliament's id.
Chairs = Mapping[str, Mapping[int, posts.Stated]]
# What notes an odd answer: `runs.note_odd` of a run.
NoteOdd = Callable[..., None]


@dataclass(frozen=True)
class Told:
    """What Parliament tells of one MP."""

    mp: MP
    biography: Biography
    contacts: list[ParliamentContact]
    address: str


@dataclass
class Outcome:
    """What a run changed, or would."""

    posts: PostPlan
    asked: int = 0
    odd: list[dict[str, Any]] = field(default_factory=list)
    published: Changes = field(default_factory=Changes)
    contacts: list[dict[str, Any]] = field(default_factory=list)
    news: list[News] = field(default_factory=list)

    def as_report(self) -> dict[str, Any]:
        return self.posts.as_report() | {"asked": self.asked, "odd": self.odd, "contacts": self.contacts}

    def counts(self) -> dict[str, Any]:
        counts = self.posts.counts()
        return {name: counts[name] for name in ("new", "changed", "ended", "unchanged")} | {
            "mps": self.asked,
            "contacts": len(self.contacts),
            "odd": [{"name": each["name"], "reason": each["reason"]} for each in self.odd],
        }

    def in_words(self) -> str:
        """Such as "120 MPs asked about: posts 3 new, 2 changed, 1 of them ended; 4 contact details new"."""
        counts = self.counts()
        return (
            f"{self.asked} MPs asked about: {counts['new']} posts new, {counts['changed']} changed, "
            f"{counts['ended']} of them ended; contact details of {counts['contacts']} changed; "
            f"{len(self.odd)} left for another night"
        )


def sync_details(
    *,
    now: datetime,
    is_everybody: bool = False,
    is_dry_run: bool = False,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Outcome:
    """One run at once, or the rest of one left unfinished; as `syncing.sync`, with its exceptions."""
    manners = Manners(sleep=sleep, clock=clock)
    with runs.one_at_a_time(
        lambda: runs.begin_or_go_on(now=now, subject=SyncSubject.DETAILS), now=now
    ) as run:
        try:
            return go_on(run, now=now, is_everybody=is_everybody, is_dry_run=is_dry_run, manners=manners)
        except PROBLEMS as problem:
            if not is_dry_run:
                stop(run, problem, now=now)
            raise


def go_on(
    run: ParliamentSync,
    *,
    now: datetime,
    manners: Manners,
    is_everybody: bool = False,
    is_dry_run: bool = False,
) -> Outcome:
    """Fetch what this run still lacks, judge it, apply it and end the run; an exception leaves it open."""
    # A run may take hours at its polite pace, so what it has fetched stays good until it is done.
    note_odd = partial(runs.note_odd, run, is_dry_run=is_dry_run)
    with asking(run, now=now, fresh_from=run.started_at, manners=manners) as (api, moment):
        told = gather(api, run, whom_to_ask(api, run, note_odd, is_everybody=is_everybody), note_odd)
        chairs = gather_chairs(api, run, note_odd) if told else {}
    if is_dry_run:
        return judge(run, told, chairs)
    return apply(run, told, chairs, now=moment())


def whom_to_ask(
    api: ParliamentAPI, run: ParliamentSync, note_odd: NoteOdd, *, is_everybody: bool
) -> list[MP]:
    if is_everybody:
        return to_ask(on=run.on, number=None)
    moved: Set[int] = frozenset()
    if POSTS not in {each["name"] for each in runs.odd_in(run)}:
        try:
            moved = with_other_posts(api, on=run.on)
        except (OddAnswer, NoAnswer) as problem:  # they say in which order to ask, and no more
            if isinstance(problem, NoAnswer) and problem.wait:
                raise  # we are asked to let some time pass
            note_odd(POSTS, str(problem))
    return to_ask(on=run.on, number=settings.PARLIAMENT_MPS_A_NIGHT, moved=moved)


def to_ask(*, on: date, number: int | None, moved: Set[int] = frozenset()) -> list[MP]:
    """The MPs whose answers are the oldest, days counting sevenfold for MPs of seats somebody here works for;
    first of all, those never asked about. Who has left is asked about until their posts have ended.

    Before them all come those who have `moved` to other posts, by Parliament's id: half of `number` at most,
    so that the others have their turn even where the lists and the biographies never agree.
    """
    mps = MP.objects.filter(is_fictional=False, parliament_id__isnull=False)
    told = Post.objects.filter(source__in=OF_PARLIAMENT, ended_on=None)
    wanted = mps.filter(Q(pk__in=mps.sitting().values("pk")) | Q(pk__in=told.values("mp")))
    own: set[int] = set()
    for authority in Authority.objects.all():
        own |= set(mps.of(authority).values_list("pk", flat=True))

    def urgency(mp: MP) -> tuple[bool, int, int]:
        weight = OWN_COUNT_FOR if mp.pk in own else 1
        age = (on - mp.details_on).days if mp.details_on else weight
        return mp.details_on is not None, -weight * age, mp.pk

    ranked = sorted(wanted, key=urgency)
    if number is None:
        return ranked
    first = [mp for mp in ranked if mp.parliament_id in moved][: number // 2]
    return [*first, *(mp for mp in ranked if mp not in first)][:number]


# --- Fetching, with no transaction open -----------------------------------------------------------


def gather(api: ParliamentAPI, run: ParliamentSync, mps: Sequence[MP], note_odd: NoteOdd) -> list[Told]:
    told = []
    odd = {each["mp"] for each in runs.odd_in(run)}
    for mp in mps:
        if mp.pk in odd:
            continue
        try:
            told.append(ask_about(api, mp, on=run.on))
        except OddAnswer as problem:
            note_odd(mp.name, str(problem), mp=mp.pk)
            if sum(each["mp"] is not None for each in runs.odd_in(run)) > MOST_ODD:
                raise NeedsAPerson(
                    f"What Parliament answers of more than {MOST_ODD} MPs is not what it should be; "
                    f"of the last, {problem}."
                ) from problem
    return told


def ask_about(api: ParliamentAPI, mp: MP, *, on: date) -> Told:
    number = mp.parliament_id or 0
    address = f"{api.bases['members']}/api/Members/{number}"
    biography = api.biography(number)
    posts.refuse_nothing(biography, f"{address}/Biography")
    posts.stated_in(biography, f"{address}/Biography", elected_on=FIRST_POLL)
    contacts = publishing.contacts_in(api.contact(number), mp=mp, on=on, address=f"{address}/Contact")
    return Told(mp, biography, contacts, address)


def gather_chairs(api: ParliamentAPI, run: ParliamentSync, note_odd: NoteOdd) -> Chairs:
    """Who chairs each select committee that told of it. What cannot be believed of one leaves all posts of it
    as they are and stops no run: that is named beside the MPs whose answers were odd."""
    odd = {each["name"] for each in runs.odd_in(run) if each["mp"] is None}
    chairs: dict[str, dict[int, posts.Stated]] = {}
    for committee in select_committees(api, note_odd) if LIST not in odd else ():
        if committee.name in odd:
            continue
        try:
            members = api.committee_members(committee.id)
            address = f"{api.bases['committees']}/api/Committees/{committee.id}"
            who = posts.chairs_in(committee, members, address, on=run.on)
        except OddAnswer as problem:
            note_odd(committee.name, str(problem))
        else:
            chairs.setdefault(plain(committee.name), {}).update(who)
    return chairs


def select_committees(api: ParliamentAPI, note_odd: NoteOdd) -> list[Committee]:
    try:
        return [each for each in api.committees() if each.category == SELECT]
    except OddAnswer as problem:
        note_odd(LIST, str(problem))
        return []


# --- Judging and applying, in one transaction -----------------------------------------------------


def judge(run: ParliamentSync, told: Sequence[Told], chairs: Chairs) -> Outcome:
    """What would change."""
    outcome = Outcome(PostPlan(source=PARLIAMENT, on=run.on), asked=len(told), odd=list(runs.odd_in(run)))
    mps = [each.mp.pk for each in told]
    recorded: dict[int, list[Post]] = defaultdict(list)
    posts_of = Post.objects.filter(mp__in=mps).prefetch_related("wordings")
    for post in posts_of.select_related("mp").order_by("pk"):
        recorded[post.mp_id].append(post)
    published: dict[int, list[ParliamentContact]] = defaultdict(list)
    for contact in ParliamentContact.objects.current().filter(mp__in=mps):
        published[contact.mp_id].append(contact)
    elected_on, left = commons_on(run.on).elected_on, SeatHolding.objects.of_leavers(run.on)
    for each in told:
        try:
            posts.take(
                outcome.posts,
                each.mp,
                recorded[each.mp.pk],
                each.biography,
                each.address,
                elected_on=elected_on,
                chairs={name: who.get(each.mp.parliament_id or 0) for name, who in chairs.items()},
                left_by=left.get(each.mp.pk),
            )
        except OddAnswer as problem:
            outcome.odd.append({"mp": each.mp.pk, "name": each.mp.name, "reason": str(problem)})
        before = published[each.mp.pk]
        # No way at all to reach an MP is no news: it says nothing.
        if not each.contacts or list(map(says, before)) == list(map(says, each.contacts)):
            continue
        outcome.published.add(before, each.contacts, on=run.on)
        changes = publishing.changes_in_words(before, each.contacts)
        outcome.contacts.append(
            {"mp": each.mp.pk, "name": each.mp.name, "is_first": not before, "changes": changes}
        )
        is_first_look = each.mp.details_on is None
        told_of = [] if is_first_look else publishing.news_of(before, each.contacts)
        outcome.news += [News(NewsKind.OFFICE, words, run.on, mp=each.mp) for words in told_of]
    outcome.posts.rows = len(told)
    return outcome


def apply(run: ParliamentSync, told: Sequence[Told], chairs: Chairs, *, now: datetime) -> Outcome:
    """Apply what was told and end the run, both or neither. What changes nothing leaves no import behind, so
    that the last that did can still be undone."""
    with transaction.atomic():
        one_import_at_a_time()
        outcome = judge(run, told, chairs)
        made: MPListImport | None = None
        if outcome.posts.fresh or outcome.posts.changed or outcome.published:
            made = MPListImport(
                subject=ListSubject.POSTS,
                file_name=PARLIAMENT,
                list_date=run.on,
                is_partial=True,
                reading={"file": PARLIAMENT, "columns": [], "unused": []},
                rows={},
                report=outcome.posts.as_report(),
                created_at=now,
            )
            apply_plan(outcome.posts, to=made, skip_refused=False, now=now)
            for what, kinds in outcome.published.write().items():
                made.effects[what] |= {kind: rows for kind, rows in kinds.items() if rows}
            made.effects["were"]["mp"] = looked_at_before(told)
            made.save(update_fields=["effects"])
            record_news(outcome.news, source=PARLIAMENT, now=now, made_by=made)
        MP.objects.filter(pk__in=[each.mp.pk for each in told]).update(details_on=run.on)
        runs.end(run, SyncState.DONE, now=now, report=outcome.as_report(), made=made)
    return outcome


def looked_at_before(told: Sequence[Told]) -> list[dict[str, Any]]:
    """When these MPs were asked about last, for undoing: what a first look finds is no news."""
    rows = MP.objects.filter(pk__in=[each.mp.pk for each in told]).order_by("pk")
    return [{"pk": mp.pk, **as_was(mp, ["details_on"])} for mp in rows]
