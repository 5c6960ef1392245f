"""Everything that is checked without running the product; each finding fails, and all are shown."""

import os
import subprocess
import sys
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
    ("lint", ["ruff", "check", "."], {}),
    ("format", ["ruff", "format", "--check", "."], {}),
    ("types", ["mypy", "."], FOR_TYPES),
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
    failed = []
    for name, (program, *arguments), environment in CHECKS:
        print(f"--- {name}", flush=True)
        command = [str(PROGRAMS / program), *arguments]
        if subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}).returncode:
            failed.append(name)
    print(f"Checks failed: {', '.join(failed)}" if failed else "All checks passed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
