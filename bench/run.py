"""Measure the pages that officers and leaders open most, and the sweep: make bench ARGS="--enquiries 100000".

Against gunicorn on 127.0.0.1, as in production but without HTTPS, with PostgreSQL: the server in
BENCH_DATABASE_URL (empty, or seeded by an earlier run) or one of its own from the development wheel.
Each figure is compared with an empty signed-in page measured in the same run, one request of each in turn.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from postgres import temporary_postgres  # noqa: E402

from bench.machine import in_words, machine  # noqa: E402

WORKERS, CLIENTS = 2, 4
LOG = "/bench-1/enquiries/log/"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Figure:
    name: str
    p50: float  # milliseconds
    p95: float
    per_second: float  # requests; of the sweep, sweeps
    ratio: float  # of p50 to the empty page's

    def row(self) -> str:
        return f"| {self.name} | {self.p50:.1f} | {self.p95:.1f} | {self.per_second:.1f} | {self.ratio:.1f} |"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--enquiries", type=int, default=10_000)
    parser.add_argument("--requests", type=int, default=100, help="of each page, one after the other")
    chosen = parser.parse_args()
    given = os.environ.get("BENCH_DATABASE_URL", "")
    with nullcontext(given) if given else temporary_postgres() as database:
        os.environ.update(environment(database))
        manage("migrate", "--verbosity", "0")
        manage("collectstatic", "--no-input", "--verbosity", "0")
        import django

        django.setup()
        seed = prepared(chosen.enquiries)
        with served() as port:
            figures = pages(Browser(port), chosen.requests)
        sweep = sweeps(base=figures[0].p50 / 1000)
        report(chosen, seed, figures, sweep)


def environment(database: str) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "DATABASE_URL": database,
        "SECRET_KEY": "only-for-measuring-" * 4,
        "DEBUG": "off",
        "HTTPS": "off",
        "ALLOWED_HOSTS": "127.0.0.1",
        "EMAIL_URL": "dummymail://",
        "LOG_LEVEL": "ERROR",
    }


def manage(*arguments: str) -> str:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, text=True, stdout=subprocess.PIPE).stdout


def prepared(enquiries: int) -> dict[str, int]:
    """Seed the database if it is empty; give what is in it."""
    from accounts.models import Authority
    from enquiries.models import Enquiry

    if Authority.objects.exists():
        return {"enquiries_enquiry": Enquiry.objects.count()}
    print(f"Seeding {enquiries:,} enquiries …", flush=True)
    return json.loads(manage("seed_bench", "--enquiries", str(enquiries)))


@contextmanager
def served() -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["-m", "gunicorn", "mpcrm.wsgi", "--bind", f"127.0.0.1:{port}", "--no-control-socket"]
    options = ["--workers", str(WORKERS), "--threads", "2", "--log-level", "warning"]
    server = subprocess.Popen([sys.executable, *command, *options], cwd=ROOT)
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait()


class Browser:
    """Signed-in requests over kept-alive connections; a page that is not 200 or a redirect ends the run."""

    def __init__(self, port: int) -> None:
        from accounts.models import Membership

        self.port = port
        members = Membership.objects.select_related("user", "authority").filter(authority__slug="bench-1")
        self.cookies = {
            role: self._sign_in(members.filter(role=role).order_by("pk").first())
            for role in ("officer", "executive")
        }

    def _sign_in(self, member: Any) -> str:
        from django.test import Client

        from enquiries.searches import keep_search

        client = Client()
        client.force_login(member.user)
        session = client.session
        self.search = keep_search(session, "lift tower")
        session.save()
        return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def send(
        self,
        connection: http.client.HTTPConnection,
        path: str,
        role: str = "officer",
        body: str | None = None,
    ) -> tuple[float, str, str]:
        """Send one request; give its seconds, its page and the cookies it set."""
        headers = {"Cookie": self.cookies[role]}
        if body is not None:
            headers |= FORM
        started = time.perf_counter()
        connection.request("GET" if body is None else "POST", path, body, headers)
        response = connection.getresponse()
        page = response.read().decode()
        seconds = time.perf_counter() - started
        expected = (200,) if body is None else (302, 303)
        if response.status not in expected:
            raise SystemExit(f"{path} answered {response.status}")
        return seconds, page, response.getheader("Set-Cookie") or ""


def pages(browser: Browser, requests: int) -> list[Figure]:
    from enquiries.models import Enquiry

    of_bench = Enquiry.objects.filter(authority__slug="bench-1").order_by("pk")
    reference = of_bench.open()[20].reference
    service, mp = of_bench[0].service_id, of_bench[0].mp_id
    at = "/bench-1/enquiries/"
    gets: dict[str, tuple[str, str]] = {
        "empty signed-in page": ("/bench-1/empty/", "officer"),
        "queue": (at, "officer"),
        "queue, whole authority": (f"{at}?tab=team", "officer"),
        "filtered queue": (f"{at}?tab=team&rag=red&service={service}", "officer"),
        "search in all": (f"{at}?tab=team&status=any&search={browser.search}", "officer"),
        "enquiry page": (f"{at}{reference}/", "officer"),
        "log form": (f"{at}log/", "officer"),
        "dashboard": ("/bench-1/dashboard/", "executive"),
        "MP directory": ("/bench-1/mps/", "officer"),
        "MP page": (f"/bench-1/mps/{mp}/", "officer"),
    }
    times: dict[str, list[float]] = {name: [] for name in [*gets, "save"]}
    connection = browser.connect()
    form = log_form(browser, connection)
    for number in range(-5, requests):  # the first ones warm the caches
        for name, (path, role) in gets.items():
            seconds, _, _ = browser.send(connection, path, role)
            if number >= 0:
                times[name].append(seconds)
        seconds = save(browser, connection, form)
        if number >= 0:
            times["save"].append(seconds)

    def get(path: str, role: str) -> Callable[[http.client.HTTPConnection], object]:
        return lambda each: browser.send(each, path, role)

    rates = {name: rate(browser, get(*asked)) for name, asked in gets.items()}
    rates["save"] = rate(browser, lambda each: save(browser, each, form))
    base = median(times["empty signed-in page"])
    return [figure(name, seconds, rates[name], base) for name, seconds in times.items()]


def log_form(browser: Browser, connection: http.client.HTTPConnection) -> dict[str, str]:
    """What an officer would send from the log form; each sending needs a `submission` of its own."""
    _, page, cookie = browser.send(connection, LOG)
    if csrf := re.search(r"csrftoken=([^;]+)", cookie):
        browser.cookies["officer"] += f"; csrftoken={csrf.group(1)}"
    return {
        "csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken"),
        "mp": first(page, "mp"),
        "received_on": hidden(page, "received_on"),
        "channel": "e-mail",
        "enquiry_type": "enquiry",
        "urgency": "standard",
        "subject": "Measured",
        "question": "What is measured?",
        "topic": first(page, "topic"),
        "service": first(page, "service"),
    }


def hidden(page: str, name: str) -> str:
    """What the input of this name holds."""
    return re.findall(rf'name="{name}" value="([^"]+)"', page)[0]


def first(page: str, name: str) -> str:
    """The first choice of the select of this name that is one."""
    options = page.split(f'name="{name}"')[1].split("</select>", maxsplit=1)[0]
    return next(value for value in re.findall(r'<option value="([^"]*)"', options) if value)


def save(browser: Browser, connection: http.client.HTTPConnection, form: dict[str, str]) -> float:
    """Log an enquiry through the form; give the seconds of the POST."""
    body = urlencode(form | {"submission": str(uuid4())})
    return browser.send(connection, LOG, body=body)[0]


def rate(browser: Browser, send: Callable[[http.client.HTTPConnection], object], seconds: float = 4) -> float:
    """Requests a second with several clients at once."""
    until = time.perf_counter() + seconds

    def client(_: int) -> int:
        connection, done = browser.connect(), 0
        while time.perf_counter() < until:
            send(connection)
            done += 1
        return done

    started = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        done = sum(clients.map(client, range(CLIENTS)))
    return done / (time.perf_counter() - started)


def figure(name: str, seconds: list[float], per_second: float, base: float) -> Figure:
    p95 = quantiles(seconds, n=20)[-1]
    p50 = median(seconds)
    return Figure(name, p50 * 1000, p95 * 1000, per_second, p50 / base)


def sweeps(*, base: float) -> dict[str, object]:
    """The first sweep, which escalates everything that is owed, and ten more that find nothing new: so many
    of those a second, one after the other."""
    from django.utils import timezone

    from enquiries.escalation import sweep

    now = timezone.now()
    seconds, counts = timed(lambda: sweep(now=now))
    idle = [timed(lambda: sweep(now=now + timedelta(minutes=1)))[0] for _ in range(10)]
    return {
        "first_seconds": seconds,
        "idle": figure("sweep, nothing new", idle, len(idle) / sum(idle), base),
        **counts,
    }


def timed(call: Callable[[], dict[str, int]]) -> tuple[float, dict[str, int]]:
    started = time.perf_counter()
    counts = call()
    return time.perf_counter() - started, counts


def report(
    chosen: argparse.Namespace, seed: dict[str, int], figures: list[Figure], sweep: dict[str, object]
) -> None:
    about = machine()
    idle: Figure = sweep.pop("idle")  # type: ignore[assignment]
    print(f"\n{seed.get('enquiries_enquiry', 0):,} enquiries. {in_words(about)}\n")
    print("| page | p50 ms | p95 ms | requests/s | times the empty page |\n|---|---:|---:|---:|---:|")
    for each in [*figures, idle]:
        print(each.row())
    print("\nOf the sweep, requests/s means sweeps per second.")
    seconds, escalated = sweep["first_seconds"], sweep.get("escalated", 0)
    print(f"First sweep: {escalated:,} escalated in {seconds:.1f} s.")
    raw = {
        "machine": about,
        "seed": seed,
        "requests": chosen.requests,
        "figures": [vars(each) for each in [*figures, idle]],
        "sweep": sweep,
    }
    path = ROOT / "bench" / "results" / f"{seed.get('enquiries_enquiry', 0)}.json"
    path.write_text(json.dumps(raw, indent=1) + "\n")
    print(f"Raw figures: {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
