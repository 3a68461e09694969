"""Days as lists print them (日付): 令和5年4月, R5.4.1, 2023/4/1, 来年4月, 3月末; a month or a year is its first and last day."""

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

_ERAS = {"令和": 2018, "令": 2018, "R": 2018, "平成": 1988, "平": 1988, "H": 1988}
_RELATIVE = {"昨年": -1, "去年": -1, "前年": -1, "今年": 0, "本年": 0, "来年": 1, "翌年": 1}
_YEARS = range(1989, 2101)
_YEAR = r"(?:(?:(?P<era>令和|平成|令|平|R|H)\.?(?P<of_era>元|\d{1,2})|(?P<year>(?:19|20)\d\d))(?:(?P<fiscal>年度)|年|[./-](?=\d))|(?P<relative>昨年|去年|前年|今年|本年|来年|翌年)(?P<relative_fiscal>度)?)"
_DAY = r"(?:(?P<{0}day>3[01]|[12]\d|0?[1-9])(?!\d)日?|(?P<{0}end>末日?))?"
_MONTH = r"(?P<month>1[0-2]|0?[1-9])(?:月の?|[./-](?=\d)|(?![\d:時月]))" + _DAY.format("")
_ONLY_MONTH = r"(?P<only_month>1[0-2]|0?[1-9])月の?" + _DAY.format("only_")
_PRINTED = re.compile(rf"(?<![\d.]){_YEAR}の?(?:{_MONTH}|(?P<year_end>末))?|(?<![\d./]){_ONLY_MONTH}")


@dataclass(frozen=True, slots=True)
class PrintedDay:
    """A printed day, month or year: its first and last day, whether its year is printed, and the words right after it."""

    first: date
    last: date
    with_year: bool
    after: str

    @property
    def whole_year(self) -> bool:
        return (self.last - self.first).days > 300

    def followed_by(self, *words: str) -> bool:
        return self.after.startswith(words)


def printed_days(text: str, as_of: date) -> list[PrintedDay]:
    """All days in the text, in order; a month without its year is the one nearest to `as_of`. What is no day is left out.

    `text` must be normalised (NFKC). Years from 1989 (平成元年) to 2100 are read.
    """
    found = (_read(match, as_of) for match in _PRINTED.finditer(text))
    return [day for day in found if day]


def _read(match: re.Match[str], as_of: date) -> PrintedDay | None:
    said = match.groupdict()
    after = match.string[match.end() : match.end() + 8]
    if said["only_month"]:
        spans = [_span(year, said["only_month"], said["only_day"], said["only_end"]) for year in _around(as_of.year)]
        nearest = min(filter(None, spans), key=lambda span: abs((span[0] - as_of).days), default=None)
        return PrintedDay(*nearest, False, after) if nearest else None
    year = _year(said, as_of)
    if said["relative_fiscal"]:
        return _fiscal(year - (as_of.month < 4), said, after)
    if said["fiscal"]:
        return _fiscal(year, said, after)
    span = _span(year, said["month"], said["day"], said["end"] or said["year_end"])
    return PrintedDay(*span, True, after) if span else None


def _fiscal(year: int, said: dict[str, str | None], after: str) -> PrintedDay | None:
    """年度 runs from April to March; its end is the end of March."""
    if year not in _YEARS:
        return None
    last = date(year + 1, 3, 31)
    return PrintedDay(last if said["year_end"] else date(year, 4, 1), last, True, after)


def _year(said: dict[str, str | None], as_of: date) -> int:
    if said["relative"]:
        return as_of.year + _RELATIVE[said["relative"]]
    if said["era"]:
        return _ERAS[said["era"]] + (1 if said["of_era"] == "元" else int(said["of_era"] or 0))
    return int(said["year"] or 0)


def _around(year: int) -> Iterable[int]:
    return (year - 1, year, year + 1)


def _span(year: int, month: str | None, day: str | None, end: str | None) -> tuple[date, date] | None:
    """First and last day of what is printed; None for a day that no calendar has."""
    if year not in _YEARS:
        return None
    if month is None:
        return (date(year, 12, 31) if end else date(year, 1, 1)), date(year, 12, 31)
    longest = monthrange(year, int(month))[1]
    if day and int(day) > longest:
        return None
    first = int(day) if day else longest if end else 1
    return date(year, int(month), first), date(year, int(month), int(day) if day else longest)
