"""What the program says of a schedule in Japanese, it reads back as the same schedule."""

from dataclasses import replace
from pathlib import Path

import yaml
from hypothesis import HealthCheck, given, settings

from placefinder.languages import Language
from placefinder.opening import read_schedule, read_text
from placefinder.opening.rules import Schedule
from placefinder.opening.wording import say
from tests.placefinder.said_schedules import said_schedules


@settings(max_examples=300, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow], deadline=None)
@given(said_schedules())
def test_an_exact_schedule_said_in_japanese_is_read_back_as_the_same_schedule(schedule: Schedule) -> None:
    assert _said_and_read(schedule) == schedule


def test_what_is_understood_of_schedules_as_people_write_them_is_said_and_read_back() -> None:
    written = yaml.safe_load((Path(__file__).parent / "schedule_specimens.yml").read_text("utf-8"))
    schedules = [read_schedule(one.get("columns") or {"notes": one["text"]}) for one in written]
    exact = [replace(one, text=None) for one in schedules if one.certainty == "exact"]
    assert len(exact) > 50
    assert [one for one in exact if _said_and_read(one) != one] == []


def _said_and_read(schedule: Schedule) -> Schedule:
    return replace(read_text("\n".join(say(schedule, Language.JA))), text=None)
