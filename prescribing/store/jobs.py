"""What is due by the clock, done: each job enters as the system, looks at its referral again and makes at most one step.

There is no mail server: a reminder becomes the next action of the case, with a day, and stands on the link worker's desk.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row

from geo.store.queries import Queries
from prescribing.errors import ConsentMissing, MoveRefused, NotFound, VersionStale
from prescribing.jobs import TASKS, Standing, Step, Task, step_due
from prescribing.store.entering import enter_as_system
from prescribing.store.referrals import Changes, move
from prescribing.uptake.definitions import Course, sustained

QUERIES = Queries("prescribing.store", "jobs.sql")
_PAST = (MoveRefused, NotFound, VersionStale, ConsentMissing)


@dataclass(frozen=True, slots=True)
class _Row:
    version: int
    state: str
    since: date
    state_since: datetime
    held_until: date | None
    next_action: str | None
    activity_id: UUID | None
    days: Sequence[date]
    attended_on: date | None
    here: Sequence[str]
    follow_ups: Sequence[str]

    def standing(self) -> Standing:
        course = Course(offered_on=self.since, days=tuple(self.days))
        return Standing(
            self.state, self.since, self.held_until, self.next_action,
            self.days[0] if self.days else self.attended_on, frozenset([*self.here, *self.follow_ups]),
            sustained(course, 90), sustained(course, 180),
        )  # fmt: skip


async def do(dsn: str, task: str, referral_id: UUID, since: datetime | None, today: date) -> str | None:
    """Do one task and give the move it made; None where nothing was due (any more). Doing it twice changes nothing.

    `since`: when the state was reached that the task is about; another state since then, and it is past. None: whichever.
    """
    async with await AsyncConnection.connect(dsn) as connection:
        await enter_as_system(connection)
        return await _do(connection, task, referral_id, since, today)


async def _do(
    connection: AsyncConnection[Any], task: str, referral_id: UUID, since: datetime | None, today: date
) -> str | None:
    async with connection.cursor(row_factory=class_row(_Row)) as cursor:
        found = await (await cursor.execute(QUERIES.standing, {"referral_id": referral_id})).fetchone()
    if found is None or (since is not None and found.state_since != since and not task.startswith("follow_up")):
        return None
    step = step_due(cast(Task, task), found.standing(), today)
    if step is None:
        return None
    try:
        await _make(connection, referral_id, found, step, today)
    except _PAST:  # somebody was quicker: what was due is past
        return None
    return step.move


async def _make(connection: AsyncConnection[Any], referral_id: UUID, found: _Row, step: Step, today: date) -> None:
    due_on = today + step.due_in if step.due_in else None
    changes = Changes(next_action=step.next_action, due_on=due_on)
    await move(connection, None, referral_id, found.version, step.move, changes=changes)
    if step.next_action:
        values = {"referral_id": referral_id, "state_since": found.state_since, "reminder": step.next_action}
        await connection.execute(QUERIES.keep_reminder, values)


async def end_what_has_no_basis(dsn: str) -> int:
    """Withdraw, as the system, the referrals whose consent has expired, and give their number. Nobody sees them any more anyway."""
    ended = 0
    async with await AsyncConnection.connect(dsn) as connection:
        await enter_as_system(connection)
        for referral_id, version in await (await connection.execute(QUERIES.without_basis)).fetchall():
            try:
                await move(connection, None, referral_id, version, "withdraw")
                ended += 1
            except _PAST:
                continue
    return ended


async def catch_up(dsn: str, today: date) -> int:
    """Do whatever is due today, also what no job was kept for (a dump restored, a list loaded); gives the number of steps."""
    async with await AsyncConnection.connect(dsn) as connection:
        await enter_as_system(connection)
        due = await (await connection.execute(QUERIES.overdue, {"today": today})).fetchall()
    done = await end_what_has_no_basis(dsn)
    for referral_id, _state in due:
        for task in reversed(TASKS):
            done += await do(dsn, task, referral_id, None, today) is not None
    return done
