from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from functools import cache

import pytest

from contacts.models import MP, Party, PartySpell, SeatHolding
from tests.contacts.conftest import _small_house
from tests.contacts.lists import ALL_CODES, CODES, ELECTION, Importer
from tests.factories import ConstituencyFactory
from tests.parliament.server import Parliament, Recordings, Server, serving
from tests.parliament.world import make_one_party_known, make_seats

__all__ = ["_small_house"]  # the fixture

read_once = cache(ssl.create_default_context)


@pytest.fixture(autouse=True)
def _certificates_are_read_once(monkeypatch) -> None:
    """A client reads all authorities' certificates, which takes longer than all it asks in most tests."""
    monkeypatch.setattr(ssl, "create_default_context", read_once)


@pytest.fixture
def serve(settings) -> Iterator[Callable[[Parliament | Recordings], Server]]:
    """Start a server of these answers, which is then both of Parliament's APIs."""
    with ExitStack() as stack:

        def start(source: Parliament | Recordings) -> Server:
            server = stack.enter_context(serving(source))
            settings.PARLIAMENT_APIS = {"members": server.address, "committees": server.address}
            return server

        yield start


@pytest.fixture
def importer(db, tmp_path) -> Importer:
    """`import_mps` on made-up lists, as in the tests of imports."""
    return Importer(tmp_path)


@pytest.fixture
def seats(db):
    make_seats()
    make_one_party_known()


@pytest.fixture
def parliament(request: pytest.FixtureRequest) -> Parliament:
    is_whole = request.node.get_closest_marker("whole_house")
    return Parliament.made_up(ALL_CODES if is_whole else CODES)


@pytest.fixture
def server(serve, parliament) -> Server:
    """A Parliament of made-up MPs: a tenth of it, but for what is marked `whole_house`."""
    return serve(parliament)


@pytest.fixture
def mps(parliament, server, settings) -> list[MP]:
    """Who sits, recorded here, with nothing known of posts; all can be asked about in a night."""
    settings.PARLIAMENT_MPS_A_NIGHT = len(parliament.mps)
    parties = {name: Party.objects.create(name=name) for name in {each.party for each in parliament.mps}}
    found = []
    for each in parliament.mps:
        mp = MP.objects.create(parliament_id=each.id, name=each.name, sort_name=each.name)
        seat = ConstituencyFactory(name=each.seat)
        SeatHolding.objects.create(mp=mp, constituency=seat, started_on=date.fromisoformat(ELECTION))
        PartySpell.objects.create(mp=mp, party=parties[each.party], started_on=ELECTION)
        found.append(mp)
    return found
