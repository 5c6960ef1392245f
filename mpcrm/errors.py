"""Pages for a request that cannot be read, and for one that its address does not take."""

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseNotAllowed
from django.shortcuts import render
from django.template.loader import render_to_string


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBadRequest:
    """As Django's own, without looking for a CSRF token: where the form cannot be read, that fails again."""
    return HttpResponseBadRequest(render_to_string("400.html"))


def not_allowed(request: HttpRequest, refused: HttpResponseNotAllowed) -> HttpResponse:
    """As the view refused it, with a page to read."""
    page = render(request, "405.html", status=refused.status_code)
    page["Allow"] = refused["Allow"]
    return page
