import re
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Authority, Membership, Role, User
from accounts.services import (
    LastAdmin,
    change_member,
    deactivate_member,
    reactivate_member,
)
from enquiries.models import LadderStep, ResponsePolicy, Whom
from tests.factories import NOW, CouncilLeadFactory, EnquiryFactory, MembershipFactory, ServiceFactory

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"accounts:{name}", args=["northmoor", *args])


def leaving(pk):
    return reverse("overview:person_deactivate", args=["northmoor", pk])


def put_on_a_ladder(member):
    policy = ResponsePolicy.objects.create(authority=member.authority, enquiry_type="complaint")
    LadderStep.objects.create(
        authority=member.authority, policy=policy, step=3, offset=2, whom=Whom.PERSON, person=member
    )


def test_role_change_holds_from_the_next_request(admin, officer, sign_in):
    theirs = sign_in(officer)
    before = theirs.get(url("people_list")).status_code

    sign_in(admin).post(url("person_edit", officer.pk), {"role": Role.ADMIN, "job_title": "Clerk"})

    assert (before, theirs.get(url("people_list")).status_code) == (403, 200)


def test_leaving_and_coming_back_hold_from_the_next_request(admin, officer, sign_in):
    mine, theirs = sign_in(admin), sign_in(officer)
    before = (
        theirs.get(url("authority_logo")).status_code,
        theirs.get(reverse("contacts:mp_list", args=["northmoor"])).status_code,
    )

    mine.post(leaving(officer.pk))
    gone = theirs.get(reverse("contacts:mp_list", args=["northmoor"])).status_code
    mine.post(url("person_reactivate", officer.pk))
    back = theirs.get(reverse("contacts:mp_list", args=["northmoor"])).status_code

    assert before == (404, 200)
    assert (gone, back) == (404, 200)


def test_a_role_changed_in_two_tabs_shows_both(admin, service_contact, sign_in):
    client = sign_in(admin)
    highways, housing = (ServiceFactory(authority=admin.authority, name=name) for name in ("Roads", "Homes"))
    service_contact.services.set([highways])
    page = client.get(url("person_edit", service_contact.pk)).content.decode()
    [version] = re.findall(r'name="version" value="(\d+)"', page)
    theirs = {"role": Role.OFFICER, "services": [highways.pk], "version": version}
    mine = {"role": Role.SERVICE_CONTACT, "services": [housing.pk, highways.pk], "version": version}
    for _ in range(2):  # once as a double click
        assert client.post(url("person_edit", service_contact.pk), theirs).status_code == 302

    shown = client.post(url("person_edit", service_contact.pk), mine)

    service_contact.refresh_from_db()
    words = shown.content.decode()
    assert (shown.status_code, service_contact.role) == (422, Role.OFFICER)
    assert set(re.findall(r"</span> Saved meanwhile: “(.*?)”", words)) == {"Officer", "Roads"}
    assert words.count("checked") == 3  # what was typed is still there

    [version] = re.findall(r'name="version" value="(\d+)"', words)
    assert client.post(url("person_edit", service_contact.pk), mine | {"version": version}).status_code == 302
    service_contact.refresh_from_db()
    assert service_contact.role == Role.SERVICE_CONTACT


def test_services_of_a_contact_are_changed(admin, service_contact, sign_in):
    highways, housing = ServiceFactory.create_batch(2, authority=admin.authority)
    service_contact.services.set([highways])

    sign_in(admin).post(
        url("person_edit", service_contact.pk), {"role": Role.SERVICE_CONTACT, "services": [housing.pk]}
    )

    assert list(service_contact.services.all()) == [housing]


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMIN])
def test_last_admin_cannot_take_another_role(admin, role):
    with pytest.raises(LastAdmin):
        change_member(by=admin, member=admin, role=role)

    admin.refresh_from_db()
    assert admin.role == Role.ADMIN


@pytest.mark.parametrize(
    ("named", "role", "is_refused"),
    [
        ("head", Role.ADMIN, True),
        ("substitute", Role.ADMIN, True),
        ("director", Role.SERVICE_CONTACT, False),
        ("head of a service out of use", Role.ADMIN, False),
        ("chief executive", Role.ADMIN, True),
        ("chief executive", Role.SERVICE_CONTACT, True),
        ("chief executive", Role.EXECUTIVE, False),
        ("step of a ladder", Role.SERVICE_CONTACT, True),
        ("step of a ladder", Role.EXECUTIVE, False),
        ("nowhere", Role.ADMIN, False),
    ],
)
def test_whoever_is_told_of_late_enquiries_keeps_a_role_that_opens_them(
    admin, officer, sign_in, named, role, is_refused
):
    if named in ("head", "director", "substitute"):
        ServiceFactory(authority=admin.authority, **{named: officer})
    elif named == "head of a service out of use":
        ServiceFactory(authority=admin.authority, head=officer, is_active=False)
    elif named == "chief executive":
        Authority.objects.update(chief_executive=officer)
    elif named == "step of a ladder":
        put_on_a_ladder(officer)

    response = sign_in(admin).post(url("person_edit", officer.pk), {"role": role})

    officer.refresh_from_db()
    assert (response.status_code == 422, officer.role == Role.OFFICER) == (is_refused, is_refused)
    assert ("Name somebody else there first." in response.content.decode()) is is_refused


def test_last_admin_cannot_leave(admin):
    with pytest.raises(LastAdmin):
        deactivate_member(by=admin, member=admin)

    admin.refresh_from_db()
    assert admin.is_active


def test_admin_who_has_not_joined_or_has_left_does_not_count(admin):
    invited = MembershipFactory(authority=admin.authority, role=Role.ADMIN)
    User.objects.filter(pk=invited.user_id).update(password="!never")
    MembershipFactory(authority=admin.authority, role=Role.ADMIN, is_active=False)
    MembershipFactory(role=Role.ADMIN)

    with pytest.raises(LastAdmin):
        deactivate_member(by=admin, member=admin)


def test_one_of_two_admins_may_leave(admin):
    other = MembershipFactory(authority=admin.authority, role=Role.ADMIN)

    deactivate_member(by=admin, member=other)

    assert Membership.objects.active().in_role(Role.ADMIN).get() == admin


def test_pages_say_why_the_last_admin_stays(admin, sign_in):
    client = sign_in(admin)

    demoted = client.post(url("person_edit", admin.pk), {"role": Role.OFFICER})
    left = client.post(leaving(admin.pk))

    assert (demoted.status_code, left.status_code) == (422, 422)
    for page in (demoted, left):
        assert "is the last admin who can sign in" in page.content.decode()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_admins_demoting_each_other_at_once_leave_one(admin):
    other = MembershipFactory(authority=admin.authority, role=Role.ADMIN)
    ready, outcomes = threading.Barrier(2), []

    def demote(by, member):
        ready.wait()
        try:
            change_member(by=by, member=member, role=Role.OFFICER)
            outcomes.append("demoted")
        except LastAdmin:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=demote, args=pair) for pair in ((admin, other), (other, admin))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["demoted", "refused"]
    assert Membership.objects.in_role(Role.ADMIN).count() == 1


@pytest.mark.parametrize(("days", "is_said"), [(-1, False), (0, True), (1, True)])
def test_an_admin_says_that_a_colleague_is_away(admin, officer, sign_in, days, is_said):
    client, day = sign_in(admin), timezone.localdate() + timedelta(days)

    client.post(url("person_edit", officer.pk), {"role": Role.OFFICER, "away_until": day.isoformat()})

    officer.refresh_from_db()
    assert officer.away_until == day
    assert ("away until" in client.get(url("people_list")).content.decode()) == is_said


def test_leaving_page_lists_the_services_that_name_them(admin, officer, sign_in):
    ServiceFactory(authority=admin.authority, name="Highways", head=officer)
    ServiceFactory(authority=admin.authority, name="Housing", substitute=officer)
    ServiceFactory(authority=admin.authority, name="Parks", head=admin)

    page = sign_in(admin).get(leaving(officer.pk)).content.decode()

    assert "Highways" in page
    assert "Housing" in page
    assert "Parks" not in page


def test_leaving_page_names_the_escalations_that_go_to_them_by_name(admin, officer, executive, sign_in):
    Authority.objects.update(chief_executive=executive)
    put_on_a_ladder(officer)
    client = sign_in(admin)

    chief, named, neither = (
        client.get(leaving(each.pk)).content.decode() for each in (executive, officer, admin)
    )

    step = "Response policy, Complaint: step 3 of the escalation ladder"
    assert [page.count("Settings</a>: chief executive") for page in (chief, named, neither)] == [1, 0, 0]
    assert [page.count(step) for page in (chief, named, neither)] == [0, 1, 0]
    assert [page.count("these go to political affairs") for page in (chief, named, neither)] == [1, 1, 0]


def test_leaving_page_counts_their_open_enquiries_and_names_their_mps(admin, officer, sign_in):
    own = {"authority": admin.authority, "owner": officer}
    EnquiryFactory(**own)
    EnquiryFactory(**own, closed_at=NOW)
    lead = CouncilLeadFactory(authority=admin.authority, membership=officer)
    ended = CouncilLeadFactory(authority=admin.authority, membership=officer, ended_on="2026-02-01")
    others = CouncilLeadFactory(authority=admin.authority)
    client = sign_in(admin)

    one = client.get(leaving(officer.pk)).content.decode()
    EnquiryFactory(**own)
    two = client.get(leaving(officer.pk)).content.decode()
    none = client.get(leaving(others.membership.pk)).content.decode()

    assert f"{officer} owns 1 open enquiry." in " ".join(one.split())
    assert f"{officer} owns 2 open enquiries." in " ".join(two.split())
    assert "open enquir" not in none
    assert f'/northmoor/mps/{lead.mp.pk}/">{lead.mp.name}</a>: relationship owner' in one
    assert ended.mp.name not in one
    assert others.mp.name not in one


def test_coming_back_keeps_the_role(admin, executive):
    deactivate_member(by=admin, member=executive)

    reactivate_member(by=admin, member=executive)

    executive.refresh_from_db()
    assert (executive.is_active, executive.role) == (True, Role.EXECUTIVE)


def test_changes_are_kept_in_the_history(admin, officer, sign_in):
    sign_in(admin).post(url("person_edit", officer.pk), {"role": Role.EXECUTIVE, "job_title": "Director"})

    newest = officer.history.first()
    assert (newest.role, newest.job_title, newest.history_user) == ("executive", "Director", admin.user)


def test_people_list_shows_who_was_invited_works_here_and_left(admin, officer, sign_in):
    invited = MembershipFactory(authority=admin.authority)
    User.objects.filter(pk=invited.user_id).update(password="!never")
    MembershipFactory(authority=admin.authority, is_active=False)

    page = sign_in(admin).get(url("people_list")).content.decode()

    assert page.count("Works here") == 2
    assert page.count(">Invited<") == 1
    assert page.count(">Left<") == 1


@pytest.mark.parametrize("name", ["people_list", "service_list"])
def test_lists_cost_the_same_for_one_row_and_thirty(admin, sign_in, name):
    client = sign_in(admin)
    client.get(url(name))

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url(name)).status_code == 200
        return len(queries)

    ServiceFactory(authority=admin.authority, head=admin)
    one = cost()
    for member in MembershipFactory.create_batch(30, authority=admin.authority):
        member.services.add(ServiceFactory(authority=admin.authority, head=member, director=admin))
    thirty = cost()

    assert one == thirty
    assert thirty <= 12
