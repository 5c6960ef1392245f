"""Deciding whether a post bears on a priority."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.history import delete_signed, save_signed
from accounts.models import Authority, Membership
from contacts.models import MatchState, PortfolioMatch, Post, Priority
from contacts.news_to_dos import of_post
from contacts.portfolios import Decisions, matches, priorities_of, says_the_same
from notifications.to_dos import finish


class DecidedMeanwhile(Exception):
    """A colleague decided otherwise first: `decision` is what stands. Nothing was written."""

    def __init__(self, decision: PortfolioMatch) -> None:
        super().__init__("a colleague decided first")
        self.decision = decision


def decide_match(
    *, by: Membership, priority: Priority, post: Post, state: MatchState, now: datetime
) -> PortfolioMatch:
    """Confirm that a post bears on a priority, or dismiss it, for as long as the post stays as it is. When
    nothing of the post is left to decide, what was asked of it is done.

    Saying the same again changes nothing. Raises DecidedMeanwhile.
    """
    with transaction.atomic():
        Authority.objects.select_for_update().get(pk=by.authority_id)
        decided = Decisions(PortfolioMatch.objects.filter(priority=priority, mp=post.mp_id))
        decision = decided.of(priority, post)
        if decision and says_the_same(decision, post):
            if decision.state != state:
                raise DecidedMeanwhile(decision)
            return decision
        decision = decision or PortfolioMatch(
            authority=by.authority, mp_id=post.mp_id, priority=priority, post=post
        )
        decision.state = state
        decision.post_title, decision.post_body = post.title, post.body
        decision.decided_at, decision.decided_by = now, by
        save_signed(decision, by=by, now=now)
        _finish_what_was_asked(post, by=by, now=now)
    return decision


def undo_decision(*, by: Membership, priority: Priority, post: Post, now: datetime) -> None:
    """Offer the match again as if nobody had decided it; the history keeps who had."""
    with transaction.atomic():
        decisions = PortfolioMatch.objects.filter(priority=priority, mp=post.mp_id)
        for decision in decisions.select_for_update().order_by("pk"):
            if decision.post_id == post.pk or (decision.post_id is None and says_the_same(decision, post)):
                delete_signed(decision, by=by, now=now)


def _finish_what_was_asked(post: Post, *, by: Membership, now: datetime) -> None:
    priorities = priorities_of(by.authority, on=timezone.localdate(now))
    if all(match.is_decided for match in matches(priorities=priorities, posts=[post])):
        for to_do in of_post(post, authority=by.authority).open():
            finish(by=by, to_do=to_do, now=now)
