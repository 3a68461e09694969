"""The contact lines of current editions."""

from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row

from geo.store.queries import Queries
from placefinder.contact_lines import ContactLine

QUERIES = Queries("placefinder.store", "contact_lines.sql")


async def contact_lines(
    connection: AsyncConnection[Any], topic: str | None = None, under_18: bool = False
) -> list[ContactLine]:
    """Lines about a topic of the code list (None: all), local ones first, at most 200."""
    async with connection.cursor(row_factory=class_row(ContactLine)) as cursor:
        await cursor.execute(QUERIES.contact_lines, {"topic": topic, "under_18": under_18})
        return await cursor.fetchall()
