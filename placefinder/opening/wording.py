"""A schedule told back to people, in plain Japanese, やさしい日本語 or English.

The Japanese words of an exact schedule are canonical: `read_text` of its lines gives the same rules.
Nothing is said more surely than the schedule knows it: a partial one begins with 「おおむね」 and names what is missing.
Answers are text with authored readings, `{土曜日|どようび}`; the pages make ruby of them, `placefinder.languages` tells how.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import cache, lru_cache

from placefinder.languages import Language, mark
from placefinder.opening.calendar_words import CalendarWords
from placefinder.opening.periods import PERIODS as EXTENTS
from placefinder.opening.periods import covers
from placefinder.opening.rules import (
    EVERY_DAY,
    Closure,
    Dates,
    Days,
    Following,
    Hours,
    Missing,
    MonthDays,
    Monthly,
    NamedPeriod,
    PublicHolidays,
    Rule,
    Schedule,
    Span,
    Weekly,
)

PERIODS: dict[NamedPeriod, str] = {
    "year_end": mark("年末年始"),
    "obon": mark("お盆"),
    "golden_week": mark("ゴールデンウィーク"),
    "spring_break": mark("春休み"),
    "summer_break": mark("夏休み"),
    "winter_break": mark("冬休み"),
}
MISSING: dict[Missing, str] = {
    "which_days": mark("ひらく日は書かれていません。"),
    "which_weeks": mark("どの週にひらくかは書かれていません。"),
    "which_weekday": mark("何曜日にひらくかは書かれていません。"),
    "start_of_cycle": mark("いつから数えて何週目、何か月目かは書かれていません。"),
    "irregular": mark("日や時間は変わることがあります。"),
    "alternatives": mark("書かれた日のうち、どの日にひらくかは決まっていません。"),
    "part_of_year": mark("何年か、またはいつからいつまでかが、はっきりしません。"),
    "hours": mark("時間がはっきりしません。"),
    "conflict": mark("一覧の中で、書かれていることが合っていません。"),
    "unread": mark("読み取れないことばがあります。"),
}


def say(schedule: Schedule, language: Language) -> list[str]:
    """The schedule in lines: one a rule, then when not; what is missing, where it is partial; 「未確認」 where nothing is known."""
    return list(_said(replace(schedule, text=None), language))


def say_date(day: date, language: Language) -> str:
    """A day by CLDR: 2026年11月20日, November 20, 2026; with readings in やさしい日本語."""
    return _Teller.of(language).date(day)


def say_weekday(number: int, language: Language) -> str:
    """A weekday, 1 Monday … 7 Sunday: 月曜日, Monday."""
    return _Teller.of(language).weekday(number)


def say_hours(hours: Hours, language: Language) -> str:
    """「11:00–14:00」, 「10:00から」, 「18:00–翌1:00」; nothing where no hours are said."""
    return _Teller.of(language).session(hours)


@lru_cache(maxsize=4_096)
def _said(schedule: Schedule, language: Language) -> tuple[str, ...]:
    """Most lists repeat the same few hundred schedules; their text takes no part in how they are told."""
    teller = _Teller.of(language)
    if schedule.certainty == "not_understood":
        return (teller.say("未確認"),)
    lines = [teller.rule(rule) for rule in schedule.rules]
    apart = [*teller.closures(schedule.closures), *teller.also(_held_also(schedule))]
    if apart and len(lines) == 1:
        lines = [teller.say("%(rule)s（%(closed)s）") % {"rule": lines[0], "closed": teller.say("、").join(apart)}]
    elif apart:
        lines.append(teller.say("、").join(apart))
    lines = lines if schedule.certainty == "exact" else teller.roughly(lines, schedule.missing)
    return tuple(line[:1].upper() + line[1:] for line in lines)


def _held_also(schedule: Schedule) -> tuple[str, ...]:
    """Public holidays and named periods that the source mentions without closing on them."""
    told = [rule.days for rule in schedule.rules] + [closure.days for closure in schedule.closures]
    holidays = schedule.holidays_said and PublicHolidays() not in told
    also = [
        PERIODS[period]
        for period in schedule.named_said
        if not any(_speaks_of(one, period) for one in schedule.closures)
    ]
    return (mark("祝日"), *also) if holidays else tuple(also)


def _speaks_of(closure: Closure, period: NamedPeriod) -> bool:
    """Is it closed in this period, or in a season that touches it?"""
    season = closure.season
    return closure.period == period or any(
        season is not None and (covers(season, _in_a_year(span.first)) or covers(span, _in_a_year(season.first)))
        for span in (*EXTENTS[period].core, EXTENTS[period].widest)
    )


def _in_a_year(at: tuple[int, int]) -> date:
    return date(2028, *at)


class _Teller(CalendarWords):
    """Rules and closures as phrases of a language; the Japanese phrases are the messages of the catalogues."""

    @staticmethod
    @cache
    def of(language: Language) -> "_Teller":
        return _Teller(language)

    # Rules and closures

    def rule(self, rule: Rule) -> str:
        days = self.often(rule.days, bool(rule.months))
        since = rule.since
        if isinstance(rule.days, Weekly) and rule.days.since:
            days = self.say("%(day)sから %(what)s") % {"day": self.date(rule.days.since), "what": days}
            since = since if since and since > rule.days.since else None
        when = self.when(days, rule.months, rule.season, since, rule.until)
        if not rule.hours:
            return when
        return self.say("%(days)s %(hours)s") % {"days": when, "hours": self.hours(rule.hours)}

    def closures(self, closures: Sequence[Closure]) -> list[str]:
        """「8月はお休み」 for each; those that only name holidays and periods share one word."""
        named = [name for name in map(self.named, closures) if name]
        told = [self.closed(closure) for closure in closures if not self.named(closure)]
        told += [self.say("%(periods)s") % {"periods": self.joined(named)}] if named else []
        return [self.say("%(what)sはお休み") % {"what": what} for what in told]

    def named(self, closure: Closure) -> str | None:
        if closure == Closure(PublicHolidays()):
            return self.say("祝日")
        return (
            self.say(PERIODS[closure.period]) if closure.period and closure == Closure(period=closure.period) else None
        )

    def closed(self, closure: Closure) -> str:
        what = self.say("%(days)s") % {"days": self.day(closure.days)} if closure.days else ""
        if closure.period:
            said = {"periods": self.say(PERIODS[closure.period]), "days": what}
            what = self.say("%(periods)sの %(days)s") % said if what else self.say("%(periods)s") % said
        what = self.when(what, closure.months, closure.season, closure.since, closure.until)
        hours = self.hours((closure.hours,)) if closure.hours else ""
        return self.say("%(days)s %(hours)s") % {"days": what, "hours": hours} if what and hours else what or hours

    def also(self, also: Sequence[str]) -> list[str]:
        return [self.say("%(days)sも開催") % {"days": self.joined(map(self.say, also))}] if also else []

    def roughly(self, lines: Sequence[str], missing: Iterable[Missing]) -> list[str]:
        said = [self.say("おおむね %(rule)s") % {"rule": line} for line in lines[:1]] or [
            self.say("おおむねのことしかわかりません。")
        ]
        return [
            *said,
            *lines[1:],
            *(self.say(MISSING[code]) for code in missing),
            self.say("確認してからお出かけください。"),
        ]

    # When

    def when(
        self, what: str, months: tuple[int, ...], season: Span | None, since: date | None, until: date | None
    ) -> str:
        """The days within their part of the year; without days that part alone."""
        if months:
            said = {"months": self.months(months), "days": what}
            what = self.say("%(months)sの %(days)s") % said if what else self.say("%(months)s") % said
        if season and season.first == season.last and not what:
            what = self.say("%(days)s") % {"days": self.month_day(*season.first)}
        elif season:
            ends = {"first": self.month_day(*season.first), "last": self.month_day(*season.last), "days": what}
            what = (
                self.say("%(first)s〜%(last)sの %(days)s") % ends
                if what
                else self.say("%(first)s〜%(last)sの間") % ends
            )
        if since and until:
            ends = {"first": self.date(since), "last": self.date(until), "days": what}
            return (
                self.say("%(first)s〜%(last)sの %(days)s") % ends
                if what
                else self.say("%(first)s〜%(last)sの間") % ends
            )
        for day, with_days, alone in (
            (until, self.say("%(day)sまで %(what)s"), self.say("%(time)sまで")),
            (since, self.say("%(day)sから %(what)s"), self.say("%(time)sから")),
        ):
            if day:
                said = {"day": self.date(day), "what": what, "time": self.date(day)}
                what = with_days % said if what else alone % said
        return what

    def often(self, days: Days, in_months: bool) -> str:
        """「毎月 第2 土曜日」: the days with how often they come; in months that are named 毎月 is left away."""
        said = {"days": self.day(days), "n": str(getattr(days, "every", 1))}
        if isinstance(days, Weekly) and days.every > 1:
            return (self.say("隔週 %(days)s") if days.every == 2 else self.say("%(n)s週間ごとの %(days)s")) % said
        if isinstance(days, Weekly):
            return said["days"] if days == EVERY_DAY else self.say("毎週 %(days)s") % said
        if isinstance(days, Monthly | MonthDays | Following) and not in_months:
            return self.say("毎月 %(days)s") % said
        return said["days"]

    def day(self, days: Days) -> str:
        match days:
            case Weekly():
                return self.say("毎日") if days == EVERY_DAY else self.weekdays(days.weekdays)
            case Monthly():
                return self.say("%(nth)s %(days)s") % {"nth": self.nth(days.nth), "days": self.weekdays(days.weekdays)}
            case MonthDays():
                return self.month_days(days.days)
            case Dates():
                return self.joined(map(self.date, days.dates))
            case PublicHolidays():
                return self.say("祝日")
            case Following():
                return self.following(days)

    def following(self, days: Following) -> str:
        said = {"base": self.day(days.base), "n": str(abs(days.days or 0))}
        if days.weekday:
            return self.say("%(base)sの直後の%(day)s") % (said | {"day": self.weekday(days.weekday)})
        if days.days in (1, -1):
            return (self.say("%(base)sの翌日") if days.days == 1 else self.say("%(base)sの前日")) % said
        return (self.say("%(base)sの%(n)s日後") if (days.days or 0) > 0 else self.say("%(base)sの%(n)s日前")) % said
