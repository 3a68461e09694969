"""Cases (担当のケース): the referrals of a link workers' office as its desk sees them, with what is due.

The wall shows an office what it holds, and what it handed over and nobody has taken up yet; nothing here widens that.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row

from geo.store.queries import Queries
from prescribing.journey import OVER, STATES
from prescribing.store.entering import Visitor, secret_hash
from prescribing.store.one_case import case_number

QUERIES = Queries("prescribing.store", "cases.sql")

NOT_YET = ("draft", "offered", "consented", "declined_offer")
OPEN = tuple(state for state in STATES if state not in OVER and state not in NOT_YET)
VIEWS: Mapping[str, Sequence[str]] = {
    "all": OPEN,
    "mine": OPEN,
    "late": OPEN,
    "place": ("place_asked", "no_answer", "place_declined"),
    "hold": ("on_hold",),
    "over": tuple(OVER - set(NOT_YET)),
}
"""The states each filter of the desk shows; `mine` and `late` narrow further."""
ON_A_PAGE = 20
_SEEN = ("state", "due_on", "next_action", "age_band", "interests", "needs", "booked_for")


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the desk: no name, no way to reach the person. `total`: all rows of the filter."""

    referral_id: UUID
    patient_id: UUID
    state: str
    reason: str | None
    made_at: datetime
    state_since: datetime
    due_on: date | None
    next_action: str | None
    booked_for: date | None
    held_until: date | None
    worker_id: UUID | None
    worker_name: str | None
    referrer_name: str
    age_band: str
    interests: list[str]
    needs: list[str]
    activity_name: str | None
    ours: bool
    total: int

    @property
    def number(self) -> str:
        return case_number(self.referral_id)


@dataclass(frozen=True, slots=True)
class Count:
    """How many cases stand in a state, how many of them are overdue, and how many are one's own."""

    state: str
    cases: int
    overdue: int
    mine: int


@dataclass(frozen=True, slots=True)
class Office:
    """A link workers' office that a case can be handed over to."""

    organisation_id: UUID
    name: str
    municipality_code: str


@dataclass(frozen=True, slots=True)
class Listed:
    """What an activity is called, and where it is held."""

    activity_id: UUID
    place_id: UUID
    findable: bool
    name: str
    place_name: str


@dataclass(frozen=True, slots=True)
class LinkOffice:
    """Whom to call about a link that is over."""

    name: str
    phone: str | None


async def cases(connection: AsyncConnection[Any], visitor: Visitor, view: str, page: int, today: date) -> list[Case]:
    """A page of the desk, overdue first, then by due day; everybody seen in it is noted."""
    values = {
        "office_id": visitor.organisation_id,
        "states": list(VIEWS[view]),
        "worker_id": visitor.account_id if view == "mine" else None,
        "due_before": today if view == "late" else None,
        "most": ON_A_PAGE,
        "offset": (page - 1) * ON_A_PAGE,
    }
    async with connection.cursor(row_factory=class_row(Case)) as cursor:
        found = await (await cursor.execute(QUERIES.cases, values)).fetchall()
    seen = {
        "referral_ids": [case.referral_id for case in found],
        "patient_ids": [case.patient_id for case in found],
        "columns": list(_SEEN),
    }
    await connection.execute(QUERIES.note_cases, seen)
    return found


async def counts(connection: AsyncConnection[Any], visitor: Visitor, today: date) -> dict[str, Count]:
    """The office's cases by state, in the order of the journey."""
    values = {"today": today, "account_id": visitor.account_id}
    async with connection.cursor(row_factory=class_row(Count)) as cursor:
        found = {one.state: one for one in await (await cursor.execute(QUERIES.counts, values)).fetchall()}
    return {state: found[state] for state in STATES if state in found}


async def offices(connection: AsyncConnection[Any], visitor: Visitor) -> list[Office]:
    """The other offices, those of the same municipality first."""
    values = {"own": visitor.organisation_id, "municipality_code": visitor.municipality_code}
    async with connection.cursor(row_factory=class_row(Office)) as cursor:
        return await (await cursor.execute(QUERIES.offices, values)).fetchall()


async def listed(connection: AsyncConnection[Any], activity_ids: Iterable[UUID]) -> dict[UUID, Listed]:
    """The names of activities that are listed now."""
    async with connection.cursor(row_factory=class_row(Listed)) as cursor:
        await cursor.execute(QUERIES.listed, {"activity_ids": list(activity_ids)})
        return {one.activity_id: one for one in await cursor.fetchall()}


async def named(connection: AsyncConnection[Any], name: str, municipality_code: str) -> list[Listed]:
    """At most five activities whose name or place holds this, those of the municipality first; none for an empty name."""
    if not name:
        return []
    async with connection.cursor(row_factory=class_row(Listed)) as cursor:
        await cursor.execute(QUERIES.named, {"name": name, "municipality_code": municipality_code})
        return await cursor.fetchall()


async def office_of_link(connection: AsyncConnection[Any], secret: str) -> LinkOffice | None:
    """The office that gave this link, even if it is over; None for a link nobody gave."""
    async with connection.cursor(row_factory=class_row(LinkOffice)) as cursor:
        return await (await cursor.execute(QUERIES.office_of_link, {"link_hash": secret_hash(secret)})).fetchone()
