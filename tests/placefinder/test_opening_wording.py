"""Schedules in the words of three languages: nothing surer than it is known."""

import re
from datetime import date

import pytest

from placefinder.languages import Language
from placefinder.opening.rules import (
    EVERY_DAY,
    HOLIDAYS,
    Closure,
    Dates,
    Following,
    Hours,
    MonthDays,
    Monthly,
    Rule,
    Schedule,
    Span,
    Weekly,
)
from placefinder.opening.wording import MISSING, say

SATURDAYS = Rule(Monthly((2, 4), (6,)), (Hours(660, 840),))
TUESDAY = Monthly((3,), (2,))


def exact(*rules: Rule, closed: tuple[Closure, ...] = (), **said) -> Schedule:
    return Schedule("原文", rules, closed, "exact", **said)


@pytest.mark.parametrize(
    ("schedule", "ja", "en"),
    [
        (exact(SATURDAYS, closed=(Closure(months=(8,)),)), "毎月 第2・第4 土曜日 11:00–14:00（8月はお休み）",
         "2nd and 4th Saturday of every month, 11:00–14:00 (not in August)"),
        (exact(Rule(Weekly((1, 2, 3, 4, 5)), (Hours(600, 720), Hours(780)))), "毎週 月曜日〜金曜日 10:00–12:00、13:00から",
         "Every Monday to Friday, 10:00–12:00, from 13:00"),
        (exact(Rule(Weekly((6,), 2, date(2026, 4, 4)), (Hours(1080, 1500),))), "2026年4月4日から 隔週 土曜日 18:00–翌1:00",
         "Every second week on Saturday, from April 4, 2026, 18:00–1:00 the next day"),
        (exact(Rule(Following(TUESDAY, weekday=4), months=(2, 4, 6, 8, 10, 12))), "偶数月の 第3 火曜日の直後の木曜日",
         "Thursday after 3rd Tuesday in even months (February, April …)"),
        (exact(Rule(MonthDays((15, -1)), season=Span((4, 1), (10, 31)))), "4月1日〜10月31日の 毎月 15日・末日",
         "15th and last day of every month from April 1 to October 31"),
        (exact(Rule(MonthDays((3, 21)), months=(1, 2, 11, 12))), "11月〜2月の 3日・21日", "3rd and 21st in November to February"),
        (exact(Rule(Dates((date(2026, 8, 5), date(2026, 9, 2))))), "2026年8月5日・2026年9月2日", "August 5, 2026 and September 2, 2026"),
        (exact(Rule(EVERY_DAY, (Hours(0, 1440),)), closed=(HOLIDAYS, Closure(period="obon")), holidays_said=True, named_said=("obon",)),
         "毎日 0:00–24:00（祝日・お盆はお休み）", "Every day, 0:00–24:00 (not during public holidays and Obon (mid-August))"),
        (exact(Rule(Weekly((3,))), holidays_said=True), "毎週 水曜日（祝日も開催）", "Every Wednesday (also during public holidays)"),
        (exact(Rule(Weekly((6,))), closed=(Closure(Weekly((6,)), hours=Hours(720, 1440)),)), "毎週 土曜日（土曜日 12:00–24:00はお休み）",
         "Every Saturday (not on Saturday, 12:00–24:00)"),
    ],
)  # fmt: skip
def test_an_exact_schedule_is_told_in_plain_words(schedule: Schedule, ja: str, en: str) -> None:
    assert say(schedule, Language.JA) == [ja]
    assert say(schedule, Language.EN) == [en]


def test_several_rules_are_several_lines_and_what_holds_for_all_stands_by_itself() -> None:
    schedule = exact(SATURDAYS, Rule(Weekly((3,)), (Hours(900, 1020),)), closed=(Closure(months=(8,)),))
    assert say(schedule, Language.JA) == ["毎月 第2・第4 土曜日 11:00–14:00", "毎週 水曜日 15:00–17:00", "8月はお休み"]


def test_yasashii_nihongo_carries_its_readings() -> None:
    assert say(exact(SATURDAYS), Language.EASY_JA) == [
        "{毎月|まいつき} {第|だい}2・{第|だい}4 {土曜日|どようび} 11:00–14:00"
    ]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("missing", MISSING)
def test_a_partial_schedule_names_what_is_missing_and_asks_to_check(missing, language: Language) -> None:
    first, *_, why, then = say(Schedule("原文", (SATURDAYS,), (), "partial", (missing,)), language)
    assert first.startswith({"ja": "おおむね", "easy-ja": "だいたい", "en": "Roughly"}[language])
    plain = re.sub(r"\{([^{}|]+)\|[^{}|]+\}", r"\1", why + then)
    assert {"ja": "確認してから", "easy-ja": "確かめてから", "en": "check before"}[language] in plain
    assert "_" not in plain


def test_what_is_not_understood_is_only_called_unknown() -> None:
    assert say(Schedule("礼拝のあと"), Language.JA) == ["未確認"]
    assert say(Schedule(None), Language.EN) == ["Not known"]


def test_a_closed_season_over_new_year_is_not_told_as_held_then() -> None:
    closed = Closure(season=Span((12, 28), (1, 4)))
    schedule = exact(SATURDAYS, closed=(closed,), named_said=("year_end",))
    assert say(schedule, Language.JA) == ["毎月 第2・第4 土曜日 11:00–14:00（12月28日〜1月4日の間はお休み）"]
