"""Whose posts have changed, by Parliament's lists of who holds which post today: whom to ask about first.

Nothing is recorded from these lists, which know neither all posts nor their past: an MP's own biography does.
They cost four requests a night, and have a reshuffle told the morning after instead of within a week.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Set
from datetime import date

from contacts.imports.same_post import PARLIAMENT, parliament_id
from contacts.models import OF_BODIES, Post, PostKind
from contacts.parliament.client import ParliamentAPI
from contacts.parliament.posts import Stated, means, stated

# Of each list, what a biography calls the posts that are in it, and their kind here.
LISTS = {
    "GovernmentPosts": ("GovernmentPost", PostKind.GOVERNMENT),
    "OppositionPosts": ("OppositionPost", PostKind.OPPOSITION),
    "Spokespersons": ("OppositionPost", PostKind.OPPOSITION),
}
SECTIONS = {section for section, _ in LISTS.values()}


def with_other_posts(api: ParliamentAPI, *, on: date) -> Set[int]:
    """Parliament's ids of those who hold a post that is not recorded here, or no longer hold one that is.

    Raises OddAnswer or NoAnswer.
    """
    told: dict[int, list[Stated]] = defaultdict(list)
    for number, post in posts_told(api):
        told[number].append(post)
    speakers = set(api.speakers(on))
    recorded: dict[int, list[Post]] = defaultdict(list)
    posts = Post.objects.current(on).filter(mp__parliament_id__isnull=False, mp__is_fictional=False)
    for each in posts.exclude(kind__in=OF_BODIES).select_related("mp"):  # no list tells of those
        recorded[each.mp.parliament_id or 0].append(each)
    return {
        number
        for number in {*told, *speakers, *recorded}
        if differ(recorded[number], told[number], is_speaker=number in speakers)
    }


def posts_told(api: ParliamentAPI) -> Iterator[tuple[int, Stated]]:
    for kind, (section, sort) in LISTS.items():
        for holder in api.post_holders(kind):
            yield holder.member_id, stated(holder.post, section, sort, f"/api/Posts/{kind}")


def differ(recorded: list[Post], told: list[Stated], *, is_speaker: bool) -> bool:
    if is_speaker != any(post.kind == PostKind.SPEAKER for post in recorded):
        return True
    is_new = any(not any(means(post, each) for post in recorded) for each in told)
    listed = [post for post in recorded if is_listed(post)]
    return is_new or any(not any(means(post, each) for each in told) for post in listed)


def is_listed(post: Post) -> bool:
    """Whether Parliament told of the post before, and the lists would have it today."""
    number = parliament_id(post.source_id)
    return post.source == PARLIAMENT and number is not None and number[0] in SECTIONS
