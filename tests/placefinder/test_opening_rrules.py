"""Recurrence rules say the same days as the engine, to dateutil and to recurring-ical-events, and come back."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import icalendar
import pytest
import recurring_ical_events
from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from placefinder.errors import RecurrenceRefused
from placefinder.opening.calendar import occurrences
from placefinder.opening.rrule_reading import from_rrule
from placefinder.opening.rrules import Recurrence, to_rrules
from placefinder.opening.rules import (
    HOLIDAYS,
    Dates,
    Hours,
    MonthDays,
    Monthly,
    Rule,
    Schedule,
    Weekly,
)
from tests.placefinder.schedules import FIRST, LAST, MORNING, month_days, monthly, schedules, weekly


def by_dateutil(one: Recurrence) -> Iterator[date]:
    made = {one.starts, *one.rdates}
    if one.rrule:
        made |= {moment.date() for moment in rrulestr(one.rrule, dtstart=datetime.combine(one.starts, time()))}
    yield from sorted(made.difference(one.exdates))


def by_calendar_client(one: Recurrence) -> Iterator[date]:
    event = icalendar.Event()
    event.add("uid", "1")
    event.add("dtstart", one.starts)
    event.add("dtend", one.starts + timedelta(1))
    if one.rrule:
        event.add("rrule", icalendar.vRecur.from_ical(one.rrule))
    for name, days in (("exdate", one.exdates), ("rdate", one.rdates)):
        if days:
            event.add(name, list(days))
    calendar = icalendar.Calendar()
    calendar.add_component(event)
    for found in recurring_ical_events.of(calendar).between(FIRST - timedelta(1), LAST + timedelta(1)):
        yield found["DTSTART"].dt


@given(schedules)
@settings(deadline=None, max_examples=80)
def test_rules_dateutil_and_the_engine_say_the_same_days(schedule: Schedule) -> None:
    expected = Counter((one.day, one.hours) for one in occurrences(schedule, FIRST, LAST))
    found = to_rrules(schedule, FIRST, LAST)
    assert Counter((day, one.hours) for one in found for day in by_dateutil(one)) == expected
    assert len({(one.rule_no, one.session_no) for one in found}) == len(found)
    for one in found:
        assert list(by_dateutil(one)) == [session.day for session in one.sessions]


@given(schedules)
@settings(deadline=None, max_examples=40)
def test_a_calendar_client_sees_the_same_days(schedule: Schedule) -> None:
    for one in to_rrules(schedule, FIRST, LAST):
        assert sorted(by_calendar_client(one)) == [session.day for session in one.sessions]


def exact(*rules: Rule, **more: object) -> Schedule:
    return replace(Schedule("本文", rules, certainty="exact"), **more)  # type: ignore[arg-type]


def test_second_and_fourth_saturdays_without_august() -> None:
    """「毎月 第2・第4土曜日 10:00–12:00（8月はお休み）」."""
    rule = Rule(Monthly((2, 4), (6,)), (MORNING,), months=tuple(month for month in range(1, 13) if month != 8))
    [found] = to_rrules(exact(rule), date(2026, 11, 1), date(2027, 2, 28))
    assert found.rrule == "FREQ=MONTHLY;BYMONTH=1,2,3,4,5,6,7,9,10,11,12;BYDAY=2SA,4SA;UNTIL=20270227"
    assert (found.starts, found.hours, found.exdates) == (date(2026, 11, 14), MORNING, ())


def test_closed_holidays_are_exceptions_and_nothing_is_said_beyond_what_was_asked() -> None:
    schedule = exact(Rule(Weekly((1, 2, 3, 4, 5))), closures=(HOLIDAYS,), holidays_said=True)
    [found] = to_rrules(schedule, date(2026, 11, 20), date(2026, 11, 30))
    assert found.rrule == "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;UNTIL=20261130"
    assert found.exdates == (date(2026, 11, 23),)


def test_a_lunch_break_makes_a_second_event_and_the_first_keeps_its_number() -> None:
    from placefinder.opening.rules import Closure

    schedule = exact(Rule(Weekly((6,)), (Hours(540, 1020),)), closures=(Closure(months=(12,), hours=Hours(720)),))
    found = to_rrules(schedule, date(2026, 11, 20), date(2026, 12, 28))
    assert [(one.rule_no, one.session_no, one.hours) for one in found] == [
        (1, 1, Hours(540, 1020)), (1, 2, Hours(540, 720)),
    ]  # fmt: skip


# --- back ---------------------------------------------------------------------------------------------------------

patterns = st.builds(
    Rule,
    weekly | monthly | month_days,
    st.sampled_from([(MORNING,), (Hours(600),), ()]),
    st.just(()) | st.sets(st.integers(1, 12), min_size=6).map(lambda months: tuple(sorted(months))),
)


@given(patterns)
@settings(deadline=None, max_examples=100)
def test_a_rule_that_went_out_comes_back_with_the_same_days(rule: Rule) -> None:
    schedule = exact(rule)
    assume(found := to_rrules(schedule, FIRST, LAST))
    [one] = found
    opens = one.hours.opens
    start = one.starts if opens is None else datetime.combine(one.starts, time(opens // 60, opens % 60))
    length = timedelta(minutes=one.hours.closes - opens) if opens and one.hours.closes else None
    back = from_rrule(one.rrule or "", start, length, exdates=one.exdates, rdates=one.rdates)
    said = [(found.day, found.hours) for found in occurrences(back, FIRST, LAST)]
    assert said == [(session.day, session.hours) for session in one.sessions]


START = datetime(2026, 11, 14, 10)  # the second Saturday
HELD = [
    "FREQ=DAILY",
    "FREQ=DAILY;BYDAY=MO,WE;BYMONTH=12,1",
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;BYDAY=SA,TU;INTERVAL=2",
    "FREQ=WEEKLY;INTERVAL=3;WKST=SU",
    "FREQ=MONTHLY",
    "FREQ=MONTHLY;INTERVAL=2;BYDAY=2SA",
    "FREQ=MONTHLY;BYDAY=1MO,3MO,1TH,-1FR",
    "FREQ=MONTHLY;BYDAY=MO,TH",
    "FREQ=MONTHLY;BYDAY=SA;BYSETPOS=2,4",
    "FREQ=MONTHLY;BYMONTHDAY=15,29,-1",
    "FREQ=YEARLY",
    "FREQ=YEARLY;BYMONTH=12,3;BYDAY=1SA",
    "FREQ=MONTHLY;BYDAY=2SA;COUNT=3",
    "FREQ=WEEKLY;UNTIL=20261212T010000Z",  # 10:00 in Japan: just in
    "FREQ=WEEKLY;UNTIL=20261212T005959Z",  # one second before: just out
    "FREQ=WEEKLY;UNTIL=20261212T100000",
]


@pytest.mark.parametrize("text", HELD)
def test_what_is_held_has_the_days_that_dateutil_says(text: str) -> None:
    local = text.replace("T010000Z", "T100000").replace("T005959Z", "T095959")
    expected = [
        moment.date() for moment in rrulestr(local, dtstart=START).between(START, datetime(2027, 12, 1), inc=True)
    ]
    found = occurrences(from_rrule(text, START, timedelta(hours=2)), START.date(), date(2027, 11, 30))
    assert [(one.day, one.hours) for one in found] == [(day, MORNING) for day in expected]


REFUSED = {
    "FREQ=HOURLY": "FREQ",
    "INTERVAL=2": "FREQ",
    "FREQ=DAILY;INTERVAL=2": "INTERVAL",
    "FREQ=MONTHLY;INTERVAL=5": "INTERVAL",
    "FREQ=WEEKLY;INTERVAL=0": "INTERVAL",
    "FREQ=WEEKLY;INTERVAL=-2": "INTERVAL",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SA;WKST=SU": "WKST",
    "FREQ=WEEKLY;BYDAY=2SA": "BYDAY",
    "FREQ=MONTHLY;BYDAY=-2SA": "BYDAY",
    "FREQ=MONTHLY;BYDAY=XX": "BYDAY",
    "FREQ=MONTHLY;BYDAY=MO,2TH": "BYDAY",  # programs differ in what they make of it
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1": "BYSETPOS",
    "FREQ=MONTHLY;BYMONTHDAY=-2": "BYMONTHDAY",
    "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13": "BYMONTHDAY",
    "FREQ=YEARLY;BYDAY=20MO": "BYMONTH",
    "FREQ=YEARLY;INTERVAL=4": "INTERVAL",
    "FREQ=YEARLY;BYWEEKNO=20": "BYWEEKNO",
    "FREQ=WEEKLY;BYHOUR=9,11": "BYHOUR",
    "FREQ=WEEKLY;COUNT=1000000": "COUNT",
    "FREQ=WEEKLY;COUNT=2;UNTIL=20270101": "COUNT",
    "FREQ=WEEKLY;UNTIL=soon": "UNTIL",
    "FREQ=WEEKLY;FREQ=DAILY": "RRULE",
    "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=31;COUNT=2": "RRULE",
    "nonsense": "RRULE",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_a_schedule_cannot_hold_is_refused_by_name(text: str) -> None:
    with pytest.raises(RecurrenceRefused) as refused:
        from_rrule(text, START, timedelta(hours=2))
    assert refused.value.part == REFUSED[text]


@given(st.text("FREQ=;BYDAMONTHLWE,0123-+SUIVZ:", max_size=40) | st.text(max_size=20))
def test_any_text_is_a_schedule_or_refused(text: str) -> None:
    with suppress(RecurrenceRefused):
        assert from_rrule(text, START).certainty == "exact"


def test_other_zones_hours_and_lengths_are_refused() -> None:
    from zoneinfo import ZoneInfo

    for start, length, part in (
        (START.replace(tzinfo=ZoneInfo("Europe/Paris")), None, "DTSTART"),
        (START, timedelta(0), "DTEND"),
        (START, timedelta(days=3), "DTEND"),
        (START.date(), timedelta(2), "DTEND"),
    ):
        with pytest.raises(RecurrenceRefused) as refused:
            from_rrule("FREQ=WEEKLY", start, length)
        assert refused.value.part == part
    with pytest.raises(RecurrenceRefused, match="RDATE"):
        from_rrule("FREQ=WEEKLY", START, rdates=[datetime(2026, 11, 15, 15)])
    tokyo = START.replace(tzinfo=ZoneInfo("Asia/Tokyo"))
    assert from_rrule("FREQ=WEEKLY", tokyo) == from_rrule("FREQ=WEEKLY", START)


def test_an_event_that_does_not_recur_is_a_single_date() -> None:
    found = from_rrule("", date(2026, 11, 14), timedelta(1), rdates=[date(2026, 12, 5)])
    assert found.rules == (Rule(Dates((date(2026, 11, 14), date(2026, 12, 5)))),)


def test_an_exception_is_a_closure() -> None:
    found = from_rrule("FREQ=MONTHLY;BYMONTHDAY=15", date(2026, 11, 15), exdates=[date(2026, 12, 15)])
    assert found.rules == (Rule(MonthDays((15,)), since=date(2026, 11, 15)),)
    assert [one.day for one in occurrences(found, FIRST, date(2027, 1, 31))] == [date(2026, 11, 15), date(2027, 1, 15)]
