"""Reports of errors by residents without an account, for a clerk to read."""

from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from geo.store.queries import Queries
from placefinder.errors import TooManyReports

QUERIES = Queries("placefinder.store", "corrections.sql")


async def take_correction(
    connection: AsyncConnection[Any], municipality_code: str, place_id: UUID, about: str, message: str
) -> None:
    """Keep a report. Raises TooManyReports when ten came for the place, or 500 for all, within an hour."""
    values = {"municipality_code": municipality_code, "place_id": place_id, "about": about, "message": message}
    cursor = await connection.execute(QUERIES.take_correction, values)
    row = await cursor.fetchone()
    if not row or not row[0]:
        raise TooManyReports
