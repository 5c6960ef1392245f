"""What a run was measured on, as it goes into the raw figures."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def machine() -> dict[str, str | float]:
    """System, processor, cores, versions, the commit, and the load, which is of the last minute. Needs Django
    set up on the database that was measured."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        postgres = cursor.fetchone()[0]
    commit = ["git", "rev-parse", "--short", "HEAD"]
    return {
        "system": f"{platform.system()}, {processor()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "postgresql": postgres,
        "commit": subprocess.run(commit, cwd=ROOT, text=True, stdout=subprocess.PIPE).stdout.strip(),
        "load": os.getloadavg()[0],
    }


def processor() -> str:
    about = Path("/proc/cpuinfo")
    lines = about.read_text().splitlines() if about.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor())


def in_words(about: dict[str, str | float]) -> str:
    return "{system}, Python {python}, PostgreSQL {postgresql}. Load {load:.1f}.".format_map(about)
