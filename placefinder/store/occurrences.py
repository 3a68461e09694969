"""Makes and asks `finder.occurrence`: the dates of all that is listed, eight weeks ahead.

Dates are made in the caller's transaction: of everything once, of the new days after midnight, of an edition when it
becomes current, of one activity when a coordinator changes it. `today` is always handed in: the day it is in Japan.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

import psycopg
from psycopg import AsyncConnection

from geo.store.queries import Queries
from placefinder.errors import PlacefinderError
from placefinder.opening.calendar import Change, Occurrence, occurrences
from placefinder.opening.rules import Hours
from placefinder.opening.stored import schedule_from_json
from placefinder.store.listings import relist

QUERIES = Queries("placefinder.store", "occurrences.sql")

DAYS = 56
_NEVER = 1_000

Progress = Callable[[int, int], None]
_Connection = psycopg.Connection[Any]


def _quiet(_done: int, _of: int) -> None:
    """Nobody watches."""


class Coming(NamedTuple):
    """A session on a real day, and why it was changed, if it was."""

    occurrence: Occurrence
    reason: str | None


class ToldChange(NamedTuple):
    """What is different on one day, why (for everybody to read), and in which role somebody said so."""

    change: Change
    reason: str | None = None
    by_role: Literal["coordinator", "organiser"] = "coordinator"


def refresh_all(connection: _Connection, today: date, progress: Progress = _quiet) -> None:
    """Make all dates anew."""
    connection.execute(QUERIES.lock)
    connection.execute(QUERIES.forget_all)
    _make(connection, _Task(today, _last(today)), progress)
    _finish(connection, today)


def keep_up(connection: _Connection, today: date, progress: Progress = _quiet, *, wait: bool = True) -> bool:
    """Drop the days that are over and make the new ones; False where nothing was to do or, without `wait`, another does."""
    if wait:
        connection.execute(QUERIES.lock)
    elif connection.execute(QUERIES.try_lock).fetchone() != (True,):
        return False
    known = connection.execute(QUERIES.window).fetchone()
    if known and known[0] == today:
        return False
    if known is None or not known[0] < today <= known[1]:
        refresh_all(connection, today, progress)
        return True
    connection.execute(QUERIES.forget_before, {"first": today})
    _make(connection, _Task(known[1] + timedelta(1), _last(today)), progress)
    _finish(connection, today)
    _let_age(connection, known[0], today)
    return True


def _let_age(connection: _Connection, since: date, today: date) -> None:
    """List anew what has become stale since then, and what rested until today: those may be open again."""
    old = connection.execute(QUERIES.grown_old, {"today": today, "since": since}).fetchall()
    if old:
        relist(connection, [activity_id for activity_id, _ in old])
    for edition_id in {edition_id for _, edition_id in old if edition_id}:
        refresh_edition(connection, edition_id, today)


def checked(connection: _Connection, activity_id: UUID) -> None:
    """Somebody has checked an activity: list it anew, its dates sure again."""
    relist(connection, [activity_id])
    connection.execute(QUERIES.sure_again, {"activity_id": activity_id})


def refresh_edition(connection: _Connection, edition_id: UUID, today: date) -> None:
    """The dates of an edition that has just become current and been listed, instead of those it replaced."""
    keep_up(connection, today)
    connection.execute(QUERIES.forget_edition, {"edition_id": edition_id})
    _make(connection, _Task(today, _last(today), edition_id=edition_id), _quiet)
    connection.execute(QUERIES.analyze)


def add_change(connection: _Connection, activity_id: UUID, told: ToldChange, today: date) -> None:
    """Keep a change for ever and show it at once. Raises PlacefinderError where nothing listed has this id."""
    listed = connection.execute(QUERIES.listed_activity, {"activity_id": activity_id}).fetchone()
    if listed is None:
        raise PlacefinderError(f"{activity_id} is the id of no listed activity: /api/v1/places?name=… gives it.")
    keep_up(connection, today)
    change, reason, by_role = told
    hours, to_hours = change.hours or Hours(), change.to_hours or Hours()
    values = {
        "activity_id": activity_id, "municipality_code": listed[0], "kind": change.kind, "day": change.day,
        "opens": hours.opens, "closes": hours.closes, "to_day": change.to_day, "to_opens": to_hours.opens,
        "to_closes": to_hours.closes, "reason": reason, "by_role": by_role,
    }  # fmt: skip
    connection.execute(QUERIES.add_change, values)
    connection.execute(QUERIES.forget_activity, {"activity_id": activity_id})
    _make_changed(connection, _Task(today, _last(today), activity_id=activity_id))


async def upcoming(
    connection: AsyncConnection[Any],
    activity_ids: Iterable[UUID],
    moment: datetime,
    *,
    last: date | None = None,
    most: int = _NEVER,
) -> Mapping[UUID, Sequence[Coming]]:
    """Sessions in order that end after `moment` (Japan time), cancelled ones among them; at most `most` of each activity."""
    values = {"activity_ids": list(activity_ids), "moment": moment.replace(tzinfo=None), "last": last, "most": most}
    found: dict[UUID, list[Coming]] = defaultdict(list)
    for row in await (await connection.execute(QUERIES.upcoming, values)).fetchall():
        activity_id, day, opens, closes, doubt, change, other_day, reason = row
        found[activity_id].append(Coming(Occurrence(day, Hours(opens, closes), doubt, change, other_day), reason))
    return found


async def made_for(connection: AsyncConnection[Any], today: date) -> bool:
    """Are the dates from today on made, up to the last day or two?"""
    known = await (await connection.execute(QUERIES.window)).fetchone()
    return known is not None and bool(known[0] <= today and known[1] > _last(today) - timedelta(3))


@dataclass(frozen=True, slots=True)
class _Task:
    """Which days, and of what: an edition, an activity, or everything."""

    first: date
    last: date
    edition_id: UUID | None = None
    activity_id: UUID | None = None


def _last(today: date) -> date:
    return today + timedelta(DAYS - 1)


def _finish(connection: _Connection, today: date) -> None:
    connection.execute(QUERIES.keep_window, {"first": today, "last": _last(today)})
    connection.execute(QUERIES.analyze)


def _make(connection: _Connection, task: _Task, progress: Progress) -> None:
    """Every different schedule once, then set-based to its activities; those with changes one by one."""
    of = {"edition_id": task.edition_id}
    schedules = connection.execute(QUERIES.schedules, of).fetchall()
    connection.execute(QUERIES.drop_sessions)
    connection.execute(QUERIES.create_sessions)
    _copy(connection, QUERIES.copy_sessions, _sessions(schedules, task, progress))
    connection.execute(QUERIES.analyze_sessions)
    connection.execute(QUERIES.add_occurrences, of)
    _make_changed(connection, task)


def _sessions(schedules: Sequence[tuple[UUID, Any]], task: _Task, progress: Progress) -> Iterator[Sequence[Any]]:
    for done, (key, told) in enumerate(schedules, 1):
        schedule = schedule_from_json(told, text=None, certainty="exact")
        for one in occurrences(schedule, task.first, task.last):
            yield key, one.day, one.hours.opens, one.hours.closes, one.doubt
        progress(done, len(schedules))


def _make_changed(connection: _Connection, task: _Task) -> None:
    values = {"edition_id": task.edition_id, "activity_id": task.activity_id}
    rows = connection.execute(QUERIES.changed, values).fetchall()
    _copy(connection, QUERIES.copy_occurrences, (one for row in rows for one in _with_changes(row, task)))


def _with_changes(row: Sequence[Any], task: _Task) -> Iterator[Sequence[Any]]:
    activity_id, municipality, told, dated, stale_after, kept = row
    schedule = schedule_from_json(told, text=None, certainty="exact" if dated else "partial")
    changes = [(_change(one), one[-1]) for one in kept]
    for one in occurrences(schedule, task.first, task.last, [change for change, _ in changes]):
        stale = "stale" if stale_after and stale_after < one.day and not one.change else None
        yield (activity_id, municipality, one.day, one.hours.opens, one.hours.closes, one.doubt or stale, one.change,
               one.other_day, _reason(one, changes) if one.change else None)  # fmt: skip


def _change(kept: Sequence[str | None]) -> Change:
    kind, day, opens, closes, to_day, to_opens, to_closes, _ = kept
    to = date.fromisoformat(to_day) if to_day else None
    return Change(kind, date.fromisoformat(day or ""), _hours(opens, closes), to, _hours(to_opens, to_closes))  # type: ignore[arg-type]


def _hours(opens: str | None, closes: str | None) -> Hours | None:
    return Hours(opens and int(opens), closes and int(closes)) if opens or closes else None  # type: ignore[arg-type]


def _reason(one: Occurrence, changes: Iterable[tuple[Change, str | None]]) -> str | None:
    """The newest reason given for what became of this session."""
    told = [reason for change, reason in changes if one.day == (change.to_day if one.change == "moved" else change.day)]
    return told[-1] if told else None


def _copy(connection: _Connection, query: str, rows: Iterable[Sequence[Any]]) -> None:
    with connection.cursor().copy(query.rstrip(";")) as copy:
        for row in rows:
            copy.write_row(row)
