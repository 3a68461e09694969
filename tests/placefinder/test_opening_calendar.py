"""On which days something is held: against an oracle that looks at every day by itself and knows no recurrence rules."""

import calendar
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placefinder.opening.calendar import Change, Occurrence, occurrences
from placefinder.opening.periods import DOUBTFUL, PERIODS, public_holidays
from placefinder.opening.rules import (
    EVERY_DAY,
    HOLIDAYS,
    Closure,
    Dates,
    Days,
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
from tests.placefinder.schedules import FIRST, LAST, MORNING, schedules, some_days

JAPAN = holidays.country_holidays("JP", years=range(2025, 2029))
LUNCH = Hours(660, 840)


def exact(*rules: Rule, **more: object) -> Schedule:
    return replace(Schedule("本文", rules, certainty="exact"), **more)  # type: ignore[arg-type]


def held(schedule: Schedule, first: date = FIRST, last: date = LAST) -> list[tuple[date, Hours, str | None]]:
    return [(one.day, one.hours, one.doubt) for one in occurrences(schedule, first, last)]


# --- the oracle: is this day one of them? -----------------------------------------------------------------------


def is_day_of(days: Days | None, day: date) -> bool:  # noqa: PLR0911 - one answer a kind of days
    length = calendar.monthrange(day.year, day.month)[1]
    match days:
        case None:
            return True
        case Weekly(weekdays, every, since):
            weeks = 0 if since is None else (day.toordinal() + 6) // 7 - (since.toordinal() + 6) // 7
            return day.isoweekday() in weekdays and (since is None or day >= since) and weeks % every == 0
        case Monthly(nth, weekdays):
            place = {(day.day + 6) // 7} | ({-1} if day.day + 7 > length else set())
            return day.isoweekday() in weekdays and bool(place & set(nth))
        case MonthDays(numbers):
            return day.day in numbers or (-1 in numbers and day.day == length)
        case Dates(dates):
            return day in dates
        case PublicHolidays():
            return day in JAPAN
        case Following():
            return any(is_day_of(days.base, base) for base in bases(days, day))


def bases(days: Following, day: date) -> Iterator[date]:
    """The days that this day would follow."""
    if days.days is not None:
        yield day - timedelta(days.days)
    elif day.isoweekday() == days.weekday:
        yield from (day - timedelta(back) for back in range(1, 8))


def in_span(span: Span, day: date) -> bool:
    at, wraps = (day.month, day.day), span.last < span.first
    return (at >= span.first or at <= span.last) if wraps else span.first <= at <= span.last


def in_time(part: Rule | Closure, day: date) -> bool:
    return (
        (day.month in part.months or not part.months)
        and (part.season is None or in_span(part.season, day))
        and (part.since or day) <= day <= (part.until or day)
    )


def applies(part: Rule | Closure, day: date) -> bool:
    if isinstance(part.days, Following):
        return any(is_day_of(part.days.base, base) and in_time(part, base) for base in bases(part.days, day))
    return is_day_of(part.days, day) and in_time(part, day)


def oracle(schedule: Schedule, day: date) -> set[tuple[Hours, str | None]]:
    """The sessions of a day, minute by minute."""
    found: list[tuple[Hours, str | None]] = []
    closures = [one for one in schedule.closures if applies(one, day)]
    for rule in schedule.rules:
        if applies(rule, day):
            single = isinstance(rule.days, Dates)
            doubt = None if single else usual_doubt(schedule, rule, day)
            for hours in rule.hours or (Hours(),):
                found += after_closures(hours, doubt, closures, day, single)
    known = {hours for hours, _ in found}
    kept = {hours for hours in known if not any(hours != other and less(hours, other) for other in known)}
    return {(hours, least_doubt(hours, found)) for hours in kept}


def less(one: Hours, other: Hours) -> bool:
    return one.opens in {None, other.opens} and one.closes in {None, other.closes}


def least_doubt(hours: Hours, found: list[tuple[Hours, str | None]]) -> str | None:
    if any(doubt is None and less(other, hours) for other, doubt in found):
        return None
    return next(doubt for other, doubt in reversed(found) if other == hours)


def usual_doubt(schedule: Schedule, rule: Rule, day: date) -> str | None:
    for name in ("year_end", "obon"):
        if name not in schedule.named_said and in_span(DOUBTFUL[name], day):  # type: ignore[index]
            return name
    asked = not schedule.holidays_said and not isinstance(rule.days, PublicHolidays)
    return "holiday" if asked and day in JAPAN and day.isoweekday() < 6 else None


def after_closures(
    hours: Hours, doubt: str | None, closures: list[Closure], day: date, single: bool
) -> list[tuple[Hours, str | None]]:
    whole = range(hours.opens or 0, 2880 if hours.closes is None else hours.closes)
    minutes = set(whole)
    for closure in closures:
        off = closure.hours or Hours()
        shut = minutes & set(range(off.opens or 0, 2880 if off.closes is None else off.closes))
        if closure.period and not any(in_span(span, day) for span in PERIODS[closure.period].core):
            if shut and not single and in_span(PERIODS[closure.period].widest, day):
                doubt = doubt or closure.period
        else:
            minutes -= shut
    pieces = [m for m in sorted(minutes) if m - 1 not in minutes]
    ends = [m + 1 for m in sorted(minutes) if m + 1 not in minutes]
    return [
        (Hours(hours.opens if a == whole.start else a, hours.closes if b == whole.stop else b), doubt)
        for a, b in zip(pieces, ends, strict=True)
    ]


@given(schedules)
@settings(deadline=None, max_examples=150)
def test_every_day_is_what_looking_at_it_alone_says(schedule: Schedule) -> None:
    found = held(schedule)
    assert found == sorted(found, key=lambda one: (one[0], one[1].opens or 0, one[1].closes or 2880))
    by_day: dict[date, set[tuple[Hours, str | None]]] = {}
    for day, hours, doubt in found:
        assert (hours, doubt) not in by_day.setdefault(day, set())
        by_day[day].add((hours, doubt))
    for day in (FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1)):
        assert by_day.get(day, set()) == oracle(schedule, day)


@given(schedules, some_days, st.integers(0, 80))
@settings(deadline=None, max_examples=60)
def test_a_window_shows_what_the_year_shows(schedule: Schedule, begin: date, length: int) -> None:
    begin = min(max(begin, FIRST), LAST - timedelta(80))
    within = [one for one in held(schedule) if begin <= one[0] <= begin + timedelta(length)]
    assert held(schedule, begin, begin + timedelta(length)) == within


# --- in the words of the field ----------------------------------------------------------------------------------

SATURDAYS = Weekly((6,))
MONDAYS = Weekly((1,))


def days(schedule: Schedule, first: date = FIRST, last: date = LAST) -> list[date]:
    return [day for day, _, _ in held(schedule, first, last)]


def test_the_thursday_right_after_the_third_tuesday_may_lie_in_the_next_month_window() -> None:
    """「毎月第三火曜日とその直後の木曜日」."""
    third = Monthly((3,), (2,))
    schedule = exact(Rule(third), Rule(Following(third, weekday=4)))
    assert days(schedule, date(2026, 12, 1), date(2026, 12, 31)) == [date(2026, 12, 15), date(2026, 12, 17)]
    last_day = exact(Rule(Following(MonthDays((-1,)), days=1), months=(12,)))
    assert days(last_day) == [date(2027, 1, 1)]  # the months are asked of the day before


def test_every_other_week_begins_with_its_anchor_and_counts_from_monday() -> None:
    sunday = Weekly((1, 7), every=2, since=date(2026, 11, 15))
    found = days(exact(Rule(sunday)), date(2026, 11, 1), date(2026, 12, 6))
    assert found == [date(2026, 11, 15), date(2026, 11, 23), date(2026, 11, 29)]


def test_a_month_without_a_fifth_saturday_or_a_31st_has_none() -> None:
    assert days(exact(Rule(Monthly((5,), (6,)))), date(2026, 9, 1), date(2026, 12, 31)) == [date(2026, 10, 31)]
    found = days(exact(Rule(MonthDays((31,)))), date(2026, 9, 1), date(2026, 12, 31))
    assert found == [date(2026, 10, 31), date(2026, 12, 31)]


def test_a_season_may_go_over_the_turn_of_the_year() -> None:
    winter = exact(Rule(MONDAYS, season=Span((12, 28), (1, 11))), named_said=("year_end",))
    assert days(winter) == [date(2026, 12, 28), date(2027, 1, 4), date(2027, 1, 11)]


@pytest.mark.parametrize(
    ("day", "doubt"),
    [
        (date(2026, 11, 23), "holiday"),  # 勤労感謝の日, a Monday
        (date(2026, 9, 22), "holiday"),  # 国民の休日 between two holidays
        (date(2027, 3, 22), "holiday"),  # 振替休日
        (date(2026, 8, 11), "holiday"),  # 山の日, a Tuesday
        (date(2026, 8, 13), "obon"),
        (date(2026, 8, 16), "obon"),
        (date(2026, 12, 29), "year_end"),
        (date(2027, 1, 1), "year_end"),  # a holiday too, and the stronger reason
        (date(2027, 1, 3), "year_end"),
        (date(2026, 12, 28), None),
        (date(2027, 1, 4), None),
        (date(2027, 2, 21), None),
        (date(2027, 4, 29), "holiday"),
        (date(2026, 5, 3), None),  # a holiday on a Sunday
    ],
)
def test_a_day_on_which_places_often_close_is_doubtful_until_the_text_speaks_of_it(
    day: date, doubt: str | None
) -> None:
    assert held(exact(Rule(EVERY_DAY)), day, day) == [(day, Hours(), doubt)]
    said = exact(Rule(EVERY_DAY), holidays_said=True, named_said=("year_end", "obon"))
    assert held(said, day, day) == [(day, Hours(), None)]
    assert held(exact(Rule(Dates((day,)))), day, day) == [(day, Hours(), None)]


def test_closed_on_holidays_is_closed_and_not_doubtful() -> None:
    weekdays = exact(Rule(Weekly((1, 2, 3, 4, 5))), closures=(HOLIDAYS,), holidays_said=True)
    assert days(weekdays, date(2026, 11, 20), date(2026, 11, 24)) == [date(2026, 11, 20), date(2026, 11, 24)]


def test_held_on_holidays_too_is_no_reason_for_doubt() -> None:
    found = held(exact(Rule(SATURDAYS), Rule(PublicHolidays())), date(2026, 11, 1), date(2026, 11, 7))
    assert found == [(date(2026, 11, 3), Hours(), None), (date(2026, 11, 7), Hours(), None)]


def test_a_year_end_without_its_ends_closes_the_core_and_makes_the_rest_doubtful() -> None:
    schedule = exact(Rule(EVERY_DAY), closures=(Closure(period="year_end"),), holidays_said=True)
    found = {day.day: doubt for day, _, doubt in held(schedule, date(2026, 12, 25), date(2027, 1, 8))}
    assert found == {25: None, **dict.fromkeys((26, 27, 28, 4, 5, 6, 7), "year_end"), 8: None}


@pytest.mark.parametrize("name", sorted(PERIODS))
def test_a_named_period_never_leaves_a_sure_date_in_its_widest_extent(name: str) -> None:
    schedule = exact(Rule(EVERY_DAY), closures=(Closure(period=name),), holidays_said=True)  # type: ignore[arg-type]
    period = PERIODS[name]  # type: ignore[index]
    found = {day: doubt for day, _, doubt in held(schedule)}
    for day in (FIRST + timedelta(n) for n in range(365)):
        if any(in_span(span, day) for span in period.core):
            assert in_span(period.widest, day)
            assert day not in found
        elif in_span(period.widest, day):
            assert found[day] is not None


def test_a_single_date_beside_a_vague_break_was_meant() -> None:
    day = date(2026, 12, 27)
    schedule = exact(Rule(Dates((day,))), closures=(Closure(period="year_end"),))
    assert held(schedule) == [(day, Hours(), None)]


def test_saturday_afternoons_off_shorten_the_day_and_a_lunch_break_splits_it() -> None:
    afternoons = Closure(days=SATURDAYS, hours=Hours(720, None))
    day = date(2026, 11, 28)
    whole = Rule(EVERY_DAY, (Hours(540, 1020),))
    assert held(exact(whole, closures=(afternoons,)), day, day) == [(day, Hours(540, 720), None)]
    lunch = Closure(hours=Hours(720, 780))
    assert [hours for _, hours, _ in held(exact(whole, closures=(lunch,)), day, day)] == [
        Hours(540, 720), Hours(780, 1020),
    ]  # fmt: skip
    late = exact(Rule(EVERY_DAY, (Hours(780, 900),)), closures=(afternoons,))
    assert days(late, day, day) == []


def test_two_rules_for_one_day_are_one_session_and_hours_beat_no_hours() -> None:
    schedule = exact(Rule(SATURDAYS, (MORNING,)), Rule(Monthly((4,), (6,)), (MORNING,)), Rule(Weekly((6, 7))))
    day = date(2026, 11, 28)
    assert held(schedule, day, day) == [(day, MORNING, None)]


def test_what_is_not_exact_has_no_date() -> None:
    for certainty in ("partial", "not_understood"):
        assert held(replace(exact(Rule(EVERY_DAY)), certainty=certainty)) == []  # type: ignore[arg-type]


def test_far_years_have_no_known_holidays_and_do_not_fail() -> None:
    assert public_holidays(2150) == frozenset()
    assert len(held(exact(Rule(EVERY_DAY)), date(2150, 5, 1), date(2150, 5, 7))) == 7


# --- what coordinators changed ----------------------------------------------------------------------------------


def changed(schedule: Schedule, *changes: Change) -> list[Occurrence]:
    return list(occurrences(schedule, date(2026, 12, 1), date(2026, 12, 20), changes))


MONDAY_MORNINGS = exact(Rule(MONDAYS, (MORNING,)))
SEVENTH, FOURTEENTH = date(2026, 12, 7), date(2026, 12, 14)


def test_a_cancelled_date_stays_to_be_seen_and_is_not_held() -> None:
    found = changed(MONDAY_MORNINGS, Change("cancelled", SEVENTH))
    assert [(one.day, one.held) for one in found] == [(SEVENTH, False), (FOURTEENTH, True)]


def test_a_cancellation_meets_the_session_it_touches_even_if_the_list_changed_its_hours() -> None:
    schedule = exact(Rule(MONDAYS, (MORNING, Hours(780, 840))))
    found = changed(schedule, Change("cancelled", SEVENTH, Hours(570, 690)))
    assert [(one.hours, one.held) for one in found[:2]] == [(MORNING, False), (Hours(780, 840), True)]


def test_a_moved_date_is_held_then_and_not_before() -> None:
    eighth = date(2026, 12, 8)
    found = changed(MONDAY_MORNINGS, Change("moved", SEVENTH, to_day=eighth))
    assert found == [
        Occurrence(SEVENTH, MORNING, change="cancelled", other_day=eighth),
        Occurrence(eighth, MORNING, change="moved", other_day=SEVENTH),
        Occurrence(FOURTEENTH, MORNING),
    ]


def test_a_date_moved_in_from_outside_the_window_is_seen_and_one_moved_out_is_not_held() -> None:
    november, later = date(2026, 11, 30), date(2026, 12, 21)
    found = changed(
        MONDAY_MORNINGS,
        Change("moved", november, to_day=date(2026, 12, 1), to_hours=LUNCH),
        Change("moved", FOURTEENTH, to_day=later),
    )
    assert [(one.day, one.hours, one.held) for one in found] == [
        (date(2026, 12, 1), LUNCH, True), (SEVENTH, MORNING, True), (FOURTEENTH, MORNING, False),
    ]  # fmt: skip


def test_an_added_date_is_held_whatever_the_list_says() -> None:
    unread = Schedule("不定期")
    day = date(2026, 12, 3)
    assert changed(unread, Change("added", day, LUNCH)) == [Occurrence(day, LUNCH, change="added")]


def test_adding_a_doubtful_date_makes_it_sure_and_adding_a_cancelled_one_holds_it_again() -> None:
    holiday = date(2026, 11, 23)
    found = list(occurrences(MONDAY_MORNINGS, holiday, holiday, [Change("added", holiday)]))
    assert found == [Occurrence(holiday, MORNING)]
    again = changed(MONDAY_MORNINGS, Change("cancelled", SEVENTH), Change("added", SEVENTH))
    assert again == changed(MONDAY_MORNINGS)
