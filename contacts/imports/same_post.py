"""Whether two sources mean the same post of an MP.

Parliament calls a minister "Parliamentary Under-Secretary of State (Department for Education)", others
"Minister for Early Education, Department for Education"; a committee is "Home Affairs Committee" here and
"Home Affairs" there; and the day on which it began differs by a few.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from contacts.models import Post, PostKind
from mpcrm.folding import fold

# The sources of posts that Parliament's own answers began: whatever an MP is, and who chairs a committee.
PARLIAMENT, COMMITTEES_API = "Parliament’s Members API", "Parliament’s Committees API"
OF_PARLIAMENT = (PARLIAMENT, COMMITTEES_API)
ABOUT_THEN = timedelta(days=7)
# As in "uk.parliament.data/Member/5076/GovernmentPost/1281", "Biography/GovernmentPost/1281/2025-09-07".
PARLIAMENT_ID = re.compile(r"\b(GovernmentPost|OppositionPost|ParliamentaryPost|Committee)/(\d+)")
COMMITTEES = (PostKind.COMMITTEE, PostKind.BILL_COMMITTEE)
NO_MATTER = re.compile(r"\b(the|of|for|department|ministry|hm|select|committee|commons)\b")


def parliament_id(source_id: str) -> tuple[str, str] | None:
    """Parliament's own kind and number of a post."""
    found = PARLIAMENT_ID.search(source_id)
    return (found[1], found[2]) if found else None


def is_same_post_id(post: Post, stated: dict[str, Any]) -> bool:
    """Whether both have Parliament's number, and the same."""
    number = parliament_id(post.source_id)
    return number is not None and number == parliament_id(stated["source_id"])


def has_begun_near(post: Post, stated: dict[str, Any]) -> bool:
    """Whether both began about the same day, or last still; a day that is not known may be any."""
    one, other = post.started_on, stated["started_on"]
    if one is None or other is None:
        return post.ended_on is None or stated["ended_on"] is None
    return are_near(one, other)


def are_near(one: date, other: date) -> bool:
    return abs(one - other) <= ABOUT_THEN


def is_same(post: Post, stated: dict[str, Any]) -> bool:
    """Whether both are the same post, going by words and days."""
    if not has_begun_near(post, stated):
        return False
    kind, title, body = stated["kind"], stated["title"], stated["body"]
    if post.kind in COMMITTEES and kind in COMMITTEES:
        # Who chairs it is a member of it.
        return plain(post.body) == plain(body)
    if post.is_in_government and stated["is_in_government"]:
        if PostKind.WHIP in (post.kind, kind):
            return post.kind == kind
        return shares_department(post, title, body) or plain(post.title) == plain(title)
    return post.kind == kind and plain(post.title) == plain(title)


def is_same_elsewhere(post: Post, stated: dict[str, Any]) -> bool:
    """Whether two lists mean the same post, going by words and days: not if both have an id of the same kind,
    or only one says who chairs; and only by the same title unless one has Parliament's number, and so
    Parliament's words, and the other not."""
    one, other = parliament_id(post.source_id), parliament_id(stated["source_id"])
    is_alike = (one is None) == (other is None)
    if post.is_chair != stated["is_chair"] or (is_alike and post.source_id and stated["source_id"]):
        return False
    return is_same(post, stated) and not (is_alike and plain(post.title) != plain(stated["title"]))


def news_of_other(recorded: Post, stated: dict[str, Any]) -> dict[str, Any]:
    """What one source says of a post that another recorded: no more than its end."""
    ended_on: date | None = stated["ended_on"]
    if recorded.ended_on or ended_on is None or (recorded.started_on and ended_on < recorded.started_on):
        return {}
    return {"ended_on": ended_on}


def shares_department(post: Post, title: str, body: str) -> bool:
    """Whether the department of one is that of the other, or stands in its title."""
    here, there = plain(post.body), plain(body)
    if here and here == there:
        return True
    in_title, in_other = f" {plain(post.title)} ", f" {plain(title)} "
    return bool((there and f" {there} " in in_title) or (here and f" {here} " in in_other))


def plain(text: str) -> str:
    return " ".join(NO_MATTER.sub(" ", fold(text)).split())
