"""What every request passes through: which authority it is for, and what browsers may keep."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import Membership
from mpcrm import demo, errors
from mpcrm.frame import Frame

GetResponse = Callable[[HttpRequest], HttpResponse]


class SignInFirst(LoginRequiredMiddleware):
    """Whoever is signed out and sends a form comes back, once signed in, to the page the form was on: the
    address it was sent to may open no page."""

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseRedirect:
        if request.method in ("GET", "HEAD"):
            return super().handle_no_permission(request, view_func)
        messages.warning(
            request, "You had been signed out, so nothing was changed. Sign in, then send it again."
        )
        return redirect_to_login(_page_of_the_form(request))


def _page_of_the_form(request: HttpRequest) -> str:
    came_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, {request.get_host()}, request.is_secure()):
        return reverse("home")
    page = urlsplit(came_from)
    return page._replace(scheme="", netloc="", fragment="").geturl()


class NotAllowedInWords:
    """A page in plain words where a browser is refused a method; what other programs ask stays short."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and request.method in ("GET", "POST"):
            return errors.not_allowed(request, response)
        return response


class AuthorityFromUrl:
    """Take `<authority>` out of the address and put `authority` and `membership` on the request.

    An authority the user does not work for answers exactly as one that does not exist.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: dict[str, Any]) -> None:
        if "authority" not in kwargs or not request.user.is_authenticated:
            return
        slug = kwargs.pop("authority")
        membership = (
            Membership.objects.active()
            .select_related("authority", "user")
            .defer("authority__logo")
            .filter(user=request.user, authority__slug=slug)
            .first()
        )
        if membership is None:
            raise Http404
        request.membership = membership  # type: ignore[attr-defined]
        request.authority = membership.authority  # type: ignore[attr-defined]


class NoStore:
    """Pages for signed-in people are never kept by a browser or a proxy."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def page_context(request: HttpRequest) -> dict[str, Any]:
    """What every page may show besides its own: the frame, authority, membership, demo."""
    return {
        "authority": getattr(request, "authority", None),
        "membership": getattr(request, "membership", None),
        "frame": Frame(request),
        "is_demo": settings.DEMO,
        "demo_sign_ins": demo.SIGN_INS if settings.DEMO else (),
        "demo_password": demo.PASSWORD if settings.DEMO else "",
    }
