"""Attacks on the wall by whoever holds the program's own login and writes his own SQL."""

import json
from collections.abc import Iterator

import psycopg
import pytest
from access_matrix import FOREIGN, OWN, enter_as, fill_in

from placefinder.store import Database
from staffed_town import CLINIC, OTHER_CLINIC

SEEN = "SELECT count(*)::int FROM rx.patient"


@pytest.fixture
def staff(staffed: Database) -> Iterator[psycopg.Connection]:
    with psycopg.connect(staffed.owner_dsn) as owner:
        fill_in(owner)
    with psycopg.connect(staffed.staff_dsn or "") as connection:
        yield connection
        connection.rollback()


def _seen(connection: psycopg.Connection) -> int:
    row = connection.execute(SEEN).fetchone()
    return int(row[0]) if row else 0


def test_claims_that_somebody_sets_himself_count_for_nothing(staff: psycopg.Connection) -> None:
    claims = json.dumps({"party": "referrer", "organisation": str(OTHER_CLINIC)})
    staff.execute("SELECT set_config('rx.claims', %s, true), set_config('rx.proof', repeat('0', 64), true)", [claims])
    staff.execute("SET LOCAL ROLE placefinder_referrer")
    assert _seen(staff) == 0


def test_a_proof_does_not_outlive_its_transaction_nor_fit_other_claims(staff: psycopg.Connection) -> None:
    enter_as(staff, "physician")
    assert _seen(staff) == 1
    kept = staff.execute("SELECT current_setting('rx.claims'), current_setting('rx.proof')").fetchone()
    assert kept
    staff.execute("SELECT set_config('rx.claims', %s, true)", [kept[0].replace(str(CLINIC), str(OTHER_CLINIC))])
    assert _seen(staff) == 0
    staff.commit()
    staff.execute("SELECT set_config('rx.claims', %s, false), set_config('rx.proof', %s, false)", kept)
    staff.execute("SET LOCAL ROLE placefinder_referrer")
    assert _seen(staff) == 0


@pytest.mark.parametrize("end", ["COMMIT", "ROLLBACK"])
def test_a_pooled_connection_forgets_who_it_was(staff: psycopg.Connection, end: str) -> None:
    enter_as(staff, "physician")
    assert _seen(staff) == 1
    staff.execute(end)
    assert staff.execute("SELECT rx.claim('party'), current_user").fetchone() == (None, "placefinder_staff")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        staff.execute(SEEN)


def test_nobody_enters_twice_in_one_transaction(staff: psycopg.Connection) -> None:
    enter_as(staff, "physician")
    staff.execute("RESET ROLE")
    with pytest.raises(psycopg.errors.InsufficientPrivilege) as refusal:
        enter_as(staff, "other_physician")
    assert refusal.value.diag.constraint_name == "entered_once"


@pytest.mark.parametrize("party", ["referrer", "link_worker", "host", "patient"])
def test_another_partys_role_without_its_claim_sees_nobody(staff: psycopg.Connection, party: str) -> None:
    enter_as(staff, "admin")
    staff.execute("SELECT set_config('role', 'placefinder_' || %s, true)", [party])
    assert staff.execute("SELECT count(patient_id) FROM rx.patient").fetchone() == (0,)


@pytest.mark.parametrize("role", ["placefinder", "placefinder_gate", "placefinder_worker", "placefinder_backup"])
def test_the_programs_login_becomes_nobody_stronger(staff: psycopg.Connection, role: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        staff.execute(f"SET LOCAL ROLE {role}")


def test_only_the_workers_login_is_the_system(staff: psycopg.Connection) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        staff.execute("SELECT rx.enter_as_system()")


def test_a_cheap_function_of_ones_own_is_not_shown_the_rows_of_others(staff: psycopg.Connection) -> None:
    """A leaky condition runs after the wall's, however cheap it says it is."""
    enter_as(staff, "physician")
    staff.execute(
        "CREATE FUNCTION pg_temp.leak(uuid) RETURNS boolean COST 0.0000001 LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE NOTICE '%', $1; RETURN true; END $$"
    )
    told: list[str] = []
    staff.add_notice_handler(lambda notice: told.append(str(notice.message_primary)))
    staff.execute("SELECT FROM rx.patient WHERE pg_temp.leak(patient_id)")
    assert told == [str(OWN.patient_id)]


def test_a_withdrawn_consent_is_over_at_once_and_is_not_taken_back(
    staffed: Database, staff: psycopg.Connection
) -> None:
    enter_as(staff, "link_worker")
    assert _seen(staff) == 1
    staff.commit()
    enter_as(staff, "patient")
    staff.execute("UPDATE rx.consent SET withdrawn_at = now() WHERE purpose = 'link_worker'")
    staff.commit()
    enter_as(staff, "link_worker")
    assert _seen(staff) == 0
    staff.commit()
    enter_as(staff, "physician")
    staff.execute("UPDATE rx.consent SET withdrawn_at = NULL WHERE purpose = 'link_worker'")
    assert staff.execute(
        "SELECT count(*) FROM rx.consent WHERE withdrawn_at IS NULL AND purpose = 'link_worker'"
    ).fetchone() == (0,)


def test_whether_somebody_elses_person_consented_is_not_told(staff: psycopg.Connection) -> None:
    question = "SELECT rx.consented(%s, 'host', %s)"
    with pytest.raises(psycopg.errors.InsufficientPrivilege), staff.transaction():
        staff.execute(question, [OWN.patient_id, OWN.activity_id])
    enter_as(staff, "physician")
    assert staff.execute(question, [OWN.patient_id, OWN.activity_id]).fetchone() == (True,)
    assert staff.execute(question, [FOREIGN.patient_id, FOREIGN.activity_id]).fetchone() == (False,)


def test_a_place_and_a_person_confirm_attendance_in_their_own_name_only(staff: psycopg.Connection) -> None:
    sql = (
        "INSERT INTO rx.attendance (organisation_id, referral_id, activity_id, held_on, came, told_by)"
        " VALUES (%s, %s, %s, '2026-11-02', true, %s)"
    )
    for who, told_by in (("patient", "place"), ("patient", "worker"), ("host", "worker"), ("host", "self")):
        enter_as(staff, who)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            staff.execute(sql, [CLINIC, OWN.referral_id, OWN.activity_id, told_by])
        staff.rollback()
