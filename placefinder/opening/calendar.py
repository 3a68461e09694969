"""Occurrences (開催日): the days on which something is held according to a schedule and to what coordinators changed.

A wrong date told with confidence is the worst defect. So only exact schedules have days, and a day on which such a
place is often closed without saying so is doubtful: pages then say 「確認してから」.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal

from dateutil.rrule import MONTHLY, WEEKLY, rrule, weekday

from placefinder.opening.periods import DOUBTFUL, PERIODS, covers, is_public_holiday, public_holidays
from placefinder.opening.rules import (
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

Doubt = Literal["holiday"] | NamedPeriod
"""Why a date must be asked for before one goes: a public holiday, the turn of the year, お盆, a break without its ends."""

ALL_DAY = Hours()
_END = 2 * 1440


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One session on one day, Japan time. Not held where `change` is `cancelled`.

    `other_day`: of a `moved` one the day it was to be, of a `cancelled` one the day it moved to, if it did.
    """

    day: date
    hours: Hours = ALL_DAY
    doubt: Doubt | None = None
    change: Literal["cancelled", "moved", "added"] | None = None
    other_day: date | None = None

    @property
    def held(self) -> bool:
        return self.change != "cancelled"


@dataclass(frozen=True, slots=True)
class Change:
    """What a coordinator says of one day; it is stronger than the list, and later ones are stronger than earlier.

    `cancelled`: the sessions of `day` that touch `hours` (None: all) are not held. `moved`: so, and held on `to_day` instead,
    during `to_hours` or the same hours. `added`: held on `day` during `hours`; where it is held then anyway, this confirms it.
    """

    kind: Literal["cancelled", "moved", "added"]
    day: date
    hours: Hours | None = None
    to_day: date | None = None
    to_hours: Hours | None = None


def occurrences(schedule: Schedule, first: date, last: date, changes: Iterable[Change] = ()) -> Iterator[Occurrence]:
    """All sessions from `first` to `last`, both included, by day and hour; cancelled ones are among them.

    A schedule that is not exact has only those that `changes` added or moved. Sessions belong to the day they start on.
    A cycle (every n weeks) has no day before its `since`; holidays after 2099 are not known.
    """
    changes = tuple(changes)
    found = list(_planned(schedule, first, last))
    for elsewhere in {change.day for change in changes if not first <= change.day <= last}:
        found += _planned(schedule, elsewhere, elsewhere)
    for change in changes:
        found = _changed(found, change)
    return iter(sorted((one for one in found if first <= one.day <= last), key=_in_time) if changes else found)


def days_of(days: Days | None, first: date, last: date) -> Iterator[date]:
    """The days of a rule from `first` to `last` in order, without its months, season and validity; None is every day."""
    window = (first, last)
    match days:
        case Weekly():
            found = _weekly(days, *window)
        case Monthly():
            each = [weekday(day - 1, nth) for day in days.weekdays for nth in days.nth]
            found = _recurring(rrule(MONTHLY, byweekday=each, dtstart=_at(first), until=_at(last)))
        case MonthDays():
            found = _recurring(rrule(MONTHLY, bymonthday=days.days, dtstart=_at(first), until=_at(last)))
        case Dates():
            found = iter(days.dates)
        case PublicHolidays():
            found = (day for year in range(first.year, last.year + 1) for day in sorted(public_holidays(year)))
        case Following():
            found = iter(sorted(_following(days, *window, lambda _: True)))
        case None:
            found = (first + timedelta(n) for n in range((last - first).days + 1))
    return (day for day in found if first <= day <= last)


def _weekly(days: Weekly, first: date, last: date) -> Iterator[date]:
    start = first
    if days.since:
        # The cycle is counted in weeks from Monday; whole cycles that lie before the window are passed over.
        monday = days.since - timedelta(days.since.weekday())
        passed = (first - monday).days // (7 * days.every)
        start = monday + timedelta(7 * days.every * passed) if passed > 0 else days.since
    each = [day - 1 for day in days.weekdays]
    found = rrule(WEEKLY, interval=days.every, wkst=0, byweekday=each, dtstart=_at(start), until=_at(last))
    return _recurring(found)


def _following(days: Following, first: date, last: date, asked: Callable[[date], bool]) -> set[date]:
    """The days that follow those days of the base for which `asked` is true."""
    far = timedelta(7) if days.days is None else timedelta(days.days)
    begin = first - far
    base = filter(asked, days_of(days.base, begin, last if days.days is None else last - far))
    found = {day + far if days.weekday is None else _next(day, days.weekday) for day in base}
    return {day for day in found if first <= day <= last}


def _next(day: date, number: int) -> date:
    return day + timedelta((number - day.isoweekday() - 1) % 7 + 1)


def _recurring(found: rrule) -> Iterator[date]:
    return (moment.date() for moment in found)


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)


def _rule_days(rule: Rule | Closure, first: date, last: date) -> Iterable[date]:
    """The days of a rule with its months, season and validity, which are asked of the day that another follows."""
    asked = _asked(rule.months, rule.season, rule.since, rule.until)
    if isinstance(rule.days, Following):
        return _following(rule.days, first, last, asked)
    begin, end = max(first, rule.since or first), min(last, rule.until or last)
    return filter(asked, days_of(rule.days, begin, end))


def _asked(
    months: tuple[int, ...], season: Span | None, since: date | None, until: date | None
) -> Callable[[date], bool]:
    def asked(day: date) -> bool:
        return (
            (not months or day.month in months)
            and (season is None or covers(season, day))
            and (since is None or day >= since)
            and (until is None or day <= until)
        )

    return asked


def _planned(schedule: Schedule, first: date, last: date) -> tuple[Occurrence, ...]:
    if schedule.certainty != "exact":
        return ()
    return _sessions(replace(schedule, text=None), first, last)


@lru_cache(maxsize=4_096)
def _sessions(schedule: Schedule, first: date, last: date) -> tuple[Occurrence, ...]:
    """What the rules give; most lists repeat the same few hundred."""
    closed = [(closure, frozenset(_rule_days(closure, first, last))) for closure in schedule.closures]
    by_day: dict[date, list[Occurrence]] = {}
    for rule in schedule.rules:
        for day in _rule_days(rule, first, last):
            doubt = _doubt(rule.days, day, schedule)
            planned = [Occurrence(day, hours, doubt) for hours in rule.hours or (ALL_DAY,)]
            for closure, days in closed:
                if day in days:
                    planned = [left for one in planned for left in _without(one, closure, isinstance(rule.days, Dates))]
            by_day.setdefault(day, []).extend(planned)
    return tuple(one for day in sorted(by_day) for one in _merged(by_day[day]))


def _doubt(days: Days, day: date, schedule: Schedule) -> Doubt | None:
    """Why nobody can be sure of this day although the rule holds; single dates were meant."""
    if isinstance(days, Dates):
        return None
    for name, span in DOUBTFUL.items():
        if name not in schedule.named_said and covers(span, day):
            return name
    said = schedule.holidays_said or isinstance(days, PublicHolidays)
    return "holiday" if not said and day.isoweekday() <= 5 and is_public_holiday(day) else None


def _without(one: Occurrence, closure: Closure, single: bool) -> list[Occurrence]:
    """What a closure that holds on this day leaves of a session; `single`: its date was said by itself."""
    if closure.period and not any(covers(span, one.day) for span in PERIODS[closure.period].core):
        vague = covers(PERIODS[closure.period].widest, one.day) and not single
        touched = closure.hours is None or _overlap(one.hours, closure.hours)
        return [replace(one, doubt=one.doubt or closure.period) if vague and touched else one]
    return [replace(one, hours=hours) for hours in _cut(one.hours, closure.hours or ALL_DAY)]


def _cut(hours: Hours, closed: Hours) -> list[Hours]:
    """A session without the closed time: none, one or two; what was not said stays not said."""
    (opens, closes), (begins, ends) = _ends(hours), _ends(closed)
    if not _overlap(hours, closed):
        return [hours]
    before = [Hours(hours.opens, begins)] if opens < begins else []
    return before + ([Hours(ends, hours.closes)] if ends < closes else [])


def _ends(hours: Hours) -> tuple[int, int]:
    return hours.opens or 0, _END if hours.closes is None else hours.closes


def _overlap(one: Hours, other: Hours) -> bool:
    (a, b), (c, d) = _ends(one), _ends(other)
    return a < d and c < b


def _merged(day: list[Occurrence]) -> list[Occurrence]:
    """The sessions of a day, each once; one without its hours goes into one that has them, and gives it its certainty."""
    found: dict[Hours, Occurrence] = {}
    for one in day:
        if not any(_says_less(one.hours, other.hours) for other in day):
            sure = any(other.doubt is None and _same_or_less(other.hours, one.hours) for other in day)
            found[one.hours] = replace(one, doubt=None) if sure else one
    return sorted(found.values(), key=_in_time)


def _same_or_less(one: Hours, other: Hours) -> bool:
    return one.opens in (None, other.opens) and one.closes in (None, other.closes)


def _says_less(one: Hours, other: Hours) -> bool:
    return one != other and _same_or_less(one, other)


def _in_time(one: Occurrence) -> tuple[date, int, int]:
    return (one.day, *_ends(one.hours))


def _changed(found: list[Occurrence], change: Change) -> list[Occurrence]:
    if change.kind == "added":
        return _added(found, Occurrence(change.day, change.hours or ALL_DAY, change="added"))
    off = [one for one in found if _concerns(change, one)]
    found = [replace(one, change="cancelled", other_day=change.to_day) if one in off else one for one in found]
    if change.kind == "cancelled" or change.to_day is None:
        return found
    moved = {one.hours for one in off} if change.to_hours is None and off else {change.to_hours or change.hours}
    for hours in moved:
        to = Occurrence(change.to_day, hours or ALL_DAY, change="moved", other_day=change.day)
        found = _added(found, to)
    return found


def _concerns(change: Change, one: Occurrence) -> bool:
    return one.held and one.day == change.day and _overlap(one.hours, change.hours or ALL_DAY)


def _added(found: list[Occurrence], new: Occurrence) -> list[Occurrence]:
    """With a session more, or, where it was planned then anyway, with this one sure."""
    same = [one for one in found if one.day == new.day and _same_or_less(new.hours, one.hours)]
    if not same:
        return [one for one in found if one.day != new.day or not _says_less(one.hours, new.hours)] + [new]
    return [replace(one, doubt=None, change=None, other_day=None) if one in same else one for one in found]
