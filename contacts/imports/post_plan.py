"""What a list of posts, or Parliament's own word, would change, and changing it.

Nothing is ever taken away because a file lacks it: a post ends when a list says on which day, and what a list
does not say of it stays as it is. An older list does not reopen what ended on its day or later: it could not
know.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.db.models import CharField, F
from django.db.models.functions import Cast

from contacts.imports import columns, reading
from contacts.imports.commons import commons_on, newest_date
from contacts.imports.geography import Outcome
from contacts.imports.planned import Refusal
from contacts.imports.posts import RowRefused, Statement, ends_with_seat, refuse_backwards, statements
from contacts.imports.reading import ListRefused, Table, printable
from contacts.imports.same_post import (
    COMMITTEES_API,
    OF_PARLIAMENT,
    has_begun_near,
    is_same,
    is_same_elsewhere,
    is_same_post_id,
    news_of_other,
    plain,
)
from contacts.imports.seats import FIRST_POLL
from contacts.models import MP, WORDS, MPListImport, Post, PostWording, SeatHolding

# The fields that lists state, and what people call them.
FIELDS = {
    "kind": "Kind",
    "title": "Post",
    "body": "Department, committee or group",
    "is_in_government": "In government",
    "is_chair": "Chairs it",
    "is_acting": "Acting",
    "is_on_leave": "On leave",
    "started_on": "From",
    "ended_on": "Last day",
    "source_id": "The source’s own id",
}
# What is kept of a post so that it can be put back.
KEPT = (*FIELDS, "end_source")
ONE_DAY = timedelta(days=1)


@dataclass
class PostsOutcome(Outcome):
    """`ended` are among the changed; `left_out` are no mistakes."""

    ended: int = 0
    left_out: list[dict[str, Any]] = field(default_factory=list)

    def in_words(self) -> str:
        return f"{super().in_words()}, {self.ended} of the changed ended, {len(self.left_out)} left out"


@dataclass
class Change:
    """A post that is recorded otherwise: `were` is what is KEPT of it, as it was before. The source's new
    words hold from the day it is for, unless it says `since` when."""

    row: int
    post: Post
    were: dict[str, Any]
    on: date
    since: date | None = None

    @property
    def is_ending(self) -> bool:
        return self.were["ended_on"] is None and self.post.ended_on is not None

    def in_words(self) -> list[list[str]]:
        """What changed, the old and the new."""
        return [
            [label, said(name, self.were[name]), said(name, getattr(self.post, name))]
            for name, label in FIELDS.items()
            if self.were[name] != getattr(self.post, name)
        ]

    def wording(self, *, source: str) -> PostWording | None:
        """What the post was called until the day before its new words hold; they do on its last day.

        None where they put right what was recorded, and so hold of all its days: said of a post that was
        over and is, or of one that now begins later, or for the very day for which it was first called what
        it was.
        """
        words = {name: self.were[name] for name in WORDS}
        if all(getattr(self.post, name) == value for name, value in words.items()):
            return None
        day = self.since or self.on
        start, end = ((self.were[name], getattr(self.post, name)) for name in ("started_on", "ended_on"))
        is_over = all(each and each < day for each in end)
        begins_later = all(start) and start[0] < start[1]
        is_of_the_day = self.since is None and day <= self.post.worded_on
        until = min(day, self.post.ended_on or day) - ONE_DAY
        otherwise_until = self.post.called_otherwise_until
        began = otherwise_until + ONE_DAY if otherwise_until else self.post.started_on
        if is_over or begins_later or is_of_the_day or (began and began > until):
            return None
        return PostWording(post=self.post, ended_on=until, end_source=source, **words)


def said(name: str, value: Any) -> str:
    if isinstance(value, date):
        return f"{value:%-d %B %Y}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value or ("still held" if name == "ended_on" else "not given"))


@dataclass
class PostPlan:
    """What would change. `as_report()` is the whole outcome as JSON; two plans are alike if those are.

    Posts are changed in memory alone until `write()`.
    """

    source: str
    on: date
    rows: int = 0
    fresh: list[tuple[int, Post]] = field(default_factory=list)
    unchanged: int = 0
    refused: list[Refusal] = field(default_factory=list)
    left_out: list[Refusal] = field(default_factory=list)
    _changed: dict[int, Change] = field(default_factory=dict)

    @property
    def changed(self) -> list[Change]:
        return [change for change in self._changed.values() if change.in_words()]

    def begin(self, mp: MP, post: dict[str, Any], *, row: int) -> Post:
        source = self.source[:200]
        end_source = source if post["ended_on"] else ""
        known = {"mp": mp, "source": source, "end_source": end_source, "seen_on": self.on}
        fresh = Post(**known | post)
        self.fresh.append((row, fresh))
        return fresh

    def change(self, post: Post, to: dict[str, Any], *, row: int, since: date | None = None) -> None:
        """Record a post otherwise; `since` is the day from which its new words hold, where the source says
        so."""
        if post.pk not in self._changed:
            were = {name: getattr(post, name) for name in KEPT}
            self._changed[post.pk] = Change(row, post, were, on=self.on, since=since)
        if to.get("ended_on", post.ended_on) != post.ended_on:
            post.end_source = self.source[:200] if to["ended_on"] else ""
        for name, value in to.items():
            setattr(post, name, value)

    def outcome(self) -> PostsOutcome:
        changed = self.changed
        return PostsOutcome(
            rows=self.rows,
            new=len(self.fresh),
            changed=len(changed),
            unchanged=self.unchanged,
            refused=[{"row": each.row, "reason": each.reason} for each in self.refused],
            ended=sum(change.is_ending for change in changed),
            left_out=[{"row": each.row, "reason": each.reason} for each in self.left_out],
        )

    def counts(self) -> dict[str, Any]:
        return vars(self.outcome())

    def as_report(self) -> dict[str, Any]:
        """The counts, and what they are."""
        return self.counts() | {
            "new_posts": [
                {
                    "row": row,
                    "name": post.mp.name,
                    "mp": post.mp_id,
                    "post": str(post),
                    "kind": post.get_kind_display(),
                    "from": said("started_on", post.started_on),
                    "to": said("ended_on", post.ended_on) if post.ended_on else "",
                }
                for row, post in self.fresh
            ],
            "changed_posts": [
                {
                    "row": change.row,
                    "name": change.post.mp.name,
                    "mp": change.post.mp_id,
                    "post": str(change.post),
                    "is_ending": change.is_ending,
                    "changes": change.in_words(),
                }
                for change in self.changed
            ],
        }

    def write(self) -> dict[str, Any]:
        """Write it, inside the caller's transaction; what undoing takes."""
        changed = self.changed
        rewrite([change.post for change in changed])
        posts = Post.objects.bulk_create([post for _, post in self.fresh], batch_size=500)
        called = [change.wording(source=self.source[:200]) for change in changed]
        wordings = PostWording.objects.bulk_create(filter(None, called), batch_size=500)
        made = {"post": [post.pk for post in posts], "wording": [wording.pk for wording in wordings]}
        return {
            "made": {kind: pks for kind, pks in made.items() if pks},
            "were": {"post": [as_json(change) for change in changed]} if changed else {},
            "dropped": {},
        }


def as_json(change: Change) -> dict[str, Any]:
    return {"pk": change.post.pk, **{name: in_json(value) for name, value in change.were.items()}}


def as_was(post: Post) -> dict[str, Any]:
    """The post as it is, for `put_back`."""
    return {"pk": post.pk, **{name: in_json(getattr(post, name)) for name in KEPT}}


def in_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def rewrite(posts: list[Post]) -> None:
    """Save all that is KEPT of these posts, whichever of them takes over another's words or id."""
    Post.objects.filter(pk__in=[post.pk for post in posts]).update(
        title=Cast(F("pk"), CharField(max_length=20)), source_id=""
    )
    Post.objects.bulk_update(posts, list(KEPT), batch_size=200)


def put_back(rows: list[dict[str, Any]]) -> None:
    """Give posts that are still there the fields they had, dates as ISO text."""
    before = {row["pk"]: row for row in rows}
    posts = list(Post.objects.filter(pk__in=before))
    for post in posts:
        for name in KEPT:
            setattr(post, name, before[post.pk][name])
    rewrite(posts)


def plan_posts(table: Table, *, source: str, on: date, kind: str = "") -> PostPlan:
    """What a file would change, as at `on`. `kind` says what its posts are where the file does not.

    An end date is the last day of a post. Raises ListRefused, also for a list of an earlier Parliament, whose
    open posts would seem to last.
    """
    newest = newest_date()
    if on < (commons_on(newest).elected_on if newest else FIRST_POLL):
        raise ListRefused(
            f"The list is as at {on:%-d %B %Y}: what it calls held was held in an earlier Parliament.",
            rows=len(table.rows),
        )
    plan = PostPlan(source=source, on=on, rows=len(table.rows))
    stated, plan.refused, plan.left_out = statements(table, kind=kind)
    known = Known(on)
    known.claim(stated)
    for statement in stated:
        try:
            take(plan, known, statement)
        except RowRefused as refusal:
            plan.refused.append(Refusal(statement.row, str(refusal)))
    for refusals in (plan.refused, plan.left_out):
        refusals.sort(key=lambda refusal: refusal.row)
    return plan


def take(plan: PostPlan, known: Known, statement: Statement) -> None:
    mp, stated = statement.mp, statement.post
    left_by = known.left.get(mp.pk)
    if left_by is not None and stated["ended_on"] is None and ends_with_seat(stated["kind"], left_by):
        plan.left_out.append(Refusal(statement.row, f"{mp.name} had ceased to be an MP by then"))
        return
    post = known.find(mp, stated)
    if post is None and not known.is_held(mp, stated):
        others = known.told_of_elsewhere(mp, stated)
        if not others:
            known.add(plan.begin(mp, stated, row=statement.row))
            return
        changes = [(other, news) for other in others if (news := news_of_other(other, stated))]
        for other, news in changes:
            known.change(plan, other, news, row=statement.row)
        plan.unchanged += not changes
        return
    if post is None or post.pk is None:
        plan.unchanged += 1
        return
    news = news_of(post, statement, on=plan.on)
    if news:
        # Of Parliament's own words a list changes who chairs, and says since when.
        since = stated["started_on"] if post.source in OF_PARLIAMENT else None
        known.change(plan, post, news, row=statement.row, since=since)
    else:
        plan.unchanged += 1


def news_of(post: Post, statement: Statement, *, on: date) -> dict[str, Any]:
    """What a list as at `on` says of a post that is not recorded so; in which words, only if those it has
    are no newer."""
    stated = dict(statement.post)
    if stated["ended_on"] is None and post.ended_on and post.ended_on >= on:
        stated["ended_on"] = post.ended_on
    if post.source in OF_PARLIAMENT:
        # Parliament's own words stand; a list may know the end, or who chairs.
        ends = post.ended_on is None and stated["ended_on"] is not None
        chairs = stated["is_chair"] and not post.is_chair
        wanted = (("ended_on",) if ends else ()) + (("title", "is_chair") if chairs else ())
        return {name: stated[name] for name in wanted}
    keeps = {*statement.unsaid, *(WORDS if on < post.worded_on else ())}
    return {n: value for n, value in stated.items() if n not in keeps and getattr(post, n) != value}


class Known:
    """The posts recorded here, to be found by what a row says."""

    def __init__(self, on: date) -> None:
        # MPs who sat, and had ceased to by then: how.
        self.left = SeatHolding.objects.of_leavers(on)
        self.by_source_id: dict[tuple[int, str], Post] = {}
        self.by_start: dict[tuple[Any, ...], Post] = {}
        self.open: dict[tuple[Any, ...], Post] = {}
        self.of_parliament: dict[int, list[Post]] = defaultdict(list)
        self.of_lists: dict[int, list[Post]] = defaultdict(list)
        # Posts that a row means: no other row does.
        self.claimed: set[int | None] = set()
        posts = Post.objects.filter(mp__is_fictional=False).prefetch_related("wordings")
        for post in posts.select_related("mp"):
            self.add(post)
            told_by = self.of_parliament if post.source in OF_PARLIAMENT else self.of_lists
            told_by[post.mp_id].append(post)

    def add(self, post: Post) -> Post:
        words = (post.mp_id, post.kind, post.title, post.body)
        if post.source_id:
            self.by_source_id[post.mp_id, post.source_id] = post
        self.by_start[*words, post.started_on] = post
        if post.ended_on is None:
            self.open[words] = post
        return post

    def change(
        self, plan: PostPlan, post: Post, to: dict[str, Any], *, row: int, since: date | None = None
    ) -> None:
        """As `PostPlan.change`. Raises RowRefused if the MP would hold the same post twice at once, or to a
        day before its first."""
        now = {name: getattr(post, name) for name in ("kind", "title", "body", "started_on", "ended_on")}
        then = now | {name: value for name, value in to.items() if name in now}
        if then["ended_on"] is None and self.open.get(self._words(post.mp, then), post) is not post:
            raise RowRefused(f"{post.mp.name} holds “{printable(then['title'])}” already")
        refuse_backwards(then["started_on"], then["ended_on"])
        if now["ended_on"] is None:
            del self.open[self._words(post.mp, now)]
        plan.change(post, to, row=row, since=since)
        self.add(post)

    def claim(self, stated: Iterable[Statement]) -> None:
        """Keep the posts that rows name by id or in the very words from being taken for those of others."""
        for mp, said in ((each.mp, each.post) for each in stated):
            own = self.by_source_id.get((mp.pk, said["source_id"])) if said["source_id"] else None
            own = own or self._begun_with(mp, said) or self.open.get(self._words(mp, said))
            if own:
                self.claimed.add(own.pk)

    def told_of_elsewhere(self, mp: MP, said: dict[str, Any]) -> list[Post]:
        """The posts under which another list has what a row means: Parliament may give one name to what
        others call two."""
        meant = [
            post
            for post in self.of_lists.get(mp.pk, [])
            if post.pk not in self.claimed
            and any(is_same_elsewhere(each, said) for each in (post, *post.as_before()))
        ]
        self.claimed.update(post.pk for post in meant)
        return meant

    def find(self, mp: MP, said: dict[str, Any]) -> Post | None:
        """The post a row means: it has the source's id, or the same words and start and no other id; or it is
        the one that Parliament itself has told of."""
        if said["source_id"]:
            post = self.by_source_id.get((mp.pk, said["source_id"])) or self._begun_with(mp, said)
            post = None if post and post.source_id not in ("", said["source_id"]) else post
        else:
            post = self._begun_with(mp, said)
        return post or self._told_of_by_parliament(mp, said)

    def is_held(self, mp: MP, said: dict[str, Any]) -> bool:
        """Whether the source has the same post under another id: it began with it, or both still last."""
        still_lasts = said["ended_on"] is None and self._words(mp, said) in self.open
        return still_lasts or self._begun_with(mp, said) is not None

    def _told_of_by_parliament(self, mp: MP, said: dict[str, Any]) -> Post | None:
        posts = self.of_parliament.get(mp.pk, [])
        chairs = [post for post in posts if post.source == COMMITTEES_API]
        if said["is_chair"]:
            body = plain(said["body"])
            told = [
                post
                for post in chairs
                if not post.ended_on and body in {plain(each.body) for each in (post, *post.as_before())}
            ]
            if told:
                return told[0]
        posts = [post for post in posts if post not in chairs]
        meant = (
            [post for post in posts if is_same_post_id(post, said) and has_begun_near(post, said)]
            or [post for post in posts if is_same(post, said)]
            or [post for post in posts if any(is_same(each, said) for each in post.as_before())]
        )
        return next(iter(meant), None)

    def _begun_with(self, mp: MP, said: dict[str, Any]) -> Post | None:
        return self.by_start.get((*self._words(mp, said), said["started_on"]))

    @staticmethod
    def _words(mp: MP, said: dict[str, Any]) -> tuple[Any, ...]:
        return mp.pk, said["kind"], said["title"], said["body"]


# --- A file, kept between its preview and its import --------------------------------------------


def read_posts(content: bytes, file_name: str) -> Table:
    """The table of posts in a file. Raises ListRefused."""
    return reading.read(content, file_name, partial(columns.score, meanings=columns.POSTS))


def kept(table: Table, *, kind: str) -> dict[str, Any]:
    """The rows as read, so that the preview and the import agree."""
    return {"kind": kind, "header": table.header, "rows": table.rows}


def reading_of(table: Table, *, date_from: str) -> dict[str, Any]:
    """How the file was read."""
    found = {meaning: at[0] for meaning, at in columns.find(table.header, columns.POSTS).items()}
    return {
        "file": table.describe(),
        "columns": [[meaning, table.header[position]] for meaning, position in found.items()],
        "unused": [h for i, h in enumerate(table.header) if i not in found.values() and h][:60],
        "date_from": date_from,
    }


def plan_of(record: MPListImport) -> PostPlan:
    """The plan of a list that was kept. Raises ListRefused."""
    rows: Iterable[tuple[int, list[str]]] = ((row, cells) for row, cells in record.rows["rows"])
    table = Table(kind="", header=record.rows["header"], rows=list(rows))
    return plan_posts(table, source=str(record), on=record.list_date, kind=record.rows["kind"])
