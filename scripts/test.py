"""The whole suite on PostgreSQL and then on SQLite; stops at the first database on which it fails.

PostgreSQL is the server in TEST_DATABASE_URL, or one of its own from the development wheel.
Arguments go to pytest: make test ARGS="-k clock".

The tables are made by the migrations once on each database: on PostgreSQL for the processes that are killed,
on SQLite by the demo that a test starts. The others make them from the models in a quarter of the time;
`make check` holds the two against each other.
"""

import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

from postgres import temporary_postgres

ROOT = Path(__file__).resolve().parent.parent
# Tests that start, kill or time processes have the machine to themselves; the others share its cores.
ALONE = "kill"
PARALLEL = ["-n", "2", "--dist", "worksteal"]


def main(arguments: list[str]) -> int:
    given = os.environ.get("TEST_DATABASE_URL", "")
    server = nullcontext(given) if given else temporary_postgres()
    with server as postgres:
        status = (
            run("PostgreSQL, processes killed", postgres, ["--migrations", "-m", ALONE, *arguments])
            or run("PostgreSQL", postgres, [*PARALLEL, "-m", f"not {ALONE}", *arguments])
            or run("SQLite", "", [*PARALLEL, "-m", f"not {ALONE}", *arguments])
        )
    return status


def run(name: str, database_url: str, arguments: list[str]) -> int:
    """Run pytest on the database; give its exit status, with "no test was chosen" counting as success."""
    print(f"\n=== The suite on {name} ===\n", flush=True)
    # What is compiled is kept, whatever a shell says: each of the many processes saves six seconds by it.
    environment = {**os.environ, "TEST_DATABASE_URL": database_url, "PYTHONDONTWRITEBYTECODE": ""}
    command = [sys.executable, "-m", "pytest", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment)
    return 0 if done.returncode == 5 else done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
