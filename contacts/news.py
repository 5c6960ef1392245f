"""Changes to Parliament's facts in words, told once each, with the to-dos that follow from them.

Whoever changes facts calls `record_news` in the same transaction: imports and syncs of lists and posts do so
by way of `tell_effects`, others with `News` of their own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Max, prefetch_related_objects

from contacts.elections import dissolution_of, held_last
from contacts.imports.names import title_of, without_title
from contacts.imports.same_post import OF_PARLIAMENT
from contacts.models import (
    MP,
    OF_BODIES,
    WORDS,
    Beginning,
    Constituency,
    Dissolution,
    Ending,
    ListSubject,
    MPListImport,
    MPName,
    MPNews,
    MPStatus,
    NewsKind,
    PartyChange,
    PartySpell,
    Post,
    PostKind,
    PostWording,
    SeatHolding,
)
from contacts.news_to_dos import FILLED, ask_about, occasion_of
from mpcrm.folding import fold
from notifications.models import ToDo
from notifications.to_dos import withdraw

ONE_DAY = timedelta(days=1)
PLAIN_TITLE = re.compile(r"^(Mr|Mrs|Ms|Miss|Mx)\.? ")
INDEPENDENT, SPEAKER = "Independent", "Speaker"

Spell = TypeVar("Spell", SeatHolding, PartySpell, MPStatus)


@dataclass(frozen=True)
class News:
    """What has happened to an MP, in words that follow the MP's name: "lost or gave up the Labour whip".

    Without a `constituency`, that of the seat the MP holds, or held last. Without an `mp`, of a vacant seat.
    What is over, as a whip restored since, or soon will be, as leave, is told and `asks_nothing`.
    """

    kind: str
    words: str
    happened_on: date
    mp: MP | None = None
    constituency: Constituency | None = None
    post: Post | None = None
    asks_nothing: bool = False

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
        told_now = MPNews.objects.filter(fact__in=[row.fact for row in fresh])
        new = list(told_now.for_list().select_related("mp", "constituency", "post"))
        quiet = {each.fact for each in told if each.asks_nothing}
        ask_about([each for each in new if each.fact not in quiet], now=now)
    return new


def take_back(made_by: MPListImport, *, now: datetime) -> None:
    """What an import told is told no more, and what it asked for, if nobody has done it yet, not asked. Of a
    vacancy that it ended, it is asked again."""
    facts = list(made_by.news.values_list("fact", flat=True))
    filled = list(made_by.news.filter(kind__in=FILLED).values_list("constituency", flat=True))
    withdraw(ToDo.objects.filter(occasion__in=[occasion_of(fact) for fact in facts]))
    made_by.news.all().delete()
    of_seats = MPNews.objects.filter(constituency__in=filled, kind__in=[*FILLED, NewsKind.VACANT])
    rows = of_seats.select_related("mp", "constituency", "post").order_by("happened_on", "pk")
    last = {each.constituency_id: each for each in rows}.values() if filled else ()
    ask_about([each for each in last if each.kind == NewsKind.VACANT], now=now)


def _last_seats(mps: Iterable[MP]) -> dict[int, Constituency]:
    """By MP, the seat held now, or else the one held last."""
    holdings = SeatHolding.objects.filter(mp__in={mp.pk for mp in mps}).select_related("constituency")
    return {holding.mp_id: holding.constituency for holding in holdings.order_by("started_on", "pk")}


# --- What an import or a sync has done, told from its effects --------------------------------


def tell_effects(made_by: MPListImport, *, now: datetime) -> list[MPNews]:
    """Record what has changed by an import that has just been applied, with its effects saved."""
    effects, on = made_by.effects, made_by.list_date
    news = [*of_seats(effects, on=on, made_by=made_by), *of_parties(effects, made_by=made_by)]
    news += [*of_names(effects), *of_statuses(effects)]
    if made_by.subject == ListSubject.POSTS:  # what ends with a seat is told by the seat
        news += of_posts(effects, on=on)
    return record_news(news, source=str(made_by), now=now, made_by=made_by)


def of_seats(effects: Mapping[str, Any], *, on: date, made_by: MPListImport) -> list[News]:
    """Who holds a seat, holds another or the same anew, or none any more; and which seats are vacant.

    The first whole list says who the MPs are: that is no news, but for seats whose MP was known before. Nor
    is who sat in a seat already when the last list was read whose row was refused; but if that list had the
    seat vacant, it did not know yet.
    Whoever held the seat last and holds it again, be it after a dissolution, is no new MP.
    """
    made = effects.get("made", {}).get("holding", [])
    gone = _were_open(SeatHolding, effects, "holding")
    if not made and not gone:
        return []
    begun = list(SeatHolding.objects.filter(pk__in=made, ended_on=None).select_related("mp", "constituency"))
    concerned = {holding.constituency_id for holding in begun}
    earlier = SeatHolding.objects.filter(constituency__in=concerned).exclude(pk__in=made)
    held_by = dict(earlier.order_by("started_on", "pk").values_list("constituency", "mp"))
    held_by |= {holding.constituency_id: holding.mp_id for holding in gone}
    last_list = _last_list_before(made_by)
    begins = {holding.mp_id for holding in begun}
    sat = SeatHolding.objects.filter(mp__in=begins).exclude(pk__in=made)
    sat_before = {*sat.values_list("mp", flat=True), *(holding.mp_id for holding in gone)}
    before = _held_until_then(begun, gone, made)
    is_dissolved = Dissolution.objects.current(on).exists()
    news = []
    for holding in begun:
        is_first = holding.constituency_id not in held_by
        if is_first and not (last_list and _has_come_since(last_list, holding)):
            continue
        was = before.get(holding.mp_id)
        is_again = held_by.get(holding.constituency_id) == holding.mp_id
        kind = NewsKind.RE_ELECTED if is_again else NewsKind.NEW_MP
        words = holding_in_words(
            kind,
            begun_by=holding.begun_by,
            was=was.constituency.name if was else "",
            sat_before=holding.mp_id in sat_before,
        )
        news.append(News(kind, words, holding.started_on, mp=holding.mp, constituency=holding.constituency))
    for holding in gone:
        if holding.mp_id not in begins:
            words = f"is no longer MP for {holding.constituency.name}"
            words += left_how(holding, is_dissolved=is_dissolved)
            left_on = (holding.ended_on or on - ONE_DAY) + ONE_DAY
            news.append(News(NewsKind.LEFT, words, left_on, holding.mp, holding.constituency))
    return news if is_dissolved else [*news, *_of_vacancies(gone, on=on, made_by=made_by)]


def _last_list_before(made_by: MPListImport) -> MPListImport | None:
    """The newest other whole list that was applied, if there is any."""
    lists = MPListImport.objects.about(made_by.subject).applied().filter(is_partial=False)
    newest = lists.exclude(pk=made_by.pk).order_by("-list_date", "-applied_at")
    return newest.only("list_date", "report").first()


def _has_come_since(last_list: MPListImport, holding: SeatHolding) -> bool:
    was_vacant = holding.constituency.name in last_list.report.get("vacant", [])
    return was_vacant or holding.started_on > last_list.list_date


def _held_until_then(
    begun: Sequence[SeatHolding], gone: Sequence[SeatHolding], made: Sequence[int]
) -> dict[int, SeatHolding]:
    """By MP, the seat held until this import or, with a dissolution in between, in the last Parliament."""
    return held_last(begun, besides=made) | {holding.mp_id: holding for holding in gone}


def _of_vacancies(gone: Sequence[SeatHolding], *, on: date, made_by: MPListImport) -> list[News]:
    """The seats left without anybody now, and those that an election after a dissolution did not fill: these
    are vacant from the poll. Seats that are abolished are not vacant."""
    dissolutions = list(Dissolution.objects.all())
    empty = Constituency.objects.current().filter(name__in=made_by.report.get("vacant", []))
    earlier = SeatHolding.objects.filter(constituency__in=empty).select_related("constituency")
    left = {holding.constituency_id: holding for holding in earlier.order_by("started_on", "pk")}
    left = {seat: holding for seat, holding in left.items() if dissolution_of(holding, dissolutions)}
    left |= {each.constituency_id: each for each in gone if each.constituency.ended_on is None}
    held = set(
        SeatHolding.objects.current().filter(constituency__in=left).values_list("constituency", flat=True)
    )
    news = []
    for seat, holding in left.items():
        if seat not in held:
            dissolution = dissolution_of(holding, dissolutions)
            last_day = (dissolution and dissolution.ended_on) or holding.ended_on or on - ONE_DAY
            news.append(News(NewsKind.VACANT, "seat vacant", last_day + ONE_DAY, None, holding.constituency))
    return news


def of_parties(effects: Mapping[str, Any], *, made_by: MPListImport) -> list[News]:
    """Who sits for another party than before, or for none; of those who sat before.

    Who is elected anew is compared with the last Parliament, even where a dissolution lay in between. What
    began and ended since the last whole list, as a whip lost and restored, is told too, each on its day.
    """
    made = effects.get("made", {})
    gone = {spell.mp_id: spell for spell in _were_open(PartySpell, effects, "party_spell")}
    elected = list(SeatHolding.objects.filter(pk__in=made.get("holding", []), ended_on=None))
    before = set(held_last(elected, besides=made.get("holding", []))) if elected else set()
    spells = PartySpell.objects.filter(pk__in=made.get("party_spell", []), ended_on=None)
    begun = list(spells.filter(mp__in=before | gone.keys()).select_related("mp", "party"))
    begun = [*_parties_between(made.get("party_spell", []), gone, made_by=made_by), *begun]
    if not begun:
        return []
    earlier = PartySpell.objects.filter(mp__in=[spell.mp_id for spell in begun])
    sat_for: dict[int, list[str]] = defaultdict(list)
    for mp, name in (
        earlier.exclude(pk__in=[spell.pk for spell in begun])
        .order_by("started_on", "pk")
        .values_list("mp", "party__name")
    ):
        sat_for[mp].append(name)
    news = []
    for spell in begun:
        known = sat_for[spell.mp_id]
        last = gone.get(spell.mp_id)
        was = last.party.name if last else next(reversed(known), "")
        gone[spell.mp_id] = spell
        if not was or was == spell.party.name:
            continue
        was_removed = spell.begun_by == PartyChange.WHIP_REMOVED
        kind, words = party_in_words(was, spell.party.name, before=known, was_removed=was_removed)
        is_over = spell.ended_on is not None
        news.append(News(kind, words, spell.started_on, mp=spell.mp, asks_nothing=is_over))
        known.append(spell.party.name)
    return news


def _parties_between(
    made: Sequence[int], gone: Mapping[int, PartySpell], *, made_by: MPListImport
) -> list[PartySpell]:
    """What began and ended since the last whole list, the earliest first, of those who sat then."""
    spells = PartySpell.objects.filter(pk__in=made, mp__in=gone.keys(), ended_on__isnull=False)
    between = list(spells.select_related("mp", "party").order_by("started_on", "pk"))
    if not between:
        return []
    last = _last_list_before(made_by)
    return [spell for spell in between if last and spell.ended_on and spell.ended_on >= last.list_date]


def of_names(effects: Mapping[str, Any]) -> list[News]:
    """Whose name, as Parliament displays it, is another than before it; lists come and go with Mr, Mrs and
    Ms, capitals and hyphens. A name that was only corrected, and so was nobody's on any day, is no news."""
    renamed = [row["pk"] for row in effects.get("were", {}).get("mp", []) if "name" in row]
    if not renamed:
        return []
    had: dict[int, list[MPName]] = defaultdict(list)
    for name in MPName.objects.filter(mp__in=renamed).select_related("mp").order_by("started_on", "pk"):
        had[name.mp_id].append(name)
    return [
        News(NewsKind.NAME, name_in_words(was.name, now.name), now.started_on, mp=now.mp)
        for was, now in (names[-2:] for names in had.values() if len(names) > 1)
        if fold(PLAIN_TITLE.sub("", now.name)) != fold(PLAIN_TITLE.sub("", was.name))
    ]


def of_statuses(effects: Mapping[str, Any]) -> list[News]:
    """Whose membership Parliament calls something else than in force, such as suspended; or no more. What
    goes on for another reason, or a second time, goes on still."""
    made = effects.get("made", {}).get("status", [])
    begun = MPStatus.objects.filter(pk__in=made, ended_on=None).select_related("mp") if made else []
    over = _were_open(MPStatus, effects, "status")
    held = SeatHolding.objects.current().filter(mp__in={status.mp_id for status in over})
    sits = set(held.values_list("mp", flat=True)) if over else set()
    were, are = ({(each.mp_id, each.status) for each in statuses} for statuses in (over, begun))
    news = []
    for status in begun:
        words = status_in_words("is still" if (status.mp_id, status.status) in were else "is", status)
        news.append(News(NewsKind.STATUS, words, status.started_on, status.mp))
    for status in over:
        if status.mp_id in sits and status.ended_on and (status.mp_id, status.status) not in are:
            words = status_in_words("is no longer", status)
            news.append(News(NewsKind.STATUS, words, status.ended_on + ONE_DAY, status.mp))
    return news


def of_posts(effects: Mapping[str, Any], *, on: date) -> list[News]:
    """Posts begun, ended, or (since the day `on` of the source, or one that it says) no longer the same, of
    those who sit.

    The first list of a kind of posts is no news, nor is what had begun by the newest day for which lists
    told of such posts. Parliament itself is asked MP by MP: what it tells of one the first time is no news,
    unless it began after somebody whom we saw elected had come, and all it adds later is. So is what a list
    tells that has begun since Parliament was asked about the MP; of groups, Parliament tells nothing. What
    began and ended between two looks is told once, as over.
    """
    made = effects.get("made", {}).get("post", [])
    were = effects.get("were", {}).get("post", [])
    were_held = {row["pk"]: _post_then(row) for row in were if row["ended_on"] is None}
    if not made and not were_held:
        return []
    posts = Post.objects.filter(pk__in=[*made, *were_held]).select_related("mp")
    known = Post.objects.exclude(pk__in=made).exclude(mp__is_fictional=True).exclude(source__in=OF_PARLIAMENT)
    known_to = dict(known.order_by().values_list("kind").annotate(Max("seen_on")))
    wordings = PostWording.objects.filter(pk__in=effects.get("made", {}).get("wording", []))
    called_until = dict(wordings.values_list("post", "ended_on"))
    sitting = set(SeatHolding.objects.current().values_list("mp", flat=True))
    elected = MPNews.objects.filter(kind=NewsKind.NEW_MP, mp__in=[post.mp_id for post in posts]).order_by()
    came_on = dict(elected.values_list("mp").annotate(Max("happened_on")))
    news = []
    for post in posts.order_by("pk"):
        if post.mp_id not in sitting:
            continue
        then = were_held.get(post.pk)
        is_new = then is None and not may_be_old(post, known_to.get(post.kind), came_on.get(post.mp_id))
        if is_new and post.ended_on is None:
            began = post.started_on or post.seen_on
            news.append(News(NewsKind.POST_BEGUN, begun_in_words(post), began, mp=post.mp, post=post))
        if is_new and post.ended_on and was_held_since(post):
            left = post.ended_on + ONE_DAY
            news.append(News(NewsKind.POST_ENDED, held_in_words(post), left, mp=post.mp, post=post))
        if then and post.ended_on is not None:
            left = post.ended_on + ONE_DAY
            news.append(News(NewsKind.POST_ENDED, ended_in_words(post), left, mp=post.mp, post=post))
        if then and post.ended_on is None and is_another(post, then):
            since = called_until[post.pk] + ONE_DAY if post.pk in called_until else on
            is_called_so = fold(str(post)) == fold(str(then)) and post.is_chair == then.is_chair
            words = changed_in_words(post, then)
            news.append(
                News(NewsKind.POST_CHANGED, words, since, mp=post.mp, post=post, asks_nothing=is_called_so)
            )
    return news


def may_be_old(post: Post, listed_to: date | None, came_on: date | None) -> bool:
    """Whether a post is told first because its sort, or its MP, was not known of before: `listed_to` the
    newest day for which lists told of its kind, `came_on` when we saw its MP elected."""
    began, asked_on = post.started_on, post.mp.details_on
    if post.source in OF_PARLIAMENT:
        return asked_on is None and not (began and came_on and began >= came_on)
    if began and asked_on and began > asked_on and post.kind != PostKind.GROUP:
        return False
    return listed_to is None or (began is not None and began <= listed_to)


def was_held_since(post: Post) -> bool:
    """Whether a post that is over, on days that are known, may have lasted until Parliament was last asked
    about its MP; of what lists tell, which Parliament may not, whenever it was."""
    asked_on = post.mp.details_on if post.source in OF_PARLIAMENT else None
    return bool(post.started_on and post.ended_on and (asked_on is None or post.ended_on >= asked_on))


def _post_then(row: Mapping[str, Any]) -> Post:
    """What a post was called before an import, of which `row` is kept."""
    return Post(**{name: row[name] for name in WORDS})


def is_another(post: Post, then: Post) -> bool:
    """Whether it is no longer what it was: in words, apart from case and punctuation, in who chairs, or in
    whether its holder is on leave or stands in."""
    return fold(post.in_full) != fold(then.in_full) or post.is_chair != then.is_chair


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


HOW_ELECTED = {
    Beginning.BY_ELECTION: " after by-election",
    Beginning.GENERAL_ELECTION: " at the general election",
}


def holding_in_words(kind: str, *, begun_by: str, was: str = "", sat_before: bool = False) -> str:
    """How somebody has come to hold a seat, as far as that is known; `was` is the seat held until then."""
    how = HOW_ELECTED.get(Beginning(begun_by), "") if begun_by else ""
    if kind == NewsKind.RE_ELECTED:
        return f"elected again{how}"
    if was:
        return f"new MP{how}, until then MP for {was}"
    return f"new MP{how}, and an MP before" if sat_before else f"new MP{how}"


def left_how(holding: SeatHolding, *, is_dissolved: bool) -> str:
    """How somebody has ceased to hold a seat, as far as that is known: ", by resignation"."""
    if is_dissolved:
        return ": Parliament is dissolved"
    is_known = holding.ended_by not in ("", Ending.OTHER)
    return f", {holding.get_ended_by_display()}" if is_known else ""


def name_in_words(was: str, now: str) -> str:
    """What an MP is called now: of whom only the title is new, "is now Sir Keir Starmer"."""
    is_same_but_for_title = fold(without_title(was)) == fold(without_title(now))
    return f"is now {now}" if is_same_but_for_title and title_of(now) else f"is now named {now}, before {was}"


def status_in_words(how: str, status: MPStatus) -> str:
    """ "is suspended", "is still suspended: Motion of the House": `how` goes before it."""
    words = f"{how} {str(status)[:1].lower()}{str(status)[1:]}"
    return f"{words}: {status.note}" if status.note and how == "is still" else words


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
    if post.kind in OF_BODIES and post.title == "Member":
        return f"joined the {post.body}"
    return f"became {post.in_full}"


def changed_in_words(post: Post, then: Post) -> str:
    if post.body and post.is_chair != then.is_chair:
        return f"{'now chairs' if post.is_chair else 'no longer chairs'} the {post.body}"
    return f"is now {post.in_full}, before {then.in_full}"


def ended_in_words(post: Post) -> str:
    if post.kind in OF_BODIES and post.title == "Member":
        return f"left the {post.body}"
    return f"is no longer {post}"


def held_in_words(post: Post) -> str:
    what = f"a member of the {post.body}" if post.kind in OF_BODIES and post.title == "Member" else str(post)
    return f"was {what} from {post.started_on:%-d %B %Y} to {post.ended_on:%-d %B %Y}"
