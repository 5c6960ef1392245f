"""The dashboard: its figures, that each equals the list it links to, and what it never shows."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils.html import strip_tags

from accounts.models import Role
from engagements.models import EngagementPlan, not_agreed_at_the_end_of
from enquiries.counting import CAP
from enquiries.models import Constituent, Enquiry
from mpcrm.quarters import quarter_of
from overview.figures import dashboard_of
from overview.performance import owed_at_the_end_of
from tests.factories import (
    AuthorityFactory,
    EngagementPlanFactory,
    EnquiryFactory,
    MembershipFactory,
    MPFactory,
    PastClockFactory,
    TouchpointFactory,
)

NOW = datetime(2026, 5, 20, 11, 0, tzinfo=UTC)  # a Wednesday in the second month of a quarter
ON = NOW.date()


@pytest.fixture
def today():
    with time_machine.travel(NOW, tick=False):
        yield ON


def enquiry(authority, due_on, *, received_on=None, **fields):
    if fields.get("replied_on"):
        fields.setdefault("reply_working_days", 5)
    received_on = received_on or due_on - timedelta(14)
    return EnquiryFactory(authority=authority, received_on=received_on, due_on=due_on, **fields)


def figures_of(membership, on=ON):
    return {figure.label: figure for figure in dashboard_of(membership, on=on).figures}


@pytest.fixture
def lived_in(authority):
    """Four MPs: one in contact and agreed, one lapsed and not agreed, two never contacted; and enquiries,
    one of them reopened twice."""
    agreed = EngagementPlanFactory(
        authority=authority,
        agreed_on=ON,
        agreement_recorded_by=MembershipFactory(authority=authority),
        agreement_recorded_at=NOW,
    )
    lapsed = EngagementPlanFactory(authority=authority)
    TouchpointFactory(authority=authority, mp=agreed.mp, happened_on=ON - timedelta(10))
    TouchpointFactory(authority=authority, mp=lapsed.mp, happened_on=ON - timedelta(121))
    MPFactory(authority=authority)
    MPFactory(authority=authority)
    mp = agreed.mp
    enquiry(authority, ON + timedelta(5), mp=mp)
    enquiry(authority, ON, mp=mp)
    enquiry(authority, ON - timedelta(1), mp=mp)
    enquiry(authority, date(2026, 5, 5), mp=lapsed.mp)
    for took in (2, 4, 12):
        due_on = date(2026, 5, 12)
        late = took > 10
        enquiry(authority, due_on, replied_on=due_on + timedelta(3 if late else 0), reply_working_days=took)
    reopened = enquiry(authority, ON + timedelta(9), mp=lapsed.mp)
    for took in (3, 4):
        replied_on = date(2026, 5, 6) + timedelta(took - 3)
        PastClockFactory(
            enquiry=reopened,
            started_on=date(2026, 4, 22),
            due_on=date(2026, 5, 6),
            replied_on=replied_on,
            reply_working_days=took,
            reopened_on=date(2026, 5, 12),
        )
    for took in (6, 8):
        enquiry(authority, date(2026, 2, 10), replied_on=date(2026, 2, 9), reply_working_days=took)
    return authority


def test_open_and_overdue_say_the_oldest_and_what_they_were(lived_in, executive):
    figures = figures_of(executive)

    assert figures["Open enquiries"].value == "5"
    assert figures["Overdue"].value == "2"
    # Due on Tuesday 5 May; 6 to 8, 11 to 15 and 18 to 20 May are 11 working days.
    assert figures["Overdue"].verdict == "The oldest by 11 working days"
    assert figures["Open enquiries"].before == "On 31 March: 0"
    assert figures["Open enquiries"].verdict == "More than on 31 March"


def test_what_was_due_on_friday_is_late_by_less_than_a_working_day_on_saturday(executive):
    enquiry(executive.authority, date(2026, 5, 15))

    verdict = figures_of(executive, on=date(2026, 5, 16))["Overdue"].verdict

    assert verdict == "The oldest by less than a working day"


@pytest.mark.parametrize(
    ("fields", "counted"),
    [
        ({"received_on": date(2026, 3, 31)}, True),
        ({"received_on": date(2026, 4, 1)}, False),
        ({"replied_on": date(2026, 3, 31)}, False),
        ({"replied_on": date(2026, 4, 1)}, True),
        ({"closed_at": datetime(2026, 3, 31, 22, 59, tzinfo=UTC)}, False),
        ({"closed_at": datetime(2026, 3, 31, 23, 0, tzinfo=UTC)}, True),
    ],
)
def test_open_at_the_end_of_a_quarter_is_what_was_owed_when_that_day_ended(executive, fields, counted):
    due_on = date(2026, 3, 30)
    enquiry(executive.authority, due_on, **({"received_on": date(2026, 3, 1)} | fields))

    assert owed_at_the_end_of(quarter_of(due_on), executive) == (counted, counted)


@pytest.mark.parametrize(
    ("reopened_on", "past", "expected"),
    [
        (date(2026, 4, 1), {"replied_on": date(2026, 3, 31)}, (0, 0)),
        (date(2026, 4, 2), {"replied_on": date(2026, 4, 1)}, (1, 1)),
        (date(2026, 4, 2), {"replied_on": date(2026, 4, 1), "started_on": date(2026, 4, 1)}, (0, 0)),
        (date(2026, 4, 2), {"replied_on": date(2026, 4, 1), "due_on": date(2026, 3, 31)}, (1, 0)),
        (date(2026, 4, 2), {"closed_at": datetime(2026, 3, 31, 12, tzinfo=UTC)}, (0, 0)),
        (date(2026, 3, 31), {"replied_on": date(2026, 3, 20)}, (1, 0)),
    ],
)
def test_what_was_reopened_was_open_by_the_clock_it_had_that_day(executive, reopened_on, past, expected):
    reopened = enquiry(executive.authority, date(2026, 4, 20), received_on=date(2026, 3, 1))
    past.setdefault("reply_working_days", 5 if past.get("replied_on") else None)
    PastClockFactory(enquiry=reopened, reopened_on=reopened_on, **past)

    assert owed_at_the_end_of(quarter_of(date(2026, 3, 30)), executive) == expected


def test_replied_in_time_is_the_share_of_what_fell_due_up_to_yesterday(lived_in, executive):
    figure = figures_of(executive)["Replied in time"]

    # Fell due: three replied to, two overdue, and two of one reopened since, which may still be answered in
    # time once more, as may the one due today.
    assert (figure.value, figure.link) == ("42%", "3 of 7 in time")
    assert (figure.rag, figure.verdict) == ("red", "Below target")
    assert figure.before == "January to March 2026: 100%"


def test_median_reply_is_compared_with_the_quarter_before(lived_in, executive):
    figure = figures_of(executive)["Median reply"]

    assert (figure.value, figure.unit) == ("4", "working days")
    assert figure.verdict == "Quicker than last quarter"
    assert figure.before == "January to March 2026: 7 working days"
    assert figure.link == "5 replies this quarter"


def test_contact_and_agreement_are_counted_of_the_authoritys_mps(lived_in, executive):
    EngagementPlan.history.update(history_date=NOW)

    figures = figures_of(executive)

    assert figures["MPs out of contact"].value == "3 of 4"
    assert figures["MPs out of contact"].before == "On 31 March: 3"
    assert figures["MPs out of contact"].verdict == "As many as on 31 March"
    assert figures["Plans not agreed"].value == "1 of 2"
    assert figures["Plans not agreed"].before == "On 31 March: 0. Without a plan: 2"
    assert figures["Plans not agreed"].verdict == "More than on 31 March"


def test_plans_not_agreed_are_compared_with_what_was_written_when_the_quarter_ended(executive):
    def written(at, authority=executive.authority, **fields):
        plan = EngagementPlanFactory(authority=authority, **fields)
        plan.history.update(history_date=at)
        return plan

    by = {"agreement_recorded_by": executive, "agreement_recorded_at": NOW}
    february, last_minute = datetime(2026, 2, 2, 9, tzinfo=UTC), datetime(2026, 3, 31, 22, 59, tzinfo=UTC)
    written(last_minute)  # 11:59pm in summer time
    written(last_minute + timedelta(minutes=1))
    written(february, agreed_on=date(2026, 2, 2), **by)
    written(february, archived_at=february, archived_by=executive)
    written(february, authority=AuthorityFactory())
    since = written(february)
    for name, value in {"agreed_on": date(2026, 4, 20), **by}.items():
        setattr(since, name, value)
    since.save()
    EngagementPlan.history.filter(id=since.pk, history_type="~").update(history_date=NOW)

    assert not_agreed_at_the_end_of(date(2026, 3, 31), executive.authority) == 2


def test_an_authority_with_nothing_reads_well(authority, executive, sign_in, today):
    figures = figures_of(executive)
    page = sign_in(executive).get(reverse("overview:dashboard", args=[authority.slug]))

    assert [(figure.value, figure.verdict) for figure in figures.values()] == [
        ("0", "As many as on 31 March"),
        ("0", "Nothing is late"),
        ("None due yet", "Nothing fell due yet this quarter"),
        ("None yet", "No replies yet this quarter"),
        ("0 of 0", "All in contact"),
        ("0 of 0", "The Leader agreed every plan"),
    ]
    assert "No MPs yet" in page.content.decode()


def test_another_authoritys_rows_are_in_no_figure(lived_in, stranger):
    colleague = MembershipFactory(authority=stranger.authority, role=Role.EXECUTIVE)

    values = [figure.value for figure in figures_of(colleague).values()]

    assert values == ["0", "0", "None due yet", "None yet", "0 of 0", "0 of 0"]


def first_number(text):
    return int(text.split()[0])


@pytest.mark.parametrize("role", [Role.EXECUTIVE, Role.POLITICAL_AFFAIRS, Role.OFFICER])
@pytest.mark.parametrize("label", ["Open enquiries", "Overdue", "Replied in time", "Median reply"])
def test_the_list_behind_a_figure_has_its_number(lived_in, role, label, sign_in, today):
    member = MembershipFactory(authority=lived_in, role=role)
    figure = figures_of(member)[label]

    page = sign_in(member).get(figure.url)

    assert page.status_code == 200
    assert page.context["page_obj"].paginator.count == first_number(figure.link) > 0


@pytest.mark.parametrize(
    ("label", "fields", "value", "link"),
    [
        ("Open enquiries", {}, "More than 1,000", "more than 1,000 open"),
        ("Overdue", {}, "More than 1,000", "more than 1,000 overdue"),
        ("Replied in time", {"replied_on": date(2026, 5, 5)}, "100%", "more than 1,000 of 1,001 in time"),
        ("Median reply", {"replied_on": date(2026, 5, 5)}, "5", "more than 1,000 replies this quarter"),
    ],
)
def test_a_figure_counts_no_further_than_the_list_behind_it(
    authority, executive, sign_in, today, label, fields, value, link
):
    pattern = enquiry(authority, date(2026, 5, 5), **fields)
    copies = {
        field.attname: getattr(pattern, field.attname)
        for field in Enquiry._meta.concrete_fields
        if field.name not in ("id", "reference", "submission")
    }
    Enquiry.objects.bulk_create(Enquiry(**copies, reference=f"X-{number}") for number in range(CAP))

    figure = figures_of(executive)[label]
    page = sign_in(executive).get(figure.url)

    assert (figure.value, figure.link) == (value, link)
    assert page.context["found"] == "more than 1,000"


@pytest.mark.parametrize(
    ("show", "expected"),
    [
        ("", 7),
        ("nonsense", 7),
        ("in-time", 3),
        ("missed", 4),
        ("sent", 5),
    ],
)
def test_the_replies_behind_the_figures_are_all_listed(lived_in, executive, sign_in, today, show, expected):
    page = sign_in(executive).get(
        reverse("overview:reply_list", args=[lived_in.slug]), {"show": show} if show else {}
    )

    assert len(page.context["clocks"]) == page.context["page_obj"].paginator.count == expected
    assert [count for _, count, _, _ in page.context["tabs"]] == ["7", "3", "4", "5"]
    assert [is_current for *_, is_current in page.context["tabs"]].count(True) == 1


def test_the_replies_say_what_came_of_each_promise_and_nothing_of_its_subject(
    authority, executive, sign_in, today
):
    reopened = enquiry(authority, ON + timedelta(9), subject="Canary subject", question="Canary question")
    PastClockFactory(
        enquiry=reopened, due_on=date(2026, 5, 6), replied_on=date(2026, 5, 7), reply_working_days=11
    )
    late = enquiry(authority, date(2026, 5, 5))

    page = sign_in(executive).get(reverse("overview:reply_list", args=[authority.slug]))
    words = " ".join(strip_tags(page.content.decode()).split())

    assert (
        f"{reopened.reference} {reopened.mp.name} None 6 May 2026 7 May 2026 11 Late, reopened since" in words
    )
    assert f"{late.reference} {late.mp.name} None 5 May 2026 Not replied No reply" in words
    assert "Canary" not in page.content.decode()


def test_the_list_of_replies_is_empty_at_first(authority, executive, sign_in, today):
    page = sign_in(executive).get(reverse("overview:reply_list", args=[authority.slug]))

    assert "None this quarter" in page.content.decode()


def test_a_stranger_finds_no_list_of_replies(authority, stranger, sign_in):
    assert sign_in(stranger).get(reverse("overview:reply_list", args=[authority.slug])).status_code == 404


def test_the_list_of_replies_costs_the_same_for_30_as_for_one(
    authority, executive, sign_in, django_assert_num_queries, today
):
    client = sign_in(executive)
    url = reverse("overview:reply_list", args=[authority.slug])

    def make(count):
        for _ in range(count):
            reopened = enquiry(authority, ON - timedelta(3))
            PastClockFactory(enquiry=reopened, due_on=ON - timedelta(4), replied_on=ON, reply_working_days=11)

    make(1)
    with django_assert_num_queries(8):
        client.get(url)
    make(29)
    with django_assert_num_queries(8):
        assert client.get(url).context["page_obj"].paginator.count == 60


@pytest.mark.parametrize("role", [Role.EXECUTIVE, Role.POLITICAL_AFFAIRS, Role.OFFICER])
@pytest.mark.parametrize("label", ["MPs out of contact", "Plans not agreed"])
def test_the_mps_behind_a_figure_have_its_number(lived_in, role, label, sign_in, today):
    member = MembershipFactory(authority=lived_in, role=role)
    figure = figures_of(member)[label]

    page = sign_in(member).get(figure.url)

    assert len(page.context["mps"]) == first_number(figure.link) == first_number(figure.value) > 0


def test_the_page_shows_figures_rules_the_moment_and_every_mp(lived_in, executive, sign_in, today):
    page = sign_in(executive).get(reverse("overview:dashboard", args=[lived_in.slug])).content.decode()

    assert "As at 20 May 2026 at 12:00pm. This quarter is April to June 2026 (quarter 1 of" in page
    assert "Green at 90% (your target) or above" in page
    assert re.search(r"Response performance\s+<strong[^>]*>.*Below target</strong>", page)
    assert "Reply clock: green (on time)" in page
    assert page.count("Contact cadence: </span>") == 4
    assert "3, 1 overdue" in page


def test_the_page_says_nothing_of_what_enquiries_are_about(lived_in, executive, sign_in, today):
    secret = enquiry(lived_in, ON - timedelta(1), subject="Canary subject", question="Canary question")
    Constituent.objects.create(authority=lived_in, enquiry=secret, name="Canary Constituent")

    page = sign_in(executive).get(reverse("overview:dashboard", args=[lived_in.slug])).content.decode()

    assert "Canary" not in page


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.EXECUTIVE, 200),
        (Role.POLITICAL_AFFAIRS, 200),
        (Role.OFFICER, 200),
        (Role.SERVICE_CONTACT, 403),
        (Role.ADMIN, 403),
    ],
)
def test_the_dashboard_is_for_those_who_lead_and_those_who_handle(authority, role, status, sign_in):
    member = MembershipFactory(authority=authority, role=role)

    assert sign_in(member).get(reverse("overview:dashboard", args=[authority.slug])).status_code == status


def test_a_stranger_finds_no_dashboard(authority, stranger, sign_in):
    assert sign_in(stranger).get(reverse("overview:dashboard", args=[authority.slug])).status_code == 404


def test_the_dashboard_costs_the_same_for_30_mps_as_for_one(
    authority, executive, sign_in, django_assert_num_queries, today
):
    client = sign_in(executive)
    url = reverse("overview:dashboard", args=[authority.slug])

    def make(count):
        for _ in range(count):
            mp = EngagementPlanFactory(authority=authority).mp
            TouchpointFactory(authority=authority, mp=mp)
            enquiry(authority, ON - timedelta(3), mp=mp)
            enquiry(authority, ON - timedelta(3), mp=mp, replied_on=ON - timedelta(4))

    make(1)
    with django_assert_num_queries(12):
        client.get(url)
    make(29)
    with django_assert_num_queries(12):
        assert len(client.get(url).context["dashboard"].mps) == 30
