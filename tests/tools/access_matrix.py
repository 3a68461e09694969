"""Who may do what with whose rows, tried on a real database: every party × every table about people × every operation.

Two tenants have a person each, with one row in every table. Each party tries its own rows, the other one's and rows that are
not there. What it tries is rolled back.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import psycopg

from prescribing.store.entering import secret_hash
from staffed_town import CLINIC, OFFICE, OTHER_CLINIC, OTHER_OFFICE, STAFF, TOWN

TABLES = {"patient": "patient_id", "consent": "patient_id", "council_sharing": "patient_id", "referral": "referral_id",
          "referral_event": "referral_id", "suggestion": "referral_id", "attendance": "referral_id", "contact": "referral_id",
          "screening": "patient_id", "plan_line": "patient_id", "disclosure": "patient_id"}  # fmt: skip
KEYS = {"patient": "patient_id", "consent": "consent_id", "council_sharing": "sharing_id", "referral": "referral_id",
        "attendance": "attendance_id", "contact": "contact_id", "screening": "screening_id", "plan_line": "line_id",
        "disclosure": "disclosure_id"}  # fmt: skip
OPERATIONS = ("SELECT", "INSERT", "UPDATE", "DELETE")
RIGHTLESS = "no right"


@dataclass(frozen=True)
class Person:
    """Somebody referred, with the ids that the rows of every table hang on."""

    organisation_id: UUID
    office_id: UUID
    patient_id: UUID
    referral_id: UUID
    activity_id: UUID

    def row(self, table: str) -> dict[str, Any]:
        """A row of this table about this person, with an id of its own."""
        about = {"organisation_id": self.organisation_id, TABLES[table]: getattr(self, TABLES[table])}
        more = {
            "patient": {"municipality_code": TOWN, "age_band": "75-84", "mobility": "adult", "interests": [], "needs": [],
                        "avoid": [], "made_at": "2026-11-01"},
            "consent": {"purpose": "host", "recipient_id": self.activity_id, "text_version": "1", "given_by": "self",
                        "given_how": "paper", "given_at": "2026-11-01", "expires_on": "2099-01-01"},
            "council_sharing": {"recipient_id": self.office_id, "council": "見本", "decided_on": "2020-01-01", "ends_on": "2020-02-01"},
            "referral": {"patient_id": self.patient_id, "municipality_code": TOWN, "made_by": STAFF["physician"].account_id,
                         "made_at": "2026-11-01", "state": "draft", "version": 1, "state_since": "2026-11-01", "move": "make",
                         "link_office_id": self.office_id, "activity_id": self.activity_id},
            "referral_event": {"version": 9, "move": "make", "to_state": "draft", "at": "2026-11-01"},
            "suggestion": {"round": 1 + uuid4().int % 10**6, "rank": 1, "activity_id": uuid4(), "place_id": uuid4(),
                           "score": 1, "parts": {}, "reasons": [], "unknowns": [], "propensity": 1, "small_start": False,
                           "candidates": 1, "shown_at": "2026-11-01", "chosen": False},
            "attendance": {"activity_id": self.activity_id, "held_on": "2026-11-02", "came": True, "told_by": "place",
                           "recorded_at": "2026-11-02"},
            "contact": {"at": "2026-11-02", "channel": "phone", "with_whom": "person", "two_way": True},
            "screening": {"instrument": "direct", "answers": [1], "asked_on": "2026-11-02"},
            "plan_line": {"kind": "goal", "text_sealed": "\\x00", "recorded_at": "2026-11-02"},
            "disclosure": {"recipient_kind": "host", "recipient_id": self.activity_id, "basis": "consent",
                           "basis_id": uuid4(), "what": [], "at": "2026-11-02"},
        }  # fmt: skip
        own_id = {KEYS[table]: uuid4()} if table in KEYS else {}
        return about | more[table] | own_id

    def stranger(self) -> "Person":
        """Somebody who is not there, of the same tenant."""
        return Person(self.organisation_id, self.office_id, uuid4(), uuid4(), uuid4())


OWN = Person(CLINIC, OFFICE, uuid4(), uuid4(), uuid4())
FOREIGN = Person(OTHER_CLINIC, OTHER_OFFICE, uuid4(), uuid4(), uuid4())


def fill_in(owner: psycopg.Connection[Any]) -> None:
    """Both persons, each at a place that was asked, with consents, one row in every table and links for place and person."""
    owner.execute("SET LOCAL session_replication_role = replica")  # they are put in the middle of their journey
    for person in (OWN, FOREIGN):
        for table, about in TABLES.items():
            row = person.row(table)
            if table in ("patient", "referral"):
                row[about] = getattr(person, about)
            if table == "referral":
                row |= {"state": "place_asked", "version": 7, "move": "ask_place"}
            insert(owner, table, row)
        insert(owner, "consent", person.row("consent") | {"purpose": "link_worker", "recipient_id": person.office_id})
    for party in ("host", "patient"):
        owner.execute(
            "INSERT INTO rx.access_link (token_hash, party, organisation_id, referral_id, patient_id, activity_id, expires_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, now() + interval '1 day')",
            (secret_hash(f"link-of-{party}"), party, CLINIC, OWN.referral_id, OWN.patient_id, OWN.activity_id),
        )


def insert(connection: psycopg.Connection[Any], table: str, row: dict[str, Any]) -> None:
    """Put in a row, naming only its own columns."""
    names = ", ".join(row)
    connection.execute(
        f"INSERT INTO rx.{table} ({names}) SELECT {names} FROM jsonb_populate_record(NULL::rx.{table}, %s::jsonb)",
        [json.dumps(row, default=str)],
    )


def enter_as(connection: psycopg.Connection[Any], who: str) -> None:
    """Enter as one of STAFF, or with the link of the place ("host") or of the person ("patient"); "nobody" does not."""
    if who == "system":
        connection.execute("SELECT rx.enter_as_system()")
    elif who in STAFF:
        row = connection.execute("SELECT party FROM rx.enter(%s)", [secret_hash(STAFF[who].token)]).fetchone()
        connection.execute("SELECT set_config('role', 'placefinder_' || %s, true)", row)
    elif who in ("host", "patient"):
        assert (
            connection.execute("SELECT FROM rx.enter_by_link(%s, false)", [secret_hash(f"link-of-{who}")]).fetchone()
            is not None
        )
        connection.execute("SELECT set_config('role', 'placefinder_' || %s, true)", [who])


def attempt(connection: psycopg.Connection[Any], operation: str, table: str, person: Person) -> str:
    """What became of it: "3 rows" …, "no right" without a grant, or the name of what refused it."""
    try:
        with connection.transaction(force_rollback=True):
            return _try(connection, operation, table, person)
    except psycopg.errors.InsufficientPrivilege as refusal:
        return "row refused" if "row-level" in str(refusal) else RIGHTLESS
    except psycopg.IntegrityError as refusal:
        return f"{type(refusal).__name__}"


def _try(connection: psycopg.Connection[Any], operation: str, table: str, person: Person) -> str:
    key, value = TABLES[table], getattr(person, TABLES[table])
    if operation == "INSERT":
        insert(connection, table, person.row(table))
        return "1 rows"
    if operation == "UPDATE":
        column = _changeable(connection, table)
        new = "now()" if column == "withdrawn_at" else "DEFAULT"
        cursor = connection.execute(f"UPDATE rx.{table} SET {column} = {new} WHERE {key} = %s", [value])
    elif operation == "DELETE":
        cursor = connection.execute(f"DELETE FROM rx.{table} WHERE {key} = %s", [value])
    else:
        cursor = connection.execute(f"SELECT {key} FROM rx.{table} WHERE {key} = %s", [value])
    return f"{cursor.rowcount} rows"


def _changeable(connection: psycopg.Connection[Any], table: str) -> str:
    row = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
        " AND has_column_privilege(attrelid, attnum, 'UPDATE') ORDER BY attname NOT IN ('interests', 'due_on'), attnum LIMIT 1",
        [f"rx.{table}"],
    ).fetchone()
    return str(row[0]) if row else TABLES[table]


def tried(connection: psycopg.Connection[Any]) -> Iterator[tuple[str, str, str, str, str]]:
    """Table, operation, and what became of it with the own, the foreign and an absent person."""
    absent = OWN.stranger()
    for table in TABLES:
        for operation in OPERATIONS:
            own, foreign, gone = (attempt(connection, operation, table, one) for one in (OWN, FOREIGN, absent))
            yield table, operation, own, foreign, gone
