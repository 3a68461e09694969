"""Where the catalogue comes from: sources, current editions, import counts, known defects."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row

from geo.store.queries import Queries

QUERIES = Queries("placefinder.store", "sources.sql")


@dataclass(frozen=True, slots=True)
class Source:
    """A publisher's data set and its terms."""

    source_id: str
    title: str
    publisher: str
    home_url: str | None
    licence: str
    attribution: str
    redistribution: str
    condition: str | None


@dataclass(frozen=True, slots=True)
class CurrentEdition:
    """A current edition: rows_in = accepted + queued + refused."""

    edition_id: UUID
    source_id: str
    dataset: str
    scope: str
    label: str
    loaded_on: date
    rows_in: int
    rows_accepted: int
    rows_queued: int
    rows_refused: int
    known_defects: list[Any]
    attribution: str
    licence: str
    fictional: bool
    passed_on: bool  # its terms let it leave as a file


async def sources(connection: AsyncConnection[Any]) -> list[Source]:
    """The sources of all current editions."""
    async with connection.cursor(row_factory=class_row(Source)) as cursor:
        await cursor.execute(QUERIES.sources)
        return await cursor.fetchall()


async def current_editions(
    connection: AsyncConnection[Any], edition_ids: Iterable[UUID | str] | None = None
) -> list[CurrentEdition]:
    """The current editions, all or those named."""
    wanted = None if edition_ids is None else [str(one) for one in edition_ids]
    async with connection.cursor(row_factory=class_row(CurrentEdition)) as cursor:
        await cursor.execute(QUERIES.editions, {"edition_ids": wanted})
        return await cursor.fetchall()
