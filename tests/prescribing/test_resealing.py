"""A change of keys: everything is sealed anew in batches, stopped and repeated at will, and no word is lost."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest

from placefinder.store import Database
from prescribing.errors import SealBroken
from prescribing.keys import new_key
from prescribing.sealing import CONTEXTS, Sealer
from prescribing.store import resealing
from prescribing.store.resealing import SEALED, reseal, rows_by_key
from staffed_town import CLINIC, STAFF, TOWN

OLD, NEW = new_key(), new_key()
BEFORE, AFTER = Sealer([OLD]), Sealer([OLD, NEW])


@pytest.fixture
def owner(staffed: Database) -> Iterator[psycopg.Connection]:
    with psycopg.connect(staffed.owner_dsn, autocommit=True) as connection:
        yield connection


def _patients(owner: psycopg.Connection, count: int) -> list[UUID]:
    ids = [uuid4() for _ in range(count)]
    owner.cursor().executemany(
        "INSERT INTO rx.patient (patient_id, organisation_id, municipality_code, age_band, identity_sealed)"
        " VALUES (%s, %s, %s, '75-84', %s)",
        [(one, CLINIC, TOWN, BEFORE.seal("patient.identity", one, f"架空 {one}")) for one in ids],
    )
    return ids


def test_every_context_of_sealing_is_resealed() -> None:
    assert {one.context for one in SEALED} == set(CONTEXTS)


def test_every_column_that_holds_seals_is_resealed(owner: psycopg.Connection) -> None:
    rows = owner.execute(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'rx' AND data_type = 'bytea'"
        " AND (column_name LIKE '%sealed%' OR column_name = 'totp_secret')"
    )
    known = {(one.table._obj[1], one.column._obj[0]) for one in SEALED}
    assert set(rows) == known


def test_all_is_sealed_anew_and_reads_the_same(owner: psycopg.Connection) -> None:
    [patient] = _patients(owner, 1)
    referral, contact, line = uuid4(), uuid4(), uuid4()
    account = STAFF["physician"].account_id
    owner.execute(
        "INSERT INTO rx.referral (referral_id, organisation_id, patient_id, municipality_code, made_by) VALUES (%s, %s, %s, %s, %s)",
        (referral, CLINIC, patient, TOWN, account),
    )
    owner.execute(
        "INSERT INTO rx.contact (contact_id, organisation_id, referral_id, channel, with_whom, two_way, note_sealed)"
        " VALUES (%s, %s, %s, 'phone', 'person', true, %s)",
        (contact, CLINIC, referral, BEFORE.seal("contact.note", contact, "お話しした")),
    )
    owner.execute(
        "INSERT INTO rx.plan_line (line_id, organisation_id, patient_id, kind, text_sealed) VALUES (%s, %s, %s, 'goal', %s)",
        (line, CLINIC, patient, BEFORE.seal("plan_line.text", line, "歩きたい")),
    )
    owner.execute(
        "UPDATE rx.account SET totp_secret = %s WHERE account_id = %s",
        (BEFORE.seal("account.totp", account, "AAAA"), account),
    )
    assert reseal(owner, AFTER) == 4
    assert rows_by_key(owner) == {NEW.id: dict.fromkeys(CONTEXTS, 1)}
    row = owner.execute("SELECT note_sealed FROM rx.contact").fetchone()
    assert Sealer([NEW]).open("contact.note", contact, row[0]) == "お話しした"
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
        owner.execute("UPDATE rx.contact SET two_way = false")


def test_what_was_stopped_goes_on_where_it_stood(owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resealing, "BATCH", 3)
    ids = sorted(_patients(owner, 10))
    batches = []

    def stop(count: int) -> None:
        batches.append(count)
        if len(batches) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reseal(owner, AFTER, stop)
    assert rows_by_key(owner) == {OLD.id: {"patient.identity": 4}, NEW.id: {"patient.identity": 6}}
    assert reseal(owner, AFTER) == 4
    assert reseal(owner, AFTER) == 0
    rows = owner.execute("SELECT patient_id, identity_sealed FROM rx.patient ORDER BY patient_id").fetchall()
    assert [one for one, _ in rows] == ids
    assert all(Sealer([NEW]).open("patient.identity", one, sealed) == f"架空 {one}" for one, sealed in rows)


def test_a_row_that_cannot_be_opened_is_left_as_it_is(owner: psycopg.Connection) -> None:
    [patient] = _patients(owner, 1)
    owner.execute("UPDATE rx.patient SET identity_sealed = identity_sealed || '\\x00'")
    before = owner.execute("SELECT identity_sealed FROM rx.patient").fetchone()
    with pytest.raises(SealBroken):
        reseal(owner, AFTER)
    assert owner.execute("SELECT identity_sealed FROM rx.patient").fetchone() == before
    assert patient
