"""What each figure counts, worked out by hand."""

from datetime import date, timedelta

import pytest
from uptake_town import AS_OF, BY_HAND, COURSES

from prescribing.uptake.definitions import STAGES, Course, Figure, counted, figures, sustained


@pytest.mark.parametrize("stage", [stage.stage for stage in STAGES])
def test_a_figure_is_what_was_worked_out_by_hand(stage: str) -> None:
    assert figures(COURSES.values(), AS_OF)[stage] == BY_HAND[stage]


FIRST = date(2026, 1, 1)


@pytest.mark.parametrize(("day", "yes"), [(46, False), (47, True), (90, True), (104, True), (105, False)])
def test_sustained_looks_at_the_thirty_days_before_and_fourteen_more_on_both_sides(day: int, yes: bool) -> None:
    assert sustained(Course(FIRST, FIRST, days=(FIRST, FIRST + timedelta(day))), 90) is yes


def test_of_a_monthly_activity_two_of_the_last_three_sessions_suffice() -> None:
    def came(*on: int, held: tuple[int, ...]) -> bool:
        days, sessions = ([FIRST + timedelta(one) for one in some] for some in (on, held))
        return sustained(Course(FIRST, FIRST, days=tuple(days), monthly=True, sessions=tuple(sessions)), 90)

    assert came(0, 10, 44, held=(0, 10, 44))
    assert not came(0, 10, 44, held=(0, 10, 44, 75, 100))
    assert not came(0, 44, held=(0, 10, 44))


def test_nobody_counts_before_the_window_is_over() -> None:
    one = Course(FIRST, FIRST, sent_on=FIRST, days=(FIRST,))
    stage = next(stage for stage in STAGES if stage.stage == "uptake_42")
    assert counted(stage, one, FIRST + timedelta(41)) == Figure(waiting=1)
    assert counted(stage, one, FIRST + timedelta(42)) == Figure(1, 1)
    assert counted(stage, Course(FIRST), FIRST + timedelta(100)) == Figure()


def test_who_answers_later_moves_to_the_month_of_the_answer() -> None:
    assert Course(date(2026, 1, 31)).month == date(2026, 1, 1)
    assert Course(date(2026, 1, 31), date(2026, 2, 1)).month == date(2026, 2, 1)
