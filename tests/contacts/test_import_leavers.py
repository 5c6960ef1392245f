"""What ends with a seat: parties, statuses, committees and groups; and where the end of each was read."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from contacts.imports.undoing import CannotUndo, undo_import
from contacts.models import (
    Dissolution,
    MPListImport,
    MPName,
    MPNews,
    MPStatus,
    NewsKind,
    PartySpell,
    Post,
    PostKind,
)
from tests.contacts.lists import CODES, FIRST, SECOND, VACANT, changed_rows, holder, next_house, run, whole
from tests.factories import NOW, PostFactory, UserFactory

pytestmark = pytest.mark.django_db

LEFT = date(2026, 2, 1)
LAST_DAY = LEFT - timedelta(days=1)


@pytest.fixture
def leaver(importer):
    importer(whole())
    return holder(FIRST)


def leave(importer):
    status, report = importer(changed_rows(whole(), **{FIRST: VACANT}), LEFT.isoformat())
    assert (status, report["ended"]) == (0, 1)


def test_what_only_mps_hold_ends_with_the_seat_and_a_minister_goes_on(importer, leaver):
    posts = {
        kind: PostFactory(mp=leaver, kind=kind, body="Paper", started_on=date(2025, 1, 1))
        for kind in PostKind.values
    }
    later = PostFactory(mp=leaver, kind=PostKind.GROUP, body="Ink", started_on=LEFT)
    other = PostFactory(mp=holder(SECOND), kind=PostKind.COMMITTEE)

    leave(importer)

    ends = dict(Post.objects.values_list("pk", "ended_on"))
    assert {kind for kind, post in posts.items() if ends[post.pk]} == {
        PostKind.COMMITTEE,
        PostKind.BILL_COMMITTEE,
        PostKind.GROUP,
        PostKind.PPS,
        PostKind.SPEAKER,
    }
    assert {day for day in ends.values() if day} == {LAST_DAY, LEFT}
    read_in = Post.objects.exclude(ended_on=None).values_list("end_source", flat=True)
    assert set(read_in) == {"list.csv, as at 1 February 2026"}
    assert (ends[later.pk], ends[other.pk]) == (LEFT, None)


@pytest.mark.parametrize(
    ("dissolved_on", "last_day"), [(date(2026, 1, 10), date(2026, 1, 9)), (None, date(2026, 2, 11))]
)
def test_who_is_elected_again_leaves_the_last_parliaments_committees_and_groups(
    importer, leaver, dissolved_on, last_day
):
    """Silently: the election is told. Undoing puts them back on."""
    again, poll = holder(CODES[40]), date(2026, 2, 12)
    if dissolved_on:
        Dissolution.objects.create(started_on=dissolved_on, ended_on=poll - timedelta(days=1), entered_at=NOW)
    kept, committee, group, later = (
        PostFactory(mp=again, kind=kind, body=body, started_on=started_on)
        for kind, body, started_on in (
            (PostKind.GOVERNMENT, "Paper", date(2025, 1, 1)),
            (PostKind.COMMITTEE, "Paper", date(2025, 1, 1)),
            (PostKind.GROUP, "Ink", None),
            (PostKind.COMMITTEE, "Glue", poll),
        )
    )
    Post.objects.filter(pk=group.pk).update(seen_on=date(2025, 1, 1))
    before = list(Post.objects.order_by("pk").values())

    assert importer(next_house(poll.isoformat(), new=35), "2026-02-14")[0] == 0

    assert dict(Post.objects.values_list("pk", "ended_on")) == {
        kept.pk: None,
        committee.pk: last_day,
        group.pk: last_day,
        later.pk: None,
    }
    assert not MPNews.objects.filter(kind=NewsKind.POST_ENDED).exists()
    undo_import(applied=MPListImport.objects.latest("pk"), now=NOW)
    assert list(Post.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("is_told_later", [False, True])
def test_of_who_died_every_post_ends_and_no_later_list_begins_it_again(
    importer, leaver, tmp_path, is_told_later
):
    minister = PostFactory(mp=leaver, title="Minister", body="Paper", started_on=date(2025, 1, 1))
    if is_told_later:
        leave(importer)
        assert Post.objects.get().ended_on is None
    last_day = LAST_DAY - timedelta(days=2)
    died = {**whole()[0], "End date": last_day.isoformat(), "End reason": "died"}
    rows = [
        {"End date": "", "End reason": "", **row} for row in (*changed_rows(whole(), **{FIRST: VACANT}), died)
    ]

    assert importer(rows, LEFT.isoformat())[0] == 0

    assert Post.objects.get().ended_on == last_day
    path = tmp_path / "ministers.csv"
    path.write_text(
        f"MNIS ID,Name,Minister,Department,Start date\n1000,{leaver.name},Minister,Paper,2025-01-01\n"
    )
    status, report = run("import_posts", path, "--on", LEFT.isoformat(), "--kind", "government")
    assert (status, len(report["left_out"]), Post.objects.get().ended_on) == (0, 1, last_day)
    undo_import(applied=MPListImport.objects.about("mps").applied().first(), now=NOW)
    assert Post.objects.get().pk == minister.pk
    assert Post.objects.get().ended_on is None


def test_what_ended_with_the_seat_moves_with_it_to_the_day_that_a_later_list_gives(importer, leaver):
    committee, _, ended_before = (
        PostFactory(mp=leaver, kind=kind, body="Paper", started_on=date(2025, 1, 1), ended_on=ended_on)
        for kind, ended_on in (
            (PostKind.COMMITTEE, None),
            (PostKind.GOVERNMENT, None),
            (PostKind.GROUP, LAST_DAY),
        )
    )
    leave(importer)
    before = list(Post.objects.order_by("pk").values())
    resigned_on = LAST_DAY - timedelta(days=2)
    told = {**whole()[0], "End date": resigned_on.isoformat(), "End reason": "resigned"}
    rows = [
        {"End date": "", "End reason": "", **row} for row in (*changed_rows(whole(), **{FIRST: VACANT}), told)
    ]

    assert importer(rows, LEFT.isoformat())[0] == 0

    assert dict(Post.objects.exclude(ended_on=None).values_list("pk", "ended_on")) == {
        committee.pk: resigned_on,
        ended_before.pk: LAST_DAY,
    }
    undo_import(applied=MPListImport.objects.about("mps").applied().first(), now=NOW)
    assert list(Post.objects.order_by("pk").values()) == before


def test_a_later_list_of_a_committee_does_not_put_a_leaver_back_on_it(importer, leaver, tmp_path):
    PostFactory(mp=leaver, kind=PostKind.COMMITTEE, title="Member", body="Paper", started_on=date(2025, 1, 1))
    leave(importer)
    path = tmp_path / "committees.csv"
    path.write_text(f"MNIS ID,Name,Committee,Start date\n1000,{leaver.name},Paper,2025-01-01\n")

    for on, left_out in ((LEFT + timedelta(days=1), 1), (LAST_DAY, 0)):
        status, report = run("import_posts", path, "--on", on.isoformat())
        assert (status, len(report["left_out"])) == (0, left_out)

    assert Post.objects.get().ended_on == LAST_DAY


def test_undoing_gives_the_posts_back(importer, leaver):
    PostFactory(mp=leaver, kind=PostKind.COMMITTEE, body="Paper")
    before = list(Post.objects.values())
    leave(importer)

    undo_import(applied=MPListImport.objects.latest("pk"), now=NOW)

    assert list(Post.objects.values()) == before


def test_the_end_of_a_party_a_name_and_a_status_says_where_it_was_read(importer, leaver):
    renamed = {"MP": "Ms Ada Aaaaaason"}
    importer(changed_rows(whole(), **{FIRST: renamed}), "2025-06-01", name="renamed.csv")
    MPStatus.objects.create(mp=leaver, status="Suspended", started_on=date(2025, 7, 1), source="a list")

    leave(importer)

    ended = [PartySpell.objects.get(mp=leaver), MPStatus.objects.get(mp=leaver)]
    assert [(row.ended_on, row.end_source) for row in ended] == [
        (LAST_DAY, "list.csv, as at 1 February 2026")
    ] * 2
    former = MPName.objects.get(mp=leaver, ended_on__isnull=False)
    assert (former.source, former.end_source) == (
        "list.csv, as at 4 July 2024",
        "renamed.csv, as at 1 June 2025",
    )


@pytest.fixture
def take_posts(importer, leaver, tmp_path):
    """Import the leaver's committee, with this last day; gives the import."""

    def take_posts(last_day, *, on, start="2025-01-01"):
        path = tmp_path / "committees.csv"
        path.write_text(
            f"MNIS ID,Name,Committee,Start date,End date\n1000,{leaver.name},Paper,{start},{last_day}\n"
        )
        assert run("import_posts", path, "--on", on)[0] == 0
        return MPListImport.objects.latest("pk")

    return take_posts


def ends():
    return list(Post.objects.values_list("ended_on", flat=True))


def test_a_list_of_posts_is_not_undone_under_a_list_of_mps_that_ended_one(importer, take_posts, client):
    posts = take_posts("", on="2025-06-01")
    leave(importer)
    mps = MPListImport.objects.latest("pk")
    client.force_login(UserFactory(is_instance_admin=True))

    def undo(record):
        return client.post(reverse("instance:import_undo", args=[record.pk]))

    refused = undo(posts)

    assert refused.status_code == 422
    said = "Posts of this list have been changed since by list.csv, as at 1 February 2026. Undo that first."
    assert said in refused.content.decode()
    assert ends() == [LAST_DAY]
    assert [undo(each).status_code for each in (mps, posts)] == [302, 302]
    assert ends() == []


def test_a_list_of_mps_is_not_undone_under_a_list_of_posts_that_changed_one_it_ended(importer, take_posts):
    take_posts("", on="2025-06-01")
    leave(importer)
    mps = MPListImport.objects.latest("pk")
    posts = take_posts("2025-12-01", on="2026-02-02")

    with pytest.raises(CannotUndo, match=r"changed since by committees\.csv, as at 2 February 2026"):
        undo_import(applied=mps, now=NOW)

    assert ends() == [date(2025, 12, 1)]
    undo_import(applied=posts, now=NOW)
    assert ends() == [LAST_DAY]
    undo_import(applied=mps, now=NOW)
    assert ends() == [None]


def test_a_list_of_mps_is_not_undone_under_a_list_that_has_what_it_ended_again(importer, take_posts):
    take_posts("", on="2025-06-01")
    leave(importer)
    mps = MPListImport.objects.latest("pk")
    posts = take_posts("", on="2026-01-31", start="2025-09-01")

    with pytest.raises(CannotUndo, match=r"twice at once: it was read in committees\.csv, as at 31 Janu"):
        undo_import(applied=mps, now=NOW)

    undo_import(applied=posts, now=NOW)
    undo_import(applied=mps, now=NOW)
    assert ends() == [None]


def test_lists_of_other_posts_stand_in_no_ones_way(importer, leaver, take_posts):
    PostFactory(mp=leaver, kind=PostKind.GROUP, body="Ink")
    leave(importer)
    mps = MPListImport.objects.latest("pk")
    take_posts("2025-12-01", on="2026-02-02")

    undo_import(applied=mps, now=NOW)

    assert set(ends()) == {None, date(2025, 12, 1)}


def test_undoing_gives_back_what_is_still_there(importer, leaver):
    gone, post = (PostFactory(mp=leaver, kind=PostKind.COMMITTEE, body=body) for body in ("Paper", "Ink"))
    leave(importer)
    gone.delete()

    undo_import(applied=MPListImport.objects.latest("pk"), now=NOW)

    assert list(Post.objects.values_list("pk", "ended_on")) == [(post.pk, None)]
