"""Referrals (紹介) in the database: made once, moved along the journey by whoever's turn it is, every step on record."""

import hashlib
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID, uuid4

import orjson
import psycopg
from psycopg import AsyncConnection
from psycopg.rows import class_row

from geo.store.queries import Queries
from prescribing.errors import ConsentMissing, KeyReused, MoveRefused, NotFound, VersionMissing, VersionStale
from prescribing.jobs import clocks_after
from prescribing.journey import OWN_REASON, Party, state_after
from prescribing.store.entering import LinkHolder, Visitor, note

QUERIES = Queries("prescribing.store", "referrals.sql")
_MOVE_OF: dict[Party, str] = {
    "referrer": QUERIES.move_of_referrer,
    "link_worker": QUERIES.move_of_link_worker,
    "host": QUERIES.move_of_host,
    "patient": QUERIES.move_of_patient,
    "system": QUERIES.move_of_system,
}
Who = Visitor | LinkHolder | None
"""Who acts; None is the system, for what is due by the clock."""


@dataclass(frozen=True, slots=True)
class Referral:
    """A referral as it stands; `version` is its ETag. What a host may not know is None for a host."""

    referral_id: UUID
    organisation_id: UUID
    patient_id: UUID
    municipality_code: str
    made_by: UUID
    made_at: datetime
    state: str
    version: int
    state_since: datetime
    move: str
    held_from: str | None
    link_office_id: UUID | None
    activity_id: UUID | None
    place_id: UUID | None
    booked_for: date | None
    due_on: date | None
    reason: str | None = None
    held_until: date | None = None
    handed_from_id: UUID | None = None
    worker_id: UUID | None = None
    next_action: str | None = None
    outcome: str | None = None
    follows_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What a step changes besides the state; None leaves as it is."""

    link_office_id: UUID | None = None
    worker_id: UUID | None = None
    activity_id: UUID | None = None
    place_id: UUID | None = None
    booked_for: date | None = None
    held_until: date | None = None
    outcome: str | None = None
    next_action: str | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One step on record."""

    version: int
    move: str
    from_state: str | None
    to_state: str
    reason: str | None
    at: datetime
    account_id: UUID | None
    party: str | None
    activity_id: UUID | None
    link_office_id: UUID | None
    booked_for: date | None
    outcome: str | None


async def make(
    connection: AsyncConnection[Any],
    visitor: Visitor,
    patient_id: UUID,
    *,
    follows: UUID | None = None,
    key: str | None = None,
) -> Referral:
    """A draft for a person of one's own; the same `key` again gives the one it made. Raises NotFound, KeyReused."""
    request = ("make", patient_id, follows)
    if before := await _made_before(connection, visitor, key, request):
        return before
    referral_id = uuid4()
    values = {
        "referral_id": referral_id,
        "patient_id": patient_id,
        "made_by": visitor.account_id,
        "follows_id": follows,
    }
    try:
        made = await connection.execute(QUERIES.make, values)
    except psycopg.errors.ForeignKeyViolation:
        raise NotFound from None
    if not made.rowcount:
        raise NotFound
    found = await _standing(connection, visitor, referral_id)
    await _remember(connection, visitor, key, request, found)
    return found


async def referral(connection: AsyncConnection[Any], referral_id: UUID, who: Who = None) -> Referral:
    """A referral as it stands; the look is noted. Raises NotFound, also for somebody else's."""
    found = await _standing(connection, who, referral_id)
    seen = ["state", "version", "activity_id", "link_office_id", "due_on"]
    await note(connection, "read", "rx.referral", subject_id=referral_id, patient_id=found.patient_id, seen=seen)
    return found


async def history(connection: AsyncConnection[Any], referral_id: UUID) -> list[Event]:
    """What happened to a referral, in order; empty for somebody else's. The caller notes the reading with the referral's."""
    async with connection.cursor(row_factory=class_row(Event)) as cursor:
        await cursor.execute(QUERIES.history, {"referral_id": referral_id})
        return await cursor.fetchall()


async def move(  # noqa: PLR0913 - who moves what, from where, how
    connection: AsyncConnection[Any],
    who: Who,
    referral_id: UUID,
    version: int | None,
    name: str,
    *,
    reason: str | None = None,
    changes: Changes = Changes(),
    key: str | None = None,
) -> Referral:
    """Make a step of the journey on the version somebody saw, and give the referral after it.

    The same `key` again gives the referral as it stands now. Raises NotFound, VersionMissing, VersionStale, MoveRefused,
    ConsentMissing, KeyReused; none of them has changed anything.
    """
    request = ("move", referral_id, name, version, reason, asdict(changes))
    if before := await _made_before(connection, who, key, request):
        return before
    now = await _standing(connection, who, referral_id)
    if version is None:
        raise VersionMissing
    if version != now.version:
        raise VersionStale(now.version)
    party, reason = _party(who), reason or OWN_REASON.get(name)
    state = state_after(now.state, name, party, reason, now.held_from)
    if name == "hand_over" and changes.link_office_id in (None, now.link_office_id):
        raise MoveRefused(now.state, name, "another office must be named")
    values = asdict(changes) | {
        "referral_id": referral_id,
        "version": version,
        "state": state,
        "move": name,
        "reason": reason,
    }
    await _change(connection, party, values, now)
    after = await _after(connection, who, now, values)
    await _set_clocks(connection, now, after)
    await _remember(connection, who, key, request, after)
    return after


async def _after(connection: AsyncConnection[Any], who: Who, before: Referral, values: dict[str, Any]) -> Referral:
    """The referral after a step; who sees it no more, because of this very step, gets what is known of it."""
    try:
        return await _standing(connection, who, before.referral_id)
    except NotFound:
        return replace(
            before, version=before.version + 1, **{name: values[name] for name in ("state", "move", "reason")}
        )


async def _set_clocks(connection: AsyncConnection[Any], before: Referral, after: Referral) -> None:
    """Ask, in the same transaction, for what will be due because of this step."""
    for clock in clocks_after(before.state, after.state, after.state_since, after.held_until):
        values = {"task": clock.task, "referral_id": after.referral_id, "since": after.state_since, "at": clock.at}
        await connection.execute(QUERIES.defer, values)


def _party(who: Who) -> Party:
    return "system" if who is None else cast(Party, who.party)


async def _standing(connection: AsyncConnection[Any], who: Who, referral_id: UUID) -> Referral:
    query = QUERIES.referral_for_host if isinstance(who, LinkHolder) and who.party == "host" else QUERIES.referral
    async with connection.cursor(row_factory=class_row(Referral)) as cursor:
        await cursor.execute(query, {"referral_id": referral_id})
        found = await cursor.fetchone()
    if found is None:
        raise NotFound
    return found


async def _change(connection: AsyncConnection[Any], party: Party, values: dict[str, Any], now: Referral) -> None:
    try:
        async with connection.transaction():
            done = await connection.execute(_MOVE_OF[party], values)
    except psycopg.errors.CheckViolation as refusal:
        raise _refused(refusal.diag.constraint_name or "", values["move"], now) from None
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ForeignKeyViolation):
        raise NotFound from None
    if not done.rowcount:  # somebody was quicker between the look and the step
        raise VersionStale(now.version + 1)


def _refused(constraint: str, name: str, now: Referral) -> Exception:
    """What the database's own refusal means: the one place where names of constraints become errors."""
    if constraint.startswith("referral_consent_for_"):
        return ConsentMissing(constraint.removeprefix("referral_consent_for_"))
    if constraint == "referral_version_follows":
        return VersionStale(now.version)
    return MoveRefused(now.state, name, constraint or "the database refused it")


async def _made_before(
    connection: AsyncConnection[Any], who: Who, key: str | None, request: tuple[Any, ...]
) -> Referral | None:
    """What a key made, as it stands now. Whoever comes with the same key meanwhile waits until this transaction ends."""
    if key is None:
        return None
    values = {"actor": _actor(who), "key": key}
    await connection.execute(QUERIES.same_request, values)
    row = await (await connection.execute(QUERIES.made_before, values)).fetchone()
    if row is None:
        return None
    if bytes(row[0]) != _fingerprint(request):
        raise KeyReused
    return await _standing(connection, who, row[1])


async def _remember(
    connection: AsyncConnection[Any], who: Who, key: str | None, request: tuple[Any, ...], after: Referral
) -> None:
    if key is None:
        return
    values = {
        "actor": _actor(who), "key": key, "fingerprint": _fingerprint(request), "referral_id": after.referral_id,
        "version": after.version,
    }  # fmt: skip
    await connection.execute(QUERIES.remember, values)


def _actor(who: Who) -> str:
    if who is None:
        raise ValueError("The system repeats nothing by key.")
    return str(who.account_id if isinstance(who, Visitor) else who.referral_id)


def _fingerprint(request: tuple[Any, ...]) -> bytes:
    return hashlib.sha256(orjson.dumps(request)).digest()
