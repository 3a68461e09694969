"""Cells of real lists as values; unknown stays unknown."""

import pytest

from placefinder.intake.cells import (
    Reading,
    count_of,
    is_vague,
    read_ages,
    read_municipality,
    read_point,
    read_yen,
)
from placefinder.intake.tables import Row


def _reading(**cells: str) -> Reading:
    return Reading(Row(7, tuple(cells.values()), tuple(cells.values()), {name: i for i, name in enumerate(cells)}))


@pytest.mark.parametrize(
    ("text", "yen"),
    [
        ("300円", 300),
        ("無料", 0),
        ("100.0", 100),
        ("1,000円", 1000),
        ("0", 0),
        ("大人は応相談", None),
        ("300円～500円", None),
        ("", None),
    ],
)
def test_a_price_is_a_number_only_where_it_is_nothing_else(text, yen):
    assert read_yen(text) == yen


@pytest.mark.parametrize(
    ("text", "ages"),
    [
        ("0歳～2歳", (0, 2)),
        ("65歳以上", (65, None)),
        ("18歳未満", (None, 17)),
        ("18歳以下", (None, 18)),
        ("どなたでも", (None, None)),
        ("小学生", (None, None)),
    ],
)
def test_ages_are_read_from_plain_words_only(text, ages):
    assert read_ages(text) == ages


def test_swapped_coordinates_are_put_right_and_said_so():
    reading = _reading(緯度="139.7", 経度="35.6")
    point = read_point(reading, "緯度", "経度")
    assert point is not None
    assert (point.lon, point.lat) == (139.7, 35.6)
    assert [finding.rule for finding in reading.findings] == ["position_swapped"]


@pytest.mark.parametrize("pair", [("0", "0"), ("35.6", "x"), ("35,6", ""), ("95", "500"), ("nan", "inf")])
def test_unusable_coordinates_are_set_aside_with_a_note(pair):
    reading = _reading(緯度=pair[0], 経度=pair[1])
    assert read_point(reading, "緯度", "経度") is None
    assert len(reading.findings) == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("13113", "131130"),
        ("131130", "131130"),
        ("131130.0", "131130"),
        ("1100", "011002"),
        ("１３１１３０", "131130"),
        ("131131", None),
    ],
)
def test_a_municipality_code_is_completed_or_set_aside(text, code):
    reading = _reading(コード=text)
    assert read_municipality(reading, "コード") == code
    assert bool(reading.findings) == (code is None)


def test_an_address_that_says_near_is_vague():
    assert is_vague("北品川１丁目周辺")
    assert not is_vague("北品川1-2-3")


def test_a_capacity_is_a_plain_number():
    assert (count_of("30人"), count_of("30名程度")) == (30, None)
