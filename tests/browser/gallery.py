"""One page with every form field and partial of the frame, for tests that look at them."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.template import engines
from django.urls import include, path

PAGE = """{% extends "base.html" %}{% load crispy_forms_tags page %}
{% block title %}Gallery{% endblock %}
{% block content %}
{% include "includes/error_summary.html" %}
<h1 class="govuk-heading-l">Gallery</h1>
<p class="govuk-body">{% include "includes/rag.html" with rag="green" label="On time" name="Reply clock" %}
{% include "includes/rag.html" with rag="amber" label="Due soon" name="Reply clock" %}
{% include "includes/rag.html" with rag="red" label="Overdue by 2 working days" name="Reply clock" %}
{% include "includes/rag.html" with rag="never" label="Never contacted" name="Contact cadence" %}</p>
<dl class="govuk-summary-list">
{% include "includes/summary_row.html" with key="Constituency" value="Dwyrain Caerfyrddin" action_url="/" %}
{% include "includes/summary_row.html" with key="Party" value="" %}
</dl>
{% include "includes/empty.html" with title="Nothing" text="Nobody." action_url="/" action_text="Log one" %}
<form method="post" novalidate>{% csrf_token %}{{ form|crispy }}
<p class="govuk-body" aria-live="polite" data-live-url="/due/" data-live-fields="received_on channel">Due</p>
<div data-select-all="services" hidden><input type="checkbox" id="all">
<label for="all">Select all on this page</label>
<span data-select-count role="status"></span></div>
<button class="govuk-button">Save</button></form>
{% include "includes/pagination.html" %}
{% endblock %}"""


class EveryField(forms.Form):
    subject = forms.CharField(help_text="In a few words", error_messages={"required": "Enter a subject"})
    mp = forms.ChoiceField(
        label="MP",
        choices=[
            ("", ""),
            ("1", "Llinos Medi, Ynys Môn (Plaid Cymru)"),
            ("2", "Dame Siobhan O'Brien, Northmoor East"),
            ("3", "Siôn Brennan, Northmoor West"),
        ],
        widget=forms.Select(attrs={"data-autocomplete": ""}),
        error_messages={"required": "Choose an MP"},
    )
    received_on = forms.DateField()
    channel = forms.ChoiceField(choices=[("e-mail", "E-mail"), ("phone", "Phone")], widget=forms.RadioSelect)
    services = forms.MultipleChoiceField(
        choices=[("1", "Highways"), ("2", "Housing")], widget=forms.CheckboxSelectMultiple, required=False
    )
    service = forms.ChoiceField(choices=[("", "Not yet known"), ("1", "Highways")], required=False)
    question = forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), required=False)
    is_urgent = forms.BooleanField(required=False, help_text="Rarely")
    list_file = forms.FileField(label="List")
    secret = forms.CharField(widget=forms.PasswordInput)


@login_not_required
def gallery(request):
    form = EveryField(request.POST or None)
    if "message" in request.GET:
        messages.success(request, "Enquiry NM-2026-00042 has been logged.")
        messages.info(request, "It is due on 16 March 2026.")
    context = {"form": form, "page_obj": Paginator(range(1000), 25).page(7)}
    html = engines["django"].from_string(PAGE).render(context, request)
    return HttpResponse(html, status=422 if form.is_bound else 200)


@login_not_required
def due(request):
    words = f"Received {request.GET['received_on']} by {request.GET['channel']}"
    return HttpResponse(words, content_type="text/plain")


urlpatterns = [path("gallery/", gallery), path("due/", due), path("", include("mpcrm.urls"))]
