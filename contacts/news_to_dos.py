"""What news asks of authorities whose seat it is: a to-do for whoever leads on the MP, where it matters."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils import timezone

from accounts.models import Authority, Membership
from contacts.models import (
    OF_POSTS,
    Constituency,
    CouncilLead,
    MPNews,
    NewsKind,
    Post,
    Priority,
    SeatHolding,
)
from contacts.portfolios import priorities_matched
from notifications.models import ToDo, ToDoQuerySet
from notifications.to_dos import ToDoRequest, ask, withdraw


@dataclass(frozen=True)
class Task:
    """What to do about a kind of news, and within how many days of learning of it."""

    title: str  # of the MP ({mp}) and the seat ({seat})
    days: int
    what_next: str


DECIDE = "Confirm or dismiss it. If it matters, look again at the plan and who should be in contact."
REVIEW_PLAN = "Look again at the plan, its key messages and who should be in contact."
TASKS = {
    NewsKind.NEW_MP: Task(
        "Make contact with {mp}, new MP for {seat}",
        14,
        "Write to welcome them, say whom to turn to here, and start a plan.",
    ),
    NewsKind.VACANT: Task(
        "{seat} has no MP: see to what is open",
        14,
        "Decide what becomes of open enquiries and of the plan until there is a new MP.",
    ),
    NewsKind.PARTY: Task("Look again at the plan for {mp}, who changed party", 7, REVIEW_PLAN),
    NewsKind.WHIP_LOST: Task("Look again at the plan for {mp}, now without a whip", 7, REVIEW_PLAN),
    NewsKind.WHIP_RESTORED: Task("Look again at the plan for {mp}, with the whip again", 7, REVIEW_PLAN),
    NewsKind.POST_BEGUN: Task("Say whether the new post of {mp} matters to us", 14, DECIDE),
    NewsKind.POST_CHANGED: Task("Say whether the changed post of {mp} matters to us", 14, DECIDE),
}


FILLED = frozenset({NewsKind.NEW_MP, NewsKind.RE_ELECTED})  # a seat has an MP, it may be after a vacancy
OCCASION = "news:"
OF_SEAT = "seat:"  # begins the subject of what is asked about a seat, by its code
# The end of `News.fact`: the day, and a digest of the words.
DAY_AND_WORDS = re.compile(r":(\d{4}-\d\d-\d\d):([0-9a-f]+)$")
# One source says how somebody won the seat, or that the whip was removed, another does not.
OFTEN_IN_OTHER_WORDS = (NewsKind.NEW_MP, NewsKind.VACANT, NewsKind.WHIP_LOST, NewsKind.WHIP_RESTORED)
MOST_BETWEEN_LISTS = timedelta(days=380)  # from November to November there may be none
MOST_MISDATED = timedelta(days=31)


def occasion_of(fact: str) -> str:
    """What names a change as the reason of a to-do: the same when it is told again after an undoing."""
    return f"{OCCASION}{fact}"


def kind_of(news_kind: str) -> str:
    """The kind of the to-dos that a kind of news asks for."""
    return f"news-{news_kind}"


def of_vacancies_over() -> Q:
    """What was asked because of a vacancy, of the seats that have an MP now."""
    filled = SeatHolding.objects.current().order_by()
    return Q(
        kind=kind_of(NewsKind.VACANT),
        subject__in=filled.values_list(Concat(Value(OF_SEAT), "constituency__ons_code")),
    )


def ask_about(news: Sequence[MPNews], *, now: datetime) -> None:
    """Ask each authority whose seat it is to do what the news calls for, once. A vacancy ends with the next
    MP, and so does what it asked for: what was left open is handed over to them."""
    on = timezone.localdate(now)
    filled = {_of_seat(each.constituency) for each in news if each.kind in FILLED and each.constituency}
    if filled:
        withdraw(ToDo.objects.filter(kind=kind_of(NewsKind.VACANT), subject__in=filled))
    matter = [each for each in news if each.kind in TASKS and each.constituency_id]
    requests: list[tuple[MPNews, ToDoRequest]] = []
    if not matter:
        return
    held_before = _held_before(matter)
    owners = CouncilLead.objects.who_can_act(on)
    seats = {each.constituency_id for each in matter if each.constituency_id}
    for authority in Authority.objects.defer("logo").order_by("pk"):
        ours = set(Constituency.objects.of(authority).filter(pk__in=seats).values_list("pk", flat=True))
        about = [each for each in matter if each.constituency_id in ours]
        for each, priorities in _that_matter_to(authority, about, on=on):
            before = held_before.get(each.constituency_id or 0)
            request = _request(
                authority,
                each,
                priorities,
                before=before,
                due_on=on + timedelta(days=TASKS[NewsKind(each.kind)].days),
                assignee=owners.get((authority.pk, each.mp_id or 0))
                or owners.get((authority.pk, before.mp_id if before else 0)),
            )
            requests.append((each, request))
    ask(_not_done_before(requests), now=now)


def _not_done_before(requests: list[tuple[MPNews, ToDoRequest]]) -> list[ToDoRequest]:
    """Those but what somebody has done already when the same change was told for another day, and taken back.

    A list tells of a change late, another of the same one on its day, and who undoes a list may say which day
    it is for: so the day may lie well before the one that was taken back, or somewhat after.
    """
    done: dict[tuple[int, str, str], list[str]] = defaultdict(list)
    subjects = {request.subject for _, request in requests}
    for to_do in ToDo.objects.finished().filter(subject__in=subjects, kind__in=map(kind_of, TASKS)):
        done[to_do.authority_id, to_do.kind, to_do.subject].append(to_do.occasion)
    facts = [occasion.removeprefix(OCCASION) for occasions in done.values() for occasion in occasions]
    told = set(MPNews.objects.filter(fact__in=facts).values_list("fact", flat=True)) if facts else set()
    taken_back = {occasion_of(fact) for fact in set(facts) - told}
    return [
        request
        for news, request in requests
        if not any(
            occasion in taken_back and _tells_the_same(occasion, news)
            for occasion in done[request.authority.pk, request.kind, request.subject]
        )
    ]


def _tells_the_same(occasion: str, news: MPNews) -> bool:
    """Whether a change that was told as the reason of a to-do is this one, on about the same day."""
    told, this = DAY_AND_WORDS.search(occasion), DAY_AND_WORDS.search(news.fact)
    if not told or not this or (news.kind not in OFTEN_IN_OTHER_WORDS and told[2] != this[2]):
        return False
    day = date.fromisoformat(told[1])
    return day - MOST_BETWEEN_LISTS <= news.happened_on <= day + MOST_MISDATED


def _that_matter_to(
    authority: Authority, news: list[MPNews], *, on: date
) -> list[tuple[MPNews, list[Priority]]]:
    """All but posts that match none of the authority's priorities; of a post, with those it matches."""
    posts = [each.post for each in news if each.kind in OF_POSTS and each.post]
    matched = priorities_matched(authority, posts=posts, on=on)
    return [
        (each, matched.get(each.post_id or 0, []))
        for each in news
        if each.kind not in OF_POSTS or each.post_id in matched
    ]


def of_post(post: Post, *, authority: Authority) -> ToDoQuerySet:
    """What the authority was asked to do about a post, open or done."""
    news = MPNews.objects.filter(post=post, kind__in=OF_POSTS & TASKS.keys())
    return ToDo.objects.filter(
        authority=authority,
        kind__in={kind_of(each.kind) for each in news},
        occasion__in={occasion_of(each.fact) for each in news},
    )


def _request(
    authority: Authority,
    news: MPNews,
    priorities: Sequence[Priority],
    *,
    before: SeatHolding | None,
    due_on: date,
    assignee: Membership | None,
) -> ToDoRequest:
    task, seat, mp = TASKS[NewsKind(news.kind)], news.constituency, news.mp
    title = task.title.format(mp=mp, seat=seat)
    if mp and news.kind in OF_POSTS:
        path = reverse("contacts:mp_matches", args=[authority.slug, mp.pk])
    elif mp:
        path = reverse("overview:mp_detail", args=[authority.slug, mp.pk])
    elif before:
        path = reverse("overview:handover_seat", args=[authority.slug, before.pk])
    else:
        path = reverse("contacts:news_list", args=[authority.slug])
    who = f"{mp} ({seat})" if mp else str(seat)
    bears_on = f"It may bear on: {', '.join(map(str, priorities))}. " if priorities else ""
    return ToDoRequest(
        authority=authority,
        kind=kind_of(news.kind),
        # By Parliament's own codes, which an MP or seat keeps when an import is undone and applied again.
        subject=mp.lasting_subject if mp else _of_seat(seat),
        occasion=occasion_of(news.fact),
        title=title,
        detail=(
            f"{who}: {news.words}, {news.happened_on:%-d %B %Y}. Source: {news.source}."
            f"\n\n{bears_on}{task.what_next}"
        ),
        about=who,
        path=path,
        due_on=due_on,
        assignee=assignee,
    )


def _of_seat(seat: Constituency | None) -> str:
    return f"{OF_SEAT}{seat.ons_code if seat else ''}"


def _held_before(news: Sequence[MPNews]) -> dict[int, SeatHolding]:
    """By seat, who held it before the change: whoever led on them knows it, from them it is handed over."""
    changed_on = {each.constituency_id: each.happened_on for each in news if each.constituency_id}
    holdings = SeatHolding.objects.filter(constituency__in=changed_on).order_by("started_on", "pk")
    return {
        holding.constituency_id: holding
        for holding in holdings
        if holding.started_on < changed_on[holding.constituency_id]
    }
