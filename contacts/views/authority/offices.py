"""An MP's office, as one authority knows it: how to write to it, and who works there."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import HANDLERS, AuthorityRequest, for_roles
from accounts.gone import told_if_gone
from accounts.history import EditedMeanwhile
from accounts.models import Role
from contacts.addresses import mp_of_address
from contacts.cards.states import card_states
from contacts.forms import AsAtForm, OfficeForm, OfficePersonForm
from contacts.lifelines import in_names_of
from contacts.models import MP, MPOffice, OfficePerson, ParliamentContact
from contacts.services import (
    NameTaken,
    record_leaving,
    remove_office_person,
    set_office,
    set_office_person,
)

# What Parliament publishes of an office and an authority records too.
OFFICE_FIELDS = ("email", "phone", "address")
READERS = (*HANDLERS, Role.SERVICE_CONTACT, Role.EXECUTIVE)
LONGEST_ADDRESS = 500  # with a name beside it


@require_safe
@for_roles(*READERS)
def office_detail(request: AuthorityRequest, mp: int) -> HttpResponse:
    """`?on=` asks what Parliament published on another day; what we record is always of today."""
    member = request.membership
    person = get_object_or_404(MP, pk=mp)
    form = AsAtForm(request.GET, today=timezone.localdate())
    [card] = card_states([person], membership=member)
    people = OfficePerson.objects.visible_to(member).filter(mp=person).order_by("name", "pk")
    published = list(person.published_contacts.current(form.as_at))
    if form.as_at:
        in_names_of([person], form.as_at)
    return render(
        request,
        "contacts/office_detail.html",
        {
            "mp": person,
            "office": MPOffice.objects.visible_to(member).filter(mp=person).first(),
            "published": [each for each in published if not each.is_web_address],
            "websites": [each for each in published if each.website],
            "people": [each for each in people if each.left_on is None],
            "leavers": [each for each in people if each.left_on is not None],
            "card": card,
            "is_ours": MP.objects.of(request.authority).filter(pk=mp).exists(),
            "may_write": member.handles_enquiries,
            "form": form,
        },
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*HANDLERS)
def office_edit(request: AuthorityRequest, mp: int) -> HttpResponse:
    person = get_object_or_404(MP, pk=mp)
    office = MPOffice.objects.visible_to(request.membership).filter(mp=person).first()
    published = published_office(request, person)
    filled = {name: getattr(published, name) for name in OFFICE_FIELDS if getattr(published, name, "")}
    form = OfficeForm(
        request.POST or None,
        instance=office,
        initial={"version": office.version if office else 0, **filled},
    )
    if request.method == "POST" and form.is_valid():
        changes = dict(form.cleaned_data)
        version = changes.pop("version")
        try:
            set_office(by=request.membership, mp=person, version=version, changes=changes, now=timezone.now())
        except EditedMeanwhile as meanwhile:
            form.show_both(meanwhile.saved)
            form.add_error(None, "Somebody saved this while you were typing. Compare, then save again.")
        else:
            messages.success(request, "The office is saved.")
            return redirect("contacts:office_detail", request.authority.slug, mp)
    return render(
        request,
        "contacts/office_edit.html",
        {"form": form, "mp": person, "published": published},
        status=422 if form.is_bound else 200,
    )


def published_office(request: AuthorityRequest, mp: MP) -> ParliamentContact | None:
    """What Parliament publishes, if the address asks to fill the form in with it."""
    number = request.GET.get("published", "")
    offices = ParliamentContact.objects.current().offices().filter(mp=mp)
    return offices.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 10 else None


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*HANDLERS)
def office_person_add(request: AuthorityRequest, mp: int) -> HttpResponse:
    return _edit_person(request, get_object_or_404(MP, pk=mp), None)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*HANDLERS)
@told_if_gone(OfficePerson, OfficePersonForm)
def office_person_edit(request: AuthorityRequest, pk: int) -> HttpResponse:
    person = _person_or_404(request, pk)
    return _edit_person(request, person.mp, person)


@sensitive_post_parameters()
@require_POST
@for_roles(*READERS)
def address_find(request: AuthorityRequest) -> HttpResponse:
    """Whose e-mail address is this? Asked by POST, so that no address gets into a URL or a log."""
    address = request.POST.get("address", "")[:LONGEST_ADDRESS]
    mp = mp_of_address(request.authority, address, on=timezone.localdate())
    if mp is None:
        messages.info(request, "No MP’s office is known by that address, or more than one is.")
        return redirect("contacts:mp_list", request.authority.slug)
    return redirect("contacts:office_detail", request.authority.slug, mp.pk)


@require_POST
@for_roles(*HANDLERS)
@told_if_gone(OfficePerson)
def office_person_left(request: AuthorityRequest, pk: int) -> HttpResponse:
    """Somebody has left; asked again of somebody who has, they work there after all."""
    person, now = _person_or_404(request, pk), timezone.now()
    left_on = timezone.localdate(now) if person.left_on is None else None
    try:
        record_leaving(by=request.membership, person=person, left_on=left_on, now=now)
    except NameTaken:
        messages.warning(request, f"Somebody else called {person.name} works there already.")
    else:
        messages.success(request, f"{person.name} {'has left' if left_on else 'works there'}.")
    return redirect("contacts:office_detail", request.authority.slug, person.mp_id)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*HANDLERS)
@told_if_gone(OfficePerson)
def office_person_remove(request: AuthorityRequest, pk: int) -> HttpResponse:
    """For somebody entered by mistake; who has left is kept."""
    person = _person_or_404(request, pk)
    back = reverse("contacts:office_detail", args=[request.authority.slug, person.mp_id])
    if request.method == "POST":
        remove_office_person(by=request.membership, person=person, now=timezone.now())
        messages.success(request, f"{person.name} is removed.")
        return redirect(back)
    return render(
        request,
        "contacts/office_person_remove.html",
        {"person": person, "mp": person.mp, "back_url": back, "back_text": "Office"},
    )


def _edit_person(request: AuthorityRequest, mp: MP, person: OfficePerson | None) -> HttpResponse:
    now = timezone.now()
    form = OfficePersonForm(
        request.POST or None,
        instance=person,
        today=timezone.localdate(now),
        initial={"version": person.version if person else 0},
    )
    if request.method == "POST" and form.is_valid():
        changes = dict(form.cleaned_data)
        version = changes.pop("version")
        try:
            saved = set_office_person(
                by=request.membership, mp=mp, person=person, version=version, changes=changes, now=now
            )
        except EditedMeanwhile as meanwhile:
            form.show_both(meanwhile.saved)
            form.add_error(None, "Somebody saved this while you were typing. Compare, then save again.")
        except NameTaken:
            form.add_error("name", "Somebody of this name works there already.")
        else:
            messages.success(request, f"{saved.name} is saved.")
            return redirect("contacts:office_detail", request.authority.slug, mp.pk)
    return render(
        request,
        "contacts/office_person_edit.html",
        {"form": form, "mp": mp, "person": person},
        status=422 if form.is_bound else 200,
    )


def _person_or_404(request: AuthorityRequest, pk: int) -> OfficePerson:
    people = OfficePerson.objects.visible_to(request.membership).select_related("mp")
    return get_object_or_404(people, pk=pk)
