"""What a link worker finds out about listings: tasks opened by reasons, what is stale, and residents' reports.

Tasks and unmet needs are opened by the database itself when a move has such a reason (rx.follow_reason): they hold no person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row

from geo.store.queries import Queries
from placefinder.freshness import FactKind
from placefinder.store.verification import stale_first
from placefinder.verification import ABOUT_OF, ToVerify
from prescribing.errors import InputRefused, NotFound

QUERIES = Queries("prescribing.store", "tasks.sql")
MOST_REPORTS = 50


@dataclass(frozen=True, slots=True)
class Task:
    """An activity about which reasons of referrals ask something; `tasks` of them. Names are None where it is listed no more."""

    activity_id: UUID
    place_id: UUID | None
    name: str | None
    place_name: str | None
    reasons: list[str]
    tasks: int
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """A resident's report about a place that nobody has answered."""

    correction_id: UUID
    place_id: UUID
    about: str
    message: str
    received_at: datetime
    place_name: str | None
    activity_ids: list[UUID]


async def open_tasks(connection: AsyncConnection[Any], municipality_code: str | None) -> list[Task]:
    """What reasons of referrals ask to be found out, most asked first."""
    async with connection.cursor(row_factory=class_row(Task)) as cursor:
        await cursor.execute(QUERIES.open_tasks, {"municipality_code": municipality_code})
        return await cursor.fetchall()


async def open_reports(connection: AsyncConnection[Any], municipality_code: str | None) -> list[Report]:
    """Residents' reports nobody has answered, oldest first, 50 at most."""
    values = {"municipality_code": municipality_code, "most": MOST_REPORTS}
    async with connection.cursor(row_factory=class_row(Report)) as cursor:
        await cursor.execute(QUERIES.open_corrections, values)
        return await cursor.fetchall()


async def stale(
    connection: AsyncConnection[Any], municipality_code: str | None, today: date, most: int
) -> list[ToVerify]:
    """What to check next, by the people who would see a wrong thing: the finder's own order."""
    return await stale_first(connection, today, most, municipality_code)


async def settle(  # noqa: PLR0913 - what was found right, when, by whom
    connection: AsyncConnection[Any],
    activity_id: UUID,
    facts: Sequence[FactKind],
    checked_on: date,
    *,
    today: date,
    account_id: UUID,
) -> int:
    """Keep a check of facts, close the tasks and reports it answers, and give the number of reports.

    The listing is made anew within a minute by the program's own thread, which has the rights to.
    Raises InputRefused for a day that has not come and for no fact, NotFound where nothing listed has this id.
    """
    if checked_on > today:
        raise InputRefused("checked_on", "a day that has come")
    if not facts:
        raise InputRefused("fact", "one fact at least")
    abouts = sorted({"other", *(about for fact in facts for about in ABOUT_OF.get(fact, ()))})
    values = {"activity_id": activity_id, "facts": list(facts), "abouts": abouts, "checked_on": checked_on}
    row = await (await connection.execute(QUERIES.record_check, values)).fetchone()
    if row is None or row[0] is None:
        raise NotFound
    await connection.execute(QUERIES.settle_tasks, {"activity_id": activity_id, "account_id": account_id})
    return int(row[0])


async def settle_report(connection: AsyncConnection[Any], correction_id: UUID) -> None:
    """A resident's report is dealt with. Raises NotFound where it is none or was settled already."""
    row = await (await connection.execute(QUERIES.settle_correction, {"correction_id": correction_id})).fetchone()
    if row is None or not row[0]:
        raise NotFound
