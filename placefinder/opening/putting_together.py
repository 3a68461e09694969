"""What all the columns say put together into rules: weekdays find their weeks, days their hours, dates their year; contradictions are named."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from placefinder.opening.drafts import Draft, Said, joined_hours
from placefinder.opening.rules import (
    EVERY_DAY,
    HOLIDAYS,
    Closure,
    Dates,
    Days,
    Following,
    Hours,
    Missing,
    MonthDays,
    Monthly,
    NamedPeriod,
    PublicHolidays,
    Rule,
    Span,
    Weekly,
)
from placefinder.opening.words import MonthDay

ALL_MONTHS = tuple(range(1, 13))
_NO_HINT: frozenset[Missing] = frozenset(
    {"conflict", "alternatives", "which_weeks", "which_days", "which_weekday", "start_of_cycle"}
)


@dataclass(slots=True)
class Whole:
    """The columns of a row while they are put together. `year`: the year of the edition, by which dates without one are understood."""

    saids: list[Said]
    hours: tuple[Hours, ...] = ()
    code: int | None = None
    weekly: bool = False
    year: int | None = None
    missing: set[Missing] = field(default_factory=set)
    rules: list[Rule] = field(default_factory=list)
    closures: list[Closure] = field(default_factory=list)

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

    # Days of several columns

    def drop_columns_told_twice(self) -> None:
        """A weekday column beside prose with the same weekdays says nothing more; with others they contradict each other."""
        told = [said for said in self.saids if any(draft.has_days for draft in _lasting(said))]
        fixed = [said for said in told if not all(draft.bare for draft in _lasting(said))]
        keys = {
            frozenset(draft.days_key() for draft in _lasting(said) if not draft.bare and draft.has_days)
            for said in fixed
        }
        complete = [said for said in fixed if not any(_waiting(draft) for draft in said.drafts)]
        if len(complete) > 1 and len(keys) > 1:
            self.missing.add("conflict")
        for said in complete[1:]:
            said.drafts = [
                draft for draft in said.drafts if not draft.has_days or draft.hours or draft.topic or draft.exception
            ]
            if complete[0].drafts and any(draft.hours for draft in said.drafts):
                self.carry_hours(complete[0], said)
        bare = [said for said in told if said not in fixed]
        for said in bare[1:] if not fixed else []:
            if self.agree(bare[0], said):
                self.carry_hours(bare[0], said)
        for said in bare if complete else []:
            if self.agree(said, complete[0]):
                said.drafts = [draft for draft in said.drafts if draft.topic or draft.exception or not draft.bare]

    def agree(self, column: Said, prose: Said) -> bool:
        """Do both speak of the same weekdays? If not, prose may say how some of them are otherwise; or they contradict each other."""
        listed, told = _weekdays(column.drafts), self.all_weekdays(prose)
        if listed == told:
            return True
        days = [draft for draft in prose.drafts if draft.has_days]
        if told < listed and all(draft.hours and (draft.bare or self.weekly) for draft in days):
            for draft in days:
                draft.exception = True
            return False
        if self.weekly:
            if not all(draft.topic and draft.nth for draft in days):
                self.missing.add("unread")
            return False
        self.missing.add("which_weeks" if told < listed else "conflict")
        return True

    def carry_hours(self, first: Said, second: Said) -> None:
        """The same days told again with hours: the hours are those of the first."""
        for draft in [one for one in second.drafts if one.has_days and not (one.topic or one.exception)]:
            for same in first.drafts:
                if same.weekdays == draft.weekdays and same.days_key() == draft.days_key():
                    same.hours = joined_hours((*same.hours, *draft.hours))
            second.drafts.remove(draft)

    def all_weekdays(self, said: Said) -> set[int]:
        dated = [day for draft in said.drafts for day in draft.dates]
        if dated:
            resolved = self.dates(dated)
            return {day.isoweekday() for day in resolved} if resolved else set()
        return _weekdays(_lasting(said))

    # Weeks of weekdays

    def with_weekdays(self, drafts: list[Draft]) -> list[Draft]:
        """「毎月第3」 finds its weekday in another column."""
        waiting = [draft for draft in drafts if _waiting(draft)]
        bare = [draft for draft in drafts if draft.bare]
        if not waiting:
            return drafts
        weekdays = tuple(sorted(_weekdays(bare)))
        if not weekdays:
            self.missing.add("which_weekday")
        for draft in waiting:
            draft.weekdays = weekdays
        return [draft for draft in drafts if (draft not in bare and draft.weekdays) or not draft.has_days]

    def with_weeks(self, drafts: list[Draft]) -> list[Draft]:
        every = [one for said in self.saids for one in said.every]
        weeks = {number for unit, number in every if unit == "週"}
        weekly = self.said_weekly(drafts)
        for draft in drafts:
            if not draft.bare:
                continue
            if weeks:
                self.cycle(draft, weeks)
            elif weekly:
                draft.frequency = "weekly"
            else:
                self.missing.add("which_weeks")
        if weeks and not drafts:
            self.missing.add("start_of_cycle")
        for step in (n for unit, n in every if unit == "月"):
            if not drafts or not all(_every_nth_month(draft.months, step) for draft in drafts if draft.has_days):
                self.missing.add("start_of_cycle")
        return drafts

    def said_weekly(self, drafts: list[Draft]) -> bool:
        times = {one for said in self.saids for one in said.times}
        if any(unit == "月" for unit, _ in times):
            return False
        count = len(_weekdays(drafts))
        return (
            self.weekly
            or any(said.weekly for said in self.saids)
            or any(draft.no_holidays for draft in drafts)
            or any(_weekly_by_exceptions(said) for said in self.saids)
            or ("週", count) in times
        )

    def cycle(self, draft: Draft, weeks: set[int]) -> None:
        since = draft.first and self.full(draft.first)
        if since is None:
            self.missing.add("start_of_cycle")
        if draft.every is None and len(weeks) > 1:
            self.missing.add("conflict")
        draft.frequency, draft.half = "fortnight", None
        draft.every = draft.every or min(weeks)

    def check_times(self, drafts: list[Draft]) -> None:
        """「月2回」 beside days: as many of them, or a contradiction."""
        days = [draft for draft in drafts if draft.has_days]
        monthly, weekly = _per_month(days), any(draft.frequency == "weekly" for draft in days)
        for unit, number in {one for said in self.saids for one in said.times}:
            if not days:
                self.missing.add("which_weekday")
            elif unit == "月" and all(draft.no_holidays for draft in days):
                self.missing.add("which_weekday")
            elif (
                unit == "月" and (weekly or any(draft.nth or draft.month_days for draft in days)) and monthly != number
            ) or (unit == "週" and (monthly or number > len(_weekdays(days)))):
                self.missing.add("conflict")
            elif unit == "週" and number < len(_weekdays(days)):
                self.missing.add("which_weekday")
            elif unit == "年" and number != sum(_per_month([draft]) * (len(draft.months) or 12) for draft in days):
                self.missing.add("part_of_year" if monthly else "which_weeks")
        if any(said.weekly for said in self.saids) and days and not weekly and "start_of_cycle" not in self.missing:
            self.missing.add("conflict")
        self.check_code(days, monthly, weekly)

    def check_code(self, days: list[Draft], monthly: int, weekly: bool) -> None:
        """開催頻度 as a number has no official key: it makes nothing exact, but it can contradict."""
        if self.code is None or not days or any(draft.bare for draft in days):
            if self.code == 8:
                self.missing.add("irregular")
            return
        months = min((len(draft.months) for draft in days if draft.months), default=12)
        right = {
            1: weekly or monthly >= 4, 2: weekly or monthly >= 4, 3: weekly or monthly >= 4, 4: not weekly and monthly in (2, 3),
            5: not weekly and monthly == 1, 6: not weekly and monthly == 1 and months <= 6, 8: False,
        }  # fmt: skip
        if not right.get(self.code, True) and not any(draft.dates for draft in days):
            self.missing.add("conflict")

    # Parts of the year and hours

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

    # Drafts become rules

    def rule(self, draft: Draft) -> list[Rule]:
        days = self.days(draft)
        if days is None:
            return []
        fields = self.when(draft, cycle=isinstance(days, Weekly) and days.every > 1)
        return [] if fields is None else [Rule(days, draft.hours, **fields)]  # type: ignore[arg-type]

    def days(self, draft: Draft) -> Days | None:
        if draft.after is not None:
            base = self.days(draft.after)
            return (
                Following(base, draft.after_weekday, draft.after_days)
                if isinstance(base, Monthly | MonthDays)
                else None
            )
        if draft.nth:
            return Monthly(draft.nth, draft.weekdays) if draft.weekdays else None
        if draft.dates:
            dates = self.dates(draft.dates)
            return Dates(tuple(sorted(set(dates)))) if dates else None
        if draft.weekdays and draft.frequency == "fortnight":
            since = draft.first and self.full(draft.first)
            return Weekly(draft.weekdays, draft.every or 2, since) if since else None
        if draft.weekdays:
            return Weekly(draft.weekdays)
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

    # Closures, and changes of some days

    def close(self, drafts: list[Draft]) -> None:
        closed = [draft for said in self.saids for draft in said.closed]
        weekdays = tuple(sorted(_weekdays(drafts)))
        closures = [closure for draft in closed for closure in self.closure(draft, weekdays)]
        if any(draft.no_holidays for draft in drafts):
            held = [draft for draft in drafts if draft.holidays]
            ordinary = [draft for draft in drafts if draft.no_holidays]
            if not held:
                closures.append(HOLIDAYS)
            elif {draft.hours for draft in held} != {draft.hours for draft in ordinary}:
                self.missing.add("hours")
        self.closures += closures
        self.closures = merged_closures(self.closures)

    def closure(self, draft: Draft, weekdays: tuple[int, ...]) -> list[Closure]:
        if draft.period:
            return [Closure(period=draft.period, hours=draft.half)]
        if draft.nth and not draft.weekdays:
            draft = replace(draft, weekdays=weekdays)
        single = [day for day in draft.dates if day.year is None and day.weekday is None]
        if single and len(single) == len(draft.dates):
            return [
                Closure(season=Span((day.month, day.day), (day.month, day.day)), hours=draft.half) for day in single
            ]
        days = self.days(replace(draft, frequency=None) if draft.weekdays and not draft.nth else draft)
        fields = self.when(draft)
        if fields is None or (days is None and draft.has_days):
            self.missing.add("unread")
            return []
        closure = Closure(days, hours=draft.half, **fields)  # type: ignore[arg-type]
        if closure == Closure(hours=closure.hours):
            self.missing.add("unread")
        return [closure]

    def changed(self, rules: list[Rule], change: Draft) -> list[Rule]:
        """Some of the days are otherwise: 「1月は第3」, 「土曜は10時~19時」, 「日曜及び休日は17時まで」."""
        if change.months and (change.nth or change.month_days):
            return self.other_days(rules, change)
        if change.months and change.hours and not change.has_days:
            return [part for rule in rules for part in self.hours_of_months(rule, change)]
        if change.has_part or not change.hours or len(change.hours) != 1:
            self.missing.add("unread")
            return rules
        if change.holidays:
            return self.shorter_holidays(rules, change)
        if not any(
            isinstance(rule.days, Weekly | Monthly) and set(rule.days.weekdays) & set(change.weekdays) for rule in rules
        ):
            self.missing.add("conflict")
        return [part for rule in rules for part in self.other_hours(rule, change)]

    def hours_of_months(self, rule: Rule, change: Draft) -> list[Rule]:
        """「12月~2月は16:00まで」: the same days with other hours."""
        others = tuple(month for month in rule.months or ALL_MONTHS if month not in change.months)
        touched = tuple(month for month in rule.months or ALL_MONTHS if month in change.months)
        hours = change.hours if len(change.hours) > 1 else _changed_hours(rule.hours, change.hours[0])
        if hours is None or rule.season:
            self.missing.add("hours")
            return [rule]
        found = [replace(rule, months=others)] if others else []
        return [*found, replace(rule, months=touched, hours=hours)] if touched else found

    def other_days(self, rules: list[Rule], change: Draft) -> list[Rule]:
        found: list[Rule] = []
        for rule in rules:
            months = tuple(month for month in rule.months or ALL_MONTHS if month not in change.months)
            if not isinstance(rule.days, Monthly | MonthDays) or not months:
                self.missing.add("conflict")
                return rules
            weekdays = change.weekdays or (rule.days.weekdays if isinstance(rule.days, Monthly) else ())
            days = Monthly(change.nth, weekdays) if change.nth and weekdays else MonthDays(change.month_days)
            found += [
                replace(rule, months=months),
                replace(rule, days=days, months=change.months, hours=change.hours or rule.hours),
            ]
        return found

    def other_hours(self, rule: Rule, change: Draft) -> list[Rule]:
        days = rule.days
        hours = _changed_hours(rule.hours, change.hours[0])
        if not isinstance(days, Weekly | Monthly) or not set(days.weekdays) & set(change.weekdays):
            return [rule]
        if hours is None:
            self.missing.add("hours")
            return [rule]
        touched = tuple(day for day in days.weekdays if day in change.weekdays)
        left = tuple(day for day in days.weekdays if day not in change.weekdays)
        if change.nth and isinstance(days, Weekly):
            return self.other_weeks(rule, days, change, hours, touched, left)
        nth = change.nth or (days.nth if isinstance(days, Monthly) else ())
        if isinstance(days, Monthly) and not set(nth) <= set(days.nth):
            self.missing.add("conflict")
            return [rule]
        found = [replace(rule, days=replace(days, weekdays=left))] if left else []
        if isinstance(days, Monthly):
            others = tuple(n for n in days.nth if n not in nth)
            found += [replace(rule, days=Monthly(others, touched))] if others else []
            return [*found, replace(rule, days=Monthly(nth, touched), hours=hours)]
        return [*found, replace(rule, days=replace(days, weekdays=touched), hours=hours)]

    def other_weeks(
        self,
        rule: Rule,
        days: Weekly,
        change: Draft,
        hours: tuple[Hours, ...],
        touched: tuple[int, ...],
        left: tuple[int, ...],
    ) -> list[Rule]:
        if -1 in change.nth or days.every > 1:
            self.missing.add("conflict")
            return [rule]
        others = tuple(n for n in (1, 2, 3, 4, 5) if n not in change.nth)
        found = [replace(rule, days=replace(days, weekdays=left))] if left else []
        found += [replace(rule, days=Monthly(others, touched))] if others else []
        return [*found, replace(rule, days=Monthly(change.nth, touched), hours=hours)]

    def shorter_holidays(self, rules: list[Rule], change: Draft) -> list[Rule]:
        """A closing time of public holidays that is earlier is a closure of the hours behind it."""
        until = change.hours[0].closes
        if change.hours[0].opens is not None or until is None or change.weekdays:
            self.missing.add("hours")
        else:
            self.closures.append(Closure(PublicHolidays(), hours=Hours(until, 1440)))
        return rules

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


def _weekly_by_exceptions(said: Said) -> bool:
    """「月~金(祝日を除く)」「土曜(第5除く)」: exceptions that only weekdays of every week have."""
    bare = [draft for draft in said.drafts if draft.bare]
    return bool(bare) and any(one.holidays or one.nth for one in said.closed)


def _lasting(said: Said) -> list[Draft]:
    return [
        draft
        for draft in said.drafts
        if not (draft.exception or draft.topic) or (not draft.hours and not draft.has_part)
    ]


def _waiting(draft: Draft) -> bool:
    return bool(draft.nth) and not draft.weekdays


def _weekdays(drafts: Iterable[Draft]) -> set[int]:
    return {
        day for draft in drafts for day in (*draft.weekdays, *([draft.after_weekday] if draft.after_weekday else []))
    }


def _every_nth_month(months: tuple[int, ...], step: int) -> bool:
    return (
        len(months) > 1
        and all(b - a == step for a, b in itertools.pairwise(months))
        and (months[-1] + step) % 12 == months[0] % 12
    )


def _per_month(drafts: Iterable[Draft]) -> int:
    """How many days of a month the nth weekdays and the days of the month are; those of different months count once."""
    counts: dict[tuple[int, ...], int] = {}
    for draft in drafts:
        if draft.frequency != "fortnight" and (draft.nth or draft.month_days or draft.after):
            number = (
                1
                if draft.after
                else len(draft.nth) * max(len(draft.weekdays), 1)
                if draft.nth
                else len(draft.month_days)
            )
            counts[draft.months] = counts.get(draft.months, 0) + number
    everywhere = counts.pop((), 0)
    return everywhere + max(counts.values(), default=0)


def _changes(drafts: list[Draft]) -> tuple[list[Draft], list[Draft]]:
    """The drafts, and those that only say how some of these days are otherwise."""
    base = [draft for draft in drafts if not _may_change(draft)]
    covered = _weekdays(base)
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


def _changed_hours(hours: tuple[Hours, ...], change: Hours) -> tuple[Hours, ...] | None:
    if change.opens is not None and change.closes is not None:
        return (change,)
    if len(hours) > 1:
        return None
    before = hours[0] if hours else Hours()
    after = Hours(
        change.opens if change.opens is not None else before.opens,
        change.closes if change.closes is not None else before.closes,
    )
    return None if after.opens is not None and after.closes is not None and after.closes <= after.opens else (after,)


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
        if len(frame) == 1 and len(sessions) > 1 and frame[0].opens in (None, sessions[0].opens):
            if frame[0].closes is None or frame[0].closes == max(s.closes or 0 for s in sessions):
                return sessions
    return None


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
    match one, other:
        case _ if one == other:
            return one
        case Weekly(), Weekly() if (one.every, one.since) == (other.every, other.since):
            return replace(one, weekdays=_union(one.weekdays, other.weekdays))
        case Monthly(), Monthly() if one.weekdays == other.weekdays:
            return Monthly(_union(one.nth, other.nth), one.weekdays)
        case Monthly(), Monthly() if one.nth == other.nth:
            return Monthly(one.nth, _union(one.weekdays, other.weekdays))
        case MonthDays(), MonthDays():
            return MonthDays(_union(one.days, other.days))
        case Dates(), Dates():
            return Dates(tuple(sorted({*one.dates, *other.dates})))
    return None


def _union(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted({*one, *other}))


def merged_closures(closures: Iterable[Closure]) -> list[Closure]:
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
    return found


def _only_months(closure: Closure) -> bool:
    return bool(closure.months) and closure == Closure(months=closure.months)


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
