"""Schedules of every sort, for hypothesis, around one year: those that texts say, and any that the rules can hold."""

from datetime import date, timedelta

from hypothesis import strategies as st

from placefinder.opening.periods import PERIODS
from placefinder.opening.rules import (
    Closure,
    Dates,
    Following,
    Hours,
    MonthDays,
    Monthly,
    PublicHolidays,
    Rule,
    Schedule,
    Span,
    Weekly,
)
from tests.placefinder.said_schedules import said_schedules

FIRST, LAST = date(2026, 7, 1), date(2027, 6, 30)
MORNING = Hours(600, 720)
some_days = st.dates(FIRST - timedelta(200), LAST + timedelta(50))


def some(values: list[int]) -> st.SearchStrategy[tuple[int, ...]]:
    return st.sets(st.sampled_from(values), min_size=1, max_size=4).map(lambda chosen: tuple(sorted(chosen)))


weekly = st.builds(Weekly, some([1, 2, 3, 4, 5, 6, 7]), st.integers(1, 4), some_days)
every_week = st.builds(Weekly, some([1, 2, 3, 4, 5, 6, 7]))
monthly = st.builds(Monthly, some([1, 2, 3, 4, 5, -1]), some([1, 2, 3, 4, 5, 6, 7]))
month_days = st.builds(MonthDays, some([1, 5, 15, 28, 29, 30, 31, -1]))
single_dates = st.builds(Dates, st.sets(some_days, min_size=1, max_size=5).map(lambda days: tuple(sorted(days))))
after_it = st.one_of(
    st.builds(Following, monthly | month_days, weekday=st.integers(1, 7)),
    st.builds(Following, monthly | month_days, days=st.integers(-10, 10)),
)
any_days = weekly | every_week | monthly | month_days | single_dates | after_it | st.just(PublicHolidays())
month_days_of_year = st.dates(date(2027, 1, 1), date(2027, 12, 31)).map(lambda day: (day.month, day.day))
seasons = st.none() | st.builds(Span, month_days_of_year, month_days_of_year)
quarters = st.integers(20, 40).map(lambda quarter: quarter * 15)
sessions = st.sampled_from(
    [(MORNING,), (MORNING, Hours(780, 960)), (Hours(600),), (Hours(None, 720),), ()]
) | st.builds(lambda opens, length: (Hours(opens, opens + length),), quarters, st.sampled_from([30, 90, 900]))
ends = st.none() | some_days
rules = st.builds(Rule, any_days, sessions, st.just(()) | some([1, 4, 7, 8, 12]), seasons, ends, ends)
closures = st.builds(
    Closure,
    days=any_days,
    months=st.just(()) | some([8, 12, 1]),
    season=seasons,
    period=st.none() | st.sampled_from(sorted(PERIODS)),
    hours=st.none() | st.builds(Hours, st.none() | quarters, st.none() | quarters.map(lambda m: m + 330)),
) | st.builds(Closure, period=st.sampled_from(sorted(PERIODS)))
schedules = said_schedules() | st.builds(
    Schedule,
    st.just("本文"),
    st.lists(rules, min_size=1, max_size=3).map(tuple),
    st.lists(closures, max_size=2).map(tuple),
    st.just("exact"),
    holidays_said=st.booleans(),
    named_said=st.sampled_from([(), ("year_end",), ("obon", "year_end")]),
)
