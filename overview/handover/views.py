"""The hand-over’s pages. Officers and political affairs do it, political affairs alone say who leads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import HANDLERS, AuthorityRequest, for_roles
from accounts.forms import say_saved_before
from accounts.gone import to_copy, typed_into
from accounts.history import SavedBefore
from accounts.models import Membership, Role
from contacts.answering import answered_before
from contacts.handover import Change, DoneAlready, LeadRefused
from contacts.models import MP, ONE_AT_A_TIME, CouncilLead, HandoverStep
from engagements.archiving import PlanInUse
from engagements.commitments import CommitmentChanged
from engagements.models import Commitment, EngagementPlan
from enquiries.clock import calendar_of, due_in_words
from enquiries.models import RAG, Enquiry
from enquiries.services import Refused
from overview.handover import steps
from overview.handover.forms import (
    AnswerForm,
    CarryForm,
    CloseLeftForm,
    CommitmentsForm,
    FinishForm,
    LeadsForm,
    PlanItemsForm,
)
from overview.handover.seats import Handover, find, open_enquiries_of, overview_of, plan_archived_here

READERS = (*HANDLERS, Role.EXECUTIVE)


@require_safe
@for_roles(*READERS)
def handover_list(request: AuthorityRequest) -> HttpResponse:
    """`?mp=` leads on to the hand-over about that MP, if there is one."""
    overview = overview_of(request.membership, on=timezone.localdate())
    about = overview.about(request.GET.get("mp", ""))
    if about:
        return _to_seat(request, about)
    return render(request, "overview/handover_list.html", {"overview": overview})


@require_safe
@for_roles(*READERS)
def handover_seat(request: AuthorityRequest, holding: int) -> HttpResponse:
    return _page(request, _find(request, holding))


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*HANDLERS)
def handover_enquiry(request: AuthorityRequest, reference: str) -> HttpResponse:
    """One enquiry that a former MP left; once it is decided, the next."""
    on, now = timezone.localdate(), timezone.now()
    enquiries = Enquiry.objects.visible_to(request.membership).with_rag(on)
    enquiry = get_object_or_404(
        enquiries.select_related("mp", "service", "owner__user", "constituent"), reference=reference
    )
    handover = _of_enquiry(request, enquiry)
    if handover is None:
        return _gone(request, enquiry)
    candidates = _candidates(request, handover)
    new = handover.change.new
    initial = {"to_mp": new and new.pk, "sent_on": on, "submission": uuid4()}
    decision = request.POST.get("decision") if request.method == "POST" else None

    def form(kind: str, form_class: Callable[..., Any], **kwargs: Any) -> Any:
        return form_class(request.POST if decision == kind else None, initial=initial, **kwargs)

    forms = {
        "carry": form("carry", CarryForm, candidates=candidates, on=on),
        "answer": form("answer", AnswerForm, on=on),
        "close": form("close", CloseLeftForm),
    }
    does: dict[str, Callable[..., None]] = {
        "carry": steps.carry_enquiry,
        "answer": steps.answer_enquiry,
        "close": steps.close_left_enquiry,
    }
    sent = forms.get(decision or "")
    if sent is not None and sent.is_valid():
        try:
            does[decision or ""](
                handover, enquiry=enquiry, by=request.membership, now=now, **sent.cleaned_data
            )
        except Refused as refused:
            sent.add_error(refused.field if refused.field in sent.fields else None, str(refused))
        except SavedBefore:
            say_saved_before(sent)
        except DoneAlready:
            return _gone(request, enquiry)
        else:
            messages.success(request, f"{enquiry.reference}: {DONE[decision or '']}")
            return _to_next(request, handover)
    waiting = open_enquiries_of(handover, request.membership, on=on)
    return render(
        request,
        "overview/handover_enquiry.html",
        {
            "handover": handover,
            "change": handover.change,
            "enquiry": enquiry,
            "rag_word": RAG(enquiry.rag).label if enquiry.rag else "",  # type: ignore[attr-defined]
            "due_words": due_in_words(enquiry, on=on, calendar=calendar_of(request.authority)),
            "waiting": waiting.count(),
            "forms": forms,
            "open_form": decision if sent is not None else "carry" if candidates else "answer",
            "candidates": candidates,
            "form": sent,
        },
        status=422 if request.method == "POST" else 200,
    )


DONE = {
    "carry": "carried over to the new MP.",
    "answer": "answered to the constituent direct, and closed.",
    "close": "closed.",
}


@require_POST
@for_roles(*HANDLERS)
def handover_plan(request: AuthorityRequest, holding: int) -> HttpResponse:
    """Archive the former MP's plan, with what goes on into the new MP's; or, of one archived before, that."""
    handover = _find(request, holding)
    new, plan = handover.change.new, _plan(request, handover)
    if plan is None:
        messages.info(request, "No plan is in force for the former MP.")
        return _to_seat(request, handover)
    form = PlanItemsForm(request.POST, plan=plan, to_mp=new)
    if not form.is_valid():
        return _page(request, handover, plan_form=form)
    decided: dict[str, Any] = {
        "plan": plan,
        "objectives": form.chosen("objectives"),
        "key_messages": form.chosen("key_messages"),
        "by": request.membership,
        "now": timezone.now(),
    }
    if new and plan.archived_at and not (decided["objectives"] or decided["key_messages"]):
        messages.info(request, "Choose what still holds.")
        return _to_seat(request, handover)
    if new and plan.archived_at:
        said = f"The plan for {new} has what you chose."
        return _do(request, handover, said, lambda: steps.carry_items(handover, to_mp=new, **decided))
    return _do(
        request,
        handover,
        "The plan is archived.",
        lambda: steps.hand_over_plan(handover, to_mp=new, **decided),
    )


@require_POST
@for_roles(*HANDLERS)
def handover_commitments(request: AuthorityRequest, holding: int) -> HttpResponse:
    handover = _find(request, holding)
    form = _commitments_form(request, handover, request.POST)
    if not form.is_valid():
        return _page(request, handover, commitments_form=form)
    return _do(
        request,
        handover,
        "Asks and commitments are saved.",
        lambda: steps.hand_over_commitments(
            handover,
            carried=form.decided("carry"),
            left=form.decided("leave"),
            by=request.membership,
            now=timezone.now(),
        ),
    )


@require_POST
@for_roles(Role.POLITICAL_AFFAIRS)
def handover_leads(request: AuthorityRequest, holding: int) -> HttpResponse:
    handover = _find(request, holding)
    form = _leads_form(request, handover, request.POST)
    if not form.is_valid():
        return _page(request, handover, leads_form=form)
    return _do(
        request,
        handover,
        "Who leads is saved.",
        lambda: steps.hand_over_leads(
            handover,
            carried=form.decided("carry"),
            ended=form.decided("end"),
            by=request.membership,
            now=timezone.now(),
        ),
    )


@require_POST
@for_roles(*HANDLERS)
def handover_welcome(request: AuthorityRequest, holding: int) -> HttpResponse:
    """Make the to-dos that a new MP brings."""
    handover = _find(request, holding)
    new = handover.change.new
    if new is None:
        messages.info(request, "Nobody holds the seat yet.")
        return _to_seat(request, handover)
    return _do(
        request,
        handover,
        f"The to-dos for {new} are made.",
        lambda: steps.make_to_dos(handover, new=new, by=request.membership, now=timezone.now()),
    )


@require_POST
@for_roles(*HANDLERS)
def handover_finish(request: AuthorityRequest, holding: int) -> HttpResponse:
    handover = _find(request, holding)
    leaves = "leaves" in request.POST
    try:
        steps.finish(handover, leaves=leaves, by=request.membership, now=timezone.now())
    except steps.NotFinished as unfinished:
        messages.warning(request, f"Not finished: {unfinished}")
        return _to_seat(request, handover)
    messages.success(request, f"{handover.change.seat} is handed over.")
    return redirect("overview:handover_list", request.authority.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*HANDLERS)
def handover_undo(request: AuthorityRequest, holding: int) -> HttpResponse:
    """Put back all that was done for this seat, after asking."""
    handover = _find(request, holding)
    if handover.record is None:
        messages.info(request, "Nothing has been done for this seat yet.")
        return _to_seat(request, handover)
    done = _done(request, handover)
    may_undo = steps.may_undo(done, by=request.membership)
    reasons = [] if may_undo else [steps.LEADS_ARE_THEIRS]
    if request.method == "POST":
        try:
            steps.undo_all(handover.record, by=request.membership, now=timezone.now())
        except steps.NotUndone as refused:
            reasons = list(refused.reasons)
        else:
            messages.success(request, f"What was done for {handover.change.seat} is put back.")
            return _to_seat(request, handover)
    return render(
        request,
        "overview/handover_undo.html",
        {
            "change": handover.change,
            "handover": handover,
            "done": done,
            "may_undo": may_undo,
            "reasons": reasons,
            "has_errors": bool(reasons),
        },
        status=422 if request.method == "POST" else 200,
    )


@require_POST
@for_roles(*HANDLERS)
def handover_step_undo(request: AuthorityRequest, pk: int) -> HttpResponse:
    step = get_object_or_404(
        HandoverStep.objects.visible_to(request.membership).select_related("handover"), pk=pk
    )
    try:
        steps.undo_step(step, by=request.membership, now=timezone.now())
    except steps.NotUndone as refused:
        messages.warning(request, f"Not put back: {' '.join(refused.reasons)}")
    else:
        messages.success(request, "That is put back. Decide it anew.")
    record = step.handover
    found = overview_of(request.membership, on=timezone.localdate()).handovers
    handover = next((each for each in found if each.record == record), None)
    if handover is None:
        return redirect("overview:handover_list", request.authority.slug)
    return _to_seat(request, handover)


def _find(request: AuthorityRequest, holding: int) -> Handover:
    handover = find(request.membership, holding, on=timezone.localdate())
    if handover is None:
        raise Http404
    return handover


def _of_enquiry(request: AuthorityRequest, enquiry: Enquiry) -> Handover | None:
    """The hand-over in which this enquiry waits for a decision; none once it is decided."""
    on = timezone.localdate()
    for handover in overview_of(request.membership, on=on).handovers:
        if handover.change.former == enquiry.mp:
            waiting = open_enquiries_of(handover, request.membership, on=on)
            if waiting.filter(pk=enquiry.pk).exists():
                return handover
    return None


def _candidates(request: AuthorityRequest, handover: Handover) -> list[MP]:
    """Whoever holds the seat; of a seat abolished or without a holder, all our MPs but the former one; in a
    dissolution nobody."""
    if handover.change.is_dissolved:
        return []
    if handover.change.new and not handover.change.seat.ended_on:
        return [handover.change.new]
    return [mp for mp in MP.objects.of(request.authority) if mp != handover.change.former]


def _plan(request: AuthorityRequest, handover: Handover) -> EngagementPlan | None:
    """The former MP's plan: in force or, once there is a new MP, archived for this seat before."""
    if handover.keeps_relationship:
        return None
    return handover.plan or plan_archived_here(handover, request.membership)


def _commitments_form(request: AuthorityRequest, handover: Handover, data: Any = None) -> CommitmentsForm:
    left = Commitment.objects.none()
    if handover.change.former and not handover.keeps_relationship:
        left = Commitment.objects.visible_to(request.membership).of(handover.change.former).open()
    return CommitmentsForm(data, commitments=left.for_list(), to_mp=handover.change.new)


def _leads(request: AuthorityRequest, handover: Handover) -> list[CouncilLead]:
    if handover.keeps_relationship:
        return []
    leads = CouncilLead.objects.visible_to(request.membership).filter(
        mp=handover.change.former, ended_on=None
    )
    return list(leads.select_related("membership__user", "mp").order_by("pk"))


def _leads_form(request: AuthorityRequest, handover: Handover, data: Any = None) -> LeadsForm:
    new = handover.change.new
    begins = handover.change.leads_begin(timezone.localdate())
    there = CouncilLead.objects.visible_to(request.membership).filter(mp=new).not_over(begins)
    return LeadsForm(
        data,
        leads=_leads(request, handover),
        to_mp=new,
        there={
            lead.role: lead for lead in there.select_related("membership__user") if lead.role in ONE_AT_A_TIME
        },
    )


def _answered_before(change: Change, *, by: Membership) -> int:
    """How many answers of the new MP's checklist the welcome opens again."""
    if change.new is None or change.holder is None:
        return 0
    return answered_before(change.holder.started_on, by=by, mp=change.new).count()


def _do(request: AuthorityRequest, handover: Handover, said: str, step: Callable[[], Any]) -> HttpResponse:
    """Do one step, and say what came of it."""
    try:
        step()
    except DoneAlready as done:
        return _was_done(request, handover, done)
    except (LeadRefused, PlanInUse, CommitmentChanged) as refused:
        messages.warning(request, f"Nothing was changed. {refused}")
    else:
        messages.success(request, said)
    return _to_seat(request, handover)


def _was_done(request: AuthorityRequest, handover: Handover, done: DoneAlready) -> HttpResponse:
    step = done.step
    messages.info(
        request,
        f"{step.done_by} was first: {step.get_kind_display().lower()} on "
        f"{timezone.localtime(step.done_at):%-d %B %Y at %H:%M}. Nothing was done twice.",
    )
    return _to_seat(request, handover)


def _gone(request: AuthorityRequest, enquiry: Enquiry) -> HttpResponse:
    """The enquiry waits in no hand-over: a colleague has decided it, or its MP still sits."""
    said = f"{enquiry.reference} is not waiting to be handed over. Nothing was done twice."
    done = HandoverStep.objects.visible_to(request.membership).standing()
    is_mine = done.filter(subject=f"enquiry:{enquiry.pk}", done_by=request.membership).exists()
    if (typed := _typed(request)) and not is_mine:  # who clicks twice has saved it
        back = reverse("overview:handover_list", args=[request.authority.slug])
        return to_copy(request, typed, heading="This is not waiting any more", said=said, back_url=back)
    messages.info(request, said)
    return redirect("overview:handover_list", request.authority.slug)


def _typed(request: AuthorityRequest) -> dict[str, str]:
    form = {"answer": AnswerForm, "close": CloseLeftForm}.get(request.POST.get("decision", ""))
    return typed_into(form, request.POST) if form else {}


def _to_seat(request: AuthorityRequest, handover: Handover) -> HttpResponse:
    return redirect("overview:handover_seat", request.authority.slug, handover.change.pk)


def _to_next(request: AuthorityRequest, handover: Handover) -> HttpResponse:
    """The next enquiry to decide or, after the last, the seat."""
    waiting = open_enquiries_of(handover, request.membership, on=timezone.localdate()).first()
    if waiting is None:
        return _to_seat(request, handover)
    return redirect("overview:handover_enquiry", request.authority.slug, waiting.reference)


def _done(request: AuthorityRequest, handover: Handover) -> list[HandoverStep]:
    """What was done and stands, the last first, each with what it is `about`, where there are several of its
    kind, and whether the person `may_undo` it."""
    if handover.record is None:
        return []
    done = list(handover.record.steps.standing().select_related("done_by__user").order_by("-done_at", "-pk"))
    about = _about(done, request.membership)
    for step in done:
        step.about = about.get(step.subject, "")  # type: ignore[attr-defined]
        step.may_undo = steps.may_undo([step], by=request.membership)  # type: ignore[attr-defined]
    return done


def _about(done: list[HandoverStep], membership: Membership) -> dict[str, str]:
    """By the subject of a step: the reference of the enquiry, the words of the ask, or who leads as what."""
    subjects = [step.subject.partition(":") for step in done]
    keys = {kind: [key for each, _, key in subjects if each == kind] for kind, *_ in subjects}
    enquiries = Enquiry.objects.visible_to(membership).filter(pk__in=keys.get("enquiry", []))
    asks = Commitment.objects.visible_to(membership).filter(pk__in=keys.get("commitment", []))
    leads = CouncilLead.objects.visible_to(membership).filter(pk__in=keys.get("lead", []))
    return {
        **{f"enquiry:{pk}": reference for pk, reference in enquiries.values_list("pk", "reference")},
        **{f"commitment:{pk}": words for pk, words in asks.values_list("pk", "words")},
        **{
            f"lead:{each.pk}": f"{each}, {each.part.lower()}"
            for each in leads.select_related("membership__user")
        },
    }


def _page(
    request: AuthorityRequest,
    handover: Handover,
    *,
    plan_form: PlanItemsForm | None = None,
    commitments_form: CommitmentsForm | None = None,
    leads_form: LeadsForm | None = None,
) -> HttpResponse:
    membership, on = request.membership, timezone.localdate()
    change, leads = handover.change, _leads(request, handover)
    waiting = open_enquiries_of(handover, membership, on=on).select_related("service", "owner__user")
    calendar = calendar_of(request.authority)
    enquiries = list(waiting.defer("question"))
    for enquiry in enquiries:
        enquiry.due_words = due_in_words(enquiry, on=on, calendar=calendar)  # type: ignore[attr-defined]
        enquiry.rag_word = RAG(enquiry.rag).label if enquiry.rag else ""  # type: ignore[attr-defined]
    plan = _plan(request, handover)
    done = _done(request, handover)
    sent = plan_form or commitments_form or leads_form
    return render(
        request,
        "overview/handover_seat.html",
        {
            "handover": handover,
            "change": change,
            "enquiries": enquiries,
            "decided": sum(step.subject.startswith("enquiry:") for step in done),
            "plan": plan,
            "plan_form": plan_form or (PlanItemsForm(plan=plan, to_mp=change.new) if plan else None),
            "commitments_form": commitments_form or _commitments_form(request, handover),
            "leads": leads,
            "leads_form": leads_form or _leads_form(request, handover),
            "opens_again": _answered_before(change, by=membership),
            "finish_form": FinishForm(may_be_left=handover.may_be_left),
            "done": done,
            "may_undo_all": steps.may_undo(done, by=membership),
            "may_write": membership.role in HANDLERS,
            "may_lead": membership.role == Role.POLITICAL_AFFAIRS,
            "shows_text": membership.sees_enquiry_text,
            "has_errors": bool(sent),
            "form": sent,
        },
        status=422 if sent else 200,
    )
