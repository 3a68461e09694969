"""Audit (監査証跡): what was written down stands under seals, so that a later change of it is noticed.

A seal is the HMAC-SHA256 (RFC 2104) of a range of entries, of its own bounds and of the seal before, with a key that is not in
the database. Ranges follow each other without a gap. The newest seal is also kept in a file beside the keys (the anchor):
without it nobody could notice that the end was cut off.
"""

import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

from prescribing.keys import Key

BATCH = 1000
"""Entries under one seal: as near as a tampered range can be named."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the audit: who did or saw what. Values of a person are never in it, only names of columns."""

    entry_id: int
    at: datetime
    account_id: UUID | None
    organisation_id: UUID | None
    party: str | None
    action: str
    subject: str
    subject_id: UUID | None
    patient_id: UUID | None
    seen: list[str]

    def canonical(self) -> bytes:
        """One way only to write it down: a JSON list in the order of the columns, the time in UTC to the microsecond."""
        ids = [None if one is None else str(one) for one in (self.account_id, self.organisation_id)]
        about = [None if one is None else str(one) for one in (self.subject_id, self.patient_id)]
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        row = [self.entry_id, at, *ids, self.party, self.action, self.subject, *about, list(self.seen)]
        return json.dumps(row, ensure_ascii=True, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Seal:
    """A sealed range of entry ids, both ends in it; `entries` of them were there. `previous` is the digest before."""

    seal_id: int
    first_id: int
    last_id: int
    entries: int
    previous: bytes
    digest: bytes
    key_id: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """The newest seal as the file beside the keys knows it."""

    seal_id: int
    last_id: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Tampered:
    """Entries `first_id` to `last_id` are not what was sealed; `how` says what is known of it."""

    how: str
    first_id: int
    last_id: int


def digest_of(key: Key, first_id: int, last_id: int, previous: bytes, entries: Iterable[Entry]) -> tuple[bytes, int]:
    """The seal's digest over these entries, and how many they are."""
    digest = hmac.new(key.derived("audit"), digestmod=sha256)
    digest.update(f"placefinder audit 1\n{key.id}\n{first_id}\n{last_id}\n{previous.hex()}\n".encode())
    count = 0
    for entry in entries:
        digest.update(entry.canonical() + b"\n")
        count += 1
    digest.update(f"{count}\n".encode())
    return digest.digest(), count


def judge(seal: Seal, key: Key | None, entries: Iterable[Entry]) -> Tampered | None:
    """What is wrong with the entries under one seal, if anything."""
    if key is None:
        return Tampered(f"cannot be checked: its key {seal.key_id} is not in the key file", seal.first_id, seal.last_id)
    digest, count = digest_of(key, seal.first_id, seal.last_id, seal.previous, entries)
    if hmac.compare_digest(digest, seal.digest) and count == seal.entries:
        return None
    what = {count < seal.entries: "deleted", count > seal.entries: "inserted"}.get(True, "changed")
    return Tampered(f"{what}: {count} entries are there, {seal.entries} were sealed", seal.first_id, seal.last_id)


def judge_link(seal: Seal, before: Seal | None) -> Tampered | None:
    """Whether a seal follows the one before it: without a gap of ids, and knowing its digest."""
    last_id, digest = (before.last_id, before.digest) if before else (0, b"")
    if seal.first_id == last_id + 1 and seal.previous == digest:
        return None
    return Tampered(
        "a seal is missing or was replaced", min(last_id + 1, seal.first_id), max(seal.first_id - 1, last_id)
    )


def judge_end(newest: Seal | None, anchored: Seal | None, anchor: Anchor | None) -> Tampered | None:
    """Whether the end is still there: the anchor's seal (`anchored` is what the database holds of it) is the newest or older."""
    if anchor is None or (anchored and anchored.digest == anchor.digest and anchored.last_id == anchor.last_id):
        return None
    first = (newest.last_id if newest else 0) + 1
    return Tampered(
        "the end was cut off, or an older database was put back", min(first, anchor.last_id), anchor.last_id
    )
