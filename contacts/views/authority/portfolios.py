"""Which MPs hold posts that bear on the authority's priorities. Everyone may read it; officers decide."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import EVERYONE, HANDLERS, AuthorityRequest, for_roles
from contacts.deciding import DecidedMeanwhile, decide_match, undo_decision
from contacts.forms import AsAtForm
from contacts.lifelines import in_names_of
from contacts.models import MP, MatchState, Post, Priority
from contacts.portfolios import Match, matches, matches_of_own_mps, priorities_of


@require_safe
@for_roles(*EVERYONE)
def match_list(request: AuthorityRequest) -> HttpResponse:
    """Each priority with the posts that bear on it, confirmed first; what was dismissed stands below. `?on=`
    asks for priorities and posts as at another day."""
    on = timezone.localdate()
    form = AsAtForm(request.GET, today=on)
    priorities = priorities_of(request.authority, on=form.day)
    found = matches_of_own_mps(request.authority, priorities=priorities, on=on, as_at=form.as_at)
    by_priority: dict[Priority, list[Match]] = {priority: [] for priority in priorities}
    for match in _shown(found):
        by_priority[match.priority].append(match)
    return render(
        request,
        "contacts/match_list.html",
        {
            "groups": by_priority.items(),
            "without": [priority for priority, rows in by_priority.items() if not rows],
            "dismissed": [match for match in found if match.is_dismissed],
            "to_decide": sum(not match.is_decided for match in found),
            "form": form,
            "may_decide": request.membership.handles_enquiries and not form.as_at,
        },
        status=422 if form.errors else 200,
    )


@require_safe
@for_roles(*EVERYONE)
def mp_matches(request: AuthorityRequest, mp: int) -> HttpResponse:
    """The same for one MP."""
    person = get_object_or_404(MP, pk=mp)
    form = AsAtForm(request.GET, today=timezone.localdate())
    is_ours = MP.objects.of(request.authority, on=form.as_at).filter(pk=mp).exists()
    priorities = priorities_of(request.authority, on=form.day)
    posts = Post.objects.current(form.day).filter(mp=mp if is_ours else None).select_related("mp")
    found = matches(priorities=priorities, posts=posts.as_called(form.as_at) if form.as_at else posts)
    if form.as_at:
        in_names_of([person], form.as_at)
    return render(
        request,
        "contacts/mp_matches.html",
        {
            "mp": person,
            "is_ours": is_ours,
            "has_priorities": bool(priorities),
            "matches": _shown(found),
            "dismissed": [match for match in found if match.is_dismissed],
            "form": form,
            "may_decide": request.membership.handles_enquiries and not form.as_at,
        },
        status=422 if form.errors else 200,
    )


@require_POST
@for_roles(*HANDLERS)
def match_confirm(request: AuthorityRequest, priority: int, post: int) -> HttpResponse:
    return _decide(request, priority, post, MatchState.CONFIRMED)


@require_POST
@for_roles(*HANDLERS)
def match_dismiss(request: AuthorityRequest, priority: int, post: int) -> HttpResponse:
    return _decide(request, priority, post, MatchState.DISMISSED)


@require_POST
@for_roles(*HANDLERS)
def match_undo(request: AuthorityRequest, priority: int, post: int) -> HttpResponse:
    of, held = _both_or_404(request, priority, post)
    undo_decision(by=request.membership, priority=of, post=held, now=timezone.now())
    messages.success(request, f"{held.mp} and “{of}” is to decide again.")
    return _back(request, held)


def _decide(request: AuthorityRequest, priority: int, post: int, state: MatchState) -> HttpResponse:
    of, held = _both_or_404(request, priority, post)
    try:
        decide_match(by=request.membership, priority=of, post=held, state=state, now=timezone.now())
    except DecidedMeanwhile as meanwhile:
        decision = meanwhile.decision
        messages.warning(
            request,
            f"{decision.decided_by} {decision.get_state_display().lower()} this before you. "
            "Undo that first if you see it otherwise.",
        )
    else:
        messages.success(request, f"{held.mp} and “{of}”: {state.label.lower()}.")
    return _back(request, held)


def _both_or_404(request: AuthorityRequest, priority: int, post: int) -> tuple[Priority, Post]:
    ours = Post.objects.filter(mp__in=MP.objects.of(request.authority)).select_related("mp")
    return (
        get_object_or_404(Priority.objects.visible_to(request.membership), pk=priority),
        get_object_or_404(ours, pk=post),
    )


def _back(request: AuthorityRequest, post: Post) -> HttpResponse:
    """To the page the button stood on."""
    if "mp" in request.POST:
        return redirect("contacts:mp_matches", request.authority.slug, post.mp_id)
    return redirect("contacts:match_list", request.authority.slug)


def _shown(found: list[Match]) -> list[Match]:
    return [match for match in found if not match.is_dismissed]
