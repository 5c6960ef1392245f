"""The answers that the tests' server builds have the shapes that the API's own description gives."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.contacts.lists import ELECTION
from tests.parliament.server import RECORDED, Body, Parliament, Recordings

pytestmark = pytest.mark.real_data

KINDS = {"integer": int, "string": str, "boolean": bool, "array": list, "object": dict}


def description(path: str = "/Members") -> dict[str, Any]:
    """Of the API that has this path."""
    name = "committees" if path.startswith("/Committees") else "members"
    return json.loads((RECORDED.parent / "openapi" / f"{name}.json").read_text())


def wrong(  # noqa: PLR0911 - one return per kind of value
    value: Any, schema: dict[str, Any], api: dict[str, Any], where: str = ""
) -> list[str]:
    """Where a value departs from its schema: other keys, other types, null where that may not be."""
    if value is None:
        return [] if schema.get("nullable") else [f"{where} is null"]
    for inner in schema.get("allOf", []):
        return wrong(value, inner, api, where)
    if "$ref" in schema:
        return wrong(value, api["components"]["schemas"][schema["$ref"].rpartition("/")[2]], api, where)
    kind = KINDS[schema["type"]]
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        return [f"{where} is {value!r}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{where} is {value!r}"]
    if kind is list:
        return [f for n, item in enumerate(value) for f in wrong(item, schema["items"], api, f"{where}[{n}]")]
    if kind is dict:
        known = schema.get("properties", {})
        found = [f"{where}.{key} is not described" for key in value.keys() - known.keys()]
        return found + [
            f
            for key in value.keys() & known.keys()
            for f in wrong(value[key], known[key], api, f"{where}.{key}")
        ]
    return []


FIRST_20 = {"Skip": ["0"], "Take": ["20"]}
CASES = [
    ("/Members/Search", "/Members/Search", {}),
    ("/Members/History", "/Members/History", {"ids": ["1000", "1001"]}),
    ("/Members/1000", "/Members/{id}", {}),
    ("/Members/1001", "/Members/{id}", {}),
    ("/Posts/GovernmentPosts", "/Posts/GovernmentPosts", {}),
    ("/Posts/OppositionPosts", "/Posts/OppositionPosts", {}),
    ("/Posts/SpeakerAndDeputies/2026-03-02", "/Posts/SpeakerAndDeputies/{forDate}", {}),
    ("/Members/1000/Biography", "/Members/{id}/Biography", {}),
    ("/Members/1000/Contact", "/Members/{id}/Contact", {}),
    ("/Location/Constituency/Search", "/Location/Constituency/Search", {}),
    ("/Parties/StateOfTheParties/1/2026-03-02", "/Parties/StateOfTheParties/{house}/{forDate}", {}),
    ("/Committees", "/Committees", FIRST_20),
    ("/Committees/17/Members", "/Committees/{id}/Members", FIRST_20),
]


@pytest.mark.parametrize(("path", "described", "query"), CASES)
def test_built_answers_are_as_described(path, described, query):
    api, parliament = description(described), Parliament.made_up()
    parliament.committees = [Body(17, "Vale Committee", {1000: [("Chair", ELECTION, None)]})]
    first = parliament.mps[0]
    first.is_suspended, first.email = True, "ada@vale.example"
    first.posts = {
        "governmentPosts": [("Minister", 1, "2024-07-05", None, "Department for Ink")],
        "oppositionPosts": [("Shadow Minister", 2, "2024-07-05", "2025-01-02", None)],
        "otherPosts": [("Deputy Speaker", 3, "2024-07-23", None, None)],
    }
    parliament.vacate(parliament.seats[1])

    answer = parliament.answer(path, query)

    assert wrong(answer, schema_of(api, described), api) == []
    assert any(sign in json.dumps(answer).lower() for sign in ("vale", "labour", "chair"))


@pytest.mark.parametrize(
    ("path", "described"),
    [
        *((path, described) for path, described, _ in CASES[:2]),
        ("/Members/1581", "/Members/{id}"),
        ("/Members/4514/Biography", "/Members/{id}/Biography"),
        ("/Members/4514/Contact", "/Members/{id}/Contact"),
        ("/Location/Constituency/Search", "/Location/Constituency/Search"),
        ("/Parties/StateOfTheParties/1/2024-11-28", "/Parties/StateOfTheParties/{house}/{forDate}"),
    ],
)
def test_recorded_answers_are_as_described(path, described):
    """If these departed from the description, it would be no guide to what was not recorded."""
    api = description()
    answer = Recordings().answers[path]
    if isinstance(answer, dict):
        answer.pop("comment", None)  # whoever kept the record wrote that

    assert wrong(answer, schema_of(api, described), api) == []


def test_a_departure_is_found():
    api = description()
    answer = {"value": Parliament.made_up().mps[0].value(), "links": []}
    answer["value"] |= {"id": "1000", "nick": "Ada"}
    answer["value"]["latestHouseMembership"]["house"] = 3

    found = wrong(answer, schema_of(api, "/Members/{id}"), api)

    assert sorted(found) == [
        ".value.id is '1000'",
        ".value.latestHouseMembership.house is 3",
        ".value.nick is not described",
    ]


def schema_of(api: dict[str, Any], path: str) -> dict[str, Any]:
    return api["paths"][f"/api{path}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
