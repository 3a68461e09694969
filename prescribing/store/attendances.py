"""Attendances (参加の記録): appended and never changed; what follows for the journey happens in the same transaction."""

from datetime import date
from typing import Any, Protocol
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row

from geo.store.queries import Queries
from prescribing.attendance import Telling, check_day, days_attended, step_after
from prescribing.errors import MoveRefused
from prescribing.store.entering import LinkHolder, Visitor
from prescribing.store.referrals import move

QUERIES = Queries("prescribing.store", "attendances.sql")


class Standing(Protocol):
    """Where a referral stands, as the teller sees it."""

    @property
    def referral_id(self) -> UUID: ...
    @property
    def organisation_id(self) -> UUID: ...
    @property
    def state(self) -> str: ...
    @property
    def activity_id(self) -> UUID | None: ...
    @property
    def booked_for(self) -> date | None: ...


async def tellings_of(connection: AsyncConnection[Any], referral_id: UUID) -> list[Telling]:
    """What each teller says last about each day, in order of days. The caller notes the reading."""
    async with connection.cursor(row_factory=class_row(Telling)) as cursor:
        await cursor.execute(QUERIES.tellings, {"referral_id": referral_id})
        return await cursor.fetchall()


async def record(  # noqa: PLR0913 - who tells what of which referral, when
    connection: AsyncConnection[Any],
    who: Visitor | LinkHolder,
    referral: Standing,
    telling: Telling,
    *,
    today: date,
    version: int | None,
) -> str | None:
    """Write a telling down, make the step that follows from it (the first attendance, going on, not coming) and give its name.

    Raises InputRefused for an impossible day, MoveRefused where no place was found yet, VersionStale as `move` does.
    """
    check_day(telling.held_on, today)
    if referral.activity_id is None:
        raise MoveRefused(referral.state, "attend", "no place is known")
    before = await tellings_of(connection, referral.referral_id)
    kept = [one for one in before if (one.held_on, one.told_by) != (telling.held_on, telling.told_by)]
    step = step_after(referral.state, referral.booked_for, telling, days_attended([*kept, telling]))
    await connection.execute(QUERIES.add_attendance, _values(who, referral, telling))
    if step is not None:
        await move(connection, who, referral.referral_id, version, step)
    return step


def _values(who: Visitor | LinkHolder, referral: Standing, telling: Telling) -> dict[str, Any]:
    return {
        "organisation_id": referral.organisation_id,
        "referral_id": referral.referral_id,
        "activity_id": referral.activity_id,
        "held_on": telling.held_on,
        "came": telling.came,
        "told_by": telling.told_by,
        "recorded_by": who.account_id if isinstance(who, Visitor) else None,
    }
