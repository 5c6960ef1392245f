"""What every request passes through: which authority it is for, and what browsers may keep."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from accounts.models import Membership
from mpcrm import demo
from mpcrm.frame import Frame

GetResponse = Callable[[HttpRequest], HttpResponse]


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
