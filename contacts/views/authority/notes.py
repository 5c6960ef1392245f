"""What the authority has written down about an MP: background, campaign issues and positions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import AuthorityRequest, for_roles
from accounts.forms import say_saved_before
from accounts.gone import to_copy, told_if_gone, typed_into
from accounts.history import EditedMeanwhile, SavedBefore
from accounts.templatetags.page import moment
from contacts.background import background_of
from contacts.models import (
    MP,
    READERS,
    WRITERS,
    BackgroundEntry,
    CampaignIssue,
    ChecklistAnswer,
    Placement,
    Position,
    SourcedNote,
)
from contacts.note_forms import DATED_AHEAD, BackgroundForm, IssueForm, NoteForm, PositionForm, WithdrawForm
from contacts.notes import DatedAhead, add_note, correct_note, remove_note
from mpcrm.notes import THEY_MAY_ASK


@dataclass(frozen=True)
class Noun:
    """What the three kinds of notes differ in: their form and what they are called."""

    model: type[SourcedNote]
    form: type[NoteForm]
    name: str
    in_full: str


BACKGROUND = Noun(BackgroundEntry, BackgroundForm, "background", "Something about the background")
ISSUE = Noun(CampaignIssue, IssueForm, "campaign issue", "A campaign issue")
POSITION = Noun(Position, PositionForm, "position", "A position")


@require_safe
@for_roles(*READERS)
def background_detail(request: AuthorityRequest, mp: int) -> HttpResponse:
    person = get_object_or_404(MP, pk=mp)
    return render(
        request,
        "contacts/background_detail.html",
        {
            "mp": person,
            "background": background_of(person, membership=request.membership),
            "they_may_ask": THEY_MAY_ASK,
            "may_write": request.membership.role in WRITERS,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*WRITERS)
def background_add(request: AuthorityRequest, mp: int) -> HttpResponse:
    return _add(request, BACKGROUND, mp)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*WRITERS)
@told_if_gone(BackgroundEntry, BackgroundForm)
def background_edit(request: AuthorityRequest, pk: int) -> HttpResponse:
    return _edit(request, BACKGROUND, pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*WRITERS)
@told_if_gone(BackgroundEntry)
def background_remove(request: AuthorityRequest, pk: int) -> HttpResponse:
    return _remove(request, BACKGROUND, pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*WRITERS)
def issue_add(request: AuthorityRequest, mp: int) -> HttpResponse:
    return _add(request, ISSUE, mp)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*WRITERS)
@told_if_gone(CampaignIssue, IssueForm)
def issue_edit(request: AuthorityRequest, pk: int) -> HttpResponse:
    return _edit(request, ISSUE, pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*WRITERS)
@told_if_gone(CampaignIssue)
def issue_remove(request: AuthorityRequest, pk: int) -> HttpResponse:
    return _remove(request, ISSUE, pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*WRITERS)
def position_add(request: AuthorityRequest, mp: int) -> HttpResponse:
    """`?area=` chooses the policy area."""
    return _add(request, POSITION, mp, initial={"area": request.GET.get("area")})


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*WRITERS)
@told_if_gone(Position, PositionForm)
def position_edit(request: AuthorityRequest, pk: int) -> HttpResponse:
    return _edit(request, POSITION, pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*WRITERS)
@told_if_gone(Position)
def position_remove(request: AuthorityRequest, pk: int) -> HttpResponse:
    return _remove(request, POSITION, pk)


def _add(
    request: AuthorityRequest, noun: Noun, mp: int, *, initial: dict[str, Any] | None = None
) -> HttpResponse:
    person, now = get_object_or_404(MP, pk=mp), timezone.now()
    form = noun.form(request.POST or None, membership=request.membership, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            add_note(by=request.membership, note=noun.model(mp=person), changes=form.cleaned_data, now=now)
        except DatedAhead:
            form.add_error("source_on", DATED_AHEAD)
        except SavedBefore:
            say_saved_before(form, instead="edit the one that is saved")
        else:
            return _done(request, person.pk, f"The {noun.name} is recorded.")
    return _form_page(request, noun, person, form)


def _edit(request: AuthorityRequest, noun: Noun, pk: int) -> HttpResponse:
    note, now = _note_or_404(request, noun, pk), timezone.now()
    form = noun.form(request.POST or None, instance=note, membership=request.membership)
    if request.method == "POST" and form.is_valid():
        changes = dict(form.cleaned_data)
        version = changes.pop("version")
        try:
            correct_note(by=request.membership, note=note, version=version, changes=changes, now=now)
        except DatedAhead:
            form.add_error("source_on", DATED_AHEAD)
        except EditedMeanwhile as meanwhile:
            form.show_both(meanwhile.saved)
            form.add_error(None, "Somebody saved this while you were typing. Compare, then save again.")
        else:
            return _done(request, note.mp_id, f"The {noun.name} is saved.")
    return _form_page(request, noun, note.mp, form)


def _remove(request: AuthorityRequest, noun: Noun, pk: int) -> HttpResponse:
    note = _note_or_404(request, noun, pk)
    if request.method == "POST":
        remove_note(by=request.membership, note=note, now=timezone.now())
        return _done(request, note.mp_id, f"The {noun.name} is removed.")
    return render(
        request,
        "contacts/note_remove.html",
        {
            "note": note,
            "mp": note.mp,
            "noun": noun,
            "back_url": reverse("contacts:background_detail", args=[request.authority.slug, note.mp_id]),
            "back_text": "Background",
        },
    )


def withdrawn_meanwhile(
    request: AuthorityRequest, row: Placement | ChecklistAnswer, *, back: str
) -> HttpResponse:
    """A colleague withdrew it first: by whom, when and why; why this person would have is there to copy."""
    said = f"{row.withdrawn_by} withdrew this on {moment(row.withdrawn_at)}: “{row.withdrawn_why}”."
    typed = typed_into(WithdrawForm, request.POST)
    back_url = reverse(back, args=[request.authority.slug, row.mp_id])
    return to_copy(request, typed, heading="This was withdrawn", said=said, back_url=back_url)


def _note_or_404(request: AuthorityRequest, noun: Noun, pk: int) -> Any:
    notes: Any = noun.model._default_manager
    return get_object_or_404(notes.visible_to(request.membership).select_related("mp"), pk=pk)


def _form_page(request: AuthorityRequest, noun: Noun, mp: MP, form: NoteForm) -> HttpResponse:
    return render(
        request,
        "contacts/note_edit.html",
        {"form": form, "mp": mp, "noun": noun},
        status=422 if form.is_bound else 200,
    )


def _done(request: AuthorityRequest, mp: int, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("contacts:background_detail", request.authority.slug, mp)
