"""Sign-in, sign-out and passwords: the only allauth pages that are routed, since only these wear our look."""

from allauth.account import views as allauth
from django.urls import path, re_path
from django.views.decorators.http import require_http_methods, require_safe

from accounts.views import session

asks = require_http_methods(["GET", "HEAD", "POST"])

urlpatterns = [
    path("sign-in/", asks(session.SignIn.as_view()), name="account_login"),
    path("sign-out/", asks(session.SignOut.as_view()), name="account_logout"),
    path("stay-signed-in/", session.stay_signed_in, name="stay_signed_in"),
    path("password/", asks(session.PasswordChange.as_view()), name="account_change_password"),
    path("password/forgotten/", asks(session.PasswordForgotten.as_view()), name="account_reset_password"),
    path(
        "password/forgotten/sent/",
        require_safe(allauth.password_reset_done),
        name="account_reset_password_done",
    ),
    re_path(
        r"^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        asks(session.NewPassword.as_view()),
        name="account_reset_password_from_key",
    ),
    path(
        "password/new/done/",
        require_safe(allauth.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("help/", session.help_page, name="help"),
]
