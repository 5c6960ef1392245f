"""Taking out everything held about one MP: for the political affairs lead. Admins do not read notes."""

from __future__ import annotations

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import AuthorityRequest, for_roles
from accounts.models import Role
from contacts.models import MP, MPExport
from overview.mp_export.archive import archive, archive_name, make_export
from overview.mp_export.forms import ExportForm
from overview.mp_export.held import OURS


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.POLITICAL_AFFAIRS)
def mp_export(request: AuthorityRequest, mp: int) -> HttpResponse:
    """The ZIP itself answers the form: what was taken out is logged before its first byte."""
    person, now = get_object_or_404(MP, pk=mp), timezone.now()
    form = ExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["asked_on"] > timezone.localdate(now):
            form.add_error("asked_on", "Enter today’s date or an earlier one.")
        else:
            export = make_export(by=request.membership, mp=person, now=now, **form.cleaned_data)
            response = StreamingHttpResponse(archive(export), content_type="application/zip")
            response["Content-Disposition"] = f'attachment; filename="{archive_name(export)}"'
            return response  # type: ignore[return-value]  # a response all the same
    exports = MPExport.objects.visible_to(request.membership).filter(mp=person)
    return render(
        request,
        "overview/mp_export/page.html",
        {
            "form": form,
            "mp": person,
            "exports": exports.select_related("made_by__user"),
            "titles": [held.title for held in OURS if not held.only_with_text],
        },
        status=422 if form.is_bound else 200,
    )
