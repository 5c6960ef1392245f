"""Addresses under /<authority>/notifications/."""

from django.urls import path

from notifications.views import notices as views

app_name = "notifications"

urlpatterns = [
    path("", views.notification_list, name="notification_list"),
    path("read/", views.notification_read_all, name="notification_read_all"),
    path("<int:pk>/", views.notification_open, name="notification_open"),
    path("<int:pk>/read/", views.notification_read, name="notification_read"),
    path("running/", views.is_it_running, name="is_it_running"),
    path("failed/", views.failed_list, name="failed_list"),
    path("failed/retry/", views.failed_retry_all, name="failed_retry_all"),
    path("failed/<int:pk>/retry/", views.failed_retry, name="failed_retry"),
    path("outbox/", views.outbox, name="outbox"),
]
