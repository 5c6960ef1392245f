"""Make .venv and install hash-locked requirements into it; does nothing when they are already there.

Run by the Makefile with the system's Python:  python3 scripts/venv.py requirements.txt …
It must start on any Python 3, so that an old one can be told so in plain words.
"""

import hashlib
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")


def main(lock_files: "list[str]") -> None:
    if sys.version_info < (3, 11):
        sys.exit(
            "mpcrm needs Python 3.11 or newer, and this is Python {}.{} ({}).\n"
            "Install a newer one and name it, for example: make demo PYTHON=python3.12".format(
                sys.version_info[0], sys.version_info[1], sys.executable
            )
        )
    missing = [lock_file for lock_file in lock_files if not is_installed(lock_file)]
    if missing and not is_whole():
        make_venv()
    for lock_file in missing:
        install(lock_file)


def make_venv() -> None:
    print("Making .venv with Python {}.{} …".format(*sys.version_info[:2]), flush=True)
    try:
        subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True, stdout=subprocess.DEVNULL)
    except subprocess.CalledProcessError:
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit("Python could not make a virtual environment. On Debian or Ubuntu: apt install python3-venv")


def install(lock_file: str) -> None:
    print("Installing {} …".format(lock_file), flush=True)
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--no-input", "--require-hashes", "-r", os.path.join(ROOT, lock_file)]
    if subprocess.run(command).returncode:
        sys.exit("Installing {} failed; what pip said is above.".format(lock_file))
    with open(stamp(lock_file), "w") as file:
        file.write(fingerprint(lock_file))


def is_whole() -> bool:
    """Whether .venv has its Python and was once installed into to the end: Ctrl-C leaves one without pip."""
    return os.path.exists(PYTHON) and any(name.startswith("installed-") for name in os.listdir(VENV))


def is_installed(lock_file: str) -> bool:
    """Whether .venv works and holds exactly this lock file's content."""
    try:
        with open(stamp(lock_file)) as file:
            return os.path.exists(PYTHON) and file.read() == fingerprint(lock_file)
    except OSError:
        return False


def fingerprint(lock_file: str) -> str:
    with open(os.path.join(ROOT, lock_file), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def stamp(lock_file: str) -> str:
    return os.path.join(VENV, "installed-" + lock_file)


if __name__ == "__main__":
    main(sys.argv[1:])
