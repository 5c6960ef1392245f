"""Which MP covers a postcode or a ward."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.access import EVERYONE, AuthorityRequest, for_roles
from contacts.finding import find_seats
from contacts.forms import FindForm


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*EVERYONE)
def seat_find(request: AuthorityRequest) -> HttpResponse:
    """Answers the POST itself: a redirect would put a constituent's postcode into an address or a session."""
    form = FindForm(request.POST if request.method == "POST" else None)
    answer = find_seats(form.cleaned_data["place"]) if form.is_valid() else None
    context = {"form": form, "answer": answer, "may_log": request.membership.handles_enquiries}
    return render(request, "contacts/seat_find.html", context, status=422 if form.errors else 200)
