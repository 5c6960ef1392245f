from __future__ import annotations

import pytest

from tests.contacts.lists import CODES, Importer, is_all_there_is


@pytest.fixture
def importer(db, tmp_path):
    """`import_mps` on made-up lists, written to files in a folder of the test's own."""
    return Importer(tmp_path)


@pytest.fixture(autouse=True)
def _small_house(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A House of 65 seats, but for real lists and for what is marked `whole_house`."""
    if not any(request.node.get_closest_marker(name) for name in ("real_data", "whole_house")):
        is_all_there_is(CODES, monkeypatch)
