"""Sessions held (開催日) of an activity around today: the next real ones to book, and the last ones to say who came to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from geo.store.queries import Queries
from placefinder.opening.calendar import occurrences
from placefinder.opening.stored import schedule_from_json
from placefinder.store.occurrences import Coming, upcoming

QUERIES = Queries("prescribing.store", "held.sql")

BACK = timedelta(days=28)
_ASKED_FOR = 12


@dataclass(frozen=True, slots=True)
class Held:
    """The coming sessions, soonest first, and the days of the last ones, today's included, newest first."""

    coming: Sequence[Coming] = ()
    past: Sequence[date] = ()


async def held(
    connection: AsyncConnection[Any], activity_id: UUID, now: datetime, *, most: int = 4, since: date | None = None
) -> Held:
    """At most `most` sessions either way; past ones not before `since`. What is not dated has none: ask for the day."""
    found = (await upcoming(connection, [activity_id], now, most=_ASKED_FOR)).get(activity_id, ())
    row = await (await connection.execute(QUERIES.schedule, {"activity_id": activity_id})).fetchone()
    past = _past(row, now.date(), since) if row else []
    return Held([one for one in found if one.occurrence.held][:most], past[:most])


def _past(row: Sequence[Any], today: date, since: date | None) -> list[date]:
    told, certainty = row
    if certainty != "exact":
        return []
    first = max(today - BACK, since or date.min)
    schedule = schedule_from_json(told, text=None, certainty=certainty)
    return sorted({one.day for one in occurrences(schedule, first, today) if one.held}, reverse=True)
