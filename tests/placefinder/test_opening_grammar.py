"""Japanese schedules in prose, as lists write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placefinder.opening import read_text
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
    Span,
    Weekly,
)

WORKDAYS, SATURDAY, SECOND_SATURDAY = Weekly((1, 2, 3, 4, 5)), Weekly((6,)), Monthly((2,), (6,))
THIRD_TUESDAY, LAST_FRIDAY = Monthly((3,), (2,)), Monthly((-1,), (5,))
EVEN, APRIL_TO_OCTOBER, OTHERS = (2, 4, 6, 8, 10, 12), (4, 5, 6, 7, 8, 9, 10), (1, 2, 3, 11, 12)
MORNING = (Hours(600, 720),)


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        # weekdays and weeks
        ("毎週月～水、金 10-12時", [Rule(Weekly((1, 2, 3, 5)), MORNING)]),
        ("毎週火曜・木曜 10時〜正午", [Rule(Weekly((2, 4)), MORNING)]),
        ("第１・３・５土曜日", [Rule(Monthly((1, 3, 5), (6,)))]),
        ("第二、第四土曜", [Rule(Monthly((2, 4), (6,)))]),
        ("第1月・火曜日", [Rule(Monthly((1,), (1, 2)))]),
        ("第2土・第4日", [Rule(SECOND_SATURDAY), Rule(Monthly((4,), (7,)))]),
        ("1・3週の金曜", [Rule(Monthly((1, 3), (5,)))]),
        ("最終週日曜日", [Rule(Monthly((-1,), (7,)))]),
        ("月末の金曜", [Rule(LAST_FRIDAY)]),
        ("土曜日（第2・第4）", [Rule(Monthly((2, 4), (6,)))]),
        ("月2回（第2・第4土曜日）", [Rule(Monthly((2, 4), (6,)))]),
        ("隔週（第1・第3）土曜日", [Rule(Monthly((1, 3), (6,)))]),
        ("令和7年4月5日から隔週土曜日", [Rule(Weekly((6,), 2, date(2025, 4, 5)))]),
        # days of the month, and days that follow others
        ("いちごの日と肉の日(15日・29日）", [Rule(MonthDays((15, 29)))]),
        ("毎月十五日と末日", [Rule(MonthDays((-1, 15)))]),
        ("5のつく日", [Rule(MonthDays((5, 15, 25)))]),
        ("毎月第三火曜日とその直後の木曜日", [Rule(THIRD_TUESDAY), Rule(Following(THIRD_TUESDAY, weekday=4))]),
        ("第3火曜日の翌日", [Rule(Following(THIRD_TUESDAY, days=1))]),
        # parts of the year
        ("偶数月の第３土曜日", [Rule(Monthly((3,), (6,)), months=EVEN)]),
        ("第2土曜日（偶数月のみ）", [Rule(SECOND_SATURDAY, months=EVEN)]),
        ("3の倍数の月の第2土曜日", [Rule(SECOND_SATURDAY, months=(3, 6, 9, 12))]),
        ("4・7・10・1月の第2土曜", [Rule(SECOND_SATURDAY, months=(1, 4, 7, 10))]),
        ("4月から10月の第2土曜日", [Rule(SECOND_SATURDAY, months=APRIL_TO_OCTOBER)]),
        ("2ヶ月に1回 偶数月の第2土曜", [Rule(SECOND_SATURDAY, months=EVEN)]),
        ("毎月第2土曜（1月は第3）", [Rule(SECOND_SATURDAY, months=tuple(range(2, 13))), Rule(Monthly((3,), (6,)), months=(1,))]),
        ("第2土曜日 夏季（4月～10月）17:00~19:00 冬季（11月～3月）16:00~18:00",
         [Rule(SECOND_SATURDAY, (Hours(1020, 1140),), APRIL_TO_OCTOBER), Rule(SECOND_SATURDAY, (Hours(960, 1080),), OTHERS)]),
        ("R6.4.1から毎週土曜", [Rule(SATURDAY, since=date(2024, 4, 1))]),
        ("2026年4月～2027年3月の毎週土曜", [Rule(SATURDAY, since=date(2026, 4, 1), until=date(2027, 3, 31))]),
        ("令和元年5月1日(水)から毎週土曜", [Rule(SATURDAY, since=date(2019, 5, 1))]),
        ("2026/8/5、8/7", [Rule(Dates((date(2026, 8, 5), date(2026, 8, 7))))]),
        # hours
        ("毎週金曜 18:00～翌1:00", [Rule(Weekly((5,)), (Hours(1080, 1500),))]),
        ("毎週金曜 18:00～24:00", [Rule(Weekly((5,)), (Hours(1080, 1440),))]),
        ("毎週土曜 午前10時～12時、午後1時半～3時", [Rule(SATURDAY, (Hours(600, 720), Hours(810, 900)))]),
        ("毎週土曜 午後4:00～7:30", [Rule(SATURDAY, (Hours(960, 1170),))]),
        ("毎週土曜 ①10時～12時 ②13時～", [Rule(SATURDAY, (Hours(600, 720), Hours(780)))]),
        ("毎週土曜 17時まで", [Rule(SATURDAY, (Hours(None, 1020),))]),
        ("10:00～12:00（毎週土曜日）", [Rule(SATURDAY, MORNING)]),
        ("第2・第4土曜 10時～12時（受付9時半から）", [Rule(Monthly((2, 4), (6,)), MORNING)]),
        ("毎週土曜 11:30～20:00(15～17時休憩）", [Rule(SATURDAY, (Hours(690, 900), Hours(1020, 1200)))]),
        ("第1土曜 10:00～ 第3土曜 13:00～", [Rule(Monthly((1,), (6,)), (Hours(600),)), Rule(Monthly((3,), (6,)), (Hours(780),))]),
        ("第2土曜日 10時～12時 中央公民館", [Rule(SECOND_SATURDAY, MORNING)]),
        ("①③土曜 10時～12時", [Rule(Monthly((1, 3), (6,)), MORNING)]),
        ("毎日 0時～24時", [Rule(EVERY_DAY, (Hours(0, 1440),))]),
    ],
)  # fmt: skip
def test_prose_becomes_rules(text, rules):
    schedule = read_text(text)
    assert (schedule.certainty, list(schedule.rules), schedule.closures) == ("exact", rules, ())


@pytest.mark.parametrize(
    ("text", "rule", "closures"),
    [
        ("平日9:00～17:00", Rule(WORKDAYS, (Hours(540, 1020),)), [HOLIDAYS]),
        ("毎週土曜（第5土曜はお休み）", Rule(SATURDAY), [Closure(Monthly((5,), (6,)))]),
        ("毎週土曜、8月はお休み、12/29～1/3は休み", Rule(SATURDAY), [Closure(months=(8,)), Closure(season=Span((12, 29), (1, 3)))]),
        ("第2土曜日（8月、1月を除く）", Rule(SECOND_SATURDAY), [Closure(months=(1, 8))]),
        ("毎週月～金（祝日・年末年始を除く）", Rule(WORKDAYS), [HOLIDAYS, Closure(period="year_end")]),
        ("毎日（日曜・祝日休み）", Rule(EVERY_DAY), [Closure(Weekly((7,))), HOLIDAYS]),
        ("土日祝を除く毎日", Rule(EVERY_DAY), [Closure(Weekly((6, 7))), HOLIDAYS]),
        ("毎週土曜 お盆と夏休みは休み", Rule(SATURDAY), [Closure(period="obon"), Closure(period="summer_break")]),
        ("10時～12時 定休日：月曜、祝日", Rule(EVERY_DAY, MORNING), [Closure(Weekly((1,))), HOLIDAYS]),
        ("毎週木曜日、第3木曜日はお休み", Rule(Weekly((4,))), [Closure(Monthly((3,), (4,)))]),
    ],
)  # fmt: skip
def test_exceptions_become_closures(text, rule, closures):
    schedule = read_text(text)
    assert (schedule.certainty, schedule.rules, list(schedule.closures)) == ("exact", (rule,), closures)


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("月1回不定期", "irregular"),
        ("第2水曜日他", "irregular"),
        ("不定期（友引の前日など）", "irregular"),
        ("毎週火曜日 祝日の場合は翌日", "irregular"),
        ("第2または第3土曜日", "alternatives"),
        ("月1～2回", "alternatives"),
        ("隔週土曜日", "start_of_cycle"),
        ("3週間に1回", "start_of_cycle"),
        ("年10回", "which_weekday"),
        ("月1回 土曜日", "which_weeks"),
        ("8月5日", "part_of_year"),
        ("8月5日(水)", "part_of_year"),
        ("夏季は第2土曜日", "part_of_year"),
        ("夏休みの毎週土曜", "part_of_year"),
        ("毎週土曜 19:00～17:00", "hours"),
        ("平日10時～17時 土日祝10時～15時", "hours"),
        ("火曜、木曜、祝日は休み", "which_days"),
        ("毎週水曜日 担当者不在", "unread"),
        ("毎週月曜日、水曜日（第3を除く）", "unread"),
        ("第2土曜日 受付10:00～11:00", "hours"),
        ("毎週日曜 雨天中止", "irregular"),
        ("第2土曜日のパン教室", "unread"),
    ],
)
def test_what_cannot_be_computed_says_why(text, missing):
    schedule = read_text(text)
    assert schedule.certainty == "partial"
    assert missing in schedule.missing


@pytest.mark.parametrize(
    "text", ["", "   ", "駐車場なし", "参加費は金額をお確かめください", "水道橋駅から徒歩", "休止中"]
)
def test_words_of_no_schedule_say_nothing(text):
    assert read_text(text).certainty == "not_understood"


def test_a_year_is_inferred_only_from_a_weekday_that_fits_one_year():
    assert read_text("8月5日（水）", year=2026).rules == (Rule(Dates((date(2026, 8, 5),))),)
    assert read_text("8月5日（水）", year=2027).rules == (Rule(Dates((date(2026, 8, 5),))),)
    assert read_text("8月5日（水）", year=2022).certainty == "partial"
    assert read_text("8月5日", year=2026).certainty == "partial"
    assert read_text("12月28日(月)～1月5日(火)", year=2026).rules[0].until == date(2027, 1, 5)


_WORDS = st.sampled_from(
    [
        "毎週",
        "毎月",
        "第1",
        "第2・4",
        "最終",
        "月",
        "火曜日",
        "土日",
        "月～金",
        "平日",
        "祝日",
        "毎日",
        "10:00",
        "～",
        "12時",
        "午後",
        "から",
        "まで",
        "は",
        "の",
        "を除く",
        "休み",
        "お休み",
        "（",
        "）",
        "、",
        "・",
        "8月",
        "4月～10月",
        "15日",
        "2026年",
        "8/5",
        "年末年始",
        "隔週",
        "偶数月",
        "夏季",
        "または",
        "など",
        "月1回",
        "とその直後の",
        "翌日",
        "の場合は",
        "も開催",
        "のみ",
        "ただし",
        "※",
        "。",
        "教室",
        "12/29～1/3",
        "受付",
        "①",
        "②",
    ]
)


@given(st.lists(_WORDS, max_size=12).map("".join) | st.text(max_size=30))
def test_no_text_ever_breaks_it_and_only_exact_ones_can_be_computed(text):
    schedule = read_text(text)
    assert (schedule.certainty == "exact") == bool(schedule.rules and not schedule.missing)
    assert (schedule.certainty == "partial") == bool(schedule.missing)
    assert schedule.text is None or schedule.text in text
