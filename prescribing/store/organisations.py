"""Organisations (機関) as whoever entered may know them: names and telephone numbers, no person."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row

from geo.store.queries import Queries
from prescribing.errors import NotFound

QUERIES = Queries("prescribing.store", "organisations.sql")


@dataclass(frozen=True, slots=True)
class Organisation:
    """A clinic, insurer, municipality, link workers' office or host."""

    organisation_id: UUID
    kind: str
    name: str
    municipality_code: str
    phone: str | None


async def organisation(connection: AsyncConnection[Any], organisation_id: UUID) -> Organisation:
    """One by its id. Raises NotFound."""
    async with connection.cursor(row_factory=class_row(Organisation)) as cursor:
        await cursor.execute(QUERIES.organisation, {"organisation_id": organisation_id})
        found = await cursor.fetchone()
    if found is None:
        raise NotFound
    return found


async def organisations(connection: AsyncConnection[Any], kind: str, near: str | None = None) -> list[Organisation]:
    """All of a kind by name, at most 200; those of the municipality `near` first."""
    async with connection.cursor(row_factory=class_row(Organisation)) as cursor:
        await cursor.execute(QUERIES.organisations, {"kind": kind, "near": near})
        return await cursor.fetchall()


@dataclass(frozen=True, slots=True)
class Doctor:
    """Whose name stands on a sheet, and whether a physician's."""

    name: str
    physician: bool


async def doctor(connection: AsyncConnection[Any], account_id: UUID) -> Doctor | None:
    """Who made a referral; None where whoever asks may not know it."""
    async with connection.cursor(row_factory=class_row(Doctor)) as cursor:
        await cursor.execute(QUERIES.doctor, {"account_id": account_id})
        return await cursor.fetchone()
