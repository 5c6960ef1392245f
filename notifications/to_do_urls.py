"""Addresses under /<authority>/to-dos/."""

from django.urls import path

from notifications.views import to_dos as views

app_name = "to_dos"

urlpatterns = [
    path("", views.to_do_list, name="to_do_list"),
    path("<int:pk>/", views.to_do_detail, name="to_do_detail"),
    path("<int:pk>/finish/", views.to_do_finish, name="to_do_finish"),
    path("<int:pk>/reopen/", views.to_do_reopen, name="to_do_reopen"),
    path("<int:pk>/give/", views.to_do_give, name="to_do_give"),
]
