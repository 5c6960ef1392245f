"""Addresses under /<authority>/engagement/. A plan goes by its MP: there is one of each."""

from django.urls import path

from engagements.views import commitments, plans, touchpoints

app_name = "engagements"

urlpatterns = [
    path("", plans.plan_list, name="plan_list"),
    path("mps/<int:mp_pk>/", plans.plan_detail, name="plan_detail"),
    path("mps/<int:mp_pk>/edit/", plans.plan_edit, name="plan_edit"),
    path("mps/<int:mp_pk>/agreement/", plans.agreement_record, name="agreement_record"),
    path("mps/<int:mp_pk>/touchpoints/", touchpoints.touchpoint_list, name="touchpoint_list"),
    path("mps/<int:mp_pk>/touchpoints/record/", touchpoints.touchpoint_record, name="touchpoint_record"),
    path("mps/<int:mp_pk>/commitments/", commitments.commitment_list, name="commitment_list"),
    path("mps/<int:mp_pk>/commitments/record/", commitments.commitment_record, name="commitment_record"),
    path("commitments/<int:pk>/edit/", commitments.commitment_edit, name="commitment_edit"),
    path("commitments/<int:pk>/remove/", commitments.commitment_remove, name="commitment_remove"),
    path("touchpoints/<int:pk>/edit/", touchpoints.touchpoint_edit, name="touchpoint_edit"),
    path("touchpoints/<int:pk>/delete/", touchpoints.touchpoint_delete, name="touchpoint_delete"),
]
