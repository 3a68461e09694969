"""Rules, closures and hours told in parts, as one."""

from collections.abc import Iterable
from dataclasses import replace

from placefinder.opening.drafts import joined_hours
from placefinder.opening.rules import HOLIDAYS, Closure, Dates, Days, Hours, MonthDays, Monthly, Rule, Weekly

ALL_MONTHS = tuple(range(1, 13))


def together(one: tuple[Hours, ...], other: tuple[Hours, ...]) -> tuple[Hours, ...] | None:
    """Hours told twice: the same, one more complete than the other, or sessions that fill the frame; None where they differ."""
    if not one or not other or one == other:
        return one or other
    if len(one) == len(other) == 1:
        a, b = one[0], other[0]
        agree = (a.opens is None or b.opens is None or a.opens == b.opens) and (
            a.closes is None or b.closes is None or a.closes == b.closes
        )
        return (
            (Hours(a.opens if a.opens is not None else b.opens, a.closes if a.closes is not None else b.closes),)
            if agree
            else None
        )
    for frame, sessions in ((one, other), (other, one)):
        if len(frame) == 1 and len(sessions) > 1 and _fills(sessions, frame[0]):
            return sessions
    return None


def _fills(sessions: tuple[Hours, ...], frame: Hours) -> bool:
    ends = (None, max(one.closes or 0 for one in sessions))
    return frame.opens in (None, sessions[0].opens) and frame.closes in ends


def merged(rules: Iterable[Rule]) -> list[Rule]:
    """The same rules with as few of them as possible: weekdays of equal rules in one, weeks of equal weekdays in one."""
    found: list[Rule] = []
    for rule in rules:
        _merge_into(found, rule)
    again: list[Rule] = []
    for rule in found:
        _merge_into(again, rule)
    return again


def _merge_into(found: list[Rule], rule: Rule) -> None:
    for number, one in enumerate(found):
        days = _one_of(one.days, rule.days) if replace(one, days=rule.days) == rule else None
        if days is not None:
            found[number] = replace(one, days=days)
            return
    for number, one in enumerate(found):
        if one.days == rule.days and replace(one, hours=rule.hours) == rule and one.hours and rule.hours:
            found[number] = replace(one, hours=joined_hours((*one.hours, *rule.hours)))
            return
    found.append(rule)


def _one_of(one: Days, other: Days) -> Days | None:
    """The days of both as one, where there is such a form."""
    if one == other:
        return one
    match one, other:
        case Weekly(), Weekly() if (one.every, one.since) == (other.every, other.since):
            return replace(one, weekdays=_union(one.weekdays, other.weekdays))
        case Monthly(), Monthly() if one.weekdays == other.weekdays or one.nth == other.nth:
            return Monthly(_union(one.nth, other.nth), _union(one.weekdays, other.weekdays))
        case MonthDays(), MonthDays():
            return MonthDays(_union(one.days, other.days))
        case Dates(), Dates():
            return Dates(tuple(sorted({*one.dates, *other.dates})))
    return None


def _union(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted({*one, *other}))


def merged_closures(closures: Iterable[Closure]) -> list[Closure]:
    """Closures that are one told as one; those of one name (「祝日・年末年始はお休み」) last, as they are said."""
    found: list[Closure] = []
    for closure in closures:
        for number, one in enumerate(found):
            alike = one.days is not None and closure.days is not None and replace(one, days=closure.days) == closure
            days = _one_of(one.days, closure.days) if alike and one.days and closure.days else None
            if days is not None or one == closure:
                found[number] = replace(one, days=days) if days is not None else one
                break
            if _only_months(one) and _only_months(closure):
                found[number] = replace(one, months=_union(one.months, closure.months))
                break
        else:
            found.append(closure)
    return sorted(found, key=lambda one: one in (HOLIDAYS, Closure(period=one.period)))


def _only_months(closure: Closure) -> bool:
    return bool(closure.months) and closure == Closure(months=closure.months)
