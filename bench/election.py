"""Measure a general election, from the dissolution to all seats of an authority handed over:
python bench/election.py

On the House of July 2024 where the real lists are here, else on a made-up one: 25 authorities; a list without
anybody while Parliament is dissolved, ten seats for ten others, then the new House, 335 of it new, undone and
taken again. On PostgreSQL, that of BENCH_DATABASE_URL (which must be empty) or one of its own, in one process
through Django's test client: no gunicorn, no network.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from postgres import temporary_postgres  # noqa: E402

from bench.machine import in_words, machine  # noqa: E402
from bench.run import environment, manage  # noqa: E402

AUTHORITIES, LEFT, LEFT_BY_OTHERS = 25, 50, 2
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
        election.hand_over_one()
        election.hand_over_all()
        report(election)


class Election:
    """Each figure is what one thing took, in milliseconds; `found` is what came of it, to be looked at."""

    def __init__(self) -> None:
        from django.utils import timezone

        from tests.conftest import REAL_DATA
        from tests.contacts.elections import made_up_house, next_election, real_house

        self.now = timezone.now()
        self.today: date = timezone.localdate(self.now)
        self.dissolved, self.poll = self.today - 60 * DAY, self.today - 22 * DAY
        self.is_real = REAL_DATA.is_dir()
        self.house = real_house(REAL_DATA) if self.is_real else made_up_house()
        self.next = next_election(self.house, self.poll)
        self.figures: dict[str, float] = {}
        self.found: dict[str, Any] = {}
        self.lead: Any = None
        self.requests = 0
        print(self.on_what, flush=True)

    @property
    def on_what(self) -> str:
        return (
            "The real House of July 2024"
            if self.is_real
            else "A made-up House: the real lists of MPs are not here"
        )

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
        from contacts.models import Constituency, MPNews, SeatHolding
        from notifications.models import ToDo
        from tests.contacts.lists import empty_house

        self.timed("first list: 650 MPs", lambda: self.take(self.house.mps, self.today - 400 * DAY))
        overlaps = self.house.overlaps
        self.timed(f"seats × councils: {len(overlaps)} rows", lambda: self.load("overlaps", overlaps))
        self.authorities()
        enter_dissolution(started_on=self.dissolved, ended_on=self.poll - DAY, by=None, now=self.now)
        self.timed("list without MPs: 650 ended", lambda: empty_house(self.dissolved))
        seats, made_from, lies_in = self.next.seats, self.next.successions, self.next.overlaps
        self.timed(
            "constituencies: 10 begin, 10 end",
            lambda: self.load("constituencies", seats, begins=self.poll),
        )
        self.timed(
            f"what the new ones were made from: {len(made_from)} rows",
            lambda: self.load("successions", made_from),
        )
        self.timed(f"the new ones × councils: {len(lies_in)} rows", lambda: self.load("overlaps", lies_in))
        self.found["seats"] = {
            "today": Constituency.objects.current().count(),
            "abolished": Constituency.objects.exclude(ended_on=None).count(),
        }
        on = self.poll + 2 * DAY
        taken = self.timed("the new House: 335 new, 314 elected again", lambda: self.take(self.next.mps, on))
        self.timed("undoing the new House", lambda: undo_import(applied=taken, now=self.now))
        self.found["undone"] = {
            "sitting": SeatHolding.objects.current().count(),
            "new MPs told": MPNews.objects.filter(kind="new-mp").count(),
            "to-dos": ToDo.objects.count(),
        }
        self.timed("the new House, taken again", lambda: self.take(self.next.mps, on))
        self.found |= {
            "sitting": SeatHolding.objects.current().count(),
            "news": dict(Counter(MPNews.objects.values_list("kind", flat=True))),
            "to-dos": dict(Counter(ToDo.objects.values_list("kind", flat=True))),
        }

    def load(self, kind: str, rows: list[dict[str, str]], *, begins: date | None = None) -> None:
        """Read, look at and apply a file about places, as in the browser."""
        from contacts.imports.placing import apply_places, preview_places
        from tests.contacts.lists import as_csv

        file = preview_places(
            kind=kind,
            stream=BytesIO(as_csv(rows)),
            file_name="places.csv",
            codes=None,
            by=None,
            now=self.now,
            begins=begins,
        )
        apply_places(file=file, skip_refused=False, now=self.now)

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
        """Every council is part of some authority's. The first has plans and leads, and open enquiries of all
        its MPs: fifty of one who will not sit again."""
        from accounts.models import Role
        from contacts.models import MP, Council
        from enquiries.services import create_default_policies
        from tests.factories import (
            AuthorityFactory,
            CouncilFactory,
            CouncilLeadFactory,
            EngagementPlanFactory,
            MembershipFactory,
        )

        ours = self.house.ours
        others = sorted({row["LAD24CD"] for row in self.house.overlaps} - set(ours))
        for number in range(AUTHORITIES):
            authority = AuthorityFactory()
            council: Any = CouncilFactory(ons_code=authority.ons_code)
            parts = others[number - 1 :: AUTHORITIES - 1] if number else ours
            council.parts.set(Council.objects.filter(ons_code__in=parts))
            lead: Any = MembershipFactory(authority=authority, role=Role.POLITICAL_AFFAIRS)
            self.lead = self.lead or lead
        create_default_policies(authority=self.lead.authority)
        stay = {row["PCON24CD"] for row in self.next.mps if row["MP"] != "Vacant"}
        win = {row["Member ID"] for row in self.next.mps}
        mps = MP.objects.of(self.lead.authority).order_by("holdings__constituency__ons_code")
        self.former = mps.filter(holdings__constituency__ons_code__in=stay).exclude(
            parliament_id__in=win - {"Vacant"}
        )[0]
        for mp in mps:
            EngagementPlanFactory(authority=self.lead.authority, mp=mp, objectives="A visit")
            CouncilLeadFactory(authority=self.lead.authority, mp=mp, membership=self.lead)
            self.leave(mp, LEFT if mp == self.former else LEFT_BY_OTHERS)

    def leave(self, mp: Any, number: int) -> None:
        from enquiries.services import log_enquiry

        for _ in range(number):
            log_enquiry(
                by=self.lead,
                now=self.now - 70 * DAY,
                mp=mp,
                received_on=self.dissolved - 10 * DAY,
                channel="e-mail",
                subject="Bus shelters",
                question="When?",
                submission=uuid4(),
                constituent_name="Cyril Moss",
            )

    # --- One seat, then all -----------------------------------------------------------------------

    def hand_over_one(self) -> None:
        from django.test import Client

        from contacts.models import HandoverStep, SeatHandover
        from enquiries.models import Enquiry

        self.client = Client(SERVER_NAME="127.0.0.1")
        self.client.force_login(self.lead.user)
        holding = self.former.holdings.get()
        new = holding.constituency.holdings.get(ended_on=None).mp
        self.timed(f"list of the {len(self.rows())} seats", lambda: self.get("handover_list"), times=5)
        self.timed(
            f"page of the seat with {LEFT} open enquiries",
            lambda: self.get("handover_seat", holding.pk),
            times=5,
        )
        left = self.open_enquiries(self.former)
        self.timed("page of one enquiry to decide", lambda: self.get("handover_enquiry", left[0]), times=5)
        self.timed(
            f"{LEFT} enquiries carried over, in {LEFT} requests", lambda: self.decide(self.former, new)
        )
        self.timed(
            "plan, leads, to-dos and finish, in 4 requests", lambda: self.rest(holding.pk, self.former, new)
        )
        self.found["enquiries left behind"] = Enquiry.objects.open().filter(mp=self.former).count()
        steps = HandoverStep.objects.standing().count()
        self.timed(
            f"undoing the seat, {steps} steps in one transaction",
            lambda: self.post("handover_undo", holding.pk),
        )
        self.found["enquiries back"] = Enquiry.objects.open().filter(mp=self.former).count()
        self.found["handed over"] = SeatHandover.objects.exclude(finished_at=None).count()

    def rows(self) -> list[Any]:
        from overview.handover.seats import overview_of

        return overview_of(self.lead, on=self.today).rows

    def hand_over_all(self) -> None:
        """Every seat that changed hands, that with the fifty enquiries again."""
        from contacts.models import HandoverStep, SeatHandover

        self.found["our seats"] = dict(Counter(row.standing for row in self.rows()))
        handovers = [each for row in self.rows() for each in row.handovers]
        welcomed: set[int] = set()

        def hand_over() -> None:
            for each in handovers:
                change = each.change
                new = change.new
                if change.former:
                    self.decide(change.former, new)
                owes = each.owes_welcome and new.pk not in welcomed
                welcomed.update([new.pk] if new else [])
                self.rest(change.pk, change.former, new, welcome=owes)

        self.requests = 0
        self.timed(f"all {len(handovers)} seats that changed hands, handed over", hand_over)
        self.found["handed over"] = {
            "seats": SeatHandover.objects.exclude(finished_at=None).count(),
            "requests": self.requests,
            "steps": dict(Counter(HandoverStep.objects.standing().values_list("kind", flat=True))),
        }

    def open_enquiries(self, mp: Any) -> list[str]:
        from enquiries.models import Enquiry

        return [each.reference for each in Enquiry.objects.open().filter(mp=mp).order_by("pk")]

    def decide(self, former: Any, new: Any) -> None:
        """Each enquiry goes on under the new MP or, where nobody has won the seat yet, is closed."""
        sent: dict[str, Any] = {"decision": "close", "reason": "Settled"}
        if new:
            seen_on = f"{self.poll + DAY:%d/%m/%Y}"
            sent = {"decision": "carry", "to_mp": new.pk, "authority_shown": "form"}
            sent["authority_seen_on"] = seen_on
        for reference in self.open_enquiries(former):
            self.post("handover_enquiry", reference, **sent)

    def rest(self, holding: int, former: Any, new: Any, *, welcome: bool = True) -> None:
        """Plan, lead, to-dos and the end; whoever won two of the seats has a lead already."""
        from contacts.models import CouncilLead

        leads = CouncilLead.objects.filter(authority=self.lead.authority, ended_on=None)
        if former:
            lead = leads.get(mp=former)
            becomes = "carry" if new and not leads.filter(mp=new).exists() else "end"
            self.post("handover_plan", holding, **({"objectives": "A visit"} if new else {}))
            self.post("handover_leads", holding, **{f"lead-{lead.pk}": becomes})
        if welcome:
            self.post("handover_welcome", holding)
        self.post("handover_finish", holding)

    def get(self, name: str, *about: Any) -> None:
        self.answered(self.client.get(self.address(name, *about)), 200)

    def post(self, name: str, *about: Any, **sent: Any) -> None:
        self.requests += 1
        self.answered(self.client.post(self.address(name, *about), sent), 302)

    def address(self, name: str, *about: Any) -> str:
        from django.urls import reverse

        return reverse(f"overview:{name}", args=[self.lead.authority.slug, *about])

    def answered(self, response: Any, status: int) -> None:
        if response.status_code != status:
            raise SystemExit(f"{response.request['PATH_INFO']} answered {response.status_code}")


def report(election: Election) -> None:
    about = machine()
    print(f"\n{election.on_what}. {in_words(about)}\n\n| | ms |\n|---|---:|")
    for what, taken in election.figures.items():
        print(f"| {what} | {taken:,.0f} |")
    print(json.dumps(election.found, indent=1))
    path = ROOT / "bench" / "results" / "election.json"
    raw = {
        "on": election.on_what,
        "machine": about,
        "figures": election.figures,
        "found": election.found,
    }
    path.write_text(json.dumps(raw, indent=1) + "\n")
    print(f"Raw figures: {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
