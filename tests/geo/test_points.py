import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import PositionError
from geo.points import (
    EAST,
    NORTH,
    SOUTH,
    TOKYO_DATUM_ACCURACY_M,
    WEST,
    LonLat,
    distance_m,
    from_tokyo_datum,
    in_japan,
    is_swapped,
    rounded,
    tokyo_datum_suspected,
)

points = st.builds(LonLat, st.floats(WEST, EAST), st.floats(SOUTH, NORTH))
TOKYO_STATION = LonLat(139.7671, 35.6812)


@pytest.mark.parametrize(("lon", "lat"), [(139.7, 35.6), (153.98, 24.28), (123.0, 24.45), (136.08, 20.42)])
def test_japan_reaches_to_its_remotest_islands(lon: float, lat: float) -> None:
    assert LonLat(lon, lat).lat == lat


@pytest.mark.parametrize(
    ("lon", "lat", "words"),
    [(math.nan, 35, "finite"), (139, math.inf, "finite"), (35.6, 139.7, "swapped"), (0, 0, "not in Japan")],
)
def test_an_unusable_position_is_refused_without_telling_where_it_was(lon: float, lat: float, words: str) -> None:
    with pytest.raises(PositionError, match=words) as refused:
        LonLat(lon, lat)
    assert "35.6" not in str(refused.value)


@given(st.floats(), st.floats())
def test_a_pair_is_never_both_in_japan_and_swapped(lon: float, lat: float) -> None:
    assert not (in_japan(lon, lat) and is_swapped(lon, lat))


@given(points)
def test_rounding_moves_a_point_by_less_than_100_m_and_only_once(point: LonLat) -> None:
    assert distance_m(point, rounded(point)) < 100
    assert rounded(rounded(point)) == rounded(point)


def test_distances_are_metres_on_the_ground() -> None:
    assert distance_m(TOKYO_STATION, LonLat(139.7671, 35.6902)) == pytest.approx(998.6, abs=1)


def test_the_tokyo_datum_lies_some_400_m_off() -> None:
    # 日本経緯度原点: both coordinates as the Geospatial Information Authority publishes them
    old, new = LonLat(139.744594, 35.655081), LonLat(139.741357, 35.658099)
    assert distance_m(old, new) > 400
    assert distance_m(from_tokyo_datum(old), new) < TOKYO_DATUM_ACCURACY_M * 4


@given(st.lists(st.floats(-0.003, 0.003), min_size=30, max_size=30))
def test_a_list_in_the_tokyo_datum_is_suspected_and_one_in_jgd_is_not(noise: list[float]) -> None:
    given_points = [LonLat(139.7 + i / 100, 35.6 + i / 100) for i in range(30)]
    quiet = [LonLat(p.lon + n / 10, p.lat - n / 10) for p, n in zip(given_points, noise, strict=True)]
    assert tokyo_datum_suspected([(p, from_tokyo_datum(q)) for p, q in zip(given_points, quiet, strict=True)])
    assert not tokyo_datum_suspected(zip(given_points, quiet, strict=True))


def test_a_few_rows_prove_no_datum() -> None:
    pairs = [(TOKYO_STATION, from_tokyo_datum(TOKYO_STATION))]
    assert not tokyo_datum_suspected(pairs * 9)
    assert tokyo_datum_suspected(pairs * 10)
