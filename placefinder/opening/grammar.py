"""The grammar: tokens of a schedule read from left to right into drafts of rules and closures.

Days gather in a group until hours, a closing word or the end of a sentence says what is meant by them. A parenthesis is a sentence of its own that may
speak of the days before it. Whatever is no word of the language makes the reading incomplete (`unread`), unless its sentence speaks of no schedule at all.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from placefinder.opening import clock
from placefinder.opening.closing_words import ClosingWords
from placefinder.opening.drafts import Draft, Said
from placefinder.opening.remarks import without_booking, without_labels
from placefinder.opening.words import Token, plain, tokens

_WEAK = frozenset(("など", "等", "他", "ほか", "その他", "程度", "ほど", "くらい", "ぐらい", "頃", "ごろ", "前後", "調整", "相談", "予定", "都合", "次第", "問い合わせ", "問合せ", "お問い合わせください", "要問合せ", "要問い合わせ", "要問合わせ"))  # fmt: skip
_CORE_FILL = re.compile("日にち|日付|開催日|実施日|日程|日時|曜日|時間")
_CORE = frozenset(
    [
        "date",
        "day_range",
        "year_month",
        "year",
        "time",
        "nth",
        "times",
        "every_n",
        "month_range",
        "months",
        "month_days",
        "ending",
        "weekday",
        "holidays",
        "weekdays_only",
        "every_day",
        "never_closed",
        "all_hours",
        "named",
        "even",
        "odd",
        "every_week",
        "every_month",
        "fortnight",
        "two_months",
        "two_days",
        "month_end",
        "nickname",
        "except",
    ]
)


@lru_cache(maxsize=20_000)
def read(text: str, *, closing: bool = False) -> Said:
    """What one text says; `closing`: the text is a list of closing days. The answer is shared: copy it before changing it."""
    spelled = without_booking(plain(text))
    said = _read(spelled, closing)
    if "unread" in said.missing and len(said.drafts) == 1:
        without = _read(without_labels(spelled), closing)
        said = without if len(without.drafts) == 1 else said
    return said


def _read(text: str, closing: bool) -> Said:
    reader = _Reader(tokens(text), closing)
    reader.all()
    return reader.said


class _Reader(ClosingWords):
    """One reading of one text."""

    def all(self) -> None:
        while self.at < len(self.words):
            self.sentence(nested=False)
            self.at += 1

    def sentence(self, *, nested: bool) -> None:
        """Everything up to the end, or to the closing bracket of a nested one."""
        while self.at < len(self.words):
            token = self.words[self.at]
            if nested and token.kind == "shut":
                break
            if token.kind in _CORE:
                self.core = True
            if clock.starts(self.words, self.at):
                self.hours()
                continue
            self.at += 1
            action = _ACTIONS.get(token.kind)
            if action:
                action(self, token)
        self.stop(None)

    def irregular(self, token: Token) -> None:
        if token.text in _WEAK:
            self.weak = True
        else:
            self.said.missing.add("irregular")

    def alternative(self, token: Token) -> None:
        if token.text == "か" and self.next_kind() not in ("nth", "weekday", "month_days"):
            self.other(token)
        else:
            self.said.missing.add("alternatives")

    def paren(self, token: Token) -> None:
        """A parenthesis: it adds days, or says when those before it are held, or is a remark."""
        outer = (
            self.base,
            self.closing,
            self.exception,
            self.core,
            self.unknown,
            self.weak,
            self.joined,
            self.part,
            self.frequency,
        )
        self.base, self.joined, self.part, self.depth = len(self.group), "", None, self.depth + 1
        self.exception, self.core, self.unknown, self.weak = True, False, "", False
        self.sentence(nested=True)
        self.at += 1
        self.depth -= 1
        inner = self.group[self.base :]
        del self.group[self.base :]
        core = outer[3]
        (
            self.base,
            self.closing,
            self.exception,
            self.core,
            self.unknown,
            self.weak,
            self.joined,
            self.part,
            self.frequency,
        ) = outer
        self.core = core
        self.put_together(inner)

    def put_together(self, inner: list[Draft]) -> None:
        target = self.group[self.base :] or self.latest
        for part in inner:
            waiting = next((one for one in target if one.nth and not one.weekdays), None)
            bare = next((one for one in target if one.weekdays and not one.nth and not one.after), None)
            named = next((one for one in target if one.period), None)
            dated = next((one for one in target if one.dates), None)
            if dated and part.weekdays and not part.hours:
                # 「9月4日、18日(いずれも金曜)」: the weekday tells whether the dates are right.
                one = part.weekdays[0] if len(part.weekdays) == 1 else None
                dated.dates = tuple(day._replace(weekday=day.weekday or one) for day in dated.dates)
            elif part.period:
                self.said.missing.add("part_of_year")
            elif named and part.has_part and not part.has_days:
                # 「年末年始(12月29日~1月3日)」: the ends of the period are said.
                named.period, named.months, named.season, named.first, named.last = (
                    None,
                    part.months,
                    part.season,
                    part.first,
                    part.last,
                )
            elif part.has_part and not part.has_days and not part.hours:
                self.limit(target, part)
            elif part.nth and not part.weekdays and bare and not part.has_part:
                bare.nth, bare.frequency = part.nth, "monthly"
            elif part.weekdays and not part.nth and waiting:
                waiting.weekdays = part.weekdays
            else:
                self.group.append(part)

    def limit(self, target: list[Draft], part: Draft) -> None:
        if not target:
            self.group.append(part)
        for number, one in enumerate(target):
            limited = one.during(part)
            for drafts in (self.group, self.said.drafts, self.latest):
                drafts[:] = [limited if each is one else each for each in drafts]
            target[number] = limited

    def comma(self, token: Token) -> None:
        self.joined = "comma"

    def join(self, token: Token) -> None:
        self.joined = "tight"

    def blank(self, token: Token) -> None:
        self.joined = self.joined or ("space" if self.group[self.base :] else "")

    def fill(self, token: Token) -> None:
        if _CORE_FILL.search(token.text):
            self.core = True

    def range_alone(self, token: Token) -> None:
        """「~9月25日」 is read with its date; any other lone dash is not understood."""
        if self.next_kind(over=frozenset({"blank"})) not in ("date", "year_month", "stop", ""):
            self.said.missing.add("unread")


_Action = Callable[[_Reader, Token], None]
_ACTIONS: dict[str, _Action] = {
    "date": _Reader.date, "year_month": _Reader.year_month, "year": _Reader.year, "nth": _Reader.nth, "times": _Reader.times, "every_n": _Reader.every_n,
    "month_range": _Reader.month_range, "months": _Reader.months, "month_days": _Reader.month_days, "ending": _Reader.ending, "weekday": _Reader.weekday,
    "nickname": _Reader.nickname, "close": _Reader.close, "except": _Reader.leave_out, "irregular": _Reader.irregular, "alternative": _Reader.alternative,
    "holidays": _Reader.holidays, "weekdays_only": _Reader.weekdays_only, "every_day": _Reader.every_day, "never_closed": _Reader.every_day, "only": _Reader.only,
    "but": _Reader.but, "topic": _Reader.topic, "also": _Reader.also, "case": _Reader.case, "next": _Reader.next_weekday, "some_part": _Reader.some_part, "first_time": _Reader.first_time, "day_range": _Reader.month_days, "day_after": _Reader.day_beside,
    "day_before": _Reader.day_beside, "days_apart": _Reader.day_beside, "week_after": _Reader.unread, "even": _Reader.even, "odd": _Reader.odd, "season": _Reader.season, "since": _Reader.other,
    "until": _Reader.other, "every_week": _Reader.every_week, "every_month": _Reader.every_month, "fortnight": _Reader.fortnight, "two_months": _Reader.two_months,
    "two_days": _Reader.two_days, "month_end": _Reader.month_end, "break": _Reader.break_word, "desk": _Reader.desk_word, "am": _Reader.half_day, "pm": _Reader.half_day,
    "join": _Reader.join, "comma": _Reader.comma, "stop": _Reader.stop, "open": _Reader.paren, "named": _Reader.named, "blank": _Reader.blank, "fill": _Reader.fill,
    "other": _Reader.other, "range": _Reader.range_alone,
}  # fmt: skip
