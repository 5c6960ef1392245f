"""What scripts rely on: `import_mps` reports as JSON and by its exit status, whatever happens."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from contacts.models import MP, MPListImport
from tests.contacts.lists import ENGLISH, FIRST, SEATS, as_csv, changed_rows, counts, run, whole

pytestmark = pytest.mark.django_db

NOTHING = {"rows": 0, "new": 0, "changed": 0, "ended": 0, "unchanged": 0, "applied": False}


@pytest.mark.parametrize(
    ("name", "says"),
    [("nowhere.csv", "No such file or directory"), ("folder", "Is a directory"), ("a\0b.csv", "null byte")],
)
def test_a_file_that_cannot_be_read_is_reported_too(tmp_path, name, says):
    (tmp_path / "folder").mkdir()
    path = tmp_path / name

    status, report = run("import_mps", path)

    reason = report["refused"][0]["reason"]
    assert status == 1
    assert report == {**NOTHING, "refused": [{"row": 0, "reason": reason}]}
    assert "cannot be read" in reason
    assert says in reason


@pytest.mark.parametrize(
    "command", ["import_constituencies", "import_councils", "import_overlaps", "import_posts"]
)
def test_so_do_its_relatives(tmp_path, command, capsys):
    status, report = run(command, tmp_path / "nowhere.csv")

    assert (status, report["applied"]) == (1, False)
    assert [refused["row"] for refused in report["refused"]] == [0]
    assert "nowhere.csv cannot be read: No such file" in report["refused"][0]["reason"]

    with pytest.raises(CommandError):
        call_command(command, tmp_path / "nowhere.csv")

    assert capsys.readouterr().out.startswith(f"Refused. The whole file: {tmp_path}")


def test_a_dry_run_of_what_cannot_be_read_has_failed_too(tmp_path):
    assert run("import_posts", tmp_path / "nowhere.csv", "--dry-run")[0] == 1


def test_in_words_a_file_that_cannot_be_read_is_named_once(tmp_path, capsys):
    path = tmp_path / "nowhere.csv"

    with pytest.raises(CommandError, match=r"nowhere\.csv cannot be read: No such file") as error:
        call_command("import_mps", path)

    assert error.value.returncode == 1
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("on", ["2024-07-10", "10/7/2024", "10 July 2024", "2024-07-10T00:00:00"])
def test_a_day_may_be_written_as_people_do(importer, on):
    assert importer(whole(), on)[0] == 0
    assert str(MPListImport.objects.get().list_date) == "2024-07-10"


@pytest.mark.parametrize("on", ["31/13/2024", "10-7", "tomorrow", "2024-02-30", ""])
def test_a_day_that_is_none_is_refused_in_plain_words(importer, on):
    status, report = importer(whole(), on)

    reason = f"“{on}” is not a date. Write the day the list is for as 2026-04-03 or 3/4/2026."
    assert (status, report) == (1, {**NOTHING, "refused": [{"row": 0, "reason": reason}]})
    assert MP.objects.count() == 0


def test_the_status_of_a_dry_run_tells_refused_rows_from_a_refused_list(importer):
    some = importer(changed_rows(whole(), **{FIRST: {"Member ID": "no"}}), "2024-07-10", "--dry-run")
    all_of_it = importer(whole()[:ENGLISH], "2024-07-10", "--dry-run")

    assert (some[0], counts(some[1])) == (0, (SEATS - 1, 0, 0, 0, 1))
    assert (all_of_it[0], counts(all_of_it[1])) == (1, (0, 0, 0, 0, 1))


def test_in_words_it_says_how_it_read_the_file(importer, capsys):
    path = importer.folder / "list-2024-07-10.csv"
    path.write_bytes(as_csv([{**row, "Shoe size": "40", "Ha\x1bt": "58"} for row in whole()]))

    call_command("import_mps", path, "--dry-run")

    assert capsys.readouterr().out.startswith(
        "Read as CSV, UTF-8, columns separated by commas; for 10 July 2024 (from the file's name).\n"
        "Columns: seat code “PCON24CD”, seat name “PCON24NM”, name “MP”, party “Party”, start date "
        "“Start date”, Parliament id “Member ID”. Not used: “Shoe size”, “Ha·t”.\n"
    )


def test_in_words_a_list_refused_as_a_whole_says_so(importer, capsys):
    path = importer.folder / "list-2024-07-10.csv"
    path.write_bytes(as_csv(whole()[:40]))

    with pytest.raises(CommandError, match="The list is refused"):
        call_command("import_mps", path)

    assert f"Refused. The whole file: The list is for 40 of the {SEATS} seats." in capsys.readouterr().out
