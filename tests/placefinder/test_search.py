"""What may be asked, and what is loosened when nothing fits."""

from datetime import time
from uuid import uuid4

import pytest

from geo.points import LonLat
from placefinder.errors import SearchError
from placefinder.search import Box, SearchRequest, widened

HERE = LonLat(142.9, 43.5)


@pytest.mark.parametrize(
    ("field", "asked"),
    [
        ("limit", {"limit": 101}),
        ("limit", {"limit": 0}),
        ("age", {"age": 121}),
        ("weekday", {"weekday": 8}),
        ("radius_m", {"radius_m": 50_001}),
        ("price_max", {"price_max": -1}),
        ("name", {"name": ""}),
        ("time_to", {"time_from": time(9)}),
        ("time_to", {"time_from": time(12), "time_to": time(9)}),
        ("profile", {"profile": "horse"}),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(field: str, asked: dict[str, object]) -> None:
    with pytest.raises(SearchError) as refused:
        SearchRequest(**asked)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_a_time_without_a_weekday_is_asked_for_on_all_seven() -> None:
    asked = SearchRequest(time_from=time(9), time_to=time(12)).minutes_asked
    assert len(asked) == 7
    assert asked[6] == (6 * 1440 + 540, 6 * 1440 + 720)


def test_a_weekday_alone_asks_for_no_time() -> None:
    assert SearchRequest(weekday=4).minutes_asked == ()


def test_neighbours_come_before_longer_ways_and_wishes_fall_one_by_one() -> None:
    request = SearchRequest(near=HERE, district_id=uuid4(), needs=("step_free",), price_max=0, weekday=2, age=70)
    steps = list(widened(request))
    assert [done[-1] for done, _ in steps] == [
        "neighbours",
        "farther",
        "without_needs",
        "without_price",
        "without_time",
    ]
    assert all(looser.age == 70 for _, looser in steps)


def test_nothing_is_loosened_where_nothing_was_asked() -> None:
    assert list(widened(SearchRequest(municipality_code="131016"))) == []


@pytest.mark.parametrize("edges", [(2, 0, 1, 1), (0, 2, 1, 1), (0, 0, 181, 1), (float("nan"), 0, 1, 1)])
def test_a_box_must_have_an_inside(edges: tuple[float, float, float, float]) -> None:
    with pytest.raises(SearchError, match="bbox"):
        Box(*edges)
