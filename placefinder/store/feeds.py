"""What a calendar to subscribe to is made of: activities with their schedules, changes and terms."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row

from geo.store.queries import Queries
from placefinder.opening.calendar import Change
from placefinder.opening.feeds import Listed
from placefinder.opening.rules import Certainty, Hours
from placefinder.opening.stored import schedule_from_json

QUERIES = Queries("placefinder.store", "feeds.sql")


@dataclass(frozen=True, slots=True)
class Activity:
    """A listed activity as the database has it; `passed_on`: its source's terms let it leave as a file."""

    activity_id: UUID
    place_id: UUID
    name: str
    place_name: str
    address: str | None
    lon: float | None
    lat: float | None
    status: str
    status_text: str | None
    schedule_text: str | None
    schedule: Mapping[str, Any]
    schedule_certainty: Certainty
    stale_after: date | None
    told_at: datetime
    changes: Sequence[Sequence[Any]]
    attribution: str
    condition: str | None
    passed_on: bool

    def listed(self, pages: str, today: date) -> Listed:
        """As a calendar tells it; `pages` is the address under which the pages of places lie."""
        stale = self.stale_after is not None and self.stale_after < today
        return Listed(
            self.activity_id, self.name, self.place_name, self.address, self.lon, self.lat, self.status, self.status_text,
            schedule_from_json(self.schedule, text=self.schedule_text, certainty=self.schedule_certainty),
            tuple(map(_change, self.changes)), self.told_at, f"{pages}{self.place_id}", self.attribution, self.condition,
            stale=stale, reasons=dict(_reasons(self.changes)),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class District:
    """A district's name and the terms of what says where it lies; `passed_on`: they let it be told what lies in it."""

    name: str
    passed_on: bool
    told: Sequence[Sequence[str | None]]

    @property
    def terms(self) -> tuple[tuple[str, str | None], ...]:
        """Attribution and condition of each source."""
        return tuple((attribution or "", condition) for attribution, condition in self.told)


async def of_place(connection: AsyncConnection[Any], place_id: UUID) -> Sequence[Activity]:
    """What is held at a place; none where no current list has it."""
    return await _activities(connection, place_id=place_id)


async def of_district(connection: AsyncConnection[Any], district_id: UUID) -> Sequence[Activity]:
    """What is held in a school district, suspended and closed ones too."""
    return await _activities(connection, district_id=district_id)


async def of_activities(connection: AsyncConnection[Any], activity_ids: Iterable[UUID]) -> Sequence[Activity]:
    """These activities, so far as they are listed."""
    return await _activities(connection, activity_ids=list(activity_ids))


async def district(connection: AsyncConnection[Any], district_id: UUID) -> District | None:
    """A district of a current edition."""
    async with connection.cursor(row_factory=class_row(District)) as cursor:
        return await (await cursor.execute(QUERIES.district, {"district_id": district_id})).fetchone()


async def _activities(connection: AsyncConnection[Any], **which: Any) -> Sequence[Activity]:
    asked = {"place_id": None, "district_id": None, "activity_ids": [], **which}
    async with connection.cursor(row_factory=class_row(Activity)) as cursor:
        return await (await cursor.execute(QUERIES.activities, asked)).fetchall()


def _change(kept: Sequence[Any]) -> Change:
    kind, day, opens, closes, to_day, to_opens, to_closes, _ = kept
    to = date.fromisoformat(to_day) if to_day else None
    return Change(kind, date.fromisoformat(day), _hours(opens, closes), to, _hours(to_opens, to_closes))


def _hours(opens: int | None, closes: int | None) -> Hours | None:
    return None if opens is None and closes is None else Hours(opens, closes)


def _reasons(changes: Sequence[Sequence[Any]]) -> Iterator[tuple[date, str]]:
    for _, day, _, _, to_day, _, _, reason in changes:
        if reason:
            yield from ((date.fromisoformat(one), reason) for one in (day, to_day) if one)
