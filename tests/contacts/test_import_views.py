"""The import in the browser: upload, preview, apply, undo; for instance admins alone."""

from __future__ import annotations

import json
import re
import threading
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.template.loader import render_to_string
from django.urls import reverse

from contacts.imports.applying import NotApplicable, OutcomeChanged, apply_preview, preview_list, read_list
from contacts.imports.reading import ListRefused
from contacts.models import MP, ImportState, MPListImport, MPNews, PartySpell
from tests.contacts.lists import (
    CODES,
    FIRST,
    NEWCOMER,
    SEATS,
    SECOND,
    as_csv,
    changed_rows,
    facts,
    letters,
    seat_name,
    whole,
)
from tests.factories import NOW, CouncilLeadFactory, UserFactory

UPLOAD = reverse("instance:import_upload")
LIST = reverse("instance:import_list")


@pytest.fixture
def page(client, db):
    """A browser signed in as an instance admin."""
    client.force_login(UserFactory(is_instance_admin=True, name="Ada Min"))
    return client


def upload(page, rows, name="list-2025-01-01.csv", **fields):
    content = rows if isinstance(rows, bytes) else as_csv(rows)
    return page.post(UPLOAD, {"file": SimpleUploadedFile(name, content), **fields})


def preview_of(rows, on=date(2025, 1, 1)):
    listing, list_date = read_list(as_csv(rows), "list.csv", on=on, today=on)
    return preview_list(
        listing, file_name="list.csv", list_date=list_date, is_partial=False, by=None, now=NOW
    )


def applied(rows, on=date(2024, 7, 4)):
    return apply_preview(preview=preview_of(rows, on), skip_refused=False, now=NOW)


def cells_of(page, *, table):
    body = page.partition(f'aria-label="{table}"')[2].partition("<tbody")[2].partition("</tbody>")[0]
    return re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", body)


def test_from_upload_to_undo(page):
    response = upload(page, whole())

    record = MPListImport.objects.get()
    assert response.status_code == 302
    assert response.url == reverse("instance:import_preview", args=[record.pk])
    assert (record.state, record.list_date, record.created_by.name) == (
        ImportState.PREVIEWED,
        date(2025, 1, 1),
        "Ada Min",
    )
    assert MP.objects.count() == 0
    shown = page.get(response.url).content.decode()
    assert f"<dt>New</dt><dd>{SEATS}</dd>" in shown
    assert "CSV, UTF-8, columns separated by commas" in shown
    assert "from the file&#x27;s name" in shown
    assert f"Show all {SEATS} new MPs" in shown

    response = page.post(reverse("instance:import_apply", args=[record.pk]), follow=True)

    assert MP.objects.count() == SEATS
    said = (
        f"The list has been applied. {SEATS} rows: {SEATS} new, 0 changed, 0 ended, 0 unchanged, 0 refused."
    )
    assert said in response.content.decode()
    assert "Undo this import" in response.content.decode()

    undo = reverse("instance:import_undo", args=[record.pk])
    assert f"{SEATS} new MPs are taken out again" in page.get(undo).content.decode()
    response = page.post(undo, follow=True)

    assert MP.objects.count() == 0
    assert response.redirect_chain == [(LIST, 302)]
    assert "Undone" in response.content.decode()


def test_a_preview_shows_old_and_new_ended_and_refused(page):
    applied(whole())
    rows = changed_rows(
        whole(),
        **{
            CODES[0]: {"Member ID": "5447", "MP": "Bea Novak", "Party": "Green"},
            CODES[1]: {"Party": "Your Party"},
            CODES[2]: {"Member ID": "no"},
        },
    )

    response = page.get(upload(page, rows).url)

    shown = response.content.decode()
    ended = f"Ada {letters(0)}son", seat_name(CODES[0]), "31 December 2024", "Not given"
    assert cells_of(shown, table="MPs ended") == [*ended]
    assert "Party: Conservative → <strong>Your Party</strong>" in shown
    assert "Bea Novak" in shown
    assert "“no” is not a Parliament id" in shown
    assert "Apply without the refused row" in shown
    assert response.context["report"]["refused"] == [{"row": 4, "reason": "“no” is not a Parliament id"}]


def test_a_preview_says_how_somebody_ended_and_who_never_held_the_seat():
    ended = [
        {"name": "Ada", "seat": "Vale", "on": "31 January 2026", "how": "by resignation"},
        {"name": "Bea", "seat": "Fell", "on": "", "how": ""},
    ]

    shown = render_to_string("contacts/_import_ended.html", {"report": {"ended_mps": ended}})

    rows = ["Ada", "Vale", "31 January 2026", "By resignation", "Bea", "Fell", "Taken back", "Not given"]
    assert cells_of(shown, table="MPs ended") == rows


def test_refused_rows_need_a_choice(page):
    record = MPListImport.objects.get(
        pk=upload(page, changed_rows(whole(), **{CODES[2]: {"Member ID": "no"}})).url.split("/")[-2]
    )
    apply_url = reverse("instance:import_apply", args=[record.pk])

    response = page.post(apply_url)

    assert response.status_code == 422
    assert "Error: " in response.content.decode()
    assert "rows are refused" in response.content.decode()
    assert MP.objects.count() == 0

    assert page.post(apply_url, {"skip_refused": "yes"}).status_code == 302
    assert MP.objects.count() == SEATS - 1


def test_a_list_refused_as_a_whole_says_why_and_keeps_the_rest_of_the_form(page):
    response = upload(page, whole()[:54], on="2025-02-03")

    shown = response.content.decode()
    assert response.status_code == 422
    assert f"54 of the {SEATS} seats" in shown
    assert 'value="2025-02-03"' in shown
    assert "Error: Import a list of MPs" in shown
    assert (
        shown.count("Choose the file again: a browser does not keep it.") == 2
    )  # in the summary and beside it
    assert not MPListImport.objects.exists()

    assert upload(page, whole()[:54], on="2025-02-03", is_partial="on").status_code == 302
    assert MPListImport.objects.get().is_partial


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"\x89PNG\r\n\x1a\n", "list.csv", "PNG picture"),
        (b"   ", "list.csv", "empty"),
        (b"x" * (10 * 1024 * 1024 + 1), "list.csv", "this seems to be something else"),
    ],
)
def test_what_is_no_list_is_refused(page, content, name, says):
    response = upload(page, content, name)

    assert response.status_code == 422
    assert says in response.content.decode()


def test_nothing_chosen_is_asked_for_again(page):
    response = page.post(UPLOAD, {"on": "tomorrow"})

    assert response.status_code == 422
    assert "Choose the file with the list." in response.content.decode()
    assert "Enter the day the list is for as a date" in response.content.decode()


def test_a_day_to_come_is_a_mistake_in_the_day_or_in_the_files_name(page):
    said = upload(page, whole(), on="1/1/2099").context["form"].errors
    named = upload(page, whole(), name="mps-2099-01-01.csv").context["form"].errors

    assert said["on"] == ["The day the list is for cannot be in the future."]
    assert "1 January 2099 (from the file's name)" in named["file"][0]
    assert not MPListImport.objects.exists()


def test_a_mistake_elsewhere_asks_for_the_file_again(page):
    shown = upload(page, whole(), on="tomorrow").content.decode()

    assert "Enter the day the list is for as a date" in shown
    assert "Choose the file again: a browser does not keep it." in shown
    assert "Choose the file with the list." not in shown


def test_names_without_codes_say_what_can_be_done_here_and_by_whom(page):
    rows = [{"MP": f"Person {letters(n)}", "PCON24NM": seat_name(code)} for n, code in enumerate(CODES)]

    error = upload(page, rows).context["form"].errors["file"][0]

    assert error.startswith("The list names constituencies without their codes")
    assert "Import a list that has a column of ONS codes, or ask whoever looks after the server" in error


def test_a_refusal_of_the_whole_names_the_first_row_last():
    error = ListRefused("The list is of another Parliament.", row=2)

    assert error.in_words == "The list is of another Parliament. Row 2 is the first."
    assert ListRefused("The file is empty.").in_words == "The file is empty."


def test_a_preview_is_discarded_and_nothing_changes(page):
    preview = preview_of(whole())
    shown = page.get(reverse("instance:import_preview", args=[preview.pk])).content.decode()
    discard = reverse("instance:import_discard", args=[preview.pk])

    response = page.post(discard, follow=True)

    assert f'action="{discard}"' in shown
    assert response.redirect_chain == [(LIST, 302)]
    assert "list.csv has been discarded. Nothing was changed." in response.content.decode()
    assert not MPListImport.objects.exists()
    assert MP.objects.count() == 0


def test_what_has_been_applied_is_not_discarded(page):
    record = applied(whole())
    discard = reverse("instance:import_discard", args=[record.pk])

    response = page.post(discard, follow=True)

    assert "This list was applied already." in response.content.decode()
    assert discard not in response.content.decode()
    assert MPListImport.objects.get() == record


def test_what_has_changed_since_the_preview_must_be_looked_at_again(page):
    applied(whole())
    preview = preview_of(changed_rows(whole(), **{CODES[1]: {"Party": "Your Party"}}), date(2025, 3, 1))
    applied(changed_rows(whole(), **{CODES[1]: {"Party": "Green"}}), date(2025, 2, 1))
    apply_url = reverse("instance:import_apply", args=[preview.pk])

    response = page.post(apply_url)

    assert response.status_code == 422
    assert "not what was shown" in response.content.decode()
    assert "Green Party → <strong>Your Party</strong>" in response.content.decode()

    assert page.post(apply_url).status_code == 302
    assert MPListImport.objects.get(pk=preview.pk).state == ImportState.APPLIED


def test_a_contradiction_met_while_writing_leaves_nothing_half_written(page):
    """Newcomer, name and holding are written before the party, which another spell does not leave room for."""
    applied(whole())
    mps_party = PartySpell.objects.filter(mp__parliament_id=1002)
    mps_party.update(ended_on=date(2025, 3, 1))
    changes = {FIRST: NEWCOMER | {"Start date": ""}, SECOND: {"MP": "Ada Novak-AabAabson"}}
    preview = preview_of(changed_rows(whole(), **changes))
    before = facts()

    response = page.post(reverse("instance:import_apply", args=[preview.pk]))

    assert response.status_code == 422
    said = "The list contradicts what is recorded here: “Ada AacAacson for Liberal Democrat from 4 July 2024”"
    assert said in response.content.decode()
    assert facts() == before
    preview.refresh_from_db()
    assert (preview.state, preview.effects) == (ImportState.PREVIEWED, {})
    assert not MPNews.objects.exists()


def test_applying_twice_applies_once(page):
    preview = preview_of(whole())
    apply_url = reverse("instance:import_apply", args=[preview.pk])

    page.post(apply_url)
    response = page.post(apply_url, follow=True)

    assert "This list was applied already." in response.content.decode()
    assert MP.objects.count() == SEATS


def test_an_import_that_others_rely_on_says_so_instead_of_undo(page, authority):
    record = applied(whole())
    CouncilLeadFactory(authority=authority, mp=MP.objects.first())
    undo = reverse("instance:import_undo", args=[record.pk])

    assert "1 council lead" in page.get(reverse("instance:import_preview", args=[record.pk])).content.decode()
    assert "1 council lead" in page.get(undo).content.decode()
    response = page.post(undo)

    assert response.status_code == 422
    assert MP.objects.count() == SEATS


def test_the_list_of_imports_costs_the_same_for_1_and_30(page, django_assert_num_queries):
    def look(count):
        while MPListImport.objects.count() < count:
            MPListImport.objects.create(file_name="a.csv", list_date=NOW.date(), created_at=NOW)
        with django_assert_num_queries(6):
            return page.get(LIST)

    look(1)
    assert len(look(30).context["page_obj"]) == 25


def test_before_the_first_import_the_page_says_what_to_do(page):
    assert "No list has been imported yet." in page.get(LIST).content.decode()


@pytest.mark.parametrize("url", [LIST, UPLOAD])
def test_only_instance_admins_come_in(client, officer, url):
    client.force_login(officer.user)

    assert client.get(url).status_code == 403


def test_names_from_files_are_never_markup(page):
    rows = changed_rows(whole(), **{CODES[0]: {"PCON24NM": "<script>alert(1)</script>"}})

    shown = page.get(upload(page, rows).url).content.decode()

    assert "<script>alert" not in shown
    assert seat_name(CODES[1]) in shown


def test_text_that_no_database_keeps_is_a_refused_row(page):
    """JSON can spell NUL and half of a character; neither is in anybody's name."""
    rows = changed_rows(whole(), **{CODES[1]: {"MP": "Ada\x00 Ab\ud800le", "Party": "\udfff"}})

    response = upload(page, json.dumps(rows).encode(), name="list.json", on="2025-01-01")

    assert response.status_code == 302
    assert page.get(response.url).status_code == 200
    assert len(MPListImport.objects.get().report["refused"]) == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_apply_at_once_one_waits_and_then_sees_that_the_facts_have_changed():
    first, second = preview_of(whole()), preview_of(whole())
    outcomes = []
    ready = threading.Barrier(2)

    def apply(preview):
        ready.wait()
        try:
            apply_preview(preview=preview, skip_refused=False, now=NOW)
            outcomes.append("applied")
        except (OutcomeChanged, NotApplicable) as error:
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=apply, args=[preview]) for preview in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["OutcomeChanged", "applied"]
    assert MP.objects.count() == SEATS
