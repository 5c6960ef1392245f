"""Which posts of an authority's own MPs bear on its priorities: found by words, decided by people."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.history import save_signed, sign
from accounts.models import Authority, Membership
from contacts.models import MP, MatchState, PortfolioMatch, Post, PostKind, Priority
from mpcrm.folding import fold

# Where a department's name is looked for, and where a committee's or group's; key words, everywhere.
OF_DEPARTMENTS = frozenset(
    {
        PostKind.GOVERNMENT,
        PostKind.OPPOSITION,
        PostKind.SPOKESPERSON,
        PostKind.PPS,
        PostKind.WHIP,
        PostKind.OTHER,
    }
)
OF_BODIES = frozenset({PostKind.COMMITTEE, PostKind.BILL_COMMITTEE, PostKind.GROUP, PostKind.OTHER})
# What a shadow minister's title leaves out: the Department for Transport is there just "Transport".
_OFFICE = re.compile(r"^(the )?(hm|(department|ministry|office) (for|of)( the)?) ")


@dataclass(frozen=True)
class Match:
    """A post that bears on a priority, or may. `word` is what was found in it (empty: somebody's choice)."""

    priority: Priority
    post: Post
    word: str
    decision: PortfolioMatch | None

    @property
    def is_decided(self) -> bool:
        """Whether somebody decided it of the post as it is now."""
        return self.decision is not None and _says_the_same(self.decision, self.post)

    @property
    def is_confirmed(self) -> bool:
        return self.is_decided and self.decision is not None and self.decision.state == MatchState.CONFIRMED

    @property
    def is_dismissed(self) -> bool:
        return self.is_decided and not self.is_confirmed


class _Words:
    """The words of a priority, ready to be looked for."""

    def __init__(self, priority: Priority) -> None:
        self.departments = [(line, _OFFICE.sub("", folded)) for line, folded in _lines(priority.departments)]
        self.bodies = _lines(priority.bodies)
        self.key_words = _lines(priority.key_words)

    def found(self, kind: str, text: str) -> str:
        """The first of the words in a post, whose title and body are `text`, folded; else nothing."""
        padded = f" {text} "
        looked_for = [
            *(self.departments if kind in OF_DEPARTMENTS else ()),
            *(self.bodies if kind in OF_BODIES else ()),
            *self.key_words,
        ]
        return next((line for line, folded in looked_for if f" {folded} " in padded), "")


def matches(*, priorities: Iterable[Priority], posts: Iterable[Post]) -> list[Match]:
    """Every one of these posts that bears on one of these priorities, or may, in their order, confirmed
    first; what was dismissed as well. In one query."""
    priorities = list(priorities)
    decided = {
        (decision.priority_id, decision.post_id): decision
        for decision in PortfolioMatch.objects.filter(priority__in=priorities).select_related(
            "decided_by__user"
        )
    }
    words = [(priority, _Words(priority)) for priority in priorities]
    found = []
    for post in posts:
        text = fold(f"{post.title} {post.body}")
        for priority, looked_for in words:
            word = looked_for.found(post.kind, text)
            decision = decided.get((priority.pk, post.pk))
            match = Match(priority, post, word, decision)
            if word or match.is_decided:
                found.append(match)
    order = {priority.pk: place for place, priority in enumerate(priorities)}
    return sorted(found, key=lambda match: (order[match.priority.pk], not match.is_confirmed))


def matches_of_own_mps(
    authority: Authority, *, priorities: Sequence[Priority], on: date, as_at: date | None = None
) -> list[Match]:
    """`matches` of the posts that the authority's own MPs hold today, or held on the day `as_at`; in two
    queries. What was decided of a post is of now."""
    ours = MP.objects.of(authority, on=as_at)
    posts = Post.objects.current(as_at or on).filter(mp__in=ours).select_related("mp")
    posts = posts.order_by("mp__sort_name", "mp", "kind", "title", "pk")
    return matches(priorities=priorities, posts=posts)


def priorities_of(authority: Authority, *, on: date) -> list[Priority]:
    return list(Priority.objects.filter(authority=authority).current(on).order_by("position", "pk"))


def priorities_matched(authority: Authority, *, posts: Sequence[Post], on: date) -> dict[int, list[Priority]]:
    """By post: the authority's priorities of the day on which it bears, or may, unless somebody dismissed
    it. For telling of new posts; in two queries, however many they are."""
    by_post: dict[int, list[Priority]] = defaultdict(list)
    if posts:
        for match in matches(priorities=priorities_of(authority, on=on), posts=posts):
            if not match.is_dismissed:
                by_post[match.post.pk].append(match.priority)
    return dict(by_post)


class DecidedMeanwhile(Exception):
    """A colleague decided otherwise first: `decision` is what stands. Nothing was written."""

    def __init__(self, decision: PortfolioMatch) -> None:
        super().__init__("a colleague decided first")
        self.decision = decision


def decide_match(
    *, by: Membership, priority: Priority, post: Post, state: MatchState, now: datetime
) -> PortfolioMatch:
    """Confirm that a post bears on a priority, or dismiss it, for as long as the post stays as it is.

    Saying the same again changes nothing. Raises DecidedMeanwhile.
    """
    with transaction.atomic():
        Authority.objects.select_for_update().get(pk=by.authority_id)
        decision = PortfolioMatch.objects.filter(priority=priority, post=post).first()
        if decision and _says_the_same(decision, post):
            if decision.state != state:
                raise DecidedMeanwhile(decision)
            return decision
        decision = decision or PortfolioMatch(authority=by.authority, priority=priority, post=post)
        decision.state = state
        decision.post_title, decision.post_body = post.title, post.body
        decision.decided_at, decision.decided_by = now, by
        save_signed(decision, by=by, now=now)
    return decision


def undo_decision(*, by: Membership, priority: Priority, post: Post, now: datetime) -> None:
    """Offer the match again as if nobody had decided it; the history keeps who had."""
    with transaction.atomic():
        for decision in PortfolioMatch.objects.select_for_update().filter(priority=priority, post=post):
            sign(decision, by=by, now=now)
            decision.delete()


def _says_the_same(decision: PortfolioMatch, post: Post) -> bool:
    """Whether the post's title and body are those decided about; case and punctuation do not count."""
    then = (decision.post_title, decision.post_body)
    return then == (post.title, post.body) or [fold(text) for text in then] == [
        fold(post.title),
        fold(post.body),
    ]


def _lines(text: str) -> list[tuple[str, str]]:
    """Each line as it was typed and folded, but for those with nothing to look for."""
    lines = [(line.strip(), fold(line)) for line in text.splitlines()]
    return [(line, folded) for line, folded in lines if folded]
