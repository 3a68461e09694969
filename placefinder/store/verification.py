"""What to verify next, and the checks (確認) that were made. It never commits."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from geo.codes import MunicipalityCode
from geo.store.queries import Queries
from placefinder.errors import CheckRefused
from placefinder.freshness import DAYS_OF_A_MONTH, DECAY, Check
from placefinder.store.occurrences import checked
from placefinder.verification import ABOUT_OF, AUDIENCE_AGES, ToVerify

QUERIES = Queries("placefinder.store", "verification.sql")


def to_verify(
    connection: psycopg.Connection[Any], as_of: date, most: int, municipality_code: MunicipalityCode | None = None
) -> list[ToVerify]:
    """The `most` activities to check first, of all Japan or of one municipality."""
    with connection.cursor(row_factory=class_row(ToVerify)) as cursor:
        return cursor.execute(QUERIES.to_verify, _asked(as_of, most, municipality_code)).fetchall()


async def stale_first(
    connection: psycopg.AsyncConnection[Any], as_of: date, most: int, municipality_code: str | None = None
) -> list[ToVerify]:
    """The same for a page, over a connection that may read residents' reports."""
    async with connection.cursor(row_factory=class_row(ToVerify)) as cursor:
        await cursor.execute(QUERIES.to_verify, _asked(as_of, most, municipality_code))
        return await cursor.fetchall()


def _asked(as_of: date, most: int, municipality_code: str | None) -> dict[str, Any]:
    return {
        "as_of": as_of,
        "most": most,
        "municipality_code": municipality_code,
        "ages": Jsonb(dict(AUDIENCE_AGES)),
        "status_days": DECAY["status"].half_life_months * DAYS_OF_A_MONTH,
        "opening_days": DECAY["opening"].half_life_months * DAYS_OF_A_MONTH,
    }


def relist_asked(connection: psycopg.Connection[Any]) -> int:
    """List anew what was checked from a page, where nobody has rights on listings; gives how many."""
    asked = connection.execute(QUERIES.take_asked).fetchall()
    for (activity_id,) in asked:
        checked(connection, activity_id)
    return len(asked)


def confirm(connection: psycopg.Connection[Any], activity_id: UUID, checks: Sequence[Check], today: date) -> int:
    """Record checks of an activity, list it anew, and give the number of residents' reports they answered.

    Raises CheckRefused for an activity that is not listed or a day that has not come.
    """
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(QUERIES.activity_listed, {"activity_id": activity_id}).fetchone()
    if row is None:
        raise CheckRefused(
            f"活動 {activity_id} は今の一覧にありません。placefinder verify が示す番号(activity_id)を使ってください。"
        )
    answered = sum(_add(connection, row, check, today) for check in checks)
    checked(connection, activity_id)
    return answered


def _add(connection: psycopg.Connection[Any], of: Mapping[str, Any], check: Check, today: date) -> int:
    if check.checked_on > today:
        raise CheckRefused(f"{check.checked_on} はまだ来ていない日です。確かめた日を --on で指定してください。")
    values = {**of, "fact": check.fact, "checked_on": check.checked_on, "role": check.role}
    connection.execute(QUERIES.add_check, values)
    abouts = ["other", *ABOUT_OF.get(check.fact, ())]
    return connection.execute(QUERIES.settle_reports, values | {"abouts": abouts}).rowcount
