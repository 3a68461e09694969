"""Contact lines (相談窓口): who answers the telephone, about what, and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from placefinder.opening.rules import Hours, Rule, Schedule, Weekly

Answering = Mapping[str, Any]
"""{"weekday": 1..7, "opens": "09:00", "closes": "17:00"}; closes ≤ opens: until the next day."""


@dataclass(frozen=True, slots=True)
class ContactLine:
    """One line of an edition; without hours nobody knows when it answers."""

    line_id: UUID
    edition_id: UUID
    name: str
    phone: str | None
    url: str | None
    topics: list[str]
    under_18: bool
    hours: list[Answering]
    note: str | None

    @property
    def dial(self) -> str:
        """The number for a `tel:` link: digits, + and # only."""
        return "".join(sign for sign in self.phone or "" if sign.isascii() and (sign.isdigit() or sign in "+#"))

    @property
    def schedule(self) -> Schedule:
        """The hours as rules of every week: weekdays with the same sessions are one rule."""
        sessions: dict[int, set[Hours]] = {}
        for hour in self.hours:
            sessions.setdefault(hour["weekday"], set()).add(_session(hour))
        weekdays: dict[tuple[Hours, ...], list[int]] = {}
        for day in sorted(sessions):
            weekdays.setdefault(tuple(sorted(sessions[day])), []).append(day)
        rules = tuple(Rule(Weekly(tuple(days)), hours) for hours, days in weekdays.items())
        return Schedule(None, rules, (), "exact") if rules else Schedule(None)

    @property
    def always(self) -> bool:
        """Answers 24 hours, every day."""
        return {hour["weekday"] for hour in self.hours if _whole_day(hour)} == set(range(1, 8))

    def open_at(self, moment: datetime) -> bool:
        """Does it answer at this moment of its own (Japanese) clock?"""
        now, today = moment.strftime("%H:%M"), moment.isoweekday()
        yesterday = (today - 2) % 7 + 1
        return any(
            (hour["weekday"] == today and hour["opens"] <= now and (now < hour["closes"] or _into_night(hour)))
            or (hour["weekday"] == yesterday and _into_night(hour) and now < hour["closes"])
            for hour in self.hours
        )


def minutes(time: str | None) -> int | None:
    """Minutes since midnight of a time as 「09:00」."""
    return None if time is None else int(time[:2]) * 60 + int(time[3:5])


def _session(hour: Answering) -> Hours:
    opens, closes = minutes(hour["opens"]), minutes(hour["closes"])
    return Hours(opens, closes + 1440 if closes is not None and _into_night(hour) else closes)


def _into_night(hour: Answering) -> bool:
    return bool(hour["closes"] <= hour["opens"])


def _whole_day(hour: Answering) -> bool:
    return hour["opens"] == "00:00" and hour["closes"] in ("24:00", "00:00", "23:59")
