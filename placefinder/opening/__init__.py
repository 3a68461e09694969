"""Opening (開催): when an activity is held, read from the words of a list, and never told more surely than they say."""

from placefinder.opening.columns import (
    NOT_UNDERSTOOD,
    WEEKDAYS,
    Certainty,
    Field,
    Schedule,
    Session,
    read_schedule,
    read_times,
)

__all__ = ["NOT_UNDERSTOOD", "WEEKDAYS", "Certainty", "Field", "Schedule", "Session", "read_schedule", "read_times"]
