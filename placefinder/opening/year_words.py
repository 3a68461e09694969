"""Words for parts of the year, and dates."""

from placefinder.opening.day_words import DayWords
from placefinder.opening.drafts import Draft
from placefinder.opening.words import MonthDay, Token


class YearWords(DayWords):
    """Months, seasons, dates, from and until."""

    def months(self, token: Token) -> None:
        if not all(1 <= month <= 12 for month in token.value):
            self.said.missing.add("unread")
        elif self.at < len(self.words) and self.words[self.at].kind in ("since", "until", "range"):
            self.at += 1
            self.said.missing.add("part_of_year")
        else:
            self.add_part(Draft(months=token.value))

    def month_range(self, token: Token) -> None:
        first, last = token.value
        if not (1 <= first <= 12 and 1 <= last <= 12):
            self.said.missing.add("unread")
            return
        count = (last - first) % 12 + 1
        self.add_part(Draft(months=tuple(sorted((first + n - 1) % 12 + 1 for n in range(count)))))

    def even(self, token: Token) -> None:
        self.add_part(Draft(months=(2, 4, 6, 8, 10, 12)))

    def odd(self, token: Token) -> None:
        self.add_part(Draft(months=(1, 3, 5, 7, 9, 11)))

    def season(self, token: Token) -> None:
        """A season counts only with its months beside it: 「夏季(4月~10月)」, 「(夏季:4月~10月)」, 「4月~10月(夏季)」."""
        with_months = self.next_kind(over=frozenset({"blank", "colon", "open", "fill"})) in (
            "months",
            "month_range",
            "date",
        )
        parts = self.present()
        named = self.group[: self.base] and self.group[self.base - 1].has_part
        if not with_months and not named and not (parts and parts[-1].has_part and not parts[-1].has_days):
            self.said.missing.add("part_of_year")
        self.core = True
        if with_months and self.at < len(self.words) and self.words[self.at].kind == "open":
            self.part = None
            self.at += 1
            self.season_months()

    def season_months(self) -> None:
        """The inside of the bracket behind a season is read as if the bracket were not there."""
        end = self.at
        while end < len(self.words) and self.words[end].kind != "shut":
            end += 1
        if end < len(self.words):
            self.words = self.words[:end] + self.words[end + 1 :]

    def some_part(self, token: Token) -> None:
        self.core = True
        self.said.missing.add("part_of_year")

    def first_time(self, token: Token) -> None:
        if self.at < len(self.words) and self.words[self.at].kind == "date":
            self.at += 1
            self.core = True
            self.add_part(Draft(first=self.words[self.at - 1].value))
        else:
            self.other(token)

    def date(self, token: Token) -> None:
        day: MonthDay = token.value
        if not 1 <= day.month <= 12 or not 1 <= day.day <= 31:
            self.said.missing.add("unread")
            return
        before = self.words[self.at - 2].kind if self.at > 1 else ""
        kind = self.words[self.at].kind if self.at < len(self.words) else ""
        if kind in ("range", "since"):
            self.at += 1
            last = self.last_of(day)
            yearly = last and not (day.year or last.year or day.weekday or last.weekday)
            self.add_part(Draft(season=(day, last)) if last and yearly else Draft(first=day, last=last))
        elif before == "range" or kind == "until":
            self.at += kind == "until"
            self.add_part(Draft(last=day))
        else:
            self.one_date(day)

    def last_of(self, first: MonthDay) -> MonthDay | None:
        at = self.at + 1 if self.at < len(self.words) and self.words[self.at].text in ("翌年の", "翌年") else self.at
        token = self.words[at] if at < len(self.words) else None
        last: MonthDay | None = None
        if token and token.kind == "date":
            last = token.value
        elif token and token.kind == "month_days" and len(token.value[0]) == 1:
            last = MonthDay(first.year, first.month, token.value[0][0], token.value[1])
        if last is None:
            return None
        self.at = at + 1
        if self.at < len(self.words) and self.words[self.at].kind == "until":
            self.at += 1
        if first.year and last.year is None:
            wraps = (last.month, last.day) < (first.month, first.day)
            last = last._replace(year=first.year + wraps)
        return last

    def one_date(self, day: MonthDay) -> None:
        parts = self.group[self.base :]
        if parts and parts[-1].dates and self.joined:
            year = day.year or parts[-1].dates[-1].year
            parts[-1].dates = (*parts[-1].dates, day._replace(year=year))
            self.joined = ""
        else:
            self.add(Draft(dates=(day,)))

    def year_month(self, token: Token) -> None:
        year, month = token.value
        if not 1 <= month <= 12:
            self.said.missing.add("unread")
            return
        first = MonthDay(year, month, 1)
        before = self.words[self.at - 2].kind if self.at > 1 else ""
        kind = self.words[self.at].kind if self.at < len(self.words) else ""
        following = self.words[self.at + 1] if self.at + 1 < len(self.words) else None
        if kind in ("range", "since"):
            self.at += 1
            last = None
            if following and following.kind == "year_month" and 1 <= following.value[1] <= 12:
                self.at += 1
                last = _month_end(*following.value)
                self.at += self.at < len(self.words) and self.words[self.at].kind == "until"
            self.add_part(Draft(first=first, last=last))
        elif before == "range" or kind == "until":
            self.at += kind == "until"
            self.add_part(Draft(last=_month_end(year, month)))
        else:
            self.add_part(Draft(first=first, last=_month_end(year, month)))

    def year(self, token: Token) -> None:
        first, last = token.value
        self.add_part(
            Draft(first=MonthDay(first.year, first.month, first.day), last=MonthDay(last.year, last.month, last.day))
        )


def _month_end(year: int, month: int) -> MonthDay:
    days = 31 if month in (1, 3, 5, 7, 8, 10, 12) else 30
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return MonthDay(year, month, (29 if leap else 28) if month == 2 else days)
