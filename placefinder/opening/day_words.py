"""Words for days, and how often they come."""

from placefinder.opening.drafting import Drafting
from placefinder.opening.drafts import Draft
from placefinder.opening.words import MonthDay, Token


class DayWords(Drafting):
    """Weekdays, weeks, days of the month, days that follow others; 毎週, 隔週, 月2回."""

    def nth(self, token: Token) -> None:
        if not all(-1 <= n <= 5 and n for n in token.value):
            self.said.missing.add("unread")
        weekdays = self.run(frozenset("・")) if self.next_kind(over=frozenset({"blank", "fill"})) == "weekday" else ()
        self.add(Draft(nth=token.value, weekdays=weekdays, frequency="monthly"))

    def run(self, joins: frozenset[str]) -> tuple[int, ...]:
        """Weekdays in a row: 「月・水」「土日」「月~金」."""
        while self.words[self.at].kind in ("blank", "fill"):
            self.at += 1
        found: list[int] = []
        while self.at < len(self.words) and self.words[self.at].kind == "weekday":
            found.append(self.words[self.at].value)
            self.at += 1
            found += self.range_from(found[-1])
            following = self.words[self.at : self.at + 2]
            if len(following) == 2 and following[0].text in joins and following[1].kind == "weekday":
                self.at += 1
        return tuple(sorted(set(found)))

    def range_from(self, first: int) -> list[int]:
        following = self.words[self.at : self.at + 2]
        if len(following) < 2 or following[0].kind not in ("range", "since") or following[1].kind != "weekday":
            return []
        self.at += 2
        if self.at < len(self.words) and self.words[self.at].kind == "until":
            self.at += 1
        last = following[1].value
        return [(first + n - 1) % 7 + 1 for n in range(1, (last - first) % 7 + 1)]

    def weekday(self, token: Token) -> None:
        self.at -= 1
        begin = self.at
        weekdays = self.run(frozenset(("・", "と", "&", "及び", "+")))
        ranged = any(word.kind == "range" for word in self.words[begin : self.at])
        parts = self.group[self.base :]
        waiting = parts[-1] if parts and parts[-1].nth and not parts[-1].weekdays else None
        if waiting and self.joined in ("", "space"):
            waiting.weekdays, self.joined = weekdays, ""
            return
        every = self.said.every[-1][1] if self.frequency == "fortnight" else None
        explicit = ranged or bool(self.frequency)
        self.add(Draft(weekdays=weekdays, frequency=self.frequency, every=every, explicit=explicit))  # type: ignore[arg-type]

    def weekdays_only(self, token: Token) -> None:
        self.add(Draft(weekdays=(1, 2, 3, 4, 5), frequency="weekly", explicit=True, no_holidays=True))

    def every_day(self, token: Token) -> None:
        self.said.never_closed |= token.kind == "never_closed"
        self.add(Draft(weekdays=(1, 2, 3, 4, 5, 6, 7), frequency="weekly", explicit=True))

    def holidays(self, token: Token) -> None:
        self.add(Draft(holidays=True))

    def named(self, token: Token) -> None:
        for period in token.value:
            self.add(Draft(period=period))

    def month_days(self, token: Token) -> None:
        days, weekday = token.value
        if not all(1 <= day <= 31 for day in days):
            self.said.missing.add("unread")
        span = next((one for one in reversed(self.present() or self.latest) if one.first and one.last), None)
        if weekday and span and span.first and span.last and span.first.month == span.last.month:
            self.add(Draft(dates=tuple(MonthDay(span.first.year, span.first.month, day, weekday) for day in days)))
            return
        dated = self.before()
        if dated and dated.dates and self.joined in ("comma", "tight"):
            year, month = dated.dates[-1].year, dated.dates[-1].month
            dated.dates = (*dated.dates, *(MonthDay(year, month, day, weekday) for day in days))
            self.joined = ""
            return
        if weekday:
            self.said.missing.add("part_of_year")
        self.add(Draft(month_days=days, frequency="monthly"))

    def ending(self, token: Token) -> None:
        self.add(Draft(month_days=token.value, frequency="monthly"))

    def month_end(self, token: Token) -> None:
        self.add(Draft(month_days=(-1,), frequency="monthly"))

    def nickname(self, token: Token) -> None:
        self.said.nickname = True

    def next_weekday(self, token: Token) -> None:
        base = self.base_day()
        if base is None or self.next_kind(over=frozenset({"blank"})) != "weekday":
            self.said.missing.add("unread")
            return
        kept = self.joined == "tight" or token.text.startswith("その")
        day = self.words[self.at].value
        self.at += 1
        self.follow(base, kept, weekday=day)

    def day_beside(self, token: Token) -> None:
        base = self.base_day()
        if base is None:
            self.said.missing.add("unread")
            return
        days = token.value if token.kind == "days_apart" else 1 if token.kind == "day_after" else -1
        self.follow(base, token.text.startswith("その"), days=days)
        self.weekday_of_the_day_beside(base, days)

    def weekday_of_the_day_beside(self, base: Draft, days: int) -> None:
        """「第4日曜とその翌日の月曜」 says the weekday of the day after once more."""
        if self.next_kind(over=frozenset({"fill"})) != "weekday":
            return
        while self.words[self.at].kind != "weekday":
            self.at += 1
        if tuple((day + days - 1) % 7 + 1 for day in base.weekdays) != (self.words[self.at].value,):
            self.said.missing.add("unread")
        self.at += 1

    def base_day(self) -> Draft | None:
        parts = self.group[self.base :]
        return parts[-1] if parts and (parts[-1].month_days or (parts[-1].nth and parts[-1].weekdays)) else None

    def follow(self, base: Draft, kept: bool, *, weekday: int | None = None, days: int | None = None) -> None:
        if not kept:
            self.group.remove(base)
        follower = base.copy()
        follower.weekdays, follower.nth, follower.month_days = (), (), ()
        follower.after, follower.after_weekday, follower.after_days = base.copy(), weekday, days
        self.group.append(follower)
        self.joined = ""

    def every_week(self, token: Token) -> None:
        self.said.weekly, self.frequency = True, "weekly"

    def every_month(self, token: Token) -> None:
        self.said.monthly, self.frequency, self.part = True, None, None

    def fortnight(self, token: Token) -> None:
        self.said.every.append(("週", 2))
        self.frequency = "fortnight"

    def two_months(self, token: Token) -> None:
        self.said.every.append(("月", 2))

    def two_days(self, token: Token) -> None:
        self.said.missing.add("start_of_cycle")

    def times(self, token: Token) -> None:
        unit, number, about = token.value
        if about:
            self.said.missing.add("irregular")
        if number is None:
            self.said.missing.add("alternatives")
        elif unit != "日":
            self.said.times.append((unit, number))
        self.frequency = None

    def every_n(self, token: Token) -> None:
        unit, number = token.value
        if number == 1:
            self.said.weekly |= unit == "週"
        elif number:
            self.said.every.append((unit, number))
            self.frequency = "fortnight" if unit == "週" else None
        else:
            self.said.missing.add("unread")
