"""What all the columns say put together into rules: weekdays find their weeks, days their hours, dates their year; contradictions are named."""

from collections.abc import Iterable
from dataclasses import replace

from placefinder.opening.agreeing import Agreeing
from placefinder.opening.changing import weekdays_of
from placefinder.opening.drafts import Draft, joined_hours
from placefinder.opening.merging import ALL_MONTHS, merged, together
from placefinder.opening.rules import (
    EVERY_DAY,
    Closure,
    Hours,
    Missing,
    Monthly,
    NamedPeriod,
    PublicHolidays,
    Rule,
    Span,
    Weekly,
)

_NO_HINT: frozenset[Missing] = frozenset(
    {"conflict", "alternatives", "which_weeks", "which_days", "which_weekday", "start_of_cycle"}
)


class Whole(Agreeing):
    """All columns of a row as one schedule."""

    def put_together(self) -> None:
        for said in self.saids:
            self.missing |= said.missing
        self.drop_columns_told_twice()
        drafts = [draft for said in self.saids for draft in said.drafts]
        base, changes = _changes(self.of_the_whole_week(drafts))
        base = self.with_seasons(self.with_weeks(self.with_weekdays(base)), changes)
        self.check_times(base)
        self.with_hours(base, changes)
        rules = [rule for draft in base for rule in self.rule(draft)]
        for change in changes:
            rules = self.changed(rules, change)
        self.rules = merged(rules)
        self.close(base)
        self.say_what_is_missing(base)

    def with_seasons(self, drafts: list[Draft], changes: list[Draft]) -> list[Draft]:
        """「夏季(4月~10月)17:00~ 冬季…」: the days of all drafts without hours, once for each season with its hours."""
        seasons = [draft for draft in drafts if draft.has_part and not draft.has_days]
        days = [draft for draft in drafts if draft.has_days]
        if not seasons:
            return drafts
        if not days:
            return (
                [replace(one, weekdays=EVERY_DAY.weekdays, frequency="weekly") for one in seasons]
                if all(one.last and (one.last.year or one.last.weekday) for one in seasons)
                else self.without_days(drafts)
            )
        if any(draft.has_part for draft in days if not draft.dates):
            self.missing.add("unread")
        if self.only_other_hours(days, seasons):
            changes += seasons
            return days
        kept = [draft for draft in days if draft.hours]
        waiting = [draft for draft in days if not draft.hours] or days
        kept = [draft for draft in kept if draft not in waiting]
        if len(seasons) > 1 and any(not one.hours for one in seasons):
            self.missing.add("unread")
        return kept + [
            replace(draft.during(one), hours=one.hours or draft.hours) for draft in waiting for one in seasons
        ]

    def only_other_hours(self, days: list[Draft], seasons: list[Draft]) -> bool:
        """Are these the months in which days that have their hours have others: 「9時~17時(12月~2月は16時まで)」?"""
        told = all(draft.hours or self.hours for draft in days) and all(one.hours and one.months for one in seasons)
        whole = {month for one in seasons for month in one.months} == set(ALL_MONTHS)
        return told and not whole and not any(one.only for one in seasons)

    def without_days(self, drafts: list[Draft]) -> list[Draft]:
        self.missing.add("which_days")
        if any(draft.season for draft in drafts):
            self.missing.add("part_of_year")
        return []

    def of_the_whole_week(self, drafts: list[Draft]) -> list[Draft]:
        """Where only closing days are said, and hours, it is open on all the others."""
        regular = any(said.regular_closing for said in self.saids)
        told = self.hours or any(said.hours for said in self.saids)
        if regular and told and all(_may_change(draft) for draft in drafts):
            return [Draft(weekdays=EVERY_DAY.weekdays, frequency="weekly"), *drafts]
        return drafts

    def with_hours(self, drafts: list[Draft], changes: list[Draft]) -> None:
        said_hours = joined_hours(hours for said in self.saids for hours in said.hours)
        further = any(said.further_hours for said in self.saids)
        if further and self.hours:
            default: tuple[Hours, ...] | None = joined_hours((*self.hours, *said_hours))
        else:
            default = together(self.hours, said_hours)
        if default is None:
            self.missing.add("hours")
            return
        told = [draft.hours for draft in drafts if draft.hours]
        if told and said_hours:
            self.missing.add("hours")
        elif told and self.hours:
            self.check_hours(drafts, told, changes)
        for draft in drafts:
            draft.hours = draft.hours or default
        if any(said.desk_hours for said in self.saids) and not all(draft.hours for draft in drafts):
            self.missing.add("hours")
        if len(self.hours) > 1 and any(draft.first and draft.last for draft in drafts):
            self.missing.add("hours")  # two lines of hours beside two days: both on each, or one for each?

    def check_hours(self, drafts: list[Draft], told: list[tuple[Hours, ...]], changes: list[Draft]) -> None:
        """The columns of hours beside prose with hours: they must be the same, or the frame of all sessions."""
        frame = (
            min(h.opens or 0 for hours in told for h in hours),
            max(h.closes or 0 for hours in told for h in hours),
        )
        whole = (min(h.opens or 0 for h in self.hours), max(h.closes or 0 for h in self.hours))
        for draft in drafts:
            if draft.hours:
                both = together(self.hours, draft.hours)
                draft.hours = both or draft.hours
                if both is None and (frame != whole or (len({*told}) == 1 and len(drafts) > 1)):
                    self.missing.add("hours")

    def say_what_is_missing(self, drafts: list[Draft]) -> None:
        told = any(said.anything() for said in self.saids) or self.hours
        nicknamed = any(said.nickname for said in self.saids) and not any(draft.month_days for draft in drafts)
        if nicknamed:
            self.missing.add("which_days")
        if (
            told
            and not self.rules
            and not self.missing
            & {"which_weekday", "which_weeks", "start_of_cycle", "conflict", "alternatives", "part_of_year"}
        ):
            self.missing.add("which_days")
        if self.rules and all(_never(rule, self.closures) for rule in self.rules):
            self.missing.add("conflict")
        if self.missing & _NO_HINT:
            self.rules, self.closures = [], []
        if self.missing & {"unread", "alternatives"}:
            self.missing.discard("conflict")  # what was not read, or leaves a choice, contradicts nothing for sure

    def holidays_said(self) -> bool:
        days = [rule.days for rule in self.rules] + [closure.days for closure in self.closures]
        said = any(one.holidays_said or one.never_closed for one in self.saids)
        return said or any(isinstance(one, PublicHolidays) for one in days)

    def named_said(self) -> tuple[NamedPeriod, ...]:
        said = {name for one in self.saids for name in one.named_said}
        said |= {closure.period for closure in self.closures if closure.period and closure.hours is None}
        if any(one.never_closed for one in self.saids):
            said |= {"year_end", "obon"}
        for season in [one.season for one in self.closures if one.season and one == Closure(season=one.season)]:
            if _covers_new_year(season):
                said.add("year_end")
            if season.first[0] == 8 and season.first <= (8, 15) <= season.last:
                said.add("obon")
        return tuple(sorted(said))


def _changes(drafts: list[Draft]) -> tuple[list[Draft], list[Draft]]:
    """The drafts, and those that only say how some of these days are otherwise."""
    base = [draft for draft in drafts if not _may_change(draft)]
    covered = weekdays_of(base)
    monthly = any((draft.nth or draft.month_days) and not draft.months for draft in base)
    changes: list[Draft] = []
    for draft in [one for one in drafts if _may_change(one)]:
        other_days = bool(draft.months) and bool(draft.nth or draft.month_days) and monthly
        other_hours = (
            bool(draft.hours)
            and not draft.months
            and bool(base)
            and ((bool(draft.weekdays) and set(draft.weekdays) <= covered) or draft.holidays or draft.exception)
        )
        (changes if other_days or other_hours else base).append(draft)
    return [draft for draft in drafts if any(draft is one for one in base)], changes


def _may_change(draft: Draft) -> bool:
    return (
        (draft.exception or draft.topic)
        and draft.has_days
        and (
            (bool(draft.hours) and draft.frequency != "weekly")
            or (bool(draft.months) and bool(draft.nth or draft.month_days))
        )
    )


def _never(rule: Rule, closures: Iterable[Closure]) -> bool:
    """Is every day of this rule closed all day by weekday? Then the text contradicts itself."""
    days = rule.days
    closed = {
        day
        for one in closures
        if isinstance(one.days, Weekly) and one == Closure(one.days)
        for day in one.days.weekdays
    }
    return isinstance(days, Weekly | Monthly) and set(days.weekdays) <= closed


def _covers_new_year(span: Span) -> bool:
    return span.first > span.last and span.first <= (12, 31)
