"""The page of one MP: who they are, the plan, touchpoints and enquiries, each to whom it may be shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import EVERYONE, AuthorityRequest, for_roles
from accounts.models import Authority, Membership
from contacts.background import background_in_brief
from contacts.cards.states import card_states
from contacts.checklist import Completeness, completeness_by_mp
from contacts.directory import Facts, counted_by_mp, facts_about, leads_on
from contacts.forms import AsAtForm
from contacts.handover import with_last_holders
from contacts.models import (
    MP,
    Constituency,
    MPNews,
    MPOffice,
    Post,
    SeatHandover,
    dissolved_since,
    dissolved_until,
    is_current,
)
from contacts.portfolios import Match, matches, priorities_of
from engagements.models import READERS, WRITERS, Commitment, Touchpoint, mps_with_cadence
from enquiries.clock import calendar_of, due_in_words
from enquiries.models import RAG, Enquiry, EnquiryQuerySet
from overview.handover.seats import LOOK_BACK

MOST_TOUCHPOINTS = 5
MOST_OPEN = 10
MOST_NEWS = 3
MOST_RECENT = 5


@require_safe
@for_roles(*EVERYONE)
def mp_detail(request: AuthorityRequest, pk: int) -> HttpResponse:
    """At most 29 queries besides the page frame's, whatever there is to show.

    `?on=` asks for Parliament's facts as at another day; what the authority records is always of today.
    """
    on, membership = timezone.localdate(), request.membership
    form = AsAtForm(request.GET, today=on)
    facts_on = form.day
    mps = mps_with_cadence(request.authority, on).with_plan()
    commitments = Commitment.objects.visible_to(membership).open()
    news = MPNews.objects.filter(mp=pk).for_list()
    if form.as_at:
        news = news.filter(happened_on__lte=form.as_at)
    mp = get_object_or_404(
        with_last_holders(mps, membership=membership).annotate(
            dissolved_since=dissolved_since(facts_on),
            dissolved_until=dissolved_until(facts_on),
            open_commitments=counted_by_mp(commitments),
            handed_over_at=_handed_over_at(membership),
        ),
        pk=pk,
    )
    is_ours = MP.objects.of(request.authority).filter(pk=pk).exists()
    facts = facts_about(mp, on=facts_on)
    dissolved: date | None = mp.dissolved_since  # type: ignore[attr-defined]
    context = {
        "mp": mp,
        "is_ours": is_ours,
        "facts": facts,
        "was": _was(facts),
        "is_handed_over": _is_handed_over(facts),
        "hands_over": _hands_over(facts, membership, is_ours=is_ours, on=on, dissolved=dissolved),
        "matches": _matches(request.authority, facts.posts, on=on) if is_ours else [],
        "is_past": form.as_at is not None,
        "form": form,
        "news": list(news[:MOST_NEWS]),
        "leads": leads_on(mp, membership=membership, on=on),
        "sees_engagement": membership.role in READERS,
        "may_write": membership.role in WRITERS,
        "handles_enquiries": membership.handles_enquiries,
        "sees_enquiries": membership.sees_enquiries,
        "shows_text": membership.sees_enquiry_text,
    }
    if membership.sees_enquiries:
        context["sees_office"] = True
        context["office"] = MPOffice.objects.visible_to(membership).filter(mp=mp).first()
        [context["card"]] = card_states([mp], membership=membership)
    if membership.role in READERS:
        touchpoints = Touchpoint.objects.visible_to(membership).of(mp).for_list()
        context["checklist"] = completeness_by_mp(membership=membership, on=on, mp=mp).get(pk, Completeness())
        context["touchpoints"] = list(touchpoints[:MOST_TOUCHPOINTS])
        context["background"] = background_in_brief(mp, membership=membership, on=on)
    if membership.sees_enquiries:
        enquiries = Enquiry.objects.visible_to(membership).filter(mp=mp)
        context |= _enquiries(enquiries, membership=membership, on=on)
    return render(request, "overview/mp_detail.html", context, status=422 if form.errors else 200)


@dataclass(frozen=True)
class Was:
    """The seat that somebody who is no MP held last, and until when."""

    seat: Constituency
    until: date


def _was(facts: Facts) -> Was | None:
    """None for an MP. In a dissolution there are none, whatever list has been imported since; after its last
    day, until the new House is known, only those who are known to be elected."""
    held = next((each for each in facts.holdings if each.started_on <= facts.on), None)
    since: date | None = facts.mp.dissolved_since  # type: ignore[attr-defined]  # annotated
    until: date | None = facts.mp.dissolved_until  # type: ignore[attr-defined]  # annotated
    is_elected = held and (since is None or (until and held.started_on > until))
    if held is None or (is_current(held, facts.on) and is_elected):
        return None
    ends = [held.ended_on, since and since - timedelta(days=1)]
    return Was(held.constituency, min(end for end in ends if end is not None))


def _handed_over_at(membership: Membership) -> Subquery:
    """For an annotation: when a seat was last handed over to this MP."""
    finished = SeatHandover.objects.visible_to(membership).filter(
        new_mp=OuterRef("pk"), finished_at__isnull=False
    )
    return Subquery(finished.order_by("-finished_at").values("finished_at")[:1])


def _is_handed_over(facts: Facts) -> bool:
    at: datetime | None = facts.mp.handed_over_at  # type: ignore[attr-defined]  # annotated
    return at is not None and any(timezone.localdate(at) >= each.started_on for each in facts.holdings[:1])


def _hands_over(
    facts: Facts, membership: Membership, *, is_ours: bool, on: date, dissolved: date | None
) -> bool:
    """Whether a hand-over may be about this MP: of one of our seats, won from somebody else within the year,
    or lost, be it for a seat that is not ours; of any other, lost while we owe them an answer. While
    Parliament is `dissolved` since a day, nobody has lost a seat by that."""
    if not is_ours:
        until = (dissolved or date.max) - timedelta(days=1)
        lost = [each.constituency_id for each in facts.holdings if each.ended_on and each.ended_on < until]
        asked = Enquiry.objects.visible_to(membership).open().filter(mp=facts.mp)
        if facts.seat:
            asked = asked.filter(constituency__in=lost)
        seats = Constituency.objects.of(membership.authority).filter(pk__in=lost)
        return bool(lost) and (seats.exists() or asked.exists())
    if facts.seat is None or facts.holdings[0].started_on < on - LOOK_BACK:
        return False
    own_until: date | None = facts.mp.own_until  # type: ignore[attr-defined]  # annotated
    others_until: date | None = facts.mp.others_until  # type: ignore[attr-defined]  # annotated
    return own_until is None or (others_until is not None and own_until <= others_until)


def _matches(authority: Authority, posts: list[Post], *, on: date) -> list[Match]:
    """The authority's priorities on which a post held today, in the words of today, bears or may, each once,
    confirmed first."""
    held = [post.now or post for post in posts if post.is_current(on)]
    found = matches(priorities=priorities_of(authority, on=on), posts=held)
    by_priority: dict[int, Match] = {}
    for match in found:
        if not match.is_dismissed:
            by_priority.setdefault(match.priority.pk, match)
    return list(by_priority.values())


def _enquiries(enquiries: EnquiryQuerySet, *, membership: Membership, on: date) -> dict[str, object]:
    """The first open ones in queue order and the newest of the rest, each with `due_words` and `rag_word`."""
    listed = enquiries.select_related("service", "topic", "owner__user").defer("question")
    now_open = list(listed.open().with_rag(on).in_queue_order(on)[: MOST_OPEN + 1])
    recent = list(listed.with_rag(on).not_open().order_by("-received_on", "-pk")[:MOST_RECENT])
    calendar = calendar_of(membership.authority)
    for enquiry in (*now_open, *recent):
        enquiry.due_words = due_in_words(enquiry, on=on, calendar=calendar)  # type: ignore[attr-defined]
        enquiry.rag_word = RAG(enquiry.rag).label if enquiry.rag else ""  # type: ignore[attr-defined]
    return {
        "open_enquiries": now_open[:MOST_OPEN],
        "has_more_open": len(now_open) > MOST_OPEN,
        "recent_enquiries": recent,
    }
