"""Calendars to subscribe to: other programs see the dates of the engine, and no surer than it is."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import icalendar
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st

from placefinder.opening.calendar import Change, occurrences
from placefinder.opening.feeds import Feed, Listed, feed, window
from placefinder.opening.rules import HOLIDAYS, Hours, Monthly, Rule, Schedule, Weekly
from tests.placefinder.schedules import MORNING, schedules

TODAY = date(2026, 11, 24)
FIRST, LAST = date(2026, 11, 1), date(2027, 5, 31)
ACTIVITY = UUID(int=7)
ABOUT = Feed("中央小学校区", "https://finder.example/a.ics", "https://finder.example/a", TODAY)
Seen = tuple[date, int | None, int | None, str]


def listed(schedule: Schedule, *changes: Change, status: str = "running", text: str | None = None) -> Listed:
    return Listed(
        ACTIVITY, "みんなの広場", "中央公民館", "架空はまなす市中央町1-2", 142.905, 43.505, status, text, schedule, changes,
        datetime(2026, 11, 20, tzinfo=UTC), "https://finder.example/places/7", "架空はまなす市", None,
    )  # fmt: skip


def made(*activities: Listed, notices: bool = False) -> bytes:
    about = Feed(ABOUT.title, ABOUT.address, ABOUT.page, ABOUT.today, notices)
    return feed(about, activities, lambda message: message)


def read(content: bytes) -> icalendar.Calendar:
    calendar = icalendar.Calendar.from_ical(content)
    assert not [error for component in calendar.walk() for error in component.errors]
    return calendar


def seen(content: bytes) -> Counter[Seen]:
    """What a calendar program shows: day, minutes and status of each."""
    events = recurring_ical_events.of(read(content)).between(FIRST - timedelta(3), LAST + timedelta(3))
    return Counter(_seen(event) for event in events)


def _seen(event: icalendar.Event) -> Seen:
    start = event["DTSTART"].dt
    if not isinstance(start, datetime):
        return start, None, None, str(event["STATUS"])
    opens = start.hour * 60 + start.minute
    end = event["DTEND"].dt if "DTEND" in event else None
    closes = opens + (end - start) // timedelta(minutes=1) if end and end > start else None  # an open end has no length
    return start.date(), opens, closes, str(event["STATUS"])


def told(schedule: Schedule, *changes: Change) -> Counter[Seen]:
    """The same from the engine."""
    return Counter(
        (
            one.day, one.hours.opens, None if one.hours.opens is None else one.hours.closes,
            "CANCELLED" if not one.held else "TENTATIVE" if one.doubt else "CONFIRMED",
        )
        for one in occurrences(schedule, FIRST, LAST, changes)
    )  # fmt: skip


days = st.dates(FIRST, LAST)
hours = st.none() | st.sampled_from([MORNING, Hours(600), Hours(1200, 1500)])
changes = st.builds(Change, st.just("cancelled"), days, hours) | st.builds(Change, st.just("added"), days, hours)
changes |= st.builds(Change, st.just("moved"), days, hours, days, hours)


@given(schedules, st.lists(changes, max_size=4))
@settings(deadline=None, max_examples=40)
def test_a_calendar_program_shows_what_the_engine_says(schedule: Schedule, changes: list[Change]) -> None:
    assert seen(made(listed(schedule, *changes))) == told(schedule, *changes)


def test_the_window_stays_the_same_for_a_month() -> None:
    assert window(TODAY) == window(date(2026, 11, 1)) == (FIRST, LAST)
    assert window(date(2026, 12, 31)) == (date(2026, 12, 1), date(2027, 6, 30))


MONDAYS = Schedule("毎週月曜 10時～12時", (Rule(Weekly((1,)), (MORNING,)),), certainty="exact")


def test_lines_end_with_crlf_and_have_at_most_75_octets() -> None:
    content = made(listed(MONDAYS, status="running"))
    assert content.endswith(b"\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 75
    content.decode()


def test_the_calendar_names_itself_its_zone_its_source_and_when_to_ask_again() -> None:
    calendar = read(made(listed(MONDAYS)))
    assert (str(calendar["NAME"]), str(calendar["SOURCE"]), str(calendar["URL"])) == (
        "中央小学校区", "https://finder.example/a.ics", "https://finder.example/a",
    )  # fmt: skip
    assert calendar["REFRESH-INTERVAL"].dt == timedelta(hours=12)
    assert [zone["TZID"] for zone in calendar.timezones] == ["Asia/Tokyo"]
    assert "出典: 架空はまなす市" in str(calendar["DESCRIPTION"])


def test_a_rule_is_one_event_with_a_name_that_stays() -> None:
    content = made(listed(MONDAYS))
    [master] = [event for event in read(content).events if "RRULE" in event]
    assert str(master["UID"]) == f"{ACTIVITY}-1-1@placefinder"
    assert b"RRULE:FREQ=WEEKLY;UNTIL=20270531T010000Z;BYDAY=MO" in content
    assert content == made(listed(MONDAYS))


def test_closed_holidays_are_exceptions() -> None:
    closed = Schedule("月曜、祝日休み", MONDAYS.rules, (HOLIDAYS,), "exact", holidays_said=True)
    [master] = [event for event in read(made(listed(closed))).events if "RRULE" in event]
    assert date(2026, 11, 23) in [day.dt.date() for day in master["EXDATE"].dts]


def override(content: bytes, day: date) -> icalendar.Event:
    [event] = [e for e in read(content).events if "RECURRENCE-ID" in e and e["RECURRENCE-ID"].dt.date() == day]
    return event


def test_a_doubtful_date_is_tentative_and_says_so_in_its_title() -> None:
    event = override(made(listed(MONDAYS)), date(2026, 11, 23))
    assert (event["STATUS"], event["SUMMARY"]) == ("TENTATIVE", "【確認してから】みんなの広場")
    assert "祝日です" in event["DESCRIPTION"]


def test_a_cancelled_date_is_told_as_such() -> None:
    event = override(made(listed(MONDAYS, Change("cancelled", date(2026, 12, 7)))), date(2026, 12, 7))
    assert (event["STATUS"], event["SEQUENCE"], event["SUMMARY"]) == ("CANCELLED", 1, "【中止】みんなの広場")


def test_why_a_day_was_changed_is_told_with_it() -> None:
    activity = listed(MONDAYS, Change("cancelled", date(2026, 12, 7)))
    event = override(made(replace(activity, reasons={date(2026, 12, 7): "会場の工事"})), date(2026, 12, 7))
    assert "会場の工事" in event["DESCRIPTION"]


def test_a_moved_date_leads_from_the_old_day_to_the_new() -> None:
    content = made(listed(MONDAYS, Change("moved", date(2026, 12, 7), to_day=date(2026, 12, 8))))
    assert "2026-12-08に変わりました。" in override(content, date(2026, 12, 7))["DESCRIPTION"]
    [new] = [event for event in read(content).events if event["DTSTART"].dt.date() == date(2026, 12, 8)]
    assert "2026-12-07から変わりました。" in new["DESCRIPTION"]


def test_unknown_hours_are_a_whole_day_that_says_so() -> None:
    schedule = Schedule("第2土曜", (Rule(Monthly((2,), (6,))),), certainty="exact")
    events = read(made(listed(schedule))).events
    assert {event["SUMMARY"] for event in events} == {"みんなの広場（時間未確認）"}
    assert all(type(event["DTSTART"].dt) is date for event in events)
    until_noon = Schedule("第2土曜 12時まで", (Rule(Monthly((2,), (6,)), (Hours(None, 720),)),), certainty="exact")
    assert all("12:00まで" in event["DESCRIPTION"] for event in read(made(listed(until_noon))).events)


def test_a_suspended_or_closed_place_has_no_dates_but_a_notice() -> None:
    for status, said in (
        ("suspended", "「みんなの広場」は休止中です。 当面休止"),
        ("closed", "「みんなの広場」は終わりました。 当面休止"),
    ):
        activity = listed(MONDAYS, Change("added", date(2026, 12, 1)), status=status, text="当面休止")
        assert said in read(made(activity))["DESCRIPTION"]
        assert read(made(activity)).events == []
        [notice] = read(made(activity, notices=True)).events
        assert (notice["SUMMARY"], notice["DTSTART"].dt) == (said, TODAY)


def test_what_is_not_exact_is_told_in_the_sources_words() -> None:
    activity = listed(Schedule("月1回（不定期）"))
    [notice] = read(made(activity, notices=True)).events
    assert "月1回（不定期）" in notice["SUMMARY"]
    assert "確認して" in notice["SUMMARY"]


def test_every_date_of_a_place_that_needs_checking_or_was_not_checked_for_long_is_tentative() -> None:
    for activity in (listed(MONDAYS, status="needs_checking"), replace(listed(MONDAYS), stale=True)):
        assert {status for *_, status in seen(made(activity))} == {"TENTATIVE"}


def test_what_a_coordinator_said_is_sure_even_then() -> None:
    day = date(2026, 12, 1)
    found = seen(made(listed(MONDAYS, Change("added", day, MORNING), status="needs_checking")))
    assert [one for one in found if one[-1] == "CONFIRMED"] == [(day, 600, 720, "CONFIRMED")]


def test_names_cannot_break_out_of_their_line() -> None:
    hostile = replace(listed(MONDAYS), name="a\r\nEND:VEVENT\x07;,\\", condition="b\nc")
    event = read(made(hostile)).events[0]
    assert event["SUMMARY"] == "a  END:VEVENT ;,\\"
