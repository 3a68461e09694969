"""Asks geo's own questions about school districts over the web's asynchronous connections."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row

from geo.districts import NEAR_M, NEAREST_SCHOOL_M, NO_DISTRICT, District, DistrictAnswer
from geo.points import LonLat
from geo.store.districts import QUERIES


async def district_of(connection: AsyncConnection[Any], point: LonLat) -> Sequence[DistrictAnswer]:
    """As geo's DistrictStore.district_of: one answer as a rule, several where districts overlap, never none."""
    at = {"lon": point.lon, "lat": point.lat}
    steps = (
        (QUERIES.districts_covering, at),
        (QUERIES.nearest_district, {**at, "within_m": NEAR_M}),
        (QUERIES.nearest_school_district, {**at, "within_m": NEAREST_SCHOOL_M}),
    )
    async with connection.cursor(row_factory=class_row(DistrictAnswer)) as cursor:
        for query, asked in steps:
            found = await (await cursor.execute(query, asked)).fetchall()
            if found:
                return found
    return [NO_DISTRICT]


async def district(connection: AsyncConnection[Any], district_id: UUID) -> District | None:
    """A district of a current edition."""
    async with connection.cursor(row_factory=class_row(District)) as cursor:
        return await (await cursor.execute(QUERIES.district_by_id, {"district_id": district_id})).fetchone()


async def neighbours(connection: AsyncConnection[Any], district_id: UUID) -> Sequence[District]:
    """The districts that touch it; none where it has no polygon."""
    async with connection.cursor(row_factory=class_row(District)) as cursor:
        return await (await cursor.execute(QUERIES.neighbours, {"district_id": district_id})).fetchall()
