"""Drafts as rules: their days, their part of the year, their dates with the year they mean."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from placefinder.opening.drafts import Draft, Said
from placefinder.opening.rules import (
    Closure,
    Dates,
    Days,
    Following,
    Hours,
    Missing,
    MonthDays,
    Monthly,
    PublicHolidays,
    Rule,
    Span,
    Weekly,
)
from placefinder.opening.words import MonthDay


@dataclass(slots=True)
class Telling:
    """The columns of a row while they are put together. `year`: that of the edition, by which dates without one are understood."""

    saids: list[Said]
    hours: tuple[Hours, ...] = ()
    code: int | None = None
    weekly: bool = False
    year: int | None = None
    missing: set[Missing] = field(default_factory=set)
    rules: list[Rule] = field(default_factory=list)
    closures: list[Closure] = field(default_factory=list)

    def rule(self, draft: Draft) -> list[Rule]:
        days = self.days(draft)
        if days is None:
            return []
        fields = self.when(draft, cycle=isinstance(days, Weekly) and days.every > 1)
        return [] if fields is None else [Rule(days, draft.hours, **fields)]  # type: ignore[arg-type]

    def days(self, draft: Draft) -> Days | None:
        """What kind of days; None where something they need is not said."""
        if draft.after is not None:
            base = self.days(draft.after)
            known = isinstance(base, Monthly | MonthDays)
            return Following(base, draft.after_weekday, draft.after_days) if known else None  # type: ignore[arg-type]
        if draft.weekdays and not draft.nth:
            return self.weeks(draft)
        if draft.dates:
            dates = self.dates(draft.dates)
            return Dates(tuple(sorted(set(dates)))) if dates else None
        return self.monthly(draft)

    def weeks(self, draft: Draft) -> Weekly | None:
        if draft.frequency != "fortnight":
            return Weekly(draft.weekdays)
        since = draft.first and self.full(draft.first)
        return Weekly(draft.weekdays, draft.every or 2, since) if since else None

    def monthly(self, draft: Draft) -> Days | None:
        if draft.nth:
            return Monthly(draft.nth, draft.weekdays) if draft.weekdays else None
        if draft.month_days:
            return MonthDays(draft.month_days)
        return PublicHolidays() if draft.holidays else None

    def when(self, draft: Draft, *, cycle: bool = False) -> dict[str, object] | None:
        """Months, season and validity of a rule or closure; None where a year is missing."""
        first, last = draft.first, draft.last
        season = None
        if draft.season:
            begin, end = draft.season
            season = Span((begin.month, begin.day), (end.month, end.day))
        both = self.dates([day for day in (first, last) if day])
        if both is None:
            return None
        since = both[0] if first else None
        until = both[-1] if last else None
        if since and until and until < since:
            self.missing.add("conflict")
        return {"months": draft.months, "season": season, "since": None if cycle else since, "until": until}

    def dates(self, days: Sequence[MonthDay]) -> list[date] | None:
        """Full dates; a year that is not said is inferred only from weekdays, and only if one year alone agrees with all of them."""
        if all(day.year for day in days):
            found = [self.full(day) for day in days]
        else:
            fitting = [made for year in self.years(days) if (made := self.in_year(days, year))]
            if len(fitting) != 1:
                self.missing.add("part_of_year")
                return None
            found = list(fitting[0])
        if not all(found):
            self.missing.add("conflict")
            return None
        return [day for day in found if day]

    def years(self, days: Sequence[MonthDay]) -> Iterable[int]:
        said = any(day.weekday for day in days) and self.year is not None
        return (self.year - 1, self.year, self.year + 1) if said and self.year else ()

    def in_year(self, days: Sequence[MonthDay], year: int) -> list[date] | None:
        made: list[date] = []
        for day in days:
            try:
                one = date(day.year or year, day.month, day.day)
                one = one.replace(year=one.year + 1) if made and not day.year and one < made[0] else one
            except ValueError:
                return None
            if day.weekday and one.isoweekday() != day.weekday:
                return None
            made.append(one)
        return made

    def full(self, day: MonthDay) -> date | None:
        if day.year is None:
            return None
        made = self.in_year([day], day.year)
        return made[0] if made else None
