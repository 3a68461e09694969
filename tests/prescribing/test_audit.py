"""The audit under its seals: whatever is changed, taken out or put in is named; what cannot be noticed is said."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from placefinder.audit_sealing import audit_sealed, try_to_seal
from placefinder.cli.audit import report
from placefinder.store import Database
from prescribing import audit
from prescribing.anchors import anchor_path
from prescribing.errors import AuditBroken
from prescribing.keys import Key, new_key, read_keys, write_keys
from prescribing.store.audit import Verified, accept_restored, seal, verify


@dataclass
class Sealed:
    """An audit of 25 entries under three seals of at most ten, and how to tamper with it as the owner could."""

    connection: psycopg.Connection
    keys: Path

    @property
    def key(self) -> Key:
        return read_keys(self.keys)[-1]

    def write(self, count: int) -> None:
        self.connection.execute(
            "INSERT INTO audit.entry (action, subject, seen) SELECT 'read', 'rx.patient', '{age_band}' FROM generate_series(1, %s)",
            [count],
        )

    def seal(self) -> int:
        return seal(self.connection, self.key, anchor_path(self.keys))

    def verify(self) -> Verified:
        return verify(self.connection, {key.id: key for key in read_keys(self.keys)}, anchor_path(self.keys))

    def ranges(self) -> list[tuple[int, int]]:
        return [(one.first_id, one.last_id) for one in self.verify().tampered]

    def tamper(self, sql: str) -> None:
        with self.connection.transaction():
            self.connection.execute("ALTER TABLE audit.entry DISABLE TRIGGER USER")
            self.connection.execute("ALTER TABLE audit.seal DISABLE TRIGGER USER")
            self.connection.execute(sql)
            self.connection.execute("ALTER TABLE audit.entry ENABLE TRIGGER USER")
            self.connection.execute("ALTER TABLE audit.seal ENABLE TRIGGER USER")


@pytest.fixture
def sealed(clone: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sealed]:
    monkeypatch.setattr("prescribing.store.audit.BATCH", 10)
    with psycopg.connect(clone.owner_dsn, autocommit=True) as connection:
        one = Sealed(connection, tmp_path / "keys.json")
        one.tamper("TRUNCATE audit.entry, audit.seal RESTART IDENTITY")
        one.write(25)
        assert one.seal() == 25
        yield one


def test_an_untouched_audit_is_in_order(sealed: Sealed) -> None:
    found = sealed.verify()
    assert (found.seals, found.entries, found.tampered, found.unsealed, found.anchored) == (3, 25, [], 0, True)


@pytest.mark.parametrize(
    ("sql", "ranges", "how"),
    [
        ("UPDATE audit.entry SET action = 'nothing' WHERE entry_id = 14", [(11, 20)], "changed"),
        ("UPDATE audit.entry SET at = at + interval '1 microsecond' WHERE entry_id = 3", [(1, 10)], "changed"),
        ("UPDATE audit.entry SET seen = '{}' WHERE entry_id = 25", [(21, 25)], "changed"),
        ("DELETE FROM audit.entry WHERE entry_id = 7", [(1, 10)], "deleted: 9 entries are there, 10 were sealed"),
        ("DELETE FROM audit.entry WHERE entry_id IN (1, 12)", [(1, 10), (11, 20)], "deleted"),
        ("UPDATE audit.entry SET entry_id = DEFAULT WHERE entry_id = 20", [(11, 20)], "deleted"),
        ("DELETE FROM audit.seal WHERE first_id = 11", [(11, 20)], "a seal is missing"),
        ("DELETE FROM audit.seal WHERE first_id = 1", [(1, 10)], "a seal is missing"),
        ("UPDATE audit.seal SET entries = 9 WHERE first_id = 11", [(11, 20)], "inserted"),
        ("UPDATE audit.seal SET digest = sha256(digest) WHERE first_id = 21", [(21, 25), (25, 25)], "changed"),
        (
            "DELETE FROM audit.seal WHERE first_id = 21; DELETE FROM audit.entry WHERE entry_id > 20",
            [(21, 25)],
            "cut off",
        ),
        ("DELETE FROM audit.seal; DELETE FROM audit.entry", [(1, 25)], "cut off"),
    ],
)
def test_what_was_tampered_with_is_named(sealed: Sealed, sql: str, ranges: list[tuple[int, int]], how: str) -> None:
    for statement in sql.split("; "):
        sealed.tamper(statement)
    assert sealed.ranges() == ranges
    assert how in sealed.verify().tampered[0].how
    assert any(f"TAMPERED: entries {ranges[0][0]} to {ranges[0][1]}" in line for line in report(sealed.verify()))


def test_an_entry_put_in_where_a_number_was_left_out_is_named(sealed: Sealed) -> None:
    with sealed.connection.transaction(force_rollback=True):
        sealed.write(2)  # two numbers that a rollback leaves out
    sealed.write(3)
    sealed.seal()
    assert sealed.ranges() == []
    sealed.tamper(
        "INSERT INTO audit.entry (entry_id, action, subject) OVERRIDING SYSTEM VALUE VALUES (27, 'read', 'rx.patient')"
    )
    assert sealed.ranges() == [(26, 30)]


def test_who_has_no_key_cannot_seal_what_he_changed(sealed: Sealed) -> None:
    forged = new_key()
    sealed.tamper("DELETE FROM audit.seal")
    sealed.tamper("UPDATE audit.entry SET action = 'nothing' WHERE entry_id = 14")
    seal(sealed.connection, forged, sealed.keys.with_name("elsewhere"))
    assert (1, 10) in sealed.ranges()
    assert "not in the key file" in sealed.verify().tampered[0].how


def test_a_cut_end_is_never_sealed_over_until_somebody_says_that_it_was_meant(sealed: Sealed) -> None:
    sealed.tamper("DELETE FROM audit.seal WHERE first_id > 10")
    sealed.tamper("DELETE FROM audit.entry WHERE entry_id > 10")
    sealed.write(5)
    with pytest.raises(AuditBroken, match="after-restore"):
        sealed.seal()
    accept_restored(sealed.connection, anchor_path(sealed.keys))
    assert sealed.seal() == 6
    assert sealed.ranges() == []
    assert sealed.connection.execute("SELECT action FROM audit.entry ORDER BY entry_id DESC LIMIT 1").fetchone() == (
        "restored",
    )


def test_without_the_anchor_a_cut_end_is_not_noticed_and_that_is_said(sealed: Sealed) -> None:
    anchor_path(sealed.keys).unlink()
    sealed.tamper("DELETE FROM audit.seal WHERE first_id = 21")
    sealed.tamper("DELETE FROM audit.entry WHERE entry_id > 20")
    assert sealed.ranges() == []
    assert "could not be noticed" in list(report(sealed.verify()))[-1]


def test_what_is_not_sealed_yet_is_said(sealed: Sealed) -> None:
    sealed.write(4)
    assert sealed.verify().unsealed == 4
    assert "4 entries" in list(report(sealed.verify()))[-1]


def test_an_older_key_still_judges_its_seals(sealed: Sealed) -> None:
    write_keys(sealed.keys, [*read_keys(sealed.keys), new_key()])
    sealed.write(5)
    assert sealed.seal() == 5
    assert sealed.ranges() == []
    write_keys(sealed.keys, read_keys(sealed.keys)[1:])
    assert {one.how for one in sealed.verify().tampered} != set()


def test_nobody_slips_an_entry_under_a_seal_by_committing_late(sealed: Sealed, clone: Database) -> None:
    with psycopg.connect(clone.owner_dsn) as slow:
        slow.execute("INSERT INTO audit.entry (action, subject) VALUES ('read', 'late')")
        sealed.write(3)
        done: list[int] = []
        sealing = threading.Thread(target=lambda: done.append(sealed.seal()))
        sealing.start()
        sealing.join(0.3)
        assert done == []
        slow.commit()
        sealing.join(10)
    assert done == [4]
    assert sealed.ranges() == []


def test_a_request_that_runs_too_long_only_puts_sealing_off(sealed: Sealed, clone: Database) -> None:
    sealed.write(1)
    with psycopg.connect(clone.owner_dsn) as slow:
        slow.execute("INSERT INTO audit.entry (action, subject) VALUES ('read', 'late')")
        assert try_to_seal(clone.owner_dsn, sealed.keys) == 0
        slow.rollback()
    assert try_to_seal(clone.owner_dsn, sealed.keys) == 1


def test_a_server_seals_at_its_end(sealed: Sealed, clone: Database) -> None:
    with audit_sealed(clone.owner_dsn, sealed.keys):
        sealed.write(7)
    assert sealed.verify().unsealed == 0


def test_a_half_written_line_of_the_anchor_is_passed_over(sealed: Sealed) -> None:
    with anchor_path(sealed.keys).open("a") as file:
        file.write('{"seal_id": 3, "las')
    assert sealed.ranges() == []
    sealed.write(1)
    sealed.seal()
    assert sealed.ranges() == []


def test_the_owner_himself_cannot_change_an_entry_without_taking_the_guard_away(sealed: Sealed) -> None:
    for sql in ("UPDATE audit.entry SET action = ''", "DELETE FROM audit.seal", "TRUNCATE audit.entry"):
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
            sealed.connection.execute(sql)


def test_an_entry_is_written_down_in_one_way_only() -> None:
    from datetime import UTC, datetime, timedelta, timezone

    at = datetime(2026, 11, 24, 1, 2, 3, 4, UTC)
    one, same = (
        audit.Entry(1, moment, None, None, None, "read", "x", None, None, ["a,b"])
        for moment in (at, at.astimezone(timezone(timedelta(hours=9))))
    )
    other = audit.Entry(1, at, None, None, None, "read", "x", None, None, ["a", "b"])
    assert one.canonical() == same.canonical() != other.canonical()
