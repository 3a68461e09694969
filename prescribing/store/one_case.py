"""One case (ケース) as a link worker works on it: the referral, the person, what happened, and the person as matching needs them."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row

from geo.points import LonLat
from geo.reach import Mobility
from geo.store.queries import Queries
from prescribing.errors import NotFound
from prescribing.matching import Person, band_of_birth_year
from prescribing.store.entering import note

QUERIES = Queries("prescribing.store", "one_case.sql")

_RANGE = re.compile(r"\[(\d+),(\d+)\)")
_SEEN = (
    "state", "age_band", "sex", "birth_year", "district_id", "mobility", "interests", "needs", "free_minutes",
    "price_max", "avoid", "booked_for",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A referral with its person. Names are None where nobody works on it or the place is listed no more.

    `free_text`: minutes since Monday 00:00 as PostgreSQL writes a multirange; None where nobody asked.
    """

    referral_id: UUID
    organisation_id: UUID
    patient_id: UUID
    municipality_code: str
    made_at: datetime
    state: str
    version: int
    state_since: datetime
    reason: str | None
    held_from: str | None
    held_until: date | None
    link_office_id: UUID
    handed_from_id: UUID | None
    worker_id: UUID | None
    activity_id: UUID | None
    place_id: UUID | None
    booked_for: date | None
    next_action: str | None
    due_on: date | None
    outcome: str | None
    birth_year: int | None
    age_band: str
    sex: str | None
    district_id: UUID | None
    lon: float | None
    lat: float | None
    mobility: Mobility
    interests: list[str]
    needs: list[str]
    free_text: str | None
    price_max: int | None
    avoid: list[UUID]
    identity_sealed: bytes | None
    referrer_name: str
    referrer_phone: str | None
    worker_name: str | None
    office_name: str | None
    office_phone: str | None
    office_fax: str | None
    handed_from_name: str | None
    activity_name: str | None
    place_name: str | None
    findable: bool | None
    district_name: str | None
    host_may_know: bool

    @property
    def number(self) -> str:
        return case_number(self.referral_id)

    @property
    def free_minutes(self) -> tuple[tuple[int, int], ...] | None:
        """When they can come, in minutes since Monday 00:00; None where nobody asked."""
        if self.free_text is None:
            return None
        return tuple((int(first), int(last)) for first, last in _RANGE.findall(self.free_text))

    def person(self, today: date) -> Person:
        """The person as matching needs them: no name, the home rounded."""
        return Person(
            mobility=self.mobility,
            age_band=band_of_birth_year(self.birth_year, today) if self.birth_year else self.age_band,
            point=LonLat(self.lon, self.lat) if self.lon is not None and self.lat is not None else None,
            district_id=self.district_id,
            interests=frozenset(self.interests),
            needs=frozenset(self.needs),
            free_minutes=self.free_minutes,
            price_max=self.price_max,
            avoid=frozenset(self.avoid),
        )


@dataclass(frozen=True, slots=True)
class Event:
    """One step of the journey; `by_name` is known for people of one's own office only."""

    version: int
    move: str
    from_state: str | None
    to_state: str
    reason: str | None
    at: datetime
    party: str | None
    by_name: str | None
    activity_id: UUID | None
    activity_name: str | None
    office_name: str | None
    booked_for: date | None
    outcome: str | None


def case_number(referral_id: UUID) -> str:
    """A short name for a case, to say aloud in the office: it tells nothing about the person."""
    return referral_id.hex[:6].upper()


async def case_file(connection: AsyncConnection[Any], referral_id: UUID) -> CaseFile:
    """One case; the reading is noted. Raises NotFound for one that is absent, foreign, or whose consent is withdrawn."""
    async with connection.cursor(row_factory=class_row(CaseFile)) as cursor:
        found = await (await cursor.execute(QUERIES.case, {"referral_id": referral_id})).fetchone()
    if found is None:
        raise NotFound
    await note(connection, "read", "rx.patient", subject_id=found.patient_id, patient_id=found.patient_id, seen=_SEEN)
    return found


async def events_of(connection: AsyncConnection[Any], referral_id: UUID) -> list[Event]:
    """What happened, newest first. The caller has noted its reading of the case."""
    async with connection.cursor(row_factory=class_row(Event)) as cursor:
        return await (await cursor.execute(QUERIES.events, {"referral_id": referral_id})).fetchall()
