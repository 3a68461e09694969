"""Referrals as those who made them see them (わたしの紹介): what became of each, and the whole story of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row

from geo.store.queries import Queries
from prescribing.errors import NotFound
from prescribing.journey import STATES
from prescribing.store.entering import Visitor

QUERIES = Queries("prescribing.store", "mine.sql")
ON_A_PAGE = 20

_DRAFT = ("draft", "offered", "consented")
_NO_ANSWER = ("unreachable", "no_answer")
_STOPPED = ("declined_offer", "withdrawn_consent", "entered_in_error")
_WENT = ("attended_once", "active", "sustained_3m", "sustained_6m")
VIEWS: Mapping[str, Sequence[str]] = {
    "waiting": tuple(state for state in STATES if state not in (*_DRAFT, *_NO_ANSWER, *_STOPPED, *_WENT, "closed")),
    "went": _WENT,
    "stopped": _STOPPED,
    "no_answer": _NO_ANSWER,
    "draft": _DRAFT,
}
"""The states of each filter; what is closed counts as `went` where somebody else than the person says they came, else as `stopped`."""


@dataclass(frozen=True, slots=True)
class Mine:
    """A row of the list. `view`: the filter it stands under; `total`: all rows of the filter asked for."""

    referral_id: UUID
    patient_id: UUID
    state: str
    reason: str | None
    view: str
    made_at: datetime
    state_since: datetime
    due_on: date | None
    booked_for: date | None
    age_band: str
    identity_sealed: bytes | None
    activity_name: str | None
    office_name: str | None
    doctor: str | None
    total: int


@dataclass(frozen=True, slots=True)
class Event:
    """One step of the history, who made it, and about which place."""

    version: int
    move: str
    to_state: str
    reason: str | None
    at: datetime
    party: str | None
    by_name: str | None
    activity_name: str | None
    office_name: str | None
    booked_for: date | None
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Attended:
    """What one teller says last about one day."""

    held_on: date
    came: bool
    told_by: str
    activity_name: str | None


@dataclass(frozen=True, slots=True)
class Given:
    """A consent, valid or not: `withdrawn_at` and `expires_on` say so."""

    consent_id: UUID
    purpose: str
    recipient_name: str | None
    given_by: str
    given_how: str
    given_at: datetime
    expires_on: date
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class Told:
    """A disclosure: whom was told what, when, on which basis."""

    recipient_kind: str
    recipient_name: str | None
    basis: str
    what: list[str]
    at: datetime


@dataclass(frozen=True, slots=True)
class Locked:
    """Where a referral stands, held until the end of the transaction: two sendings of a form follow each other."""

    state: str
    version: int
    patient_id: UUID
    organisation_id: UUID
    municipality_code: str


async def mine(
    connection: AsyncConnection[Any], visitor: Visitor, *, view: str | None, everybody: bool, page: int
) -> list[Mine]:
    """A page of the referrals of this account (`everybody`: of its organisation), newest change first."""
    asked = {
        "account_id": None if everybody else visitor.account_id,
        "view": view,
        "limit": ON_A_PAGE,
        "offset": (page - 1) * ON_A_PAGE,
        **{name: list(states) for name, states in VIEWS.items()},
    }
    async with connection.cursor(row_factory=class_row(Mine)) as cursor:
        return await (await cursor.execute(QUERIES.mine, asked)).fetchall()


async def counts(connection: AsyncConnection[Any], visitor: Visitor, *, everybody: bool) -> dict[str, int]:
    """How many referrals stand under each filter."""
    asked = {
        "account_id": None if everybody else visitor.account_id,
        **{name: list(states) for name, states in VIEWS.items()},
    }
    cursor = await connection.execute(QUERIES.counts, asked)
    return {str(view): int(count) for view, count in await cursor.fetchall()}


async def note_all(connection: AsyncConnection[Any], patients: Sequence[UUID], seen: Sequence[str]) -> None:
    """Write down that these people's rows were read."""
    await connection.execute(QUERIES.note_all, {"patients": list(patients), "seen": list(seen)})


async def events(connection: AsyncConnection[Any], referral_id: UUID) -> list[Event]:
    """The history, oldest first."""
    async with connection.cursor(row_factory=class_row(Event)) as cursor:
        return await (await cursor.execute(QUERIES.events, {"referral_id": referral_id})).fetchall()


async def attended(connection: AsyncConnection[Any], referral_id: UUID) -> list[Attended]:
    """Who says they came when."""
    async with connection.cursor(row_factory=class_row(Attended)) as cursor:
        return await (await cursor.execute(QUERIES.attended, {"referral_id": referral_id})).fetchall()


async def given(connection: AsyncConnection[Any], patient_id: UUID) -> list[Given]:
    """All consents of a patient with their recipients' names."""
    async with connection.cursor(row_factory=class_row(Given)) as cursor:
        return await (await cursor.execute(QUERIES.given, {"patient_id": patient_id})).fetchall()


async def told(connection: AsyncConnection[Any], patient_id: UUID) -> list[Told]:
    """All disclosures about a patient, newest first."""
    async with connection.cursor(row_factory=class_row(Told)) as cursor:
        return await (await cursor.execute(QUERIES.told, {"patient_id": patient_id})).fetchall()


async def lock(connection: AsyncConnection[Any], referral_id: UUID) -> Locked:
    """Hold a referral until the end of the transaction. Raises NotFound."""
    async with connection.cursor(row_factory=class_row(Locked)) as cursor:
        await cursor.execute(QUERIES.lock, {"referral_id": referral_id})
        found = await cursor.fetchone()
    if found is None:
        raise NotFound
    return found


async def need_unmet(connection: AsyncConnection[Any], referral_id: UUID, reason: str) -> None:
    """Nothing suggested fits, for this reason: kept by district and age band, without the person."""
    await connection.execute(QUERIES.need_unmet, {"referral_id": referral_id, "reason": reason})
