"""The product's addresses, and the empty signed-in page that every figure is compared with."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from mpcrm.urls import urlpatterns as product


def empty(request: HttpRequest) -> HttpResponse:
    """The page frame, with its navigation and unread count, and nothing in it."""
    return render(request, "base.html")


urlpatterns = [path("<slug:authority>/empty/", empty), *product]
