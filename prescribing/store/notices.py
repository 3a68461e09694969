"""Host notices (受入れの知らせ): whether a place takes people, in its own words; about no person."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal, get_args
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row

from geo.store.queries import Queries
from prescribing.errors import InputRefused

QUERIES = Queries("prescribing.store", "notices.sql")

NoticeState = Literal["open", "full", "paused"]
STATES: tuple[NoticeState, ...] = get_args(NoticeState)
LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Notice:
    """What a place said last. `until`: the last day it holds; None: until they say otherwise."""

    activity_id: UUID
    state: str
    until: date | None
    said_by: str
    said_at: datetime

    def holds(self, today: date) -> bool:
        """Does it still hold on a day?"""
        return self.until is None or today <= self.until


async def tell(  # noqa: PLR0913 - of what, what, how long, by whom
    connection: AsyncConnection[Any], activity_id: UUID, state: str, until: date | None, said_by: str, *, today: date
) -> None:
    """Keep what a place says about itself. `said_by`: host, or slip where a link worker types an answered slip.

    Raises InputRefused for an unknown state and for a day that is over or more than a year away.
    """
    if state not in STATES:
        raise InputRefused("state", f"one of {', '.join(STATES)}")
    if until is not None and not today <= until <= today + LONGEST:
        raise InputRefused("until", "a day within the next year")
    values = {
        "activity_id": activity_id,
        "state": state,
        "until": None if state == "open" else until,
        "said_by": said_by,
    }
    await connection.execute(QUERIES.add_notice, values)


async def latest(connection: AsyncConnection[Any], activity_ids: Iterable[UUID]) -> Mapping[UUID, Notice]:
    """The last notice of each of these that ever gave one."""
    async with connection.cursor(row_factory=class_row(Notice)) as cursor:
        await cursor.execute(QUERIES.notices, {"activity_ids": list(activity_ids)})
        return {notice.activity_id: notice for notice in await cursor.fetchall()}
