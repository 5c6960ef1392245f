"""The access table: every route, what it is about, and who gets what. One line per route.

`tests/test_access_walk.py` asks every route as every role and fails for a route without a line here.
`pages()` gives the addresses of all pages that a role may read, for tests that visit them in a browser.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import Role
from tests.access_world import (
    ANONYMOUS,
    DEACTIVATED,
    FAR_MARK,
    FAR_SHARE,
    FOREIGN_MARK,
    INSTANCE_ADMIN,
    MEMBERS,
    ROLES,
    STRANGER,
    Place,
    World,
    build_world,
)

# Tests that visit pages find everything here.
__all__ = ["FOREIGN_MARK", "INSTANCE_ADMIN", "MEMBERS", "STRANGER", "Place", "World", "build_world"]

# --- Who may --------------------------------------------------------------------------

NOBODY = frozenset[str]()
EVERYBODY = frozenset(ROLES)
SIGNED_IN = EVERYBODY - {ANONYMOUS}
EVERYONE = frozenset(MEMBERS)
ADMIN = frozenset({Role.ADMIN.value})
POLITICAL = frozenset({Role.POLITICAL_AFFAIRS.value})
HANDLERS = POLITICAL | {Role.OFFICER.value}
ANSWERERS = HANDLERS | {Role.SERVICE_CONTACT.value}
WITH_LEADERS = HANDLERS | {Role.EXECUTIVE.value}
READERS = ANSWERERS | WITH_LEADERS
INSTANCE = frozenset({INSTANCE_ADMIN})
# Who never sees an enquiry's words (executives: unless the authority switches it on).
BLIND_TO_WORDS = frozenset({Role.EXECUTIVE.value, Role.ADMIN.value})


class Says(NamedTuple):
    """A page asked with this query (or, for "foreign", about what is not ours) says the words so many times."""

    query: str
    words: str
    times: int


@dataclass(frozen=True)
class Row:
    """Who may GET and POST a route, what they are then answered, and what its address names (see THINGS).

    `got` and `posted` are the statuses for those who may, by role where they differ; the form is empty.
    `queries` are other views of the page, such as its tabs, read as well wherever the page is. `to` is where
    a redirect takes a member of ours, `says` what a page says of facts that only our area makes ours.
    """

    get: frozenset[str] = NOBODY
    post: frozenset[str] = NOBODY
    about: str = ""
    got: int | dict[str, int] = 200
    posted: int | dict[str, int] = 422
    missing: int = 404
    queries: tuple[str, ...] = ()
    to: str = ""
    says: tuple[Says, ...] = ()


# --- What an address names ------------------------------------------------------------


MISSING = {int: 999_999_999, str: "NM-2020-99999"}
# What may stand in an address, taken from the rows of a place. A `shared` thing is everyone's: the one of
# another authority is answered as one's own.
THINGS: dict[str, Callable[[Place], Any]] = {
    "colleague": lambda place: place.rows["colleague"].pk,
    "leaver": lambda place: place.rows["leaver"].pk,
    "invited": lambda place: place.rows["invited"].pk,
    "service": lambda place: place.rows["service"].pk,
    "mp": lambda place: place.rows["mp"].pk,
    "mp with a plan": lambda place: place.rows["mp"].pk,
    "seat": lambda place: place.rows["seat"].pk,
    "hidden seat": lambda place: place.rows["hidden"].pk,
    "lead": lambda place: place.rows["lead"].pk,
    "changed seat": lambda place: place.rows["lost"].pk,
    "left enquiry": lambda place: place.rows["left"].reference,
    "handover step": lambda place: place.rows["handover step"].pk,
    "only mp": lambda place: place.rows["only mp"].pk,
    "agreement": lambda place: place.rows["agreement"].pk,
    "known": lambda place: place.rows["known"].pk,
    "card": lambda place: place.rows["card"].number,
    "card sent": lambda place: place.rows["card sent"].pk,
    "office person": lambda place: place.rows["office person"].pk,
    "priority": lambda place: place.rows["priority"].pk,
    "match": lambda place: {"priority": place.rows["priority"].pk, "post": place.rows["post"].pk},
    "background": lambda place: place.rows["background"].pk,
    "campaign issue": lambda place: place.rows["campaign issue"].pk,
    "policy area": lambda place: place.rows["policy area"].pk,
    "placement": lambda place: place.rows["placement"].pk,
    "answer": lambda place: place.rows["answer"].pk,
    "position": lambda place: place.rows["position"].pk,
    "question": lambda place: {"mp": place.rows["mp"].pk, "question": "background"},
    "enquiry": lambda place: place.rows["enquiry"].reference,
    "closed enquiry": lambda place: place.rows["closed"].reference,
    "policy": lambda place: place.rows["policy"].enquiry_type,
    "topic": lambda place: place.rows["topic"].pk,
    "closure day": lambda place: place.rows["closure day"].pk,
    "touchpoint": lambda place: place.rows["touchpoint"].pk,
    "commitment": lambda place: place.rows["commitment"].pk,
    "notification": lambda place: place.rows["notification"].pk,
    "failed": lambda place: place.rows["failed"].pk,
    "to-do": lambda place: place.rows["to-do"].pk,
    "finished to-do": lambda place: place.rows["finished to-do"].pk,
    "import": lambda place: place.rows["import"].pk,
    "place file": lambda place: place.rows["place file"].pk,
    "sync": lambda place: place.rows["sync"].pk,
    "dissolution": lambda place: place.rows["dissolution"].pk,
    "invitation": lambda place: place.rows["invitation"],
    "password reset": lambda place: {"uidb36": "1", "key": "set-password"},
}
# Of these, the row of another authority is not the one both write about.
FOREIGN_THINGS: dict[str, Callable[[Place], Any]] = {
    "mp": lambda place: place.rows["only mp"].pk,
    "mp with a plan": lambda place: place.rows["only mp"].pk,
}
SHARED = {"mp", "question", "import", "place file", "sync", "dissolution", "invitation", "password reset"}

# Who is signed in is sent on from the sign-in page; who is not, from the sign-out page.
STAY_OUT = dict.fromkeys(SIGNED_IN, 302) | {ANONYMOUS: 200}
LET_OUT = dict.fromkeys(SIGNED_IN, 200) | {ANONYMOUS: 302}

HOMES = dict.fromkeys(MEMBERS, 302) | {Role.POLITICAL_AFFAIRS.value: 200, Role.ADMIN.value: 200}
# A notification is the officer's own; a colleague's is as good as missing.
THEIRS = dict.fromkeys(MEMBERS, 404) | {Role.OFFICER.value: 302}

STAND_INS = {
    status: dict.fromkeys(MEMBERS, 404) | dict.fromkeys(HANDLERS, status) for status in (200, 302, 422)
}

THAT_DAY = "on=2026-03-02"
DUE = "received_on=2026-03-02&enquiry_type=enquiry&urgency=standard"


ROWS: dict[str, Row] = {
    # Everyone's front door, and a person's own account.
    "home": Row(get=EVERYBODY, got=dict.fromkeys(ROLES, 302) | {DEACTIVATED: 200}, to="/northmoor/"),
    "authority_choose": Row(get=SIGNED_IN),
    "join_authority": Row(get=EVERYBODY, post=EVERYBODY, about="invitation"),
    "my_account": Row(get=SIGNED_IN, post=SIGNED_IN),
    "account_login": Row(get=EVERYBODY, post=EVERYBODY, got=STAY_OUT, posted=STAY_OUT | {ANONYMOUS: 422}),
    "account_logout": Row(get=EVERYBODY, post=EVERYBODY, got=LET_OUT, posted=302),
    "stay_signed_in": Row(post=SIGNED_IN, posted=200),
    "account_change_password": Row(get=SIGNED_IN, post=SIGNED_IN),
    "account_reset_password": Row(get=EVERYBODY, post=EVERYBODY),
    "account_reset_password_done": Row(get=EVERYBODY),
    "account_reset_password_from_key": Row(
        get=EVERYBODY, post=EVERYBODY, about="password reset", posted=200, missing=200
    ),
    "account_reset_password_from_key_done": Row(get=EVERYBODY),
    "help": Row(get=EVERYBODY),
    # People, services, settings.
    "accounts:people_list": Row(get=ADMIN),
    "accounts:person_edit": Row(get=ADMIN, post=ADMIN, about="colleague"),
    "overview:person_deactivate": Row(get=ADMIN, post=ADMIN, about="colleague", posted=302),
    "accounts:person_reactivate": Row(post=ADMIN, about="leaver", posted=302),
    "overview:person_invite": Row(get=ADMIN, post=ADMIN),
    "overview:invitation_send": Row(post=ADMIN, about="invited", posted=302),
    "accounts:service_list": Row(get=ADMIN),
    "accounts:service_add": Row(get=ADMIN, post=ADMIN),
    "accounts:service_edit": Row(get=ADMIN, post=ADMIN, about="service"),
    "accounts:settings_edit": Row(get=ADMIN, post=ADMIN),
    "accounts:authority_logo": Row(get=EVERYONE),
    # What mpcrm tells, and whether it runs.
    "healthz": Row(get=EVERYBODY),
    "readyz": Row(get=EVERYBODY),
    "notifications:notification_list": Row(get=EVERYONE),
    "notifications:notification_read_all": Row(post=EVERYONE, posted=302),
    "notifications:notification_open": Row(post=EVERYONE, about="notification", posted=THEIRS),
    "notifications:notification_read": Row(post=EVERYONE, about="notification", posted=THEIRS),
    "notifications:is_it_running": Row(get=ADMIN),
    "notifications:failed_list": Row(get=ADMIN),
    "notifications:failed_retry_all": Row(post=ADMIN, posted=302),
    "notifications:failed_retry": Row(post=ADMIN, about="failed", posted=302),
    "notifications:outbox": Row(get=EVERYONE, got=404),
    # What is to be done: the officer's own, seen by those who stand in for them.
    "to_dos:to_do_list": Row(get=EVERYONE, queries=("show=nobody", "show=all", "show=done")),
    "to_dos:to_do_detail": Row(get=EVERYONE, about="to-do", got=STAND_INS[200]),
    "to_dos:to_do_finish": Row(post=EVERYONE, about="to-do", posted=STAND_INS[422]),
    "to_dos:to_do_reopen": Row(post=EVERYONE, about="finished to-do", posted=STAND_INS[302]),
    "to_dos:to_do_give": Row(post=POLITICAL, about="to-do", posted=302),
    # MPs.
    "contacts:mp_list": Row(
        get=EVERYONE,
        queries=("unowned=on",),
        says=(
            Says("", "Nobody yet", 1),
            Says("unowned=on", "Nobody yet", 1),
            Says("unowned=on", FAR_MARK, 0),
        ),
    ),
    "contacts:news_list": Row(get=EVERYONE, queries=("kind=vacant",), says=(Says("", "Lost a whip", 1),)),
    "contacts:mp_news": Row(get=EVERYONE, about="mp"),
    "contacts:lead_list": Row(get=EVERYONE, about="mp", queries=(THAT_DAY,)),
    "contacts:lead_gaps": Row(get=WITH_LEADERS, post=POLITICAL),
    "contacts:lead_agreement": Row(get=POLITICAL, post=POLITICAL, about="mp"),
    "contacts:lead_agreement_remove": Row(get=POLITICAL, post=POLITICAL, about="agreement", posted=302),
    "contacts:known_add": Row(get=HANDLERS, post=HANDLERS, about="mp"),
    "contacts:known_edit": Row(get=HANDLERS, post=HANDLERS, about="known"),
    "contacts:known_remove": Row(get=HANDLERS, post=HANDLERS, about="known", posted=302),
    "contacts:lead_set": Row(get=POLITICAL, post=POLITICAL, about="mp"),
    "contacts:office_detail": Row(
        get=READERS,
        about="mp",
        says=(Says("foreign", "Send the card by e-mail", 0), Says("", "Up to date", 1)),
    ),
    "contacts:address_find": Row(post=READERS, posted=302),
    "contacts:card_detail": Row(get=EVERYONE),
    "contacts:card_edit": Row(get=POLITICAL | ADMIN, post=POLITICAL | ADMIN),
    "contacts:card_file": Row(get=EVERYONE, about="card"),
    "contacts:card_send": Row(get=HANDLERS, post=HANDLERS),
    "contacts:card_sent": Row(get=HANDLERS, post=HANDLERS, about="mp"),
    "contacts:card_sent_remove": Row(get=HANDLERS, post=HANDLERS, about="card sent", posted=302),
    "contacts:office_edit": Row(get=HANDLERS, post=HANDLERS, about="mp"),
    "contacts:office_person_add": Row(get=HANDLERS, post=HANDLERS, about="mp"),
    "contacts:office_person_edit": Row(get=HANDLERS, post=HANDLERS, about="office person"),
    "contacts:office_person_remove": Row(get=HANDLERS, post=HANDLERS, about="office person", posted=302),
    "contacts:office_person_left": Row(post=HANDLERS, about="office person", posted=302),
    "contacts:background_detail": Row(get=WITH_LEADERS, about="mp"),
    "contacts:background_add": Row(get=HANDLERS, post=HANDLERS, about="mp"),
    "contacts:background_edit": Row(get=HANDLERS, post=HANDLERS, about="background"),
    "contacts:background_remove": Row(get=HANDLERS, post=HANDLERS, about="background", posted=302),
    "contacts:issue_add": Row(get=HANDLERS, post=HANDLERS, about="mp"),
    "contacts:issue_edit": Row(get=HANDLERS, post=HANDLERS, about="campaign issue"),
    "contacts:issue_remove": Row(get=HANDLERS, post=HANDLERS, about="campaign issue", posted=302),
    "contacts:position_add": Row(get=HANDLERS, post=HANDLERS, about="mp"),
    "contacts:position_edit": Row(get=HANDLERS, post=HANDLERS, about="position"),
    "contacts:position_remove": Row(get=HANDLERS, post=HANDLERS, about="position", posted=302),
    "contacts:stakeholder_grid": Row(get=WITH_LEADERS, queries=(THAT_DAY,)),
    "contacts:placement_withdraw": Row(get=HANDLERS, post=HANDLERS, about="placement"),
    "contacts:mp_place": Row(get=HANDLERS, post=HANDLERS, about="mp"),
    "contacts:area_list": Row(get=WITH_LEADERS, queries=(THAT_DAY,)),
    "contacts:area_detail": Row(get=WITH_LEADERS, about="policy area", queries=(THAT_DAY,)),
    "contacts:area_add": Row(get=POLITICAL, post=POLITICAL),
    "contacts:area_edit": Row(get=POLITICAL, post=POLITICAL, about="policy area"),
    "contacts:lead_end": Row(get=POLITICAL, post=POLITICAL, about="lead", posted=302),
    "contacts:lead_remove": Row(get=POLITICAL, post=POLITICAL, about="lead", posted=302),
    "contacts:priority_list": Row(get=EVERYONE),
    "contacts:priority_add": Row(get=POLITICAL, post=POLITICAL),
    "contacts:priority_edit": Row(get=POLITICAL, post=POLITICAL, about="priority"),
    "contacts:priority_end": Row(get=POLITICAL, post=POLITICAL, about="priority"),
    "contacts:priority_restore": Row(post=POLITICAL, about="priority", posted=302),
    "contacts:priority_move_up": Row(post=POLITICAL, about="priority", posted=302),
    "contacts:priority_move_down": Row(post=POLITICAL, about="priority", posted=302),
    "contacts:match_list": Row(get=EVERYONE, queries=(THAT_DAY,)),
    "contacts:mp_matches": Row(
        get=EVERYONE, about="mp", says=(Says("foreign", "holds none of your seats", 1),)
    ),
    "contacts:match_confirm": Row(post=HANDLERS, about="match", posted=302),
    "contacts:match_dismiss": Row(post=HANDLERS, about="match", posted=302),
    "contacts:match_undo": Row(post=HANDLERS, about="match", posted=302),
    "contacts:seat_find": Row(get=EVERYONE, post=EVERYONE),
    "contacts:checklist_detail": Row(get=WITH_LEADERS, about="mp"),
    "contacts:checklist_answer": Row(get=WITH_LEADERS, post=WITH_LEADERS, about="question"),
    "contacts:answer_withdraw": Row(get=WITH_LEADERS, post=WITH_LEADERS, about="answer"),
    "contacts:checklist_renew": Row(post=WITH_LEADERS, about="question", posted=404),
    "contacts:checklist_list": Row(get=WITH_LEADERS),
    "contacts:checklist_print": Row(get=WITH_LEADERS),
    "contacts:seat_list": Row(
        get=ADMIN,
        post=ADMIN,
        queries=(THAT_DAY,),
        says=(Says("", FAR_MARK, 1), Says("", f">{FAR_SHARE}", 0)),
    ),
    "contacts:seat_hide": Row(post=ADMIN, about="seat", posted=302),
    "contacts:seat_restore": Row(post=ADMIN, about="hidden seat", posted=302),
    "contacts:sliver_threshold": Row(post=ADMIN),
    "contacts:slivers_hide": Row(post=ADMIN, posted=302),
    "contacts:slivers_restore": Row(post=ADMIN, posted=302),
    # Facts that every authority shares.
    "instance:import_list": Row(get=INSTANCE),
    "instance:import_upload": Row(get=INSTANCE, post=INSTANCE),
    "instance:post_upload": Row(get=INSTANCE, post=INSTANCE),
    "instance:import_preview": Row(get=INSTANCE, about="import"),
    "instance:import_apply": Row(post=INSTANCE, about="import"),
    "instance:import_discard": Row(post=INSTANCE, about="import", posted=302),
    "instance:import_undo": Row(get=INSTANCE, post=INSTANCE, about="import"),
    "instance:place_list": Row(get=INSTANCE),
    "instance:place_upload": Row(get=INSTANCE, post=INSTANCE),
    "instance:place_preview": Row(get=INSTANCE, about="place file"),
    "instance:place_apply": Row(post=INSTANCE, about="place file", posted=302),
    "instance:place_discard": Row(post=INSTANCE, about="place file", posted=302),
    "instance:place_undo": Row(post=INSTANCE, about="place file", posted=302),
    "instance:sync_list": Row(get=INSTANCE),
    "instance:sync_ask": Row(post=INSTANCE, posted=302),
    "instance:sync_detail": Row(get=INSTANCE, about="sync"),
    "instance:sync_allow": Row(post=INSTANCE, about="sync", posted=302),
    "instance:dissolution_enter": Row(get=INSTANCE, post=INSTANCE, queries=("started_on=2029-05-30",)),
    "instance:dissolution_confirm": Row(get=INSTANCE, post=INSTANCE, got=302, posted=302),
    "instance:dissolution_cancel": Row(post=INSTANCE, about="dissolution", posted=302),
    # Enquiries.
    "enquiries:enquiry_list": Row(
        get=READERS, post=READERS, posted=302, queries=("tab=team", "tab=unassigned", "filters=shown")
    ),
    "enquiries:enquiries_allocate": Row(post=HANDLERS),
    "enquiries:allocation_undo": Row(post=HANDLERS, posted=302),
    "enquiries:enquiry_log": Row(get=HANDLERS, post=HANDLERS),
    "enquiries:due_preview": Row(get=HANDLERS, queries=(DUE,)),
    "enquiries:enquiry_detail": Row(get=READERS, about="enquiry"),
    "enquiries:enquiry_acknowledge": Row(post=ANSWERERS, about="enquiry", posted=302),
    "enquiries:enquiry_allocate": Row(get=HANDLERS, post=HANDLERS, about="enquiry"),
    "enquiries:note_add": Row(post=ANSWERERS, about="enquiry"),
    "enquiries:enquiry_reply": Row(get=ANSWERERS, post=ANSWERERS, about="enquiry"),
    "enquiries:enquiry_close": Row(get=HANDLERS, post=HANDLERS, about="enquiry"),
    "enquiries:enquiry_reopen": Row(get=HANDLERS, post=HANDLERS, about="closed enquiry"),
    "enquiries:enquiry_edit": Row(get=HANDLERS, post=HANDLERS, about="enquiry"),
    "enquiries:enquiry_history": Row(get=ANSWERERS, about="enquiry"),
    "enquiries:policy_list": Row(get=READERS),
    "enquiries:policy_edit": Row(get=POLITICAL, post=POLITICAL, about="policy"),
    "enquiries:topic_list": Row(get=POLITICAL),
    "enquiries:topic_add": Row(get=POLITICAL, post=POLITICAL),
    "enquiries:topic_edit": Row(get=POLITICAL, post=POLITICAL, about="topic"),
    "enquiries:closure_days": Row(get=POLITICAL | ADMIN, post=POLITICAL | ADMIN),
    "enquiries:cut_off_edit": Row(post=POLITICAL | ADMIN, posted=302),
    "enquiries:closure_day_remove": Row(post=POLITICAL | ADMIN, about="closure day", posted=302),
    # Homes and the dashboard.
    "overview:authority_home": Row(get=EVERYONE, got=HOMES),
    "overview:dashboard": Row(get=WITH_LEADERS),
    "overview:seat_map": Row(
        get=EVERYONE, queries=("map=boundary", "colour=enquiries", "colour=relationship", THAT_DAY)
    ),
    "overview:reply_list": Row(get=WITH_LEADERS, queries=("show=in-time", "show=missed", "show=sent")),
    # Seats that changed hands.
    "overview:handover_list": Row(get=WITH_LEADERS),
    "overview:handover_seat": Row(get=WITH_LEADERS, about="changed seat"),
    "overview:handover_enquiry": Row(get=HANDLERS, post=HANDLERS, about="left enquiry"),
    "overview:handover_plan": Row(post=HANDLERS, about="changed seat", posted=302),
    "overview:handover_commitments": Row(post=HANDLERS, about="changed seat", posted=302),
    "overview:handover_leads": Row(post=POLITICAL, about="changed seat", posted=302),
    "overview:handover_welcome": Row(post=HANDLERS, about="changed seat", posted=302),
    "overview:handover_finish": Row(post=HANDLERS, about="changed seat", posted=302),
    "overview:handover_undo": Row(get=HANDLERS, post=HANDLERS, about="changed seat", posted=302),
    "overview:handover_step_undo": Row(post=HANDLERS, about="handover step", posted=302),
    "overview:mp_export": Row(get=POLITICAL, post=POLITICAL, about="mp"),
    "overview:mp_detail": Row(get=EVERYONE, about="mp", says=(Says("foreign", "Not one of your seats", 1),)),
    # Plans and touchpoints.
    "engagements:plan_list": Row(get=WITH_LEADERS, queries=("lead=mine", "lead=none", "plan=none")),
    "engagements:plan_detail": Row(get=WITH_LEADERS, about="mp with a plan"),
    "engagements:plan_edit": Row(get=HANDLERS, post=HANDLERS, about="mp"),
    "engagements:agreement_record": Row(get=POLITICAL, post=POLITICAL, about="mp with a plan"),
    "engagements:commitment_list": Row(get=WITH_LEADERS, about="mp"),
    "engagements:commitment_record": Row(get=HANDLERS, post=HANDLERS, about="mp"),
    "engagements:commitment_edit": Row(get=HANDLERS, post=HANDLERS, about="commitment"),
    "engagements:commitment_remove": Row(get=HANDLERS, post=HANDLERS, about="commitment", posted=302),
    "engagements:touchpoint_list": Row(get=WITH_LEADERS, about="mp"),
    "engagements:touchpoint_record": Row(get=HANDLERS, post=HANDLERS, about="mp"),
    "engagements:touchpoint_edit": Row(get=HANDLERS, post=HANDLERS, about="touchpoint"),
    "engagements:touchpoint_delete": Row(get=HANDLERS, post=HANDLERS, about="touchpoint", posted=302),
}


@dataclass(frozen=True)
class Forgery:
    """A form field that names a row: filled in with `fill`, it takes one of ours and refuses another's.

    In `fill`, "@mp" stands for that thing of ours.
    """

    route: str
    field: str
    thing: str
    fill: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.route}-{self.field}"


LOGGED = {"mp": "@mp", "subject": "Potholes", "question": "When?", "channel": "letter"}
SAID = {"stance": "neutral", "text": "Buses", "kind": "fact", "source": "Hansard", "source_on": "2026-03-02"}
MET = {"kind": "meeting", "summary": "Potholes", "is_two_way": "yes"}
FORGERIES = [
    Forgery("accounts:person_edit", "services", "service"),
    Forgery("accounts:service_edit", "head", "colleague"),
    Forgery("accounts:service_edit", "director", "colleague"),
    Forgery("accounts:service_edit", "substitute", "colleague"),
    Forgery("accounts:settings_edit", "chief_executive", "colleague"),
    Forgery(
        "overview:person_invite",
        "services",
        "service",
        {"email": "new@example.org", "name": "New", "role": "officer"},
    ),
    Forgery(
        "contacts:card_edit",
        "contacts-0-membership",
        "colleague",
        {"contacts-0-name": "", "contacts-0-email": ""},
    ),
    Forgery("contacts:lead_set", "membership", "colleague", {"role": "deputy"}),
    Forgery("contacts:lead_gaps", "mps", "only mp", {"membership": "@colleague"}),
    Forgery("contacts:known_edit", "membership", "colleague", {"name": ""}),
    Forgery("to_dos:to_do_give", "assignee", "colleague"),
    Forgery("contacts:position_add", "area", "policy area", SAID),
    Forgery("contacts:position_edit", "area", "policy area"),
    Forgery("enquiries:enquiry_log", "topic", "topic", LOGGED),
    Forgery("enquiries:enquiry_log", "service", "service", LOGGED),
    Forgery("enquiries:enquiry_log", "owner", "colleague", LOGGED),
    Forgery("enquiries:enquiry_edit", "topic", "topic"),
    Forgery("enquiries:enquiry_allocate", "service", "service"),
    Forgery("enquiries:enquiry_allocate", "owner", "colleague"),
    Forgery("enquiries:enquiries_allocate", "enquiry", "enquiry", {"service": "@service"}),
    Forgery("enquiries:topic_edit", "service", "service"),
    Forgery("enquiries:policy_edit", "ladder-0-person", "colleague"),
    Forgery("engagements:touchpoint_record", "our_people", "colleague", MET),
]


# Pages that show MPs or seats outside our area, as facts that all may know.
LIST_ALL_FACTS = {
    "contacts:mp_list",
    "contacts:lead_list",
    "contacts:mp_news",
    "contacts:seat_list",
    "contacts:sliver_threshold",
    "enquiries:enquiry_log",
    "enquiries:enquiry_edit",
    "overview:mp_detail",
    "contacts:mp_matches",
    "contacts:checklist_detail",
}

# --- Routes and their addresses -------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Route:
    name: str
    converters: dict[str, Any]
    callback: Any

    @property
    def has_authority(self) -> bool:
        return "authority" in self.converters

    @property
    def row(self) -> Row:
        return ROWS[self.name]

    def kwargs(self, place: Place) -> dict[str, Any]:
        """What its address names, in this place."""
        if not self.row.about:
            return {}
        thing = THINGS[self.row.about](place)
        return thing if isinstance(thing, dict) else {self._parameter: thing}

    def foreign_kwargs(self, place: Place) -> dict[str, Any]:
        """What its address names in a place that is not the reader's."""
        foreign = FOREIGN_THINGS.get(self.row.about)
        return {self._parameter: foreign(place)} if foreign else self.kwargs(place)

    def missing_kwargs(self, place: Place) -> dict[str, Any]:
        """The same address naming what does not exist."""
        return {
            name: type(value)(MISSING[type(value)] if len(str(value)) < 12 else "x" * len(value))
            for name, value in self.kwargs(place).items()
        }

    def url(self, place: Place | str, kwargs: dict[str, Any]) -> str:
        slug = place if isinstance(place, str) else place.authority.slug
        return reverse(self.name, kwargs={"authority": slug} | kwargs if self.has_authority else kwargs)

    @property
    def _parameter(self) -> str:
        [parameter] = [name for name in self.converters if name != "authority"]
        return parameter


def routes() -> Iterator[Route]:
    """Every named route of the product, from the resolver itself."""

    def walk(resolver: URLResolver, namespace: str, converters: dict[str, Any]) -> Iterator[Route]:
        for pattern in resolver.url_patterns:
            found = converters | pattern.pattern.converters
            if isinstance(pattern, URLPattern):
                yield Route(f"{namespace}{pattern.name}", found, pattern.callback)
            else:
                inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
                yield from walk(pattern, inner, found)

    return walk(get_resolver(), "", {})


@dataclass(frozen=True)
class Page:
    name: str
    url: str
    roles: frozenset[str]


def pages(place: Place, wanted: Callable[[Route], bool] = lambda route: True) -> Iterator[Page]:
    """Every wanted page (answered 200), in each of its views, with its address in this place and the roles
    that may read it."""
    for route in filter(wanted, routes()):
        row = ROWS[route.name]
        readers = {
            role for role in row.get if (row.got if isinstance(row.got, int) else row.got[role]) == 200
        }
        url = route.url(place, route.kwargs(place)) if readers else ""
        for query in ["", *row.queries] if readers else []:
            yield Page(route.name, f"{url}?{query}" if query else url, frozenset(readers))
