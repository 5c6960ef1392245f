from __future__ import annotations

import pytest

from tests.contacts.lists import Importer


@pytest.fixture
def importer(db, tmp_path):
    """`import_mps` on made-up lists, written to files in a folder of the test's own."""
    return Importer(tmp_path)
