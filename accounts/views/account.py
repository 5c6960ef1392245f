"""A person's own account."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.forms import MyAccountForm
from accounts.models import Membership, User
from accounts.services import say_away


@require_http_methods(["GET", "HEAD", "POST"])
def my_account(request: HttpRequest) -> HttpResponse:
    # A copy, so that the page's own frame keeps the saved name while the form shows mistakes.
    user = User.objects.get(pk=request.user.pk)  # type: ignore[misc]  # signed in, so it has one
    memberships, on = Membership.objects.active().for_user(user), timezone.localdate()
    away = [each.away_until for each in memberships if each.away_until and each.is_away(on)]
    form = MyAccountForm(
        request.POST or None, instance=user, on=on, initial={"away_until": max(away, default=None)}
    )
    if request.method == "POST" and form.is_valid():
        form.save()
        say_away(user=user, until=form.cleaned_data["away_until"])
        messages.success(request, "Your account has been saved.")
        return redirect("my_account")
    return render(
        request,
        "accounts/my_account.html",
        {"form": form, "memberships": memberships},
        status=422 if form.is_bound else 200,
    )
