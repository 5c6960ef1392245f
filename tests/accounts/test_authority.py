import re
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Authority, Role, Service
from accounts.png import MAGIC, is_png
from tests.factories import AuthorityFactory, MembershipFactory, ServiceFactory

pytestmark = pytest.mark.django_db


def chunk(kind, data=b""):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


HEADER = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
PIXELS = chunk(b"IDAT", zlib.compress(b"\0\0"))
PNG = MAGIC + HEADER + PIXELS + chunk(b"IEND")


@pytest.mark.parametrize(
    ("data", "is_one"),
    [
        (PNG, True),
        (b"", False),
        (MAGIC, False),
        (b"GIF89a" + PNG, False),
        (PNG[:-1], False),
        (PNG + b"<script>alert(1)</script>", False),
        (MAGIC + PIXELS + HEADER + chunk(b"IEND"), False),
        (PNG.replace(zlib.compress(b"\0\0"), b"x" * len(zlib.compress(b"\0\0"))), False),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", False),
        (MAGIC + struct.pack(">I", 2**31) + b"IHDR", False),
    ],
)
def test_only_a_whole_png_is_one(data, is_one):
    assert is_png(data) is is_one


def url(name, *args):
    return reverse(f"accounts:{name}", args=["northmoor", *args])


SETTINGS = {
    "name": "Northmoor Council",
    "colour": "#00703c",
    "reference_prefix": "NM",
    "response_target": "85",
    "checklist_days": "90",
}


def version_on(page):
    return re.search(r'name="version" value="(\d+)"', page.content.decode())[1]


def test_settings_saved_in_two_tabs_show_both(admin, sign_in):
    client = sign_in(admin)
    opened = version_on(client.get(url("settings_edit")))
    mine = SETTINGS | {"response_target": "70", "version": opened}
    for _ in range(2):  # once as a double click
        theirs = SETTINGS | {"executives_see_text": "on", "version": opened}
        assert client.post(url("settings_edit"), theirs).status_code == 302

    shown = client.post(url("settings_edit"), mine)
    in_between = Authority.objects.get().response_target
    kept = client.post(url("settings_edit"), mine | {"version": version_on(shown)})

    words = shown.content.decode()
    assert (shown.status_code, in_between) == (422, 85)
    assert "Somebody saved this while you were typing." in words
    assert re.findall(r"</span> Saved meanwhile: “(.*?)”", words) == ["85", "Yes"]
    assert (kept.status_code, Authority.objects.get().response_target) == (302, 70)


def test_settings_are_saved(admin, officer, sign_in):
    logo = SimpleUploadedFile("logo.png", PNG)

    response = sign_in(admin).post(
        url("settings_edit"),
        SETTINGS | {"executives_see_text": "on", "chief_executive": officer.pk, "new_logo": logo},
    )

    authority = admin.authority
    authority.refresh_from_db()
    assert response.status_code == 302
    assert (authority.colour, authority.response_target) == ("#00703c", 85)
    assert authority.checklist_days == 90
    assert authority.executives_see_text is True
    assert authority.chief_executive == officer
    shown = sign_in(officer).get(url("authority_logo"))
    assert (shown.content, shown["Content-Type"], shown["X-Content-Type-Options"]) == (
        PNG,
        "image/png",
        "nosniff",
    )


def test_changed_settings_are_kept_in_the_history_without_the_logo(admin, sign_in):
    authority, before = admin.authority, admin.authority.executives_see_text

    sign_in(admin).post(url("settings_edit"), SETTINGS | {"executives_see_text": "on", "response_target": 75})

    last, first = authority.history.all()
    assert (first.executives_see_text, last.executives_see_text) == (before, True) == (False, True)
    assert (last.response_target, last.history_user, last.id) == (75, admin.user, authority.pk)
    assert "logo" not in {field.name for field in Authority.history.model._meta.get_fields()}


def test_saving_without_a_file_keeps_the_logo_and_removing_takes_it_away(admin, sign_in):
    admin.authority.logo = PNG
    admin.authority.save()
    client = sign_in(admin)

    client.post(url("settings_edit"), SETTINGS)
    kept = client.get(url("authority_logo")).status_code
    client.post(url("settings_edit"), SETTINGS | {"remove_logo": "on"})

    assert (kept, client.get(url("authority_logo")).status_code) == (200, 404)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": ""}, "Enter the name of the authority."),
        ({"colour": "red"}, "Enter a colour like #1d4f72."),
        ({"colour": "#12345"}, "Enter a colour like #1d4f72."),
        ({"reference_prefix": "nm"}, "Enter 2 to 6 capital letters."),
        ({"reference_prefix": "N"}, "Enter 2 to 6 capital letters."),
        ({"reference_prefix": "ABCDEFG"}, "at most 6 characters"),
        ({"response_target": "0"}, "Enter a percentage from 1 to 100."),
        ({"response_target": "101"}, "Enter a percentage from 1 to 100."),
        ({"response_target": "most"}, "Enter a percentage from 1 to 100."),
        ({"checklist_days": "29"}, "Enter a number of days from 30 to 730."),
        ({"checklist_days": "731"}, "Enter a number of days from 30 to 730."),
    ],
)
def test_settings_refuse_what_is_wrong(admin, sign_in, given, words):
    response = sign_in(admin).post(url("settings_edit"), SETTINGS | given)

    admin.authority.refresh_from_db()
    assert response.status_code == 422
    assert words in response.content.decode()
    assert admin.authority.response_target == 90


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("logo.png", b"GIF89a not a png", "This file is not a PNG picture"),
        ("logo.png", PNG[:20], "This file is not a PNG picture"),
        ("logo.png", PNG + b" " * 100 * 1024, "larger than 100 KB"),
        ("logo.png", b"", "empty"),
    ],
)
def test_bad_logo_is_refused_and_nothing_saved(admin, sign_in, name, data, words):
    response = sign_in(admin).post(
        url("settings_edit"), SETTINGS | {"new_logo": SimpleUploadedFile(name, data)}
    )

    admin.authority.refresh_from_db()
    assert response.status_code == 422
    assert words in response.content.decode()
    assert bytes(admin.authority.logo) == b""
    assert admin.authority.colour != "#00703c"


def test_settings_mistake_leaves_the_frame_as_saved(admin, sign_in):
    page = sign_in(admin).post(url("settings_edit"), SETTINGS | {"name": "Wrong", "colour": "red"})

    assert "Northmoor Council</span>" in page.content.decode()


def test_chief_executive_is_a_colleague(admin, stranger, sign_in):
    response = sign_in(admin).post(url("settings_edit"), SETTINGS | {"chief_executive": stranger.pk})

    assert response.status_code == 422


def test_service_is_added_with_its_people(admin, officer, executive, sign_in):
    response = sign_in(admin).post(
        url("service_add"),
        {"name": "Priffyrdd", "head": officer.pk, "director": executive.pk, "is_active": "on"},
    )

    service = Service.objects.get()
    assert response.status_code == 302
    assert (service.authority, service.head, service.director) == (admin.authority, officer, executive)


@pytest.mark.parametrize("field", ["head", "director", "substitute"])
def test_service_names_nobody_whose_role_opens_no_enquiry(admin, officer, sign_in, field):
    service = ServiceFactory(authority=admin.authority, name="Highways", **{field: officer})
    client = sign_in(admin)
    choices = client.get(url("service_edit", service.pk)).context["form"].fields[field].queryset

    refused = client.post(url("service_edit", service.pk), {"name": "Highways", field: admin.pk})
    officer.role = Role.ADMIN
    officer.save()
    changed_since = client.post(url("service_edit", service.pk), {"name": "Highways", field: officer.pk})

    assert list(choices) == [officer]
    assert (refused.status_code, changed_since.status_code) == (422, 422)
    assert "their role (Admin) does not open them. Choose somebody else." in changed_since.content.decode()


@pytest.mark.parametrize(
    ("role", "is_offered"),
    [
        (Role.OFFICER, True),
        (Role.POLITICAL_AFFAIRS, True),
        (Role.EXECUTIVE, True),
        (Role.SERVICE_CONTACT, False),
        (Role.ADMIN, False),
    ],
)
def test_chief_executive_may_open_whatever_they_are_told_of(admin, sign_in, role, is_offered):
    person = MembershipFactory(authority=admin.authority, role=role)

    response = sign_in(admin).post(url("settings_edit"), SETTINGS | {"chief_executive": person.pk})

    admin.authority.refresh_from_db()
    assert (response.status_code == 302, admin.authority.chief_executive == person) == (
        is_offered,
        is_offered,
    )


def test_chief_executive_made_an_admin_since_is_to_be_replaced(admin, officer, sign_in):
    Authority.objects.update(chief_executive=officer)
    officer.role = Role.ADMIN
    officer.save()

    response = sign_in(admin).post(url("settings_edit"), SETTINGS | {"chief_executive": officer.pk})

    assert response.status_code == 422
    assert "their role (Admin) does not open them. Choose somebody else." in response.content.decode()


def test_service_name_is_taken_whatever_its_case(admin, sign_in):
    ServiceFactory(authority=admin.authority, name="Highways")
    ServiceFactory(name="Housing")

    taken = sign_in(admin).post(url("service_add"), {"name": "HIGHWAYS"})
    elsewhere = sign_in(admin).post(url("service_add"), {"name": "Housing"})

    assert taken.status_code == 422
    assert "There is a service area of this name already." in taken.content.decode()
    assert elsewhere.status_code == 302


def test_service_names_colleagues_only_and_keeps_one_who_left(admin, officer, stranger, sign_in):
    service = ServiceFactory(authority=admin.authority, name="Highways", head=officer)
    officer.is_active = False
    officer.save()
    client = sign_in(admin)

    foreign = client.post(url("service_edit", service.pk), {"name": "Highways", "head": stranger.pk})
    kept = client.post(url("service_edit", service.pk), {"name": "Roads", "head": officer.pk})
    gone = client.post(url("service_edit", service.pk), {"name": "Roads", "director": officer.pk})

    service.refresh_from_db()
    assert (foreign.status_code, kept.status_code, gone.status_code) == (422, 302, 422)
    assert (service.name, service.head, service.director) == ("Roads", officer, None)


def test_authority_may_not_take_a_word_of_mpcrm_as_its_address():
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError, match="used by mpcrm itself"):
        AuthorityFactory.build(slug="account").full_clean()


def test_member_of_two_authorities_sees_each_only_at_its_own_address(admin, sign_in):
    other = AuthorityFactory(name="Tarnside Council", slug="tarnside")
    MembershipFactory(authority=other, user=admin.user, role="officer")
    ServiceFactory(authority=other, name="Only in Tarnside")
    client = sign_in(admin)

    here = client.get(url("service_list"))
    there = client.get(reverse("accounts:service_list", args=["tarnside"]))

    assert "Only in Tarnside" not in here.content.decode()
    assert (here.status_code, there.status_code) == (200, 403)
