"""What is due by the clock (期限のしごと): which work a step asks for, when, and what of it is still due when its time has come.

Times are days in Japan; work begins at nine in the morning. A job trusts nothing it was given: it looks at the referral again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, get_args

from placefinder.clock import TOKYO
from prescribing.journey import FOLLOW_UP_AFTER, NUDGE_AFTER, STATES

Task = Literal["nudge", "call_place", "time_out", "resume", "follow_up_3m", "follow_up_6m"]
TASKS: tuple[Task, ...] = get_args(Task)
BEGINS_AT = time(9)
FOLLOW_UP_SLACK = timedelta(days=14)
"""The window in which somebody counts as still coming ends so long after 90 or 180 days (FACTS §4)."""
_FOLLOWED = ("attended_once", "active", "sustained_3m")


@dataclass(frozen=True, slots=True)
class Clock:
    """Work to be done at a moment."""

    task: Task
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What a job looks at. `since`: the day the state was reached. `first_on`: the first attendance that somebody confirmed."""

    state: str
    since: date
    held_until: date | None
    next_action: str | None
    first_on: date | None
    reminded: frozenset[str] = frozenset()  # next actions that reminders have already led to, in this state
    sustained_3m: bool = False
    sustained_6m: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """The move a job makes; a reminder names the next action, due in some days."""

    move: str
    next_action: str | None = None
    due_in: timedelta | None = None


def clocks_after(before: str, state: str, since: datetime, held_until: date | None) -> Iterator[Clock]:
    """The work that a step to a state asks for; none where the state stays."""
    if state == before:
        return
    day = since.astimezone(TOKYO).date()
    if state == "place_asked":
        yield from (Clock(task, _on(day + after)) for task, after in _ASKED.items())
    if state == "on_hold" and held_until is not None:
        yield Clock("resume", _on(held_until))
    if state == "attended_once":
        yield from (Clock(task, _on(day + after)) for task, after in _FOLLOW.items())


def step_due(task: Task, now: Standing, today: date) -> Step | None:
    """What this task does to a referral that stands so today; None: nothing, it is past, not due yet or done already."""
    if task in _ASKED:
        return _of_a_place(task, now, today) if now.state == "place_asked" else None
    if task == "resume":
        due = now.state == "on_hold" and now.held_until is not None and now.held_until <= today
        return Step("resume") if due else None
    return _follow_up(task, now, today) if task in _FOLLOW else None


def _of_a_place(task: Task, now: Standing, today: date) -> Step | None:
    if today < now.since + _ASKED[task]:
        return None
    if task == "time_out":
        return Step("time_out")
    action = "nudge_place" if task == "nudge" else "call_place"
    return Step("remind", action, timedelta(days=2)) if action not in now.reminded else None


def _follow_up(task: Task, now: Standing, today: date) -> Step | None:
    """Sustained where the record of attendances says so, else a task for the link worker: ask."""
    if now.state not in _FOLLOWED or now.first_on is None or today < now.first_on + _FOLLOW[task]:
        return None
    if task == "follow_up_3m" and now.state != "sustained_3m" and now.sustained_3m:
        return Step("sustain_3m")
    if task == "follow_up_6m" and now.state in ("active", "sustained_3m") and now.sustained_6m:
        return Step("sustain_6m")
    if task in now.reminded or (task == "follow_up_3m" and now.state == "sustained_3m"):
        return None
    return Step("remind", task, timedelta(days=14))


def _on(day: date) -> datetime:
    return datetime.combine(day, BEGINS_AT, TOKYO)


_ASKED: dict[Task, timedelta] = {
    "nudge": NUDGE_AFTER[0],
    "call_place": NUDGE_AFTER[1],
    "time_out": timedelta(days=STATES["place_asked"].due_days or 14),
}
_FOLLOW: dict[Task, timedelta] = {
    "follow_up_3m": FOLLOW_UP_AFTER[0] + FOLLOW_UP_SLACK,
    "follow_up_6m": FOLLOW_UP_AFTER[1] + FOLLOW_UP_SLACK,
}
