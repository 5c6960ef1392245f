"""What the page frame shows round every page: whose page, where one may go, what waits unread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, cached_property, lru_cache

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest
from django.urls import NoReverseMatch, resolve, reverse
from django.utils import timezone

from accounts.access import EVERYONE, RENEWED_AT
from accounts.models import Authority, Membership, MembershipQuerySet, User
from contacts.models import Dissolution, dissolved_since, dissolved_until
from notifications.services import with_unread
from notifications.to_dos import with_to_dos

LAST_VISITED = "last_visited"  # in a session: the membership, of somebody with several, used last
TO_DO = "To do"
# The navigation: a person sees the entries whose view admits their role.
NAVIGATION = (
    ("Home", "overview:authority_home"),
    (TO_DO, "to_dos:to_do_list"),
    ("Enquiries", "enquiries:enquiry_list"),
    ("MPs", "contacts:mp_list"),
    ("Engagement", "engagements:plan_list"),
    ("Dashboard", "overview:dashboard"),
    ("Policy", "enquiries:policy_list"),
    ("People", "accounts:people_list"),
    ("Services", "accounts:service_list"),
    ("Settings", "accounts:settings_edit"),
    ("Is it running?", "notifications:is_it_running"),
)
# Where an address lies elsewhere than the entry it belongs to: the first of these that the person sees.
BELONGS = {
    "overview:handover_list": ("MPs",),
    "enquiries:closure_days": ("Policy", "Settings"),
    "enquiries:topic_list": ("Policy",),
    "contacts:seat_list": ("Settings",),
    "notifications:failed_list": ("Is it running?",),
    "overview:seat_map": ("MPs",),
}
INSTANCE_NAVIGATION = (
    ("Import MPs", "instance:import_list"),
    ("Parliament", "instance:sync_list"),
    ("Places", "instance:place_list"),
)
# The pages about one MP, each of which leads to the others.
MP_PAGES = (
    ("Summary", "overview:mp_detail"),
    ("What changed", "contacts:mp_news"),
    ("Background", "contacts:background_detail"),
    ("Office", "contacts:office_detail"),
    ("Who leads", "contacts:lead_list"),
    ("Touchpoints", "engagements:touchpoint_list"),
    ("Asks and commitments", "engagements:commitment_list"),
    ("Priorities", "contacts:mp_matches"),
    ("Checklist", "contacts:checklist_detail"),
    ("Export", "overview:mp_export"),
)


@dataclass(frozen=True)
class Link:
    text: str
    url: str
    is_current: bool
    waiting: int = 0  # how many things wait there for the person


@lru_cache(maxsize=1)
def _memberships_shown(on: date) -> MembershipQuerySet:
    """Everyone's memberships with what the frame shows of them; to put this together takes longer than to
    ask it of the database, so it is done once a day."""
    return (
        with_to_dos(with_unread(Membership.objects.active()), on=on)
        .select_related("authority")
        .defer("authority__logo")
        .annotate(
            has_logo=~Q(authority__logo=b""),
            dissolved_since=dissolved_since(on),
            dissolved_until=dissolved_until(on),
        )
        .order_by("authority__name", "pk")
    )


class Frame:
    """Asks the database once, and only if the page shows it."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def user(self) -> User | None:
        user = getattr(self.request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @property
    def is_signed_in(self) -> bool:
        return self.user is not None

    @cached_property
    def memberships(self) -> list[Membership]:
        """All of the person's memberships, each with what the frame shows of it: `unread`, `open_to_dos` and
        `overdue_to_dos`, and whether the authority `has_logo`."""
        if not self.is_signed_in:
            return []
        return list(_memberships_shown(timezone.localdate()).filter(user=self.user))

    @cached_property
    def membership(self) -> Membership | None:
        """The one of the page's address; on pages of no authority, the person's only one, or of several that
        whose pages they were on last, which their session keeps."""
        here: Membership | None = getattr(self.request, "membership", None)
        if here:
            if len(self.memberships) > 1 and self.request.session.get(LAST_VISITED) != here.pk:
                self.request.session[LAST_VISITED] = here.pk
            return next((each for each in self.memberships if each.pk == here.pk), here)
        if len(self.memberships) == 1:
            return self.memberships[0]
        last = self.request.session.get(LAST_VISITED) if self.memberships else None
        return next((each for each in self.memberships if each.pk == last), None)

    @cached_property
    def authority(self) -> Authority | None:
        return self.membership.authority if self.membership else None

    @cached_property
    def _dissolved(self) -> tuple[date | None, date | None]:
        if self.memberships:
            first = self.memberships[0]
            return getattr(first, "dissolved_since", None), getattr(first, "dissolved_until", None)
        found = Dissolution.objects.without_mps(timezone.localdate()).first() if self.is_signed_in else None
        return (found.started_on, found.ended_on) if found else (None, None)

    @property
    def dissolved_since(self) -> date | None:
        """The day from which there are no MPs, as long as that is so."""
        return self._dissolved[0]

    @property
    def polled_on(self) -> date | None:
        """Polling day, from then until it is known here who won."""
        until = self._dissolved[1]
        return until + timedelta(days=1) if until and until < timezone.localdate() else None

    @property
    def mps(self) -> str:
        """What those are called who hold the seats today or, in a dissolution, did until it."""
        return "former MPs" if self.dissolved_since else "MPs"

    @cached_property
    def home(self) -> str:
        return _url("overview:authority_home", self.authority) if self.authority else reverse("home")

    @cached_property
    def notifications(self) -> str:
        return _url("notifications:notification_list", self.authority) if self.authority else ""

    @cached_property
    def log_enquiry(self) -> str:
        """Where to log an enquiry; empty for those who may not."""
        return self._openable("enquiries:enquiry_log")

    @cached_property
    def navigation(self) -> list[Link]:
        entries = [(text, self._openable(name)) for text, name in NAVIGATION]
        if self.user is not None and self.user.is_instance_admin:
            entries += [(text, _url(name)) for text, name in INSTANCE_NAVIGATION]
        shown = {text: url for text, url in entries if url}
        for name, belongs in BELONGS.items():
            address = _url(name, self.authority) if self.authority else ""
            if address and self.request.path.startswith(address):
                here = next((text for text in belongs if text in shown), "")
                return [self._link(text, url, text == here) for text, url in shown.items()]
        # Every address lies under the authority's home page, so home is current only when it is the page.
        current = max(
            (url for url in shown.values() if self.request.path.startswith(url) and url != self.home),
            key=len,
            default=self.request.path,
        )
        return [self._link(text, url, url == current) for text, url in shown.items()]

    @cached_property
    def mp_pages(self) -> list[Link]:
        """On a page about one MP: those of them that the person may open."""
        match, names = self.request.resolver_match, [name for _, name in MP_PAGES]
        if not self.authority or match is None or match.view_name not in names:
            return []
        [mp] = [value for key, value in match.kwargs.items() if key != "authority"]
        return [
            Link(text, reverse(name, args=[self.authority.slug, mp]), name == match.view_name)
            for text, name in MP_PAGES
            if self.membership and self.membership.role in _roles_admitted(name, 0)
        ]

    @cached_property
    def session_seconds(self) -> int | None:
        """How long the person stays signed in from now; None where the session does not say."""
        renewed_at = self.request.session.get(RENEWED_AT) if self.is_signed_in else None
        if not renewed_at:
            return None
        passed = timezone.now() - datetime.fromisoformat(renewed_at)
        return max(0, settings.SESSION_COOKIE_AGE - int(passed.total_seconds()))

    def _link(self, text: str, url: str, is_current: bool) -> Link:
        waiting = getattr(self.membership, "open_to_dos", 0) if text == TO_DO else 0
        return Link(text, url, is_current, waiting)

    def _openable(self, name: str) -> str:
        if not self.membership or self.membership.role not in _roles_admitted(name):
            return ""
        return _url(name, self.membership.authority)


def _url(name: str, authority: Authority | None = None) -> str:
    try:
        return reverse(name, args=[authority.slug] if authority else [])
    except NoReverseMatch:
        return ""


@cache
def _roles_admitted(name: str, *about: int) -> frozenset[str]:
    """The roles the view of this name was declared for (see `accounts.access.for_roles`)."""
    try:
        view = resolve(reverse(name, args=["authority", *about])).func
    except NoReverseMatch:
        return frozenset()
    return getattr(view, "roles", EVERYONE)
