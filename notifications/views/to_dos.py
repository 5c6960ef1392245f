"""What a person, or anybody in the authority, still has to do."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import EVERYONE, AuthorityRequest, for_roles
from accounts.gone import to_copy, told_if_gone, typed_into
from accounts.models import Membership, Role
from notifications.forms import FinishForm, GiveForm
from notifications.models import ToDo, ToDoQuerySet
from notifications.to_dos import AlreadyFinished, finish, give, reopen

PAGE = 25
MINE, NOBODYS, ALL, DONE = "mine", "nobody", "all", "done"


@dataclass(frozen=True)
class Tab:
    show: str
    label: str
    count: int | None = None


@require_safe
@for_roles(*EVERYONE)
def to_do_list(request: AuthorityRequest) -> HttpResponse:
    """One's own; for those who stand in for others also what nobody has and everyone's; and what is done."""
    member, on = request.membership, timezone.localdate()
    tabs = _tabs(member)
    show = request.GET.get("show", MINE)
    show = show if show in {tab.show for tab in tabs} else MINE
    rows = _rows(member, show).for_list()
    if show == DONE:
        rows = rows.order_by("-done_at", "-pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    for to_do in page.object_list:
        to_do.late = to_do.days_overdue(on)  # type: ignore[attr-defined]
    return render(
        request,
        "notifications/to_do_list.html",
        {"tabs": tabs, "show": show, "page_obj": page, "sees_all": member.role in Membership.HANDLERS},
    )


@require_safe
@for_roles(*EVERYONE)
def to_do_detail(request: AuthorityRequest, pk: int) -> HttpResponse:
    return _detail(request, _to_do_or_404(request, pk), FinishForm())


@require_POST
@for_roles(*EVERYONE)
@told_if_gone(ToDo, FinishForm)
def to_do_finish(request: AuthorityRequest, pk: int) -> HttpResponse:
    to_do, form = _to_do_or_404(request, pk), FinishForm(request.POST)
    if not form.is_valid():
        return _detail(request, to_do, form)
    try:
        finish(by=request.membership, to_do=to_do, now=timezone.now(), **form.cleaned_data)
    except AlreadyFinished as error:
        said, typed = f"{error.to_do.done_by} has finished “{to_do}” already.", typed_into(form, request.POST)
        if typed and error.to_do.done_by != request.membership:  # who clicks twice has saved it
            return to_copy(request, typed, heading="This was finished", said=said, back_url=_back(request))
        messages.warning(request, said)
    else:
        messages.success(request, f"“{to_do}” is finished. It is under “Done” if that was a mistake.")
    return redirect(_back(request))


@require_POST
@for_roles(*EVERYONE)
@told_if_gone(ToDo)
def to_do_reopen(request: AuthorityRequest, pk: int) -> HttpResponse:
    to_do = _to_do_or_404(request, pk)
    reopen(by=request.membership, to_do=to_do, now=timezone.now())
    messages.success(request, f"“{to_do}” is to do again.")
    return redirect(_back(request))


@require_POST
@for_roles(Role.POLITICAL_AFFAIRS)
@told_if_gone(ToDo)
def to_do_give(request: AuthorityRequest, pk: int) -> HttpResponse:
    to_do, form = _to_do_or_404(request, pk), GiveForm(request.POST, authority=request.authority)
    if not form.is_valid():
        return _detail(request, to_do, FinishForm(), form)
    assignee = form.cleaned_data["assignee"]
    try:
        give(by=request.membership, to_do=to_do, assignee=assignee, now=timezone.now())
    except AlreadyFinished as error:
        messages.warning(request, f"{error.to_do.done_by} has finished “{to_do}” already.")
    else:
        messages.success(request, f"“{to_do}” is with {assignee or 'nobody yet'}.")
    return redirect("to_dos:to_do_detail", request.authority.slug, pk)


def _detail(
    request: AuthorityRequest, to_do: ToDo, form: FinishForm, give_form: GiveForm | None = None
) -> HttpResponse:
    may_give = request.membership.role == Role.POLITICAL_AFFAIRS and to_do.is_open
    if may_give and give_form is None:
        give_form = GiveForm(authority=request.authority, initial={"assignee": to_do.assignee_id})
    bad = next((each for each in (form, give_form) if each is not None and each.errors), None)
    return render(
        request,
        "notifications/to_do_detail.html",
        {
            "to_do": to_do,
            "late": to_do.days_overdue(timezone.localdate()),
            "finish_form": form,
            "give_form": give_form if may_give else None,
            "form": bad,
        },
        status=422 if bad else 200,
    )


def _tabs(member: Membership) -> list[Tab]:
    """The tabs a person has, each with how many are open in it; in one query."""
    seen = ToDo.objects.visible_to(member).open()
    if member.role not in Membership.HANDLERS:
        return [Tab(MINE, "Mine", seen.count()), Tab(DONE, "Done")]
    is_nobodys = ~Q(assignee__in=Membership.objects.active().order_by())
    counts = seen.aggregate(
        mine=Count("pk", filter=Q(assignee=member)), nobody=Count("pk", filter=is_nobodys), all=Count("pk")
    )
    return [
        Tab(MINE, "Mine", counts["mine"]),
        Tab(NOBODYS, "Nobody’s yet", counts["nobody"]),
        Tab(ALL, "Everyone’s", counts["all"]),
        Tab(DONE, "Done"),
    ]


def _rows(member: Membership, show: str) -> ToDoQuerySet:
    seen = ToDo.objects.visible_to(member)
    match show:
        case "nobody":
            return seen.open().nobodys()
        case "all":
            return seen.open()
        case "done":
            return seen.finished()
    return seen.open().mine(member)


def _to_do_or_404(request: AuthorityRequest, pk: int) -> ToDo:
    return get_object_or_404(ToDo.objects.visible_to(request.membership).for_list(), pk=pk)


def _back(request: AuthorityRequest) -> str:
    """The tab from which the person came."""
    url = reverse("to_dos:to_do_list", args=[request.authority.slug])
    show = request.GET.get("show", "")
    return f"{url}?{urlencode({'show': show})}" if show in (NOBODYS, ALL, DONE) else url
