"""Facts in the words of a language: schedules, dates, minutes on foot, fees. Nothing here invents a date or a yes."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol

from markupsafe import Markup, escape

from placefinder.opening import Schedule
from placefinder.opening.rules import Hours
from placefinder.opening.wording import say, say_date, say_hours, say_weekday
from placefinder.web.languages import Language, gettext_of, mark, ruby, with_kana

MAX_MINUTES_SHOWN = 60

AUDIENCES = {
    "anyone": mark("だれでも"),
    "children": mark("子ども"),
    "parents": mark("親子"),
    "older": mark("高齢の人"),
    "adults": mark("大人"),
}

DIRECTIONS = (mark("北"), mark("北東"), mark("東"), mark("南東"), mark("南"), mark("南西"), mark("西"), mark("北西"))
BASES = {
    "polygon": mark("学区の境は、公開された地図によります。"),
    "official_table": mark("学区は、公式の町の表によります。"),
    "nearest_school": mark("学区は、いちばん近い小学校で決めた、およその区域です。"),
    "nearest_polygon": mark("公開された学区のすぐ外なので、いちばん近い学区としています。"),
}


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
        return ruby(say_date(day, self.language))

    def weekday(self, number: int) -> Markup:
        """A weekday, 1 = Monday … 7 = Sunday."""
        return ruby(say_weekday(number, self.language))

    def schedule(self, schedule: Schedule) -> list[Markup]:
        """「毎月 第2 土曜日 11:00–14:00」 in lines; 「おおむね」 and what is missing where it is partial; 「未確認」 where nothing is known."""
        return [ruby(line) for line in say(schedule, self.language)]

    def hours(self, hours: Hours) -> Markup:
        """「11:00–14:00」, 「11:00から」, 「18:00–翌1:00」; nothing where no hours are said."""
        return ruby(say_hours(hours, self.language))

    def hours_unknown(self, schedule: Schedule) -> bool:
        """Is there a rule, or no rule at all, that does not say when it begins?"""
        starts = [rule.hours[0].opens if rule.hours else None for rule in schedule.rules]
        return not starts or None in starts

    def _joined(self, parts: Iterable[Markup]) -> Markup:
        return self.say("・").join(parts)

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
