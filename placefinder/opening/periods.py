"""The Japanese year: public holidays (国民の祝日) and the periods in which many places close without saying when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

import holidays

from placefinder.opening.rules import NamedPeriod, Span


@dataclass(frozen=True, slots=True)
class Period:
    """A named period, between whose two extents no date can be told.

    `core`: everybody who closes then is closed on these days. `widest`: nobody who closes then is away longer.
    """

    core: tuple[Span, ...]
    widest: Span


PERIODS: Mapping[NamedPeriod, Period] = {
    # Public offices close 12/29–1/3 (行政機関の休日に関する法律 §1); halls and groups often from 12/26 to the end of 松の内, 1/7.
    "year_end": Period((Span((12, 29), (1, 3)),), Span((12, 26), (1, 7))),
    # 月遅れ盆 is 8/13–8/16 and by custom ends on the 15th or 16th; with 山の日 (8/11) and weekends holidays last from 8/9 to 8/18.
    "obon": Period((Span((8, 13), (8, 15)),), Span((8, 9), (8, 18))),
    # The public holidays 4/29 and 5/3–5/5; with weekends and substitutes from 4/27 to 5/7.
    "golden_week": Period((Span((4, 29), (4, 29)), Span((5, 3), (5, 5))), Span((4, 27), (5, 7))),
    # School breaks are set by each board of education (学校教育法施行令 §29). Widest: the earliest and latest usual ends of the
    # country (winter until 1/20 in Hokkaido, spring until 4/12). Core: days that lie in the break everywhere.
    "spring_break": Period((Span((3, 28), (4, 4)),), Span((3, 15), (4, 12))),
    "summer_break": Period((Span((8, 1), (8, 15)),), Span((7, 15), (9, 5))),
    "winter_break": Period((Span((12, 28), (1, 4)),), Span((12, 20), (1, 20))),
}

DOUBTFUL: Mapping[NamedPeriod, Span] = {
    "year_end": Span((12, 29), (1, 3)),
    "obon": Span((8, 13), (8, 16)),
}
"""Days on which hardly anything is held although hardly any list says so."""


@cache
def public_holidays(year: int) -> frozenset[date]:
    """国民の祝日 of a year with their substitutes (祝日法 §3); none are known before 1949 and after 2099."""
    return frozenset(holidays.country_holidays("JP", years=year))


def is_public_holiday(day: date) -> bool:
    return day in public_holidays(day.year)


def covers(span: Span, day: date) -> bool:
    """Does the day lie in this part of its year?"""
    at = (day.month, day.day)
    if span.first <= span.last:
        return span.first <= at <= span.last
    return at >= span.first or at <= span.last
