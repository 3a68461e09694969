"""A line answers when it says so, over midnight too."""

from datetime import datetime
from uuid import UUID

import pytest

from placefinder.contact_lines import ContactLine
from placefinder.languages import Language
from placefinder.opening.wording import say


def line(*hours: tuple[int, str, str]) -> ContactLine:
    told = [{"weekday": day, "opens": opens, "closes": closes} for day, opens, closes in hours]
    return ContactLine(UUID(int=1), UUID(int=2), "電話", "0120-000-000（通話無料）", None, ["any"], False, told, None)


@pytest.mark.parametrize(
    ("moment", "answers"),
    [
        ("2026-11-23T08:59", False),  # a Monday
        ("2026-11-23T09:00", True),
        ("2026-11-23T16:59", True),
        ("2026-11-23T17:00", False),
        ("2026-11-24T10:00", False),
    ],
)
def test_a_line_answers_within_its_hours(moment: str, answers: bool) -> None:
    assert line((1, "09:00", "17:00")).open_at(datetime.fromisoformat(moment)) is answers


@pytest.mark.parametrize(
    ("moment", "answers"), [("2026-11-27T23:00", True), ("2026-11-28T04:59", True), ("2026-11-28T05:00", False)]
)
def test_a_night_line_answers_past_midnight(moment: str, answers: bool) -> None:
    assert line((5, "22:00", "05:00")).open_at(datetime.fromisoformat(moment)) is answers


def test_a_line_without_hours_is_not_called_open() -> None:
    assert not line().open_at(datetime.fromisoformat("2026-11-23T12:00"))


def test_every_day_and_all_hours_is_a_24_hour_line() -> None:
    assert line(*((day, "00:00", "24:00") for day in range(1, 8))).always
    assert not line(*((day, "00:00", "24:00") for day in range(1, 7))).always


def test_the_hours_of_a_line_are_told_as_a_schedule_of_every_week() -> None:
    answering = line(*((day, "09:00", "17:00") for day in range(1, 6)), (6, "22:00", "05:00"), (6, "09:00", "12:00"))
    assert say(answering.schedule, Language.JA) == [
        "毎週 月曜日〜金曜日 9:00–17:00",
        "毎週 土曜日 9:00–12:00、22:00–翌5:00",
    ]
    assert say(line().schedule, Language.JA) == ["未確認"]


def test_only_digits_are_dialled() -> None:
    assert line().dial == "0120000000"
