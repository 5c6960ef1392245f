"""Changes to Parliament's facts in words, told once each, with the to-dos that follow from them.

Whoever changes facts calls `record_news` in the same transaction: imports and syncs of lists and posts do so
by way of `tell_effects`, others with `News` of their own.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Max, prefetch_related_objects

from contacts.imports.entries import ELECTED_ON
from contacts.imports.same_post import PARLIAMENT
from contacts.models import (
    MP,
    Beginning,
    Constituency,
    Dissolution,
    Ending,
    MPListImport,
    MPName,
    MPNews,
    MPStatus,
    NewsKind,
    PartyChange,
    PartySpell,
    Post,
    PostKind,
    SeatHolding,
)
from contacts.news_to_dos import ask_about, occasion_of
from notifications.models import ToDo
from notifications.to_dos import withdraw

ONE_DAY = timedelta(days=1)
COUNTING = timedelta(days=7)  # sources differ: polling day, or the day the result is declared
TOO_MANY_FOR_BY_ELECTIONS = 20
PLAIN_TITLE = re.compile(r"^(Mr|Mrs|Ms|Miss|Mx)\.? ")
INDEPENDENT, SPEAKER = "Independent", "Speaker"
# Kinds of post whose members are named by the body alone.
BODIES = (PostKind.COMMITTEE, PostKind.BILL_COMMITTEE, PostKind.GROUP)

Spell = TypeVar("Spell", SeatHolding, PartySpell, MPStatus)


@dataclass(frozen=True)
class News:
    """What has happened to an MP, in words that follow the MP's name: "lost or gave up the Labour whip".

    Without a `constituency`, that of the seat the MP holds, or held last. Without an `mp`, of a vacant seat.
    """

    kind: str
    words: str
    happened_on: date
    mp: MP | None = None
    constituency: Constituency | None = None
    post: Post | None = None

    @property
    def fact(self) -> str:
        who = (self.mp.parliament_id or f"#{self.mp.pk}") if self.mp else ""
        seat = self.constituency.ons_code if self.constituency else ""
        digest = sha256(self.words.encode()).hexdigest()[:16]
        return f"{self.kind}:{who}:{seat}:{self.happened_on.isoformat()}:{digest}"


def record_news(
    news: Iterable[News], *, source: str, now: datetime, made_by: MPListImport | None = None
) -> list[MPNews]:
    """Tell each change once, and ask the authorities whose seat it is to do what follows; give those new.

    Call it inside the transaction of the change. Telling the same again (kind, MP, seat, day, words) changes
    nothing. `made_by` is the import that undoing will take it back with. Takes a constant number of queries,
    besides two for each authority on the instance if anything is new that calls for a to-do.
    """
    told = list(news)
    if not told:
        return []
    seats = _last_seats(each.mp for each in told if each.mp and not each.constituency)
    rows = {}
    for each in told:
        of = seats.get(each.mp.pk) if each.mp and not each.constituency else each.constituency
        rows[each.fact] = MPNews(
            fact=each.fact,
            mp=each.mp,
            constituency=of,
            post=each.post,
            kind=each.kind,
            words=each.words[:400],
            happened_on=each.happened_on,
            known_at=now,
            source=source[:250],
            made_by=made_by,
        )
    with transaction.atomic():
        known = set(MPNews.objects.filter(fact__in=rows).values_list("fact", flat=True))
        fresh = [rows[fact] for fact in sorted(rows.keys() - known)]
        MPNews.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=500)
        new = list(MPNews.objects.filter(fact__in=[row.fact for row in fresh]).for_list())
        ask_about(new, now=now)
    return new


def take_back(made_by: MPListImport) -> None:
    """What an import told is told no more, and what it asked for, if nobody has done it yet, not asked."""
    facts = list(made_by.news.values_list("fact", flat=True))
    withdraw(ToDo.objects.filter(occasion__in=[occasion_of(fact) for fact in facts]))
    made_by.news.all().delete()


def _last_seats(mps: Iterable[MP]) -> dict[int, Constituency]:
    """By MP, the seat held now, or else the one held last."""
    holdings = SeatHolding.objects.filter(mp__in={mp.pk for mp in mps}).select_related("constituency")
    return {holding.mp_id: holding.constituency for holding in holdings.order_by("started_on", "pk")}


# --- What an import or a sync has done, told from its effects --------------------------------


def tell_effects(made_by: MPListImport, *, now: datetime) -> list[MPNews]:
    """Record what has changed by an import that has just been applied, with its effects saved."""
    effects, on = made_by.effects, made_by.list_date
    news = [*of_seats(effects, on=on, made_by=made_by), *of_parties(effects), *of_names(effects, on=on)]
    news += [*of_statuses(effects), *of_posts(effects)]
    return record_news(news, source=str(made_by), now=now, made_by=made_by)


def of_seats(effects: Mapping[str, Any], *, on: date, made_by: MPListImport) -> list[News]:
    """Who holds a seat, holds another or the same anew, or none any more; and which seats are vacant.

    The first whole list says who the MPs are: that is no news, but for seats whose MP was known before.
    """
    made = effects.get("made", {}).get("holding", [])
    gone = _were_open(SeatHolding, effects, "holding")
    if not made and not gone:
        return []
    begun = list(SeatHolding.objects.filter(pk__in=made, ended_on=None).select_related("mp", "constituency"))
    concerned = {holding.constituency_id for holding in (*begun, *gone)}
    ours = SeatHolding.objects.filter(constituency__in=concerned)
    earlier = set(ours.exclude(pk__in=made).values_list("constituency", flat=True))
    earlier |= {holding.constituency_id for holding in gone}
    held = set(ours.filter(ended_on=None).values_list("constituency", flat=True))
    lists = MPListImport.objects.about(made_by.subject).applied().filter(is_partial=False)
    is_first = not lists.exclude(pk=made_by.pk).exists()
    sat = set(
        SeatHolding.objects.filter(mp__in={h.mp_id for h in begun})
        .exclude(pk__in=made)
        .values_list("mp", flat=True)
    )
    sat |= {holding.mp_id for holding in gone}
    is_dissolved = Dissolution.objects.current(on).exists()
    by_election = _by_elections(begun)
    before = {holding.mp_id: holding for holding in gone}
    now_in = {holding.mp_id: holding for holding in begun}
    news = []
    for holding in begun:
        if is_first and holding.constituency_id not in earlier:
            continue
        was = before.get(holding.mp_id)
        kind = NewsKind.NEW_MP
        if was and was.constituency_id == holding.constituency_id:
            kind = NewsKind.RE_ELECTED
        words = holding_in_words(
            kind,
            is_by_election=by_election[holding.pk],
            was=was.constituency.name if was else "",
            sat_before=holding.mp_id in sat,
        )
        news.append(News(kind, words, holding.started_on, mp=holding.mp, constituency=holding.constituency))
    for holding in gone:
        ended_on = holding.ended_on or on - ONE_DAY
        if holding.mp_id not in now_in:
            words = f"is no longer MP for {holding.constituency.name}"
            words += left_how(holding, is_dissolved=is_dissolved)
            news.append(News(NewsKind.LEFT, words, ended_on + ONE_DAY, holding.mp, holding.constituency))
        if holding.constituency_id not in held and not is_dissolved:
            news.append(News(NewsKind.VACANT, "seat vacant", ended_on + ONE_DAY, None, holding.constituency))
    return news


def _by_elections(begun: Sequence[SeatHolding]) -> dict[int, bool]:
    """Whether each began at a by-election: if no source says, within a Parliament no other way fills a seat.

    A Parliament begins after a dissolution that was entered. So many at once have come with a new Parliament,
    even if nobody entered one.
    """
    days = Dissolution.objects.filter(ended_on__isnull=False).values_list("ended_on", flat=True)
    elections = [ELECTED_ON, *(day + ONE_DAY for day in days if day)]
    at_once = Counter(holding.started_on for holding in begun)
    return {
        holding.pk: at_once[holding.started_on] < TOO_MANY_FOR_BY_ELECTIONS
        and holding.begun_by in ("", Beginning.BY_ELECTION)
        and not any(day <= holding.started_on <= day + COUNTING for day in elections)
        for holding in begun
    }


def of_parties(effects: Mapping[str, Any]) -> list[News]:
    """Who sits for another party than before, or for none; of those who sat before."""
    made = effects.get("made", {})
    gone = {spell.mp_id: spell for spell in _were_open(PartySpell, effects, "party_spell")}
    spells = PartySpell.objects.filter(pk__in=made.get("party_spell", []), ended_on=None, mp__in=gone)
    begun = list(spells.select_related("mp", "party"))
    if not begun:
        return []
    moved = SeatHolding.objects.filter(pk__in=made.get("holding", []))
    moved_mps = set(moved.values_list("mp", flat=True))
    sat_for: dict[int, list[tuple[date, str]]] = defaultdict(list)
    for mp, day, name in PartySpell.objects.filter(mp__in=gone).values_list(
        "mp", "started_on", "party__name"
    ):
        sat_for[mp].append((day, name))
    news = []
    for spell in begun:
        was, now = gone[spell.mp_id].party.name, spell.party.name
        if spell.mp_id in moved_mps or was == now:
            continue
        before = [name for day, name in sat_for[spell.mp_id] if day < spell.started_on]
        was_removed = spell.begun_by == PartyChange.WHIP_REMOVED
        kind, words = party_in_words(was, now, before=before, was_removed=was_removed)
        news.append(News(kind, words, spell.started_on, mp=spell.mp))
    return news


def of_names(effects: Mapping[str, Any], *, on: date) -> list[News]:
    """Whose name, as Parliament displays it, is another; lists come and go with Mr, Mrs and Ms."""
    were = {row["pk"]: row["name"] for row in effects.get("were", {}).get("mp", []) if "name" in row}
    if not were:
        return []
    mps = MP.objects.in_bulk(were)
    begun = dict(MPName.objects.current().filter(mp__in=mps).values_list("mp", "started_on"))
    return [
        News(NewsKind.NAME, f"is now named {mp.name}, before {were[pk]}", begun.get(pk, on), mp=mp)
        for pk, mp in mps.items()
        if PLAIN_TITLE.sub("", mp.name) != PLAIN_TITLE.sub("", were[pk])
    ]


def of_statuses(effects: Mapping[str, Any]) -> list[News]:
    """Whose membership Parliament calls something else than in force, such as suspended; or no more."""
    made = effects.get("made", {}).get("status", [])
    begun = MPStatus.objects.filter(pk__in=made, ended_on=None).select_related("mp") if made else []
    over = _were_open(MPStatus, effects, "status")
    held = SeatHolding.objects.current().filter(mp__in={status.mp_id for status in over})
    sits = set(held.values_list("mp", flat=True)) if over else set()
    news = [
        News(NewsKind.STATUS, f"is {str(status)[:1].lower()}{str(status)[1:]}", status.started_on, status.mp)
        for status in begun
    ]
    for status in over:
        if status.mp_id in sits and status.ended_on:
            words = f"is no longer {str(status)[:1].lower()}{str(status)[1:]}"
            news.append(News(NewsKind.STATUS, words, status.ended_on + ONE_DAY, status.mp))
    return news


def of_posts(effects: Mapping[str, Any]) -> list[News]:
    """Posts begun and ended, of those who sit.

    The first list of a kind of posts is no news, nor is what had begun by the newest day such posts were
    known for. Parliament itself is asked MP by MP: what it tells of one the first time is no news, and all it
    adds later is.
    """
    made = effects.get("made", {}).get("post", [])
    were_held = [row["pk"] for row in effects.get("were", {}).get("post", []) if row["ended_on"] is None]
    if not made and not were_held:
        return []
    posts = Post.objects.filter(pk__in=[*made, *were_held]).select_related("mp")
    known = Post.objects.exclude(pk__in=made).exclude(mp__is_fictional=True).order_by()
    known_to = dict(known.values_list("kind").annotate(Max("seen_on")))
    sitting = set(SeatHolding.objects.current().values_list("mp", flat=True))
    held, news = set(were_held), []
    for post in posts.order_by("pk"):
        seen = known_to.get(post.kind)
        is_first = seen is None or (post.started_on is not None and post.started_on <= seen)
        if post.source == PARLIAMENT:
            is_first = post.mp.details_on is None
        if post.mp_id not in sitting:
            continue
        if post.pk not in held and not is_first and post.ended_on is None:
            began = post.started_on or post.seen_on
            news.append(News(NewsKind.POST_BEGUN, begun_in_words(post), began, mp=post.mp, post=post))
        if post.pk in held and post.ended_on is not None:
            left = post.ended_on + ONE_DAY
            news.append(News(NewsKind.POST_ENDED, ended_in_words(post), left, mp=post.mp, post=post))
    return news


def _were_open(model: type[Spell], effects: Mapping[str, Any], kind: str) -> list[Spell]:
    """The spells that lasted before and do no more: ended, or dropped since they never really began."""
    were = effects.get("were", {}).get(kind, [])
    lasted = [row["pk"] for row in were if row.get("ended_on", "") is None]
    rows = list(model._default_manager.filter(pk__in=lasted, ended_on__isnull=False)) if lasted else []
    dropped = effects.get("dropped", {}).get(kind, [])
    rows += [model(**row) for row in dropped if row["ended_on"] is None]
    related = {SeatHolding: "constituency", PartySpell: "party"}
    prefetch_related_objects(rows, "mp", *filter(None, [related.get(model)]))
    return rows


# --- In words ---------------------------------------------------------------------------------


def holding_in_words(kind: str, *, is_by_election: bool, was: str = "", sat_before: bool = False) -> str:
    """How somebody has come to hold a seat; `was` is the seat held until then."""
    how = "after by-election" if is_by_election else "at the general election"
    if kind == NewsKind.RE_ELECTED:
        return f"elected again {how}"
    if was:
        return f"new MP {how}, until then MP for {was}"
    return f"new MP {how}, and an MP before" if sat_before else f"new MP {how}"


def left_how(holding: SeatHolding, *, is_dissolved: bool) -> str:
    """How somebody has ceased to hold a seat, as far as that is known: ", by resignation"."""
    if is_dissolved:
        return ": Parliament is dissolved"
    is_known = holding.ended_by not in ("", Ending.OTHER)
    return f", {holding.get_ended_by_display()}" if is_known else ""


def party_in_words(
    was: str, now: str, *, before: Sequence[str] = (), was_removed: bool = False
) -> tuple[str, str]:
    """The kind of the change, and what it is. `before` are the parties sat for earlier.

    Lists do not say whether a whip was taken away or given up: then no more is said than is known.
    """
    if now == SPEAKER:
        return NewsKind.PARTY, "sits as Speaker"
    if whip_of(now) == whip_of(was):
        return NewsKind.PARTY_NAME, f"now sits for {now}, until then for {was}"
    if now == INDEPENDENT:
        lost = "lost" if was_removed else "lost or gave up"
        return NewsKind.WHIP_LOST, f"{lost} the {whip_of(was)} whip, sits as an Independent"
    if was == INDEPENDENT:
        if whip_of(now) in {whip_of(name) for name in before}:
            return NewsKind.WHIP_RESTORED, f"has the {whip_of(now)} whip again"
        return NewsKind.PARTY, f"now sits for {now}, until then as an Independent"
    return NewsKind.PARTY, f"now sits for {now}, until then for {was}"


def whip_of(party: str) -> str:
    """Whose whip its MPs have: Labour and Labour (Co-op) share one."""
    return party.removesuffix(" (Co-op)")


def begun_in_words(post: Post) -> str:
    if post.kind in BODIES and post.title == "Member":
        return f"joined the {post.body}"
    return f"became {post}"


def ended_in_words(post: Post) -> str:
    if post.kind in BODIES and post.title == "Member":
        return f"left the {post.body}"
    return f"is no longer {post}"
