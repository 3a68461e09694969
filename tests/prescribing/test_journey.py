"""The journey is one table: program, database and lists say the same."""

import csv
from dataclasses import astuple
from datetime import date

import psycopg
import pytest

from geo.folders import DATA
from journey_diagram import diagram
from prescribing.errors import MoveRefused
from prescribing.journey import MOVES, OVER, REASONS, STATES, due_on, moves_from, reasons_for, state_after


def test_program_and_database_know_the_same_moves(database: psycopg.Connection) -> None:
    known = database.execute(
        "SELECT move, from_states, to_state, parties, reason_groups, name_ja, name_en FROM rx.journey_move ORDER BY position"
    ).fetchall()
    assert [tuple(tuple(v) if isinstance(v, list) else v for v in row) for row in known] == [
        astuple(m) for m in MOVES.values()
    ]


def test_program_and_database_know_the_same_states_and_reasons(database: psycopg.Connection) -> None:
    states = database.execute("SELECT state, waits_for, due_days FROM rx.journey_state ORDER BY position").fetchall()
    assert states == [(s.state, s.waits_for, s.due_days) for s in STATES.values()]
    reasons = database.execute("SELECT reason, reason_group, next_action FROM rx.reason ORDER BY position").fetchall()
    assert reasons == [(r.reason, r.reason_group, r.next_action) for r in REASONS.values()]


def test_every_state_but_the_first_can_be_reached_and_every_open_one_can_be_left() -> None:
    reached = {move.to_state for move in MOVES.values()}
    assert set(STATES) - reached == {"draft"}
    assert {s for move in MOVES.values() for s in move.from_states} >= set(STATES) - OVER


def test_a_place_that_declines_says_why() -> None:
    with pytest.raises(MoveRefused, match="a reason is needed"):
        state_after("place_asked", "decline", "host")
    assert state_after("place_asked", "decline", "host", "full") == "place_declined"


def test_nobody_makes_the_step_of_another() -> None:
    with pytest.raises(MoveRefused, match="it is a step of"):
        state_after("place_asked", "accept", "patient")
    assert [m.move for m in moves_from("place_asked", "host")] == ["accept", "decline"]


def test_after_a_hold_it_goes_on_where_it_stood() -> None:
    assert state_after("on_hold", "resume", "link_worker", held_from="booked") == "booked"
    with pytest.raises(MoveRefused):
        state_after("on_hold", "resume", "link_worker")


def test_every_reason_of_the_field_has_its_next_action() -> None:
    with (DATA / "codelists" / "reasons.csv").open(encoding="utf-8", newline="") as lines:
        assert len(list(csv.DictReader(lines))) == len(REASONS) == 32
    assert all(reason.next_action for reason in REASONS.values())
    assert {r.reason for r in reasons_for(MOVES["decline"])} >= {"full", "not_taking_new", "too_far_on_foot"}


def test_what_is_due_follows_the_state() -> None:
    day = date(2026, 11, 24)
    assert due_on("sent", day, None) == date(2026, 12, 8)
    assert due_on("contacting", day, date(2026, 12, 1)) == date(2026, 12, 1), "the 14 days run on from sending"
    assert due_on("booked", day, None, booked_for=date(2026, 12, 3)) == date(2026, 12, 3)
    assert due_on("closed", day, day) is None


def test_the_diagram_of_the_explanation_is_the_table() -> None:
    explanation = (DATA.parent / "docs" / "explanation" / "journey.md").read_text("utf-8")
    assert f"```mermaid\n{diagram()}\n```" in explanation, "print it anew: python tests/tools/journey_diagram.py"
