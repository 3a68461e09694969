"""What follows from somebody having come, or not: the rules alone."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prescribing.attendance import (
    CONFIRMING,
    RECORDED_IN,
    TELLERS,
    Telling,
    check_day,
    contradictions,
    days_attended,
    step_after,
)
from prescribing.errors import InputRefused, MoveRefused
from prescribing.journey import MOVES, STATES, state_after

DAY = date(2026, 11, 24)
TELLINGS = st.builds(Telling, st.dates(DAY - timedelta(60), DAY), st.booleans(), st.sampled_from(TELLERS))


@pytest.mark.parametrize("state", ["place_accepted", "booked", "no_show"])
def test_the_first_time_somebody_comes_is_an_attendance(state: str) -> None:
    assert step_after(state, DAY, Telling(DAY, True, "place"), [DAY]) == "attend"


def test_a_second_day_is_taking_part_and_the_same_day_told_twice_is_not() -> None:
    earlier = DAY - timedelta(14)
    assert step_after("attended_once", None, Telling(DAY, True, "worker"), [earlier, DAY]) == "go_on"
    assert step_after("attended_once", None, Telling(DAY, True, "slip"), [DAY]) is None


def test_not_coming_on_the_booked_day_is_a_miss_and_on_an_earlier_one_is_not() -> None:
    assert step_after("booked", DAY, Telling(DAY, False, "place"), []) == "miss"
    assert step_after("booked", DAY, Telling(DAY - timedelta(7), False, "place"), []) is None


def test_what_the_person_alone_says_moves_nothing() -> None:
    assert step_after("booked", DAY, Telling(DAY, True, "self"), []) is None
    assert days_attended([Telling(DAY, True, "self")]) == []


@pytest.mark.parametrize("state", sorted(set(STATES) - set(RECORDED_IN)))
def test_nobody_came_anywhere_before_a_place_accepted_or_after_it_is_over(state: str) -> None:
    with pytest.raises(MoveRefused):
        step_after(state, None, Telling(DAY, True, "place"), [DAY])


@given(st.sampled_from(RECORDED_IN), TELLINGS, st.lists(TELLINGS))
def test_every_step_that_follows_is_one_the_journey_has(state: str, new: Telling, before: list[Telling]) -> None:
    step = step_after(state, DAY, new, days_attended([*before, new]))
    if step is not None:
        assert new.told_by in CONFIRMING
        assert state in MOVES[step].from_states
        assert state_after(state, step, "link_worker") in STATES


@given(st.lists(TELLINGS))
def test_days_are_counted_once_and_disagreement_is_about_days_somebody_came(tellings: list[Telling]) -> None:
    days = days_attended(tellings)
    assert days == sorted(set(days))
    assert set(contradictions(tellings)) <= {one.held_on for one in tellings if one.came}


def test_only_days_of_the_past_year_can_be_told() -> None:
    check_day(DAY, DAY)
    for wrong in (DAY + timedelta(1), DAY - timedelta(367)):
        with pytest.raises(InputRefused):
            check_day(wrong, DAY)
