import io
import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Authority, Membership, Role, User
from enquiries.models import ResponsePolicy, Topic
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NORTHMOOR = {
    "name": "Northmoor Council",
    "ons_code": "Z98000001",
    "nation": "england",
    "prefix": "NM",
    "admin_email": "Sam@Northmoor.example",
    "admin_name": "Sam Whitlock",
}


def create(capsys, **given):
    call_command("create_authority", **{**NORTHMOOR, **given})
    return capsys.readouterr().out


def test_first_authority_comes_with_policy_topics_and_an_instance_admin(capsys):
    create(capsys)

    authority = Authority.objects.get()
    member = Membership.objects.get()
    assert (authority.name, authority.slug, authority.ons_code) == (
        "Northmoor Council",
        "northmoor",
        "Z98000001",
    )
    assert (member.role, member.user.email, member.user.name) == (
        Role.ADMIN,
        "sam@northmoor.example",
        "Sam Whitlock",
    )
    assert member.user.is_instance_admin
    assert not member.user.has_joined
    assert ResponsePolicy.objects.filter(authority=authority).exists()
    assert Topic.objects.filter(authority=authority).exists()


def test_printed_link_lets_the_admin_in_once(capsys):
    path = re.search(r"http://\S+?(/join/\S+)", create(capsys)).group(1)
    data = {"name": "Sam Whitlock", "password": "a long enough secret"}

    first = Client().post(path, data)

    assert first.status_code == 302
    assert Client().post(path, data).status_code == 404
    assert User.objects.get().check_password("a long enough secret")


def test_second_authority_makes_no_second_instance_admin(capsys):
    create(capsys)

    create(
        capsys, name="Tarnside Council", ons_code="Z98000002", prefix="TS", admin_email="jo@tarnside.example"
    )

    assert User.objects.filter(is_instance_admin=True).get().email == "sam@northmoor.example"
    assert Authority.objects.get(slug="tarnside")


def test_known_person_becomes_admin_without_a_link(capsys):
    UserFactory(email="sam@northmoor.example")

    out = create(capsys)

    assert "/join/" not in out
    assert "can sign in at once" in out
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": "Other", "slug": "northmoor", "ons_code": "Z98000002"}, "northmoor already"),
        ({"name": "Other", "slug": "other"}, "Z98000001 already"),
        (
            {"name": "NORTHMOOR council", "slug": "other", "ons_code": "Z98000002"},
            "NORTHMOOR council already",
        ),
    ],
)
def test_existing_authority_is_left_alone(capsys, given, words):
    create(capsys)

    with pytest.raises(CommandError, match=re.escape(words)):
        create(capsys, **given)

    assert Authority.objects.count() == 1
    assert Membership.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"ons_code": "Northmoor"}, "is no ONS code"),
        ({"nation": "cornwall"}, "nation"),
        ({"prefix": "nm"}, "capital letters"),
        ({"admin_email": "sam"}, "is no e-mail address"),
        ({"slug": "account"}, "used by mpcrm itself"),
        ({"slug": "no spaces"}, "slug"),
        ({"name": "x" * 151, "slug": "x"}, "name"),
        ({"admin_name": "  "}, "--admin-name"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_made(capsys, given, words):
    with pytest.raises(CommandError, match=re.escape(words)):
        create(capsys, **given)

    assert (Authority.objects.count(), User.objects.count()) == (0, 0)


def test_without_a_terminal_it_says_what_else_to_give(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())

    with pytest.raises(CommandError, match=r"--ons-code, --nation, --prefix, --admin-email, --admin-name\.$"):
        call_command("create_authority", name="Northmoor Council")


def test_at_a_terminal_it_asks(capsys, monkeypatch):
    answers = iter(["Cyngor Gogledd", "", "W98000001", "", "CG", "si@gogledd.example", "Siân"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda question: next(answers))

    call_command("create_authority")

    authority = Authority.objects.get()
    assert (authority.slug, authority.nation, authority.reference_prefix) == ("cyngor-gogledd", "wales", "CG")
