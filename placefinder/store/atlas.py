"""School districts as a page and its map need them: shapes made light, neighbours, schools, lists to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row, dict_row

from geo.store.queries import Queries

QUERIES = Queries("placefinder.store", "atlas.sql")


@dataclass(frozen=True, slots=True)
class Area:
    """A district on a map: its shape (GeoJSON, JGD2011, simplified by about 10 m) and where its label stands."""

    district_id: UUID
    name: str
    name_kana: str | None
    municipality_code: str
    basis: str  # polygon | official_table | nearest_school
    edition_id: UUID
    municipality_name: str | None
    lat: float | None
    lon: float | None
    shape: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A district as a map shows it: itself, those that border on it, the schools in and around it."""

    own: Area | None = None
    neighbours: Sequence[Area] = ()
    schools: Sequence[dict[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Municipality:
    """A municipality that has school districts."""

    code: str
    districts: int
    name: str


@dataclass(frozen=True, slots=True)
class DistrictName:
    """A district to choose from a list."""

    district_id: UUID
    name: str
    name_kana: str | None


async def area(connection: AsyncConnection[Any], district_id: UUID) -> Area | None:
    """A district of a current edition; None where there is none of this id."""
    async with connection.cursor(row_factory=class_row(Area)) as cursor:
        await cursor.execute(QUERIES.area, {"district_id": district_id})
        return await cursor.fetchone()


async def neighbours(connection: AsyncConnection[Any], district_id: UUID) -> list[Area]:
    """The districts that border on it, across municipal borders too; none where it has no polygon."""
    async with connection.cursor(row_factory=class_row(Area)) as cursor:
        await cursor.execute(QUERIES.neighbours, {"district_id": district_id})
        return await cursor.fetchall()


async def schools_about(connection: AsyncConnection[Any], district_id: UUID) -> list[dict[str, Any]]:
    """Primary schools in and around a district: name, lat, lon in degrees."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(QUERIES.schools_about, {"district_id": district_id})
        return await cursor.fetchall()


async def surroundings(connection: AsyncConnection[Any], own: Area | None) -> Surroundings:
    """What stands around a district; nothing around none."""
    if not own:
        return Surroundings()
    around = await neighbours(connection, own.district_id)
    return Surroundings(own, around, await schools_about(connection, own.district_id))


async def municipalities(connection: AsyncConnection[Any]) -> list[Municipality]:
    """All that have districts, by code."""
    async with connection.cursor(row_factory=class_row(Municipality)) as cursor:
        await cursor.execute(QUERIES.municipalities)
        return await cursor.fetchall()


async def districts_of(connection: AsyncConnection[Any], municipality_code: str) -> list[DistrictName]:
    """The districts of a municipality by name, at most 500."""
    async with connection.cursor(row_factory=class_row(DistrictName)) as cursor:
        await cursor.execute(QUERIES.districts_of, {"municipality_code": municipality_code})
        return await cursor.fetchall()


async def example(connection: AsyncConnection[Any]) -> DistrictName | None:
    """A district in which something is found, always the same one; None where nothing is."""
    async with connection.cursor(row_factory=class_row(DistrictName)) as cursor:
        await cursor.execute(QUERIES.example)
        return await cursor.fetchone()


async def extent(connection: AsyncConnection[Any]) -> list[list[float]] | None:
    """The box of all districts as Leaflet takes it: [[south, west], [north, east]]."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(QUERIES.extent)
        box = await cursor.fetchone()
    return [[box["south"], box["west"]], [box["north"], box["east"]]] if box else None


async def kinds_of(connection: AsyncConnection[Any], district_ids: list[UUID]) -> dict[UUID, list[str]]:
    """The kinds of findable places each district has; a district without any is left out."""
    cursor = await connection.execute(QUERIES.kinds_of, {"district_ids": district_ids})
    return {row[0]: row[1] for row in await cursor.fetchall()}


async def outlines(connection: AsyncConnection[Any], most: int) -> list[Area]:
    """All districts with a polygon, made light; none where there are more than `most`."""
    async with connection.cursor(row_factory=class_row(Area)) as cursor:
        await cursor.execute(QUERIES.outlines, {"most": most})
        return await cursor.fetchall()


@dataclass(frozen=True, slots=True)
class Coverage:
    """A district with its number of findable places and the kinds they are; `withheld` where its shape may not leave."""

    district_id: UUID
    edition_id: UUID
    name: str
    places: int
    kinds: list[str]
    shape: dict[str, Any] | None
    withheld: bool


async def coverage(connection: AsyncConnection[Any], municipality_code: str) -> list[Coverage]:
    """The districts of a municipality by name; those with no place too."""
    async with connection.cursor(row_factory=class_row(Coverage)) as cursor:
        await cursor.execute(QUERIES.coverage, {"municipality_code": municipality_code})
        return await cursor.fetchall()
