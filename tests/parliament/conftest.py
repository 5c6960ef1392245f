from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.contacts.lists import Importer
from tests.parliament.server import Parliament, Recordings, Server, serving


@pytest.fixture
def serve(settings) -> Iterator[Callable[[Parliament | Recordings], Server]]:
    """Start a server of these answers, which is then the Members API."""
    with ExitStack() as stack:

        def start(source: Parliament | Recordings) -> Server:
            server = stack.enter_context(serving(source))
            settings.PARLIAMENT_APIS = {"members": server.address}
            return server

        yield start


@pytest.fixture
def importer(db, tmp_path) -> Importer:
    """`import_mps` on made-up lists, as in the tests of imports."""
    return Importer(tmp_path)


@pytest.fixture
def parliament() -> Parliament:
    return Parliament.made_up()


@pytest.fixture
def server(serve, parliament) -> Server:
    """A Parliament of 650 made-up MPs."""
    return serve(parliament)
