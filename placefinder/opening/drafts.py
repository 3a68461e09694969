"""What one text says before the columns are put together: days that may still lack their weeks, their hours or their year."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from placefinder.opening.rules import Hours, Missing, NamedPeriod
from placefinder.opening.words import MonthDay

Joined = Literal["", "tight", "comma", "space"]
"""How a part hangs on the one before: not at all, 「・」「と」, 「、」, or by a blank only."""


@dataclass(slots=True)
class Draft:
    """Some days, with the part of the year and the hours they are said for; without any day: a part of the year alone.

    `weekdays` without `nth` and without `frequency` is a weekday of which nobody said how often. `nth` without `weekdays`
    waits for its weekday. `every`: of which n-th week, where that stands before it. `season`: a part of every year. `after`: the day that this one follows, by `after_weekday` or by `after_days`. `first`, `last`: dates from and to.
    """

    weekdays: tuple[int, ...] = ()
    nth: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    dates: tuple[MonthDay, ...] = ()
    holidays: bool = False
    period: NamedPeriod | None = None
    after: "Draft | None" = None
    after_weekday: int | None = None
    after_days: int | None = None
    frequency: Literal["weekly", "fortnight", "monthly"] | None = None
    every: int | None = None
    months: tuple[int, ...] = ()
    season: tuple[MonthDay, MonthDay] | None = None
    first: MonthDay | None = None
    last: MonthDay | None = None
    hours: tuple[Hours, ...] = ()
    half: Hours | None = None
    joined: Joined = ""
    explicit: bool = False
    no_holidays: bool = False
    topic: bool = False
    exception: bool = False
    only: bool = False

    @property
    def has_days(self) -> bool:
        return bool(self.weekdays or self.nth or self.month_days or self.dates or self.holidays or self.after)

    @property
    def has_part(self) -> bool:
        return bool(self.months or self.season or self.first or self.last)

    @property
    def bare(self) -> bool:
        """A weekday of which this draft does not say how often."""
        return bool(self.weekdays) and not self.nth and self.frequency != "weekly" and self.after is None

    def days_key(self) -> tuple[object, ...]:
        """What makes two drafts the same days, whatever their hours."""
        return (self.weekdays, self.nth, self.month_days, self.dates, self.holidays, self.after_weekday, self.after_days,
                self.months, self.season, self.first, self.last, self.after and self.after.days_key())  # fmt: skip

    def during(self, part: "Draft") -> "Draft":
        """These days in that part of the year."""
        return replace(
            self, months=part.months or self.months, season=part.season or self.season, first=part.first or self.first, last=part.last or self.last
        )  # fmt: skip

    def copy(self) -> "Draft":
        return replace(self)


@dataclass(slots=True)
class Said:
    """All that one text says. `times`: (unit, number), 「月2回」 is ("月", 2); `every`: 「3週間に1回」 is ("週", 3)."""

    drafts: list[Draft] = field(default_factory=list)
    closed: list[Draft] = field(default_factory=list)
    hours: tuple[Hours, ...] = ()
    further_hours: bool = False
    desk_hours: bool = False
    weekly: bool = False
    monthly: bool = False
    times: list[tuple[str, int]] = field(default_factory=list)
    every: list[tuple[str, int]] = field(default_factory=list)
    missing: set[Missing] = field(default_factory=set)
    regular_closing: bool = False
    never_closed: bool = False
    holidays_said: bool = False
    named_said: set[NamedPeriod] = field(default_factory=set)
    nickname: bool = False

    def copy(self) -> "Said":
        """With lists and drafts of its own, for what is read once and put together often."""
        return replace(
            self, drafts=[one.copy() for one in self.drafts], closed=[one.copy() for one in self.closed], missing=set(self.missing)
        )  # fmt: skip

    def anything(self) -> bool:
        """Was there any word of a schedule at all?"""
        return bool(
            self.drafts or self.closed or self.hours or self.weekly or self.monthly or self.times or self.every
            or self.missing or self.never_closed or self.regular_closing or self.holidays_said or self.named_said
        )  # fmt: skip


def joined_hours(hours: Iterable[Hours]) -> tuple[Hours, ...]:
    """Sessions in order of time, each once."""
    return tuple(sorted(set(hours), key=lambda one: (one.opens or 0, one.closes or 2880)))
