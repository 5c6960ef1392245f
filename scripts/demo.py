"""Run the demo: a fictional council in SQLite, a web server and the tick.

Ends with 0 on Ctrl-C and with 1 when the web server or the tick stopped by itself. Nothing is left running.
"""

import ctypes
import fcntl
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from mpcrm.demo import PASSWORD, SIGN_INS  # noqa: E402

DATA = Path(os.environ.get("DEMO_FOLDER") or ROOT / "var" / "demo")
SECONDS_TO_START = 60
SECONDS_TO_STOP = 10
PR_SET_PDEATHSIG = 1  # Linux's, from <sys/prctl.h>


class Stopped(Exception):
    """Someone pressed Ctrl-C or asked the demo to end."""


def main(arguments: list[str]) -> int:
    port = chosen_port()
    folder = hold_folder() if port else None
    if folder is None:
        return 1
    take_the_terminal()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        signal.signal(getattr(signal, name), stop)
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        if "--reset" in arguments:
            empty_folder()
        environment = settings(port)
        if not prepare(environment):
            return 1
        for name, command in commands(port).items():
            with (DATA / f"{name}.log").open("a") as log:
                children[name] = subprocess.Popen(
                    [sys.executable, *command],
                    cwd=ROOT,
                    env=environment,
                    stdout=log,
                    process_group=group_of(children),  # Ctrl-C is for this process alone, which ends theirs
                    preexec_fn=end_with_parent,  # noqa: PLW1509  this process has one thread
                    pass_fds=[folder],  # held as long as anything works on what is in it
                )
        if answers(port, children):
            print(welcome(port), flush=True)
        return watch(children)
    except Stopped:
        print("\nStopping the demo …", flush=True)
        return 0
    finally:
        end(children)


def chosen_port() -> int:
    """The port in PORT, if it is free; otherwise 0, having said what to do."""
    wanted = os.environ.get("PORT") or "8000"
    if not wanted.isdigit() or not 0 < int(wanted) < 65536:
        print(f"“{wanted}” is no port. Choose one from 1024 to 65535: make demo PORT=8001")
        return 0
    port = int(wanted)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            print(f"Port {port} is taken by another program. Choose another: make demo PORT={port + 1}")
            return 0
    return port


def hold_folder() -> int | None:
    """The data's folder, opened and held for this demo; None, having said what to do, if another holds it."""
    DATA.mkdir(parents=True, exist_ok=True)
    folder = os.open(DATA, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print(f"A demo is running with the data in {DATA}. Stop it first: Ctrl-C, where it runs.")
        return None
    return folder


def empty_folder() -> None:
    """Throw the data away; the folder itself is held."""
    for each in DATA.iterdir():
        if each.is_dir():
            shutil.rmtree(each, ignore_errors=True)
        else:
            each.unlink()


def settings(port: int) -> dict[str, str]:
    """The environment of the demo: nothing from outside chooses another database or a real mail server, and
    nothing leaves this machine."""
    DATA.mkdir(parents=True, exist_ok=True)
    key = DATA / "secret-key"
    if not key.exists():
        key.write_text(secrets.token_urlsafe(50))
    return {
        **os.environ,
        "DEMO": "on",
        "DEBUG": "off",
        "HTTPS": "off",
        "SECRET_KEY": key.read_text(),
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "BASE_URL": f"http://127.0.0.1:{port}",
        "DATABASE_URL": f"sqlite:///{urllib.parse.quote(str(DATA / 'mpcrm.sqlite3'))}",
        "REDIS_URL": "",
        "EMAIL_URL": "filemail://",
        "EMAIL_FILE_PATH": str(DATA / "outbox"),
        "PARLIAMENT_SYNC": "off",
        "LOG_LEVEL": "WARNING",
    }


def prepare(environment: dict[str, str]) -> bool:
    """Bring the database up to date, and fill it if it is empty."""
    seed = [sys.executable, "manage.py", "seed_demo"]
    done = subprocess.run(seed, cwd=ROOT, env=environment, start_new_session=True, preexec_fn=end_with_parent)
    if done.returncode:
        print("The demo does not start: making its data failed, and what manage.py said is above.")
        print("make demo-reset throws the data away and begins again.")
    return not done.returncode


def commands(port: int) -> dict[str, list[str]]:
    server = ["--bind", f"127.0.0.1:{port}", "--threads", "8", "--log-level", "warning"]
    return {
        "web server": ["-m", "gunicorn", "mpcrm.wsgi", *server, "--no-control-socket"],
        "tick": ["manage.py", "tick", "--loop"],
    }


def group_of(children: dict[str, subprocess.Popen[bytes]]) -> int:
    """The process group of all children, which is that of the first; 0 before there is one: a new group."""
    return next((child.pid for child in children.values()), 0)


def answers(port: int, children: dict[str, subprocess.Popen[bytes]]) -> bool:
    """Wait until the web server answers; give up when a child has ended or the time is over."""
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and all(child.poll() is None for child in children.values()):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return True
    return False


def watch(children: dict[str, subprocess.Popen[bytes]]) -> int:
    """Wait for ever; give 1 as soon as a child has ended, or make has."""
    parent = os.getppid()
    while os.getppid() == parent:
        for name, child in children.items():
            if child.poll() is not None:
                print(
                    f"The {name} ended by itself (status {child.returncode}), so the demo stops.", flush=True
                )
                return 1
        time.sleep(0.3)
    return 1


def end(children: dict[str, subprocess.Popen[bytes]]) -> None:
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    for child in children.values():
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + SECONDS_TO_STOP
    for child in children.values():
        with suppress(subprocess.TimeoutExpired):
            child.wait(max(0.1, deadline - time.monotonic()))
    if children:
        with suppress(ProcessLookupError):  # the whole group has ended, as it should
            os.killpg(group_of(children), signal.SIGKILL)


def end_with_parent() -> None:
    """Asked of Linux by a child: to be told to stop even when this process is killed and cannot say so."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def stop(*_: object) -> None:
    raise Stopped


def take_the_terminal() -> None:
    """Become the terminal's foreground process group, so that Ctrl-C reaches the demo and not make,
    which would report the interrupt as an error."""
    if not sys.stdin.isatty() or os.tcgetpgrp(0) != os.getpgrp():
        return
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpgrp())


def welcome(port: int) -> str:
    lines = [
        "",
        "mpcrm is running. Everything in it is fictional.",
        "",
        f"    http://127.0.0.1:{port}/",
        "",
        f"Sign in as any of these, with the password {PASSWORD}",
        "",
        *(f"    {person.email:<32} {person.role}: {person.does}" for person in SIGN_INS),
        "",
        "Ctrl-C stops it. What you change is kept; make demo-reset begins again.",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
