"""Columns that tell the same, complete each other or contradict each other."""

import itertools
from collections.abc import Iterable

from placefinder.opening.changing import Changing, weekdays_of
from placefinder.opening.drafts import Draft, Said, joined_hours


class Agreeing(Changing):
    """Which days all the columns together mean, and how often."""

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
        listed, told = weekdays_of(column.drafts), self.all_weekdays(prose)
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
        return weekdays_of(_lasting(said))

    def with_weekdays(self, drafts: list[Draft]) -> list[Draft]:
        """「毎月第3」 finds its weekday in another column."""
        waiting = [draft for draft in drafts if _waiting(draft)]
        bare = [draft for draft in drafts if draft.bare]
        if not waiting:
            return drafts
        weekdays = tuple(sorted(weekdays_of(bare)))
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
        count = len(weekdays_of(drafts))
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
            if not days or (unit == "月" and all(draft.no_holidays for draft in days)):
                self.missing.add("which_weekday")
            elif (
                unit == "月" and (weekly or any(draft.nth or draft.month_days for draft in days)) and monthly != number
            ) or (unit == "週" and (monthly or number > len(weekdays_of(days)))):
                self.missing.add("conflict")
            elif unit == "週" and number < len(weekdays_of(days)):
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
