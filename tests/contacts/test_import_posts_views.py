"""Lists of posts in the browser: preview, apply, undo; for instance admins alone."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from contacts.imports.applying import preview_list, preview_posts, read_list
from contacts.imports.same_post import PARLIAMENT
from contacts.models import MP, ImportState, MPListImport, Post, PostKind
from tests.contacts.lists import as_csv, run, whole
from tests.factories import NOW, UserFactory

UPLOAD = reverse("instance:post_upload")
HEADING = "parliament_member_id,person_name,house,post_display_name,rank_equivalence,department,start_date,end_date,id"
PAPER = "5001,Ada Almond,Commons,Minister for Paper,MoS,Department for Paper,2025-09-05,,a1"
INK = "5001,Ada Almond,Commons,Minister for Ink,MoS,Department for Paper,2026-05-01,,a2"
PEER = "7001,Lord Quill,Lords,Minister for Quills,MoS,Department for Paper,2025-09-05,,q"


@pytest.fixture
def page(client, db):
    """A browser signed in as an instance admin."""
    client.force_login(UserFactory(is_instance_admin=True, name="Ivo Min"))
    return client


@pytest.fixture
def ada(db):
    return MP.objects.create(parliament_id=5001, name="Ada Almond", sort_name="Almond, Ada")


def upload(page, *rows, heading=HEADING, name="posts-2026-06-29.csv", **fields):
    content = "\n".join([heading, *rows]).encode()
    return page.post(UPLOAD, {"file": SimpleUploadedFile(name, content), **fields})


def take(page, *rows, **options):
    """Upload and apply; the import."""
    preview = upload(page, *rows, **options).url
    assert page.post(f"{preview}apply/").status_code == 302
    return MPListImport.objects.get(pk=preview.split("/")[-2])


def facts():
    return list(Post.objects.order_by("pk").values())


def test_from_upload_to_undo(page, ada):
    take(page, PAPER)
    before = facts()

    preview = upload(
        page, PAPER.replace(",,a1", ",2026-04-30,a1"), INK, PEER, name="posts-2026-06-30.csv"
    ).url

    shown = page.get(preview).content.decode()
    record = MPListImport.objects.first()
    assert (record.state, record.list_date, record.subject) == (
        ImportState.PREVIEWED,
        date(2026, 6, 30),
        "posts",
    )
    assert facts() == before
    assert "Last day: still held → <strong>30 April 2026</strong>" in shown
    assert "Minister for Ink, Department for Paper" in shown
    assert "<dt>Of them ended</dt><dd>1</dd>" in shown
    assert "Row 4 is about a member of the House of Lords" in shown

    said = page.post(f"{preview}apply/", follow=True).content.decode()
    assert "3 rows: 1 new, 1 changed, 1 ended, 0 unchanged, 0 refused" in said
    assert [post.title for post in Post.objects.current(date(2026, 4, 30))] == ["Minister for Paper"]
    assert [post.title for post in Post.objects.current(date(2026, 5, 1))] == ["Minister for Ink"]

    assert "1 new post are taken out" not in said
    response = page.post(f"{preview}undo/", follow=True)
    assert "The import has been undone" in response.content.decode()
    assert facts() == before


def test_the_same_list_twice_changes_nothing(page, ada):
    take(page, PAPER, INK)
    before = facts()

    again = take(page, PAPER, INK)

    assert (again.report["new"], again.report["changed"], again.report["unchanged"]) == (0, 0, 2)
    assert facts() == before


def test_refused_rows_need_a_choice(page, ada):
    preview = upload(page, PAPER.replace("2025-09-05", "soon"), INK).url
    assert "“soon” is no start date" in page.get(preview).content.decode()

    response = page.post(f"{preview}apply/")
    assert response.status_code == 422
    assert "rows are refused" in response.content.decode()
    assert facts() == []

    assert page.post(f"{preview}apply/", {"skip_refused": "yes"}).status_code == 302
    assert [post["title"] for post in facts()] == ["Minister for Ink"]


def test_what_has_changed_since_the_preview_must_be_looked_at_again(page, ada):
    preview = upload(page, PAPER).url
    take(page, PAPER)

    response = page.post(f"{preview}apply/")

    assert response.status_code == 422
    assert "not what was shown" in response.content.decode()
    assert "<dt>New</dt><dd>0</dd>" in response.content.decode()


def test_a_list_that_does_not_say_its_kind_asks_for_it(page, ada):
    heading, row = "Name,Post,From", "Ada Almond,Shadow Minister for Ink,1 May 2026"

    response = upload(page, row, heading=heading)
    assert response.status_code == 422
    assert "Say so when you import it" in response.content.decode()

    assert upload(page, row, heading=heading, kind="opposition").status_code == 302


def test_a_day_to_come_is_refused(page, ada):
    response = upload(page, PAPER, name="posts-2099-01-01.csv")

    assert response.status_code == 422
    assert "dated 1 January 2099" in response.content.decode()


def test_only_the_latest_list_of_posts_is_undone_whatever_lists_of_mps_came_since(page, ada):
    first, second = take(page, PAPER), take(page, INK)
    listing, on = read_list(as_csv(whole()), "mps.csv", on=date(2026, 7, 1), today=date(2026, 7, 1))
    preview_list(listing, file_name="mps.csv", list_date=on, is_partial=False, by=None, now=NOW)

    def undo(record):
        return page.post(reverse("instance:import_undo", args=[record.pk]))

    assert undo(first).status_code == 422
    assert undo(second).status_code == 302
    assert undo(first).status_code == 302
    assert facts() == []


def test_posts_that_take_over_each_others_words_are_written_and_put_back(page, ada):
    take(page, PAPER, INK)
    before = facts()

    swapped = take(
        page,
        PAPER.replace(",,a1", ",2026-06-01,a1"),
        INK.replace("Minister for Ink", "Minister for Paper"),
    )

    assert {(p.source_id, p.title, p.ended_on) for p in Post.objects.all()} == {
        ("a1", "Minister for Paper", date(2026, 6, 1)),
        ("a2", "Minister for Paper", None),
    }
    page.post(reverse("instance:import_undo", args=[swapped.pk]))
    assert facts() == before


@pytest.mark.parametrize(
    ("as_at", "is_reopened"), [("2026-04-29", False), ("2026-04-30", False), ("2026-05-01", True)]
)
def test_an_older_list_does_not_reopen_a_post(page, ada, as_at, is_reopened):
    take(page, PAPER.replace(",,a1", ",2026-04-30,a1"))

    take(page, PAPER, name=f"posts-{as_at}.csv")

    assert (Post.objects.get().ended_on is None) == is_reopened


def parliaments(ada, **about):
    return Post.objects.create(
        mp=ada,
        source=PARLIAMENT,
        seen_on=date(2026, 6, 1),
        **{"kind": PostKind.GOVERNMENT, "is_in_government": True, "started_on": date(2025, 9, 7)} | about,
    )


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("Parliamentary Under-Secretary of State (Department for Paper)", ""),
        ("Parliamentary Under-Secretary of State", "Department for Paper "),
        ("The Minister for Paper", "Cabinet Office"),
    ],
)
def test_a_post_that_parliament_has_told_of_is_not_doubled_but_may_be_ended(page, ada, title, body):
    post = parliaments(ada, title=title, body=body)

    take(page, PAPER)
    assert Post.objects.get() == post
    take(page, PAPER.replace(",,a1", ",2026-04-30,a1"))

    post.refresh_from_db()
    assert (post.title, post.ended_on) == (title, date(2026, 4, 30))


def test_another_department_or_another_day_is_another_post(page, ada):
    parliaments(ada, title="Minister of State", body="Department for Glue")
    parliaments(ada, title="Minister of State", body="Department for Paper", started_on=date(2025, 8, 1))

    take(page, PAPER)

    assert Post.objects.count() == 3


def test_a_list_may_say_who_chairs_a_committee_that_parliament_tells_of(page, ada):
    post = parliaments(
        ada, kind=PostKind.COMMITTEE, is_in_government=False, title="Member", body="Paper and Ink Committee"
    )

    take(page, "Ada Almond,Chair,Paper & Ink,10/9/2025", heading="Name,Role,Committee,From")

    post.refresh_from_db()
    assert Post.objects.count() == 1
    assert (post.title, post.is_chair, post.body) == ("Chair", True, "Paper and Ink Committee")


def test_a_command_leaves_an_import_that_can_be_undone(page, ada, tmp_path):
    path = tmp_path / "posts-2026-06-29.csv"
    path.write_text(f"{HEADING}\n{PAPER}\n")
    run("import_posts", path)

    page.post(reverse("instance:import_undo", args=[MPListImport.objects.get().pk]))

    assert facts() == []


def test_words_from_files_are_never_markup(page, ada):
    shown = page.get(upload(page, PAPER.replace("Minister for Paper", "<script>alert(1)</script>")).url)

    assert "<script>alert" not in shown.content.decode()


def test_thousands_of_rows_cost_few_queries(page, ada, django_assert_max_num_queries):
    rows = [INK.replace("Ink,", f"Ink {n},").replace(",a2", f",b{n}") for n in range(300)]
    with django_assert_max_num_queries(12):
        preview_posts(
            "\n".join([HEADING, *rows]).encode(),
            "posts.csv",
            on=date(2026, 6, 29),
            kind="",
            by=None,
            today=date(2026, 6, 29),
            now=NOW,
        )


@pytest.mark.parametrize("role", ["officer", "admin"])
def test_only_instance_admins_come_in(client, role, request):
    client.force_login(request.getfixturevalue(role).user)

    assert client.get(UPLOAD).status_code == 403
