"""The work queue: what to do next, filters, and giving many enquiries to somebody at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import HANDLERS, AuthorityRequest, for_roles
from accounts.models import Authority, Membership, Role
from enquiries.clock import acknowledgement_in_words, calendar_of, due_in_words
from enquiries.counting import CappedCount, CappedPaginator, count_in_words
from enquiries.filters import LONGEST_TEXT, TEXT, EnquiryFilter
from enquiries.forms import WhoForm
from enquiries.models import RAG, Enquiry, EnquiryQuerySet, Status
from enquiries.searches import keep_queue, keep_search, words_of_search
from enquiries.services import Allocation, Move, allocate, undo_allocation

READERS = (*HANDLERS, Role.SERVICE_CONTACT, Role.EXECUTIVE)
PER_PAGE = 25
UNDO_FOR = timedelta(minutes=10)
UNDO = "enquiries_moved"
SHOW_FILTERS = "filters"
SEARCH = "search"  # in an address, stands for the words searched for, which may be personal data

TAB_LABELS = {"mine": "My work", "team": "Team", "unassigned": "Unassigned"}
NEWEST: dict[str, tuple[str, str]] = {
    Status.REPLIED: ("-replied_on", "-pk"),
    Status.CLOSED: ("-closed_at", "-pk"),
}
SORTS = {
    "due": ("due_on", "pk"),
    "-due": ("-due_on", "-pk"),
    "received": ("received_on", "pk"),
    "-received": ("-received_on", "-pk"),
}


@dataclass(frozen=True)
class Tab:
    label: str
    count: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class Chip:
    """A filter in use, and where taking it off leads."""

    label: str
    words: str
    url: str


@dataclass(frozen=True)
class Column:
    """A sorted header: its words, `aria-sort`, and where following it leads."""

    label: str
    aria_sort: str
    url: str


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*READERS)
def enquiry_list(request: AuthorityRequest) -> HttpResponse:
    """The queue, or to htmx its filters alone; filters that are sent lead to the list they ask for."""
    if request.method != "POST":
        return _queue(request)
    asked = {
        name: request.POST.get(name, "").strip() for name in ("tab", "sort", *EnquiryFilter.base_filters)
    }
    if words := asked.pop(TEXT):
        asked[SEARCH] = keep_search(request.session, words[: LONGEST_TEXT + 1])
    return _to_queue(request, urlencode({name: value for name, value in asked.items() if value}))


@require_POST
@for_roles(*HANDLERS)
def enquiries_allocate(request: AuthorityRequest) -> HttpResponse:
    """Give the ticked enquiries to a service, an owner or both; what is left blank stays as it is."""
    # PostgreSQL takes no NUL, and no reference has any.
    ticked = [each for each in request.POST.getlist("enquiry") if each.isprintable()][:PER_PAGE]
    enquiries = Enquiry.objects.visible_to(request.membership).filter(reference__in=ticked)
    form = WhoForm(request.POST, membership=request.membership, auto_id="give_%s")
    if not enquiries:
        form.add_error(None, "Select an enquiry to allocate.")
    if not form.is_valid():
        return _queue(request, allocate_form=form, ticked=ticked)
    service, owner, now = form.cleaned_data["service"], form.cleaned_data["owner"], timezone.now()
    moves = allocate(
        enquiries=enquiries,
        service=service,
        keep_service=service is None,
        owner=owner,
        keep_owner=owner is None,
        by=request.membership,
        now=now,
    )
    names = " and ".join(str(who) for who in (service, owner) if who)
    if moves:
        _keep_for_undo(request, moves, now)
        messages.success(request, f"{_enquiries(len(moves))} now with {names}.")
    else:
        messages.info(request, f"Nothing changed: what you ticked is with {names} already, or closed.")
    return _to_queue(request, request.GET.urlencode())


@require_POST
@for_roles(*HANDLERS)
def allocation_undo(request: AuthorityRequest) -> HttpResponse:
    """Give back what this person allocated last, unless somebody has allocated it again since. The button may
    be an older page's: then nothing is given back."""
    now = timezone.now()
    moves = _to_undo(request, now)
    if moves and request.POST.get("move") != request.session[UNDO].get("move"):
        messages.warning(
            request,
            "Nothing was given back: that was not your last allocation. The button now undoes the last one.",
        )
        return _to_queue(request, request.GET.urlencode())
    undone = undo_allocation(moves=moves, by=request.membership, now=now)
    if moves:
        del request.session[UNDO]
    had_owners = {move.enquiry_id for move in moves if move.before.owner_id}
    ownerless = [move for move in undone if move.after.owner_id is None and move.enquiry_id in had_owners]
    if undone:
        words = f"{_enquiries(len(undone))} back where {_it(len(undone))} before."
        if ownerless:
            words += (
                f" {_enquiries(len(ownerless))} without an owner: who had it answers no enquiries any more."
            )
        messages.success(request, words)
    else:
        messages.info(request, "Nothing was given back: it was too long ago, or it is with others by now.")
    return _to_queue(request, request.GET.urlencode())


def _queue(
    request: AuthorityRequest, *, allocate_form: WhoForm | None = None, ticked: Sequence[str] = ()
) -> HttpResponse:
    membership, on = request.membership, timezone.localdate()
    visible = Enquiry.objects.visible_to(membership)
    tabs = {"mine": visible.filter(owner=membership), "team": visible, "unassigned": visible.unassigned()}
    if membership.role == Role.EXECUTIVE:
        del tabs["mine"]
    tab = request.GET.get("tab", "")
    tab = tab if tab in tabs else next(iter(tabs))

    asked = _asked(request)
    filters = EnquiryFilter(asked, tabs[tab], membership=membership, on=on)
    filters.form.auto_id = "filter_%s"
    has_errors = not filters.is_valid() or allocate_form is not None
    sort, status = request.GET.get("sort", ""), filters.chosen_status
    context = {"tab": tab, "sort": sort, **_filters(request, filters)}
    if request.htmx:
        return render(request, "enquiries/_filters.html", context)

    if request.method != "POST":
        keep_queue(request.session, request.authority, request.GET.urlencode())
    counts = _counts(
        request.authority, found=filters.qs, **{name: rows.open() for name, rows in tabs.items()}
    )
    keys = _sorted(filters.qs, sort, status=status, on=on).values_list("pk", flat=True)
    page = CappedPaginator(keys, PER_PAGE, found=counts["found"]).get_page(request.GET.get("page"))
    rows = _rows(list(page.object_list), on=on, authority=request.authority)
    if allocate_form and rows:
        allocate_form.error_target = f"tick-{rows[0].pk}"
    return render(
        request,
        "enquiries/enquiry_list.html",
        {
            **context,
            "tabs": [
                Tab(
                    TAB_LABELS[name],
                    count_in_words(counts[name]),
                    f"?{urlencode({'tab': name})}",
                    name == tab,
                )
                for name in tabs
            ],
            "page_obj": page,
            "rows": rows,
            "found": count_in_words(counts["found"]),
            "columns": _columns(request, sort),
            "is_queue": sort not in SORTS and status == Status.OPEN,
            "clear_url": f"?{urlencode({'tab': tab})}",
            "has_search_ended": SEARCH in asked and not asked[TEXT],
            "shows_text": membership.sees_enquiry_text,
            "allocate_form": _allocate_form(membership, filters, allocate_form),
            "ticked": ticked,
            "undo": len(_to_undo(request, timezone.now())),
            "undo_move": request.session.get(UNDO, {}).get("move"),
            "form": allocate_form or filters.form,
            "query": request.GET.urlencode(),
        },
        status=422 if has_errors else 200,
    )


def _filters(request: AuthorityRequest, filters: EnquiryFilter) -> dict[str, Any]:
    """What shows the filters: those in use always, the form to choose others when it is asked for."""
    is_shown = SHOW_FILTERS in request.GET or not filters.is_valid()
    if is_shown and filters.is_valid():
        filters.form.fields[TEXT].widget.attrs["autofocus"] = True
    shown = request.GET.copy()
    shown[SHOW_FILTERS] = "shown"
    return {
        "filters": filters if is_shown else None,
        "filters_url": _without(request, SHOW_FILTERS) if is_shown else f"?{shown.urlencode()}",
        "chips": [Chip(label, words, _without(request, name)) for name, label, words in filters.chosen()],
    }


def _allocate_form(membership: Membership, filters: EnquiryFilter, sent: WhoForm | None) -> WhoForm | None:
    """The form below the list, for those who allocate; its choices are the filters', asked for once."""
    if not membership.handles_enquiries:
        return None
    form = sent or WhoForm(membership=membership, auto_id="give_%s")
    for name, choices in (("service", filters.services), ("owner", filters.owners)):
        form.fields[name].widget.choices = [("", "Leave as it is"), *choices]
    return form


def _counts(authority: Authority, **rows: EnquiryQuerySet) -> dict[str, int]:
    """How many rows each query has, in one query, none counted further than one beyond CAP."""
    counts = {name: CappedCount(queryset) for name, queryset in rows.items()}
    row = Authority.objects.filter(pk=authority.pk).values_list(*counts.values()).get()
    # A search that finds nothing leaves no query to count.
    return {name: count or 0 for name, count in zip(counts, row, strict=True)}


def _sorted(found: EnquiryQuerySet, sort: str, *, status: str, on: date) -> EnquiryQuerySet:
    """In the order asked for; else open ones as a queue, the others by what happened last."""
    if sort in SORTS:
        return found.order_by(*SORTS[sort])
    if status == Status.OPEN:
        return found.in_queue_order(on)
    return found.order_by(*NEWEST.get(status, SORTS["-received"]))


def _rows(keys: list[int], *, on: date, authority: Authority) -> list[Enquiry]:
    """The enquiries of a page, in this order, each with its due date in words.

    They are found by key first, so that an index alone decides which they are, and only these are read.
    """
    found = (
        Enquiry.objects.filter(authority=authority)
        .with_rag(on)
        .select_related("mp", "constituency", "service", "topic", "owner__user")
        .defer("question")
        .in_bulk(keys)
    )
    enquiries = [found[key] for key in keys if key in found]
    calendar = calendar_of(authority)
    for enquiry in enquiries:
        enquiry.due_words = due_in_words(enquiry, on=on, calendar=calendar)  # type: ignore[attr-defined]
        if on >= enquiry.acknowledge_by and acknowledgement_in_words(enquiry, on=on):
            late = on > enquiry.acknowledge_by
            enquiry.acknowledgement = "Not acknowledged" if late else "Acknowledge today"  # type: ignore[attr-defined]
        enquiry.rag_word = RAG(enquiry.rag).label if enquiry.rag else ""  # type: ignore[attr-defined]
    return enquiries


def _columns(request: AuthorityRequest, sort: str) -> dict[str, Column]:
    columns = {}
    for name, label in (("received", "Received"), ("due", "Reply due")):
        aria = {name: "ascending", f"-{name}": "descending"}.get(sort, "none")
        if name == "due" and sort not in SORTS:
            aria = "other"  # the queue's own order: nearly late, late, then by due date
        params = request.GET.copy()
        params.pop("page", None)
        params["sort"] = f"-{name}" if sort == name else name
        columns[name] = Column(label, aria, f"?{params.urlencode()}")
    return columns


def _asked(request: AuthorityRequest) -> QueryDict:
    """The filters of the address, with the words of the search it names."""
    asked = request.GET.copy()
    asked[TEXT] = words_of_search(request.session, asked.get(SEARCH, ""))
    return asked


def _without(request: AuthorityRequest, name: str) -> str:
    params = request.GET.copy()
    params.pop(SEARCH if name == TEXT else name, None)
    params.pop("page", None)
    return f"?{params.urlencode()}"


def _to_queue(request: AuthorityRequest, query: str) -> HttpResponse:
    url = reverse("enquiries:enquiry_list", args=[request.authority.slug])
    return redirect(f"{url}?{query}" if query else url)


def _keep_for_undo(request: AuthorityRequest, moves: list[Move], now: datetime) -> None:
    request.session[UNDO] = {
        "move": uuid4().hex,
        "authority": request.authority.pk,
        "at": now.isoformat(),
        "moves": [[move.enquiry_id, astuple(move.before), astuple(move.after)] for move in moves],
    }


def _to_undo(request: AuthorityRequest, now: datetime) -> list[Move]:
    kept = request.session.get(UNDO)
    if not kept or kept["authority"] != request.authority.pk:
        return []
    if now - datetime.fromisoformat(kept["at"]) > UNDO_FOR:
        return []
    return [Move(pk, Allocation(*before), Allocation(*after)) for pk, before, after in kept["moves"]]


def _enquiries(count: int) -> str:
    return "1 enquiry is" if count == 1 else f"{count} enquiries are"


def _it(count: int) -> str:
    return "it was" if count == 1 else "they were"
