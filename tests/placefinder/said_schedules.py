"""Schedules as texts can say them, for hypothesis: everything the rules can hold, each in the one form that reading gives."""

from datetime import date, timedelta

from hypothesis import assume
from hypothesis import strategies as st

from placefinder.opening.merging import merged, merged_closures
from placefinder.opening.periods import PERIODS
from placefinder.opening.rules import (
    HOLIDAYS,
    Closure,
    Dates,
    Days,
    Following,
    Hours,
    MonthDays,
    Monthly,
    NamedPeriod,
    PublicHolidays,
    Rule,
    Schedule,
    Span,
    Weekly,
)

DAY = 1440


def _some(values: list[int], most: int) -> st.SearchStrategy[tuple[int, ...]]:
    return st.sets(st.sampled_from(values), min_size=1, max_size=most).map(lambda chosen: tuple(sorted(chosen)))


WEEKDAYS = _some([1, 2, 3, 4, 5, 6, 7], 7)
DATES = st.dates(date(2025, 1, 1), date(2028, 12, 31))
EVERY_WEEK = st.builds(Weekly, WEEKDAYS)
CYCLES = st.builds(Weekly, WEEKDAYS, st.integers(2, 8), DATES)
MONTHLY = st.builds(Monthly, _some([1, 2, 3, 4, 5, -1], 5), WEEKDAYS)
MONTH_DAYS = st.builds(MonthDays, _some([*range(1, 32), -1], 4))
SINGLE_DATES = st.builds(Dates, st.sets(DATES, min_size=1, max_size=4).map(lambda days: tuple(sorted(days))))
FOLLOWING = st.builds(Following, MONTHLY | MONTH_DAYS, weekday=st.integers(1, 7)) | st.builds(
    Following, MONTHLY | MONTH_DAYS, days=st.integers(1, 9) | st.integers(-9, -1)
)
RECURRING = EVERY_WEEK | MONTHLY | MONTH_DAYS | FOLLOWING | st.just(PublicHolidays())
MONTHS = _some(list(range(1, 13)), 11) | st.sampled_from([(2, 4, 6, 8, 10, 12), (1, 3, 5, 7, 9, 11), (3, 6, 9, 12)])
_DAYS_OF_YEAR = st.dates(date(2027, 1, 1), date(2027, 12, 31)).map(lambda day: (day.month, day.day))
SEASONS = st.builds(Span, _DAYS_OF_YEAR, _DAYS_OF_YEAR)


def _long(season: Span) -> bool:
    return season.first != season.last


@st.composite
def _sessions(draw: st.DrawFn) -> tuple[Hours, ...]:
    """Sessions of a day in order of time, the first perhaps without its beginning, the last without its end or over midnight."""
    ends = sorted(time * 15 for time in draw(st.sets(st.integers(0, 95), max_size=6)))
    hours = [Hours(*pair) for pair in zip(ends[::2], ends[1::2], strict=False)]
    if len(ends) % 2:
        hours.append(Hours(ends[-1], draw(st.none() | st.integers(DAY, 2 * DAY))))
    if hours and hours[0].closes and draw(st.booleans()) and len(hours) == 1:
        hours[0] = Hours(None, hours[0].closes)
    return tuple(hours)


@st.composite
def _parts_of_time(draw: st.DrawFn) -> dict[str, object]:
    """Months or a season, and a validity."""
    told = draw(st.sets(st.sampled_from(["months", "season", "since", "until"]), min_size=1))
    since = draw(DATES) if "since" in told else None
    until = (since or date(2026, 1, 1)) + timedelta(draw(st.integers(1, 900))) if "until" in told else None
    months = draw(MONTHS) if "months" in told else ()
    season = draw(SEASONS.filter(_long)) if "season" in told and not months else None
    return {"months": months, "season": season, "since": since, "until": until}


@st.composite
def _rules(draw: st.DrawFn) -> Rule:
    days: Days = draw(RECURRING | CYCLES | SINGLE_DATES)
    hours = draw(_sessions())
    if isinstance(days, Dates):
        return Rule(days, hours)
    when = draw(st.just({}) | _parts_of_time())
    if isinstance(days, Weekly) and days.every > 1:
        when = {**when, "since": None, "until": None}
    return Rule(days, hours, **when)


@st.composite
def _closures(draw: st.DrawFn) -> Closure:
    """Days, or a part of the year, or both; of some of them only hours."""
    days = draw(st.none() | RECURRING | SINGLE_DATES)
    when = {} if isinstance(days, Dates) else draw(st.just({}) | _parts_of_time())
    if not days and draw(st.booleans()):
        when = {"season": draw(SEASONS)}
    if not (days or any(when.values())):
        return Closure(period=draw(st.sampled_from(sorted(PERIODS))))
    opens = draw(st.integers(0, 90))
    hours = Hours(opens * 15, draw(st.integers(opens + 1, 96)) * 15)
    return Closure(days, hours=hours if days and draw(st.booleans()) else None, **when)


def _in_order(closures: list[Closure]) -> tuple[Closure, ...]:
    """As few as can be; those that only name holidays or periods come last."""
    return tuple(
        sorted(
            merged_closures(closures), key=lambda one: one == HOLIDAYS or (one.days is None and one.period is not None)
        )
    )


def _contradict(rules: tuple[Rule, ...], closures: tuple[Closure, ...]) -> bool:
    """Is it closed on every weekday on which it is held? A text that says so contradicts itself."""
    closed = {
        day
        for one in closures
        if isinstance(one.days, Weekly) and one == Closure(one.days)
        for day in one.days.weekdays
    }
    return any(isinstance(rule.days, Weekly | Monthly) and set(rule.days.weekdays) <= closed for rule in rules)


@st.composite
def said_schedules(draw: st.DrawFn) -> Schedule:
    """An exact schedule whose Japanese must be read back as itself."""
    rules = draw(st.lists(_rules(), min_size=1, max_size=3).map(merged).map(tuple))
    closures = draw(st.lists(_closures() | st.just(HOLIDAYS), max_size=3).map(_in_order))
    assume(not _contradict(rules, closures))
    told = any(isinstance(part.days, PublicHolidays) for part in (*rules, *closures))
    named = {one.period for one in closures if one.period} | {name for one in closures for name in _covered(one)}
    also = draw(st.sets(st.sampled_from(sorted(PERIODS)), max_size=2))
    touched = any(one.season for one in closures)
    return Schedule(
        None,
        rules,
        closures,
        "exact",
        (),
        told or draw(st.booleans()),
        tuple(sorted(named if touched else named | also)),
    )


def _covered(closure: Closure) -> set[NamedPeriod]:
    """The doubtful periods that a closed season speaks of."""
    if closure.season is None or closure != Closure(season=closure.season):
        return set()
    first, last = closure.season.first, closure.season.last
    year_end: set[NamedPeriod] = {"year_end"} if first > last else set()
    return year_end | ({"obon"} if first[0] == 8 and first <= (8, 15) <= last else set())
