"""The rules of CONTRIBUTING.md that a reader of one file cannot see, each with a control that breaks it.

A check is a function from source text to findings ("file:line what"), so that a control can hand it bad text.
"""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.test.utils import isolate_apps
from packaging.requirements import Requirement

from accounts.models import AuthorityOwned
from enquiries.models import Enquiry
from overview.mp_export.held import LEFT_OUT, PARLIAMENTS
from overview.mp_export.held import OURS as OURS_ABOUT_AN_MP
from tests.settings import SAID, SAID_UNLESS_A_TEST_DOES

ROOT = Path(settings.BASE_DIR)

# What an app may import besides itself. Enquiries and engagements never import each other.
MAY_IMPORT = {
    "accounts": set[str](),
    "notifications": {"accounts"},
    "contacts": {"accounts", "notifications"},
    "enquiries": {"accounts", "notifications", "contacts"},
    "engagements": {"accounts", "notifications", "contacts"},
    "overview": {"accounts", "notifications", "contacts", "enquiries", "engagements"},
}
OURS = {*MAY_IMPORT, "mpcrm"}
# The wiring of mpcrm, which no app imports. Its other modules are pure: they know neither Django nor any app.
WIRING = {"celery", "errors", "frame", "middleware", "settings", "static_files", "urls", "wsgi"}

# Rooms of an app, inner before outer: a room never imports one further out.
ROOMS = ["models", "services", "forms", "tasks", "views", "urls"]
# Only these ask what time it is; everything else is told.
ROOMS_WITH_A_CLOCK = {"views", "tasks", "management"}
NO_SUCH_ROOM = {"utils", "helpers", "common", "managers", "selectors", "presenters", "signals", "misc"}

# Models without an authority, each for a reason.
SHARED_MODELS = {
    "accounts.Authority": "is the authority",
    "accounts.User": "a person may work for several authorities; memberships are owned",
    "contacts.Party": "Parliament's facts",
    "contacts.Council": "Parliament's facts",
    "contacts.Constituency": "Parliament's facts",
    "contacts.SeatOverlap": "Parliament's facts",
    "contacts.MP": "Parliament's facts",
    "contacts.PlaceFile": "how the facts of places came here",
    "contacts.Ward": "facts of places",
    "contacts.PostcodeSeat": "facts of places",
    "contacts.SeatHex": "facts of places",
    "contacts.SeatBoundary": "facts of places",
    "contacts.MPName": "Parliament's facts",
    "contacts.MPStatus": "Parliament's facts",
    "contacts.SeatHolding": "Parliament's facts",
    "contacts.SeatSuccession": "Parliament's facts",
    "contacts.PartySpell": "Parliament's facts",
    "contacts.Post": "Parliament's facts",
    "contacts.PostWording": "Parliament's facts",
    "contacts.MPNews": "what has changed in Parliament's facts",
    "contacts.MPListImport": "how Parliament's facts came here",
    "contacts.ParliamentAnswer": "how Parliament's facts came here",
    "contacts.ParliamentSync": "how Parliament's facts came here",
    "contacts.Dissolution": "Parliament's facts",
    "contacts.ParliamentContact": "Parliament's facts",
    "notifications.Tick": "one alarm clock for the instance",
}
PERSONAL = {"subject", "question", "text", "constituent", "contact", "summary", "body", "email", "rows"}
# Lines. A file of the product becomes a folder at about 400; a file of tests may list more cases.
LONGEST = {"product": 600, "tests": 900}

Finding = str


def tracked_files(*suffixes: str) -> list[Path]:
    """Files that are or would be committed."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = (ROOT / line for line in listing.stdout.splitlines())
    return [path for path in paths if path.is_file() and (not suffixes or path.suffix in suffixes)]


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def product_modules() -> dict[str, str]:
    """Source by module name, for the apps and mpcrm, without migrations."""
    return {
        module_name(path): path.read_text()
        for path in tracked_files(".py")
        if path.relative_to(ROOT).parts[0] in OURS and "migrations" not in path.parts
    }


def imports(module: str, source: str, *, is_package: bool = False) -> Iterator[tuple[int, str]]:
    """Each import of one of our modules anywhere in the source: line and dotted name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = module.split(".") if is_package else module.split(".")[:-1]
                anchor = package[: len(package) - node.level + 1]
                base = ".".join([*anchor, base] if base else anchor)
            names = [f"{base}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from ((node.lineno, name) for name in names if name.split(".")[0] in OURS)


def existing(name: str, modules: Iterable[str]) -> str:
    """The module a dotted name lives in: accounts.models for accounts.models.User."""
    known = set(modules)
    while name and name not in known:
        name = name.rpartition(".")[0]
    return name


def holds_views(module: str, source: str) -> bool:
    """Whether a module is a room of views, by its name or because a function in it answers requests."""
    return "views" in module.split(".") or bool(re.search(r"^@(require_|for_)", source, re.M))


def is_pure(module: str) -> bool:
    app, _, rest = module.partition(".")
    return app == "mpcrm" and rest != "" and rest.split(".")[0] not in WIRING


def room(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


# --- The checks -----------------------------------------------------------------------


def wrong_imports(module: str, source: str) -> list[Finding]:
    """Imports that do not run leftward, reach for wiring, or go from an inner room to an outer one."""
    app = module.split(".", maxsplit=1)[0]
    findings = []
    for line, name in imports(module, source):
        other = name.split(".")[0]
        where = f"{module}:{line} imports {name}"
        if app == "mpcrm":
            if is_pure(module) and not is_pure(name):
                findings.append(f"{where}: a pure module knows no other")
        elif other == "mpcrm":
            if not is_pure(name):
                findings.append(f"{where}: apps use only the pure modules of mpcrm")
        elif other != app and other not in MAY_IMPORT[app]:
            findings.append(f"{where}: imports run leftward only")
        elif {room(module), room(name)} <= set(ROOMS) and ROOMS.index(room(name)) > ROOMS.index(room(module)):
            findings.append(f"{where}: {room(module)} know nothing of {room(name)}")
    return findings


def impure_imports(module: str, source: str) -> list[Finding]:
    findings = []
    for node in ast.walk(ast.parse(source)):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if "django" in {name.partition(".")[0] for name in names}:
            findings.append(f"{module}:{node.lineno} a pure module imports Django")
    return findings


def circles(sources: dict[str, str]) -> list[Finding]:
    """Modules that import each other, directly or through others."""
    graph = {
        module: {existing(name, sources) for _, name in imports(module, source)} - {module, ""}
        for module, source in sources.items()
    }
    findings = []
    for start, imported in graph.items():
        seen: set[str] = set()
        queue = list(imported)
        while queue:
            module = queue.pop()
            if module not in seen:
                seen.add(module)
                queue.extend(graph[module])
        if start in seen:
            findings.append(f"{start} imports itself through others")
    return findings


CLOCK_CALLS = {
    "timezone.now",
    "timezone.localdate",
    "timezone.localtime",
    "date.today",
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "time.time",
}


def clock_reads(module: str, source: str) -> list[Finding]:
    """Calls that ask the time, outside the rooms that may."""
    may_ask = set(module.split(".")) & (ROOMS_WITH_A_CLOCK | WIRING)
    if may_ask or holds_views(module, source):
        return []
    findings = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and not node.args:
            name = ast.unparse(node.func)
            if any(name == call or name.endswith(f".{call}") for call in CLOCK_CALLS):
                findings.append(f"{module}:{node.lineno} reads the clock: {name}()")
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("datetime.now"):
            findings.append(f"{module}:{node.lineno} reads the clock: datetime.now")
    return findings


# The dated facts of Parliament, and what they are called from an MP or a seat.
SPELLS = re.compile(
    r"\b(SeatHolding|PartySpell|MPName|MPStatus)\b|\.(holdings|party_spells|names|statuses)\b"
)
WRITES = {
    *("create", "bulk_create", "get_or_create", "update", "bulk_update", "update_or_create"),
    *("delete", "_raw_delete"),
}


def spells_written(module: str, source: str) -> list[Finding]:
    """Dated facts written past `contacts.spells.write_spells`, which alone refuses overlaps."""
    if module == "contacts.spells":
        return []
    return [
        f"{module}:{node.lineno} writes dated facts itself: contacts.spells.write_spells does"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in WRITES
        and SPELLS.search(ast.unparse(node.func.value))
    ]


def unguarded_queries(module: str, source: str) -> list[Finding]:
    """Views that begin a query of an authority's rows anywhere but at what the person may see.

    Naming the authority in the same call will do: `filter(authority=…)`.
    """
    if not holds_views(module, source):
        return []
    owned = {model.__name__ for model in our_models() if issubclass(model, AuthorityOwned)} - {"Membership"}
    findings = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or "authority" in {keyword.arg for keyword in node.keywords}:
            continue
        called = ast.unparse(node.func)
        model, _, method = called.partition(".objects.")
        begins = model.split(".")[-1] in owned and method.isidentifier()
        if begins and method not in ("visible_to", "of", "none"):
            findings.append(f"{module}:{node.lineno} begins at {called}, not at visible_to()")
        if called in ("get_object_or_404", "get_list_or_404"):
            fetched = ast.unparse(node.args[0])
            if fetched.split(".")[-1] in owned:
                findings.append(f"{module}:{node.lineno} fetches {fetched} whoever asks")
    return findings


def personal_logging(module: str, source: str) -> list[Finding]:
    """Log lines and exceptions that are handed a field which may hold a person's name or words."""
    findings = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        if not re.match(r"(log|logger|logging|LOG|LOGGER)\.\w+$", name):
            continue
        fields = {
            part.attr
            for argument in [*node.args, *(keyword.value for keyword in node.keywords)]
            for part in ast.walk(argument)
            if isinstance(part, ast.Attribute)
        }
        if fields & PERSONAL:
            findings.append(f"{module}:{node.lineno} logs {', '.join(sorted(fields & PERSONAL))}")
    return findings


INLINE = {
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>", re.IGNORECASE),
    "inline style": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE),
    "inline handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "comment that would be shown": re.compile(r"\{#(?:(?!#\}).)*$", re.MULTILINE),
    "javascript: link": re.compile(r"javascript:", re.IGNORECASE),
    "file from another host": re.compile(
        r"<(script|link|img|iframe)\b[^>]*(src|href)=[\"'](https?:)?//", re.I
    ),
}


def inline_code(name: str, source: str) -> list[Finding]:
    return [
        f"{name}:{source[: match.start()].count(chr(10)) + 1} {what}"
        for what, pattern in INLINE.items()
        for match in pattern.finditer(source)
    ]


def unfinished_errors(module: str, source: str) -> list[Finding]:
    """What a form says is wrong, written as anything but a sentence: without its full stop."""
    findings = []
    for node in ast.walk(ast.parse(source)):
        said: list[ast.expr] = []
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).split(".")[-1]
            said += node.args[1:2] if name in ("add_error", "RegexValidator") else []
            said += node.args[:1] if name == "ValidationError" else []
            said += [
                keyword.value for keyword in node.keywords if keyword.arg in ("required", "error_messages")
            ]
        elif isinstance(node, ast.Assign) and "error_messages" in ast.unparse(node.targets[0]):
            said.append(node.value)
        for words in (words for value in said for words in _sentences(value)):
            text = words.values[-1] if isinstance(words, ast.JoinedStr) else words
            if isinstance(text, ast.Constant) and text.value and not str(text.value).endswith((".", "?")):
                findings.append(f"{module}:{node.lineno} says {ast.unparse(words)}, which is no sentence")
    return findings


def _sentences(value: ast.expr) -> Iterator[ast.expr]:
    """The words of a message, or of each message in a dict or a list of them."""
    if isinstance(value, ast.Dict):
        for inner in value.values:
            yield from _sentences(inner)
    elif isinstance(value, ast.List):
        for inner in value.elts:
            yield from _sentences(inner)
    elif isinstance(value, ast.Call) and ast.unparse(value.func) == "dict.fromkeys":
        yield from _sentences(value.args[1])
    elif isinstance(value, ast.JoinedStr) or (
        isinstance(value, ast.Constant) and isinstance(value.value, str)
    ):
        yield value


# Written in pieces, so that this file does not find itself.
INDEX_HOSTS = re.compile(
    "|".join(["py" + r"pi\.org", "python" + "hosted", "registry" + r"\.npmjs", "registry" + r"\.yarnpkg"])
)
OUR_MACHINES = re.compile("/wo" + "rk/(main|shared)|issue" + r" #\d")


def index_hosts(name: str, source: str) -> list[Finding]:
    return [f"{name} names the host {match.group()}" for match in INDEX_HOSTS.finditer(source)]


def our_machines(name: str, source: str) -> list[Finding]:
    return [f"{name} speaks of {match.group()}" for match in OUR_MACHINES.finditer(source)]


def our_models() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models(include_auto_created=False)
        if model._meta.app_label in MAY_IMPORT and not model.__name__.startswith("Historical")
    ]


def undeclared_models(candidates: Iterable[type[models.Model]]) -> list[Finding]:
    return [
        f"{model._meta.label} is neither AuthorityOwned nor in SHARED_MODELS"
        for model in candidates
        if not issubclass(model, AuthorityOwned) and model._meta.label not in SHARED_MODELS
    ]


def missing_authority(candidates: Iterable[type[models.Model]]) -> list[Finding]:
    """History tables of owned models that lost the authority column."""
    findings = []
    for model in candidates:
        history = getattr(model, "history", None)
        if issubclass(model, AuthorityOwned) and history is not None:
            columns = {field.column for field in history.model._meta.concrete_fields}
            if "authority_id" not in columns:
                findings.append(f"{history.model._meta.label} has no authority_id")
    return findings


def misplaced_models(candidates: Iterable[type[models.Model]]) -> list[Finding]:
    """In contacts, what an authority records and what Parliament says stand apart."""
    return [
        f"{model._meta.label} stands in {model.__module__}"
        for model in candidates
        if model._meta.app_label == "contacts"
        and issubclass(model, AuthorityOwned) != model.__module__.startswith("contacts.models.authority.")
    ]


def about_mps(candidates: Iterable[type[models.Model]]) -> set[str]:
    """Labels of the models that lead to an MP by a foreign key, directly or through others."""
    every = list(candidates)
    found = {"contacts.MP"}
    while True:
        more = {
            model._meta.label
            for model in every
            for each in model._meta.concrete_fields
            if isinstance(each, models.ForeignKey) and each.related_model._meta.label in found
        } - found
        if not more:
            return found
        found |= more


def neither_exported_nor_left_out(candidates: Iterable[type[models.Model]]) -> list[Finding]:
    """What an MP who asks to see what is held about them would not be shown, and nobody said why."""
    exported = {held.model._meta.label for held in (*OURS_ABOUT_AN_MP, *PARLIAMENTS)}
    return [
        f"{label} is about an MP: give it a line in overview/mp_export/held.py"
        for label in sorted(about_mps(candidates) - exported - set(LEFT_OUT))
    ]


def variables_read(source: str) -> list[str]:
    """The environment variables that settings read, in order."""
    return [
        node.args[0].value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and ast.unparse(node.func.value) == "env"
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    ]


def variables_listed(example: str) -> list[str]:
    return re.findall(r"^#?\s?([A-Z][A-Z0-9_]+)=", example, re.MULTILINE)


def not_in_step(wanted: list[str], lock: str, source: str) -> list[Finding]:
    """Where pyproject's direct requirements and a lock file disagree."""
    pins = dict(re.findall(r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==([^\s\\;]+)", lock, re.MULTILINE))
    direct = set(
        re.findall(
            rf"^([a-z0-9-]+)(?:\[[a-z,]+\])?==[^\n]*\n(?:    --hash[^\n]*\n)+    # via(?:\n    #  )?"
            rf"(?:[^\n]*\n    #  )*[^\n]*{re.escape(source)}(?:\s|$)",
            lock,
            re.MULTILINE,
        )
    )
    requirements = {Requirement(line).name: Requirement(line) for line in wanted}
    findings = [f"{name} is not asked for by pyproject.toml" for name in direct - set(requirements)]
    for name, requirement in requirements.items():
        if name not in pins:
            findings.append(f"{name} is not locked")
        elif pins[name] not in requirement.specifier:
            findings.append(f"{name} is locked at {pins[name]}, outside {requirement.specifier}")
    return findings


# --- The product keeps the rules --------------------------------------------------------


@pytest.mark.parametrize(
    "check",
    [wrong_imports, clock_reads, spells_written, unguarded_queries, personal_logging, unfinished_errors],
)
def test_modules_keep_the_rule(check: Callable[[str, str], list[Finding]]):
    assert [finding for name, source in product_modules().items() for finding in check(name, source)] == []


def test_modules_import_in_no_circle():
    assert circles(product_modules()) == []


def test_pure_modules_know_no_django():
    sources = product_modules()

    findings = [found for name in sources if is_pure(name) for found in impure_imports(name, sources[name])]

    assert findings == []


def test_no_module_is_a_junk_room():
    names = {part for module in product_modules() for part in module.split(".")}

    assert names & NO_SUCH_ROOM == set()


def test_files_are_read_in_one_go():
    too_long = []
    for path in tracked_files(".py"):
        name, lines = str(path.relative_to(ROOT)), path.read_text().count("\n")
        longest = LONGEST["tests" if name.startswith("tests/") else "product"]
        if lines > longest and "migrations" not in path.parts:
            too_long.append(f"{name}: {lines} lines")

    assert too_long == []


def test_templates_hold_no_inline_code():
    findings = [
        finding
        for path in tracked_files(".html")
        for finding in inline_code(str(path.relative_to(ROOT)), path.read_text())
    ]

    assert findings == []


def test_no_file_names_a_package_index_or_our_machines():
    findings = []
    for path in tracked_files():
        try:
            source = path.read_text()
        except UnicodeDecodeError:
            continue
        name = str(path.relative_to(ROOT))
        findings += index_hosts(name, source) + our_machines(name, source)

    assert findings == []


def test_every_model_is_owned_or_declared_shared():
    assert undeclared_models(our_models()) == []
    assert missing_authority(our_models()) == []


def test_what_an_authority_records_stands_apart_from_what_parliament_says():
    assert misplaced_models(our_models()) == []


def test_everything_about_an_mp_is_exported_or_left_out_for_a_reason():
    assert neither_exported_nor_left_out(our_models()) == []
    assert set(LEFT_OUT) <= about_mps(our_models())


def test_every_shared_model_exists():
    assert set(SHARED_MODELS) - {model._meta.label for model in our_models()} == set()


def test_each_setting_is_read_once_and_listed_in_the_example():
    read = variables_read((ROOT / "mpcrm" / "settings.py").read_text())
    listed = variables_listed((ROOT / ".env.example").read_text())

    assert sorted(set(read)) == sorted(read)
    assert sorted(set(listed) - {"POSTGRES_PASSWORD"}) == sorted(read)


def test_each_setting_is_said_for_tests():
    read = variables_read((ROOT / "mpcrm" / "settings.py").read_text())

    assert sorted(SAID | SAID_UNLESS_A_TEST_DOES) == sorted(read)


def test_compose_hands_over_only_variables_that_exist():
    read = variables_read((ROOT / "mpcrm" / "settings.py").read_text())
    compose = (ROOT / "docker-compose.yml").read_text()
    named = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", compose))

    assert named - {*read, "POSTGRES_PASSWORD"} == set()


def test_locks_are_in_step_with_pyproject():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = project["project"]["dependencies"]
    groups = project["dependency-groups"]

    run_time, dev, node = (
        (ROOT / name).read_text()
        for name in ("requirements.txt", "requirements-dev.txt", "requirements-node.txt")
    )
    assert not_in_step(wanted, run_time, "mpcrm (pyproject.toml)") == []
    assert not_in_step(wanted, dev, "mpcrm (pyproject.toml)") == []
    assert not_in_step(groups["dev"], dev, "mpcrm (pyproject.toml:dev)") == []
    assert not_in_step(groups["node"], node, "mpcrm (pyproject.toml:node)") == []


# --- Each check finds what it is for ----------------------------------------------------


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("accounts.models", "from contacts.models import MP"),
        ("enquiries.services", "from engagements.models import EngagementPlan"),
        ("engagements.services", "def later():\n    import enquiries.models"),
        ("notifications.services", "import overview"),
        ("contacts.models", "from mpcrm.settings import DEBUG"),
        ("contacts.models", "from mpcrm import middleware"),
        ("contacts.models", "from contacts.services import write_spell"),
        ("enquiries.services", "from .views import enquiry_list"),
        ("mpcrm.working_days", "from accounts.models import ClosureDay"),
    ],
)
def test_wrong_import_is_found(module: str, source: str):
    assert len(wrong_imports(module, source)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("overview.views", "from enquiries.models import Enquiry\nfrom engagements.models import Touchpoint"),
        ("enquiries.clock", "from mpcrm.working_days import Calendar\nfrom mpcrm import working_days"),
        ("enquiries.views.detail", "from enquiries.services import log_enquiry"),
        ("mpcrm.urls", "from overview import views"),
    ],
)
def test_right_import_passes(module: str, source: str):
    assert wrong_imports(module, source) == []


def test_django_in_a_pure_module_is_found():
    assert len(impure_imports("mpcrm.working_days", "from django.utils import timezone\nimport django")) == 2


def test_circle_is_found():
    sources = {
        "contacts.models": "from contacts import spells",
        "contacts.spells": "from contacts.models import MP",
        "contacts.names": "",
    }

    assert circles(sources) == [
        "contacts.models imports itself through others",
        "contacts.spells imports itself through others",
    ]


@pytest.mark.parametrize(
    "source",
    [
        "timezone.now()",
        "x = timezone.localdate()",
        "date.today()",
        "datetime.datetime.now(UTC)",
        "def f():\n    return time.time()",
    ],
)
def test_clock_read_is_found(source: str):
    assert clock_reads("enquiries.services", source) != []
    assert clock_reads("enquiries.views", source) == []


def test_field_default_may_read_the_clock():
    assert clock_reads("enquiries.models", "at = models.DateTimeField(default=timezone.now)") == []


@pytest.mark.parametrize(
    "source",
    [
        "Enquiry.objects.get(pk=pk)",
        "models.Enquiry.objects.filter(reference=reference)",
        "get_object_or_404(Enquiry, pk=pk)",
    ],
)
def test_unguarded_query_is_found(source: str):
    assert len(unguarded_queries("enquiries.views", source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        "get_object_or_404(Enquiry.objects.visible_to(request.membership), reference=reference)",
        "Enquiry.objects.filter(authority=request.authority).get(pk=pk)",
        "Membership.objects.active()",
    ],
)
def test_guarded_query_passes(source: str):
    assert unguarded_queries("enquiries.views", source) == []


def test_a_spell_written_elsewhere_is_found():
    for source in (
        "SeatHolding.objects.create(mp=mp)",
        "PartySpell.objects.filter(mp=mp).update(ended_on=day)",
        "models.MPName._default_manager.bulk_update(names, ['started_on'])",
        "mp.holdings.filter(ended_on=None).delete()",
    ):
        assert len(spells_written("contacts.imports.writing", source)) == 1
        assert spells_written("contacts.spells", source) == []
    assert spells_written("contacts.directory", "SeatHolding.objects.filter(mp=mp).first()") == []


def test_personal_logging_is_found():
    assert personal_logging("enquiries.services", "logger.info('logged %s', enquiry.subject)") != []
    assert personal_logging("enquiries.services", "logger.info(f'{enquiry.constituent.name}')") != []
    assert personal_logging("enquiries.services", "logger.info('logged %s', enquiry.reference)") == []


@pytest.mark.parametrize(
    "source",
    [
        "forms.CharField(error_messages={'required': 'Enter a name%s'})",
        "forms.IntegerField(error_messages=dict.fromkeys(['required', 'invalid'], 'Enter a number%s'))",
        "class Meta:\n    error_messages = {'name': {'required': 'Enter a name%s'}}",
        "form.add_error('on', f'Not before {day}, please%s')",
        "raise forms.ValidationError('Too long%s')",
        "day_field('Date', required='Enter the date%s')",
    ],
)
def test_unfinished_error_is_found(source: str):
    assert len(unfinished_errors("enquiries.forms", source % "")) == 1
    assert unfinished_errors("enquiries.forms", source % ".") == []


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        '<p style="color: red">',
        "<style>p {}</style>",
        '<button onclick="go()">',
        '<a href="javascript:go()">',
        '<script src="https://elsewhere.example/x.js"></script>',
        "{# goes on\nbelow #}",
    ],
)
def test_inline_code_is_found(source: str):
    assert len(inline_code("page.html", source)) == 1


def test_script_from_a_file_passes():
    assert inline_code("page.html", '<script type="module" src="/static/js/log.js"></script>') == []


def test_comment_on_one_line_passes():
    assert inline_code("page.html", "{# one #}{# another #}\n<p>Words</p>") == []


@isolate_apps("accounts")
def test_undeclared_model_is_found():
    class Stray(models.Model):  # noqa: DJ008
        class Meta:
            app_label = "accounts"

    assert undeclared_models([Stray]) == ["accounts.Stray is neither AuthorityOwned nor in SHARED_MODELS"]


@isolate_apps("contacts")
def test_misplaced_model_is_found():
    class Remark(AuthorityOwned):
        __module__ = "contacts.models.parliament.mps"

        class Meta:
            app_label = "contacts"

    class Fact(models.Model):  # noqa: DJ008
        __module__ = "contacts.models.authority.notes"

        class Meta:
            app_label = "contacts"

    assert misplaced_models([Remark, Fact]) == [
        "contacts.Remark stands in contacts.models.parliament.mps",
        "contacts.Fact stands in contacts.models.authority.notes",
    ]


@isolate_apps("contacts")
def test_model_about_an_mp_that_no_export_shows_is_found():
    class Gossip(models.Model):  # noqa: DJ008
        said_of = models.ForeignKey(Enquiry, on_delete=models.CASCADE)

        class Meta:
            app_label = "contacts"

    assert neither_exported_nor_left_out([*our_models(), Gossip]) == [
        "contacts.Gossip is about an MP: give it a line in overview/mp_export/held.py"
    ]


def test_index_host_is_found():
    assert index_hosts("requirements.txt", "--index-url https://py" + "pi.org/simple") != []
    assert our_machines("notes.md", "see /wo" + "rk/main") != []


def test_lock_out_of_step_is_found():
    lock = "django==5.2.19 \\\n    --hash=sha256:0\n    # via mpcrm (pyproject.toml)\n"
    source = "mpcrm (pyproject.toml)"

    assert not_in_step(["django>=5.2"], lock, source) == []
    assert not_in_step(["django>=6"], lock, source) == ["django is locked at 5.2.19, outside >=6"]
    assert not_in_step(["django>=5.2", "nh3"], lock, source) == ["nh3 is not locked"]
    assert not_in_step([], lock, source) == ["django is not asked for by pyproject.toml"]


def test_variables_are_found():
    assert variables_read('A = env.bool("DEBUG", default=False)\nB = env.str("KEY")') == ["DEBUG", "KEY"]
    assert variables_listed("# why\nDEBUG=off\n#KEY=\n# LOG_LEVEL=INFO\n") == ["DEBUG", "KEY", "LOG_LEVEL"]
