"""What pages show that no GET of the access table does: mistakes, conflicts, previews with rows, errors.

`answers()` asks for each; tests look at the pages that come back as at any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from contacts.imports.applying import apply_list, read_list
from contacts.models import MP, Constituency, MPOffice, ParliamentSync, SyncState
from engagements.archiving import archive_plan
from engagements.services import delete_touchpoint
from tests.access import Route, routes
from tests.access_world import ANONYMOUS, DEACTIVATED, INSTANCE_ADMIN, Place, World
from tests.contacts.lists import ALL_CODES, CODES, as_csv, changed_rows, whole
from tests.factories import NOW, TODAY, CouncilLeadFactory, PostFactory

Sent = dict[str, Any]


@dataclass(frozen=True)
class State:
    """Asked by `role` with `send` (a GET if there is none), the page of this route answers `status`."""

    route: str
    role: str
    status: int
    send: Callable[[Place], Sent] | None = None
    query: Callable[[Place], str] = lambda place: ""
    # What its form holds is sent, too.
    from_form: bool = False
    is_missing: bool = False


def nothing(place: Place) -> Sent:
    return {}


STATES = [
    State("enquiries:enquiries_allocate", Role.OFFICER, 422, nothing),
    State("enquiries:note_add", Role.SERVICE_CONTACT, 422, nothing),
    State(
        "enquiries:enquiry_edit",
        Role.OFFICER,
        409,
        lambda place: {"version": place.rows["enquiry"].version - 1, "subject": "Potholes"},
        from_form=True,
    ),
    State(
        "engagements:plan_edit",
        Role.OFFICER,
        409,
        lambda place: {"version": place.rows["plan"].version - 1, "why": "Buses"},
        from_form=True,
    ),
    State("to_dos:to_do_finish", Role.OFFICER, 422, nothing),
    State("contacts:sliver_threshold", Role.ADMIN, 422, nothing),
    State("contacts:card_send", Role.OFFICER, 200, query=lambda place: f"mp={place.rows['mp'].pk}"),
    State("contacts:card_send", Role.OFFICER, 422, lambda place: {"mp": place.rows["mp"].pk}),
    State("overview:handover_leads", Role.POLITICAL_AFFAIRS, 422, nothing),
    State("notifications:outbox", Role.ADMIN, 200),
    State("instance:dissolution_confirm", INSTANCE_ADMIN, 200, query=lambda place: "started_on=2029-05-30"),
    State("instance:import_apply", INSTANCE_ADMIN, 422, nothing),
    State("instance:import_undo", INSTANCE_ADMIN, 422, nothing),
    State("join_authority", ANONYMOUS, 404, is_missing=True),
    State("home", DEACTIVATED, 200),
    State("accounts:people_list", Role.OFFICER, 403),
    State("contacts:mp_news", Role.OFFICER, 404, is_missing=True),
    State("contacts:address_find", Role.OFFICER, 405),
    State("enquiries:enquiry_log", Role.OFFICER, 400, lambda place: {f"field-{n}": "" for n in range(1001)}),
]


def answers(world: World) -> Iterator[tuple[str, HttpResponse]]:
    """The answer of each state, with its name; nothing is changed by asking but what is archived and uploaded
    last."""
    MPOffice.objects.update(email="office@example.org")
    CouncilLeadFactory(authority=world.own.authority, mp=world.own.rows["lost"].mp)
    by_name = {route.name: route for route in routes()}
    for state in STATES:
        response = ask(state, by_name[state.route], world)
        assert response.status_code == state.status, state
        yield f"{state.route} as {state.role}", response
    yield from errors()
    yield from archived(world)
    yield from previews(world.clients[INSTANCE_ADMIN])


def ask(state: State, route: Route, world: World) -> HttpResponse:
    place, client = world.own, world.clients[state.role]
    kwargs = (route.missing_kwargs if state.is_missing else route.kwargs)(place)
    url = f"{route.url(place, kwargs)}?{state.query(place)}"
    if state.send is None:
        return client.get(url, follow=True)
    held = held_by_form(client, url) if state.from_form else {}
    return client.post(url, held | state.send(place))


def held_by_form(client: Client, url: str) -> Sent:
    """What a browser would send of the page's form as it stands."""
    form = client.get(url).context["form"]
    values = {bound.html_name: bound.value() for bound in form}
    return {name: value for name, value in values.items() if value not in (None, False)}


def archived(world: World) -> Iterator[tuple[str, HttpResponse]]:
    """A plan that a colleague archives while it is edited, a touchpoint deleted so; then the plan is read."""
    place, client = world.own, world.clients[Role.OFFICER]
    plan = place.rows["plan"]
    of_mp = [place.authority.slug, plan.mp_id]
    edit = reverse("engagements:plan_edit", args=of_mp)
    written = held_by_form(client, edit) | {"why": "Buses"}
    archive_plan(plan=plan, by=place.members[Role.POLITICAL_AFFAIRS], now=NOW)
    response = client.post(edit, written)
    assert response.status_code == 409
    yield "plan_edit, archived meanwhile", response
    touchpoint = place.rows["touchpoint"]
    edit = reverse("engagements:touchpoint_edit", args=[place.authority.slug, touchpoint.pk])
    written = held_by_form(client, edit)
    delete_touchpoint(touchpoint=touchpoint, by=place.members[Role.POLITICAL_AFFAIRS], now=NOW)
    yield "touchpoint_edit, deleted meanwhile", client.post(edit, written)
    yield "plan_detail, archived", client.get(reverse("engagements:plan_detail", args=of_mp))


def errors() -> Iterator[tuple[str, HttpResponse]]:
    """What a test cannot bring about without breaking something, and a page of another site's form."""
    yield "403_csrf", Client(enforce_csrf_checks=True).post(reverse("account_login"), {})
    policy = Client().get(reverse("help")).headers["Content-Security-Policy"]
    for status in (429, 500):
        page = HttpResponse(render_to_string(f"{status}.html"), status=status)
        page.headers["Content-Security-Policy"] = policy
        yield str(status), page


def previews(client: Client) -> Iterator[tuple[str, HttpResponse]]:
    """A list of MPs, one of posts and a file of places, each with something new, changed, ended and refused;
    and a sync that is done."""
    Constituency.objects.create(ons_code=CODES[0], name="Old Name", nation="england")
    seats = f"code,name\n{CODES[0]},New Name\n{CODES[1]},Fresh Vale\nE14000530,Old Vale\n".encode()
    yield "place_upload", upload(client, "place_upload", seats, kind="constituencies")
    listing, day = read_list(as_csv(whole(ALL_CODES)), "list.csv", on=date(2024, 7, 4), today=TODAY)
    _, first = apply_list(
        listing, file_name="list.csv", list_date=day, is_partial=False, skip_refused=False, by=None, now=NOW
    )
    PostFactory(
        mp=MP.objects.get(parliament_id=1005),
        **{"title": "Minister for Paper", "body": "Paper", "source_id": "a1", "started_on": date(2025, 9, 5)},
    )
    posts = [
        "parliament_member_id,person_name,house,post_display_name,rank_equivalence,department,start_date,end_date,id",
        "1005,Ada,Commons,Minister for Paper,MoS,Department for Paper,2025-09-05,2026-01-30,a1",
        "1006,Ada,Commons,Minister for Ink,MoS,Department for Paper,2025-09-05,,a2",
        "1006,Ada,Commons,Minister for Ink,MoS,Department for Paper,someday,,a3",
    ]
    yield "post_upload", upload(client, "post_upload", "\n".join(posts).encode())
    newer = {
        CODES[0]: {"Member ID": "5447", "MP": "Bea Novak", "Party": "Green"},
        CODES[1]: {"Party": "Your Party"},
        CODES[2]: {"Member ID": "no"},
    }
    preview = upload(client, "import_upload", as_csv(changed_rows(whole(ALL_CODES), **newer)))
    yield "import_upload", preview
    yield "import_apply", client.post(preview.request["PATH_INFO"] + "apply/")
    yield "import_preview, applied", client.get(reverse("instance:import_preview", args=[first.pk]))
    sync = ParliamentSync.objects.create(
        **{"on": TODAY, "started_at": NOW, "next_try_at": NOW, "finished_at": NOW},
        **{"state": SyncState.DONE, "report": first.report, "made": first},
    )
    for address in (reverse("instance:sync_detail", args=[sync.pk]), reverse("instance:sync_list")):
        yield "a sync that is done", client.get(address)


def upload(client: Client, route: str, content: bytes, **more: str) -> Any:
    """The preview that an upload leads to."""
    file = SimpleUploadedFile("file-2026-02-01.csv", content)
    response = client.post(reverse(f"instance:{route}"), {"file": file, **more}, follow=True)
    assert response.status_code == 200, response.content.decode()
    return response
