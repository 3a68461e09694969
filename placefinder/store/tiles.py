"""Map tiles (Mapbox Vector Tile 2.1) of the listings: counts in a 64 × 64 grid when far, the places when near."""

from collections.abc import Sequence
from typing import Any

from psycopg import AsyncConnection

from geo.store.queries import Queries

QUERIES = Queries("placefinder.store", "tiles.sql")

GRID_TO_ZOOM = 13
MAX_ZOOM = 20


async def tile(connection: AsyncConnection[Any], z: int, x: int, y: int) -> bytes:
    """One tile, not compressed; b"" where nothing is. Layer `place_counts` up to GRID_TO_ZOOM, above it `places`."""
    query = QUERIES.grid_tile if z <= GRID_TO_ZOOM else QUERIES.place_tile
    cursor = await connection.execute(query, {"z": z, "x": x, "y": y}, binary=True)
    row = await cursor.fetchone()
    return bytes(row[0]) if row else b""


async def attributions(connection: AsyncConnection[Any]) -> Sequence[str]:
    """Whom a map of the places must name."""
    cursor = await connection.execute(QUERIES.attributions)
    row = await cursor.fetchone()
    return list(row[0]) if row else []
