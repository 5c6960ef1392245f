"""Addresses under /<authority>/enquiries/."""

from django.urls import path

from enquiries.views import details, enquiry, logging, policy, queue

app_name = "enquiries"

urlpatterns = [
    path("", queue.enquiry_list, name="enquiry_list"),
    path("allocate/", queue.enquiries_allocate, name="enquiries_allocate"),
    path("allocate/undo/", queue.allocation_undo, name="allocation_undo"),
    path("log/", logging.enquiry_log, name="enquiry_log"),
    path("log/due/", logging.due_preview, name="due_preview"),
    path("policy/", policy.policy_list, name="policy_list"),
    path("policy/<slug:enquiry_type>/", policy.policy_edit, name="policy_edit"),
    path("topics/", policy.topic_list, name="topic_list"),
    path("topics/add/", policy.topic_add, name="topic_add"),
    path("topics/<int:pk>/", policy.topic_edit, name="topic_edit"),
    path("closure-days/", policy.closure_days, name="closure_days"),
    path("closure-days/cut-off/", policy.cut_off_edit, name="cut_off_edit"),
    path("closure-days/<int:pk>/remove/", policy.closure_day_remove, name="closure_day_remove"),
    path("<slug:reference>/", enquiry.enquiry_detail, name="enquiry_detail"),
    path("<slug:reference>/acknowledge/", enquiry.enquiry_acknowledge, name="enquiry_acknowledge"),
    path("<slug:reference>/allocate/", enquiry.enquiry_allocate, name="enquiry_allocate"),
    path("<slug:reference>/note/", enquiry.note_add, name="note_add"),
    path("<slug:reference>/reply/", enquiry.enquiry_reply, name="enquiry_reply"),
    path("<slug:reference>/close/", enquiry.enquiry_close, name="enquiry_close"),
    path("<slug:reference>/reopen/", enquiry.enquiry_reopen, name="enquiry_reopen"),
    path("<slug:reference>/edit/", details.enquiry_edit, name="enquiry_edit"),
    path("<slug:reference>/history/", enquiry.enquiry_history, name="enquiry_history"),
]
