"""Opening (開催): when an activity is held, read from the words of a list, and never told more surely than they say."""

from placefinder.opening.columns import NOT_UNDERSTOOD, Field, read_schedule, read_text, read_times
from placefinder.opening.rules import Certainty, Schedule
from placefinder.opening.stored import schedule_from_json, schedule_json
from placefinder.opening.words import WEEKDAYS

__all__ = [
    "NOT_UNDERSTOOD",
    "WEEKDAYS",
    "Certainty",
    "Field",
    "Schedule",
    "read_schedule",
    "read_text",
    "read_times",
    "schedule_from_json",
    "schedule_json",
]
