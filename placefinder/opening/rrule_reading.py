"""Events of other calendars become schedules, so far as a schedule can hold what their recurrence rule says."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from placefinder.errors import RecurrenceRefused
from placefinder.opening.rrules import DAYS
from placefinder.opening.rules import EVERY_DAY, Closure, Dates, Days, Hours, MonthDays, Monthly, Rule, Schedule, Weekly

TOKYO = ZoneInfo("Asia/Tokyo")
MOST_DATES = 4_000  # of a COUNT; a daily one of ten years
_NAME = re.compile(r"BY[A-Z]{2,10}")  # others are not repeated
_NUMBER = re.compile(r"[+-]?[0-9]{1,6}")
_BY_DAY = re.compile(rf"([+-]?[0-9]{{1,2}})?({'|'.join(DAYS)})")


def from_rrule(
    text: str,
    dtstart: date,
    duration: timedelta | None = None,
    *,
    exdates: Sequence[date] = (),
    rdates: Sequence[date] = (),
) -> Schedule:
    """The schedule of an event: `text` is the value of its RRULE ("" for none), dates and hours are those of Japan.

    `dtstart` is a date for whole days, else a datetime, without a zone or in Japan's; `duration` up to two days, None where it is open.
    Raises RecurrenceRefused naming the part that a schedule cannot hold. As RFC 5545 leaves it open, `dtstart` is
    no day of its own: it is held only if the rule says so.
    """
    starts = _day(dtstart)
    hours = _hours(dtstart, duration)
    parts = _parts(text)
    until = _until(parts, text, dtstart)
    rules = tuple(Rule(days, hours, months, since=starts, until=until) for days, months in _days(parts, starts))
    more = _listed_days("RDATE", rdates if text else [dtstart, *rdates], dtstart)
    single = (Rule(Dates(more), hours),) if more else ()
    off = _listed_days("EXDATE", exdates, dtstart)
    return Schedule(None, rules + single, (Closure(days=Dates(off)),) if off else (), "exact")


def _day(moment: date) -> date:
    if isinstance(moment, datetime):
        if moment.tzinfo and moment.utcoffset() != timedelta(hours=9):
            raise RecurrenceRefused("DTSTART", "in Japan time")
        return moment.date()
    return moment


def _listed_days(name: str, days: Sequence[date], dtstart: date) -> tuple[date, ...]:
    for day in days:
        if isinstance(day, datetime) and isinstance(dtstart, datetime) and day.time() != dtstart.time():
            raise RecurrenceRefused(name, "at the hour of DTSTART")
    return tuple(sorted({_day(day) for day in days}))


def _hours(dtstart: date, duration: timedelta | None) -> tuple[Hours, ...]:
    if not isinstance(dtstart, datetime):
        if duration is not None and duration != timedelta(1):
            raise RecurrenceRefused("DTEND", "the same day, where no hours are given")
        return ()
    opens = dtstart.hour * 60 + dtstart.minute
    if duration is None:
        return (Hours(opens),)
    length = duration // timedelta(minutes=1)
    if not 0 < length <= 2 * 1440 - opens:
        raise RecurrenceRefused("DTEND", "later than DTSTART, by the next day")
    return (Hours(opens, opens + length),)


_HELD = {"FREQ", "INTERVAL", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS", "WKST", "UNTIL", "COUNT"}
_Parts = Mapping[str, str]
_Ruled = tuple[Days, tuple[int, ...]]


def _parts(text: str) -> _Parts:
    pairs = [part.partition("=") for part in text.upper().split(";") if part]
    parts = {name: value for name, _, value in pairs}
    for name in parts:
        if name not in _HELD:
            raise RecurrenceRefused(name if _NAME.fullmatch(name) else "RRULE", "left out")
    if len(parts) < len(pairs):
        raise RecurrenceRefused("RRULE", "of parts that stand once")
    return parts


def _numbers(parts: _Parts, name: str, low: int, high: int, also: tuple[int, ...] = ()) -> tuple[int, ...]:
    """The numbers of a part, sorted; none where it is not given."""
    given = [value for value in parts.get(name, "").split(",") if value]
    if not all(_NUMBER.fullmatch(value) and (low <= int(value) <= high or int(value) in also) for value in given):
        raise RecurrenceRefused(name, f"from {low} to {high}" + "".join(f" or {one}" for one in also))
    return tuple(sorted({int(value) for value in given}))


def _days(parts: _Parts, starts: date) -> list[_Ruled]:
    """Days and months of the rules that one RRULE becomes; none for no RRULE."""
    if not parts:
        return []
    read = {"DAILY": _daily, "WEEKLY": _weekly, "MONTHLY": _monthly, "YEARLY": _yearly}.get(parts.get("FREQ", ""))
    if read is None:
        raise RecurrenceRefused("FREQ", "DAILY, WEEKLY, MONTHLY or YEARLY")
    return read(parts, starts)


def _daily(parts: _Parts, _: date) -> list[_Ruled]:
    _without(parts, "BYMONTHDAY", "BYSETPOS")
    if _interval(parts) != 1:
        raise RecurrenceRefused("INTERVAL", "1 with FREQ=DAILY")
    weekdays = _plain_weekdays(parts) or EVERY_DAY.weekdays
    return [(Weekly(weekdays), _months(parts))]


def _weekly(parts: _Parts, starts: date) -> list[_Ruled]:
    _without(parts, "BYMONTHDAY", "BYSETPOS")
    own = (starts.isoweekday(),)
    weekdays, every = _plain_weekdays(parts) or own, _interval(parts)
    if every > 1 and weekdays != own and parts.get("WKST", "MO") != "MO":
        raise RecurrenceRefused("WKST", "MO")
    return [(Weekly(weekdays, every, starts if every > 1 else None), _months(parts))]


def _monthly(parts: _Parts, starts: date) -> list[_Ruled]:
    every, months = _interval(parts), _months(parts)
    if every > 1:
        if 12 % every or months:
            raise RecurrenceRefused("INTERVAL", "a part of a year, without BYMONTH")
        months = tuple(sorted((starts.month - 1 + step) % 12 + 1 for step in range(0, 12, every)))
    return [(days, months) for days in _in_month(parts, starts)]


def _yearly(parts: _Parts, starts: date) -> list[_Ruled]:
    if _interval(parts) != 1:
        raise RecurrenceRefused("INTERVAL", "1 with FREQ=YEARLY")
    months = _months(parts)
    if not months and {"BYDAY", "BYMONTHDAY"} & parts.keys():
        raise RecurrenceRefused("BYMONTH", "given with BYDAY or BYMONTHDAY of a year")
    if len(months) > 1 and "BYSETPOS" in parts:
        raise RecurrenceRefused("BYSETPOS", "left out with several months of a year")
    return [(days, months or (starts.month,)) for days in _in_month(parts, starts)]


def _in_month(parts: _Parts, starts: date) -> list[Days]:
    month_days = _numbers(parts, "BYMONTHDAY", 1, 31, (-1,))
    if "BYDAY" not in parts:
        _without(parts, "BYSETPOS")
        return [MonthDays(month_days or (starts.day,))]
    if month_days:
        raise RecurrenceRefused("BYMONTHDAY", "left out where BYDAY is given")
    return _nth_weekdays(parts)


def _nth_weekdays(parts: _Parts) -> list[Days]:
    """Weekdays grouped by which of them are meant: 2SA,4SA,1TU are two rules."""
    places = _numbers(parts, "BYSETPOS", 1, 5, (-1,))
    given = sorted(set(_by_day(parts)), key=lambda one: (one[0] or 0, one[1]))
    plain = tuple(number for nth, number in given if nth is None)
    if plain and len(plain) < len(given):
        raise RecurrenceRefused("BYDAY", "weekdays all with a number or all without")
    if places:
        if len(plain) != 1:
            raise RecurrenceRefused("BYSETPOS", "given with one weekday without a number")
        return [Monthly(places, plain)]
    if plain:
        return [Weekly(plain)]
    groups: dict[tuple[int, ...], list[int]] = {}
    for number in sorted({number for _, number in given}):
        groups.setdefault(tuple(sorted(nth for nth, day in given if nth and day == number)), []).append(number)
    return [Monthly(nths, tuple(numbers)) for nths, numbers in groups.items()]


def _by_day(parts: _Parts) -> Iterator[tuple[int | None, int]]:
    """Each weekday of BYDAY, 1 Monday … 7 Sunday, with its number in the month if it has one."""
    for value in parts.get("BYDAY", "").split(","):
        match = _BY_DAY.fullmatch(value)
        nth = int(match[1]) if match and match[1] else None
        if not match or (nth is not None and nth not in (1, 2, 3, 4, 5, -1)):
            raise RecurrenceRefused("BYDAY", "weekdays, those of a month numbered 1 to 5 or -1")
        yield nth, DAYS.index(match[2]) + 1


def _plain_weekdays(parts: _Parts) -> tuple[int, ...]:
    found = list(_by_day(parts)) if "BYDAY" in parts else []
    if any(nth for nth, _ in found):
        raise RecurrenceRefused("BYDAY", "weekdays without a number, by week and by day")
    return tuple(sorted({number for _, number in found}))


def _interval(parts: _Parts) -> int:
    return (_numbers(parts, "INTERVAL", 1, 520) or (1,))[0]


def _months(parts: _Parts) -> tuple[int, ...]:
    return _numbers(parts, "BYMONTH", 1, 12)


def _without(parts: _Parts, *names: str) -> None:
    for name in names:
        if name in parts:
            raise RecurrenceRefused(name, f"left out with FREQ={parts['FREQ']}")


def _until(parts: _Parts, text: str, dtstart: date) -> date | None:
    """The last day on which a session may start: of UNTIL, in Japan, or the one COUNT leads to."""
    if "COUNT" in parts:
        return _counted(parts, text, dtstart)
    if "UNTIL" not in parts:
        return None
    try:
        end = datetime.fromisoformat(parts["UNTIL"])
    except ValueError:
        raise RecurrenceRefused("UNTIL", "a date, as in 20270331, or a time, as in 20270331T145959Z") from None
    if end.tzinfo:
        end = end.astimezone(TOKYO).replace(tzinfo=None)
    early = "T" in parts["UNTIL"] and isinstance(dtstart, datetime) and end.time() < dtstart.time()
    return end.date() - timedelta(early)


def _counted(parts: _Parts, text: str, dtstart: date) -> date:
    if "UNTIL" in parts or (_numbers(parts, "COUNT", 1, MOST_DATES) or (0,))[0] < 1:
        raise RecurrenceRefused("COUNT", f"from 1 to {MOST_DATES}, without UNTIL")
    found = [moment.date() for moment in rrulestr(text, dtstart=datetime.combine(_day(dtstart), time()))]
    if not found:
        raise RecurrenceRefused("RRULE", "of at least one day")
    return found[-1]
