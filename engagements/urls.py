"""Addresses under /<authority>/engagement/. A plan goes by its MP: there is one of each."""

from django.urls import path

from engagements import views

app_name = "engagements"

urlpatterns = [
    path("", views.plan_list, name="plan_list"),
    path("mps/<int:mp_pk>/", views.plan_detail, name="plan_detail"),
    path("mps/<int:mp_pk>/edit/", views.plan_edit, name="plan_edit"),
    path("mps/<int:mp_pk>/agreement/", views.agreement_record, name="agreement_record"),
    path("mps/<int:mp_pk>/touchpoints/", views.touchpoint_list, name="touchpoint_list"),
    path("mps/<int:mp_pk>/touchpoints/record/", views.touchpoint_record, name="touchpoint_record"),
    path("touchpoints/<int:pk>/edit/", views.touchpoint_edit, name="touchpoint_edit"),
    path("touchpoints/<int:pk>/delete/", views.touchpoint_delete, name="touchpoint_delete"),
]
