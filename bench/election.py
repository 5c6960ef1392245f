"""Measure a general election from the dissolution to a seat handed over: python bench/election.py

650 made-up MPs, an authority for every 27 seats; a list without anybody while Parliament is dissolved, then
the new House, 335 of them new, undone and taken again. On PostgreSQL, that of BENCH_DATABASE_URL (which must
be empty) or one of its own, in one process through Django's test client: no gunicorn, no network.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from postgres import temporary_postgres  # noqa: E402

from bench.run import environment, manage  # noqa: E402

NEW, OF_AN_AUTHORITY, LEFT = 335, 27, 50
DAY = timedelta(days=1)


def main() -> None:
    given = os.environ.get("BENCH_DATABASE_URL", "")
    with nullcontext(given) if given else temporary_postgres() as database:
        os.environ.update(environment(database))
        manage("migrate", "--verbosity", "0")
        manage("collectstatic", "--no-input", "--verbosity", "0")
        import django

        django.setup()
        election = Election()
        election.lists()
        election.hand_over()
    report(election)


class Election:
    """Each figure is what one thing took, in milliseconds; `found` is what came of it, to be looked at."""

    def __init__(self) -> None:
        from django.utils import timezone

        self.now = timezone.now()
        self.today: date = timezone.localdate(self.now)
        self.dissolved, self.poll = self.today - 60 * DAY, self.today - 22 * DAY
        self.figures: dict[str, float] = {}
        self.found: dict[str, Any] = {}
        self.lead: Any = None

    def timed(self, what: str, call: Callable[[], Any], *, times: int = 1) -> Any:
        taken = []
        for _ in range(times):
            started = time.perf_counter()
            result = call()
            taken.append((time.perf_counter() - started) * 1000)
        self.figures[what] = median(taken)
        print(f"{what}: {self.figures[what]:,.0f} ms", flush=True)
        return result

    # --- The lists --------------------------------------------------------------------------------

    def lists(self) -> None:
        from contacts.dissolving import enter_dissolution
        from contacts.imports.undoing import undo_import
        from contacts.models import Dissolution, MPNews, SeatHolding
        from notifications.models import ToDo
        from tests.contacts.lists import ALL_CODES, empty_house, next_house, whole

        self.timed("first list: 650 MPs", lambda: self.take(whole(ALL_CODES), self.today - 400 * DAY))
        self.authorities()
        enter_dissolution(started_on=self.dissolved, ended_on=None, by=None, now=self.now)
        self.timed("list without MPs: 650 ended", lambda: empty_house(self.dissolved))
        house = next_house(self.poll.isoformat(), new=NEW, codes=ALL_CODES)
        what, on = f"{NEW} new, {650 - NEW} elected again", self.poll + 2 * DAY
        taken = self.timed(f"the new House: {what}", lambda: self.take(house, on))
        self.timed("undoing the new House", lambda: undo_import(applied=taken, now=self.now))
        self.found["undone"] = {
            "sitting": SeatHolding.objects.current().count(),
            "new MPs told": MPNews.objects.filter(kind="new-mp").count(),
            "to-dos": ToDo.objects.count(),
            "dissolution until": f"{Dissolution.objects.get().ended_on}",
        }
        self.take(house, on)
        self.found |= {
            "sitting": SeatHolding.objects.current().count(),
            "news": dict(Counter(MPNews.objects.values_list("kind", flat=True))),
            "to-dos": dict(Counter(ToDo.objects.values_list("kind", flat=True))),
            "dissolution until": f"{Dissolution.objects.get().ended_on}",
        }

    def take(self, rows: list[dict[str, str]], on: date) -> Any:
        """Read, look at and apply a list, as in the browser."""
        from contacts.imports.applying import apply_preview, preview_list, read_list
        from tests.contacts.lists import as_csv

        listing, day = read_list(as_csv(rows), "list.csv", on=on, today=self.today)
        preview = preview_list(
            listing, file_name="list.csv", list_date=day, is_partial=False, by=None, now=self.now
        )
        return apply_preview(preview=preview, skip_refused=False, now=self.now)

    def authorities(self) -> None:
        """Every seat is somebody's. The first authority has plans and leads, and a former MP-to-be who left
        fifty open enquiries."""
        from accounts.models import Role
        from contacts.models import MP, Constituency, SeatOverlap
        from enquiries.services import create_default_policies, log_enquiry
        from tests.factories import (
            AuthorityFactory,
            CouncilFactory,
            CouncilLeadFactory,
            EngagementPlanFactory,
            MembershipFactory,
        )

        seats = list(Constituency.objects.order_by("ons_code"))
        for first in range(0, len(seats), OF_AN_AUTHORITY):
            authority = AuthorityFactory()
            council: Any = CouncilFactory(ons_code=authority.ons_code)
            SeatOverlap.objects.bulk_create(
                SeatOverlap(constituency=seat, council=council, share=100)
                for seat in seats[first : first + OF_AN_AUTHORITY]
            )
            lead: Any = MembershipFactory(authority=authority, role=Role.POLITICAL_AFFAIRS)
            if first == 0:
                self.lead = lead
        create_default_policies(authority=self.lead.authority)
        ours = list(MP.objects.of(self.lead.authority).order_by("parliament_id"))
        for mp in ours:
            EngagementPlanFactory(authority=self.lead.authority, mp=mp, objectives="A visit")
            CouncilLeadFactory(authority=self.lead.authority, mp=mp, membership=self.lead)
        self.former = ours[0]
        for number in range(LEFT):
            log_enquiry(
                by=self.lead,
                now=self.now - 70 * DAY,
                mp=self.former,
                received_on=self.dissolved - 10 * DAY,
                channel="e-mail",
                subject=f"Potholes {number}",
                question="When?",
                submission=uuid4(),
                constituent_name="Cyril Moss",
            )

    # --- One seat ---------------------------------------------------------------------------------

    def hand_over(self) -> None:
        from django.test import Client

        from contacts.models import HandoverStep
        from enquiries.models import Enquiry

        self.client = Client(SERVER_NAME="127.0.0.1")
        self.client.force_login(self.lead.user)
        holding = self.former.holdings.get()
        self.timed(f"list of the {OF_AN_AUTHORITY} seats", lambda: self.get("handover_list"), times=5)
        self.timed(
            f"page of the seat with {LEFT} open enquiries",
            lambda: self.get("handover_seat", holding.pk),
            times=5,
        )
        left = [each.reference for each in Enquiry.objects.filter(mp=self.former).order_by("pk")]
        self.timed("page of one enquiry to decide", lambda: self.get("handover_enquiry", left[0]), times=5)
        self.timed(f"{LEFT} enquiries carried over, in {LEFT} requests", lambda: self.carry_all(left))
        self.timed("plan, leads, to-dos and finish, in 4 requests", lambda: self.rest(holding.pk))
        self.found["enquiries left behind"] = Enquiry.objects.open().filter(mp=self.former).count()
        steps = HandoverStep.objects.standing().count()
        self.timed(
            f"undoing the seat, {steps} steps in one transaction",
            lambda: self.post("handover_undo", holding.pk),
        )
        self.found["enquiries back"] = Enquiry.objects.open().filter(mp=self.former).count()

    def carry_all(self, references: list[str]) -> None:
        new = self.former.holdings.get().constituency.holdings.get(ended_on=None).mp
        seen_on = f"{self.poll + DAY:%d/%m/%Y}"
        sent = {"decision": "carry", "to_mp": new.pk, "authority_shown": "form", "authority_seen_on": seen_on}
        for reference in references:
            self.post("handover_enquiry", reference, **sent)

    def rest(self, holding: int) -> None:
        from contacts.models import CouncilLead

        lead = CouncilLead.objects.get(mp=self.former)
        self.post("handover_plan", holding, objectives="A visit")
        self.post("handover_leads", holding, **{f"lead-{lead.pk}": "carry"})
        self.post("handover_welcome", holding)
        self.post("handover_finish", holding)

    def get(self, name: str, *about: Any) -> None:
        self.answered(self.client.get(self.address(name, *about)), 200)

    def post(self, name: str, *about: Any, **sent: Any) -> None:
        self.answered(self.client.post(self.address(name, *about), sent), 302)

    def address(self, name: str, *about: Any) -> str:
        from django.urls import reverse

        return reverse(f"overview:{name}", args=[self.lead.authority.slug, *about])

    def answered(self, response: Any, status: int) -> None:
        if response.status_code != status:
            raise SystemExit(f"{response.request['PATH_INFO']} answered {response.status_code}")


def report(election: Election) -> None:
    machine = f"{platform.system()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    load = os.getloadavg()[0]
    print(f"\n{machine}. Load {load:.1f}.\n\n| | ms |\n|---|---:|")
    for what, taken in election.figures.items():
        print(f"| {what} | {taken:,.0f} |")
    print(json.dumps(election.found, indent=1))
    path = ROOT / "bench" / "results" / "election.json"
    raw = {"machine": machine, "load": load, "figures": election.figures, "found": election.found}
    path.write_text(json.dumps(raw, indent=1) + "\n")
    print(f"Raw figures: {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
