"""What a schedule says, as rules: on which days, between which hours, in which part of the year, and when not.

The rules hold what a text says and nothing more. Weekdays are numbered 1 Monday … 7 Sunday (ISO 8601), times are minutes
since midnight of the day on which a session starts; a session may end on the next day (up to 2880). All days and
times are those of Japan. Every tuple is sorted and without doubles unless said otherwise, so that equal rules are equal.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Certainty = Literal["exact", "partial", "not_understood"]
"""`exact`: every word was understood and the days can be computed. `partial`: something is missing, and it is named.
Only exact schedules have dates; a partial one is shown as 「おおむね」 with its text and 「確認してから」."""

Missing = Literal[
    "which_days",  # no day at all is said: hours only
    "which_weeks",  # a weekday, but not which weeks of the month, or not that it is every week
    "which_weekday",  # so many times a month or a week, no weekday
    "start_of_cycle",  # every two weeks or months: from which one on is not said
    "irregular",  # 不定期, 変動あり, 日時は要確認
    "alternatives",  # 第2または第3土曜日
    "part_of_year",  # a season or period whose ends are not said: 夏季は30分遅く
    "hours",  # hours that are said to differ without saying how, or that contradict each other
    "conflict",  # two columns or two sentences contradict each other
    "unread",  # words that were not understood
]


@dataclass(frozen=True, slots=True, order=True)
class Hours:
    """A session of a day, [opens, closes) in minutes since midnight; None where it is not said (「10時～」 has no end)."""

    opens: int | None = None
    closes: int | None = None


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A part of every year, both ends included, each (month, day); it wraps where the first comes after the last."""

    first: tuple[int, int]
    last: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Weekly:
    """These weekdays of every week (`every` 1), or of every n-th week counted from the week of `since`.

    「毎日」 is all seven weekdays, 「平日」 is Monday to Friday without public holidays: the rule of 平日 comes with a
    closure of `HOLIDAYS`. `every` above 1 always has a `since`; without one the schedule is partial.
    """

    weekdays: tuple[int, ...]
    every: int = 1
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Monthly:
    """The nth of these weekdays of the month: 1 to 5, -1 the last. A month without a fifth has none."""

    nth: tuple[int, ...]
    weekdays: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MonthDays:
    """Days of the month, 1 to 31, -1 the last day (末日). A month without the day has none."""

    days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Dates:
    """Single dates."""

    dates: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class PublicHolidays:
    """National holidays (国民の祝日 and their substitutes)."""


@dataclass(frozen=True, slots=True)
class Following:
    """The first such weekday after a day of `base` (「第三火曜日とその直後の木曜日」), or, by `days`, so many days after it.

    Exactly one of both is given; `days` is negative for 「前日」. Months, season and validity of the rule are asked of the base day.
    """

    base: Monthly | MonthDays
    weekday: int | None = None
    days: int | None = None


Days = Weekly | Monthly | MonthDays | Dates | PublicHolidays | Following


@dataclass(frozen=True, slots=True)
class Rule:
    """Held on `days`, in these `months` (empty: all) and this `season` (None: all year), from `since` to `until`.

    `hours` are the sessions of such a day, in order of time; empty where no hours are said.
    「偶数月」 is months 2, 4 … 12; 「2ヶ月に1回」 with a known month becomes the months that follow from it.
    """

    days: Days
    hours: tuple[Hours, ...] = ()
    months: tuple[int, ...] = ()
    season: Span | None = None
    since: date | None = None
    until: date | None = None


NamedPeriod = Literal[
    "year_end",  # 年末年始
    "obon",  # お盆
    "golden_week",  # ゴールデンウィーク
    "spring_break",  # 春休み
    "summer_break",  # 夏休み
    "winter_break",  # 冬休み
]
"""Periods that everybody names and whose ends differ from town to town. Within the widest usual extent a date is never told."""


@dataclass(frozen=True, slots=True)
class Closure:
    """Not held on days for which everything given here is true; at least one thing is given.

    `days`: which days; `months`, `season`: as in a rule; `period`: a named one without its ends; `since`, `until`: single dates
    from and to. `hours`: closed between these only (「土曜日午後」 is Saturday from 720); None: the whole day.
    """

    days: Days | None = None
    months: tuple[int, ...] = ()
    season: Span | None = None
    period: NamedPeriod | None = None
    since: date | None = None
    until: date | None = None
    hours: Hours | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """What a source says about when (開催日時).

    `text` is the source's own words, always kept and shown; None where it says nothing. `rules` are what was understood: all of it
    where `certainty` is exact, and otherwise at most a hint for people (「おおむね」), from which no date is ever computed.
    `missing` names what keeps it from being exact. `holidays_said`: the text itself says whether it is held on public
    holidays, so that they are no reason for doubt; the same for the turn of the year and お盆 (`named_said`).
    """

    text: str | None
    rules: tuple[Rule, ...] = ()
    closures: tuple[Closure, ...] = ()
    certainty: Certainty = "not_understood"
    missing: tuple[Missing, ...] = ()
    holidays_said: bool = False
    named_said: tuple[NamedPeriod, ...] = ()


HOLIDAYS = Closure(days=PublicHolidays())
"""祝日休み."""
EVERY_DAY = Weekly((1, 2, 3, 4, 5, 6, 7))
"""毎日, 年中無休."""
