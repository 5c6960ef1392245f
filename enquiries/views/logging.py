"""Logging an enquiry, with its due date in words while one types."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import HANDLERS, AuthorityRequest, for_roles
from accounts.forms import say_saved_before
from accounts.history import SavedBefore
from contacts.models import MP, PlaceFile
from enquiries.clock import calendar_of, promise_in_words, reckon
from enquiries.forms import DueForm, LogForm
from enquiries.models import ClockEvent, Contact, Enquiry, EnquiryType, ResponsePolicy, Urgency
from enquiries.services import log_enquiry


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*HANDLERS)
def enquiry_log(request: AuthorityRequest) -> HttpResponse:
    on = timezone.localdate()
    form = LogForm(
        request.POST or None,
        membership=request.membership,
        on=on,
        initial=_initial(request, on),
    )
    if request.method == "POST" and form.is_valid():
        again = Enquiry.objects.visible_to(request.membership).filter(
            submission=form.cleaned_data["submission"]
        )
        was_logged = again.exists()
        try:
            enquiry = log_enquiry(by=request.membership, now=timezone.now(), **form.cleaned_data)
        except SavedBefore as before:
            say_saved_before(form, instead=f"edit {before.saved.reference}")
            return _log_page(request, form, on)
        if was_logged:
            messages.info(request, f"This was saved before, as {enquiry.reference}. It is not saved twice.")
        else:
            messages.success(
                request, f"{enquiry.reference} is logged. Reply due {enquiry.due_on:%A %-d %B %Y}."
            )
        if not MP.objects.sitting(on).filter(pk=enquiry.mp_id).exists():
            messages.warning(request, f"{enquiry.mp} is not an MP now. {NO_LONGER_AN_MP}")
        if "another" in request.POST:
            kept = urlencode({"mp": enquiry.mp_id, "channel": enquiry.channel})
            return redirect(reverse("enquiries:enquiry_log", args=[request.authority.slug]) + f"?{kept}")
        return redirect("enquiries:enquiry_detail", request.authority.slug, enquiry.reference)
    if not form.is_bound:
        first_empty = "subject" if form.initial.get("mp") else "mp"
        form.fields[first_empty].widget.attrs["autofocus"] = True
    return _log_page(request, form, on)


def _log_page(request: AuthorityRequest, form: LogForm, on: date) -> HttpResponse:
    return render(
        request,
        "enquiries/enquiry_log.html",
        {
            "form": form,
            "has_look_up": PlaceFile.objects.look_ups().exists(),
            "due": _due_in_words(DueForm(form.data or form.initial, authority=request.authority, on=on))
            or "Choose the date received, type and urgency to see when the reply is due.",
        },
        status=422 if form.is_bound else 200,
    )


NO_LONGER_AN_MP = (
    "Reply to the constituent direct, or let the new MP take it on once the constituent has agreed: "
    "see Seats that changed hands."
)


@require_safe
@for_roles(*HANDLERS)
def due_preview(request: AuthorityRequest) -> HttpResponse:
    """The due date in words, as plain text, for the date, type and urgency being typed."""
    form = DueForm(request.GET, authority=request.authority, on=timezone.localdate())
    words = _due_in_words(form) or next(str(errors[0]) for errors in form.errors.values())
    return HttpResponse(words, content_type="text/plain; charset=utf-8")


def _initial(request: AuthorityRequest, on: date) -> dict[str, Any]:
    """Today, and the way and the people this person used last; after "save and log another", also the MP."""
    last = (
        Enquiry.objects.visible_to(request.membership)
        .filter(logged_by=request.membership)
        .order_by("-pk")
        .values("channel", "service", "owner")
        .first()
    )
    initial = {
        "received_on": on,
        "channel": Contact.EMAIL,
        "enquiry_type": EnquiryType.ENQUIRY,
        "urgency": Urgency.STANDARD,
    } | (last or {"owner": request.membership.pk})
    if request.GET.get("channel") in Contact.values:
        initial["channel"] = request.GET["channel"]
    if request.GET.get("mp", "").isdecimal():
        initial["mp"] = MP.objects.filter(pk=request.GET["mp"]).first()
    return initial


def _due_in_words(form: DueForm) -> str:
    """When the reply to such an enquiry would be due; empty while something is missing."""
    if not form.is_valid():
        return ""
    entered, authority = form.cleaned_data, form.authority
    received = ClockEvent(
        kind=ClockEvent.Kind.RECEIVED, on=entered["received_on"], time=entered.get("received_time")
    )
    policy = ResponsePolicy.objects.get(authority=authority, enquiry_type=entered["enquiry_type"])
    reckoning = reckon(
        [received],
        policy=policy,
        urgency=entered["urgency"],
        calendar=calendar_of(authority),
        cut_off=authority.cut_off_time,
    )
    return (
        f"Reply due {reckoning.due_on:%A %-d %B %Y} ({promise_in_words(reckoning.reply)}). "
        f"Acknowledge by {reckoning.acknowledge_by:%A %-d %B %Y}."
        f"{_if_urgency_changes_nothing(policy, Urgency(entered['urgency']))}"
    )


def _if_urgency_changes_nothing(policy: ResponsePolicy, urgency: Urgency) -> str:
    """A warning that the urgency chosen does not move the reply's due date; empty where it does."""
    if urgency == Urgency.STANDARD or policy.reply_in_if(urgency) != policy.reply_in_if(Urgency.STANDARD):
        return ""
    words = f" “{urgency.label}” does not change when the reply to this type is due"
    return (
        f"{words}, only whom the escalation ladder tells first."
        if urgency == Urgency.IMMEDIATE
        else f"{words}."
    )
