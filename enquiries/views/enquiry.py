"""One enquiry: its page, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import HANDLERS, AuthorityRequest, for_roles
from accounts.forms import say_saved_before
from accounts.gone import told_if_gone
from accounts.history import SavedBefore
from accounts.models import Membership, Role, Service
from contacts.models import MP
from enquiries.changes import changes_of
from enquiries.clock import acknowledgement_in_words, calendar_of, due_in_words, promise_in_words, reckon
from enquiries.forms import AllocateForm, CloseForm, NoteForm, ReopenForm, ReplyForm
from enquiries.models import RAG, Enquiry, Status
from enquiries.searches import queue_last_seen
from enquiries.services import (
    AllocatedMeanwhile,
    Refused,
    acknowledge,
    add_note,
    allocate,
    allocation_of,
    answer_constituent_instead,
    close_enquiry,
    policy_of,
    reopen_enquiry,
    send_reply,
)

ANSWERERS = (*HANDLERS, Role.SERVICE_CONTACT)
READERS = (*ANSWERERS, Role.EXECUTIVE)


@dataclass(frozen=True)
class Action:
    """Something to do next: a link to a form, or a button that does it at once."""

    label: str
    url: str
    is_button: bool = False


@require_safe
@for_roles(*READERS)
def enquiry_detail(request: AuthorityRequest, reference: str) -> HttpResponse:
    return _page(request, reference)


@require_POST
@for_roles(*ANSWERERS)
@told_if_gone(Enquiry)
def enquiry_acknowledge(request: AuthorityRequest, reference: str) -> HttpResponse:
    enquiry, now = _find(request, reference), timezone.now()
    try:
        acknowledge(enquiry=enquiry, by=request.membership, now=now, on=timezone.localdate(now))
    except Refused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, f"{reference} is acknowledged.")
    return _to_page(request, reference)


@require_POST
@for_roles(*ANSWERERS)
@told_if_gone(Enquiry, NoteForm)
def note_add(request: AuthorityRequest, reference: str) -> HttpResponse:
    enquiry, form = _find(request, reference), NoteForm(request.POST)
    if not form.is_valid():
        return _page(request, reference, note_form=form)
    try:
        add_note(enquiry=enquiry, by=request.membership, now=timezone.now(), **form.cleaned_data)
    except SavedBefore:
        say_saved_before(form)
        return _page(request, reference, note_form=form)
    messages.success(request, "The note is saved.")
    return _to_page(request, reference)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*HANDLERS)
def enquiry_allocate(request: AuthorityRequest, reference: str) -> HttpResponse:
    enquiry = _find(request, reference)
    form = AllocateForm(request.POST or None, membership=request.membership, now=allocation_of(enquiry))

    def save(data: dict[str, Any]) -> str:
        if enquiry.status == Status.CLOSED:
            raise Refused("This enquiry is closed. Reopen it to allocate it.")
        service, owner = data["service"], data["owner"]
        try:
            allocate(
                enquiries=[enquiry],
                service=service,
                owner=owner,
                shown=form.shown,
                by=request.membership,
                now=timezone.now(),
            )
        except AllocatedMeanwhile as meanwhile:
            form.go_on_from(allocation_of(meanwhile.enquiry))
            raise Refused(
                f"{meanwhile.by or 'Somebody'} has allocated it since you opened this page: it is with "
                f"{_names(meanwhile.enquiry.service, meanwhile.enquiry.owner)}. What you had not changed is "
                "filled in as it is now. Check it, then save again."
            ) from None
        return f"{reference} is now with {_names(service, owner)}."

    return _action(request, enquiry, form, save, "enquiries/enquiry_allocate.html")


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*ANSWERERS)
@told_if_gone(Enquiry, ReplyForm)
def enquiry_reply(request: AuthorityRequest, reference: str) -> HttpResponse:
    """While the MP who asked is none, whoever may close the enquiry may also say that the constituent was
    answered direct."""
    enquiry, on = _find(request, reference), timezone.localdate()
    sits = MP.objects.sitting(on).filter(pk=enquiry.mp_id).exists()
    form = ReplyForm(
        request.POST or None,
        on=on,
        no_mp=None if sits or not request.membership.handles_enquiries else enquiry.mp,
        initial={"sent_on": on, "channel": enquiry.channel, "submission": uuid4()},
    )

    def save(data: dict[str, Any]) -> str:
        by, now = request.membership, timezone.now()
        if data.pop("is_to_constituent", False):
            answer_constituent_instead(enquiry=enquiry, by=by, now=now, **data)
            return f"{reference} is answered to the constituent direct, and closed."
        send_reply(enquiry=enquiry, by=by, now=now, **data)
        return f"The reply to {reference} is recorded."

    return _action(request, enquiry, form, save, "enquiries/enquiry_reply.html")


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*HANDLERS)
def enquiry_close(request: AuthorityRequest, reference: str) -> HttpResponse:
    enquiry = _find(request, reference)
    reason = "Replied" if enquiry.status == Status.REPLIED else ""
    form = CloseForm(request.POST or None, initial={"reason": reason})

    def save(data: dict[str, Any]) -> str:
        close_enquiry(enquiry=enquiry, by=request.membership, now=timezone.now(), **data)
        return f"{reference} is closed. It can be reopened."

    return _action(request, enquiry, form, save, "enquiries/enquiry_close.html")


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*HANDLERS)
def enquiry_reopen(request: AuthorityRequest, reference: str) -> HttpResponse:
    enquiry, today = _find(request, reference), timezone.localdate()
    form = ReopenForm(request.POST or None, today=today, initial={"on": today})

    def save(data: dict[str, Any]) -> str:
        reopened = reopen_enquiry(enquiry=enquiry, by=request.membership, now=timezone.now(), **data)
        return f"{reference} is open again. Reply due {reopened.due_on:%A %-d %B %Y}."

    return _action(request, enquiry, form, save, "enquiries/enquiry_reopen.html")


@require_safe
@for_roles(*ANSWERERS)
def enquiry_history(request: AuthorityRequest, reference: str) -> HttpResponse:
    """Who changed which field, from what to what."""
    enquiry = _find(request, reference)
    return render(
        request, "enquiries/enquiry_history.html", {"enquiry": enquiry, "changes": changes_of(enquiry)}
    )


def _names(service: Service | None, owner: Membership | None) -> str:
    return " and ".join(str(who) for who in (service, owner) if who) or "nobody"


def _find(request: AuthorityRequest, reference: str) -> Enquiry:
    visible = Enquiry.objects.visible_to(request.membership)
    return get_object_or_404(
        visible.select_related("mp", "constituency", "topic", "service", "owner__user"), reference=reference
    )


def _to_page(request: AuthorityRequest, reference: str) -> HttpResponse:
    return redirect("enquiries:enquiry_detail", request.authority.slug, reference)


def _action(
    request: AuthorityRequest,
    enquiry: Enquiry,
    form: Any,
    save: Callable[[dict[str, Any]], str],
    template: str,
) -> HttpResponse:
    """Show the form of one action or, when it is sent, do it and go back to the enquiry."""
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, save(form.cleaned_data))
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        except SavedBefore:
            say_saved_before(form)
        else:
            return _to_page(request, enquiry.reference)
    return render(request, template, {"form": form, "enquiry": enquiry}, status=422 if form.is_bound else 200)


def _page(request: AuthorityRequest, reference: str, *, note_form: NoteForm | None = None) -> HttpResponse:
    membership, on = request.membership, timezone.localdate()
    enquiry = get_object_or_404(
        Enquiry.objects.visible_to(membership)
        .with_rag(on)
        .select_related("authority", "mp", "constituency", "topic", "service", "owner__user", "constituent")
        .prefetch_related("clock_events"),
        reference=reference,
    )
    calendar = calendar_of(request.authority)
    rag = str(enquiry.rag)  # type: ignore[attr-defined]
    context: dict[str, Any] = {
        "enquiry": enquiry,
        "status": enquiry.status,
        "rag": rag,
        "rag_word": RAG(rag).label if rag else "",
        "due_words": due_in_words(enquiry, on=on, calendar=calendar),
        "acknowledge_words": acknowledgement_in_words(enquiry, on=on),
        "back_url": _back_to_queue(request, enquiry),
    }
    if not membership.sees_enquiry_text:
        return render(request, "enquiries/enquiry_summary.html", context)

    policy = policy_of(enquiry)
    reckoning = reckon(
        enquiry.clock_events.all(),
        policy=policy,
        urgency=enquiry.urgency,
        calendar=calendar,
        cut_off=request.authority.cut_off_time,
    )
    actions = _actions(enquiry, membership)
    return render(
        request,
        "enquiries/enquiry_detail.html",
        context
        | {
            "reckoning": reckoning,
            "promise": promise_in_words(reckoning.reply),
            "policy": policy,
            "next_action": actions[0] if actions else None,
            "other_actions": actions[1:],
            "can_edit": membership.handles_enquiries,
            "can_answer": membership.role in ANSWERERS,
            "carryings": list(enquiry.carryings.in_force().select_related("from_mp")),
            "replies": enquiry.replies.select_related("recorded_by__user"),
            "timeline": enquiry.timeline.select_related("by__user"),
            "form": note_form or NoteForm(initial={"submission": uuid4()}),
        },
        status=422 if note_form else 200,
    )


def _back_to_queue(request: AuthorityRequest, enquiry: Enquiry) -> str:
    """The queue as they left it, with its tab, filters and page, at this enquiry's row; whatever they have
    done with the enquiry since."""
    queue = reverse("enquiries:enquiry_list", args=[request.authority.slug])
    query = queue_last_seen(request.session, request.authority)
    return f"{queue}?{query}#row-{enquiry.pk}" if query else f"{queue}#row-{enquiry.pk}"


def _actions(enquiry: Enquiry, membership: Membership) -> list[Action]:
    """What this person can do with it, the one thing to do next first."""

    def action(label: str, name: str, *, is_button: bool = False) -> Action:
        url = reverse(f"enquiries:enquiry_{name}", args=[membership.authority.slug, enquiry.reference])
        return Action(label, url, is_button)

    if membership.role not in ANSWERERS:
        return []
    handles = membership.handles_enquiries
    is_owned = enquiry.owner is not None and enquiry.owner.answers_enquiries
    is_nobodys = enquiry.service_id is None and not is_owned
    to_acknowledge = enquiry.acknowledged_on is None
    allocation = action("Allocate" if is_nobodys else "Allocate to somebody else", "allocate")
    reply = action("Record a reply", "reply")
    close, reopen = action("Close", "close"), action("Reopen", "reopen")

    if enquiry.status == Status.CLOSED:
        return [reopen] if handles else []
    if enquiry.status == Status.REPLIED:
        return [close, reopen, reply] if handles else [reply]
    actions = [action("Mark as acknowledged", "acknowledge", is_button=True)] if to_acknowledge else []
    actions.append(reply)
    if handles:
        actions.insert(0 if is_nobodys else len(actions), allocation)
        actions.append(close)
    return actions
