"""Which posts are held on a day: one rule, for rows in hand and in the database."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest

from contacts.directory import facts_about
from contacts.models import Post
from tests.factories import TODAY, MPFactory, PostFactory

pytestmark = pytest.mark.django_db

DAYS = [TODAY + timedelta(days=n) for n in range(-2, 4)]


def test_a_post_in_hand_is_held_on_the_days_on_which_the_database_says_so():
    for started, ended, seen in product((None, *DAYS[1:4]), (None, *DAYS[1:4]), DAYS[1:4]):
        if not (started and ended and ended < started):
            PostFactory(mp=MPFactory(), started_on=started, ended_on=ended, seen_on=seen)

    for on in DAYS:
        held = set(Post.objects.current(on).values_list("pk", flat=True))
        assert {post.pk for post in Post.objects.all() if post.is_current(on)} == held, on


def test_a_post_without_a_start_is_shown_from_the_day_it_was_seen_on():
    post = PostFactory(title="Chair", started_on=None, seen_on=TODAY)
    before, since = (facts_about(post.mp, on=day) for day in (TODAY - timedelta(days=1), TODAY))

    assert (before.posts_held, [posts for _, posts in since.posts_held]) == ([], [[post]])
