"""Whether mpcrm is alive, for machines."""

from django.urls import path

from notifications.views import notices as views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]
