"""The chief executive's checklist. Whoever reads about relationships with MPs answers it too."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import AuthorityRequest, for_roles
from accounts.history import EditedMeanwhile
from contacts.answering import answer_question, renew_answer, withdraw_answer
from contacts.checklist import checklist_of, checklists_of
from contacts.checklist_forms import AnswerForm
from contacts.directory import sitting_mps, with_relationship_owner
from contacts.models import (
    MP,
    READERS,
    ChecklistAnswer,
    ChecklistAnswerQuerySet,
    MPQuerySet,
    Question,
    holders,
)
from contacts.note_forms import WithdrawForm
from contacts.views.authority.notes import withdrawn_meanwhile


@require_safe
@for_roles(*READERS)
def checklist_detail(request: AuthorityRequest, mp: int) -> HttpResponse:
    person, now = get_object_or_404(MP, pk=mp), timezone.now()
    on = timezone.localdate(now)
    holding = holders(None).filter(mp=person).select_related("constituency").first()
    return render(
        request,
        "contacts/checklist_detail.html",
        {
            "mp": person,
            "seat": holding.constituency if holding else None,
            "checklist": checklist_of(person, membership=request.membership, on=on),
            "as_at": now,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*READERS)
def checklist_answer(request: AuthorityRequest, mp: int, question: str) -> HttpResponse:
    person, asked = get_object_or_404(MP, pk=mp), _question_or_404(question)
    newest = _answers(request, person, asked).first()
    initial = {"seen": newest.pk if newest else 0}
    if newest:
        initial |= {"text": newest.text, "evidence": newest.evidence, "kind": newest.kind}
    form = AnswerForm(request.POST or None, question=asked, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            answer_question(
                by=request.membership, mp=person, question=asked, now=timezone.now(), **form.cleaned_data
            )
        except EditedMeanwhile as meanwhile:
            form.show_both(meanwhile.saved)
            form.add_error(None, "Somebody answered this while you were typing. Compare, then save again.")
        else:
            messages.success(request, f"{asked.short}: the answer is saved.")
            return redirect("contacts:checklist_detail", request.authority.slug, mp)
    return render(
        request,
        "contacts/checklist_answer.html",
        {"form": form, "mp": person, "question": asked},
        status=422 if form.is_bound else 200,
    )


@require_POST
@for_roles(*READERS)
def checklist_renew(request: AuthorityRequest, mp: int, question: str) -> HttpResponse:
    """The answer the page showed (`seen`) still holds."""
    person, asked = get_object_or_404(MP, pk=mp), _question_or_404(question)
    shown = request.POST.get("seen", "")
    answer = _answers(request, person, asked).given().filter(pk=shown if shown.isdecimal() else 0).first()
    if answer is None:
        raise Http404
    try:
        renew_answer(by=request.membership, answer=answer, now=timezone.now())
    except EditedMeanwhile as meanwhile:
        messages.warning(
            request, f"{meanwhile.saved.answered_by} answered this before you. Read what is there now."
        )
    else:
        messages.success(request, f"{asked.short}: the answer still holds.")
    return redirect("contacts:checklist_detail", request.authority.slug, mp)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*READERS)
def answer_withdraw(request: AuthorityRequest, pk: int) -> HttpResponse:
    answers = ChecklistAnswer.objects.visible_to(request.membership).given()
    answer = get_object_or_404(answers.select_related("mp", "answered_by__user"), pk=pk)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_answer(by=request.membership, answer=answer, now=timezone.now(), **form.cleaned_data)
        except EditedMeanwhile as meanwhile:
            return withdrawn_meanwhile(request, meanwhile.saved, back="contacts:checklist_detail")
        messages.success(request, "The answer is withdrawn.")
        return redirect("contacts:checklist_detail", request.authority.slug, answer.mp_id)
    return render(
        request,
        "contacts/answer_withdraw.html",
        {
            "form": form,
            "mp": answer.mp,
            "answer": answer,
            "stands_then": _answers(request, answer.mp, Question(answer.question)).exclude(pk=pk).first(),
        },
        status=422 if form.is_bound else 200,
    )


@require_safe
@for_roles(*READERS)
def checklist_list(request: AuthorityRequest) -> HttpResponse:
    """How much is answered of each of the authority's own MPs."""
    on = timezone.localdate()
    mps = with_relationship_owner(_own_mps(request), membership=request.membership, on=on)
    rows = checklists_of(mps, membership=request.membership, on=on)
    return render(
        request,
        "contacts/checklist_list.html",
        {
            "rows": rows,
            "complete": sum(found.completeness.is_complete for _, found in rows),
        },
    )


@require_safe
@for_roles(*READERS)
def checklist_print(request: AuthorityRequest) -> HttpResponse:
    """The checklists of all the authority's own MPs, a page each."""
    now = timezone.now()
    rows = checklists_of(_own_mps(request), membership=request.membership, on=timezone.localdate(now))
    return render(request, "contacts/checklist_print.html", {"rows": rows, "as_at": now})


def _own_mps(request: AuthorityRequest) -> MPQuerySet:
    return sitting_mps(request.authority).filter(is_ours=True).order_by("sort_name", "pk")  # type: ignore[misc]


def _answers(request: AuthorityRequest, mp: MP, question: Question) -> ChecklistAnswerQuerySet:
    return ChecklistAnswer.objects.visible_to(request.membership).kept().filter(mp=mp, question=question)


def _question_or_404(question: str) -> Question:
    if question not in Question.values:
        raise Http404
    return Question(question)
