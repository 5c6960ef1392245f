"""The export of everything held about one MP: all of it, nothing of others, logged, and safe to open."""

import io
import json
import zipfile
from datetime import date, timedelta
from html.parser import HTMLParser

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from contacts.deciding import decide_match
from contacts.models import BackgroundEntry, MatchState, MPExport, Post, PostKind
from contacts.news import News, record_news
from contacts.notes import add_note, correct_note, remove_note
from enquiries.models import AuthorityShown, Constituent
from enquiries.services import carry_over
from notifications.models import Notification, ToDo
from overview.mp_export.archive import MayNotSeeText, archive, make_export
from overview.mp_export.held import OURS, PARLIAMENTS
from tests.access_world import OWN_MARK, build_world, canary, words_of
from tests.factories import (
    NOW,
    TODAY,
    AuthorityFactory,
    BackgroundEntryFactory,
    CardSentFactory,
    ContactCardFactory,
    EngagementPlanFactory,
    EnquiryFactory,
    MembershipFactory,
    MPFactory,
    NotificationFactory,
    PlacementFactory,
    PostFactory,
    PriorityFactory,
    ToDoFactory,
    TouchpointFactory,
)

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)
MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}"


@pytest.fixture
def mp(authority):
    return MPFactory(authority=authority, name="Ms Rowan Vale", parliament_id=900_777)


def address(authority, mp):
    return reverse("overview:mp_export", args=[authority.slug, mp.pk])


def asked(**changes):
    return {"law": "subject-access", "asked_on": "2026-03-02", **changes}


def exported(by, mp, *, has_text=False):
    """The files of an export: the page's words, the data."""
    export = make_export(
        by=by,
        mp=mp,
        law="subject-access",
        asked_on=TODAY,
        has_text=has_text,
        reason="Asked for one enquiry." if has_text else "",
        now=NOW,
    )
    with zipfile.ZipFile(io.BytesIO(b"".join(archive(export)))) as zipped:
        assert zipped.testzip() is None
        return zipped.read("index.html").decode(), zipped.read("data.json").decode()


def section(data, title):
    [found] = [each for each in json.loads(data)["held_by_us"] if each["title"] == title]
    return found


def written(by, mp, **changes):
    """A background entry, as an officer writes it down at NOW."""
    said = {"about": "local-government", "kind": "fact", "source": "A register", "source_on": TODAY}
    return add_note(by=by, note=BackgroundEntry(mp=mp), changes=said | changes, now=NOW)


# --- What is in it --------------------------------------------------------------------


def test_every_word_written_about_the_mp_is_in_it_and_none_of_another_authority():
    """Canaries stand in every text of two authorities' rows of every model."""
    world = build_world()
    own, mp = world.own, world.own.rows["mp"]

    page, data = exported(own.members[Role.POLITICAL_AFFAIRS], mp)

    wanted = {
        canary(OWN_MARK, held.model, each.name)
        for held in OURS
        if not held.only_with_text and held.model not in (ToDo, Notification)  # see below
        for each in words_of(held.model)
        if (each.name in held.fields if held.fields else True) and each.name != "reference"
    }
    assert len(wanted) >= 30
    assert {word for word in wanted if word not in data} == set()
    assert "zqsouth" not in page + data
    assert own.rows["enquiry"].reference in page


def test_to_dos_about_the_mp_are_in_it(political_affairs, authority, mp):
    ToDoFactory(authority=authority, subject=f"mp:{mp.pk}", title="Write to the new MP")
    ToDoFactory(authority=authority, subject=f"mp:{mp.pk}0", title="Write to another")

    page, data = exported(political_affairs, mp)

    assert "Write to the new MP" in page
    assert "Write to another" not in page + data


def test_what_was_decided_of_a_post_that_has_gone_is_in_it(officer, political_affairs, authority, mp):
    priority = PriorityFactory(authority=authority, name="Roads")
    post = PostFactory(mp=mp, title="Minister for Transport")
    decide_match(by=officer, priority=priority, post=post, state=MatchState.DISMISSED, now=NOW)
    post.delete()

    _, data = exported(political_affairs, mp)

    matches = section(data, "Posts and our priorities")
    assert [(row["post_title"], row["state"]) for row in matches["rows"]] == [
        ("Minister for Transport", "dismissed")
    ]
    assert [change["by"] for change in matches["changes"]] == [officer.user.name]


def test_what_news_asked_for_is_the_mps_it_is_about(political_affairs, authority, mp):
    """Also where one MP has for a number here what another has at Parliament."""
    namesake = MPFactory(authority=authority, pk=mp.parliament_id, name="Mr Hal Ford")
    record_news([News("whip-lost", "lost the Fictional whip", TODAY, mp=mp)], source="a list", now=NOW)

    page, data = exported(political_affairs, mp)
    page_of_namesake, _ = exported(political_affairs, namesake)

    [to_do] = section(data, "To-dos")["rows"]
    assert to_do["title"] == "Look again at the plan for Ms Rowan Vale, now without a whip"
    assert "Ms Rowan Vale" not in page_of_namesake
    assert "parliament:" not in page + data


def test_each_record_says_what_it_is_who_wrote_it_and_when(officer, political_affairs, authority, mp):
    note = written(officer, mp, text="Councillor")
    correct_note(by=officer, note=note, version=1, changes={"text": "Cabinet member"}, now=LATER)
    PlacementFactory(authority=authority, mp=mp, reason="Speaks for us")
    touchpoint = TouchpointFactory(authority=authority, mp=mp, summary="Said in confidence")
    touchpoint.our_people.add(officer)

    page, data = exported(political_affairs, mp)

    background = section(data, "Background")
    assert [(row["mark"], row["text"]) for row in background["rows"]] == [("Fact", "Cabinet member")]
    assert [change["fields"].get("text") for change in background["changes"]] == [
        "Councillor",
        "Cabinet member",
    ]
    assert background["changes"][1]["by"] == officer.user.name
    in_words = " ".join(page.split("<h3>Background (1)</h3>")[1].split("</section>")[0].split())
    assert '<p><strong class="mark">Fact</strong></p>' in in_words
    assert background["changes"][1]["fields"] == {"text": "Cabinet member"}
    assert [row["mark"] for row in section(data, "Places on the stakeholder map")["rows"]] == ["Opinion"]
    assert section(data, "Touchpoints")["rows"][0]["our_people"] == [officer.user.name]
    assert "Said in confidence" in page
    assert "Changed: what is known: Cabinet member" in page


def test_what_was_removed_is_in_its_history(officer, political_affairs, mp):
    note = written(officer, mp, text="Never should have been written")
    remove_note(by=officer, note=note, now=LATER)

    _, data = exported(political_affairs, mp)

    background = section(data, "Background")
    assert background["rows"] == []
    assert [change["how"] for change in background["changes"]] == ["Written", "Removed"]
    assert background["changes"][1]["fields"]["text"] == "Never should have been written"


def test_parliaments_facts_stand_apart(political_affairs, authority, mp):
    Post.objects.create(
        mp=mp, kind=PostKind.GOVERNMENT, title="Minister for Paper", source="a list", seen_on=TODAY
    )

    page, data = exported(political_affairs, mp)

    ours, parliaments = page.split('<h2 id="parliament">')
    assert "Minister for Paper" in parliaments
    assert "Minister for Paper" not in ours
    seats = next(each for each in json.loads(data)["parliament"] if each["title"] == "Seats")
    assert [row["constituency"] for row in seats["rows"]] == [str(mp.holdings.get().constituency)]


def test_another_mp_is_not_in_it(political_affairs, authority, mp):
    BackgroundEntryFactory(authority=authority, text="Of another MP")

    page, data = exported(political_affairs, mp)

    assert "Of another MP" not in page + data


@pytest.mark.parametrize("has_text", [False, True])
def test_enquiries_show_their_text_only_on_request_and_never_the_constituent(
    political_affairs, authority, mp, has_text
):
    enquiry = EnquiryFactory(
        authority=authority,
        mp=mp,
        reference="NM-2026-00007",
        subject="Potholes",
        question="When, in Mill Lane?",
    )
    Constituent.objects.create(authority=authority, enquiry=enquiry, name="Canary Constituent")

    page, data = exported(political_affairs, mp, has_text=has_text)

    [row] = section(data, "Enquiries")["rows"]
    assert (row["reference"], row["received_on"], row["status"]) == ("NM-2026-00007", "2026-03-02", "open")
    assert "subject" not in row
    assert ("Potholes" in page, "When, in Mill Lane?" in data) == (has_text, has_text)
    assert ("Their text is left out." in page) == (not has_text)
    assert "Canary Constituent" not in page + data


@pytest.mark.parametrize("whose", ["former", "successor"])
def test_an_enquiry_carried_over_is_in_both_exports(officer, political_affairs, authority, mp, whose):
    successor = MPFactory(authority=authority, name="Mr Ben Oakley")
    enquiry = EnquiryFactory(authority=authority, mp=mp, reference="NM-2026-00007", question="In Mill Lane?")
    EnquiryFactory(authority=authority, mp=MPFactory(authority=authority), reference="NM-2026-00008")
    carry_over(
        enquiry=enquiry,
        to_mp=successor,
        authority_seen_on=TODAY,
        authority_shown=AuthorityShown.FORM,
        by=officer,
        now=LATER,
    )

    about = {"former": mp, "successor": successor}[whose]
    _, data = exported(political_affairs, about)
    _, with_text = exported(political_affairs, about, has_text=True)

    assert [row["reference"] for row in section(data, "Enquiries")["rows"]] == ["NM-2026-00007"]
    [carried] = section(data, "Enquiries carried over")["rows"]
    assert (carried["enquiry"], carried["from_mp"], carried["to_mp"]) == (
        "NM-2026-00007",
        "Ms Rowan Vale",
        "Mr Ben Oakley",
    )
    assert (carried["authority_seen_on"], carried["recorded_by"]) == ("2026-03-02", str(officer))
    assert [row["question"] for row in section(with_text, "What was asked")["rows"]] == ["In Mill Lane?"]
    assert len(section(with_text, "Work on enquiries")["rows"]) == 1


def test_the_email_that_took_the_card_is_in_it(officer, political_affairs, authority, mp):
    card = ContactCardFactory(authority=authority)
    for each, words in ((mp, "Dear Rowan"), (MPFactory(authority=authority), "Dear Hal")):
        email = NotificationFactory(
            authority=authority, recipient=None, address="office@example.org", body=words, path=""
        )
        CardSentFactory(authority=authority, mp=each, card=card, way="e-mail", email=email)

    page, data = exported(political_affairs, mp)

    [row] = section(data, "E-mails with our contact card")["rows"]
    assert (row["address"], row["body"]) == ("office@example.org", "Dear Rowan")
    assert "Dear Hal" not in page + data
    assert "all other e-mails and letters" in page


class Tags(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.found = set()
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.add(tag)


def test_hostile_words_are_words(political_affairs, authority, mp):
    BackgroundEntryFactory(authority=authority, mp=mp, text=MARKUP, source_url="javascript:alert(1)")
    EngagementPlanFactory(authority=authority, mp=mp, why=MARKUP)

    page, data = exported(political_affairs, mp)

    assert Tags(page).found & {"script", "img"} == set()
    assert 'href="javascript:' not in page
    assert section(data, "Background")["rows"][0]["text"] == MARKUP
    assert "{{ 7*7 }}" in page


# --- Making it ------------------------------------------------------------------------


def test_the_zip_is_streamed_and_its_making_is_logged(sign_in, political_affairs, authority, mp):
    client = sign_in(political_affairs)

    response = client.post(address(authority, mp), asked())
    body = b"".join(response)

    export = MPExport.objects.get()
    page = client.get(address(authority, mp)).content.decode()
    today = timezone.localdate()
    assert response.streaming
    assert response["Content-Type"] == "application/zip"
    assert response["Content-Disposition"] == f'attachment; filename="mp-900777-{today:%Y-%m-%d}.zip"'
    assert zipfile.ZipFile(io.BytesIO(body)).namelist() == ["index.html", "style.css", "data.json"]
    assert (export.made_by, export.law, export.has_text) == (political_affairs, "subject-access", False)
    assert "Subject access request, came 2 March 2026" in page
    assert ">Without</td>" in page


@pytest.mark.parametrize(
    ("law", "asked_on", "due_on"),
    [
        ("subject-access", date(2026, 1, 31), date(2026, 3, 2)),  # 28 February is a Saturday
        ("subject-access", date(2026, 3, 2), date(2026, 4, 2)),
        ("foi", date(2026, 3, 2), date(2026, 3, 31)),  # not on 17 March, a holiday in Northern Ireland
    ],
)
def test_the_law_says_when_it_is_due(political_affairs, mp, law, asked_on, due_on):
    export = make_export(
        by=political_affairs, mp=mp, law=law, asked_on=asked_on, has_text=False, reason="", now=NOW
    )

    assert export.due_on == due_on


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"law": ""}, "Choose which request it answers."),
        ({"asked_on": ""}, "Enter the day the request came."),
        ({"asked_on": "2999-01-01"}, "Enter today’s date or an earlier one."),
        ({"has_text": "on"}, "Say why the enquiries’ text is needed."),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_made(
    sign_in, political_affairs, authority, mp, changes, says
):
    response = sign_in(political_affairs).post(address(authority, mp), asked(**changes))

    assert response.status_code == 422
    assert says in response.content.decode()
    assert not MPExport.objects.exists()


def test_who_may_not_read_enquiries_gets_no_text(executive, mp):
    with pytest.raises(MayNotSeeText):
        exported(executive, mp, has_text=True)
    assert not MPExport.objects.exists()


def test_the_database_wants_a_reason_for_the_text(political_affairs, authority, mp):
    with pytest.raises(IntegrityError, match="enquiries_text"), transaction.atomic():
        MPExport.objects.create(
            authority=authority,
            mp=mp,
            law="foi",
            asked_on=TODAY,
            due_on=TODAY + timedelta(days=28),
            has_text=True,
            made_at=NOW,
            made_by=political_affairs,
        )


@pytest.mark.parametrize("role", [Role.OFFICER, Role.EXECUTIVE, Role.SERVICE_CONTACT, Role.ADMIN])
def test_only_political_affairs_makes_it(sign_in, authority, mp, role):
    client = sign_in(MembershipFactory(authority=authority, role=role))

    assert client.get(address(authority, mp)).status_code == 403
    assert client.post(address(authority, mp), asked()).status_code == 403
    assert not MPExport.objects.exists()


def test_another_authority_sees_neither_rows_nor_log(sign_in, political_affairs, authority, mp):
    BackgroundEntryFactory(authority=authority, mp=mp, text="Known to us")
    exported(political_affairs, mp)
    other = MembershipFactory(authority=AuthorityFactory(), role=Role.POLITICAL_AFFAIRS)

    page, data = exported(other, mp)
    log = sign_in(other).get(address(other.authority, mp)).content.decode()

    assert "Known to us" not in page + data
    assert log.count("Subject access request, came") == 1


def test_it_costs_the_same_for_1_and_10(political_affairs, authority, mp, django_assert_num_queries):
    def fill():
        BackgroundEntryFactory(authority=authority, mp=mp)
        touchpoint = TouchpointFactory(authority=authority, mp=mp)
        touchpoint.our_people.add(MembershipFactory(authority=authority))
        EnquiryFactory(authority=authority, mp=mp)
        PlacementFactory(authority=authority, mp=mp)

    # One for each kind of rows and for its history; two for colleagues at touchpoints; two to count and log.
    kinds = [held.model for held in (*OURS, *PARLIAMENTS)]
    cost = len(kinds) + sum(hasattr(model, "history") for model in kinds) + 2 + 2
    fill()
    with django_assert_num_queries(cost):
        exported(political_affairs, mp, has_text=True)

    for _ in range(9):
        fill()
    with django_assert_num_queries(cost):
        exported(political_affairs, mp, has_text=True)
