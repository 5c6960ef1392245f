"""Background, campaign issues and positions: what may be written of an MP, by whom, and that none of it is lost."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.history import EditedMeanwhile
from accounts.models import Role
from contacts.background import background_of, positions_by_area, positions_on
from contacts.models import BackgroundEntry, CampaignIssue, NoteKind, PolicyArea, Position, Stance
from contacts.notes import (
    DEFAULT_POLICY_AREAS,
    DatedAhead,
    add_note,
    correct_note,
    create_default_policy_areas,
    remove_note,
)
from tests.factories import (
    NOW,
    TODAY,
    BackgroundEntryFactory,
    CampaignIssueFactory,
    MembershipFactory,
    MPFactory,
    PolicyAreaFactory,
    PositionFactory,
)

pytestmark = pytest.mark.django_db

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
SUBMISSION = "6f0e1f3e-0000-4000-8000-000000000001"


@pytest.fixture
def mp(authority):
    return MPFactory(authority=authority, name="Ms Rowan Vale")


@pytest.fixture
def area(authority):
    return PolicyAreaFactory(authority=authority, name="Buses")


def url(name, authority, *args):
    return reverse(f"contacts:{name}", args=[authority.slug, *args])


def typed(**changes):
    """A position as the form sends it."""
    return {
        "submission": SUBMISSION,
        "stance": "critical",
        "text": "Too few buses.",
        "kind": "fact",
        "source": "The Fictional Times",
        "source_url": "",
        "source_on": "2026-03-01",
        **changes,
    }


# --- What a note must say -------------------------------------------------------------


def test_background_is_written_down_and_read(sign_in, officer, authority, mp):
    client = sign_in(officer)
    empty = client.get(url("background_detail", authority, mp.pk)).content.decode()

    response = client.post(
        url("background_add", authority, mp.pk),
        {
            "submission": SUBMISSION,
            "about": "local-government",
            "council": "Saltby Borough Council",
            "council_post": "councillor",
            "is_our_council": "on",
            "text": "Councillor for Harbour ward",
            "from_year": "2011",
            "to_year": "2019",
            "kind": "third-party",
            "source_url": "register.example/harbour",
            "source_on": "2026-03-01",
        },
        follow=True,
    )

    page = response.content.decode()
    entry = BackgroundEntry.objects.get()
    assert "Nothing is recorded yet" in empty
    assert (entry.mp, entry.recorded_by, entry.version) == (mp, officer, 1)
    assert entry.source_url == "https://register.example/harbour"
    assert entry.history.get().history_user == officer.user
    assert "Councillor, Saltby Borough Council (ours): Councillor for Harbour ward, 2011 to 2019" in page
    assert ">From somebody else</strong>" in page
    assert 'href="https://register.example/harbour" rel="noreferrer"' in page
    assert "1 March 2026. Recorded by" in page


def test_local_government_says_which_council_and_post_and_nothing_else_does(sign_in, officer, authority, mp):
    client, address = sign_in(officer), url("background_add", authority, mp.pk)
    said = {"text": "X", "kind": "fact", "source": "A register", "source_on": "2026-03-01"}

    refused = client.post(address, said | {"submission": SUBMISSION, "about": "local-government"})
    client.post(
        address,
        said
        | {"submission": SUBMISSION, "about": "interest", "council": "Saltby", "council_post": "mayor"}
        | {"is_our_council": "on"},
    )

    page = refused.content.decode()
    assert refused.status_code == 422
    assert "Say which council." in page
    assert "Choose the post there." in page
    entry = BackgroundEntry.objects.get()
    assert (entry.council, entry.council_post, entry.is_our_council) == ("", "", False)
    with pytest.raises(IntegrityError, match="council_of_local_government_alone"), transaction.atomic():
        BackgroundEntryFactory(authority=authority, mp=mp, about="interest", council="Saltby")


def test_the_directory_finds_who_sat_on_our_council(sign_in, officer, stranger, authority, mp):
    other, theirs = (MPFactory(authority=authority, name=name) for name in ("Mr Ash Quill", "Dr Una Reed"))
    BackgroundEntryFactory(authority=authority, mp=mp, council="Northmoor", is_our_council=True)
    BackgroundEntryFactory(authority=authority, mp=other, council="Saltby")
    BackgroundEntryFactory(authority=stranger.authority, mp=theirs, is_our_council=True)
    asked = reverse("contacts:mp_list", args=[authority.slug]) + "?sat_here=on"

    page = sign_in(officer).get(asked)
    of_an_admin = sign_in(MembershipFactory(authority=authority, role=Role.ADMIN)).get(asked)

    assert [each.name for each in page.context["page_obj"]] == ["Ms Rowan Vale"]
    assert len(of_an_admin.context["page_obj"].object_list) == 3
    assert "sat_here" not in of_an_admin.content.decode()


@pytest.mark.parametrize(
    ("years", "said"),
    [
        ((2011, 2019), "2011 to 2019"),
        ((2011, None), "since 2011"),
        ((None, 2019), "until 2019"),
        ((None, None), ""),
    ],
)
def test_years_read_as_words(years, said):
    assert BackgroundEntry(from_year=years[0], to_year=years[1]).years == said


@pytest.mark.parametrize(("to_year", "stands"), [(2010, False), (2011, True), (2012, True), (None, True)])
def test_the_last_year_is_not_before_the_first(authority, mp, to_year, stands):
    def write():
        with transaction.atomic():
            BackgroundEntryFactory(authority=authority, mp=mp, from_year=2011, to_year=to_year)

    if stands:
        write()
    else:
        with pytest.raises(IntegrityError, match="background_ends_after_it_starts"):
            write()


@pytest.mark.parametrize("factory", [BackgroundEntryFactory, CampaignIssueFactory, PositionFactory])
def test_the_database_refuses_what_nobody_says(authority, mp, factory):
    factory(authority=authority, mp=mp, source="", source_url="https://example.org/")

    with pytest.raises(IntegrityError, match="_source"), transaction.atomic():
        factory(authority=authority, mp=mp, source="", source_url="")


@pytest.mark.parametrize("factory", [CampaignIssueFactory, PositionFactory])
def test_the_database_refuses_an_opinion_of_ours_on_what_they_said(authority, mp, factory):
    with pytest.raises(IntegrityError), transaction.atomic():
        factory(authority=authority, mp=mp, kind=NoteKind.OPINION)


@pytest.mark.parametrize("stance", [Stance.SUPPORTIVE, Stance.NEUTRAL, Stance.CRITICAL])
def test_the_database_refuses_a_position_without_words(authority, mp, stance):
    with pytest.raises(IntegrityError, match="position_has_a_public_source"), transaction.atomic():
        PositionFactory(authority=authority, mp=mp, stance=stance, text="")


def test_unknown_needs_no_source(sign_in, officer, authority, mp, area):
    sent = typed(area=area.pk, stance="unknown", text="", source="")

    response = sign_in(officer).post(url("position_add", authority, mp.pk), sent)

    assert response.status_code == 302
    assert Position.objects.get().stance == Stance.UNKNOWN


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"text": ""}, "Quote what the source says, or choose Unknown."),
        ({"source": ""}, "Name the publication or person, or paste a link."),
        ({"source_on": ""}, "Enter the date of the source."),
        ({"stance": ""}, "Choose the position."),
        ({"kind": "opinion"}, "Select a valid choice."),
        ({"source_url": "javascript:alert(1)"}, "Enter a link like https://www.example.org/page."),
        ({"source_url": "ftp://example.org/"}, "Enter a link like https://www.example.org/page."),
    ],
)
def test_the_form_says_what_a_position_lacks(sign_in, officer, authority, mp, area, changes, says):
    response = sign_in(officer).post(url("position_add", authority, mp.pk), typed(area=area.pk, **changes))

    page = response.content.decode()
    assert response.status_code == 422
    assert says in page
    assert "The MP may ask to see what is written here." in page
    assert not Position.objects.exists()


def test_nothing_is_dated_ahead(sign_in, officer, authority, mp, area):
    for on, stands in ((YESTERDAY, True), (TODAY, True), (TOMORROW, False)):
        changes = {"text": "-", "said_during": "since", "kind": "fact", "source": "-", "source_on": on}
        if stands:
            add_note(by=officer, note=CampaignIssue(mp=mp), changes=changes, now=NOW)
        else:
            with pytest.raises(DatedAhead):
                add_note(by=officer, note=CampaignIssue(mp=mp), changes=changes, now=NOW)

    ahead = sign_in(officer).post(
        url("position_add", authority, mp.pk), typed(area=area.pk, source_on="2999-01-01")
    )

    assert CampaignIssue.objects.count() == 2
    assert ahead.status_code == 422
    assert "Enter today’s date or an earlier one." in ahead.content.decode()


def test_the_same_form_sent_twice_is_written_once(sign_in, officer, authority, mp, area):
    client = sign_in(officer)
    for _ in range(2):
        client.post(url("position_add", authority, mp.pk), typed(area=area.pk))

    assert Position.objects.count() == 1


# --- Putting right, and taking back ---------------------------------------------------


def test_a_mistake_is_put_right_and_the_history_keeps_it(sign_in, officer, political_affairs, authority, mp):
    issue = CampaignIssueFactory(authority=authority, mp=mp, text="Busses")

    response = sign_in(political_affairs).post(
        url("issue_edit", authority, issue.pk),
        {
            "version": 1,
            "text": "Buses",
            "said_during": "since",
            "kind": "fact",
            "source": "The Fictional Times",
            "source_on": "2026-03-02",
        },
    )

    issue.refresh_from_db()
    assert response.status_code == 302
    assert (issue.text, issue.version) == ("Buses", 2)
    assert [line.text for line in issue.history.all()] == ["Buses", "Busses"]
    assert issue.history.first().history_user == political_affairs.user


def test_two_people_at_one_note_see_both(sign_in, officer, authority, mp, area):
    position = PositionFactory(authority=authority, mp=mp, area=area, stance=Stance.NEUTRAL)
    correct_note(by=officer, note=position, version=1, changes={"stance": Stance.SUPPORTIVE}, now=NOW)

    refused = sign_in(officer).post(
        url("position_edit", authority, position.pk),
        typed(area=area.pk, version=1, text=position.text, source_on="2026-03-02"),
    )

    page = refused.content.decode()
    assert refused.status_code == 422
    assert "Somebody saved this while you were typing" in page
    assert "Saved meanwhile: “Supportive”" in page
    assert 'name="version" value="2"' in page
    assert Position.objects.get().stance == Stance.SUPPORTIVE


def test_what_somebody_removed_is_not_brought_back(officer, mp, authority):
    entry = BackgroundEntryFactory(authority=authority, mp=mp)
    remove_note(by=officer, note=BackgroundEntry.objects.get(), now=NOW)

    with pytest.raises(BackgroundEntry.DoesNotExist):
        correct_note(by=officer, note=entry, version=1, changes={"text": "Back"}, now=NOW)
    assert not BackgroundEntry.objects.exists()


def test_an_older_version_is_refused(officer, mp, authority):
    entry = BackgroundEntryFactory(authority=authority, mp=mp, text="First")
    correct_note(by=officer, note=entry, version=1, changes={"text": "Second"}, now=NOW)

    with pytest.raises(EditedMeanwhile) as changed:
        correct_note(by=officer, note=entry, version=1, changes={"text": "Third"}, now=NOW)

    assert changed.value.saved.text == "Second"


def test_a_note_is_removed_after_asking_and_the_history_keeps_it(sign_in, officer, authority, mp):
    entry = BackgroundEntryFactory(authority=authority, mp=mp, text="Of somebody else")
    client, address = sign_in(officer), url("background_remove", authority, entry.pk)

    asked = client.get(address).content.decode()
    page = client.post(address, follow=True).content.decode()

    assert "Of somebody else" in asked
    assert "The background is removed." in page
    assert "Of somebody else" not in page
    assert BackgroundEntry.history.filter(text="Of somebody else", history_type="-").exists()


def test_a_position_is_named_before_it_is_removed(sign_in, officer, authority, mp, area):
    position = PositionFactory(authority=authority, mp=mp, area=area, stance=Stance.CRITICAL)

    asked = sign_in(officer).get(url("position_remove", authority, position.pk)).content.decode()

    assert "<strong>Critical on Buses</strong>" in asked


# --- Where MPs stand ------------------------------------------------------------------


def stand(authority, mp, area, stance, on):
    return PositionFactory(authority=authority, mp=mp, area=area, stance=stance, source_on=on)


def test_the_latest_position_counts_whenever_it_was_recorded(authority, officer, mp, area):
    stand(authority, mp, area, Stance.SUPPORTIVE, TODAY)
    stand(authority, mp, area, Stance.CRITICAL, YESTERDAY)  # written down later
    other = stand(authority, mp, PolicyAreaFactory(authority=authority), Stance.NEUTRAL, YESTERDAY)

    [buses, _] = background_of(mp, membership=officer).positions

    assert buses.stance == Stance.SUPPORTIVE
    assert [each.stance for each in buses.earlier] == [Stance.CRITICAL]
    assert set(Position.objects.current()) == {buses.current, other}


def test_of_two_on_one_day_the_last_recorded_counts(authority, mp, area):
    stand(authority, mp, area, Stance.SUPPORTIVE, TODAY)
    last = stand(authority, mp, area, Stance.CRITICAL, TODAY)

    assert list(Position.objects.current()) == [last]


def test_an_earlier_position_stays_to_be_read(sign_in, officer, authority, mp, area):
    stand(authority, mp, area, Stance.SUPPORTIVE, TODAY)
    stand(authority, mp, area, Stance.CRITICAL, date(2025, 5, 6))
    ferries = PolicyAreaFactory(authority=authority, name="Ferries")

    page = sign_in(officer).get(url("background_detail", authority, mp.pk)).content.decode()

    # Where nothing is recorded, the area waits folded away below.
    page, unknown = page.split("Unknown on 1 policy area<")
    assert "Ferries" not in page
    assert f"?area={ferries.pk}" in unknown
    now, before = page.split("Earlier on Buses (1)")
    assert ">Supportive</strong>" in now
    assert "Critical: " in before
    assert "6 May 2025" in before


def test_an_area_says_who_stands_where_and_who_is_unknown(sign_in, officer, authority, mp, area):
    MPFactory(authority=authority, name="Mr Ash Quill")
    stand(authority, mp, area, Stance.CRITICAL, TODAY)
    elsewhere = MPFactory(name="Dr Far Away")
    stand(authority, elsewhere, area, Stance.SUPPORTIVE, TODAY)

    standing = positions_on(area, membership=officer)
    page = sign_in(officer).get(url("area_detail", authority, area.pk)).content.decode()

    assert [(each.mp.name, each.stance) for each in standing] == [
        ("Mr Ash Quill", Stance.UNKNOWN),
        ("Ms Rowan Vale", Stance.CRITICAL),
    ]
    assert page.count(">Unknown</strong>") == 1
    assert "Dr Far Away" not in page


def test_areas_count_our_mps_by_where_they_stand(authority, officer, mp, area):
    second = MPFactory(authority=authority)
    MPFactory(authority=authority)
    stand(authority, mp, area, Stance.CRITICAL, TODAY)
    stand(authority, second, area, Stance.SUPPORTIVE, YESTERDAY)
    stand(authority, second, area, Stance.UNKNOWN, TODAY)
    stand(authority, MPFactory(), area, Stance.SUPPORTIVE, TODAY)

    [counted] = positions_by_area(membership=officer)

    assert dict(zip(Stance, counted.counts, strict=True)) == {
        Stance.SUPPORTIVE: 0,
        Stance.NEUTRAL: 0,
        Stance.CRITICAL: 1,
        Stance.UNKNOWN: 2,
    }


def test_an_area_out_of_use_is_offered_no_more_and_keeps_what_was_said(sign_in, officer, authority, mp, area):
    position = stand(authority, mp, area, Stance.CRITICAL, TODAY)
    unused = PolicyAreaFactory(authority=authority, name="Trams", is_active=False)
    PolicyArea.objects.filter(pk=area.pk).update(is_active=False)
    client = sign_in(officer)

    page = client.get(url("background_detail", authority, mp.pk)).content.decode()
    new = client.post(url("position_add", authority, mp.pk), typed(area=unused.pk))
    edit = client.get(url("position_edit", authority, position.pk)).content.decode()

    assert "Buses" in page
    assert "Trams" not in page
    assert new.status_code == 422
    assert "Buses</option>" in edit


def test_a_new_authority_begins_with_the_usual_areas(authority):
    PolicyAreaFactory(authority=authority, name="Transport")
    for _ in range(2):
        create_default_policy_areas(authority=authority)

    assert sorted(PolicyArea.objects.values_list("name", flat=True)) == sorted(DEFAULT_POLICY_AREAS)


def test_the_lead_changes_the_areas_and_no_name_stands_twice(sign_in, political_affairs, authority, area):
    client = sign_in(political_affairs)

    client.post(url("area_add", authority), {"name": "Trams", "is_active": "on"})
    twice = client.post(url("area_add", authority), {"name": "TRAMS", "is_active": "on"})
    client.post(url("area_edit", authority, area.pk), {"name": "Buses and coaches"})

    area.refresh_from_db()
    assert twice.status_code == 422
    assert "There is a policy area of this name already." in twice.content.decode()
    assert (area.name, area.is_active) == ("Buses and coaches", False)
    assert area.history.first().history_user == political_affairs.user
    assert PolicyArea.objects.get(name="Trams").is_active


def test_another_authoritys_area_leaves_its_name_free(sign_in, political_affairs, authority, stranger):
    PolicyAreaFactory(authority=stranger.authority, name="Trams")

    response = sign_in(political_affairs).post(url("area_add", authority), {"name": "Trams"})

    assert response.status_code == 302


# --- Who, and how much it costs -------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [
        (Role.OFFICER, True, True),
        (Role.POLITICAL_AFFAIRS, True, True),
        (Role.EXECUTIVE, True, False),
        (Role.SERVICE_CONTACT, False, False),
        (Role.ADMIN, False, False),
    ],
)
def test_who_reads_and_who_writes(sign_in, authority, mp, area, role, reads, writes):
    PositionFactory(authority=authority, mp=mp, area=area)
    member = MembershipFactory(authority=authority, role=role)
    client = sign_in(member)

    page = client.get(url("background_detail", authority, mp.pk))
    write = client.get(url("position_add", authority, mp.pk))
    directory = client.get(url("mp_list", authority)).content.decode()

    assert (page.status_code, write.status_code) == (200 if reads else 403, 200 if writes else 403)
    assert ("Add to the background" in page.content.decode()) == writes
    assert (url("area_list", authority) in directory) == reads
    assert Position.objects.visible_to(member).exists() == reads


def test_another_authority_knows_nothing_of_it(sign_in, stranger, authority, mp, area):
    PositionFactory(authority=authority, mp=mp, area=area, text="Said to us")
    entry = BackgroundEntryFactory(authority=authority, mp=mp, text="Known to us")
    CampaignIssueFactory(authority=authority, mp=mp, text="Read by us")
    client = sign_in(stranger)

    page = client.get(url("background_detail", stranger.authority, mp.pk)).content.decode()

    assert not [words for words in ("Said to us", "Known to us", "Read by us", "Buses") if words in page]
    assert client.get(url("area_detail", stranger.authority, area.pk)).status_code == 404
    assert client.post(url("background_remove", stranger.authority, entry.pk)).status_code == 404
    assert BackgroundEntry.objects.filter(pk=entry.pk).exists()


def test_a_corrected_position_shows_what_it_said_before(sign_in, officer, authority, mp, area):
    note = add_note(
        by=officer,
        note=Position(mp=mp),
        changes={
            "area": area,
            "stance": Stance.CRITICAL,
            "text": "Buses are late.",
            "kind": "fact",
            "source": "The Fictional Times",
            "source_on": TODAY,
        },
        now=NOW,
    )
    before = sign_in(officer).get(url("background_detail", authority, mp.pk)).content.decode()
    later = NOW + timedelta(days=1)
    correct_note(
        by=officer, note=note, version=1, changes={"stance": Stance.NEUTRAL, "text": "Late!"}, now=later
    )

    page = " ".join(sign_in(officer).get(url("background_detail", authority, mp.pk)).content.decode().split())

    assert "Corrected on" not in before
    assert f"Corrected on 3 March 2026 by {officer.user}" in page
    assert "Before: Critical. “Buses are late.” (Fact)" in page


def test_the_pages_cost_the_same_for_1_and_30(
    sign_in, officer, authority, mp, area, django_assert_num_queries
):
    client = sign_in(officer)
    costs = [
        (url("background_detail", authority, mp.pk), 11),
        (url("area_list", authority), 7),
        (url("area_detail", authority, area.pk), 7),
    ]
    stand(authority, mp, area, Stance.CRITICAL, TODAY)
    for address, queries in costs:
        with django_assert_num_queries(queries):
            client.get(address)

    for number in range(30):
        another = MPFactory(authority=authority)
        for who, what in ((mp, PolicyAreaFactory(authority=authority)), (another, area)):
            stand(authority, who, what, Stance.CRITICAL, TODAY - timedelta(days=number))
        BackgroundEntryFactory(authority=authority, mp=mp)
        CampaignIssueFactory(authority=authority, mp=mp)
    for address, queries in costs:
        with django_assert_num_queries(queries):
            client.get(address)
