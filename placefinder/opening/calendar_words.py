"""The parts of a schedule in the words of a language: weekdays, days, months and hours, with authored readings."""

from collections.abc import Iterable, Sequence
from datetime import date

from babel.dates import format_date, get_month_names
from babel.lists import format_list

from placefinder.languages import Language, authored, mark
from placefinder.opening.rules import Hours

WEEKDAYS = (
    mark("月曜日"), mark("火曜日"), mark("水曜日"), mark("木曜日"), mark("金曜日"), mark("土曜日"), mark("日曜日"),
)  # fmt: skip
NTH = {1: mark("第1"), 2: mark("第2"), 3: mark("第3"), 4: mark("第4"), 5: mark("第5"), -1: mark("最終")}
_EVEN, _ODD = (2, 4, 6, 8, 10, 12), (1, 3, 5, 7, 9, 11)
# Days of the month whose reading is irregular; all others are number + にち.
_DAY_READINGS = {
    1: "ついたち", 2: "ふつか", 3: "みっか", 4: "よっか", 5: "いつか", 6: "むいか", 7: "なのか", 8: "ようか",
    9: "ここのか", 10: "とおか", 14: "じゅうよっか", 20: "はつか", 24: "にじゅうよっか",
}  # fmt: skip
_ORDINALS = {1: "st", 2: "nd", 3: "rd"}


class CalendarWords:
    """One language; `say` gives its words for a Japanese message. Weekdays are 1 Monday … 7 Sunday, times minutes of the day."""

    def __init__(self, language: Language) -> None:
        self.language, self.say = language, authored(language)

    def weekday(self, number: int) -> str:
        return self.say(WEEKDAYS[number - 1])

    def weekdays(self, numbers: Sequence[int]) -> str:
        """Three and more in a row as from … to."""
        if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
            ends = {"first": self.weekday(numbers[0]), "last": self.weekday(numbers[-1])}
            return self.say("%(first)s〜%(last)s") % ends
        return self.joined(map(self.weekday, numbers))

    def nth(self, numbers: Iterable[int]) -> str:
        """第2・最終: the last is said after the others."""
        return self.joined(self.say(NTH[n]) for n in _last_behind(numbers))

    def month_days(self, days: Sequence[int]) -> str:
        return self.joined(self.say("末日") if day == -1 else self.day_of_month(day) for day in _last_behind(days))

    def day_of_month(self, day: int) -> str:
        if self.language is Language.EN:
            return f"{day}{_ORDINALS.get(day if day in (11, 12, 13) else day % 10, 'th')}"
        return self.number_of_day(day)

    def months(self, months: tuple[int, ...]) -> str:
        if months in (_EVEN, _ODD):
            return self.say("偶数月") if months == _EVEN else self.say("奇数月")
        # A run of months may go over the turn of the year; it begins where the month before is not among them.
        first = next((month for month in months if (month + 10) % 12 + 1 not in months), 1)
        last = (first + len(months) - 2) % 12 + 1
        if len(months) > 2 and {(first + n - 1) % 12 + 1 for n in range(len(months))} == set(months):
            return self.say("%(first)s〜%(last)s") % {"first": self.month(first), "last": self.month(last)}
        return self.joined(map(self.month, months))

    def month(self, month: int) -> str:
        if self.language is Language.EN:
            return str(get_month_names("wide", locale="en")[month])
        return self.say("%(n)s月") % {"n": month}

    def month_day(self, month: int, day: int) -> str:
        return f"{self.month(month)}{' ' if self.language is Language.EN else ''}{self.number_of_day(day)}"

    def number_of_day(self, day: int) -> str:
        if self.language is not Language.EASY_JA:
            return str(day) if self.language is Language.EN else f"{day}日"
        return f"{{{day}日|{_DAY_READINGS[day]}}}" if day in _DAY_READINGS else f"{day}{{日|にち}}"

    def date(self, day: date) -> str:
        if self.language is not Language.EASY_JA:
            return str(format_date(day, "long", locale="en" if self.language is Language.EN else "ja"))
        return f"{day.year}{{年|ねん}}{self.month_day(day.month, day.day)}"

    def hours(self, hours: Iterable[Hours]) -> str:
        return self.say("、").join(filter(None, map(self.session, hours)))

    def session(self, hours: Hours) -> str:
        if hours.opens is not None and hours.closes is not None:
            return f"{self.time(hours.opens)}–{self.time(hours.closes)}"
        if hours.opens is not None:
            return self.say("%(time)sから") % {"time": self.time(hours.opens)}
        return "" if hours.closes is None else self.say("%(time)sまで") % {"time": self.time(hours.closes)}

    def time(self, minutes: int) -> str:
        hour, minute = divmod(minutes, 60)
        if minutes <= 1440:
            return f"{hour}:{minute:02d}"
        return self.say("翌%(time)s") % {"time": f"{hour - 24}:{minute:02d}"}

    def joined(self, parts: Iterable[str]) -> str:
        if self.language is Language.EN:
            return str(format_list(list(parts), locale="en"))
        return self.say("・").join(parts)


def _last_behind(numbers: Iterable[int]) -> list[int]:
    """-1, the last, is said after the others."""
    return sorted(numbers, key=lambda number: (number < 0, number))
