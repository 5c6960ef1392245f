"""Everything that is checked without running the product; each finding fails, and all are shown."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = Path(sys.executable).parent

# As in production, so that Django's deployment checks judge what will run there.
PRODUCTION = {
    "DEBUG": "off",
    "DEMO": "off",
    "HTTPS": "on",
    "SECRET_KEY": "for-the-deployment-checks-only-0123456789-abcdefghijklmnopqrstuvwxyz",
    "ALLOWED_HOSTS": "mpcrm.example",
    "BASE_URL": "https://mpcrm.example",
    "DATABASE_URL": "postgres://mpcrm@127.0.0.1:5432/mpcrm",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "EMAIL_URL": "smtp://127.0.0.1:25",
}
DEVELOPMENT = {"DEBUG": "on", "DATABASE_URL": "sqlite:///:memory:"}
FOR_TYPES = {"DJANGO_SETTINGS_MODULE": "tests.settings"}

CHECKS: list[tuple[str, list[str], dict[str, str]]] = [
    ("types", ["mypy", "."], FOR_TYPES),  # the longest
    ("lint", ["ruff", "check", "."], {}),
    ("format", ["ruff", "format", "--check", "."], {}),
    ("templates", ["djlint", "templates", "--lint", "--quiet"], {}),
    ("migrations in step", ["python", "manage.py", "makemigrations", "--check", "--dry-run"], DEVELOPMENT),
    (
        "deployment",
        ["python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        PRODUCTION,
    ),
    ("Dockerfile", ["hadolint", "Dockerfile"], {}),
    (
        "docker-compose.yml",
        ["check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"],
        {},
    ),
    ("house rules", ["python", "-m", "pytest", "-q", "-p", "no:randomly", "tests/test_house_rules.py"], {}),
]


def main() -> int:
    """Run all of them, two at a time; show each with what it says, in their order."""
    failed = []
    with ThreadPoolExecutor(max_workers=2) as both_cores:
        for (name, *_), done in zip(CHECKS, both_cores.map(run, CHECKS), strict=True):
            print(f"--- {name}", done.stdout, sep="\n", end="", flush=True)
            if done.returncode:
                failed.append(name)
    print(f"Checks failed: {', '.join(failed)}" if failed else "All checks passed", flush=True)
    return 1 if failed else 0


def run(check: tuple[str, list[str], dict[str, str]]) -> subprocess.CompletedProcess[str]:
    _, (program, *arguments), environment = check
    return subprocess.run(
        [str(PROGRAMS / program), *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


if __name__ == "__main__":
    sys.exit(main())
