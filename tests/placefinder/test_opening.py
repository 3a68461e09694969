"""A date is told only where every column leaves no doubt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placefinder.opening import NOT_UNDERSTOOD, WEEKDAYS, Session, read_schedule, read_times


@pytest.mark.parametrize(
    ("columns", "sessions"),
    [
        ({"weekdays": "第2土曜日"}, [Session(6, (2,))]),
        ({"weekdays": "第1・3土曜日"}, [Session(6, (1, 3))]),
        ({"days": "毎月第１第３木曜日".replace("第３", "・第３")}, [Session(4, (1, 3))]),
        ({"weekdays": "金", "notes": "第2金曜日、第4金曜日", "frequency": "4"}, [Session(5, (2, 4))]),
        ({"weekdays": "月・木", "frequency": "毎週", "opens": "9:00", "closes": "11時半"}, [Session(1, None, "09:00", "11:30"), Session(4, None, "09:00", "11:30")]),
        ({"weekdays": "水", "frequency": "週1回"}, [Session(3)]),
    ],
)  # fmt: skip
def test_structured_columns_become_exact_sessions(columns, sessions):
    schedule = read_schedule(columns)
    assert (schedule.certainty, list(schedule.sessions)) == ("exact", sessions)


@pytest.mark.parametrize(
    "columns",
    [
        {"weekdays": "土"},  # how often is not said
        {"weekdays": "土", "frequency": "2"},  # the code list has no official key
        {"weekdays": "日", "frequency": "4"},  # twice a month, but which?
        {"weekdays": "第2or第3土曜日"},
        {"weekdays": "土", "frequency": "毎週", "notes": "第5土曜日はお休み"},
        {"weekdays": "水", "days": "偶数月の第2水曜日"},
        {"weekdays": "第2水曜日", "frequency": "2ヶ月に1回"},
        {"weekdays": "火", "notes": "第2・第4金曜日"},  # the columns contradict each other
        {"weekdays": "木", "frequency": "毎週", "opens": "17:00", "closes": "11:00"},
        {"weekdays": "木", "frequency": "毎週", "closes": "非公開"},
        {"weekdays": "第6土曜日"},
        {"notes": "原則第2・4金曜日だが変動あり"},
        {"weekdays": "土日祝", "frequency": "毎週"},
        {"days": "不定期"},
    ],
)
def test_whatever_is_not_understood_wholly_gives_no_date(columns):
    schedule = read_schedule(columns)
    assert schedule.certainty != "exact"
    assert schedule.sessions == ()


def test_the_source_s_words_are_kept_and_a_bare_code_is_not_shown():
    schedule = read_schedule(
        {"weekdays": "土", "frequency": "5", "opens": "17:00:00", "closes": "19:00:00", "notes": "夏季は休み"}
    )
    assert schedule.text == "土 17:00～19:00 夏季は休み"


def test_no_columns_say_nothing():
    assert read_schedule({}) == NOT_UNDERSTOOD


def test_weekdays_of_a_facility_are_weekly_by_the_form_s_definition():
    exact = read_schedule({"weekdays": "月火水木金"}, listed_weekdays_mean_weekly=True)
    doubtful = read_schedule({"weekdays": "月火水木金", "notes": "祝日は休み"}, listed_weekdays_mean_weekly=True)
    assert [session.weekday for session in exact.sessions] == [1, 2, 3, 4, 5]
    assert (doubtful.certainty, doubtful.sessions) == ("partial", ())


def test_times_that_end_before_they_start_are_not_believed():
    assert read_times("19:00", "17:00") == (None, None, False)
    assert read_times("９".translate({ord("９"): "9"}) + ":00", "") == ("09:00", None, True)


@given(st.text(alphabet=WEEKDAYS + "第12345曜日毎週月、・or～祝不定期()回", max_size=14))
def test_no_text_ever_breaks_it_and_only_exact_ones_have_sessions(text):
    schedule = read_schedule({"weekdays": text, "frequency": "毎週"})
    assert bool(schedule.sessions) == (schedule.certainty == "exact")
    assert all(
        1 <= session.weekday <= 7 and all(1 <= n <= 5 for n in session.nth or ()) for session in schedule.sessions
    )
