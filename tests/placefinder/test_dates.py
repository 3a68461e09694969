"""Real dates in the words of the three languages: near ones, doubtful ones, called off ones, and the week of a district."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import pytest

from placefinder.opening.calendar import Occurrence
from placefinder.opening.rules import Hours, Schedule
from placefinder.store.occurrences import Coming
from placefinder.web.dates import Dates
from placefinder.web.languages import Language, plain
from placefinder.web.wording import Words

TUESDAY = datetime(2026, 11, 24, 9)
EVENING = Hours(1020, 1140)


@dataclass(frozen=True)
class Item:
    activity_id: UUID
    status: str
    schedule: Schedule


ITEM = Item(UUID(int=1), "running", Schedule(None, certainty="exact"))


def dates(*coming: Coming, language: Language = Language.JA) -> Dates:
    return Dates(Words(language), TUESDAY, {ITEM.activity_id: coming})


def on(day: int, month: int = 11, reason: str | None = None, **more: object) -> Coming:
    return Coming(Occurrence(date(2026, month, day), EVENING, **more), reason)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("day", "language", "said"),
    [
        (24, Language.JA, "今日 11月24日(火) 17:00–19:00"),
        (25, Language.JA, "あした 11月25日(水) 17:00–19:00"),
        (26, Language.JA, "11月26日(木) 17:00–19:00"),
        (26, Language.EN, "Thu, Nov 26 17:00–19:00"),
        (24, Language.EN, "Today Tue, Nov 24 17:00–19:00"),
        (26, Language.EASY_JA, "11月26日(木) 17:00–19:00"),
    ],
)
def test_a_day_is_said_with_its_weekday_and_near_ones_as_people_say(day: int, language: Language, said: str) -> None:
    [line] = dates(on(day), language=language).next(ITEM)
    assert plain(line.said) == said
    assert line.next


def test_easy_japanese_has_the_readings_of_the_day() -> None:
    [line] = dates(on(20, 12), language=Language.EASY_JA).next(ITEM)
    assert all(f"<rt>{reading}</rt>" in line.said for reading in ("がつ", "はつか", "にち"))


def test_only_the_next_sure_one_stands_on_a_card_and_what_was_called_off_before_it() -> None:
    lines = dates(
        on(26, reason="大雪のため", change="cancelled"), on(27, doubt="holiday"), on(28, doubt="obon"), on(29), on(30)
    ).next(ITEM)
    assert [(plain(line.said)[:6], line.off, line.next) for line in lines] == [
        ("11月26日", True, False),
        ("11月27日", False, True),
        ("11月29日", False, False),
    ]
    assert plain(lines[0].note or "") == "お休みです。 大雪のため"
    assert plain(lines[1].note or "") == "祝日のため、確認してから"


def test_a_moved_one_says_from_where_and_to_where() -> None:
    moved = dates(
        on(26, change="cancelled", other_day=date(2026, 11, 28)), on(28, change="moved", other_day=date(2026, 11, 26))
    )
    assert [plain(line.note or "") for line in moved.all(ITEM)] == [
        "11月28日(土)に変わりました。",
        "11月26日(木)から変わりました。",
    ]


def test_hours_that_nobody_told_are_not_invented() -> None:
    unknown = dates(Coming(Occurrence(date(2026, 11, 26)), None))
    assert plain(unknown.next(ITEM)[0].said) == "11月26日(木)"
    [_, _, (_, [entry]), *_] = unknown.week([ITEM])
    assert plain(entry.line.said) == "時間は未確認です"


def test_a_week_is_seven_days_from_today_in_order_of_time() -> None:
    late, early = on(26), Coming(Occurrence(date(2026, 11, 26), Hours(600, 660)), None)
    week = dates(late, early, on(1, 12)).week([ITEM])
    assert [plain(day) for day, _ in week][::6] == ["今日 11月24日(火)", "11月30日(月)"]
    assert [plain(entry.line.said) for _, entries in week for entry in entries] == ["10:00–11:00", "17:00–19:00"]


def test_nothing_known_is_no_line() -> None:
    assert dates().next(ITEM) == dates().all(ITEM) == []
