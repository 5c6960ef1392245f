"""Who may open a page: the decorators every view of an authority's pages wears."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django_htmx.middleware import HtmxDetails

from accounts.models import Authority, Membership, Role

View = Callable[..., HttpResponse]

EVERYONE = frozenset(Role)
HANDLERS = Membership.HANDLERS

# The session's own note of when the person signed in or last asked to stay signed in.
RENEWED_AT = "renewed_at"


class AuthorityRequest(HttpRequest):
    """A request whose address named an authority the user works for (see `mpcrm.middleware`)."""

    authority: Authority
    membership: Membership
    htmx: HtmxDetails


def for_roles(*roles: Role) -> Callable[[View], View]:
    """Only members in one of `roles`; anyone else in the authority gets a 403.

    The view carries them as `.roles`.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(request: AuthorityRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.membership.role not in roles:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        wrapper.roles = frozenset(roles)  # type: ignore[attr-defined]  # the navigation asks it
        return wrapper

    return decorate


def for_instance_admins(view: View) -> View:
    """Only people who look after the facts that every authority shares."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not getattr(request.user, "is_instance_admin", False):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return wrapper
