"""The journey (紹介の経過): which states a referral has, who may move it where, and what a reason leads to.

One table, data/codelists/journey_*.csv and reasons.csv (FACTS §4), is used here, by the database's trigger and by the
pages; tests/prescribing/test_journey.py compares the three.
"""

import csv
from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType
from typing import Any, Literal, TypeVar

from geo.folders import DATA
from prescribing.errors import MoveRefused

Party = Literal["referrer", "link_worker", "host", "patient", "system"]

NUDGE_AFTER = (timedelta(days=5), timedelta(days=10))
FOLLOW_UP_AFTER = (timedelta(days=90), timedelta(days=180))
"""After the first attendance."""


@dataclass(frozen=True, slots=True)
class State:
    """Where a referral stands. `waits_for`: the party whose turn it is; None where it is over.

    `due_days`: so long after reaching it somebody should have acted. 14 days for contact and for a place's answer are the
    field's (FACTS §4); the others say when a link worker should look again, so that nobody is forgotten.
    """

    state: str
    waits_for: str | None
    due_days: int | None
    fhir_status: str
    name_ja: str
    name_easy: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Move:
    """A step. `to_state`: a state, `*held` (the one before the hold) or `*same`. With `reason_groups` it needs a reason of them."""

    move: str
    from_states: tuple[str, ...]
    to_state: str
    parties: tuple[str, ...]
    reason_groups: tuple[str, ...]
    name_ja: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something did not come about, and the next action it leads to: buddy, verify, unmet_need, hand_over …"""

    reason: str
    reason_group: str
    next_action: str
    name_ja: str
    name_easy: str
    name_en: str


Row = TypeVar("Row", State, Move, Reason)
_LISTS = ("from_states", "parties", "reason_groups")


def _read(file: str, key: str, kind: type[Row]) -> MappingProxyType[str, Row]:
    with (DATA / "codelists" / file).open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, strict=True))
    read = [kind(**{field.name: _value(field.name, row[field.name]) for field in fields(kind)}) for row in rows]
    return MappingProxyType({row[key]: one for row, one in zip(rows, read, strict=True)})


def _value(name: str, text: str) -> Any:
    if name == "due_days":
        return int(text) if text else None
    return tuple(text.split()) if name in _LISTS else text or None


STATES = _read("journey_states.csv", "state", State)
MOVES = _read("journey_moves.csv", "move", Move)
REASONS = _read("reasons.csv", "reason", Reason)
OWN_REASON = MappingProxyType(
    {"withdraw": "consent_withdrawn", "mark_error": "entered_in_error", "time_out": "no_answer"}
)
"""The reason of a step that says it itself, where no other was given."""
OVER = frozenset(state.state for state in STATES.values() if state.waits_for is None)


@cache
def moves_from(state: str, party: Party) -> tuple[Move, ...]:
    """What this party may do with a referral in this state, in the order of the list."""
    return tuple(move for move in MOVES.values() if state in move.from_states and party in move.parties)


def reasons_for(move: Move) -> tuple[Reason, ...]:
    """The reasons that may be given for a step; none where it needs none."""
    return tuple(reason for reason in REASONS.values() if reason.reason_group in move.reason_groups)


def state_after(state: str, move: str, party: Party, reason: str | None = None, held_from: str | None = None) -> str:
    """The state a step leads to. Raises MoveRefused with what is missing; it changes nothing."""
    step = MOVES.get(move)
    if step is None or state not in step.from_states:
        raise MoveRefused(state, move, "the journey has no such step")
    if party not in step.parties:
        raise MoveRefused(state, move, f"it is a step of {' or '.join(step.parties)}")
    if step.reason_groups and (reason is None or REASONS.get(reason) not in reasons_for(step)):
        raise MoveRefused(state, move, "a reason is needed")
    if step.to_state == "*same":
        return state
    if step.to_state == "*held":
        if held_from is None:
            raise MoveRefused(state, move, "it is not known where it stood before")
        return held_from
    return step.to_state


def due_on(
    state: str, since: date, before: date | None, *, booked_for: date | None = None, held_until: date | None = None
) -> date | None:
    """By when whoever's turn it is should have acted, in a state reached on the day `since`; `before`: what was due until then.

    The database's trigger keeps the same rule.
    """
    if state in OVER:
        return None
    if state in ("booked", "on_hold"):
        return booked_for if state == "booked" else held_until
    days = STATES[state].due_days
    return before if days is None else since + timedelta(days)
