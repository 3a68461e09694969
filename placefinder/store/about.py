"""All that is known about one place and what is held there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row, kwargs_row

from geo.store.queries import Queries
from placefinder.freshness import Check
from placefinder.opening.rules import Certainty, Schedule
from placefinder.opening.stored import schedule_from_json

QUERIES = Queries("placefinder.store", "about.sql")


@dataclass(frozen=True, slots=True)
class PlaceAbout:
    """A place of an edition; `current` false: newer editions do not have it. lat and lon in degrees, JGD2011."""

    place_id: UUID
    edition_id: UUID
    current: bool
    municipality_code: str
    name: str
    name_kana: str | None
    address: str | None
    position_level: str
    declared_districts: list[str]
    district_id: UUID | None
    district_basis: str
    edition_on: date | None
    facts: Mapping[str, Mapping[str, Any]]
    lat: float | None
    lon: float | None


@dataclass(frozen=True, slots=True)
class ActivityAbout:
    """An activity of a place, with all its facts."""

    activity_id: UUID
    kind: str
    name: str
    name_kana: str | None
    organiser_name: str | None
    status: str
    status_text: str | None
    status_until: date | None
    schedule: Schedule
    age_min: int | None
    age_max: int | None
    audiences: list[str]
    interests: list[str]
    price_yen_min: int | None
    price_yen_max: int | None
    facts: Mapping[str, Mapping[str, Any]]
    checked_on: date | None


def _activity(schedule: Any, schedule_text: str | None, schedule_certainty: Certainty, **columns: Any) -> ActivityAbout:
    read = schedule_from_json(schedule, text=schedule_text, certainty=schedule_certainty)
    return ActivityAbout(schedule=read, **columns)


async def place_about(
    connection: AsyncConnection[Any], place_id: UUID
) -> tuple[PlaceAbout, list[ActivityAbout]] | None:
    """A place and its activities; None for an id no edition ever had."""
    async with connection.cursor(row_factory=class_row(PlaceAbout)) as cursor:
        place = await (await cursor.execute(QUERIES.place, {"place_id": place_id})).fetchone()
    if not place:
        return None
    async with connection.cursor(row_factory=kwargs_row(_activity)) as cursor:
        values = {"edition_id": place.edition_id, "place_id": place_id}
        return place, await (await cursor.execute(QUERIES.activities, values)).fetchall()


async def place_checks(
    connection: AsyncConnection[Any], place_id: UUID, activity_ids: Sequence[UUID]
) -> Mapping[UUID, Sequence[Check]]:
    """The newest check of each kind of fact, by activity: of these and of others that were held at the place."""
    found: dict[UUID, list[Check]] = {}
    values = {"place_id": place_id, "activity_ids": list(activity_ids)}
    for activity_id, fact, checked_on, role in await (await connection.execute(QUERIES.checks, values)).fetchall():
        found.setdefault(activity_id, []).append(Check(fact, checked_on, role))
    return found
