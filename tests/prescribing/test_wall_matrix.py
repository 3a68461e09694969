"""The access matrix: who may do what with whose rows, declared here in one table and tried on the database.

`REQUIRE_WRITE=1 pytest tests/prescribing/test_wall_matrix.py` writes docs/reference/access-matrix.md anew.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from access_matrix import FOREIGN, OPERATIONS, OWN, RIGHTLESS, TABLES, attempt, enter_as, fill_in, tried

from placefinder.store import Database
from staffed_town import OTHER_OFFICE

REPORT = Path(__file__).resolve().parents[2] / "docs/reference/access-matrix.md"
LETTER = {"SELECT": "S", "INSERT": "I", "UPDATE": "U", "DELETE": "D"}
# What each party may do with rows about its own person: Select, Insert, Update. Nobody deletes. In the order of TABLES.
MAY = {
    #                    patient consent council referral event suggestion attendance contact screening plan disclosure
    "physician":        ("SIU",  "SIU",  "SI",   "SIU",   "S",  "SIU",     "S",       "",     "SI",     "SIU", "SI"),
    "link_worker":      ("SU",   "SIU",  "S",    "SU",    "S",  "SIU",     "SI",      "SI",   "SI",     "SIU", "SI"),
    "host":             ("S",    "S",    "",     "SU",    "",   "",        "SI",      "",     "",       "",    "I"),
    "patient":          ("S",    "SU",   "",     "SU",    "S",  "S",       "S",       "",     "",       "",    "S"),
    "system":           ("S",    "S",    "S",    "SU",    "S",  "",        "S",       "",     "",       "",    ""),
    "insurer":          ("",) * 11,
    "municipality":     ("",) * 11,
    "admin":            ("",) * 11,
    "nobody":           ("",) * 11,
    "public":           ("",) * 11,
    "other_physician":  ("",) * 11,
    "other_link_worker": ("",) * 11,
}  # fmt: skip
WORDS = {
    "physician": "Physician, insurer's nurse", "link_worker": "Link worker", "host": "Place, by link",
    "patient": "Person, by link", "system": "The system", "insurer": "Insurer's evaluator", "municipality": "Municipality",
    "admin": "Admin", "nobody": "Staff login, not entered", "public": "Residents' login",
    "other_physician": "Physician elsewhere", "other_link_worker": "Link worker elsewhere",
}  # fmt: skip
# What takes the link worker's knowledge away, and what gives it: (what happened as SQL, may the office see the person?)
GIVEN = {
    "with consent": ("SELECT 1", True),
    "consent withdrawn": ("UPDATE rx.consent SET withdrawn_at = now() WHERE purpose = 'link_worker'", False),
    "consent expired": ("UPDATE rx.consent SET expires_on = '2020-01-01' WHERE purpose = 'link_worker'", False),
    "never consented": ("DELETE FROM rx.consent WHERE purpose = 'link_worker'", False),
    "consent for another purpose only": ("UPDATE rx.consent SET purpose = 'insurer' WHERE purpose = 'link_worker'", False),
    "consent for another office": (f"UPDATE rx.consent SET recipient_id = '{OTHER_OFFICE}' WHERE purpose = 'link_worker'", False),
    "council's decision instead": (
        "DELETE FROM rx.consent WHERE purpose = 'link_worker'; UPDATE rx.council_sharing SET ends_on = '2099-01-01'", True),
    "council's decision over": (
        "DELETE FROM rx.consent WHERE purpose = 'link_worker'; UPDATE rx.council_sharing SET ends_on = '2020-01-01'", False),
    "handed over, not yet taken up": (
        f"UPDATE rx.referral SET handed_from_id = link_office_id, link_office_id = '{OTHER_OFFICE}', state = 'transferred'", True),
    "handed over and taken up": (f"UPDATE rx.referral SET link_office_id = '{OTHER_OFFICE}', state = 'contacting'", False),
    "not sent yet": ("UPDATE rx.referral SET state = 'consented'", False),
}  # fmt: skip


@pytest.fixture
def people(staffed: Database) -> Database:
    with psycopg.connect(staffed.owner_dsn) as owner:
        fill_in(owner)
    return staffed


def _dsn(database: Database, who: str) -> str:
    return {"system": database.worker_dsn, "public": database.public_dsn}.get(who, database.staff_dsn) or ""


def _cells(database: Database, who: str) -> Iterator[tuple[str, str, str, str, str]]:
    with psycopg.connect(_dsn(database, who)) as connection:
        enter_as(connection, who)
        yield from tried(connection)


def _happened(operation: str, result: str) -> bool:
    """Whether the operation reached a row. A rule of the journey that refuses a change has seen the row."""
    if operation == "UPDATE" and result == "CheckViolation":
        return True
    return result not in ("0 rows", "row refused", RIGHTLESS) and result.endswith("rows")


@pytest.mark.parametrize("who", MAY)
def test_each_party_does_with_its_own_rows_what_it_may_and_with_others_nothing(people: Database, who: str) -> None:
    done: dict[str, str] = dict.fromkeys(TABLES, "")
    for table, operation, own, foreign, absent in _cells(people, who):
        if _happened(operation, own):
            done[table] += LETTER[operation]
        if who != "system" and not who.startswith("other"):
            assert not _happened(operation, foreign), (table, operation, foreign)
            if operation != "INSERT":
                assert foreign == absent, (table, operation)
        assert operation != "DELETE" or own == RIGHTLESS, table
        assert not _happened(operation, absent) or (table, operation) in NEW_ONES, (table, operation, absent)
    assert tuple(done.values()) == MAY[who]


NEW_ONES = {("patient", "INSERT")}
"""A patient is somebody new: there is nothing to be absent."""


@pytest.mark.parametrize("table", [one for one in TABLES if one != "patient"])
def test_a_row_about_somebody_elses_person_is_refused_as_one_about_nobody(people: Database, table: str) -> None:
    """Also where it is passed off as of the own tenant: the composite key refuses it in the same words."""
    for who in ("physician", "link_worker", "host", "patient"):
        with psycopg.connect(_dsn(people, who)) as connection:
            enter_as(connection, who)
            disguised = OWN.stranger()
            object.__setattr__(disguised, "patient_id", FOREIGN.patient_id)
            object.__setattr__(disguised, "referral_id", FOREIGN.referral_id)
            as_foreign, as_absent = (attempt(connection, "INSERT", table, one) for one in (disguised, OWN.stranger()))
            if table != "referral":  # its own id is one that somebody has: no page takes it from outside
                assert as_foreign == as_absent
            assert not _happened("INSERT", as_foreign)


@pytest.mark.parametrize("case", GIVEN)
def test_a_link_worker_sees_whom_consent_or_a_council_lets_it_see(people: Database, case: str) -> None:
    sql, seen = GIVEN[case]
    with psycopg.connect(people.owner_dsn) as owner:
        owner.execute("SET LOCAL session_replication_role = replica")
        for statement in sql.split("; "):
            owner.execute(statement)
    for table, operation, own, _, absent in _cells(people, "link_worker"):
        if table in ("consent", "council_sharing") and operation != "INSERT":
            continue  # of these an office sees those to itself, also when they are over: so it knows why
        if not seen:
            assert not _happened(operation, own), (table, operation, own)
            if operation == "SELECT":
                assert own == absent
        elif table in ("patient", "referral", "contact") and operation == "SELECT":
            assert _happened(operation, own), table


def test_the_report_is_what_the_database_does() -> None:
    text = _report()
    if os.environ.get("REQUIRE_WRITE"):
        REPORT.write_text(text, "utf-8")
    assert REPORT.read_text("utf-8") == text


def _report() -> str:
    """The declared table as Markdown; that the database does the same is what the other tests of this file try."""
    head = ["Party", *TABLES]
    rows = [[WORDS[who], *(cell or "–" for cell in MAY[who])] for who in MAY]
    lines = ["| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows)]
    cases = [f"| {case} | {'sees' if seen else 'sees nothing'} |" for case, (_, seen) in GIVEN.items()]
    return "\n".join(
        (
            "# Access matrix",
            "",
            "What each party may do with rows about **its own** person: S select, I insert, U update. "
            "With anybody else's row: nothing, and it looks like a row that is not there. Nobody deletes.",
            "",
            "`tests/prescribing/test_wall_matrix.py` declares this table, tries "
            f"{len(MAY) * len(TABLES) * len(OPERATIONS) * 3:,} attempts "
            f"({len(MAY)} parties × {len(TABLES)} tables × {len(OPERATIONS)} operations × own, foreign, absent) "
            "on a real database, and compares this page with itself.",
            "",
            *lines,
            "",
            "The columns are narrower still: a place reads of a person only age band, needs, interests and the sealed name.",
            "",
            "## What lets a link worker's office see a person",
            "",
            "| case | the office |",
            "| --- | --- |",
            *cases,
            "",
        )
    )
