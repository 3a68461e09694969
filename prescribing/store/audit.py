"""The audit in the database: sealed in batches, and checked against its seals. For the owner, who alone may seal."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from geo.store.queries import Queries
from prescribing.anchors import keep_anchor, newest_anchor
from prescribing.audit import BATCH, Entry, Seal, Tampered, digest_of, judge, judge_end, judge_link
from prescribing.errors import AuditBroken
from prescribing.keys import Key

QUERIES = Queries("prescribing.store", "audit.sql")
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Verified:
    """What a check of the whole audit found: nothing tampered, or the ranges; and what stands under no seal yet."""

    seals: int
    entries: int
    tampered: list[Tampered]
    unsealed: int
    unsealed_since: datetime | None
    anchored: bool


@dataclass(frozen=True, slots=True)
class Deed:
    """One line of the audit for a data protection officer."""

    at: datetime
    party: str | None
    action: str
    subject: str
    seen: list[str]
    display_name: str | None
    organisation_name: str | None


def seal(connection: psycopg.Connection[Any], key: Key, anchors: Path, progress: Progress | None = None) -> int:
    """Seal what is not sealed yet, in batches that each stand when made; gives how many entries.

    Raises AuditBroken where the end of the seals is not what the anchor says: sealing on would hide it.
    `connection` must be in no transaction. Where another process seals, nothing is done.
    """
    last_id = _last_written(connection)
    done = 0
    while made := _seal_batch(connection, key, anchors, last_id):
        done += made.entries
        if progress:
            progress(made.last_id, last_id)
    return done


def _last_written(connection: psycopg.Connection[Any]) -> int:
    """The newest entry, when nobody who took an earlier number is still writing."""
    with connection.transaction():
        connection.execute(QUERIES.patience)
        connection.execute(QUERIES.hold_writers)
        return int(connection.execute(QUERIES.newest_entry).fetchone()[0])  # type: ignore[index]


def _seal_batch(connection: psycopg.Connection[Any], key: Key, anchors: Path, until: int) -> Seal | None:
    with connection.transaction():
        if not connection.execute(QUERIES.only_one).fetchone()[0]:  # type: ignore[index]
            return None
        before = _seal(connection, QUERIES.newest_seal, {})
        check_end(connection, before, anchors)
        first_id = before.last_id + 1 if before else 1
        last_id = connection.execute(
            QUERIES.end_of_batch, {"first_id": first_id, "last_id": until, "most": BATCH}
        ).fetchone()[0]  # type: ignore[index]
        if last_id is None:
            return None
        made = _made(connection, key, first_id, last_id, before.digest if before else b"")
    keep_anchor(anchors, made)
    return made


def _made(connection: psycopg.Connection[Any], key: Key, first_id: int, last_id: int, previous: bytes) -> Seal:
    digest, count = digest_of(key, first_id, last_id, previous, _entries(connection, first_id, last_id))
    values = {"first_id": first_id, "last_id": last_id, "entries": count, "previous": previous, "digest": digest}
    row = connection.execute(QUERIES.add_seal, values | {"key_id": key.id}).fetchone()
    return Seal(row[0], first_id, last_id, count, previous, digest, key.id)  # type: ignore[index]


def check_end(connection: psycopg.Connection[Any], newest: Seal | None, anchors: Path) -> None:
    """Raises AuditBroken where the newest seal that the anchor knows is not in the database."""
    anchor = newest_anchor(anchors)
    anchored = _seal(connection, QUERIES.seal, {"seal_id": anchor.seal_id}) if anchor else None
    if broken := judge_end(newest, anchored, anchor):
        raise AuditBroken(broken.first_id, broken.last_id, broken.how)


def accept_restored(connection: psycopg.Connection[Any], anchors: Path) -> None:
    """Take this database as it is, after an operator put back a backup on purpose; that he did is written down."""
    with connection.transaction():
        connection.execute(QUERIES.write_down, {"action": "restored", "subject": "audit.seal"})
        newest = _seal(connection, QUERIES.newest_seal, {})
    anchors.rename(anchors.with_suffix(f".until-{datetime.now():%Y%m%d-%H%M%S}.jsonl"))
    if newest:
        keep_anchor(anchors, newest)


def verify(
    connection: psycopg.Connection[Any], keys: Mapping[str, Key], anchors: Path, progress: Progress | None = None
) -> Verified:
    """Compare everything written down with its seals."""
    with connection.cursor(row_factory=class_row(Seal)) as cursor:
        seals = cursor.execute(QUERIES.seals).fetchall()
    tampered: list[Tampered] = []
    before: Seal | None = None
    for one in seals:
        found = (
            judge_link(one, before),
            judge(one, keys.get(one.key_id), _entries(connection, one.first_id, one.last_id)),
        )
        tampered += filter(None, found)
        before = one
        if progress:
            progress(one.last_id, seals[-1].last_id)
    anchor = newest_anchor(anchors)
    anchored = next((one for one in seals if anchor and one.seal_id == anchor.seal_id), None)
    tampered += filter(None, [judge_end(before, anchored, anchor)])
    last_id = {"last_id": before.last_id if before else 0}
    count, since = connection.execute(QUERIES.unsealed, last_id).fetchone()  # type: ignore[misc]
    return Verified(len(seals), sum(one.entries for one in seals), tampered, count, since, anchor is not None)


def about_patient(connection: psycopg.Connection[Any], patient_id: UUID, since: datetime) -> list[Deed]:
    """Who did or saw what about a patient since then, newest first; that it was read is written down as well."""
    connection.execute(QUERIES.write_down, {"action": "read", "subject": "audit.entry"})
    with connection.cursor(row_factory=class_row(Deed)) as cursor:
        return cursor.execute(QUERIES.about_patient, {"patient_id": patient_id, "since": since}).fetchall()


def _seal(connection: psycopg.Connection[Any], query: str, values: Mapping[str, Any]) -> Seal | None:
    with connection.cursor(row_factory=class_row(Seal)) as cursor:
        return cursor.execute(query, values).fetchone()


def _entries(connection: psycopg.Connection[Any], first_id: int, last_id: int) -> Iterator[Entry]:
    with connection.cursor(row_factory=class_row(Entry)) as cursor:
        yield from cursor.execute(QUERIES.entries, {"first_id": first_id, "last_id": last_id})
