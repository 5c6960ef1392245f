"""Which posts of an authority's own MPs bear on its priorities: found by words, decided by people (in
`deciding`); reading only."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from accounts.models import Authority
from contacts.lifelines import in_names_of
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


def says_the_same(decision: PortfolioMatch, post: Post) -> bool:
    """Whether the post's title and body are those decided about, now or on the day `as_called`; case and
    punctuation do not count."""
    decided = decision.post_title, decision.post_body
    called = [(each.title, each.body) for each in (post, post.now) if each]
    return decided in called or _folded(*decided) in [_folded(*words) for words in called]


def _folded(title: str, body: str) -> tuple[str, str]:
    return fold(title), fold(body)


class Decisions:
    """What was decided, to be found by priority and post."""

    def __init__(self, rows: Iterable[PortfolioMatch]) -> None:
        self._by_post: dict[tuple[int, int], PortfolioMatch] = {}
        self._by_words: dict[tuple[int, int, tuple[str, str]], PortfolioMatch] = {}
        for row in sorted(rows, key=lambda row: row.pk):
            if row.post_id is not None:
                self._by_post[row.priority_id, row.post_id] = row
            else:
                self._by_words[row.priority_id, row.mp_id, _folded(row.post_title, row.post_body)] = row

    def of(self, priority: Priority, post: Post) -> PortfolioMatch | None:
        """What was decided of this post, or of one with the same words that the MP had and that is gone."""
        decision = self._by_post.get((priority.pk, post.pk))
        if self._by_words and not (decision and says_the_same(decision, post)):
            gone = self._by_words.get((priority.pk, post.mp_id, _folded(post.title, post.body)))
            return gone or decision
        return decision


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
        return self.decision is not None and says_the_same(self.decision, self.post)

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
    decisions = PortfolioMatch.objects.filter(priority__in=priorities).select_related("decided_by__user")
    decided = Decisions(decisions)
    words = [(priority, _Words(priority)) for priority in priorities]
    found = []
    for post in posts:
        text = fold(f"{post.title} {post.body}")
        for priority, looked_for in words:
            word = looked_for.found(post.kind, text)
            match = Match(priority, post, word, decided.of(priority, post))
            if word or match.is_decided:
                found.append(match)
    order = {priority.pk: place for place, priority in enumerate(priorities)}
    return sorted(found, key=lambda match: (order[match.priority.pk], not match.is_confirmed))


def matches_of_own_mps(
    authority: Authority, *, priorities: Sequence[Priority], on: date, as_at: date | None = None
) -> list[Match]:
    """`matches` of the posts that the authority's own MPs hold today, or held on the day `as_at`, in its
    words and names; in two queries, or four. What was decided of a post is of now."""
    ours = MP.objects.of(authority, on=as_at)
    posts = Post.objects.current(as_at or on).filter(mp__in=ours).select_related("mp")
    posts = posts.order_by("mp__sort_name", "mp", "kind", "title", "pk")
    if as_at is None:
        return matches(priorities=priorities, posts=posts)
    then = posts.as_called(as_at)
    in_names_of((post.mp for post in then), as_at)
    return matches(priorities=priorities, posts=then)


def matches_to_decide(authority: Authority, *, on: date) -> int:
    """How many of `matches_of_own_mps` nobody has decided; in three queries, or one without priorities."""
    priorities = priorities_of(authority, on=on)
    if not priorities:
        return 0
    found = matches_of_own_mps(authority, priorities=priorities, on=on)
    return sum(not match.is_decided for match in found)


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


def _lines(text: str) -> list[tuple[str, str]]:
    """Each line as it was typed and folded, but for those with nothing to look for."""
    lines = [(line.strip(), fold(line)) for line in text.splitlines()]
    return [(line, folded) for line, folded in lines if folded]
