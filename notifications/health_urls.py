"""Whether mpcrm is alive, for machines."""

from django.urls import path

from notifications import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]
