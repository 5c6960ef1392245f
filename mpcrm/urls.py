"""Every address: those of the instance first, then each authority's under its own first word."""

from django.urls import include, path

from accounts.views import account, start

handler400 = "mpcrm.errors.bad_request"

urlpatterns = [
    path("", start.home, name="home"),
    path("authorities/", start.authority_choose, name="authority_choose"),
    path("join/<slug:person>/<slug:token>/", start.join_authority, name="join_authority"),
    path("account/", account.my_account, name="my_account"),
    path("account/", include("accounts.account_urls")),
    path("instance/", include("contacts.instance_urls")),
    path("", include("notifications.health_urls")),
    path("<slug:authority>/", include("overview.urls")),
    path("<slug:authority>/", include("accounts.urls")),
    path("<slug:authority>/notifications/", include("notifications.urls")),
    path("<slug:authority>/to-dos/", include("notifications.to_do_urls")),
    path("<slug:authority>/mps/", include("contacts.urls")),
    path("<slug:authority>/enquiries/", include("enquiries.urls")),
    path("<slug:authority>/engagement/", include("engagements.urls")),
]
