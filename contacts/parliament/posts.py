"""What Parliament tells of an MP's posts, against what is recorded. Pure but for the plan it adds to.

A post ends when Parliament says on which day, or when it is missing from a whole answer about its MP and was
Parliament's own word before. What another source recorded is never more than ended, where Parliament gives
the day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from contacts.imports.post_plan import PostPlan
from contacts.imports.posts import ends_with_seat, refined
from contacts.imports.same_post import (
    COMMITTEES_API,
    OF_PARLIAMENT,
    PARLIAMENT,
    has_begun_near,
    is_same,
    is_same_post_id,
    news_of_other,
    parliament_id,
    plain,
)
from contacts.imports.seats import FIRST_POLL
from contacts.models import MP, OF_BODIES, WORDS, Post, PostKind
from contacts.parliament.shapes import (
    COMMONS,
    Biography,
    BiographyItem,
    Committee,
    CommitteeMember,
    OddAnswer,
)

# The sections of a biography that tell of posts: Parliament's name of what is in them, and ours.
SECTIONS = (
    ("government_posts", "GovernmentPost", PostKind.GOVERNMENT),
    ("opposition_posts", "OppositionPost", PostKind.OPPOSITION),
    ("other_posts", "ParliamentaryPost", PostKind.OTHER),
    ("committee_memberships", "Committee", PostKind.COMMITTEE),
)
# Fields of Post as stated by a source.
Stated = dict[str, Any]


def refuse_nothing(biography: Biography, address: str) -> None:
    """A biography without any spell in the Commons is none of an MP: nothing in it is believed."""
    spells = (*biography.representations, *biography.house_memberships)
    if not any(spell.house == COMMONS for spell in spells):
        raise OddAnswer(address, "representations", "tells of no time in the House of Commons")


def stated_in(biography: Biography, address: str, *, elected_on: date) -> list[Stated]:
    """The posts held since records begin here, those that have ended first; one committee under two ids is
    one.

    Committees are appointed anew in each Parliament, so one without an end from before this was elected is
    left out: nobody wrote its end down.
    """
    found: dict[tuple[Any, ...], Stated] = {}
    for section, name, kind in SECTIONS:
        for item in getattr(biography, section) or ():
            is_old = item.ended_on is not None and item.ended_on < FIRST_POLL
            is_forgotten = kind == PostKind.COMMITTEE and item.started_on < elected_on
            if item.house in (None, COMMONS) and not is_old and not (is_forgotten and not item.ended_on):
                post = stated(item, name, kind, address)
                when = post["ended_on"] and post["started_on"]
                found.setdefault((post["kind"], post["title"], post["body"], when), post)
    return sorted(found.values(), key=lambda post: (post["ended_on"] is None, post["started_on"]))


def stated(item: BiographyItem, name: str, kind: PostKind, address: str) -> Stated:
    title, body = item.name, item.additional_info or ""
    if kind == PostKind.COMMITTEE:
        title, body = "Member", item.name
    if len(title) > 300 or len(body) > 200:
        raise OddAnswer(address, name, "has a post with too long a name")
    if item.ended_on and item.ended_on < item.started_on:
        raise OddAnswer(address, name, f"has a post ({item.id}) that ends before it starts")
    sort = refined(kind, title, body)
    return {
        "kind": sort,
        "title": title,
        "body": body,
        "is_in_government": kind == PostKind.GOVERNMENT and sort != PostKind.PPS,
        "is_chair": False,
        "is_acting": False,
        "is_on_leave": False,
        "started_on": item.started_on,
        "ended_on": item.ended_on,
        "source_id": f"Biography/{name}/{item.id}/{item.started_on}",
    }


def take(
    plan: PostPlan,
    mp: MP,
    recorded: Sequence[Post],
    biography: Biography,
    address: str,
    *,
    elected_on: date,
    chairs: Mapping[str, Stated | None],
    left_by: str | None = None,
) -> None:
    """Add to the plan what this MP's biography changes, and what committees say of `chairs` (see
    `of_chairs`); `left_by` is how an MP who sits no more left. Raises OddAnswer, having added nothing."""
    changes: list[tuple[Post, Stated]] = []
    fresh: list[Stated] = []
    matched: set[int] = set()
    for post in stated_in(biography, address, elected_on=elected_on):
        meant = [each for each in recorded if each.pk not in matched and means(each, post)]
        own = next((each for each in meant if each.source == PARLIAMENT), None)
        others = [each for each in meant if each.source != PARLIAMENT]
        matched |= {each.pk for each in meant}
        if left_by is not None and post["ended_on"] is None and ends_with_seat(post["kind"], left_by):
            continue  # nobody wrote down that it ended with the seat
        if own:
            changes.append((own, news_of_own(own, post)))
        changes += [(other, news_of_other(other, post)) for other in others]
        if not meant:
            fresh.append(post)
    whole = {name for section, name, _ in SECTIONS if getattr(biography, section) is not None}
    for each in recorded:
        if each.pk not in matched and is_gone(each, whole):
            changes.append((each, {"ended_on": last_day(each, on=plan.on, elected_on=elected_on)}))
    sits_on = biography.committee_memberships
    more, begun = of_chairs(
        recorded,
        chairs,
        bodies=bodies_of(recorded, changes, chairs),
        sits_on=None if sits_on is None else {plain(item.name) for item in sits_on if not item.ended_on},
        elected_on=elected_on,
        on=plan.on,
    )
    changes = without_taken_words(recorded, together([*changes, *more]))
    fresh += begun if left_by is None else []
    refuse_doubles(recorded, changes, fresh, address)
    for each, to in changes:
        if any(getattr(each, name) != value for name, value in to.items()):
            plan.change(each, to, row=0)
        else:
            plan.unchanged += 1
    for post in fresh:
        plan.begin(mp, post, row=0)


def means(recorded: Post, post: Stated) -> bool:
    """Whether Parliament, in a biography, means the post that is recorded."""
    if recorded.source == COMMITTEES_API:
        return False
    both_last = recorded.ended_on is None and post["ended_on"] is None
    is_near = both_last or has_begun_near(recorded, post)
    if is_same_post_id(recorded, post):
        return is_near
    words = plain(recorded.title) == plain(post["title"]) and plain(recorded.body) == plain(post["body"])
    if words and recorded.kind == post["kind"]:
        return is_near
    has_number = parliament_id(recorded.source_id) is not None
    is_committee = recorded.kind in (PostKind.COMMITTEE, PostKind.BILL_COMMITTEE)
    return (is_committee or not has_number) and is_same(recorded, post)


def news_of_own(recorded: Post, post: Stated) -> Stated:
    """What Parliament says of its own earlier word; a biography does not know who chairs a committee."""
    keeps = ("title", "is_chair") if recorded.is_chair else ()
    return {name: value for name, value in post.items() if name not in keeps}


def is_gone(recorded: Post, whole: Iterable[str]) -> bool:
    """Whether a post that nothing in the answer means was Parliament's own word, in a section that came."""
    number = parliament_id(recorded.source_id)
    is_own = recorded.source == PARLIAMENT and number is not None and number[0] in whole
    return is_own and recorded.ended_on is None


def together(changes: Iterable[tuple[Post, Stated]]) -> list[tuple[Post, Stated]]:
    """One change for each post."""
    found: dict[int, tuple[Post, Stated]] = {}
    for post, to in changes:
        found[post.pk] = (post, found[post.pk][1] | to if post.pk in found else to)
    return list(found.values())


def without_taken_words(
    recorded: Iterable[Post], changes: Sequence[tuple[Post, Stated]]
) -> list[tuple[Post, Stated]]:
    """The changes, but for the new words of a post that a list has under these already, which lasts: a name
    that a list knew first stands in the way of nothing else that is told."""
    over = {post.pk for post, to in changes if to.get("ended_on")}
    taken = {
        (post.kind, post.title, post.body): post.pk
        for post in recorded
        if post.source not in OF_PARLIAMENT and not post.ended_on and post.pk not in over
    }
    left = []
    for post, to in changes:
        kind, title, body = (to.get(name, getattr(post, name)) for name in ("kind", "title", "body"))
        keeps = WORDS if taken.get((kind, title, body), post.pk) != post.pk else ()
        left.append((post, {name: value for name, value in to.items() if name not in keeps}))
    return left


# --- Who chairs ------------------------------------------------------------------------------------


def chairs_in(
    committee: Committee, members: Iterable[CommitteeMember], address: str, *, on: date
) -> dict[int, Stated]:
    """Who chairs a committee on a day, by Parliament's id, as a post beside the membership: its days are its
    own."""
    if len(committee.name) > 200:
        raise OddAnswer(address, "name", "is too long for a committee's")
    found = {}
    for member in members:
        since = max((a for a, b in member.chairs if a <= on and (b is None or b >= on)), default=None)
        if member.id is not None and since:
            found[member.id] = {
                "kind": PostKind.COMMITTEE,
                "title": "Chair",
                "body": committee.name,
                "is_in_government": False,
                "is_chair": True,
                "is_acting": False,
                "is_on_leave": False,
                "started_on": since,
                "ended_on": None,
                "source": COMMITTEES_API,
                "source_id": f"Committees/{committee.id}/Chair/{since}",
            }
    return found


def bodies_of(
    recorded: Sequence[Post], changes: Iterable[tuple[Post, Stated]], chairs: Mapping[str, Stated | None]
) -> dict[int, str]:
    """By committee post, the plain name that its committee has now, as those who chair it or the `changes` of
    memberships tell: it may have had another when the post was recorded."""
    by_id = {chair["source_id"]: body for body, chair in chairs.items() if chair}
    called = {post.pk: to["body"] for post, to in changes if "body" in to}
    return {
        each.pk: by_id.get(each.source_id) or plain(called.get(each.pk, each.body))
        for each in recorded
        if each.kind == PostKind.COMMITTEE
    }


def of_chairs(
    recorded: Sequence[Post],
    chairs: Mapping[str, Stated | None],
    *,
    bodies: Mapping[int, str],
    sits_on: Collection[str] | None,
    elected_on: date,
    on: date,
) -> tuple[list[tuple[Post, Stated]], list[Stated]]:
    """What changes of the posts of chairing a committee that an MP holds, and which of them begin.

    `chairs` has the committees that told who chairs them, by their plain name: the post, or None for somebody
    else's. Of the others nothing changes, unless the MP `sits_on` them no more (None: that was not told).
    `bodies` has the committees of recorded posts (see `bodies_of`).
    """
    changes: list[tuple[Post, Stated]] = []
    fresh: list[Stated] = []
    lasting = [each for each in recorded if each.pk in bodies and each.is_chair and not each.ended_on]
    for each in lasting:
        body = bodies[each.pk]
        is_over = body in chairs or (sits_on is not None and body not in sits_on)
        if each.source == COMMITTEES_API and is_over and not chairs.get(body):
            changes.append((each, {"ended_on": last_day(each, on=on, elected_on=elected_on)}))
        elif each.source == PARLIAMENT and body in chairs and not chairs[body]:
            changes.append((each, {"title": "Member", "is_chair": False}))  # a list had said otherwise
    for body, chair in chairs.items():
        if not chair or chair["started_on"] < elected_on:
            continue
        of_it = [each for each in recorded if bodies.get(each.pk) == body and each.is_chair]
        # One that ended begins again, but not beside another that lasts.
        held = [each for each in of_it if each in lasting]
        own = [
            each
            for each in held or of_it
            if each.source == COMMITTEES_API and (held or each.source_id == chair["source_id"])
        ]
        if own:
            changes.append((own[0], chair))
        elif not held:
            fresh.append(chair)
    return changes, fresh


def last_day(recorded: Post, *, on: date, elected_on: date) -> date:
    """The day before Parliament first no longer told of it; a committee of the last Parliament did not
    outlive that."""
    began = recorded.started_on
    is_of_last = recorded.kind in OF_BODIES and began is not None and began < elected_on
    day = (elected_on if is_of_last else on) - timedelta(days=1)
    return max(day, recorded.started_on) if recorded.started_on else day


def refuse_doubles(
    recorded: Sequence[Post], changes: Iterable[tuple[Post, Stated]], fresh: Iterable[Stated], address: str
) -> None:
    """Nobody holds the same post twice at once, and no source has one id for two."""
    said = {post.pk: {name: getattr(post, name) for name in IDENTITY} for post in recorded}
    for post, to in changes:
        said[post.pk] |= {name: to[name] for name in IDENTITY if name in to}
    every = [*said.values(), *fresh]
    lasting = [(post["kind"], post["title"], post["body"]) for post in every if post["ended_on"] is None]
    ids = [post["source_id"] for post in every if post["source_id"]]
    if len(set(lasting)) < len(lasting) or len(set(ids)) < len(ids):
        raise OddAnswer(address, "", "tells of one post twice at once")


IDENTITY = ("kind", "title", "body", "ended_on", "source_id")
