"""Uptake from the kept monthly tables, and regenerated from the history as of a day. Nothing here returns a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row, dict_row

from geo.store.queries import Queries
from prescribing.store.entering import enter_as_system
from prescribing.uptake.report import (
    BY_DISTRICT,
    DistrictReport,
    InsurerReport,
    Kept,
    Reason,
    district_report,
    insurer_report,
    last_month_end,
    months_until,
    reasons_of,
)
from prescribing.uptake.suppression import suppress

QUERIES = Queries("prescribing.store", "uptake.sql")


@dataclass(frozen=True, slots=True)
class Insurer:
    """An insurer by its number (保険者番号)."""

    organisation_id: UUID
    name: str
    municipality_code: str


@dataclass(frozen=True, slots=True)
class Unmet:
    """What was needed and not there, suppressed: by district (None: not known) and by reason."""

    total: int | None
    by_district: tuple[tuple[UUID | None, int | None], ...]
    by_reason: tuple[Reason, ...]


async def build(connection: AsyncConnection[Any], as_of: date, *, whole: bool = False) -> int:
    """Count the kept tables as of the end of a day, the changed months only unless `whole`; gives how many months."""
    return int((await _rows(connection, QUERIES.build, as_of=as_of, whole=whole))[0]["months"])


async def count_when_due(dsn: str, today: date) -> bool:
    """Count as of the end of last month, where that is not done yet; tells whether it counted. `dsn`: the worker's."""
    async with await AsyncConnection.connect(dsn) as connection:
        await enter_as_system(connection)
        done, due = await counted_as_of(connection), last_month_end(today)
        if done and done >= due:
            return False
        await build(connection, due)
    return True


async def counted_as_of(connection: AsyncConnection[Any]) -> date | None:
    """As of which day the kept tables were counted; None: never."""
    return (await _rows(connection, QUERIES.as_of))[0]["as_of"]  # type: ignore[no-any-return]


async def of_insurer(connection: AsyncConnection[Any], insurer_id: UUID, as_of: date) -> InsurerReport:
    """An insurer's report from the kept tables."""
    return await _insurer(
        connection, insurer_id, as_of, (QUERIES.by_insurer, QUERIES.weeks, QUERIES.reasons_by_insurer)
    )


async def of_districts(
    connection: AsyncConnection[Any], municipality_code: str, districts: Sequence[UUID], as_of: date
) -> DistrictReport:
    """A municipality's report by district, of all insurers together, from the kept tables."""
    return await _districts(connection, QUERIES.by_district, municipality_code, districts, as_of)


async def reasons_in(connection: AsyncConnection[Any], municipality_code: str, as_of: date) -> tuple[Reason, ...]:
    """Why people of a municipality did not attend, suppressed."""
    asked = {"municipality_code": municipality_code, "first": months_until(as_of)[0]}
    rows = await _rows(connection, QUERIES.reasons_by_municipality, **asked)
    return reasons_of({row["reason"]: row["referrals"] for row in rows})


async def unmet_in(connection: AsyncConnection[Any], municipality_code: str, as_of: date) -> Unmet:
    """What was needed and not there, suppressed."""
    rows = await _rows(connection, QUERIES.unmet, municipality_code=municipality_code, first=months_until(as_of)[0])
    places = sorted({row["district_id"] for row in rows}, key=lambda one: (one is None, str(one)))
    reasons = sorted({row["reason"] for row in rows})
    by_place = [sum(row["needs"] for row in rows if row["district_id"] == place) for place in places]
    by_reason = [sum(row["needs"] for row in rows if row["reason"] == reason) for reason in reasons]
    seen = suppress(sum(by_place), by_place, by_reason)
    told = [Reason(code, count) for code, count in zip(reasons, seen.tables[1], strict=True)]
    return Unmet(
        seen.total,
        tuple(zip(places, seen.tables[0], strict=True)),
        tuple(sorted(told, key=lambda one: (-(one.referrals or 0), one.reason))),
    )


async def municipalities(connection: AsyncConnection[Any]) -> list[str]:
    """Codes of the municipalities in which anything is counted."""
    return [row["municipality_code"] for row in await _rows(connection, QUERIES.municipalities)]


async def insurer_of_code(connection: AsyncConnection[Any], code: str) -> Insurer | None:
    """The insurer with this number, if there is one."""
    async with connection.cursor(row_factory=class_row(Insurer)) as cursor:
        await cursor.execute(QUERIES.insurer_of_code, {"code": code})
        return await cursor.fetchone()


async def regenerated(
    connection: AsyncConnection[Any], insurer: Insurer, districts: Sequence[UUID], as_of: date
) -> tuple[InsurerReport, DistrictReport]:
    """Both reports counted anew from what was recorded until the end of a day; the kept tables are neither asked nor changed."""
    await connection.execute(QUERIES.learn_rhythms)
    await connection.execute(QUERIES.tally, {"as_of": as_of})
    queries = (QUERIES.tallied_by_insurer, QUERIES.tallied_weeks, QUERIES.tallied_reasons)
    own = await _insurer(connection, insurer.organisation_id, as_of, queries)
    return own, await _districts(connection, QUERIES.tallied_by_district, insurer.municipality_code, districts, as_of)


async def _insurer(
    connection: AsyncConnection[Any], insurer_id: UUID, as_of: date, queries: tuple[str, str, str]
) -> InsurerReport:
    asked = {"insurer_id": insurer_id, "first": months_until(as_of)[0]}
    kept = [Kept(**row) for row in await _rows(connection, queries[0], **asked)]
    weeks = {row["week"]: (row["events"], row["censored"]) for row in await _rows(connection, queries[1], **asked)}
    reasons = {row["reason"]: row["referrals"] for row in await _rows(connection, queries[2], **asked)}
    return insurer_report(as_of, kept, weeks, reasons)


async def _districts(
    connection: AsyncConnection[Any], query: str, municipality_code: str, districts: Sequence[UUID], as_of: date
) -> DistrictReport:
    asked = {"municipality_code": municipality_code, "first": months_until(as_of)[0], "stages": list(BY_DISTRICT)}
    kept = [Kept(**row) for row in await _rows(connection, query, **asked)]
    return district_report(as_of, kept, districts)


async def _rows(connection: AsyncConnection[Any], query: str, **values: Any) -> list[dict[str, Any]]:
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query, values)
        return await cursor.fetchall()
