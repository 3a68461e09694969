"""What a place is asked (場所への相談): one referral, and of the person only what a welcome needs."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row

from geo.store.queries import Queries
from prescribing.errors import LinkRefused
from prescribing.sealing import Sealer
from prescribing.store.entering import note
from prescribing.store.people import identity

QUERIES = Queries("prescribing.store", "asked.sql")


@dataclass(frozen=True, slots=True)
class Asked:
    """The one referral of a host's link. The consent for a host is for the name to call too."""

    referral_id: UUID
    organisation_id: UUID
    patient_id: UUID
    state: str
    version: int
    activity_id: UUID
    booked_for: date | None
    state_since: datetime
    age_band: str
    needs: list[str]
    has_identity: bool
    office_name: str | None
    office_phone: str | None
    office_fax: str | None
    activity_name: str | None
    place_name: str | None


async def asked(connection: AsyncConnection[Any]) -> Asked:
    """What the link of this transaction asks; the reading is noted.

    Raises LinkRefused where the wall shows nothing: consent withdrawn, another place asked since.
    """
    async with connection.cursor(row_factory=class_row(Asked)) as cursor:
        found = await (await cursor.execute(QUERIES.asked)).fetchone()
    if found is None:
        raise LinkRefused
    await note(
        connection, "read", "rx.patient", subject_id=found.patient_id, patient_id=found.patient_id,
        seen=["age_band", "needs", "attendance"],
    )  # fmt: skip
    return found


async def name_to_call(connection: AsyncConnection[Any], sealer: Sealer, one: Asked) -> str:
    """What the person is called: of who they are nothing else leaves here. '' where nobody wrote it down; the look is noted."""
    return (await identity(connection, sealer, one.patient_id)).name if one.has_identity else ""
