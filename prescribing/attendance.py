"""Attendance (参加): who came on which day, as told by whom, and which step of the journey follows from it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, get_args

from prescribing.errors import InputRefused, MoveRefused

Teller = Literal["place", "slip", "worker", "self"]
TELLERS: tuple[Teller, ...] = get_args(Teller)
CONFIRMING = frozenset({"place", "slip", "worker"})
"""What the person alone says is kept and shown, but apart: uptake counts what one of these says (FACTS §4)."""
RECORDED_IN = (
    "place_accepted",
    "booked",
    "no_show",
    "attended_once",
    "active",
    "sustained_3m",
    "sustained_6m",
    "on_hold",
)
"""The states in which somebody may have gone somewhere."""
OLDEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Telling:
    """Somebody says that the person came, or did not, on a day. The latest of one teller about one day counts."""

    held_on: date
    came: bool
    told_by: Teller
    told_at: datetime | None = None


def check_day(held_on: date, today: date) -> None:
    """Raises InputRefused for a day that has not come or is more than a year ago."""
    if not today - OLDEST <= held_on <= today:
        raise InputRefused("held_on", "a day of the past year, today included")


def days_attended(tellings: Iterable[Telling]) -> list[date]:
    """The days on which the person came as place, slip or worker say, in order; each day once."""
    return sorted({one.held_on for one in tellings if one.came and one.told_by in CONFIRMING})


def contradictions(tellings: Iterable[Telling]) -> list[date]:
    """The days about which two tellers disagree, in order: somebody should ask."""
    told = list(tellings)
    came = {one.held_on for one in told if one.came}
    return sorted(came & {one.held_on for one in told if not one.came})


def step_after(state: str, booked_for: date | None, new: Telling, days: Iterable[date]) -> str | None:
    """The move that follows from a telling; `days` are those attended, the new one among them. None: the state stays.

    What the person alone says moves nothing. Raises MoveRefused where nobody can have gone anywhere yet.
    """
    if state not in RECORDED_IN:
        raise MoveRefused(state, "attend", "no place has accepted the person yet, or it is over")
    if new.told_by not in CONFIRMING:
        return None
    if new.came and state in ("place_accepted", "booked", "no_show"):
        return "attend"
    if new.came and state == "attended_once" and len(set(days)) > 1:
        return "go_on"
    if not new.came and state == "booked" and (booked_for is None or new.held_on >= booked_for):
        return "miss"
    return None
