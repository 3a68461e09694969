import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.reach import PROFILES, Mobility, Way, estimated_way, likelihood, minutes, straight_line_within

MOBILITIES = st.sampled_from(sorted(PROFILES))
METRES = st.floats(0, 100_000)


def test_half_of_the_people_still_go_at_the_distance_of_their_profile() -> None:
    assert {m: PROFILES[m].d50_m for m in ("frail", "75+", "65-74", "adult", "bicycle")} == {
        "frail": 250,
        "75+": 400,
        "65-74": 600,
        "adult": 800,
        "bicycle": 1500,
    }
    for mobility, profile in PROFILES.items():
        assert likelihood(Way(profile.d50_m, "network"), mobility) == 0.5


def test_where_no_network_is_loaded_ways_are_longer_than_the_straight_line_and_it_is_said() -> None:
    way = estimated_way(1000)
    assert way.metres == 1300
    assert "1.3" in (way.note_ja or "")
    assert Way(1300, "network").note_ja is None


@given(METRES, METRES, MOBILITIES)
def test_fewer_people_go_further(one: float, other: float, mobility: Mobility) -> None:
    near, far = sorted((one, other))
    assert 0 <= likelihood(estimated_way(far), mobility) <= likelihood(estimated_way(near), mobility) <= 1


@given(st.floats(0.1, 300), MOBILITIES)
def test_minutes_and_metres_are_one_another_backwards(time: float, mobility: Mobility) -> None:
    assert minutes(estimated_way(straight_line_within(time, mobility)), mobility) == pytest.approx(time)


@pytest.mark.parametrize("metres", [-1.0, float("nan")])
def test_a_distance_that_is_none_is_refused(metres: float) -> None:
    with pytest.raises(ValueError, match="metres"):
        estimated_way(metres)
