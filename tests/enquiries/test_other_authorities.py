"""What another authority has set does not reach into ours; where an order or a valid POST shows it."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import ClosureDay
from enquiries.clock import recompute_open_clocks
from enquiries.models import ResponsePolicy, Topic
from tests.factories import NOW, EnquiryFactory, TopicFactory

pytestmark = pytest.mark.django_db


def test_another_authoritys_policy_moves_none_of_our_dates(authority, officer, stranger):
    ResponsePolicy.objects.create(authority=stranger.authority, enquiry_type="enquiry", reply_in=30)
    enquiry = EnquiryFactory(authority=authority)

    recompute_open_clocks(authority=authority, reason="A closure day.", by=officer, now=NOW)

    enquiry.refresh_from_db()
    assert enquiry.due_on == date(2026, 3, 16)


def test_another_authoritys_closure_day_is_no_obstacle(authority, admin, stranger, sign_in):
    on = timezone.localdate() + timedelta(days=30)
    ClosureDay.objects.create(authority=stranger.authority, on=on, name="Elsewhere")
    url = reverse("enquiries:closure_days", args=[authority.slug])

    response = sign_in(admin).post(url, {"on": on, "name": "Staff day", "is_working": "no"})

    assert response.status_code == 302
    assert ClosureDay.objects.of(authority).get().name == "Staff day"


def test_another_authoritys_topic_leaves_its_name_free(authority, political_affairs, stranger, sign_in):
    TopicFactory(authority=stranger.authority, name="Potholes")
    url = reverse("enquiries:topic_add", args=[authority.slug])

    response = sign_in(political_affairs).post(url, {"name": "Potholes", "is_active": "on"})

    assert response.status_code == 302
    assert Topic.objects.visible_to(political_affairs).get().name == "Potholes"
