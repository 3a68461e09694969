"""Rules (きまり) that a deployment sets and the database itself keeps."""

from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import scalar_row

from geo.store.queries import Queries

QUERIES = Queries("prescribing.store", "rules.sql")


def keep_rules(owner_dsn: str, *, guardian_below: int) -> None:
    """Make the database know below which age a guardian says yes. As the owner, at each start of the program."""
    with psycopg.connect(owner_dsn) as connection:
        connection.execute(QUERIES.keep_rules, {"guardian_below": guardian_below})


async def guardian_below(connection: AsyncConnection[Any]) -> int:
    """Younger people's guardian (保護者) says yes: the age PLACEFINDER_GUARDIAN_AGE set, as the database keeps it."""
    async with connection.cursor(row_factory=scalar_row) as cursor:
        return int(await (await cursor.execute(QUERIES.guardian_below)).fetchone())  # type: ignore[arg-type]  # the one row of rx.rule
