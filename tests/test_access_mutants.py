"""Break each tenancy filter in turn and see the access walk go red.

A filter is a call that narrows rows to an authority, a member or a user: `visible_to(membership)`,
`of(authority)`, `filter(authority=…)`. Each one that a request reaches is taken out of the running code, and
the walk's own checks are made again on the requests that run it. A filter is in the code, not in the database:
all are taken out on SQLite, which is the faster.
"""

from __future__ import annotations

import ast
import copy
import importlib
import inspect
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from tests.access import FORGERIES, Forgery
from tests.access_world import MEMBERS, STRANGER, World
from tests.test_access_walk import (
    FOREIGN,
    OWN,
    ROUTES,
    Answer,
    Cell,
    ask,
    cells,
    changed_when_others_work,
    changes_rows,
    expected,
    faults,
    send_form,
    world,
)

__all__ = ["world"]  # the fixture
pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ROOT = Path(settings.BASE_DIR)
APPS = ["accounts", "notifications", "contacts", "enquiries", "engagements", "overview", "mpcrm"]
NARROWING_METHODS = {"visible_to", "of", "for_authority", "hidden_by"}
NARROWING_KEYWORDS = {"authority", "authority_id", "authority__slug", "user", "user_id", "recipient"}
READING_CALLS = {"filter", "exclude", "get", "get_object_or_404", "get_or_404"}
OF_WHOM = {"authority", "membership", "by", "request", "user"}

# Not asked by a request, or asked again by a service of rows its view has fetched: a second net.
OTHER_ROOMS = {
    "migrations",
    "management",
    "demo",
    "services",
    "escalation",
    "reminders",
    "delivery",
    "notifications.invitations",
    "notifications.to_dos",
    "contacts.answering",
    "contacts.deciding",
    "contacts.priorities",
    "contacts.handover",
    "contacts.news_to_dos",
    "contacts.notes",
    "contacts.parliament.details",
    "engagements.archiving",
    "engagements.commitments",
    "overview.handover.steps",
    "overview.handover.welcome",
}

# Filters that repeat what another one has made sure of: taking one out changes no answer.
EQUIVALENT = {
    "enquiries.models.records:CarryOverQuerySet.visible_to: Enquiry.objects.visible_to(membership)": (
        "the step that names the carrying is the authority's own"
    ),
    **{
        f"contacts.background:{function}: Position.objects.visible_to(membership)": (
            "a position is on a policy area, and the areas are the authority's own"
        )
        for function in ("background_of", "positions_by_area", "positions_on")
    },
    "overview.handover.seats:plan_archived_here: EngagementPlan.objects.visible_to(membership)": (
        "the step that names the plan is the authority's own"
    ),
    "overview.handover.views:_gone: HandoverStep.objects.visible_to(request.membership)": (
        "only what the membership has done itself is asked for"
    ),
    **{
        f"overview.handover.views:_about: {model}.objects.visible_to(membership)": (
            "names what the steps that were found are about"
        )
        for model in ("Commitment", "CouncilLead", "Enquiry")
    },
    "accounts.views.people:person_edit: Service.objects.visible_to(request.membership)": (
        "only services of the colleague's own authority can name them"
    ),
    "overview.leaving:person_deactivate: Service.objects.visible_to(request.membership)": (
        "only services of the colleague's own authority can name them"
    ),
    "notifications.models:NotificationQuerySet.visible_to: authority_id=": (
        "the recipient is a membership, so of one authority"
    ),
    "notifications.views.notices:outbox: Membership.objects.for_authority(request.authority)": (
        "answers 404 outside the demo"
    ),
    "notifications.views.notices:outbox: Notification.objects.of(request.authority)": (
        "answers 404 outside the demo"
    ),
    "notifications.views.notices:outbox: recipient=": "answers 404 outside the demo",
    "overview.dashboard:reply_list: Enquiry.objects.visible_to(membership)": (
        "fetches the enquiries of the clocks that were found"
    ),
    "enquiries.forms:DetailsForm.__init__: Topic.objects.visible_to(membership) #2": (
        "adds the topic that the enquiry, already found, has"
    ),
    "enquiries.views.logging:enquiry_log: Enquiry.objects.visible_to(request.membership)": (
        "the form's id is drawn at random, and only the wording of a message hangs on it"
    ),
    "enquiries.views.logging:_initial: Enquiry.objects.visible_to(request.membership)": (
        "goes on to what this very member logged"
    ),
    "enquiries.views.queue:_rows: authority=": "the keys were found among what the member may see",
    "contacts.slivers:show_again: Constituency.objects.hidden_by(by.authority)": (
        "the seats are those that the person's session hid here"
    ),
    "engagements.forms:TouchpointForm.__init__: CouncilLead.objects.visible_to(membership)": (
        "only leads of our own colleagues are asked for"
    ),
    "engagements.models.relationship:RelationshipQuerySet.led_by: "
    "CouncilLead.objects.visible_to(membership)": "goes on to what this very member leads",
}
# Filters whose absence shows in an order or after a valid POST, with the test that goes red instead.
SEEN_ELSEWHERE = {
    "accounts.history:save_once: authority=": (
        "tests/engagements/test_services.py",
        "test_the_same_submission_in_another_authority_is_another_touchpoint",
    ),
    "engagements.models.plan:not_agreed_at_the_end_of: authority=": (
        "tests/overview/test_dashboard.py",
        "test_plans_not_agreed_are_compared_with_what_was_written_when_the_quarter_ended",
    ),
    "overview.mp_page:_handed_over_at: SeatHandover.objects.visible_to(membership)": (
        "tests/overview/test_dissolution.py",
        "test_the_page_of_who_returns_says_how_far_the_hand_over_is",
    ),
    "contacts.models.authority.cards:CardContactQuerySet.on_the_newest: authority=": (
        "tests/contacts/test_cards.py",
        "test_a_stranger_is_neither_told_of_our_colleague_nor_asked",
    ),
    "contacts.views.parliament.directory:_chosen: BackgroundEntry.objects.visible_to(membership)": (
        "tests/contacts/test_notes.py",
        "test_the_directory_finds_who_sat_on_our_council",
    ),
    "overview.handover.views:_leads_form: CouncilLead.objects.visible_to(request.membership)": (
        "tests/handover/test_pages.py",
        "test_who_leads_on_the_new_mp_elsewhere_is_no_obstacle",
    ),
    **{
        f"overview.mp_page:_hands_over: {rows}": (
            "tests/overview/test_dissolution.py",
            "test_the_pages_of_a_former_and_a_new_mp_lead_to_the_hand_over",
        )
        for rows in (
            "Constituency.objects.of(membership.authority)",
            "Enquiry.objects.visible_to(membership)",
        )
    },
    "contacts.views.authority.cards:card_send: ContactCard.objects.visible_to(request.membership)": (
        "tests/contacts/test_cards.py",
        "test_another_authoritys_card_is_not_the_one_that_is_sent",
    ),
    "contacts.note_forms:PolicyAreaForm.clean_name: PolicyArea.objects.visible_to(self.membership)": (
        "tests/contacts/test_notes.py",
        "test_another_authoritys_area_leaves_its_name_free",
    ),
    "overview.mp_export.gathering:_of: authority=": (
        "tests/overview/test_mp_export.py",
        "test_another_authority_sees_neither_rows_nor_log",
    ),
    "contacts.addresses:mp_of_address: authority=": (
        "tests/contacts/test_addresses.py",
        "test_what_another_authority_recorded_is_not_known_here",
    ),
    "contacts.addresses:mp_of_address: authority= #2": (
        "tests/contacts/test_addresses.py",
        "test_what_another_authority_recorded_is_not_known_here",
    ),
    "overview.handover.views:_candidates: MP.objects.of(request.authority)": (
        "tests/handover/test_pages.py",
        "test_without_a_holder_an_enquiry_goes_to_one_of_our_own_mps",
    ),
    "contacts.views.authority.portfolios:_both_or_404: MP.objects.of(request.authority)": (
        "tests/contacts/test_portfolios.py",
        "test_only_our_priorities_and_our_mps_posts_are_decided",
    ),
    "contacts.views.authority.stakeholders:mp_place: MP.objects.of(request.authority)": (
        "tests/contacts/test_stakeholders.py",
        "test_who_is_not_ours_is_placed_on_their_own_page",
    ),
    "contacts.directory:leads_of_own_mps: MP.objects.of(membership.authority)": (
        "tests/overview/test_authority_home.py",
        "test_political_affairs_start_with_what_needs_deciding",
    ),
    "contacts.leads.agreements:to_agree: LeadAgreement.objects.visible_to(membership)": (
        "tests/overview/test_authority_home.py",
        "test_political_affairs_start_with_what_needs_deciding",
    ),
    "accounts.models:User.has_work_here: user=": (
        "tests/test_frame.py",
        "test_asking_for_someone_who_could_open_nothing_looks_the_same_and_sends_nothing",
    ),
    "notifications.health:nobody_leads: Membership.objects.for_authority(authority)": (
        "tests/notifications/test_other_authorities.py",
        "test_another_authoritys_political_affairs_lead_is_none_of_ours",
    ),
    "enquiries.forms:MPChoiceField.offer: MP.objects.of(authority)": (
        "tests/enquiries/test_log_page.py",
        "test_mps_of_the_authority_come_first_then_everybody_who_sits",
    ),
    "enquiries.clock:recompute_open_clocks: authority=": (
        "tests/enquiries/test_other_authorities.py",
        "test_another_authoritys_policy_moves_none_of_our_dates",
    ),
    "enquiries.forms:ClosureDayForm.clean_on: ClosureDay.objects.of(self.authority)": (
        "tests/enquiries/test_other_authorities.py",
        "test_another_authoritys_closure_day_is_no_obstacle",
    ),
    "enquiries.forms:TopicForm.clean_name: Topic.objects.visible_to(self.membership)": (
        "tests/enquiries/test_other_authorities.py",
        "test_another_authoritys_topic_leaves_its_name_free",
    ),
    "accounts.gone:_deletion: authority=": (
        "tests/test_gone.py",
        "test_a_row_deleted_meanwhile_is_said_to_be_and_what_was_typed_is_there_to_copy",
    ),
    "engagements.views.plans:_plan_gone: EngagementPlan.objects.visible_to(request.membership)": (
        "tests/engagements/test_views.py",
        "test_an_edit_of_a_plan_that_was_archived_meanwhile_gives_the_words_back",
    ),
    "engagements.views.plans:plan_list: MP.objects.of(request.authority)": (
        "tests/engagements/test_views.py",
        "test_plan_list_keeps_the_plans_of_mps_who_lost_our_seat_apart",
    ),
}


# Module and dotted name.
Function = tuple[str, str]
# Which of the noting functions were called since it was last emptied.
RAN: set[Function] = set()


@dataclass(frozen=True)
class Mutant:
    """One filter taken out of one function."""

    module: str
    function: str  # dotted, as in __qualname__
    line: int
    filter: str
    code: CodeType

    @property
    def of(self) -> Function:
        return self.module, self.function

    def __str__(self) -> str:
        return f"{self.module}:{self.function}: {self.filter}"


# --- Finding the filters --------------------------------------------------------------


def modules() -> Iterator[str]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            if not OTHER_ROOMS & {*parts, module} and path.name != "wsgi.py":
                yield module


def is_narrowing_method(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in NARROWING_METHODS
        and len(node.args) == 1
        and bool(
            {getattr(part, "id", getattr(part, "attr", "")) for part in ast.walk(node.args[0])} & OF_WHOM
        )
    )


def narrowing_keywords(node: ast.AST) -> list[ast.keyword]:
    if not isinstance(node, ast.Call):
        return []
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return [each for each in node.keywords if name in READING_CALLS and each.arg in NARROWING_KEYWORDS]


def mutants() -> Iterator[Mutant]:
    """Every filter of every module, those of the same words in one function numbered."""
    seen: Counter[str] = Counter()
    for module in modules():
        for mutant in mutants_in(module):
            seen[str(mutant)] += 1
            number = seen[str(mutant)]
            yield replace(mutant, filter=f"{mutant.filter} #{number}") if number > 1 else mutant


def source_of(module: str) -> str:
    return inspect.getsourcefile(importlib.import_module(module)) or ""


def mutants_in(module: str) -> Iterator[Mutant]:
    path = source_of(module)
    tree = ast.parse(Path(path).read_text())
    for name, function in functions_of(tree):
        for number, node in enumerate(ast.walk(function)):
            if is_narrowing_method(node):
                yield _mutant(module, path, tree, (name, function, number), take_method_out)
            for each in narrowing_keywords(node):
                yield _mutant(
                    module, path, tree, (name, function, number), lambda call, arg=each.arg: drop(call, arg)
                )


def functions_of(tree: ast.Module) -> list[tuple[str, ast.FunctionDef]]:
    """Functions and methods, by their dotted names."""
    bodies = [("", tree.body)]
    bodies += [(f"{node.name}.", node.body) for node in tree.body if isinstance(node, ast.ClassDef)]
    return [
        (f"{owner}{node.name}", node)
        for owner, body in bodies
        for node in body
        if isinstance(node, ast.FunctionDef)
    ]


def take_method_out(call: ast.Call) -> str:
    assert isinstance(call.func, ast.Attribute)
    words = f"{ast.unparse(call.func.value)}.{call.func.attr}({ast.unparse(call.args[0])})"
    call.func.attr, call.args, call.keywords = "all", [], []
    return words


def drop(call: ast.Call, arg: str | None) -> str:
    words = f"{arg}="
    call.keywords = [each for each in call.keywords if each.arg != arg]
    return words


def _mutant(
    module: str,
    path: str,
    tree: ast.Module,
    site: tuple[str, ast.FunctionDef, int],
    mutate: Callable[[ast.Call], str],
) -> Mutant:
    name, function, number = site
    mutated = copy.deepcopy(tree)
    twin = next(
        node
        for node in ast.walk(mutated)
        if isinstance(node, ast.FunctionDef) and node.lineno == function.lineno and node.name == function.name
    )
    call = list(ast.walk(twin))[number]
    assert isinstance(call, ast.Call)
    words = mutate(call)
    compiled = compile(mutated, path, "exec", flags=0, dont_inherit=True)
    return Mutant(module, name, call.lineno, words, _code_named(compiled, name))


def _code_named(compiled: CodeType, name: str) -> CodeType:
    queue = [compiled]
    while queue:
        code = queue.pop()
        if code.co_qualname == name:
            return code
        queue += [const for const in code.co_consts if isinstance(const, CodeType)]
    raise LookupError(name)


# --- Taking one out -------------------------------------------------------------------


def live_function(function: Function) -> FunctionType:
    """The function that runs, under its decorators."""
    module, name = function
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = inspect.getattr_static(found, part)
    for inner in ("fget", "func", "__func__"):
        found = getattr(found, inner, found)
    return inspect.unwrap(found)


@contextmanager
def running(function: Function, code: CodeType) -> Iterator[None]:
    """While this lasts the function runs this code."""
    live = live_function(function)
    original, live.__code__ = live.__code__, code
    try:
        yield
    finally:
        live.__code__ = original


# --- Which pages run which filter -----------------------------------------------------


@dataclass(frozen=True)
class Probe:
    """One request of the walk, or one form handed another authority's row."""

    cell: Cell | None = None
    forgery: Forgery | None = None

    @property
    def thing(self) -> str:
        """What is asked, whoever asks."""
        return str(replace(self.cell, role="") if self.cell else self.forgery)

    @property
    def is_ours(self) -> bool:
        return bool(
            self.cell
            and self.cell.case == OWN
            and self.cell.role in MEMBERS
            and self.cell.route.has_authority
        )


def is_noticed(world: World, that_run_it: list[Probe]) -> bool:
    """Whether any check of the walk fails, asked of one role for each page and of the other roles only then."""
    one_role = {probe.thing: probe for probe in reversed(that_run_it)}
    others = [probe for probe in that_run_it if probe is not one_role[probe.thing]]
    return fails(world, [*one_role.values()]) or fails(world, others)


def fails(world: World, asked: list[Probe]) -> bool:
    """First each answer, then what our pages and forms have to do with the other authority."""
    pages: dict[Cell, Answer] = {}
    posts = [probe.cell for probe in asked if probe.cell and probe.is_ours and probe.cell.method == "POST"]
    for probe in asked:
        if probe.forgery:
            if send_form(world, probe.forgery, world.foreign).status != 422:
                return True
        elif probe.cell:
            answer = ask(world, probe.cell)
            if any(faults(world, probe.cell, answer)):
                return True
            if probe.is_ours and probe.cell.method == "GET":
                pages[probe.cell] = answer
    return bool(changed_when_others_work(world, pages)) or (bool(posts) and changes_rows(world, posts))


def probes() -> list[Probe]:
    """What members may open and do, what of another authority they might try, and a stranger at the door."""
    found = [cell for route in ROUTES.values() for cell in cells(route) if cell.method in ("GET", "POST")]
    asked = [
        cell
        for cell in found
        if (cell.role in MEMBERS and cell.case in (OWN, FOREIGN) and expected(cell) not in (403, 405))
        or (cell.role == STRANGER and cell.method == "GET" and cell.case == OWN)
    ]
    return [Probe(cell=cell) for cell in asked] + [Probe(forgery=forgery) for forgery in FORGERIES]


@contextmanager
def noting(chosen: Iterable[Mutant]) -> Iterator[set[Function]]:
    """The set to which each function that has one of these filters adds itself whenever it is called."""
    with ExitStack() as changed:
        for mutant in {mutant.of: mutant for mutant in chosen}.values():
            changed.enter_context(running(mutant.of, code_that_notes(mutant.of)))
        yield RAN


def code_that_notes(function: Function) -> CodeType:
    """The function's own code after a first statement that adds it to `RAN`."""
    module, name = function
    path = source_of(module)
    tree = ast.parse(Path(path).read_text())
    note = f"__import__({__name__!r}, fromlist=['RAN']).RAN.add({function!r})"
    dict(functions_of(tree))[name].body[:0] = ast.parse(note).body
    return _code_named(compile(tree, path, "exec", flags=0, dont_inherit=True), name)


def runs_of(world: World, chosen: list[Mutant]) -> dict[Function, list[Probe]]:
    """The probes that call each of the functions."""
    runs: dict[Function, list[Probe]] = defaultdict(list)
    with noting(chosen) as ran:
        for probe in probes():
            ran.clear()
            if probe.cell:
                ask(world, probe.cell)
            elif probe.forgery:
                send_form(world, probe.forgery, world.foreign)
            for function in ran:
                runs[function].append(probe)
    return runs


@pytest.mark.slow(seconds=100)
@pytest.mark.skipif(connection.vendor == "postgresql", reason="taken out on SQLite")
def test_every_filter_taken_out_is_noticed(world, capsys):
    for client in world.clients.values():
        client.raise_request_exception = False  # A mutant that stumbles is answered 500, which is noticed.
    found, listed = list(mutants()), {*EQUIVALENT, *SEEN_ELSEWHERE}
    runs = runs_of(world, found)

    caught, explained, missed, unreached = 0, set(), [], []
    for mutant in found:
        with running(mutant.of, mutant.code):
            if is_noticed(world, runs[mutant.of]):
                caught += 1
            elif str(mutant) in listed:
                explained.add(str(mutant))
            elif runs[mutant.of]:
                missed.append(str(mutant))
            else:
                unreached.append(str(mutant))

    with capsys.disabled():
        sys.stdout.write(f"\n{caught} filters taken out and noticed, {len(explained)} explained\n")
    if missed or unreached:
        pytest.fail("\n".join(["Missed:", *missed, "Not reached:", *unreached]), pytrace=False)
    assert explained == listed
    assert caught > 120


def test_every_filter_that_is_explained_is_one():
    assert {*EQUIVALENT, *SEEN_ELSEWHERE} <= {str(mutant) for mutant in mutants()}


@pytest.mark.parametrize(("path", "name"), SEEN_ELSEWHERE.values())
def test_where_a_filter_is_seen_instead_exists(path, name):
    assert f"def {name}" in (ROOT / path).read_text()
