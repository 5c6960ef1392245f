"""The frame round every page: header, navigation, messages, errors, form fields; signing in and passwords."""

import re
from datetime import timedelta

import pytest
from django import forms
from django.core import mail
from django.core.cache import cache
from django.template import Context, RequestContext, Template
from django.test import Client, RequestFactory, override_settings
from django.urls import resolve, reverse
from django.utils import timezone

from accounts.access import RENEWED_AT
from accounts.models import Role
from mpcrm import demo
from mpcrm.frame import Frame
from notifications.models import Channel
from tests.factories import (
    NOW,
    PASSWORD,
    AuthorityFactory,
    MembershipFactory,
    MPFactory,
    NotificationFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "quite another long password"


def page_of(membership, path="/account/help/"):
    client = Client()
    client.force_login(membership.user)
    return client.get(path).content.decode()


def frame_of(membership, path="/northmoor/"):
    request = RequestFactory().get(path)
    request.user = membership.user
    request.membership = membership
    request.authority = membership.authority
    return Frame(request)


def frame_at(membership, address):
    frame = frame_of(membership, address)
    frame.request.resolver_match = resolve(address)
    return frame


# --- Navigation ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "entries"),
    [
        (Role.OFFICER, ["Home", "To do", "Enquiries", "MPs", "Engagement", "Dashboard", "Policy"]),
        (Role.POLITICAL_AFFAIRS, ["Home", "To do", "Enquiries", "MPs", "Engagement", "Dashboard", "Policy"]),
        (Role.SERVICE_CONTACT, ["Home", "To do", "Enquiries", "MPs", "Policy"]),
        (Role.EXECUTIVE, ["Home", "To do", "Enquiries", "MPs", "Engagement", "Dashboard", "Policy"]),
        (Role.ADMIN, ["Home", "To do", "MPs", "People", "Services", "Settings", "Is it running?"]),
    ],
)
def test_navigation_shows_what_the_role_may_open(authority, role, entries):
    membership = MembershipFactory(authority=authority, role=role)

    assert [link.text for link in frame_of(membership).navigation] == entries


def test_navigation_leads_only_to_pages_that_open(authority, sign_in):
    for role in Role:
        membership = MembershipFactory(authority=authority, role=role)
        client = sign_in(membership)

        for link in frame_of(membership).navigation:
            assert client.get(link.url, follow=True).status_code == 200, (role, link)


def test_navigation_marks_where_one_is(officer):
    def current(path):
        return [link.text for link in frame_of(officer, path).navigation if link.is_current]

    assert current("/northmoor/") == ["Home"]
    assert current("/northmoor/mps/") == ["MPs"]
    assert current("/northmoor/mps/17/") == ["MPs"]
    assert current("/northmoor/dashboard/") == ["Dashboard"]
    assert current("/northmoor/enquiries/closure-days/") == ["Policy"]
    assert current("/northmoor/enquiries/topics/3/") == ["Policy"]
    assert current("/northmoor/notifications/failed/") == []
    assert current("/account/") == []


WRITTEN_DOWN = [
    "Background",
    "Office",
    "Who leads",
    "Touchpoints",
    "Asks and commitments",
    "Priorities",
    "Checklist",
]


@pytest.mark.parametrize(
    ("role", "entries"),
    [
        (Role.OFFICER, ["Summary", "What changed", *WRITTEN_DOWN]),
        (Role.POLITICAL_AFFAIRS, ["Summary", "What changed", *WRITTEN_DOWN, "Export"]),
        (Role.EXECUTIVE, ["Summary", "What changed", *WRITTEN_DOWN]),
        (Role.SERVICE_CONTACT, ["Summary", "What changed", "Office", "Who leads", "Priorities"]),
        (Role.ADMIN, ["Summary", "What changed", "Who leads", "Priorities"]),
    ],
)
def test_a_page_about_an_mp_leads_to_the_others_that_the_role_may_open(authority, sign_in, role, entries):
    mp, membership = MPFactory(), MembershipFactory(authority=authority, role=role)
    client = sign_in(membership)
    address = reverse("overview:mp_detail", args=[authority.slug, mp.pk])

    pages = frame_at(membership, address).mp_pages

    assert [link.text for link in pages] == entries
    assert [link.text for link in pages if link.is_current] == ["Summary"]
    for link in pages:
        page = client.get(link.url).content.decode()
        assert f'href="{link.url}" aria-current="page"' in page, link
        assert all(f'href="{other.url}"' in page for other in pages)


def test_other_pages_lead_to_no_page_of_an_mp(authority, officer):
    for name in ("contacts:mp_list", "overview:authority_home"):
        assert frame_at(officer, reverse(name, args=[authority.slug])).mp_pages == []


def test_only_an_instance_admin_is_offered_the_import(officer):
    assert "Import MPs" not in page_of(officer)

    officer.user.is_instance_admin = True
    officer.user.save()

    assert "Import MPs" in page_of(officer)


def test_log_enquiry_is_offered_to_those_who_handle_enquiries(authority):
    for role in Role:
        membership = MembershipFactory(authority=authority, role=role)

        offered = reverse("enquiries:enquiry_log", args=[authority.slug]) in page_of(membership)

        assert offered == membership.handles_enquiries


def test_whoever_works_for_several_logs_for_the_one_they_were_at_last(officer, stranger):
    other = MembershipFactory(
        user=officer.user, authority=AuthorityFactory(slug="tarnside"), role=Role.POLITICAL_AFFAIRS
    )
    client = Client()
    client.force_login(officer.user)

    def offered():
        page = client.get("/account/help/").content.decode()
        return [slug for slug in ("northmoor", "tarnside", "southfen") if f'"/{slug}/enquiries/log/"' in page]

    assert offered() == []
    client.get("/northmoor/enquiries/")
    assert offered() == ["northmoor"]
    client.get("/tarnside/enquiries/")
    assert client.get(f"/{stranger.authority.slug}/enquiries/").status_code == 404
    assert offered() == ["tarnside"]
    other.role = Role.EXECUTIVE
    other.save()
    assert offered() == []
    other.is_active = False
    other.save()
    assert offered() == ["northmoor"]


def test_shortcuts_are_off_for_those_who_turned_them_off(officer):
    assert "data-log-enquiry" in page_of(officer)
    assert "aria-keyshortcuts" in page_of(officer)

    officer.user.has_shortcuts = False
    officer.user.save()

    assert "data-log-enquiry" not in page_of(officer)
    assert "aria-keyshortcuts" not in page_of(officer)


def test_only_people_of_several_authorities_can_change_authority(officer):
    assert "Change authority" not in page_of(officer)
    assert "Choose authority" not in page_of(officer)

    other = AuthorityFactory(name="Tarnside Council", slug="tarnside")
    MembershipFactory(user=officer.user, authority=other)
    MembershipFactory(
        user=officer.user, authority=AuthorityFactory(name="Left Council", slug="left"), is_active=False
    )

    page = page_of(officer)
    assert "Choose authority" in page
    assert 'href="/tarnside/"' in page
    assert 'href="/northmoor/"' in page
    assert "Left Council" not in page


def test_bell_counts_what_the_person_has_not_read_in_this_authority(officer):
    NotificationFactory.create_batch(2, recipient=officer, channel=Channel.IN_APP)
    NotificationFactory(recipient=officer, channel=Channel.IN_APP, read_at=NOW)
    NotificationFactory(recipient=officer, channel=Channel.EMAIL)
    NotificationFactory(recipient=MembershipFactory(authority=officer.authority), channel=Channel.IN_APP)

    assert re.search(r'class="mpcrm-count">2<span class="govuk-visually-hidden"> unread', page_of(officer))


def test_the_whole_frame_costs_one_query(authority, django_assert_num_queries):
    officer = MembershipFactory(authority=authority)
    MembershipFactory(user=officer.user)
    request = RequestFactory().get("/northmoor/mps/")
    request.user, request.membership, request.authority = officer.user, officer, authority
    request.session = {}
    frame = Frame(request)

    with django_assert_num_queries(1):
        Template("{% include 'includes/header.html' %}{% include 'includes/footer.html' %}").render(
            Context({"frame": frame, "request": request})
        )


def test_header_wears_the_authority(officer):
    officer.authority.colour = "#7a1d4f"
    officer.authority.logo = b"\x89PNG"
    officer.authority.save()

    page = page_of(officer)

    assert 'fill="#7a1d4f"' in page
    assert 'src="/northmoor/logo.png"' in page
    assert "<title>Help - Northmoor Council - mpcrm</title>" in page


def test_header_shows_no_logo_where_there_is_none(officer):
    assert "logo.png" not in page_of(officer)


def test_the_demo_says_that_it_is_fictional(client, settings):
    words = "Fictional council, MPs and constituents"
    assert words not in client.get(reverse("account_login")).content.decode()

    settings.DEMO = True

    page = client.get(reverse("account_login")).content.decode()
    assert words in page
    assert demo.PASSWORD in page
    assert all(person.email in page for person in demo.SIGN_INS)


# --- Signing in ---------------------------------------------------------------------


def sign_in_with(client, email, password=PASSWORD, **kwargs):
    return client.post(reverse("account_login"), {"login": email, "password": password}, **kwargs)


def test_signing_in_leads_on_to_where_one_was_going(client, officer):
    response = client.post(
        reverse("account_login") + "?next=/account/help/",
        {"login": officer.user.email.upper(), "password": PASSWORD},
    )

    assert response.status_code == 302
    assert response.url == "/account/help/"


@pytest.mark.parametrize(
    ("came_from", "leads_to"),
    [
        ("http://testserver/northmoor/notifications/?page=2#row", "/northmoor/notifications/?page=2"),
        ("http://elsewhere.example/northmoor/notifications/", "/"),
        ("http://testserver//elsewhere.example/", "/"),
        ("", "/"),
    ],
)
def test_a_form_sent_after_the_session_ended_leads_back_to_its_page(client, officer, came_from, leads_to):
    button = reverse("notifications:notification_read_all", args=["northmoor"])

    sign_in_page = client.post(button, headers={"referer": came_from}, follow=True)
    next_page = re.search(r'name="next" value="([^"]*)"', sign_in_page.content.decode())[1]
    data = {"login": officer.user.email, "password": PASSWORD, "next": next_page}
    signed_in = client.post(reverse("account_login"), data)

    assert "so nothing was changed. Sign in, then send it again." in sign_in_page.content.decode()
    assert signed_in.url == leads_to


def test_a_page_asked_for_while_signed_out_is_led_back_to_as_ever(client, officer):
    page = reverse("notifications:notification_list", args=["northmoor"])

    assert client.get(page, headers={"referer": "http://testserver/account/help/"}).url.endswith(f"={page}")


def test_a_wrong_password_says_neither_which_was_wrong(client, officer):
    wrong = sign_in_with(client, officer.user.email, "not the password")
    unknown = sign_in_with(client, "nobody@example.org", "not the password")

    for response in (wrong, unknown):
        page = response.content.decode()
        assert response.status_code == 422
        assert "The e-mail address or the password is not right." in page
        assert "<title>Error: Sign in - mpcrm</title>" in page


def test_someone_deactivated_cannot_sign_in(client, officer):
    officer.user.is_active = False
    officer.user.save()

    response = sign_in_with(client, officer.user.email)

    assert response.status_code == 422
    assert "Your account has been switched off" in response.content.decode()
    assert "_auth_user_id" not in client.session
    assert "is not right" in sign_in_with(client, officer.user.email, "wrong").content.decode()


def test_a_form_without_answers_asks_for_them(client):
    page = client.post(reverse("account_login"), {}).content.decode()

    assert '<a href="#id_login">Enter your e-mail address.</a>' in page
    assert '<a href="#id_password">Enter your password.</a>' in page


@override_settings(ACCOUNT_RATE_LIMITS={})
def test_too_many_wrong_passwords_are_throttled(client, officer):
    cache.clear()
    answers = [sign_in_with(client, officer.user.email, "wrong").content.decode() for _ in range(6)]

    assert "is not right" in answers[4]
    assert "There were too many attempts. Wait five minutes" in answers[5]
    assert "too many attempts" in sign_in_with(client, officer.user.email).content.decode()
    cache.clear()


@override_settings(ACCOUNT_RATE_LIMITS={})
def test_wrong_passwords_typed_elsewhere_do_not_lock_anybody_out(client, officer):
    cache.clear()
    stranger = Client(REMOTE_ADDR="192.0.2.66")
    answers = [sign_in_with(stranger, officer.user.email, "wrong").content.decode() for _ in range(6)]

    assert "too many attempts" in answers[5]
    assert sign_in_with(client, officer.user.email).status_code == 302
    cache.clear()


@override_settings(ACCOUNT_RATE_LIMITS={"login": "2/m/ip"})
def test_hammering_the_page_itself_is_answered_in_plain_words(client):
    cache.clear()
    responses = [sign_in_with(client, "nobody@example.org") for _ in range(3)]

    assert responses[2].status_code == 429
    assert "Too many attempts" in responses[2].content.decode()
    cache.clear()


def test_there_is_no_way_to_sign_up(client):
    assert client.get("/account/signup/").status_code in {302, 404}
    assert "sign up" not in client.get(reverse("account_login")).content.decode().lower()


def test_signing_out_is_a_form(sign_in, officer):
    client = sign_in(officer)

    assert "Sign out of mpcrm?" in client.get(reverse("account_logout")).content.decode()
    response = client.post(reverse("account_logout"))

    assert "_auth_user_id" not in client.session
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'


def test_pages_know_how_long_the_session_lasts(client, officer, settings):
    sign_in_with(client, officer.user.email)
    page = client.get("/account/help/").content.decode()
    left = int(re.search(r'data-session-seconds="(\d+)"', page)[1])
    assert settings.SESSION_COOKIE_AGE - 60 < left <= settings.SESSION_COOKIE_AGE

    session = client.session
    session[RENEWED_AT] = (timezone.now() - timedelta(hours=11)).isoformat()
    session.save()
    page = client.get("/account/help/").content.decode()
    assert 3540 < int(re.search(r'data-session-seconds="(\d+)"', page)[1]) <= 3600

    answer = client.post(reverse("stay_signed_in"))
    assert answer.content.decode() == str(settings.SESSION_COOKIE_AGE)
    page = client.get("/account/help/").content.decode()
    assert int(re.search(r'data-session-seconds="(\d+)"', page)[1]) > settings.SESSION_COOKIE_AGE - 60


def test_a_forgotten_password_is_replaced_through_a_link_that_works_once(client, officer):
    response = client.post(reverse("account_reset_password"), {"email": officer.user.email}, follow=True)
    assert "Look in your e-mail" in response.content.decode()
    [message] = mail.outbox
    assert message.subject == "Choose a new password for mpcrm"
    path = re.search(r"https?://[^/]+(/\S+)", message.body)[1]

    form_page = client.get(path, follow=True)
    action = form_page.redirect_chain[-1][0]
    done = client.post(action, {"password1": NEW_PASSWORD}, follow=True)

    assert "Your new password is saved" in done.content.decode()
    assert sign_in_with(client, officer.user.email, NEW_PASSWORD).status_code == 302
    assert "This link no longer works" in Client().get(path, follow=True).content.decode()


def test_a_mail_server_that_is_down_does_not_tell_who_has_an_account(client, officer, monkeypatch, caplog):
    def refuse(*args):
        raise ConnectionRefusedError(officer.user.email)

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    known = client.post(reverse("account_reset_password"), {"email": officer.user.email})
    unknown = client.post(reverse("account_reset_password"), {"email": "nobody@example.org"})

    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert "not sent: ConnectionRefusedError" in caplog.text
    assert officer.user.email not in caplog.text


def test_asking_for_a_stranger_looks_the_same_and_sends_nothing(client, db):
    response = client.post(reverse("account_reset_password"), {"email": "nobody@example.org"}, follow=True)

    assert "Look in your e-mail" in response.content.decode()
    assert mail.outbox == []


@pytest.mark.usefixtures("admin")  # somebody else's work here opens nothing
@pytest.mark.parametrize("why", ["not joined yet", "left the authority", "switched off"])
def test_asking_for_someone_who_could_open_nothing_looks_the_same_and_sends_nothing(client, officer, why):
    if why == "not joined yet":
        officer.user.set_unusable_password()
        officer.user.save()
    elif why == "left the authority":
        officer.is_active = False
        officer.save()
    else:
        officer.user.is_active = False
        officer.user.save()

    response = client.post(reverse("account_reset_password"), {"email": officer.user.email}, follow=True)

    assert "Look in your e-mail" in response.content.decode()
    assert mail.outbox == []


def test_an_instance_admin_without_an_authority_chooses_a_new_password(client, db):
    client.post(reverse("account_reset_password"), {"email": UserFactory(is_instance_admin=True).email})

    assert len(mail.outbox) == 1


def test_a_password_is_changed_by_someone_who_knows_the_old_one(sign_in, officer):
    client = sign_in(officer)

    wrong = client.post(
        reverse("account_change_password"), {"oldpassword": "wrong", "password1": NEW_PASSWORD}
    )
    assert wrong.status_code == 422
    assert "This is not your current password." in wrong.content.decode()

    short = client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": "short"})
    assert short.status_code == 422

    right = client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": NEW_PASSWORD},
        follow=True,
    )
    assert "Your password has been changed" in right.content.decode()
    assert sign_in_with(Client(), officer.user.email, NEW_PASSWORD).status_code == 302


def test_help_names_the_admins_of_ones_own_authorities(officer, admin):
    other = MembershipFactory(role=Role.ADMIN)

    page = page_of(officer)

    assert admin.user.email in page
    assert other.user.email not in page


# --- When something is wrong --------------------------------------------------------


def test_a_missing_page_says_so_in_the_frame(officer, sign_in):
    response = sign_in(officer).get("/northmoor/no-such-page/")

    page = response.content.decode()
    assert response.status_code == 404
    assert "Page not found" in page
    assert "Northmoor Council" in page


def test_a_forbidden_page_blames_nobody(officer, sign_in):
    response = sign_in(officer).get(reverse("accounts:people_list", args=["northmoor"]))

    assert response.status_code == 403
    assert "Your role does not open this page" in response.content.decode()


def test_the_address_of_a_button_asked_for_by_itself_says_that_nothing_was_changed(officer, sign_in):
    client, button = sign_in(officer), reverse("notifications:notification_read_all", args=["northmoor"])

    response = client.get(button)

    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert '<h1 class="govuk-heading-l">Nothing was changed</h1>' in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    assert client.options(button).content == b""


def test_a_stale_form_is_answered_in_plain_words(officer):
    client = Client(enforce_csrf_checks=True)
    client.force_login(officer.user)

    response = client.post("/account/", {"name": "Another"})

    assert response.status_code == 403
    assert "Please send this form again" in response.content.decode()


def test_our_own_mistake_is_admitted_without_details(rf):
    from django.views.defaults import bad_request, server_error

    response = server_error(rf.get("/northmoor/"))
    assert response.status_code == 500
    assert "This is our mistake, not yours" in response.content.decode()
    assert "data-session-seconds" not in response.content.decode()

    response = bad_request(rf.get("/"), ValueError("secret"))
    assert response.status_code == 400
    assert "This request was not understood" in response.content.decode()
    assert "secret" not in response.content.decode()


# --- The form pack ------------------------------------------------------------------


class EveryField(forms.Form):
    subject = forms.CharField(
        max_length=20, help_text="In a few words", error_messages={"required": "Say what"}
    )
    received_on = forms.DateField(widget=forms.DateInput, initial=NOW.date())
    channel = forms.ChoiceField(choices=[("e-mail", "E-mail"), ("phone", "Phone")], widget=forms.RadioSelect)
    services = forms.MultipleChoiceField(
        choices=[("1", "Highways")], widget=forms.CheckboxSelectMultiple, required=False
    )
    service = forms.ChoiceField(choices=[("1", "Highways")])
    question = forms.CharField(widget=forms.Textarea, required=False)
    is_urgent = forms.BooleanField(required=False, help_text="Rarely")
    list_file = forms.FileField(label="List")
    secret = forms.CharField(widget=forms.PasswordInput)


def rendered(form, template="{% load crispy_forms_tags %}{{ form|crispy }}"):
    return re.sub(r"\s+", " ", Template(template).render(Context({"form": form})))


def test_each_field_wears_its_component():
    html = rendered(EveryField())

    def classes(name):
        return re.search(rf'<(?:input|select|textarea) [^>]*name="{name}"[^>]*>', html)[0]

    assert 'class="govuk-input"' in classes("subject")
    assert 'aria-describedby="id_subject_helptext"' in classes("subject")
    assert '<div id="id_subject_helptext" class="govuk-hint">In a few words</div>' in html
    assert 'type="date"' in classes("received_on")
    assert 'value="2026-03-02"' in classes("received_on")
    assert 'class="govuk-radios__input"' in classes("channel")
    assert 'class="govuk-checkboxes__input"' in classes("services")
    assert 'class="govuk-checkboxes__input"' in classes("is_urgent")
    assert 'class="govuk-select"' in classes("service")
    assert 'class="govuk-textarea"' in classes("question")
    assert 'class="govuk-file-upload"' in classes("list_file")
    assert "govuk-js-password-input-input" in classes("secret")
    assert "maxlength" not in html
    assert "style=" not in html


def test_a_form_says_what_is_optional():
    class WithRadios(EveryField):
        way = forms.ChoiceField(choices=[("up", "Up")], widget=forms.RadioSelect, required=False)
        mark = forms.ChoiceField(
            choices=[("fact", "Fact")], widget=forms.RadioSelect, required=False, initial="fact"
        )

    html = rendered(WithRadios())

    assert re.findall(r"(\w+) \(optional\)", html) == ["Services", "Question", "Way"]


def test_a_form_of_filters_does_not_repeat_that_all_is_optional():
    class Filters(forms.Form):
        party = forms.CharField(required=False)

    assert "optional" not in rendered(Filters())


def test_mistakes_are_named_beside_the_field_and_keep_what_was_typed():
    html = rendered(EveryField({"subject": "", "received_on": "31/02/2026", "question": "Kept <b>words</b>"}))

    assert "govuk-form-group--error" in html
    said = '<span class="govuk-visually-hidden">Error:</span> Say what'
    assert f'<div id="id_subject_error"><p class="govuk-error-message">{said}</p></div>' in html
    assert 'class="govuk-input govuk-input--error"' in html
    assert 'aria-describedby="id_subject_helptext id_subject_error"' in html
    assert "Kept &lt;b&gt;words&lt;/b&gt;" in html


def test_error_summary_links_every_mistake_to_its_first_input():
    class Form(EveryField):
        def clean(self):
            raise forms.ValidationError("These do not go together")

    html = rendered(Form({}), "{% include 'includes/error_summary.html' %}")

    assert "There is a problem" in html
    assert "<li>These do not go together</li>" in html
    assert '<a href="#id_subject">Say what</a>' in html
    assert '<a href="#id_channel_0">' in html
    assert html.count("<li>") == 7
    assert rendered(EveryField(), "{% include 'includes/error_summary.html' %}").strip() == ""


def test_error_summary_reaches_into_a_formset():
    formset = forms.formset_factory(EveryField)(
        {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-subject": ""}
    )

    html = Template("{% include 'includes/error_summary.html' %}").render(Context({"formset": formset}))

    assert '<a href="#id_form-0-subject">Say what</a>' in html


# --- Small partials -----------------------------------------------------------------


@pytest.mark.parametrize("rag", ["green", "amber", "red", "never"])
def test_a_rag_is_a_word_a_shape_and_a_colour(rag):
    html = Template("{% include 'includes/rag.html' with label='Overdue' name='Reply clock' %}").render(
        Context({"rag": rag})
    )

    assert f"mpcrm-rag--{rag}" in html
    assert re.search(r'<svg [^>]*aria-hidden="true"', html)
    assert '<span class="govuk-visually-hidden">Reply clock: </span>Overdue' in html


def test_pages_are_numbered_with_gaps_and_keep_the_filter(rf):
    from django.core.paginator import Paginator

    page = Paginator(range(1000), 25).page(7)
    html = Template("{% include 'includes/pagination.html' %}").render(
        RequestContext(rf.get("/?service=3&page=7"), {"page_obj": page})
    )

    assert re.findall(r'aria-label="Page (\d+)"', html) == ["1", "6", "7", "8", "40"]
    assert html.count("&ctdot;") == 2
    assert 'href="?service=3&amp;page=8"' in html


def test_dates_are_said_as_people_say_them():
    html = Template("{% load page %}{{ at|day }} / {{ at|moment }} / {{ none|day }}").render(
        Context({"at": NOW.replace(month=6, hour=23, minute=5), "none": None})
    )

    assert html == "3 June 2026 / 3 June 2026 at 12:05am / "
