"""Addresses under /<authority>/mps/: the directory, who leads on whom, their offices, and our seats."""

from django.urls import path

from contacts.views import directory, leads, notes, offices, policy_areas, portfolios, priorities, seats

app_name = "contacts"

urlpatterns = [
    path("", directory.mp_list, name="mp_list"),
    path("<int:mp>/leads/", leads.lead_list, name="lead_list"),
    path("<int:mp>/leads/new/", leads.lead_set, name="lead_set"),
    path("leads/<int:pk>/end/", leads.lead_end, name="lead_end"),
    path("<int:mp>/office/", offices.office_detail, name="office_detail"),
    path("<int:mp>/office/edit/", offices.office_edit, name="office_edit"),
    path("<int:mp>/office/people/new/", offices.office_person_add, name="office_person_add"),
    path("office/people/<int:pk>/edit/", offices.office_person_edit, name="office_person_edit"),
    path("office/people/<int:pk>/left/", offices.office_person_left, name="office_person_left"),
    path("<int:mp>/priorities/", portfolios.mp_matches, name="mp_matches"),
    path("priorities/", priorities.priority_list, name="priority_list"),
    path("priorities/new/", priorities.priority_add, name="priority_add"),
    path("priorities/<int:pk>/edit/", priorities.priority_edit, name="priority_edit"),
    path("priorities/<int:pk>/end/", priorities.priority_end, name="priority_end"),
    path("priorities/<int:pk>/restore/", priorities.priority_restore, name="priority_restore"),
    path("priorities/<int:pk>/up/", priorities.priority_move_up, name="priority_move_up"),
    path("priorities/<int:pk>/down/", priorities.priority_move_down, name="priority_move_down"),
    path("matches/", portfolios.match_list, name="match_list"),
    path("matches/<int:priority>/<int:post>/confirm/", portfolios.match_confirm, name="match_confirm"),
    path("matches/<int:priority>/<int:post>/dismiss/", portfolios.match_dismiss, name="match_dismiss"),
    path("matches/<int:priority>/<int:post>/undo/", portfolios.match_undo, name="match_undo"),
    path("<int:mp>/background/", notes.background_detail, name="background_detail"),
    path("<int:mp>/background/new/", notes.background_add, name="background_add"),
    path("background/<int:pk>/edit/", notes.background_edit, name="background_edit"),
    path("background/<int:pk>/remove/", notes.background_remove, name="background_remove"),
    path("<int:mp>/campaign-issues/new/", notes.issue_add, name="issue_add"),
    path("campaign-issues/<int:pk>/edit/", notes.issue_edit, name="issue_edit"),
    path("campaign-issues/<int:pk>/remove/", notes.issue_remove, name="issue_remove"),
    path("<int:mp>/positions/new/", notes.position_add, name="position_add"),
    path("positions/<int:pk>/edit/", notes.position_edit, name="position_edit"),
    path("positions/<int:pk>/remove/", notes.position_remove, name="position_remove"),
    path("policy-areas/", policy_areas.area_list, name="area_list"),
    path("policy-areas/new/", policy_areas.area_add, name="area_add"),
    path("policy-areas/<int:pk>/", policy_areas.area_detail, name="area_detail"),
    path("policy-areas/<int:pk>/edit/", policy_areas.area_edit, name="area_edit"),
    path("seats/", seats.seat_list, name="seat_list"),
    path("seats/threshold/", seats.sliver_threshold, name="sliver_threshold"),
    path("seats/slivers/hide/", seats.slivers_hide, name="slivers_hide"),
    path("seats/slivers/restore/", seats.slivers_restore, name="slivers_restore"),
    path("seats/<int:pk>/hide/", seats.seat_hide, name="seat_hide"),
    path("seats/<int:pk>/restore/", seats.seat_restore, name="seat_restore"),
]
