"""The grammar: tokens of a schedule read from left to right into drafts of rules and closures.

Days gather in a group until hours, a closing word or the end of a sentence says what is meant by them. A parenthesis is a sentence of its own that may
speak of the days before it. Whatever is no word of the language makes the reading incomplete (`unread`), unless its sentence speaks of no schedule at all.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from placefinder.opening import clock
from placefinder.opening.drafts import Draft, Said, joined_hours
from placefinder.opening.rules import Hours
from placefinder.opening.words import MonthDay, Token, plain, tokens

_SCHEDULE_LIKE = re.compile(
    r"[休祝曜週毎隔季]|第\d|\d[日月時回]|時間|日程|日時|変更|中止|延期|期間|不定|臨時|随時|都合|再開|前日|翌日|当日|開催日|場合|以外|除"
)
_BOOKING = re.compile(
    r"(?:\d+日前|前々日|前日|当日)(?:の\d+時)?までに(?:要|ご|お)*(?:予約|申込|申し?込み?|電話|連絡)[^。\n()、,※]*"
    r"|(?:要|事前|前日)?(?:予約|申込|申し?込み?)(?:制|要|不要|は|が|受付)?(?:\d+日前|前々日|前日|当日|必要|必須|お電話|電話)?[^。\n()、,※ \d]*"
)
_PEOPLE = re.compile(
    r"(?:参加費|会費|参加料|料金|費用|入場料|定員|対象|先着|各回|約)+[:は]?\s?\d[^\s。、,()※]*|\d+(?:名|人|食|組|円|個)(?:まで|限定|程度|以上)?"
)
_LABEL = re.compile(r"(?:^|(?<=[\s(。]))[一-龥々ァ-ヶー]{2,12}(?=$|[\s)。])")
_NO_LABEL = re.compile(
    "[休止延変替更限除外別異未要確問参照告知談望応次第交互代順番回期季節春夏秋冬朝昼夜晩暦隔週月日時年毎曜祝初中旬上下末始終定予約申込都合雨雪前後午翌半]"
)
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
        "close",
        "except",
    ]
)
_SKIPPED = frozenset({"fill", "blank", "colon", "session"})


@lru_cache(maxsize=20_000)
def read(text: str, *, closing: bool = False) -> Said:
    """What one text says; `closing`: the text is a list of closing days. The answer is shared: copy it before changing it."""
    spelled = _without_booking(plain(text))
    said = _read(spelled, closing)
    if "unread" in said.missing and len(said.drafts) == 1:
        without = _read(_LABEL.sub(_without_label, spelled), closing)
        said = without if len(without.drafts) == 1 else said
    return said


def _read(text: str, closing: bool) -> Said:
    reader = _Reader(tokens(text), closing)
    reader.all()
    return reader.said


def _without_label(found: re.Match[str]) -> str:
    """A noun that stands apart and has no character of the language of schedules names the activity or the place."""
    return found.group() if _NO_LABEL.search(found.group()) else ""


def _without_booking(text: str) -> str:
    """The text without remarks on booking, whose days are not those of the activity."""
    text = _PEOPLE.sub("", text)
    if "予約" not in text and "申" not in text and "まで" not in text:
        return text
    return _BOOKING.sub(lambda found: found.group() if re.search("変|不定|曜|第|休|場合", found.group()) else "", text)


class _Reader:
    """One reading of one text. `group[base:]` are the days of the present sentence that still wait for what is meant."""

    def __init__(self, words: list[Token], closing: bool) -> None:
        self.words, self.at, self.always_closing = words, 0, closing
        self.said = Said()
        self.group: list[Draft] = []
        self.base = self.depth = 0
        self.latest: list[Draft] = []
        self.part: Draft | None = None
        self.frequency: str | None = None
        self.joined = ""
        self.closing, self.exception, self.desk, self.breaking = closing, False, False, False
        self.core, self.unknown, self.weak = False, "", False

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

    # Looking ahead and back

    def next_kind(self, *, over: frozenset[str] = _SKIPPED) -> str:
        at = self.at
        while at < len(self.words) and self.words[at].kind in over:
            at += 1
        return self.words[at].kind if at < len(self.words) else ""

    def present(self) -> list[Draft]:
        """The parts a following word speaks of: those of this sentence or, in a parenthesis without any, those before it."""
        return self.group[self.base :] or self.group

    # Days

    def add(self, draft: Draft) -> None:
        draft.joined = self.joined or ("" if not self.group[self.base :] else "tight")  # type: ignore[assignment]
        draft.exception = self.exception
        while (
            (before := self.before())
            and before.has_part
            and not before.has_days
            and not before.period
            and self.joined != "comma"
        ):
            self.group.pop()
            draft.joined, draft.topic = before.joined, draft.topic or before.topic
            self.part, self.joined = self.part.during(before) if self.part else before, before.joined
        if self.part:
            draft = draft.during(self.part)
        alike = before and replace(before, month_days=(), joined="") == replace(draft, month_days=(), joined="")
        if before and alike and draft.month_days and draft.joined == "tight":
            before.month_days = tuple(sorted({*before.month_days, *draft.month_days}))
            self.joined = ""
            return
        self.group.append(draft)
        self.joined = ""

    def before(self) -> Draft | None:
        """The last part of this sentence so far."""
        parts = self.group[self.base :]
        return parts[-1] if parts else None

    def add_part(self, part: Draft) -> None:
        parts = self.group[self.base :]
        before = parts[-1] if parts else None
        if before and not before.has_days and before.months and part.months and self.joined:
            before.months = tuple(sorted({*before.months, *part.months}))
            self.joined = ""
            return
        if before and not before.has_days and before.has_part and self.joined in ("", "space"):
            self.group[-1], self.joined = before.during(part), ""
            return
        part.joined, part.exception = (self.joined or "tight") if parts else "", self.exception  # type: ignore[assignment]
        self.group.append(part)
        self.part, self.joined = None, ""

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

    # Frequencies

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

    # Parts of the year

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

    # Hours

    def hours(self) -> None:
        self.core = True
        try:
            found, self.at = clock.sessions(self.words, self.at)
        except clock.WrongTime:
            self.said.missing.add("hours")
            self.at += 1
            while self.at < len(self.words) and self.words[self.at].kind in ("time", "range", "until", "since"):
                self.at += 1
            self.finish()
            return
        self.at += self.next_kind(over=frozenset()) == "since" and found[-1].closes is None
        kind = self.next_kind(over=_SKIPPED | {"topic"})
        if self.desk and len(found) > 1:
            self.desk, found = False, found[1:]
        if self.desk or kind == "desk":
            self.desk_hours(found, kind)
        elif self.breaking or kind == "break":
            self.pause(found)
        elif (kind in ("close", "except") and self.group[self.base :] and not self.label_ahead()) or self.closing:
            self.close_hours(found)
        else:
            self.attach(joined_hours(found), len(found))

    def label_ahead(self) -> bool:
        """Is the next word the label of what is closed: 「定休日:月曜」?"""
        at = self.at
        while self.words[at].kind in _SKIPPED | {"topic"}:
            at += 1
        following = [word.kind for word in self.words[at + 1 : at + 3]]
        return following[:1] in (["colon"], ["topic"]) or (
            following[:1] == ["blank"] and following[1:] and following[1] in _DAY_STARTS
        )  # type: ignore[return-value]

    def desk_hours(self, found: list[Hours], kind: str) -> None:
        """Hours of the desk, of the last order, are no session; where it is not clear whose they are, hours are missing."""
        if kind == "desk" and not self.desk:
            self.said.missing.add("hours")
        self.desk, self.said.desk_hours = False, True

    def pause(self, found: list[Hours]) -> None:
        """A break divides the session it lies in."""
        self.breaking = False
        drafts = self.present() or self.latest
        for draft in drafts:
            draft.hours = _divided(draft.hours, found)
        if not drafts and self.said.hours:
            self.said.hours = _divided(self.said.hours, found)
        elif not drafts or any(not draft.hours for draft in drafts):
            self.said.missing.add("hours")

    def close_hours(self, found: list[Hours]) -> None:
        ends = [Hours(one.opens or 0, 1440 if one.closes is None else one.closes) for one in found]
        parts = self.group[self.base :]
        if not parts or len(ends) != 1:
            self.said.missing.add("unread")
        for part in parts[-1:]:
            part.half = ends[0]

    def attach(self, hours: tuple[Hours, ...], count: int) -> None:
        parts = self.present()
        if parts:
            waiting = [part for part in _with_own_hours(parts) if not part.hours] or parts
            for part in waiting:
                part.hours, part.half = joined_hours((*part.hours, *hours)), None
            if self.depth == 0:
                self.finish()
        elif self.latest and self.latest[0].hours:
            for draft in self.latest:
                draft.hours = joined_hours((*draft.hours, *hours))
        elif self.latest and self.latest[-1].has_days:
            for draft in self.latest:
                draft.hours = hours
        else:
            first = self.words[0].kind if self.words else ""
            self.said.further_hours |= any(word.text in _SECOND for word in self.words) and first != "time"
            self.said.hours = joined_hours((*self.said.hours, *hours))

    # What is meant by the days

    def finish(self) -> None:
        """The days so far are days on which it is held."""
        parts, self.group[self.base :] = self.group[self.base :], []
        if self.closing:
            self.said.closed += parts
            parts = []
        kept = self.with_parts(parts)
        if any(part.period for part in kept):
            self.said.missing.add("part_of_year")
        kept = [part for part in kept if not part.period]
        self.said.drafts += kept
        self.latest = kept or self.latest
        self.part, self.joined = None, ""

    def with_parts(self, parts: list[Draft]) -> list[Draft]:
        """A part of the year beside days without hours of its own is said of them: 「第2土曜 偶数月」."""
        alone = [part for part in parts if part.has_part and not part.has_days and not part.hours and not part.period]
        days = [part for part in parts if part.has_days]
        if len(alone) != 1 or not days:
            return parts
        return [part.during(alone[0]) if part.has_days else part for part in parts if part is not alone[0]]

    def stop(self, token: Token | None) -> None:
        """The end of a sentence."""
        if self.depth == 0 or token is not None:
            self.finish()
        if self.unknown and (self.core or _SCHEDULE_LIKE.search(self.unknown)):
            self.said.missing.add("unread")
        if self.weak and (self.core or not self.unknown):
            self.said.missing.add("irregular")
        self.core, self.unknown, self.weak, self.desk, self.breaking = False, "", False, False, False
        self.closing, self.exception = self.always_closing, bool(token) and token.text in "※*"  # type: ignore[union-attr]
        self.frequency, self.part = None, None

    def close(self, token: Token) -> None:
        parts = self.group[self.base :]
        if token.text.startswith("定休"):
            self.said.regular_closing = True
        if self.closing or (self.at > 1 and self.words[self.at - 2].kind == "except"):
            self.after_closing(token)
        elif parts:
            self.close_parts(parts)
        elif self.next_kind(over=frozenset({"blank", "colon", "topic", "fill"})) not in _DAY_STARTS or (
            self.depth and self.group
        ):
            self.unknown += token.text
        else:
            self.closing = True
            self.said.regular_closing |= token.text.endswith("日")

    def after_closing(self, token: Token) -> None:
        """「日曜以外休み」 turns the meaning round; 「定休日:月曜休み」 only says it twice."""
        if not self.closing:
            self.said.missing.add("unread")

    def close_parts(self, parts: list[Draft]) -> None:
        closed = _closed_of(parts)
        del self.group[len(self.group) - len(closed) :]
        self.said.closed += closed
        self.part, self.joined, self.frequency = None, "", None
        self.said.drafts += self.with_parts(self.group[self.base :])
        self.latest = self.group[self.base :] or self.latest
        del self.group[self.base :]

    def leave_out(self, token: Token) -> None:
        parts = self.group[self.base :]
        if not parts:
            self.said.missing.add("unread")
            return
        closed = len(_closed_of(parts))
        self.said.regular_closing |= any(part.weekdays and not part.nth for part in parts[-closed:])
        self.said.closed += parts[-closed:]
        del self.group[len(self.group) - closed :]
        self.part, self.joined = None, ""

    def only(self, token: Token) -> None:
        for part in self.group[self.base :]:
            part.only = True

    def but(self, token: Token) -> None:
        self.stop(token)
        self.exception = True

    def topic(self, token: Token) -> None:
        for part in self.group[self.base :]:
            part.topic = True

    def also(self, token: Token) -> None:
        parts = self.group[self.base :]
        if self.next_kind() in ("close", "except"):
            return
        self.topic(token)
        said = [part for part in parts if part.holidays or part.period]
        if said and all(part.holidays or part.period or part.weekdays in ((6,), (7,), (6, 7)) for part in parts):
            self.said.holidays_said |= any(part.holidays for part in said)
            self.said.named_said |= {part.period for part in said if part.period}
            self.group[self.base :] = [part for part in parts if part not in said]

    def case(self, token: Token) -> None:
        """「祝日の場合は休み」 is a closure; every other case («翌日に») moves days by rules of its own."""
        parts = self.group[self.base :]
        while self.at < len(self.words) and self.words[self.at].kind in ("topic", "fill", "blank", "comma"):
            self.at += 1
        kind = self.words[self.at].kind if self.at < len(self.words) else ""
        if (
            parts
            and parts[-1].holidays
            and parts[-1].joined != ""
            and kind in ("close",)
            and self.words[self.at - 1].text != "が"
        ):
            return
        if parts and parts[-1].holidays and len(parts) == 1 and kind in ("close", "also"):
            return
        self.said.missing.add("irregular")
        del self.group[self.base :]
        while self.at < len(self.words) and self.words[self.at].kind not in ("stop", "shut"):
            self.at += 1

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

    def half_day(self, token: Token) -> None:
        for part in self.group[self.base :][-1:]:
            part.half = clock.AFTERNOON if token.kind == "pm" else clock.FORENOON

    def desk_word(self, token: Token) -> None:
        self.desk = True

    def break_word(self, token: Token) -> None:
        self.breaking = clock_follows(self.words, self.at)

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

    def other(self, token: Token) -> None:
        self.unknown += token.text

    def unread(self, token: Token) -> None:
        self.said.missing.add("unread")

    def range_alone(self, token: Token) -> None:
        """「~9月25日」 is read with its date; any other lone dash is not understood."""
        if self.next_kind(over=frozenset({"blank"})) not in ("date", "year_month", "stop", ""):
            self.said.missing.add("unread")


_SECOND = frozenset(map(chr, range(0xE001, 0xE00A))) | {"(2)", "2回目", "第2部"}
_DAY_STARTS = frozenset(
    {
        "weekday",
        "nth",
        "holidays",
        "months",
        "month_range",
        "month_days",
        "named",
        "every_week",
        "every_month",
        "date",
        "weekdays_only",
        "odd",
        "even",
    }
)


def _with_own_hours(parts: list[Draft]) -> list[Draft]:
    """Whose hours follow: of days, not of the part of the year before them; of parts of the year behind them, which are seasons."""
    first = next((number for number, part in enumerate(parts) if part.has_days), None)
    if first is None:
        return parts
    seasons = [part for part in parts[first:] if part.has_part and not part.has_days]
    return seasons or parts[first:]


def clock_follows(words: list[Token], at: int) -> bool:
    while at < len(words) and words[at].kind in _SKIPPED | {"topic"}:
        at += 1
    return at < len(words) and clock.starts(words, at)


def _closed_of(parts: list[Draft]) -> list[Draft]:
    """Which of the parts before a closing word it closes: those behind the last blank, or behind days that are plainly held."""
    start = 0
    for number, part in enumerate(parts):
        if number and part.joined == "space":
            start = number
        if number and parts[number - 1].explicit and not part.explicit:
            start = number
        if number and part.joined == "comma" and parts[number - 1].nth and not part.nth:
            start = number
    return parts[start:]


def _divided(hours: tuple[Hours, ...], breaks: list[Hours]) -> tuple[Hours, ...]:
    for pause in breaks:
        left: list[Hours] = []
        for one in hours:
            inside = (
                one.opens is not None and pause.opens is not None and pause.closes is not None
                and one.opens < pause.opens and (one.closes is None or pause.closes < one.closes)
            )  # fmt: skip
            left += [Hours(one.opens, pause.opens), Hours(pause.closes, one.closes)] if inside else [one]
        hours = tuple(left)
    return hours


def _month_end(year: int, month: int) -> MonthDay:
    days = 31 if month in (1, 3, 5, 7, 8, 10, 12) else 30
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return MonthDay(year, month, (29 if leap else 28) if month == 2 else days)


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
