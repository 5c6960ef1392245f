"""`make demo`: starts, keeps its data, stops cleanly on Ctrl-C, and says why when it cannot start."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif("postgres" in settings.DATABASES["default"]["ENGINE"], reason="runs on SQLite only"),
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for processes in /proc"),
]

# A terminal of its own for the command, whose keyboard is this process's standard input.
IN_A_TERMINAL = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"
CTRL_C = b"\x03"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def demo(folder: Path, port: int, *command: str):
    """`make demo` in a terminal; what it prints goes to a file."""
    output = folder.parent / f"{folder.name}-{port}.txt"
    environment = {**os.environ, "PORT": str(port), "DEMO_FOLDER": str(folder)}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-c", IN_A_TERMINAL, *(command or ("make", "demo"))],
            cwd=settings.BASE_DIR,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process, output
    finally:
        for pid in running(folder):
            os.kill(pid, signal.SIGKILL)
        process.kill()
        process.wait()
        process.stdin.close()


def running(folder: Path) -> dict[int, str]:
    """Processes that were started with this demo's folder, by id."""
    found = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            environment = (path / "environ").read_bytes()
            command = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if f"DEMO_FOLDER={folder}\0".encode() in environment and "pty.spawn" not in command:
            found[int(path.name)] = command
    return found


def wait_for(text: str, output: Path, process: subprocess.Popen, seconds: int = 500) -> str:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        said = output.read_text(errors="replace")
        if text in said:
            return said
        assert process.poll() is None, said
        time.sleep(0.1)
    raise AssertionError(f"“{text}” was not said:\n{output.read_text(errors='replace')}")


def press_ctrl_c(process: subprocess.Popen) -> int:
    process.stdin.write(CTRL_C)
    process.stdin.flush()
    return process.wait(timeout=9)  # less than the runner gives its processes before it kills them


def begin_again(folder: Path) -> subprocess.CompletedProcess:
    """`make demo-reset` at another port, beside a demo that runs."""
    return subprocess.run(
        [sys.executable, "scripts/demo.py", "--reset"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "PORT": str(free_port()), "DEMO_FOLDER": str(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


@pytest.mark.slow(seconds=40)
def test_demo_starts_over_keeps_its_data_and_leaves_nothing_however_it_ends(tmp_path):
    """One test, since the year that a demo begins with takes longer to make than all of this."""
    folder = tmp_path / "demo"
    folder.mkdir()
    starts_over_and_stops_on_ctrl_c(folder)
    keeps_its_data_and_leaves_nothing_when_killed(folder)
    for victim in ("gunicorn", "tick"):
        all_stop_when_one_dies(folder, victim)


def starts_over_and_stops_on_ctrl_c(folder: Path) -> None:
    """Ctrl-C reaches the runner alone: a gunicorn worker that hears it from the terminal and from its master
    as well can lock up."""
    port = free_port()
    (folder / "mpcrm.sqlite3").write_text("what an earlier demo left")
    with demo(folder, port, "make", "demo-reset") as (process, output):
        said = wait_for("Ctrl-C stops it", output, process)
        page = urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10).read().decode()
        groups = {command: os.getpgid(pid) for pid, command in running(folder).items()}
        status = press_ctrl_c(process)

        assert f"http://127.0.0.1:{port}/" in said
        assert len(re.findall(r"@northmoor\.example", said)) == 5
        assert "priya.nair@northmoor.example" in page
        assert status == 0, output.read_text()
        assert "Traceback" not in output.read_text()
        assert running(folder) == {}
    runner = next(group for command, group in groups.items() if "scripts/demo.py" in command)
    others = [group for command, group in groups.items() if "gunicorn" in command or "tick" in command]
    assert len(others) == 2  # the gunicorn master and its worker have one command line
    assert len(set(others)) == 1
    assert runner not in others


def keeps_its_data_and_leaves_nothing_when_killed(folder: Path) -> None:
    database = folder / "mpcrm.sqlite3"
    made = database.stat().st_ino
    with demo(folder, free_port()) as (process, output):
        wait_for("There is data here already", output, process)
        wait_for("Ctrl-C stops it", output, process)
        another = begin_again(folder)
        [runner] = [pid for pid, command in running(folder).items() if "python scripts/demo.py" in command]
        os.kill(runner, signal.SIGKILL)
        process.wait(timeout=9)

        assert another.returncode == 1
        assert f"A demo is running with the data in {folder}. Stop it first" in another.stdout
        assert database.stat().st_ino == made
        deadline = time.monotonic() + 9
        while running(folder) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert running(folder) == {}


def all_stop_when_one_dies(folder: Path, victim: str) -> None:
    with demo(folder, free_port()) as (process, output):
        wait_for("Ctrl-C stops it", output, process)
        os.kill(min(pid for pid, command in running(folder).items() if victim in command), signal.SIGKILL)

        assert process.wait(timeout=20) != 0
        assert "ended by itself" in output.read_text()
        assert running(folder) == {}


def test_taken_port_is_named_with_another_to_choose(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with demo(tmp_path, port) as (process, output):
            assert process.wait(timeout=60) != 0
            said = output.read_text()

    assert f"Port {port} is taken" in said
    assert f"make demo PORT={port + 1}" in said
    assert "Traceback" not in said
