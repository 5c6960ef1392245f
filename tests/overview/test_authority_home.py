"""Where each role starts."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from contacts.directory import leads_on
from contacts.models import CouncilLead, LeadAgreement
from enquiries.counting import CAP
from enquiries.models import Enquiry
from notifications.models import State
from overview.authority_home import decisions_of
from tests.factories import (
    AuthorityFactory,
    CouncilLeadFactory,
    EngagementPlanFactory,
    EnquiryFactory,
    MembershipFactory,
    MPFactory,
    NotificationFactory,
    PostFactory,
    PriorityFactory,
    ServiceFactory,
    TickFactory,
    ToDoFactory,
    TouchpointFactory,
)


def home(authority):
    return reverse("overview:authority_home", args=[authority.slug])


@pytest.mark.parametrize(
    ("role", "start"),
    [
        (Role.OFFICER, "/northmoor/enquiries/"),
        (Role.SERVICE_CONTACT, "/northmoor/enquiries/"),
        (Role.EXECUTIVE, "/northmoor/dashboard/"),
    ],
)
def test_some_roles_start_at_their_work(authority, role, start, sign_in):
    member = MembershipFactory(authority=authority, role=role)

    response = sign_in(member).get(home(authority))

    assert (response.status_code, response["Location"]) == (302, start)


def test_a_stranger_has_no_home_here(authority, stranger, sign_in):
    assert sign_in(stranger).get(home(authority)).status_code == 404


@pytest.fixture
def to_decide(authority, political_affairs):
    """Something of every kind to decide on, each a different number."""
    today = timezone.localdate()
    agreement = {"agreed_on": today, "agreement_recorded_by": political_affairs}
    reviewed = EngagementPlanFactory(
        authority=authority,
        review_on=today,
        agreement_recorded_at=timezone.now(),
        **agreement,
    )
    for _ in range(2):
        mp = EngagementPlanFactory(authority=authority, review_on=today - timedelta(1)).mp
        CouncilLeadFactory(authority=authority, mp=mp)
        TouchpointFactory(authority=authority, mp=mp, happened_on=today)
    for _ in range(3):
        CouncilLeadFactory(authority=authority, mp=MPFactory(authority=authority))
    dates = {"received_on": today - timedelta(20), "amber_on": today - timedelta(9)}
    owned = {"owner": political_affairs, "mp": reviewed.mp}
    EnquiryFactory(authority=authority, due_on=today, mp=reviewed.mp, **dates)
    for _ in range(6):
        EnquiryFactory(authority=authority, due_on=today - timedelta(1), **dates, **owned)
    for _ in range(7):
        NotificationFactory(authority=authority, recipient=political_affairs, in_app=True)
    NotificationFactory(authority=authority, recipient=political_affairs, in_app=True, read_at=timezone.now())
    for _ in range(5):
        ToDoFactory(authority=authority)
    PriorityFactory(authority=authority, key_words="transport")
    for title in ("Minister for Transport", "Minister of State for Transport"):
        PostFactory(mp=reviewed.mp, title=title)
    agreed = CouncilLead.objects.last()
    people = leads_on(agreed.mp, membership=political_affairs, on=today).in_words
    for words, mp in ((people, agreed.mp), ("Deputy: Somebody else", CouncilLead.objects.first().mp)):
        record = {"agreed_on": today, "recorded_by": political_affairs, "recorded_at": timezone.now()}
        LeadAgreement.objects.create(authority=authority, mp=mp, people=words, **record)
    elsewhere = MembershipFactory()
    LeadAgreement.objects.create(
        authority=elsewhere.authority,
        mp=agreed.mp,
        people="Deputy: Another",
        agreed_on=today,
        recorded_by=elsewhere,
        recorded_at=timezone.now(),
    )
    CouncilLeadFactory(authority=authority, mp=MPFactory())  # who is not ours
    return authority


def test_political_affairs_start_with_what_needs_deciding(to_decide, political_affairs):
    decisions = decisions_of(political_affairs, on=timezone.localdate())

    assert {decision.many: decision.count for decision in decisions} == {
        "seats that changed hands": 0,
        "open enquiries without an owner": 1,
        "enquiries overdue": 6,
        "MPs without a relationship owner": 1,
        "MPs whose relationship owner stops within 30 days": 0,
        "MPs whose leads the Leader has not agreed, or must agree again": 4,
        "posts to match with our priorities": 2,
        "MPs without an engagement plan": 3,
        "plans the Leader has not agreed": 2,
        "plans past their review date": 2,
        "MPs lapsed or never contacted": 4,
        "to-dos that nobody has": 5,
        "unread notifications": 7,
    }


def test_each_list_behind_a_decision_has_its_number(to_decide, political_affairs, sign_in):
    client = sign_in(political_affairs)

    for decision in decisions_of(political_affairs, on=timezone.localdate()):
        page = client.get(decision.url)
        if "overview" in page.context:
            rows = [each for each in page.context["overview"].handovers if each.state != "Handed over"]
        else:
            found = page.context.get("groups", [])
            undecided = [match for _, matches in found for match in matches if not match.is_decided]
            lists = [page.context[name] for name in ("mps", "gaps") if name in page.context]
            lists += [undecided] if found else []
            rows = lists[0] if lists else page.context["page_obj"].object_list
        assert (decision.what, len(rows)) == (decision.what, decision.count)


def test_a_decision_counts_no_further_than_the_list_behind_it(authority, political_affairs, sign_in):
    late = {"due_on": timezone.localdate() - timedelta(1), "amber_on": timezone.localdate() - timedelta(2)}
    pattern = EnquiryFactory(authority=authority, received_on=timezone.localdate() - timedelta(9), **late)
    copies = {
        field.attname: getattr(pattern, field.attname)
        for field in Enquiry._meta.concrete_fields
        if field.name not in ("id", "reference", "submission")
    }
    Enquiry.objects.bulk_create(Enquiry(**copies, reference=f"X-{number}") for number in range(CAP))

    page = sign_in(political_affairs).get(home(authority)).content.decode()

    assert ">More than 1,000 open enquiries without an owner</a>" in page
    assert ">More than 1,000 enquiries overdue</a>" in page


def test_the_page_links_what_there_is_and_says_no_to_the_rest(authority, political_affairs, sign_in):
    EnquiryFactory(authority=authority, due_on=timezone.localdate() + timedelta(9))

    page = sign_in(political_affairs).get(home(authority)).content.decode()

    assert '?tab=unassigned">1 open enquiry without an owner</a>' in page
    assert "No enquiries overdue" in page
    assert "No MPs without an engagement plan" in page


def test_what_needs_deciding_costs_the_same_for_30_rows_as_for_one_mp(
    authority, political_affairs, sign_in, django_assert_num_queries
):
    client = sign_in(political_affairs)
    MPFactory(authority=authority)
    PriorityFactory(authority=authority)
    with django_assert_num_queries(23):
        client.get(home(authority))
    for _ in range(30):
        mp = EngagementPlanFactory(authority=authority).mp
        CouncilLeadFactory(authority=authority, mp=mp)
        PostFactory(mp=mp)
        EnquiryFactory(authority=authority)
    with django_assert_num_queries(23):
        client.get(home(authority))


def test_an_admin_starts_with_the_state_of_the_installation(authority, admin, sign_in):
    TickFactory(started_at=timezone.now(), finished_at=timezone.now())
    ServiceFactory(authority=authority)
    MPFactory(authority=authority)
    NotificationFactory(authority=authority, state=State.FAILED)
    NotificationFactory(authority=AuthorityFactory(), state=State.FAILED)

    page = sign_in(admin).get(home(authority))

    assert page.context["services"] == page.context["seats"] == page.context["failed"] == 1
    assert "Yes, last looked less than a minute ago" in page.content.decode()


def test_an_admin_of_an_empty_authority_is_told_what_is_missing(authority, admin, sign_in):
    page = sign_in(admin).get(home(authority)).content.decode()

    assert "None yet: enquiries cannot be allocated" in page
    assert "None yet: you have no MPs" in page
    assert "It has never run" in page


def test_an_admins_home_says_how_many_have_not_joined(authority, admin, sign_in):
    invited = MembershipFactory(authority=authority)
    invited.user.set_unusable_password()
    invited.user.save()

    page = sign_in(admin).get(home(authority)).content.decode()

    assert "1 work here, 1 invited and not joined yet" in page
