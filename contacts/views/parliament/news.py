"""What has changed: of one MP, and of all the seats of an authority."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.access import EVERYONE, AuthorityRequest, for_roles
from contacts.forms import NewsForm
from contacts.models import MP, MPNews

PAGE = 30


@require_safe
@for_roles(*EVERYONE)
def news_list(request: AuthorityRequest) -> HttpResponse:
    """Of the authority's seats, newest first: whoever held them then, and vacancies."""
    news = MPNews.objects.of(request.authority)
    form = NewsForm(request.GET, news=news)
    form.is_valid()  # A filter that means nothing is named on the page and left out.
    chosen = form.cleaned_data
    if chosen.get("kind"):
        news = news.filter(kind=chosen["kind"])
    if chosen.get("mp"):
        news = news.filter(mp=chosen["mp"])
    if chosen.get("since"):
        news = news.filter(happened_on__gte=chosen["since"])
    context = {
        "form": form,
        "is_filtered": any(chosen.values()),
        "page_obj": Paginator(news.for_list(), PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "contacts/news_list.html", context)


@require_safe
@for_roles(*EVERYONE)
def mp_news(request: AuthorityRequest, mp: int) -> HttpResponse:
    person = get_object_or_404(MP, pk=mp)
    news = MPNews.objects.filter(mp=person).for_list()
    page = Paginator(news, PAGE).get_page(request.GET.get("page"))
    return render(request, "contacts/mp_news.html", {"mp": person, "page_obj": page})
