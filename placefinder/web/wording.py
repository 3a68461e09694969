"""Facts in the words of a language: sessions, dates, minutes on foot, fees. Nothing here invents a date or a yes."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_day_names
from markupsafe import Markup, escape

from placefinder.web.languages import Language, gettext_of, mark, ruby, with_kana

TOKYO = ZoneInfo("Asia/Tokyo")
MAX_MINUTES_SHOWN = 60
_DAYS_EASY = ("げつ", "か", "すい", "もく", "きん", "ど", "にち")
# Days of the month whose reading is irregular; all others are number + にち.
_DAY_READINGS = {
    1: "ついたち", 2: "ふつか", 3: "みっか", 4: "よっか", 5: "いつか", 6: "むいか", 7: "なのか", 8: "ようか",
    9: "ここのか", 10: "とおか", 14: "じゅうよっか", 20: "はつか", 24: "にじゅうよっか",
}  # fmt: skip

AUDIENCES = {
    "anyone": mark("だれでも"),
    "children": mark("子ども"),
    "parents": mark("親子"),
    "older": mark("高齢の人"),
    "adults": mark("大人"),
}

NTH = {1: mark("第1"), 2: mark("第2"), 3: mark("第3"), 4: mark("第4"), 5: mark("第5"), -1: mark("最終")}

DIRECTIONS = (mark("北"), mark("北東"), mark("東"), mark("南東"), mark("南"), mark("南西"), mark("西"), mark("北西"))
BASES = {
    "polygon": mark("学区の境は、公開された地図によります。"),
    "official_table": mark("学区は、公式の町の表によります。"),
    "nearest_school": mark("学区は、いちばん近い小学校で決めた、およその区域です。"),
    "nearest_polygon": mark("公開された学区のすぐ外なので、いちばん近い学区としています。"),
}


class Session(Protocol):
    """An opening: weekday 1 Monday … 7 Sunday or None, nth of the month or None, "HH:MM" or None."""

    @property
    def weekday(self) -> int | None: ...
    @property
    def nth(self) -> tuple[int, ...] | None: ...
    @property
    def opens(self) -> str | None: ...
    @property
    def closes(self) -> str | None: ...


class Named(Protocol):
    """A word of a code list."""

    @property
    def name_ja(self) -> str: ...
    @property
    def name_easy(self) -> str: ...
    @property
    def name_en(self) -> str: ...


class Words:
    """The facts of a listing in one language, as safe HTML."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.locale = "en" if language is Language.EN else "ja"
        self.say = gettext_of(language)

    def basis(self, basis: str) -> Markup:
        """How a district was found; nothing where there is none."""
        return self.say(BASES[basis]) if basis in BASES else Markup()

    def way(self, school: str, bearing_degrees: float, walk_minutes: float) -> Markup:
        """「桜台小学校から北東のほうへ、歩いて約4分のところです。」; the bearing is clockwise from north."""
        direction = self.say(DIRECTIONS[round(bearing_degrees / 45) % 8])
        said = {"school": self.name(school), "direction": direction, "walk": self.walk(walk_minutes)}
        return self.say("%(school)sから%(direction)sのほうへ、%(walk)sのところです。") % said

    def date(self, day: date | str | None) -> Markup:
        """A day by CLDR: 2026年11月20日, Nov 20, 2026; with readings in やさしい日本語."""
        if day is None:
            return self.say("未確認")
        day = date.fromisoformat(day) if isinstance(day, str) else day
        if self.language is not Language.EASY_JA:
            return escape(format_date(day, "long", locale=self.locale))
        reading = _DAY_READINGS.get(day.day)
        in_month = f"{{{day.day}日|{reading}}}" if reading else f"{day.day}{{日|にち}}"
        return ruby(f"{day.year}{{年|ねん}}{day.month}{{月|がつ}}{in_month}")

    def weekday(self, number: int, width: str = "wide") -> Markup:
        """A weekday by CLDR, 1 = Monday … 7 = Sunday."""
        name = get_day_names(width, locale=self.locale)[number - 1]  # type: ignore[arg-type]
        if self.language is not Language.EASY_JA:
            return escape(name)
        return ruby(f"{{{name[0]}|{_DAYS_EASY[number - 1]}}}" + ("{曜日|ようび}" if len(name) > 1 else ""))

    def sessions(self, sessions: Iterable[Session]) -> list[Markup]:
        """「毎月第2土曜日 11:00–14:00」 for each group of sessions that differ in the weekday only."""
        groups: dict[tuple[Any, ...], set[int]] = {}
        for session in sessions:
            days = groups.setdefault((tuple(session.nth or ()), session.opens, session.closes), set())
            days |= {session.weekday} if session.weekday else set()
        said = [self._group(sorted(days), *key) for key, days in groups.items()]
        return [line for line in said if line]

    def hours_unknown(self, sessions: Sequence[Session]) -> bool:
        """Is there a session, or no session at all, whose beginning nobody told?"""
        return not sessions or any(session.opens is None for session in sessions)

    def _group(self, days: list[int], nth: tuple[int, ...], opens: Any, closes: Any) -> Markup:
        named = self._joined(map(self.weekday, days))
        if not days:
            return self.hours(opens, closes)
        if nth:
            rhythm = self.say("毎月%(nth)s%(days)s") % {"nth": self._joined(map(self._nth, nth)), "days": named}
        elif len(days) == 7:
            rhythm = self.say("毎日")
        else:
            rhythm = self.say("毎週%(days)s") % {"days": named}
        hours = self.hours(opens, closes)
        return Markup("{} {}").format(rhythm, hours) if hours else rhythm

    def on_day(self, session: Session) -> Markup:
        """「第2 11:00–14:00」: a session where its weekday is said already."""
        nth = self._joined(map(self._nth, session.nth or ()))
        return Markup(" ").join(part for part in (nth, self.hours(session.opens, session.closes)) if part)

    def _nth(self, nth: int) -> Markup:
        return self.say(NTH[nth])

    def _joined(self, parts: Any) -> Markup:
        return self.say("・").join(parts)

    def hours(self, opens: str | None, closes: str | None) -> Markup:
        """「11:00–14:00」, 「11:00から」 or nothing where the hours are unknown."""
        if opens and closes:
            return Markup("{}–{}").format(opens, closes)
        if opens:
            return self.say("%(time)sから") % {"time": opens}
        return self.say("%(time)sまで") % {"time": closes} if closes else Markup()

    def walk(self, minutes: float | None) -> Markup:
        """「歩いて約4分」; beyond an hour only that."""
        if minutes is None:
            return self.say("歩く時間はわかりません")
        if minutes > MAX_MINUTES_SHOWN:
            return self.say("歩いて1時間より遠い")
        return self.say("歩いて約%(minutes)s分") % {"minutes": max(1, round(minutes))}

    def fee(self, lowest: int | None, highest: int | None) -> Markup:
        """「無料」, 「300円」, 「100–300円」; unknown is said."""
        if lowest is None and highest is None:
            return self.say("未確認")
        low, high = (value if value is not None else other for value, other in ((lowest, highest), (highest, lowest)))
        if low == high == 0:
            return self.say("無料")
        if low == high:
            return self.say("%(yen)s円") % {"yen": f"{high:,}"}
        return self.say("%(low)s–%(high)s円") % {"low": f"{low:,}", "high": f"{high:,}"}

    def ages(self, lowest: int | None, highest: int | None) -> Markup:
        """「6–15歳」; an open end only where the other is known."""
        if lowest is None and highest is None:
            return Markup()
        if highest is None:
            return self.say("%(age)s歳以上") % {"age": lowest}
        if lowest is None:
            return self.say("%(age)s歳まで") % {"age": highest}
        return self.say("%(low)s–%(high)s歳") % {"low": lowest, "high": highest}

    def term(self, term: Named) -> Markup:
        """A kind or a term of a code list in this language."""
        if self.language is Language.EN:
            return escape(term.name_en)
        return ruby(term.name_easy) if self.language is Language.EASY_JA else escape(term.name_ja)

    def audiences(self, audiences: Sequence[str]) -> Markup:
        """Whom the source names; 「だれでも」 only where it says so."""
        return self._joined(self.say(AUDIENCES[one]) for one in audiences if one in AUDIENCES)

    def name(self, text: str, kana: str | None = None) -> Markup:
        """A name as the source writes it; marked as Japanese on an English page."""
        if self.language is Language.EN:
            return Markup('<span lang="ja">{}</span>').format(text)
        return with_kana(text, kana, self.language)
