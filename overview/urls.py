"""Addresses under /<authority>/, for overview."""

from django.urls import path

from overview import authority_home, dashboard, invitations, leaving, mp_page

app_name = "overview"

urlpatterns = [
    path("", authority_home.authority_home, name="authority_home"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("dashboard/replies/", dashboard.reply_list, name="reply_list"),
    path("mps/<int:pk>/", mp_page.mp_detail, name="mp_detail"),
    path("people/invite/", invitations.person_invite, name="person_invite"),
    path("people/<int:pk>/deactivate/", leaving.person_deactivate, name="person_deactivate"),
    path("people/<int:pk>/invite/", invitations.invitation_send, name="invitation_send"),
]
