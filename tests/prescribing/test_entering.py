"""Entering: the database itself says who somebody is, and forgets it with the transaction."""

import asyncio
from typing import Any

import psycopg
import pytest

from placefinder.store import Database
from prescribing.errors import NotSignedIn
from prescribing.store.entering import Visitor, enter
from staffed_town import STAFF


async def _who(dsn: str, token: str) -> Visitor:
    async with await psycopg.AsyncConnection.connect(dsn) as connection:
        return await enter(connection, token)


@pytest.mark.parametrize("who", STAFF)
def test_everybody_enters_as_what_the_database_says_they_are(staffed: Database, who: str) -> None:
    visitor = asyncio.run(_who(staffed.staff_dsn or "", STAFF[who].token))
    assert (visitor.account_id, visitor.role, visitor.csrf) == (
        STAFF[who].account_id,
        STAFF[who].role,
        STAFF[who].csrf,
    )


def test_nobody_enters_with_a_session_that_is_none(staffed: Database) -> None:
    with pytest.raises(NotSignedIn):
        asyncio.run(_who(staffed.staff_dsn or "", "never-given"))


def test_the_claims_end_with_the_transaction(staffed: Database, entered: Any) -> None:
    async def afterwards() -> Any:
        async with entered("physician") as connection:
            await connection.commit()
            return await (await connection.execute("SELECT rx.claim('party'), current_user")).fetchone()

    assert asyncio.run(afterwards()) == (None, "placefinder_staff")


def test_a_page_is_served_to_everybody(served: Any) -> None:
    assert served.client("physician").get("/lines").status_code == 200
