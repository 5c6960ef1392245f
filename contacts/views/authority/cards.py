"""The central contact card: the card itself, as a page and a PDF, and sending it to MPs' offices."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import EVERYONE, HANDLERS, AuthorityRequest, for_roles
from accounts.forms import say_saved_before
from accounts.gone import told_if_gone
from accounts.history import EditedMeanwhile, SavedBefore
from accounts.models import Membership, Role
from contacts.cards.forms import CardContactFormSet, CardForm, CardSentForm, SendForm
from contacts.cards.pdf import CONTENT_TYPE, card_pdf, file_name
from contacts.cards.services import (
    OutcomeChanged,
    fingerprint,
    letters,
    offices_of,
    record_sent,
    send_card,
    set_card,
    take_back,
    to_edit,
)
from contacts.cards.states import amiss_on, card_states
from contacts.models import MP, CardSent, CardWay, ContactCard, MPQuerySet

EDITORS = (Role.POLITICAL_AFFAIRS, Role.ADMIN)
SEES_OFFICES = (*HANDLERS, Role.SERVICE_CONTACT, Role.EXECUTIVE)


@require_safe
@for_roles(*EVERYONE)
def card_detail(request: AuthorityRequest) -> HttpResponse:
    """The card as it is now, and which of our MPs has been given which version."""
    member = request.membership
    card = ContactCard.objects.visible_to(request.membership).newest()
    contacts = list(card.contacts.select_related("membership__user")) if card else []
    states = []
    if card and member.role in SEES_OFFICES:
        states = card_states(_our_mps(request), membership=member)
    return render(
        request,
        "contacts/card_detail.html",
        {
            "card": card,
            "contacts": contacts,
            "amiss": amiss_on(contacts),
            "states": states,
            "up_to_date": sum(each.is_current for each in states),
            "may_edit": member.role in EDITORS,
            "may_send": member.handles_enquiries,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*EDITORS)
def card_edit(request: AuthorityRequest) -> HttpResponse:
    card = ContactCard.objects.visible_to(request.membership).newest()
    words, lines = to_edit(card) if card else ({}, [])
    sent = request.POST if request.method == "POST" else None
    form = CardForm(sent, initial=words | {"number": card.number if card else 0})
    # What is sent stands by itself: a line that is saved already is no empty one.
    contacts: Any = CardContactFormSet(
        sent,
        prefix="contacts",
        initial=None if sent else lines,
        form_kwargs={"colleagues": Membership.objects.for_authority(request.authority).active()},
    )
    saved: ContactCard | None = None
    if sent is not None and form.is_valid() and contacts.is_valid():
        typed = dict(form.cleaned_data)
        number = typed.pop("number")
        try:
            made = set_card(
                by=request.membership,
                number=number,
                words=typed,
                contacts=contacts.lines(),
                now=timezone.now(),
            )
        except EditedMeanwhile as meanwhile:
            saved = meanwhile.saved
            form.data = {**request.POST.dict(), "number": str(saved.number if saved else 0)}
            form.add_error(None, "Somebody saved the card first. Compare, then save again to keep yours.")
        else:
            messages.success(request, _saved_in_words(made, number))
            return redirect("contacts:card_detail", request.authority.slug)
    return render(
        request,
        "contacts/card_edit.html",
        {
            "form": form,
            "formset": contacts,
            "has_errors": bool(form.errors or (sent is not None and not contacts.is_valid())),
            "card": card,
            "amiss": _amiss(card),
            "saved": saved,
        },
        status=422 if sent is not None else 200,
    )


def _saved_in_words(card: ContactCard, before: int) -> str:
    if card.number == before:
        return "Nothing has changed, so this is still the same version."
    if before == 0:
        return "The card is saved. Send it to your MPs’ offices."
    return f"The card is saved as version {card.number}. MPs who have an earlier one should be sent it."


@require_safe
@for_roles(*EVERYONE)
def card_file(request: AuthorityRequest, number: int) -> HttpResponse:
    """One version as a PDF."""
    cards = ContactCard.objects.visible_to(request.membership).select_related("authority")
    card = get_object_or_404(cards, number=number)
    return HttpResponse(
        card_pdf(card, list(card.contacts.all())),
        content_type=CONTENT_TYPE,
        headers={"Content-Disposition": f'inline; filename="{file_name(card)}"'},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*HANDLERS)
def card_send(request: AuthorityRequest) -> HttpResponse:
    """Choose MPs; see what would go to whom (`?mp=`); send exactly that."""
    card = ContactCard.objects.visible_to(request.membership).newest()
    if card is None:
        messages.info(request, "There is no contact card yet.")
        return redirect("contacts:card_detail", request.authority.slug)
    if request.method == "POST":
        return _send(request, card)
    if "mp" in request.GET:
        return _confirm(request, card, _chosen(request, request.GET.getlist("mp")))
    return _choose(request, card)


def _choose(request: AuthorityRequest, card: ContactCard, *, problem: str = "") -> HttpResponse:
    mps = _our_mps(request)
    addresses = {office.mp_id: office.email for office in offices_of(request.membership, mps)}
    states = card_states(mps, membership=request.membership)
    return render(
        request,
        "contacts/card_send.html",
        {
            "rows": [(each, addresses[each.mp.pk]) for each in states if each.mp.pk in addresses],
            "without_address": [each for each in states if each.mp.pk not in addresses],
            "amiss": _amiss(card),
            "may_edit": request.membership.role in EDITORS,
            "problem": problem,
            "has_errors": bool(problem),
        },
        status=422 if problem else 200,
    )


def _confirm(
    request: AuthorityRequest, card: ContactCard, mps: list[MP], *, problem: str = ""
) -> HttpResponse:
    of = letters(card, offices_of(request.membership, mps), by=request.membership)
    if not of:
        return _choose(request, card, problem="Choose at least one MP whose office’s e-mail is known.")
    return render(
        request,
        "contacts/card_confirm.html",
        {
            "card": card,
            "letters": of,
            "amiss": _amiss(card),
            "may_edit": request.membership.role in EDITORS,
            "file_name": file_name(card),
            "shown": fingerprint(card, of),
            "submission": uuid4(),
            "problem": problem,
            "has_errors": bool(problem),
        },
        status=422 if problem else 200,
    )


def _send(request: AuthorityRequest, card: ContactCard) -> HttpResponse:
    form, mps = SendForm(request.POST), _chosen(request, request.POST.getlist("mp"))
    if not form.is_valid():
        return _confirm(request, card, mps, problem="Look at what would be sent, then send it.")
    try:
        sent = send_card(by=request.membership, mps=mps, now=timezone.now(), **form.cleaned_data)
    except OutcomeChanged:
        problem = "The card or an office’s address has changed since. Nothing was sent. Look at it again."
        return _confirm(request, card, mps, problem=problem)
    to = str(sent[0].mp) if len(sent) == 1 else f"{len(sent)} MPs"
    messages.success(request, f"The contact card is on its way to the office of {to}.")
    return redirect("contacts:card_detail", request.authority.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*HANDLERS)
def card_sent(request: AuthorityRequest, mp: int) -> HttpResponse:
    """Record that an MP's office was given the card by post, by hand or otherwise."""
    person, now = get_object_or_404(MP, pk=mp), timezone.now()
    today = timezone.localdate(now)
    form = CardSentForm(request.POST or None, today=today, initial={"submission": uuid4(), "sent_on": today})
    if request.method == "POST" and form.is_valid():
        try:
            sent = record_sent(by=request.membership, mp=person, now=now, **form.cleaned_data)
        except SavedBefore:
            say_saved_before(form)
        else:
            version = f"version {sent.card.number}" if sent.card else "a card from before version 1"
            messages.success(request, f"Recorded: {version}, {sent.get_way_display().lower()}.")
            return redirect("contacts:office_detail", request.authority.slug, mp)
    return render(
        request,
        "contacts/card_sent.html",
        {"form": form, "mp": person},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*HANDLERS)
@told_if_gone(CardSent)
def card_sent_remove(request: AuthorityRequest, pk: int) -> HttpResponse:
    """Take back what was recorded by mistake: not an e-mail, which has gone."""
    recorded = CardSent.objects.visible_to(request.membership).exclude(way=CardWay.EMAIL)
    sent = get_object_or_404(recorded.select_related("mp", "card", "recorded_by__user"), pk=pk)
    back = reverse("contacts:office_detail", args=[request.authority.slug, sent.mp_id])
    if request.method == "POST":
        take_back(by=request.membership, sent=sent, now=timezone.now())
        messages.success(request, "Removed from the record.")
        return redirect(back)
    context = {"sent": sent, "mp": sent.mp, "back_url": back, "back_text": "Office"}
    return render(request, "contacts/card_sent_remove.html", context)


def _amiss(card: ContactCard | None) -> list[str]:
    return amiss_on(card.contacts.with_colleagues()) if card else []


def _our_mps(request: AuthorityRequest) -> MPQuerySet:
    return MP.objects.of(request.authority).order_by("sort_name", "pk")


def _chosen(request: AuthorityRequest, keys: list[str]) -> list[MP]:
    """Those of our MPs whose keys were sent; anything else is passed over."""
    return [mp for mp in _our_mps(request) if str(mp.pk) in keys]
