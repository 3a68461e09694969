"""The map on the sheet: whatever the places, no label lies on another one, on a dot or beside the paper."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prescribing.sheet_map import HEIGHT, SCALE, WIDTH, Box, Drawing, Spot, draw, short, text_width

LON, LAT = 143.0, 43.5
near = st.floats(-0.03, 0.03, allow_nan=False)
names = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=40)


@st.composite
def spots(draw_one: st.DrawFn, least: int, most: int, *, numbered: bool) -> list[Spot]:
    """Some of them at the very same door."""
    doors = draw_one(st.lists(st.tuples(near, near), min_size=1, max_size=most))
    count = draw_one(st.integers(least, most))
    chosen = [draw_one(st.sampled_from(doors)) for _ in range(count)]
    return [Spot(LON + x, LAT + y, draw_one(names), n if numbered else None) for n, (x, y) in enumerate(chosen, 1)]


def boxes_are_apart(drawing: Drawing) -> None:
    for one, other in combinations(drawing.labels, 2):
        assert not one.box.touches(other.box), (one, other)
    for label in drawing.labels:
        assert label.box.inside, label
        assert not label.box.touches(SCALE), label


@given(spots(1, 3, numbered=True), spots(0, 6, numbered=False))
def test_no_label_touches_another_one_and_all_are_on_the_paper(places: list[Spot], schools: list[Spot]) -> None:
    drawing = draw(places, schools)
    assert drawing is not None
    boxes_are_apart(drawing)
    assert [label.number for label in drawing.labels if label.number] == [one.number for one in places]


@given(spots(1, 3, numbered=True), spots(0, 6, numbered=False))
def test_every_place_is_on_the_paper_where_it_truly_is(places: list[Spot], schools: list[Spot]) -> None:
    drawing = draw(places, schools)
    assert drawing is not None
    for label in drawing.labels:
        assert 0 <= label.x <= WIDTH
        assert 0 <= label.y <= HEIGHT
        own = Box(label.x - 7, label.y - 7, 14, 14)
        assert not label.box.touches(own), "a label hides what it names"


def test_a_label_that_was_moved_away_is_tied_to_its_place() -> None:
    drawing = draw(
        [Spot(LON, LAT, "おなじ戸口のサロン", number) for number in (1, 2, 3)], [Spot(LON, LAT, "中央小学校")]
    )
    assert drawing is not None
    boxes_are_apart(drawing)
    assert len(drawing.labels) == 4


def test_north_is_above_and_east_is_right() -> None:
    drawing = draw([Spot(LON, LAT, "南西", 1), Spot(LON + 0.01, LAT + 0.01, "北東", 2)], [])
    assert drawing is not None
    south_west, north_east = drawing.labels
    assert south_west.x < north_east.x
    assert south_west.y > north_east.y


@pytest.mark.parametrize("metres", [0.0005, 0.002, 0.03])
def test_the_scale_bar_says_its_true_length(metres: float) -> None:
    drawing = draw([Spot(LON, LAT, "a", 1), Spot(LON, LAT + metres, "b", 2)], [])
    assert drawing is not None
    first, second = drawing.labels
    units = abs(first.y - second.y)
    assert units / drawing.bar * drawing.bar_m == pytest.approx(metres * 111_195, rel=0.01)
    assert drawing.bar <= WIDTH / 3


def test_nothing_is_drawn_without_places() -> None:
    assert draw([], [Spot(LON, LAT, "中央小学校")]) is None


def test_a_shape_that_is_none_is_no_path() -> None:
    drawing = draw([Spot(LON, LAT, "a", 1)], [], {"type": "Point", "coordinates": [1, 2]}, [None])
    assert drawing is not None
    assert (drawing.own, drawing.others) == ("", ())


def test_a_long_name_is_shortened_and_its_width_never_underrated() -> None:
    assert short("とてもながいなまえのあつまり") == "とてもながいなまえ…"
    assert text_width("あい") > text_width("ai")
