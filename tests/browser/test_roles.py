"""What each role does about MPs from day to day, in Chromium: one sign-in each, from page to page by the links
they are led by, to what is recorded; and where a role is led no further. The map, the hand-over and first
records have tests of their own."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.models import Role
from contacts.models import (
    CardSent,
    ChecklistAnswer,
    Constituency,
    CouncilLead,
    MPOffice,
    NewsKind,
    ParliamentSync,
    PlaceFile,
    Placement,
    PortfolioMatch,
    Post,
    PostcodeSeat,
    SeatChoice,
    SeatOverlap,
    SyncState,
    Ward,
)
from engagements.models import Commitment
from enquiries.services import create_default_policies
from tests.browser.conftest import axe_findings, enter
from tests.factories import (
    NOW,
    ChecklistAnswerFactory,
    CommitmentFactory,
    ConstituencyFactory,
    ContactCardFactory,
    MembershipFactory,
    MPFactory,
    MPNewsFactory,
    PartyFactory,
    PlacementFactory,
    PostFactory,
    PriorityFactory,
    UserFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow(seconds=12), pytest.mark.django_db(transaction=True)]

MPS = "/northmoor/mps"
LONG_AGO = "2020-03-02"


@pytest.fixture
def ada(authority):
    """Our MP for Ash Vale since 2024, after Mr Cy Cole; her office's address is known, and she lost the whip."""
    seat = ConstituencyFactory(name="Ash Vale")
    former = MPFactory(name="Mr Cy Cole", seat=seat)
    former.holdings.update(started_on=date(2019, 12, 12), ended_on=date(2024, 5, 30))
    ada = MPFactory(
        authority=authority, name="Ms Ada Fenwick", seat=seat, party=PartyFactory(name="Ash Party")
    )
    MPOffice.objects.create(authority=authority, mp=ada, email="ada@example.org")
    MPNewsFactory(mp=ada, happened_on=date(2026, 3, 2))
    return ada


@pytest.fixture
def ben(authority):
    """Our other MP, for Birch Vale, a minister since May 2026."""
    seat, party = ConstituencyFactory(name="Birch Vale"), PartyFactory(name="Birch Party")
    ben = MPFactory(authority=authority, name="Mr Ben Oakley", seat=seat, party=party, is_fictional=False)
    PostFactory(mp=ben, title="Minister for Ink")
    MPNewsFactory(
        mp=ben, kind=NewsKind.POST_BEGUN, words="became Minister for Ink", happened_on=date(2026, 5, 1)
    )
    return ben


@pytest.fixture
def page_of(page_as, authority):
    return lambda role: page_as(MembershipFactory(authority=authority, role=role, user__name="Olu Reader"))


def look_up(kind: str) -> PlaceFile:
    return PlaceFile.objects.create(
        kind=kind, file_name=f"{kind}.csv", state="applied", created_at=NOW, applied_at=NOW
    )


# --- Steps that several roles take --------------------------------------------------------------------


def named(words: str) -> re.Pattern[str]:
    """A link or button by these words, whatever stands between what is seen and what is said besides."""
    return re.compile(re.sub(r"\W+", r"\\W+", words))


def follow(page: Page, link: str) -> None:
    page.locator("main").get_by_role("link", name=named(link)).first.click()


def press(page: Page, button: str, said: str = "") -> None:
    """Press the page's button; the page that comes says so."""
    page.locator("main").get_by_role("button", name=named(button)).first.click()
    if said:
        expect(page.locator("main").get_by_text(said).first).to_be_visible()


def rows(page: Page) -> Locator:
    """What heads each row of the page's tables."""
    return page.locator("main tbody th")


def pages_about_an_mp(page: Page) -> Locator:
    return page.get_by_role("navigation", name="About this MP").get_by_role("link")


def what_changed_is_filtered(page: Page) -> None:
    changes = page.locator("main tbody td:nth-child(3)")
    page.goto(f"{MPS}/")
    follow(page, "What changed in your seats")
    expect(changes).to_have_text(["Became Minister for Ink", "Lost or gave up the Fictional whip"])

    enter(page, "kind", "Whip lost or given up")
    press(page, "Filter")
    expect(changes).to_have_text(["Lost or gave up the Fictional whip"])


def refused(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your role does not open this page")


# --- Each role ----------------------------------------------------------------------------------------


def test_an_officer_finds_promises_sends_and_takes_back(page_of, authority, ada, ben):
    create_default_policies(authority=authority)
    ContactCardFactory(authority=authority)
    PlacementFactory(authority=authority, mp=ada, reason="Minister for Paper")
    PriorityFactory(authority=authority, name="Better pens", key_words="ink")
    Ward.objects.create(
        file=look_up("wards"),
        code="E05000001",
        name="Quill Street",
        folded="quill street",
        council="Northmoor",
        constituency=Constituency.objects.get(name="Ash Vale"),
    )
    page = page_of(Role.OFFICER)
    an_mp_is_found_by_party_and_by_ward(page)
    what_changed_is_filtered(page)
    what_changed_is_filtered_further(page)
    a_promise_is_written_down_and_kept(page)
    the_card_is_sent(page)
    a_placement_is_withdrawn(page, ada)
    a_match_is_dismissed_and_to_decide_again(page)


def an_mp_is_found_by_party_and_by_ward(page: Page) -> None:
    page.goto(f"{MPS}/")
    expect(rows(page)).to_have_text(["Mr Ben Oakley", "Ms Ada Fenwick"])
    page.get_by_text("Filter", exact=True).click()
    enter(page, "party", "Ash Party")
    press(page, "Apply filters")
    expect(rows(page)).to_have_text(["Ms Ada Fenwick"])

    enter(page, "place", "quill")
    press(page, "Find the MP")
    expect(rows(page)).to_have_text(["Quill Street Northmoor"])
    follow(page, "Log an enquiry from Ms Ada Fenwick")
    expect(page.get_by_role("heading", level=1)).to_have_text("Log an enquiry")


def what_changed_is_filtered_further(page: Page) -> None:
    enter(page, "since", "2026-03-03")
    press(page, "Filter", "No change matches")
    enter(page, "kind", "Everything")
    enter(page, "mp", "Mr Ben Oakley")
    press(page, "Filter")
    expect(page.locator("main tbody td:nth-child(3)")).to_have_text(["Became Minister for Ink"])


def a_promise_is_written_down_and_kept(page: Page) -> None:
    page.goto(f"{MPS}/")
    follow(page, "Ms Ada Fenwick")
    pages_about_an_mp(page).filter(has_text="Asks and commitments").click()
    follow(page, "Record an ask or commitment")
    enter(page, "side", "ours")
    enter(page, "words", "A visit to the depot")
    enter(page, "due_on", timezone.localdate().isoformat())
    press(page, "Save", "It is recorded.")
    expect(page.locator("main h3")).to_contain_text(["Open"])

    follow(page, "Settle or edit")
    enter(page, "outcome", "kept")
    enter(page, "note", "She came")
    press(page, "Save", "It is saved.")
    expect(page.locator("main h3")).to_contain_text(["Kept"])
    made = Commitment.objects.get()
    assert (made.side, made.outcome, made.settled_on) == ("ours", "kept", timezone.localdate())


def the_card_is_sent(page: Page) -> None:
    page.goto(f"{MPS}/")
    follow(page, "Contact card for MPs’ offices")
    follow(page, "Send it to MPs’ offices")
    expect(page.get_by_label("Ms Ada Fenwick")).to_be_checked()
    press(page, "See what would be sent", "To ada@example.org")
    press(page, "Send 1 e-mail", "The contact card is on its way to the office of Ms Ada Fenwick.")
    expect(page.get_by_role("row").filter(has_text="Ms Ada Fenwick")).to_contain_text("Up to date")
    assert CardSent.objects.get().email.address == "ada@example.org"


def a_placement_is_withdrawn(page: Page, ada) -> None:
    page.goto(f"{MPS}/stakeholders/")
    rows(page).get_by_role("link", name="Ms Ada Fenwick").click()
    follow(page, "Withdraw the placement as at 2 March 2026")
    enter(page, "why", "Another MP was meant")
    press(page, "Withdraw it", "The placement is withdrawn.")
    expect(page.locator("main s")).to_contain_text("Minister for Paper")
    assert Placement.objects.get().withdrawn_why == "Another MP was meant"


def a_match_is_dismissed_and_to_decide_again(page: Page) -> None:
    page.goto(f"{MPS}/")
    follow(page, "Which MPs matter for our priorities")
    press(page, "Dismiss: Mr Ben Oakley", "Mr Ben Oakley and “Better pens”: dismissed.")
    page.get_by_text("Dismissed (1)").click()
    assert PortfolioMatch.objects.get().state == "dismissed"
    assert axe_findings(page) == []
    press(page, "Undo: Mr Ben Oakley", "Mr Ben Oakley and “Better pens” is to decide again.")
    expect(page.locator("main tbody tr")).to_contain_text(["To decide"])


def test_political_affairs_name_owners_and_withdraw_an_answer(page_of, authority, ada, ben):
    ChecklistAnswerFactory(authority=authority, mp=ada, text="A councillor once")
    page = page_of(Role.POLITICAL_AFFAIRS)

    page.goto(f"{MPS}/")
    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("Only ours without a relationship owner").check()
    press(page, "Apply filters")
    expect(page.get_by_text("Nobody yet")).to_have_count(2)
    follow(page, "MPs without an owner, now or soon")
    page.get_by_label("Ms Ada Fenwick").check()
    page.get_by_label("Mr Ben Oakley").check()
    enter(page, "name", "Cllr Lee")
    press(page, "Name the owner", "Cllr Lee is relationship owner of 2 MPs.")
    expect(page.get_by_text("None of your MPs is without an owner")).to_be_visible()
    assert set(CouncilLead.objects.values_list("mp", "name")) == {(ada.pk, "Cllr Lee"), (ben.pk, "Cllr Lee")}

    what_changed_is_filtered(page)

    page.goto(f"{MPS}/{ada.pk}/checklist/")
    follow(page, "Withdraw the answer")
    enter(page, "why", "That was her sister")
    press(page, "Withdraw it", "The answer is withdrawn.")
    page.get_by_text("Before (1)").click()
    expect(page.locator("main s")).to_have_text("A councillor once")
    assert axe_findings(page) == []
    assert ChecklistAnswer.objects.get().withdrawn_why == "That was her sister"


def test_a_service_contact_looks_up_who_covers_a_place_and_reads(page_of, authority, ada, ben):
    ContactCardFactory(authority=authority)
    PriorityFactory(authority=authority, name="Better pens", key_words="ink")
    seat = Constituency.objects.get(name="Ash Vale")
    PostcodeSeat.objects.create(file=look_up("postcodes"), postcode="ZZ11AA", constituency=seat)
    page = page_of(Role.SERVICE_CONTACT)

    page.goto(f"{MPS}/")
    enter(page, "place", "zz1 1aa")
    press(page, "Find the MP")
    expect(page.locator("main tbody tr > *")).to_have_text(["ZZ1 1AA", "Ash Vale", "Ms Ada Fenwick"])
    assert page.url.endswith(f"{MPS}/find/")
    assert axe_findings(page) == []
    follow(page, "Ms Ada Fenwick")
    expect(pages_about_an_mp(page)).to_have_text(
        ["Summary", "What changed", "Office", "Who leads", "Priorities"]
    )

    page.goto(f"{MPS}/")
    page.get_by_text("Whose e-mail address is this?").click()
    enter(page, "address", "ADA@example.org")
    press(page, "Find the office")
    expect(page.get_by_role("heading", level=1)).to_have_text("Office of Ms Ada Fenwick")
    assert page.locator("main a[href$='/edit/']").count() == 0

    what_changed_is_filtered(page)

    page.goto(f"{MPS}/matches/")
    expect(page.locator("main tbody tr")).to_contain_text(["To decide"])
    assert page.locator("main form[method=post]").count() == 0
    page.goto(f"{MPS}/card/")
    expect(rows(page).first).to_have_text("All enquiries")
    assert page.locator("main a[href$='/send/']").count() == 0
    refused(page, f"/northmoor/engagement/mps/{ada.pk}/commitments/")


def test_an_executive_answers_the_checklist_and_reads_the_rest(page_of, authority, ada, ben):
    PlacementFactory(authority=authority, mp=ada)
    CommitmentFactory(authority=authority, mp=ada, words="A visit to the depot")
    page = page_of(Role.EXECUTIVE)

    page.goto(f"{MPS}/")
    page.get_by_text("Filter", exact=True).click()
    enter(page, "on", LONG_AGO)
    press(page, "Apply filters")
    expect(rows(page)).to_have_text(["Mr Cy Cole"])
    expect(page.get_by_role("status")).to_contain_text("1 MP who sat on 2 March 2020")
    assert axe_findings(page) == []
    what_changed_is_filtered(page)

    page.goto(f"{MPS}/")
    follow(page, "Chief executive’s checklists")
    rows(page).get_by_role("link", name="Ms Ada Fenwick").click()
    follow(page, "Answer: Risks")
    enter(page, "text", "None known")
    enter(page, "kind", "opinion")
    press(page, "Save the answer", "Risks: the answer is saved")
    follow(page, "Withdraw the answer: Risks")
    enter(page, "why", "Too soon to say")
    press(page, "Withdraw it", "The answer is withdrawn.")
    answer = ChecklistAnswer.objects.get()
    assert (answer.text, answer.kind, str(answer.answered_by)) == ("None known", "opinion", "Olu Reader")
    assert answer.withdrawn_why == "Too soon to say"

    pages_about_an_mp(page).filter(has_text="Asks and commitments").click()
    expect(page.get_by_text("A visit to the depot")).to_be_visible()
    assert page.locator("main").get_by_role("link").count() == 0
    page.goto(f"{MPS}/stakeholders/")
    enter(page, "on", "2026-03-01")
    press(page, "Show the map of this day", "As at 1 March 2026.")
    expect(page.get_by_text("Nobody is placed yet")).to_be_visible()
    refused(page, f"{MPS}/{ada.pk}/place/")


def test_an_admin_hides_slivers_imports_posts_and_allows_a_sync(page_as, authority, ada, ben):
    SeatOverlap.objects.filter(constituency__name="Birch Vale").update(share="0.4")
    person = UserFactory(is_instance_admin=True, name="Ivo Min")
    stopped = ParliamentSync.objects.create(
        on=NOW.date(), state=SyncState.STOPPED, started_at=NOW, next_try_at=NOW, finished_at=NOW,
        reason="Parliament lists 641 MPs, 9 fewer.", report={"gone": 9},
    )  # fmt: skip
    page = page_as(MembershipFactory(authority=authority, user=person, role=Role.ADMIN))

    slivers_are_hidden_and_shown_again(page)
    what_changed_is_filtered(page)
    posts_are_imported(page, ben)
    a_sync_is_allowed(page, stopped)
    assert ParliamentSync.objects.get(state=SyncState.RUNNING).asked_by == person
    page.goto(f"{MPS}/{ada.pk}/")
    expect(pages_about_an_mp(page)).to_have_text(["Summary", "What changed", "Who leads", "Priorities"])
    refused(page, f"{MPS}/{ada.pk}/background/")


def slivers_are_hidden_and_shown_again(page: Page) -> None:
    page.goto("/northmoor/settings/")
    follow(page, "Seats in our area")
    birch = page.get_by_role("row").filter(has_text="Birch Vale")
    expect(birch).to_contain_text("Sliver")
    enter(page, "sliver_below", "0.3")
    press(page, "Change the threshold", "Seats with less than 0.3% of their people in your area are slivers.")
    expect(page.get_by_text("None of the seats that count as yours is.")).to_be_visible()
    enter(page, "sliver_below", "0.5")
    press(page, "Change the threshold", "A seat with less than 0.5% of its people in your area is a sliver.")

    press(page, "Hide the sliver", "1 seat is hidden: Birch Vale.")
    expect(birch).to_contain_text("Hidden")
    assert axe_findings(page) == []
    assert SeatChoice.objects.get().is_hidden
    press(page, "Undo: show 1 again", "1 seat is shown again: Birch Vale.")
    assert not SeatChoice.objects.filter(is_hidden=True).exists()


def posts_are_imported(page: Page, ben) -> None:
    day = timezone.localdate() - timedelta(days=9)
    posts = (
        "parliament_member_id,person_name,house,post_display_name,rank_equivalence,department,start_date,id\n"
        f"{ben.parliament_id},Ben Oakley,Commons,Minister for Quills,MoS,Department for Paper,{day},a1\n"
    )
    page.get_by_role("navigation", name="Menu").get_by_role("link", name="Import MPs").click()
    follow(page, "Import a list of posts")
    page.locator("main [name=file]").set_input_files(
        {"name": "posts.csv", "mimeType": "text/csv", "buffer": posts.encode()}
    )
    press(page, "Read the file", "What the list would change")
    expect(rows(page)).to_have_text(["Mr Ben Oakley"])
    assert not Post.objects.filter(title="Minister for Quills").exists()
    press(page, "Apply the list", "The list has been applied.")
    assert Post.objects.get(title="Minister for Quills").mp == ben
    page.goto(f"{MPS}/{ben.pk}/news/")
    expect(page.locator("main tbody tr").first).to_contain_text("Became Minister for Quills")


def a_sync_is_allowed(page: Page, stopped: ParliamentSync) -> None:
    page.get_by_role("navigation", name="Menu").get_by_role("link", name="Parliament").click()
    rows(page).get_by_role("link").click()
    press(page, "Believe that 9 MPs have gone, this once", "9 MPs gone will be believed.")
    assert ParliamentSync.objects.get(state=SyncState.RUNNING).most_gone == 9
