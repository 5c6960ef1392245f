"""The page for a request that cannot be read."""

from django.http import HttpRequest, HttpResponseBadRequest
from django.template.loader import render_to_string


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBadRequest:
    """As Django's own, without looking for a CSRF token: where the form cannot be read, that fails again."""
    return HttpResponseBadRequest(render_to_string("400.html"))
