"""Signing in and staying so: allauth's views with our answers, and what to do when stuck."""

from __future__ import annotations

from typing import Any

from allauth.account import views as allauth
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import RENEWED_AT
from accounts.models import Membership, Role
from accounts.password_forms import NewPasswordForm, PasswordChangeForm, PasswordForgottenForm, SignInForm


class UnprocessableIfInvalid:
    """A form with mistakes is shown again with status 422, as on every page of ours."""

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        response.status_code = 422
        return response


class SignIn(UnprocessableIfInvalid, allauth.LoginView):
    form_class = SignInForm

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        if self.request.user.is_authenticated:
            self.request.session[RENEWED_AT] = timezone.now().isoformat()
        return response


class SignOut(allauth.LogoutView):
    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post(*args, **kwargs)
        # Whoever uses the browser next finds no page in its cache, going back included.
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response


class PasswordChange(UnprocessableIfInvalid, allauth.PasswordChangeView):
    form_class = PasswordChangeForm
    success_url = reverse_lazy("my_account")


class PasswordForgotten(UnprocessableIfInvalid, allauth.PasswordResetView):
    form_class = PasswordForgottenForm


class NewPassword(UnprocessableIfInvalid, allauth.PasswordResetFromKeyView):
    form_class = NewPasswordForm


@require_POST
def stay_signed_in(request: HttpRequest) -> HttpResponse:
    """Begin the session's time anew and say how many seconds it lasts (asked by static/js/timeout.js)."""
    request.session[RENEWED_AT] = timezone.now().isoformat()
    return HttpResponse(settings.SESSION_COOKIE_AGE, content_type="text/plain")


@login_not_required  # Someone who cannot sign in needs it most.
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Whom to ask, and what the keyboard can do."""
    mine = Membership.objects.active().filter(user=request.user.pk).values("authority")
    admins = Membership.objects.active().in_role(Role.ADMIN).filter(authority__in=mine)
    return render(request, "account/help.html", {"admins": admins.select_related("user", "authority")})
