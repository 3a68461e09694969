"""A schedule survives the database unchanged."""

from datetime import date

import orjson
import pytest

from placefinder.opening.rules import (
    EVERY_DAY,
    HOLIDAYS,
    Closure,
    Dates,
    Following,
    Hours,
    MonthDays,
    Monthly,
    PublicHolidays,
    Rule,
    Schedule,
    Span,
    Weekly,
)
from placefinder.opening.stored import schedule_from_json, schedule_json

THIRD_TUESDAY = Monthly((3,), (2,))
SCHEDULES = [
    Schedule("毎日", (Rule(EVERY_DAY),), (HOLIDAYS, Closure(period="obon")), "exact", holidays_said=True, named_said=("obon",)),
    Schedule("隔週", (Rule(Weekly((1, 4), 2, date(2026, 4, 6)), (Hours(600, None), Hours(None, 1500))),), (), "exact"),
    Schedule("翌木曜", (Rule(THIRD_TUESDAY), Rule(Following(THIRD_TUESDAY, weekday=4)), Rule(Following(MonthDays((-1,)), days=-1))), (), "exact"),
    Schedule("夏", (Rule(MonthDays((1, 15)), (Hours(0, 1440),), (4, 6), Span((4, 1), (10, 31)), date(2026, 1, 1), date(2027, 3, 31)),), (), "exact"),
    Schedule("日", (Rule(Dates((date(2026, 8, 5),))), Rule(PublicHolidays())), (Closure(Weekly((6,)), hours=Hours(720, 1440)), Closure(months=(8,)), Closure(season=Span((12, 29), (1, 3)), since=date(2026, 1, 1)),), "exact"),
    Schedule("土", (), (), "partial", ("which_weeks", "unread")),
    Schedule(None),
]  # fmt: skip


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda schedule: schedule.text or "nothing")
def test_a_schedule_read_back_from_the_database_is_the_one_that_was_kept(schedule):
    kept = orjson.loads(orjson.dumps(schedule_json(schedule)))
    assert schedule_from_json(kept, text=schedule.text, certainty=schedule.certainty) == schedule


def test_a_base_that_is_no_day_of_the_month_is_refused():
    told = {"rules": [{"days": {"kind": "following", "base": {"kind": "holidays"}, "days": 1}}]}
    with pytest.raises(ValueError, match="days of the month"):
        schedule_from_json(told, text=None, certainty="exact")
