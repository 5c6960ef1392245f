"""Addresses under /<authority>/, for overview."""

from django.urls import path

from overview import authority_home, dashboard, invitations, leaving, mp_page, seat_map
from overview.handover import views as handover
from overview.mp_export.views import mp_export

app_name = "overview"

urlpatterns = [
    path("", authority_home.authority_home, name="authority_home"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("dashboard/replies/", dashboard.reply_list, name="reply_list"),
    path("hand-over/", handover.handover_list, name="handover_list"),
    path("hand-over/<int:holding>/", handover.handover_seat, name="handover_seat"),
    path("hand-over/<int:holding>/plan/", handover.handover_plan, name="handover_plan"),
    path("hand-over/<int:holding>/commitments/", handover.handover_commitments, name="handover_commitments"),
    path("hand-over/<int:holding>/leads/", handover.handover_leads, name="handover_leads"),
    path("hand-over/<int:holding>/to-dos/", handover.handover_welcome, name="handover_welcome"),
    path("hand-over/<int:holding>/finish/", handover.handover_finish, name="handover_finish"),
    path("hand-over/<int:holding>/undo/", handover.handover_undo, name="handover_undo"),
    path("hand-over/enquiries/<str:reference>/", handover.handover_enquiry, name="handover_enquiry"),
    path("hand-over/steps/<int:pk>/undo/", handover.handover_step_undo, name="handover_step_undo"),
    path("map/", seat_map.seat_map, name="seat_map"),
    path("mps/<int:pk>/", mp_page.mp_detail, name="mp_detail"),
    path("mps/<int:mp>/export/", mp_export, name="mp_export"),
    path("people/invite/", invitations.person_invite, name="person_invite"),
    path("people/<int:pk>/deactivate/", leaving.person_deactivate, name="person_deactivate"),
    path("people/<int:pk>/invite/", invitations.invitation_send, name="invitation_send"),
]
