"""Reads a place with its activities, facts, source and edition. Places of retired editions stay askable."""

from datetime import date
from typing import Any
from uuid import UUID

import orjson
from psycopg import AsyncConnection

from geo.store.queries import Queries
from placefinder.freshness import FACT_KINDS, Check, Freshness, freshness, latest

QUERIES = Queries("placefinder.store", "places.sql")


async def place_json(connection: AsyncConnection[Any], place_id: UUID, today: date) -> str | None:
    """The JSON of a place as `/api/v1/places/{id}` gives it; None where no edition ever had it.

    The next ten dates of each activity are given from `today` on, and how fresh each kind of fact is on that day.
    `listed` is false, and every activity's status "closed", where only a retired edition has it.
    """
    cursor = await connection.execute(QUERIES.place, {"place_id": place_id, "today": today})
    row = await cursor.fetchone()
    if row is None:
        return None
    answer = orjson.loads(row[0])
    published = answer["edition"]["published_on"]
    edition_on = date.fromisoformat(published) if published else None
    for activity in answer["activities"]:
        activity["freshness"] = _freshness(activity, edition_on, today)
    return orjson.dumps(answer).decode()


def _freshness(activity: dict[str, Any], edition_on: date | None, today: date) -> dict[str, Freshness]:
    """By kind of fact, from the day its list names for the whole row and the checks that were made of it."""
    listed_on = activity["checked_on"]
    checks = [
        Check(fact, date.fromisoformat(one["checked_on"]), one["checker"]) for fact, one in activity["checks"].items()
    ]
    if listed_on:
        checks += [Check(kind, date.fromisoformat(listed_on)) for kind in FACT_KINDS]
    return {kind: freshness(kind, latest(checks, kind), edition_on, today) for kind in FACT_KINDS}
