"""Real dates in the words of a language: the next one on a card, the coming ones of a place, a district's week.

What is doubtful is said to be, what is not known is said aloud, and what was cancelled stays with its reason.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Protocol
from uuid import UUID

from babel.dates import format_date
from markupsafe import Markup, escape
from psycopg import AsyncConnection

from placefinder.opening.calendar_words import CalendarWords
from placefinder.opening.rules import Schedule
from placefinder.opening.wording import PERIODS
from placefinder.store.occurrences import Coming, made_for, upcoming
from placefinder.web.languages import Language, mark, ruby
from placefinder.web.wording import Words

# `stale` is said by the store alone, of dates beyond the time for which a check is good.
DOUBTS: Mapping[str, str] = {"holiday": mark("祝日"), "stale": mark("古い情報"), **dict(PERIODS.items())}
_WEEKDAYS = tuple(zip("月火水木金土日", ("げつ", "か", "すい", "もく", "きん", "ど", "にち"), strict=True))
ON_A_CARD, ON_A_PAGE, A_WEEK = 8, 5, 7
ON_A_CALENDAR = 3 * A_WEEK  # three sessions a day, for seven days


class Listed(Protocol):
    """What has a schedule and may have dates."""

    @property
    def activity_id(self) -> UUID: ...
    @property
    def status(self) -> str: ...
    @property
    def schedule(self) -> Schedule: ...


@dataclass(frozen=True, slots=True)
class Line:
    """One session: when, the note that belongs to it, whether it is struck out, and whether it is the next one held."""

    said: Markup
    note: Markup | None = None
    off: bool = False
    next: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a day of the district's calendar."""

    item: Listed
    line: Line


@dataclass(frozen=True, slots=True)
class Dates:
    """The coming sessions of what a page shows, as of `now` (Japan time)."""

    words: Words
    now: datetime
    coming: Mapping[UUID, Sequence[Coming]]
    made: bool = True  # are the dates of the coming weeks there at all?

    def next(self, item: Listed) -> list[Line]:
        """The next session held; before it those called off, after a doubtful one the next sure one."""
        found: list[Line] = []
        for one in self.coming.get(item.activity_id, ()):
            doubtful_before = any(not line.off for line in found)
            sure = one.occurrence.held and not one.occurrence.doubt
            if not doubtful_before or sure:
                found.append(self._line(one))
            if sure:
                break
        return _with_next(found)

    def all(self, item: Listed, most: int = ON_A_PAGE) -> list[Line]:
        return _with_next([self._line(one) for one in self.coming.get(item.activity_id, ())[:most]])

    def week(self, items: Iterable[Listed]) -> list[tuple[Markup, list[Entry]]]:
        """Today and the six days after it, each with what is held, in order of time."""
        days: dict[date, list[tuple[int, Entry]]] = {self.today + timedelta(n): [] for n in range(A_WEEK)}
        for item in items:
            for one in self.coming.get(item.activity_id, ()):
                if one.occurrence.day in days:
                    line = self._line(one, with_day=False)
                    days[one.occurrence.day].append((one.occurrence.hours.opens or 0, Entry(item, line)))
        return [
            (self.day(day), [entry for _, entry in sorted(entries, key=lambda pair: pair[0])])
            for day, entries in days.items()
        ]

    def none_for_weeks(self, item: Listed) -> bool:
        """Is it sure that nothing is held in the coming eight weeks?"""
        return self.made and dated(item) and not self.coming.get(item.activity_id)

    @property
    def today(self) -> date:
        return self.now.date()

    def day(self, day: date) -> Markup:
        """「今日 11月24日(火)」, 「あした …」, 「11月26日(木)」."""
        near = {self.today: mark("今日"), self.today + timedelta(1): mark("あした")}.get(day)
        said = _day(day, self.words)
        return Markup("{} {}").format(self.words.say(near), said) if near else said

    def _line(self, one: Coming, *, with_day: bool = True) -> Line:
        session = one.occurrence
        hours = self.words.hours(session.hours)
        said = Markup(" ").join(part for part in (self.day(session.day) if with_day else "", hours) if part)
        return Line(said or self.words.say("時間は未確認です"), self._note(one), not session.held)

    def _note(self, one: Coming) -> Markup | None:
        say, session = self.words.say, one.occurrence
        parts: list[Markup] = []
        if session.other_day:
            moved = say("%(day)sに変わりました。") if not session.held else say("%(day)sから変わりました。")
            parts.append(moved % {"day": _day(session.other_day, self.words)})
        elif not session.held:
            parts.append(say("お休みです。"))
        if session.doubt:
            parts.append(say("%(why)sのため、確認してから") % {"why": say(DOUBTS[session.doubt])})
        if one.reason:
            parts.append(Markup('<span lang="ja">{}</span>').format(one.reason))
        return Markup(" ").join(parts) or None


async def dates_of(
    connection: AsyncConnection, items: Iterable[Listed], words: Words, now: datetime, most: int = ON_A_CARD
) -> Dates:
    """The coming sessions of these, for a page."""
    coming = await upcoming(connection, [one.activity_id for one in items], now, most=most)
    return Dates(words, now, coming, await made_for(connection, now.date()))


def _with_next(lines: list[Line]) -> list[Line]:
    first = next((number for number, line in enumerate(lines) if not line.off), None)
    return [replace(line, next=number == first) for number, line in enumerate(lines)]


def dated(item: Listed) -> bool:
    """Are all its dates known?"""
    return item.schedule.certainty == "exact"


def _day(day: date, words: Words) -> Markup:
    """「11月26日(木)」, "Thu, Nov 26"; with readings in やさしい日本語."""
    if words.language is Language.EN:
        return escape(format_date(day, "EEE, MMM d", locale="en"))
    in_month = CalendarWords(words.language).month_day(day.month, day.day)
    weekday, read_so = _WEEKDAYS[day.weekday()]
    if words.language is Language.JA:
        return escape(f"{in_month}({weekday})")
    return ruby(f"{in_month}({{{weekday}|{read_so}}})")
