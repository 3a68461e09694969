"""The older, poorer form of a schedule: one weekday of every week or of its nth week; kept until the tables hold whole schedules."""

from dataclasses import dataclass
from typing import Any

from placefinder.opening.rules import Hours, Monthly, Rule, Schedule, Weekly


@dataclass(frozen=True, slots=True)
class Session:
    """One weekday, 1 Monday to 7 Sunday, of every week or of its nth week of the month; times "HH:MM", None unknown."""

    weekday: int
    nth: tuple[int, ...] | None = None
    opens: str | None = None
    closes: str | None = None


def sessions_json(schedule: Schedule) -> list[dict[str, Any]]:
    """The sessions of an exact schedule that this form can hold wholly; otherwise none."""
    if schedule.certainty != "exact" or schedule.closures or not all(map(_plain, schedule.rules)):
        return []
    return [one for rule in schedule.rules for one in _sessions(rule)]


def _plain(rule: Rule) -> bool:
    weekly = isinstance(rule.days, Monthly) or (isinstance(rule.days, Weekly) and rule.days.every == 1)
    return weekly and Rule(rule.days, rule.hours) == rule


def _sessions(rule: Rule) -> list[dict[str, Any]]:
    if not isinstance(rule.days, Weekly | Monthly):
        return []
    nth = list(rule.days.nth) if isinstance(rule.days, Monthly) else None
    return [
        {"weekday": day, "nth": nth, "opens": _time(hours.opens), "closes": _time(hours.closes)}
        for day in rule.days.weekdays
        for hours in rule.hours or (Hours(),)
    ]


def _time(at: int | None) -> str | None:
    return None if at is None else f"{at // 60:02d}:{at % 60:02d}"
