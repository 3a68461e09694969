"""`placefinder opening` tells what is understood of a schedule, and never a date that is not sure."""

import argparse
import json
from datetime import date

import pytest

from placefinder.cli import opening as verb
from placefinder.settings import read_settings


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]):
    """What the verb prints on 2026-11-23, a Monday and public holiday."""

    def run(*argv: str) -> str:
        parser = argparse.ArgumentParser()
        verb.configure(parser)
        assert verb.run(parser.parse_args(argv), read_settings({}), lambda: date(2026, 11, 23)) == 0
        return capsys.readouterr().out

    return run


def test_an_exact_schedule_is_told_in_three_languages_with_its_next_ten_dates(told):
    out = told("第2・第4土曜日 11時～14時（8月は休み）")
    assert "毎月 第2・第4 土曜日 11:00–14:00（8月はお休み）" in out
    assert "土曜日(どようび)" in out
    assert "2nd and 4th Saturday of every month, 11:00–14:00 (not in August)" in out
    dates = [line.strip() for line in out.splitlines() if "（土）" in line]
    assert len(dates) == 10
    assert dates[0] == "2026-11-28（土） 11:00–14:00"
    assert dates[-1] == "2027-04-10（土） 11:00–14:00"


def test_a_public_holiday_is_marked_and_doubtful_where_nothing_is_said_of_it(told):
    out = told("毎週月曜日 10時～12時", "--from", "2026-11-23")
    assert "2026-11-23（月・祝） 10:00–12:00  ※祝日なので確認してから" in out
    assert "2026-11-30（月） 10:00–12:00\n" in out
    assert "※" not in told("毎週月曜日 10時～12時（祝日も開催）", "--from", "2027-01-11").split("2027-01-18")[0]


def test_dates_begin_on_the_day_asked_for(told):
    assert (
        "2027-01-09（土）"
        in told("毎月第2土曜日", "--from", "2027-01-01").split("2027年1月1日からの日にち")[1].splitlines()[1]
    )


def test_a_partial_schedule_names_what_is_missing_and_has_no_date(told):
    out = told("第2または第3土曜日 11:00～")
    assert "partial" in out
    assert "alternatives: 書かれた日のうち、どの日にひらくかは決まっていません。" in out
    assert "確認してからお出かけください。" in out
    assert "2026-" not in out


def test_no_date_is_told_of_what_is_suspended(told):
    out = told("毎月第3木曜日 現在休止中")
    assert "suspended: 「毎月第3木曜日 現在休止中」" in out
    assert "2026-" not in out


def test_the_same_is_told_to_programs(told):
    answer = json.loads(told("毎月第2土曜日 11時～14時", "--json"))
    assert answer["certainty"] == "exact"
    assert answer["said"]["ja"] == ["毎月 第2 土曜日 11:00–14:00"]
    assert answer["dates"][0] == {
        "date": "2026-12-12", "weekday": 6, "public_holiday": False, "opens": 660, "closes": 840, "doubt": None
    }  # fmt: skip
    assert json.loads(told("毎月第2土曜日 現在休止中", "--json"))["dates"] == []


def test_a_day_that_is_none_is_refused_with_how_to_write_it(capsys: pytest.CaptureFixture[str]):
    parser = argparse.ArgumentParser()
    verb.configure(parser)
    with pytest.raises(SystemExit):
        parser.parse_args(["土曜", "--from", "明日"])
    assert "YYYY-MM-DD" in capsys.readouterr().err
