"""Addresses under /<authority>/: its people, services and settings."""

from django.urls import path

from accounts.views import authority, people, services

app_name = "accounts"

urlpatterns = [
    path("people/", people.people_list, name="people_list"),
    path("people/<int:pk>/", people.person_edit, name="person_edit"),
    path("people/<int:pk>/reactivate/", people.person_reactivate, name="person_reactivate"),
    path("services/", services.service_list, name="service_list"),
    path("services/new/", services.service_add, name="service_add"),
    path("services/<int:pk>/", services.service_edit, name="service_edit"),
    path("settings/", authority.settings_edit, name="settings_edit"),
    path("logo.png", authority.authority_logo, name="authority_logo"),
]
