"""Closures, and days that are otherwise than the others."""

from collections.abc import Iterable
from dataclasses import replace

from placefinder.opening.drafts import Draft
from placefinder.opening.merging import ALL_MONTHS, merged_closures
from placefinder.opening.rules import HOLIDAYS, Closure, Hours, MonthDays, Monthly, PublicHolidays, Rule, Span, Weekly
from placefinder.opening.telling import Telling


class Changing(Telling):
    """Exceptions: 「8月は休み」「1月は第3」「土曜は10時~19時」."""

    def close(self, drafts: list[Draft]) -> None:
        closed = [draft for said in self.saids for draft in said.closed]
        weekdays = tuple(sorted(weekdays_of(drafts)))
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
            if sum(bool(one.weekdays) for said in self.saids for one in said.drafts) > 1:
                self.missing.add("unread")  # 「毎週月曜、水曜(第3を除く)」: of which of them?
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
        """「土曜は10時~19時」, 「第2土曜は12時まで」: the other days stay as they are."""
        days = rule.days
        if not isinstance(days, Weekly | Monthly) or not set(days.weekdays) & set(change.weekdays):
            return [rule]
        hours = _changed_hours(rule.hours, change.hours[0])
        weeks = days.nth if isinstance(days, Monthly) else (1, 2, 3, 4, 5) if days.every == 1 else ()
        if hours is None or not set(change.nth) <= set(weeks):
            self.missing.add("hours" if hours is None else "conflict")
            return [rule]
        touched = tuple(day for day in days.weekdays if day in change.weekdays)
        left = tuple(day for day in days.weekdays if day not in change.weekdays)
        others = tuple(n for n in weeks if n not in change.nth) if change.nth else ()
        found = [replace(rule, days=replace(days, weekdays=left))] if left else []
        found += [replace(rule, days=Monthly(others, touched))] if others else []
        changed = Monthly(change.nth, touched) if others else replace(days, weekdays=touched)
        return [*found, replace(rule, days=changed, hours=hours)]

    def shorter_holidays(self, rules: list[Rule], change: Draft) -> list[Rule]:
        """A closing time of public holidays that is earlier is a closure of the hours behind it."""
        until = change.hours[0].closes
        if change.hours[0].opens is not None or until is None or change.weekdays:
            self.missing.add("hours")
        else:
            self.closures.append(Closure(PublicHolidays(), hours=Hours(until, 1440)))
        return rules


def weekdays_of(drafts: Iterable[Draft]) -> set[int]:
    return {
        day for draft in drafts for day in (*draft.weekdays, *([draft.after_weekday] if draft.after_weekday else []))
    }


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
