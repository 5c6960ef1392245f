"""Coming in: the first page, which authority to work for, and joining by invitation."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import RENEWED_AT
from accounts.forms import JoinForm
from accounts.joining import person_joining
from accounts.models import Authority, Membership
from accounts.services import join


@login_not_required  # An empty installation has nobody who could sign in.
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Send everyone where they start: their authority, the choice among several, or plain words."""
    if not request.user.is_authenticated:
        if not Authority.objects.exists():
            return render(request, "accounts/empty_installation.html")
        return redirect_to_login(request.path)
    match list(Membership.objects.active().for_user(request.user)[:2]):
        case [only]:
            return redirect("overview:authority_home", only.authority.slug)
        case []:
            if request.user.is_instance_admin:
                return redirect("instance:import_list")
            return render(request, "accounts/no_membership.html")
    return redirect("authority_choose")


@require_safe
def authority_choose(request: HttpRequest) -> HttpResponse:
    memberships = Membership.objects.active().for_user(request.user)
    return render(request, "accounts/authority_choose.html", {"memberships": memberships})


@login_not_required  # The person invited has no password yet; the link itself is the proof.
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def join_authority(request: HttpRequest, person: str, token: str) -> HttpResponse:
    user = person_joining(person, token, now=timezone.now())
    if user is None:
        return render(request, "accounts/join_expired.html", status=404)
    form = JoinForm(request.POST or None, user=user, initial={"name": user.name})
    if request.method == "POST" and form.is_valid():
        join(
            user=user,
            name=form.cleaned_data["name"],
            password=form.cleaned_data["password"],
            now=timezone.now(),
        )
        login(request, user)
        request.session[RENEWED_AT] = timezone.now().isoformat()
        messages.success(request, f"Welcome to mpcrm, {user.name}.")
        return redirect("home")
    return render(
        request,
        "accounts/join.html",
        {"form": form, "person": user},
        status=422 if form.is_bound else 200,
    )
