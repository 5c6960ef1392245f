"""What `make bench` reads from the pages it measures is there to be read."""

from __future__ import annotations

import pytest
from django.urls import reverse

from bench.run import first, hidden
from enquiries.services import create_default_policies
from tests.factories import MPFactory, ServiceFactory, TopicFactory

pytestmark = pytest.mark.django_db


def test_the_bench_finds_what_it_sends_in_the_log_form_and_the_queue(sign_in, officer, authority):
    create_default_policies(authority=authority)
    mp, topic = MPFactory(authority=authority), TopicFactory(authority=authority)
    service = ServiceFactory(authority=authority)
    client = sign_in(officer)

    form = client.get(reverse("enquiries:enquiry_log", args=[authority.slug])).content.decode()
    queue = client.get(reverse("enquiries:enquiry_list", args=[authority.slug]) + "?filters=shown")
    logged = client.post(
        reverse("enquiries:enquiry_log", args=[authority.slug]),
        {
            "submission": hidden(form, "submission"),
            "mp": first(form, "mp"),
            "received_on": hidden(form, "received_on"),
            "channel": "e-mail",
            "enquiry_type": "enquiry",
            "urgency": "standard",
            "subject": "Measured",
            "question": "What is measured?",
            "topic": first(form, "topic"),
            "service": first(form, "service"),
        },
    )

    found = {name: first(form, name) for name in ("mp", "topic", "service")}
    assert found == {"mp": str(mp.pk), "topic": str(topic.pk), "service": str(service.pk)}
    assert first(queue.content.decode(), "service") == str(service.pk)
    assert hidden(form, "csrfmiddlewaretoken")
    assert logged.status_code == 302
