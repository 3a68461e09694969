"""The patient's own page (本人のページ): where they may go, who may know what, who looked, and what they tell themselves."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row

from geo.store.queries import Queries
from prescribing.attendance import check_day
from prescribing.errors import NotFound
from prescribing.store.entering import LinkHolder, note

QUERIES = Queries("prescribing.store", "my_page.sql")
Row = TypeVar("Row", "MyConsent", "Look", "Telling")


@dataclass(frozen=True, slots=True)
class MyReferral:
    """The referral of the link: where it stands, who made it, which office helps, and for when a visit is booked."""

    referral_id: UUID
    state: str
    version: int
    made_at: datetime
    booked_for: date | None
    activity_id: UUID | None
    clinic_name: str
    clinic_phone: str | None
    office_name: str | None
    office_phone: str | None


@dataclass(frozen=True, slots=True)
class MyConsent:
    """A consent that stands: to whom, for what, until when."""

    consent_id: UUID
    purpose: str
    recipient_name: str | None
    given_at: datetime
    expires_on: date


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody's visits to the person's data on one day. `deed`: read or write; no name where a place answered a link."""

    looked_on: date
    party: str
    organisation_name: str | None
    deed: str
    times: int


@dataclass(frozen=True, slots=True)
class Telling:
    """What the person says about one day at one activity."""

    activity_id: UUID
    held_on: date
    came: bool


async def my_referral(connection: AsyncConnection[Any], holder: LinkHolder) -> MyReferral:
    """The referral of the link; the reading is noted. Raises NotFound where it is gone."""
    async with connection.cursor(row_factory=class_row(MyReferral)) as cursor:
        await cursor.execute(QUERIES.my_referral, {"referral_id": holder.referral_id})
        found = await cursor.fetchone()
    if found is None:
        raise NotFound
    await note(
        connection, "read", "rx.referral", subject_id=holder.referral_id, patient_id=holder.patient_id, seen=["state"]
    )
    return found


async def my_consents(connection: AsyncConnection[Any], holder: LinkHolder) -> list[MyConsent]:
    """The consents that stand today, by what they are for."""
    return await _all(connection, MyConsent, QUERIES.my_consents, {"patient_id": holder.patient_id})


async def my_looks(connection: AsyncConnection[Any]) -> list[Look]:
    """Who looked or wrote on which day, newest first, at most 100 lines; nothing of what they saw."""
    return await _all(connection, Look, QUERIES.my_looks, {})


async def my_tellings(connection: AsyncConnection[Any], holder: LinkHolder) -> list[Telling]:
    """What the person told last about each day, newest first."""
    return await _all(connection, Telling, QUERIES.my_tellings, {"referral_id": holder.referral_id})


async def tell(  # noqa: PLR0913 - who, where, when, whether
    connection: AsyncConnection[Any], holder: LinkHolder, activity_id: UUID, held_on: date, *, came: bool, today: date
) -> None:
    """Keep that the person says they went, or could not. It stands apart and moves no referral (FACTS §4).

    Raises InputRefused for an impossible day, NotFound for an activity that was not suggested to them.
    """
    check_day(held_on, today)
    values = {"referral_id": holder.referral_id, "activity_id": activity_id, "held_on": held_on, "came": came}
    cursor = await connection.execute(QUERIES.tell, values)
    if cursor.rowcount != 1:
        raise NotFound


async def _all(connection: AsyncConnection[Any], kind: type[Row], query: str, values: dict[str, Any]) -> list[Row]:
    async with connection.cursor(row_factory=class_row(kind)) as cursor:
        return await (await cursor.execute(query, values)).fetchall()


async def count_wrong_code(connection: AsyncConnection[Any]) -> None:
    """Write down that a code opened nothing, without which one or whose."""
    await connection.execute(QUERIES.count_wrong_code)


async def wrong_codes(connection: AsyncConnection[Any]) -> int:
    """How many codes opened nothing in the last ten minutes."""
    cursor = await connection.execute(QUERIES.wrong_codes)
    [(count,)] = await cursor.fetchall()
    return int(count)
