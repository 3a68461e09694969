"""The columns of a row: a date is told only where all of them leave no doubt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placefinder.opening import NOT_UNDERSTOOD, WEEKDAYS, read_schedule, read_times
from placefinder.opening.rules import (
    EVERY_DAY,
    HOLIDAYS,
    Closure,
    Hours,
    Monthly,
    PublicHolidays,
    Rule,
    Span,
    Weekly,
)

SATURDAY = Weekly((6,))


def exact(rules, closures=()):
    return ("exact", tuple(rules), tuple(closures))


def answer(schedule):
    return (schedule.certainty, schedule.rules, schedule.closures)


@pytest.mark.parametrize(
    ("columns", "rules"),
    [
        ({"weekdays": "第2土曜日"}, [Rule(Monthly((2,), (6,)))]),
        ({"weekdays": "第1・3土曜日"}, [Rule(Monthly((1, 3), (6,)))]),
        ({"days": "毎月第１第３木曜日"}, [Rule(Monthly((1, 3), (4,)))]),
        ({"weekdays": "木曜日", "days": "毎月第３", "frequency": "5"}, [Rule(Monthly((3,), (4,)))]),
        ({"weekdays": "金", "notes": "第2金曜日、第4金曜日", "frequency": "4"}, [Rule(Monthly((2, 4), (5,)))]),
        ({"weekdays": "月・木", "frequency": "毎週", "opens": "9:00", "closes": "11時半"}, [Rule(Weekly((1, 4)), (Hours(540, 690),))]),
        ({"weekdays": "水", "frequency": "週1回"}, [Rule(Weekly((3,)))]),
        ({"weekdays": "水", "frequency": "3", "notes": "毎週水曜日"}, [Rule(Weekly((3,)))]),
        ({"weekdays": "月", "days": "毎週", "closes": "非公開", "notes": "無し"}, [Rule(Weekly((1,)))]),
        ({"weekdays": "水", "days": "奇数月の第2水曜日", "frequency": "6"}, [Rule(Monthly((2,), (3,)), months=(1, 3, 5, 7, 9, 11))]),
        ({"weekdays": "火", "notes": "毎月第3火曜日二部制 1回目午後5:30～6:15 2回目午後6:30～7:15"}, [Rule(Monthly((3,), (2,)), (Hours(1050, 1095), Hours(1110, 1155)))]),
        ({"days": "第3金曜日", "opens": "15:00:00", "notes": "第3金曜日、15時以降"}, [Rule(Monthly((3,), (5,)), (Hours(900),))]),
        ({"days": "第2水曜日　15時～19時", "opens": "15:00", "closes": "19:00"}, [Rule(Monthly((2,), (3,)), (Hours(900, 1140),))]),
        ({"weekdays": "土日", "frequency": "毎週", "opens": "9:30", "closes": "17:00(土は19:00まで)"}, [Rule(Weekly((7,)), (Hours(570, 1020),)), Rule(SATURDAY, (Hours(570, 1140),))]),
        ({"hours": "月～金 9時～17時"}, [Rule(Weekly((1, 2, 3, 4, 5)), (Hours(540, 1020),))]),
    ],
)  # fmt: skip
def test_columns_that_agree_become_rules(columns, rules):
    assert answer(read_schedule(columns)) == exact(rules)


@pytest.mark.parametrize(
    ("columns", "missing"),
    [
        ({"weekdays": "土"}, "which_weeks"),
        ({"weekdays": "土", "frequency": "2"}, "which_weeks"),  # the code list has no official key
        ({"weekdays": "日", "frequency": "4"}, "which_weeks"),
        ({"weekdays": "第2or第3土曜日"}, "alternatives"),
        ({"weekdays": "第2水曜日", "frequency": "2ヶ月に1回"}, "start_of_cycle"),
        ({"weekdays": "土", "frequency": "隔週"}, "start_of_cycle"),
        ({"weekdays": "火", "notes": "第2・第4金曜日"}, "conflict"),
        ({"weekdays": "日", "notes": "第2日曜日、第4日曜日", "frequency": "5"}, "conflict"),
        ({"notes": "第2金曜日", "frequency": "6"}, "conflict"),
        ({"weekdays": "土", "frequency": "毎週", "days": "第3土曜日"}, "conflict"),
        ({"weekdays": "木", "frequency": "毎週", "opens": "17:00", "closes": "11:00"}, "hours"),
        ({"days": "第2土曜日 10時～12時", "opens": "11:00", "closes": "13:00"}, "hours"),
        ({"weekdays": "第6土曜日"}, "unread"),
        ({"notes": "原則第2・4金曜日だが変動あり"}, "irregular"),
        ({"days": "不定期"}, "irregular"),
        ({"days": "月1回", "opens": "10:00"}, "which_weekday"),
        ({"opens": "10:00", "closes": "12:00"}, "which_days"),
        ({"weekdays": "土", "frequency": "毎週", "notes": "夏季は30分後ろ倒し"}, "part_of_year"),
        ({"closed": "日曜日・祝日"}, "which_days"),
    ],
)
def test_what_is_missing_is_named_and_gives_no_date(columns, missing):
    schedule = read_schedule(columns)
    assert schedule.certainty == "partial"
    assert missing in schedule.missing


def test_closing_days_beside_hours_leave_all_other_days():
    schedule = read_schedule({"hours": "9時～18時", "closed": "土曜日午後・木曜日午後5時以降・日曜日・祝日"})
    closures = [
        Closure(SATURDAY, hours=Hours(720, 1440)),
        Closure(Weekly((4,)), hours=Hours(1020, 1440)),
        Closure(Weekly((7,))),
        HOLIDAYS,
    ]
    assert answer(schedule) == exact([Rule(EVERY_DAY, (Hours(540, 1080),))], closures)
    assert schedule.holidays_said


def test_exceptions_in_remarks_are_closures():
    schedule = read_schedule({"weekdays": "土", "frequency": "毎週", "notes": "第5土曜日はお休み"})
    assert answer(schedule) == exact([Rule(SATURDAY)], [Closure(Monthly((5,), (6,)))])


def test_remarks_that_speak_of_no_schedule_spoil_nothing():
    schedule = read_schedule({"days": "第2土曜日", "notes": "参加費は300円、駐車場なし"})
    assert answer(schedule) == exact([Rule(Monthly((2,), (6,)))])


def test_remarks_that_speak_of_the_schedule_without_being_understood_do():
    schedule = read_schedule({"days": "第2土曜日", "notes": "学校行事の日はひと月延期"})
    assert (schedule.certainty, schedule.missing) == ("partial", ("unread",))


def test_the_source_s_words_are_kept_and_a_bare_code_is_not_shown():
    schedule = read_schedule(
        {"weekdays": "土", "frequency": "5", "opens": "17:00:00", "closes": "19:00:00", "notes": "夏季は休み"}
    )
    assert schedule.text == "土 17:00～19:00 夏季は休み"


@pytest.mark.parametrize("columns", [{}, {"weekdays": " "}, {"frequency": "8"}])
def test_no_columns_say_nothing(columns):
    assert read_schedule(columns) == NOT_UNDERSTOOD


def test_weekdays_of_a_facility_are_weekly_by_the_form_s_definition():
    columns = {"weekdays": "月火水木金", "notes": "祝日は休み。年末年始（12月29日から翌年の1月3日まで）は利用不可。"}
    closures = [Closure(season=Span((12, 29), (1, 3))), HOLIDAYS]
    schedule = read_schedule(columns, listed_weekdays_mean_weekly=True)
    assert answer(schedule) == exact([Rule(Weekly((1, 2, 3, 4, 5)))], closures)
    assert schedule.named_said == ("year_end",)


def test_a_closing_time_of_public_holidays_closes_the_hours_behind_it():
    columns = {"frequency": "毎日", "opens": "9:00", "closes": "22:00\n※日曜及び休日は17:00まで"}
    rules = [Rule(Weekly((1, 2, 3, 4, 5, 6)), (Hours(540, 1320),)), Rule(Weekly((7,)), (Hours(540, 1020),))]
    closures = [Closure(PublicHolidays(), hours=Hours(1020, 1440))]
    assert answer(read_schedule(columns)) == exact(rules, closures)


def test_times_that_end_before_they_start_are_not_believed():
    assert read_times("19:00", "17:00") == (None, None, False)
    assert read_times("９:00", "") == ("09:00", None, True)


@given(st.dictionaries(st.sampled_from(["frequency", "weekdays", "days", "opens", "closes", "notes", "hours", "closed"]),
                       st.text(alphabet=WEEKDAYS + "第12345曜日毎週月、・or～祝不定期()回:時0", max_size=14)))  # fmt: skip
def test_no_columns_ever_break_it_and_only_exact_ones_can_be_computed(columns):
    schedule = read_schedule(columns)
    assert (schedule.certainty == "exact") == bool(schedule.rules and not schedule.missing)
    assert (schedule.certainty == "partial") == bool(schedule.missing)
