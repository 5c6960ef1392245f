"""The processes that the kill tests kill.

`python -m tests.kill.worker` loads the product once and forks a process group whenever it is told to, so that
a kill hits work and not a start-up. It reads orders, one JSON object a line, and answers each with a number:

    {"run": "loop", "processes": 2, "with": {"short_leases": {}}}    the group's id
    {"wait": 4711}                                                    its leader's wait status

Protections are switched off by putting another function in the product's place; the product has no switch.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
from collections.abc import Sequence
from datetime import datetime

import django


def serve() -> None:
    django.setup()
    warm_up()
    for line in sys.stdin:
        order = json.loads(line)
        answer = os.waitpid(order["wait"], 0)[1] if "wait" in order else start(order)
        print(answer, flush=True)  # noqa: T201


def warm_up() -> None:
    """Load what a process loads at its first tick; open no connection, since forks would share it."""
    from django.conf import settings
    from django.template.loader import get_template
    from django.urls import get_resolver
    from django.utils.module_loading import import_string

    from mpcrm.working_days import Calendar
    from tests.kill import substitutes  # noqa: F401

    Calendar("england")
    get_template("notifications/email.txt")
    assert get_resolver().url_patterns
    assert all(import_string(path) for path in settings.TICK_STEPS)


def start(order: dict) -> int:
    """Fork a group of `processes` that each do `run`, with substitutes in place; give its id."""
    leader = os.fork()
    if leader:
        return leader
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    barrier = multiprocessing.Barrier(order["processes"])
    others = []
    for _ in range(order["processes"] - 1):
        pid = os.fork()
        if not pid:
            do(order, barrier)
        others.append(pid)
    do(order, barrier, others)
    raise AssertionError("do() ends the process")


def do(order: dict, barrier, others: Sequence[int] = ()) -> None:
    from tests.kill import substitutes

    status = 1
    try:
        for name, arguments in order.get("with", {}).items():
            getattr(substitutes, name)(**arguments)
        {"loop": loop, "ticks": ticks}[order["run"]](order, barrier)
        status = max([0, *(os.waitpid(pid, 0)[1] and 1 for pid in others)])
    finally:
        sys.stderr.flush()
        os._exit(status)


def loop(order: dict, barrier) -> None:
    """What production runs, for as long as it lives."""
    from django.core.management import call_command

    call_command("tick", loop=True)


def ticks(order: dict, barrier) -> None:
    """One tick at each of the given moments, all processes of the group at once."""
    from notifications.tick import run_tick

    for moment in order["moments"]:
        barrier.wait(timeout=60)
        tick = run_tick(now=datetime.fromisoformat(moment))
        if tick is None or tick.error:
            raise RuntimeError(tick.error if tick else "gave way")


if __name__ == "__main__":
    serve()
