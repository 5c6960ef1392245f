"""Hexes and outlines as SVG paths."""

from __future__ import annotations

import pytest

from overview.drawing import Hex, Outline, around, draw_hexes, draw_outlines, lines_of, middle_of, view_of


@pytest.mark.parametrize(
    ("at", "beside"),
    [
        (Hex(5, 2), {(4, 2), (6, 2), (4, 3), (5, 3), (4, 1), (5, 1)}),
        (Hex(5, 3), {(4, 3), (6, 3), (5, 4), (6, 4), (5, 2), (6, 2)}),
        (Hex(5, -3), {(4, -3), (6, -3), (5, -2), (6, -2), (5, -4), (6, -4)}),
    ],
)
def test_a_hex_has_six_beside_it_whichever_row_it_stands_in(at, beside):
    assert around([at]) == beside | {at}


@pytest.mark.parametrize("at", [Hex(5, 2), Hex(5, 3), Hex(-5, -3)])
def test_hexes_beside_each_other_are_drawn_beside_each_other(at):
    hexes = dict(enumerate(sorted(around([at]))))
    drawn = draw_hexes(hexes).drawn
    middle = next(each for each in drawn if hexes[each.seat] == at)

    distances = {
        round(((each.x - middle.x) ** 2 + (each.y - middle.y) ** 2) ** 0.5)
        for each in drawn
        if each is not middle
    }

    assert distances == {104}


def test_rows_run_upwards_and_all_is_within_the_picture():
    picture = draw_hexes({1: Hex(60, -40), 2: Hex(60, -39)})
    lower, upper = picture.drawn

    assert upper.y < lower.y
    assert all(0 < each.x < picture.width and 0 < each.y < picture.height for each in picture.drawn)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Bath", ["Bath"]),
        ("Northmoor East and Harrowdale", ["Northmoor East", "and Harrowdale"]),
        ("Montgomeryshire and Glyndŵr", ["Montgomeryshire", "and Glyndŵr"]),
        ("Inverness, Skye and West Ross-shire", ["Inverness,", "Skye and West", "Ross-shire"]),
        (
            "One Two Three Four Five Six Seven Eight Nine Ten",
            ["One Two Three", "Four Five Six", "Seven Eight …"],
        ),
    ],
)
def test_a_name_is_broken_into_the_lines_of_a_hex(name, lines):
    assert lines_of(name) == lines


SQUARE = Outline(
    -10_000,
    520_000,
    -9_000,
    521_000,
    [[-10_000, 520_000, -9_000, 520_000, -9_000, 521_000, -10_000, 521_000]],
)


def test_the_view_looks_a_little_beyond_ours():
    assert view_of([SQUARE]) == (-10_120, 519_880, -8_880, 521_120)


def test_an_outline_is_drawn_north_up_and_as_wide_as_it_is_there():
    picture = draw_outlines({1: SQUARE}, view_of([SQUARE]))
    [drawn] = picture.drawn

    # At 52 degrees north a degree of longitude is 0.616 of one of latitude.
    assert picture.height == 900
    assert 0.61 < picture.width / picture.height < 0.62
    assert (round(drawn.x - picture.width / 2), drawn.y) == (0, 450.0)
    first, second = drawn.path.removeprefix("M").removesuffix("Z").split(" ")[:2]
    assert first.split(",")[1] == second.split(",")[1]
    assert float(first.split(",")[0]) < float(second.split(",")[0])
    assert float(first.split(",")[1]) > 450


def test_islands_are_drawn_in_one_path_and_the_label_stands_in_the_largest():
    [ring] = SQUARE.rings
    islet = [number + (2_000 if place % 2 == 0 else 0) for place, number in enumerate(ring)]
    islet = [number if place % 2 else -7_000 + (number + 8_000) // 10 for place, number in enumerate(islet)]
    outline = SQUARE._replace(east=-6_000, rings=[islet, ring])

    [drawn] = draw_outlines({1: outline}, view_of([SQUARE])).drawn

    assert drawn.path.count("M") == 2
    assert drawn.y == 450.0


def test_the_middle_of_a_line_is_the_middle_of_its_points():
    assert middle_of([(0, 0), (2, 2), (4, 4)]) == (2, 2)
