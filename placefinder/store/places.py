"""Reads a place with its activities, facts, source and edition. Places of retired editions stay askable."""

from datetime import date
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from geo.store.queries import Queries

QUERIES = Queries("placefinder.store", "places.sql")


async def place_json(connection: AsyncConnection[Any], place_id: UUID, today: date) -> str | None:
    """The JSON of a place as `/api/v1/places/{id}` gives it; None where no edition ever had it.

    The next ten dates of each activity are given from `today` on. `listed` is false, and every activity's status "closed", where only a retired edition has it.
    """
    cursor = await connection.execute(QUERIES.place, {"place_id": place_id, "today": today})
    row = await cursor.fetchone()
    return str(row[0]) if row else None
