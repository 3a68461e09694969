"""Schedules become recurrence rules of iCalendar (RFC 5545 §3.3.10); rrule_reading.py is the way back.

Every rule ends with the last day that was asked for: nobody has looked at holidays and closures beyond it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from dateutil.rrule import rrulestr

from placefinder.opening.calendar import ALL_DAY, Occurrence, occurrences
from placefinder.opening.rules import Days, Hours, MonthDays, Monthly, Rule, Schedule, Weekly

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class Recurrence:
    """The sessions that one rule gives at the same hours: `DTSTART` on the first day, then `rrule`, less `exdates`, plus `rdates`.

    `rule_no` and `session_no` count from 1 and, with the activity, name the event. `rrule` is None where single dates say it better;
    its UNTIL is a day of Japan. `sessions` are the days themselves, in order, at least one.
    """

    rule_no: int
    session_no: int
    sessions: tuple[Occurrence, ...]
    rrule: str | None = None
    exdates: tuple[date, ...] = ()
    rdates: tuple[date, ...] = ()

    @property
    def starts(self) -> date:
        return self.sessions[0].day

    @property
    def hours(self) -> Hours:
        return self.sessions[0].hours


def to_rrules(schedule: Schedule, first: date, last: date) -> tuple[Recurrence, ...]:
    """The sessions of the engine from `first` to `last`, each in exactly one recurrence."""
    left = {(one.day, one.hours): one for one in occurrences(schedule, first, last)}
    found: list[Recurrence] = []
    for rule_no, rule in enumerate(schedule.rules, 1):
        alone = occurrences(replace(schedule, rules=(rule,)), first, last)
        mine = [left.pop(key) for one in alone if (key := (one.day, one.hours)) in left]
        for session_no, hours in enumerate(_numbered(rule, {one.hours for one in mine}), 1):
            if sessions := tuple(one for one in mine if one.hours == hours):
                found.append(_recurrence(rule, rule_no, session_no, sessions))
    return tuple(found)


def _numbered(rule: Rule, held: set[Hours]) -> Iterator[Hours]:
    """First the sessions as the rule names them, so that their numbers stay, then those that a closure shortened."""
    yield from rule.hours or (ALL_DAY,)
    yield from sorted(held.difference(rule.hours or (ALL_DAY,)), key=lambda one: (one.opens or 0, one.closes or 2880))


def _recurrence(rule: Rule, rule_no: int, session_no: int, sessions: tuple[Occurrence, ...]) -> Recurrence:
    days = [one.day for one in sessions]
    pattern = _pattern(rule.days, rule.months)
    single = Recurrence(rule_no, session_no, sessions, rdates=tuple(days[1:]))
    if pattern is None or len(days) == 1:
        return single
    text = f"{pattern};UNTIL={days[-1]:%Y%m%d}"
    made = {moment.date() for moment in rrulestr(text, dtstart=datetime.combine(days[0], time()))}
    off = tuple(sorted(made.difference(days)))
    return single if len(off) > len(days) else Recurrence(rule_no, session_no, sessions, text, off)


def _pattern(days: Days, months: tuple[int, ...]) -> str | None:
    """The rule without its ends; None where RFC 5545 has no words for it."""
    within = f";BYMONTH={_listed(months)}" if months else ""
    match days:
        case Weekly():
            each = ",".join(DAYS[day - 1] for day in days.weekdays)
            often = f";INTERVAL={days.every};WKST=MO" if days.every > 1 else ""
            return f"FREQ=WEEKLY{often}{within};BYDAY={each}"
        case Monthly():
            each = ",".join(f"{nth}{DAYS[day - 1]}" for nth in days.nth for day in days.weekdays)
            return f"FREQ=MONTHLY{within};BYDAY={each}"
        case MonthDays():
            return f"FREQ=MONTHLY{within};BYMONTHDAY={_listed(days.days)}"
        case _:
            return None


def _listed(numbers: Sequence[int]) -> str:
    return ",".join(map(str, numbers))
