"""What an admin decides for the whole authority."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import EVERYONE, AuthorityRequest, for_roles
from accounts.forms import SettingsForm
from accounts.history import EditedMeanwhile
from accounts.models import Authority, Role
from accounts.services import save_settings


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.ADMIN)
def settings_edit(request: AuthorityRequest) -> HttpResponse:
    # A copy, so that the page's own frame keeps the saved name and colour while the form shows mistakes.
    authority = Authority.objects.get(pk=request.authority.pk)
    form = SettingsForm(request.POST or None, request.FILES or None, instance=authority)
    if request.method == "POST" and form.is_valid():
        try:
            save_settings(settings=form.save(commit=False), version=form.cleaned_data["version"])
        except EditedMeanwhile as meanwhile:
            form.show_both(meanwhile.saved)
        else:
            messages.success(request, "The settings have been saved.")
            return redirect("accounts:settings_edit", request.authority.slug)
    return render(
        request, "accounts/settings_edit.html", {"form": form}, status=422 if form.is_bound else 200
    )


@require_safe
@for_roles(*EVERYONE)
def authority_logo(request: AuthorityRequest) -> HttpResponse:
    if not request.authority.logo:
        raise Http404
    return HttpResponse(bytes(request.authority.logo), content_type="image/png")
