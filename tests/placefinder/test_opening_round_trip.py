"""What the program says of a schedule in Japanese, it reads back as the same schedule."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings

from placefinder.languages import Language
from placefinder.opening import read_text
from placefinder.opening.rules import Schedule
from placefinder.opening.wording import say
from tests.placefinder.said_schedules import said_schedules


@settings(max_examples=300, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow], deadline=None)
@given(said_schedules())
def test_an_exact_schedule_said_in_japanese_is_read_back_as_the_same_schedule(schedule: Schedule) -> None:
    said = "\n".join(say(schedule, Language.JA))
    assert replace(read_text(said), text=None) == schedule
