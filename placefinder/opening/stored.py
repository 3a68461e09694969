"""A schedule as JSON and back: the form kept in the database (finder.activity.schedule).

Text and certainty have columns of their own and are handed back in. What has its default value is left away. Days carry their
`kind`; hours are pairs of minutes, a season is a pair of (month, day), dates are ISO 8601.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from placefinder.opening.rules import (
    Certainty,
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

Json = dict[str, Any]
_KINDS: dict[str, type[Days]] = {
    "weekly": Weekly, "monthly": Monthly, "month_days": MonthDays, "dates": Dates, "holidays": PublicHolidays, "following": Following,
}  # fmt: skip
_NAMES = {kind: name for name, kind in _KINDS.items()}


def schedule_json(schedule: Schedule) -> Json:
    """Everything but text and certainty; made only of dicts, lists, strings, integers, booleans and None."""
    return {
        "rules": [_rule_json(rule) for rule in schedule.rules],
        "closures": [_closure_json(closure) for closure in schedule.closures],
        "missing": list(schedule.missing),
        "holidays_said": schedule.holidays_said,
        "named_said": list(schedule.named_said),
    }


def schedule_from_json(told: Mapping[str, Any], *, text: str | None, certainty: Certainty) -> Schedule:
    """The schedule that `schedule_json` wrote. Raises KeyError, TypeError or ValueError for anything else."""
    return Schedule(
        text,
        tuple(_rule(rule) for rule in told.get("rules", ())),
        tuple(_closure(closure) for closure in told.get("closures", ())),
        certainty,
        tuple(told.get("missing", ())),
        told.get("holidays_said", False),
        tuple(told.get("named_said", ())),
    )


def _rule_json(rule: Rule) -> Json:
    hours = [[one.opens, one.closes] for one in rule.hours]
    return {"days": _days_json(rule.days), **_filled(hours=hours, **_when_json(rule))}


def _rule(told: Mapping[str, Any]) -> Rule:
    return Rule(_days(told["days"]), tuple(Hours(*pair) for pair in told.get("hours", ())), **_when(told))


def _closure_json(closure: Closure) -> Json:
    return _filled(
        days=closure.days and _days_json(closure.days),
        period=closure.period,
        hours=closure.hours and [closure.hours.opens, closure.hours.closes],
        **_when_json(closure),
    )


def _closure(told: Mapping[str, Any]) -> Closure:
    days, hours = told.get("days"), told.get("hours")
    return Closure(
        _days(days) if days else None, period=told.get("period"), hours=Hours(*hours) if hours else None, **_when(told)
    )


def _when_json(part: Rule | Closure) -> Json:
    season = part.season and [list(part.season.first), list(part.season.last)]
    return {"months": list(part.months), "season": season, "since": _iso(part.since), "until": _iso(part.until)}


def _when(told: Mapping[str, Any]) -> Json:
    season = told.get("season")
    return {
        "months": tuple(told.get("months", ())),
        "season": Span(_pair(season[0]), _pair(season[1])) if season else None,
        "since": _date(told.get("since")),
        "until": _date(told.get("until")),
    }


def _days_json(days: Days) -> Json:
    said: Json = {"kind": _NAMES[type(days)]}
    match days:
        case Weekly():
            return said | _filled(
                weekdays=list(days.weekdays), every=days.every if days.every != 1 else None, since=_iso(days.since)
            )
        case Monthly():
            return said | {"nth": list(days.nth), "weekdays": list(days.weekdays)}
        case MonthDays():
            return said | {"days": list(days.days)}
        case Dates():
            return said | {"dates": [day.isoformat() for day in days.dates]}
        case PublicHolidays():
            return said
        case Following():
            return said | {"base": _days_json(days.base)} | _filled(weekday=days.weekday, days=days.days)


def _days(told: Mapping[str, Any]) -> Days:
    kind = _KINDS[told["kind"]]
    if kind is Weekly:
        return Weekly(tuple(told["weekdays"]), told.get("every", 1), _date(told.get("since")))
    if kind is Monthly:
        return Monthly(tuple(told["nth"]), tuple(told["weekdays"]))
    if kind is MonthDays:
        return MonthDays(tuple(told["days"]))
    if kind is Dates:
        return Dates(tuple(date.fromisoformat(day) for day in told["dates"]))
    return _following(told) if kind is Following else PublicHolidays()


def _following(told: Mapping[str, Any]) -> Following:
    base = _days(told["base"])
    if not isinstance(base, Monthly | MonthDays):
        raise ValueError("a following day has days of the month as its base")
    return Following(base, told.get("weekday"), told.get("days"))


def _filled(**parts: Any) -> Json:
    return {name: part for name, part in parts.items() if part is not None and part != []}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _pair(numbers: Sequence[int]) -> tuple[int, int]:
    month, day = numbers
    return month, day
