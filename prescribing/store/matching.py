"""Matching, with what the database knows: candidates round a home, what their hosts said, and how often they were shown.

No row of a patient is read here: the caller has the person, and notes its own reading.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from secrets import token_hex
from typing import Any
from uuid import UUID

import orjson
from psycopg import AsyncConnection
from psycopg.rows import kwargs_row, scalar_row

from geo.points import LonLat
from geo.store.queries import Queries
from placefinder.search import Result
from placefinder.store.listings import STALE_MONTHS, in_plane
from prescribing.errors import NotFound
from prescribing.matching import Candidate, Person, Suggestion, WhyNot, farthest_m, suggest
from prescribing.matching import why_not as why_not_among
from prescribing.matching.person import SMALL_CHILD_AGES, Span

QUERIES = Queries("prescribing.store", "matching.sql")

MOST_CANDIDATES = 200
"""The nearest so many that pass what the index can tell are looked at: enough for three, and quick."""
EXPOSURE_DAYS = 28
_RANGE = re.compile(r"\[(\d+),(\d+)\)")


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What is suggested, each with its listing; how many passed the limits, and for how many which limit failed.

    `seed` repeats it. `capped`: there were more within reach than are looked at, and the nearest were.
    `home`: "point", "district" (distances are from its middle) or "none" (no distances).
    """

    shown: tuple[Suggestion, ...]
    items: Mapping[UUID, Result]
    passed: int
    refused: Mapping[str, int]
    seed: str
    capped: bool
    home: str

    @property
    def more(self) -> bool:
        """Others passed too: ask again with `without`."""
        return self.passed > len(self.shown)

    def as_kept(self) -> list[dict[str, Any]]:
        """The rows of a round, as prescribing.store.suggested.keep_round keeps them."""
        return [one.as_kept() for one in self.shown]


async def suggestions(  # noqa: PLR0913 - the person, the day, and how
    connection: AsyncConnection[Any],
    person: Person,
    *,
    today: date,
    how_many: int = 3,
    seed: str | None = None,
    without: Collection[UUID] = (),
) -> Suggestions:
    """At most three places for the person, of different kinds, with reasons and what to ask first.

    `seed`: makes the draw among near-equals repeatable, one for each referral and round; None: a new one, told in the answer.
    `without`: activities shown before. The transaction must have entered as a referrer or a link worker.
    """
    home, basis = await _home(connection, person)
    found = await _within_reach(connection, person, home, without)
    candidates = await _candidates(connection, person, home, found, today)
    seed = seed or token_hex(8)
    chosen = suggest(person, candidates, today=today, how_many=how_many, seed=seed, without=without)
    items = await _items(connection, [one.activity_id for one in chosen.shown])
    capped = len(found) == MOST_CANDIDATES
    return Suggestions(chosen.shown, items, chosen.passed, chosen.refused, seed, capped, basis)


async def why_not(connection: AsyncConnection[Any], person: Person, activity_id: UUID, *, today: date) -> WhyNot:
    """Why this activity was not suggested to the person: limits, or its rank and parts. Raises NotFound for an unlisted one."""
    home, _ = await _home(connection, person)
    found = await _within_reach(connection, person, home, ())
    candidates = await _candidates(connection, person, home, [*found, activity_id], today)
    one = next((one for one in candidates if one.activity_id == activity_id), None)
    if one is None:
        raise NotFound
    return why_not_among(person, one, [c for c in candidates if c.activity_id in set(found)], today=today)


async def _home(connection: AsyncConnection[Any], person: Person) -> tuple[LonLat | None, str]:
    """Where they start: the rounded home, else the middle of their school district."""
    if person.point:
        return person.point, "point"
    cursor = await connection.execute(QUERIES.district_point, {"district_id": person.district_id})
    row = await cursor.fetchone()
    return (LonLat(row[0], row[1]), "district") if row else (None, "none")


async def _within_reach(
    connection: AsyncConnection[Any], person: Person, home: LonLat | None, without: Collection[UUID]
) -> list[UUID]:
    values: dict[str, Any] = {"ages": _ages(person), "most": MOST_CANDIDATES}
    if home is None:
        query, values = QUERIES.of_district, values | {"district_id": person.district_id}
    else:
        free = "{(,)}" if person.free_minutes is None else _multirange(person.free_minutes)
        avoided = {"needs": sorted(person.needs), "without": [*person.avoid, *without]}
        query = QUERIES.within_reach
        values |= {
            **in_plane(home, farthest_m(person.mobility)),
            "free": free,
            "price_max": person.price_max,
            **avoided,
        }
    async with connection.cursor(row_factory=scalar_row) as cursor:
        return await (await cursor.execute(query, values)).fetchall()


async def _candidates(
    connection: AsyncConnection[Any], person: Person, home: LonLat | None, activity_ids: list[UUID], today: date
) -> list[Candidate]:
    values = {
        "activity_ids": activity_ids,
        "lon": home and home.lon,
        "lat": home and home.lat,
        "district_id": person.district_id,
        "avoid": list(person.avoid),
        "today": today,
        "stale_months": STALE_MONTHS,
        "since": datetime.combine(today, time(), UTC) - timedelta(days=EXPOSURE_DAYS),
    }
    async with connection.cursor(row_factory=kwargs_row(_candidate)) as cursor:
        return await (await cursor.execute(QUERIES.candidates, values)).fetchall()


async def _items(connection: AsyncConnection[Any], activity_ids: list[UUID]) -> dict[UUID, Result]:
    rows = await (await connection.execute(QUERIES.cards, {"activity_ids": activity_ids})).fetchall()
    empty: dict[str, Any] = {"reasons": [], "unknowns": []}
    return {activity_id: Result.from_json(orjson.loads(card) | empty) for activity_id, card in rows}


def _candidate(open_minutes: str, maybe_minutes: str, **columns: Any) -> Candidate:
    for name in ("audiences", "interests", "needs", "needs_unmet"):
        columns[name] = frozenset(columns[name])
    columns["weekdays"] = tuple(columns["weekdays"])
    return Candidate(open_minutes=_spans(open_minutes), maybe_minutes=_spans(maybe_minutes), **columns)


def _spans(multirange: str) -> tuple[Span, ...]:
    return tuple((int(first), int(last)) for first, last in _RANGE.findall(multirange))


def _multirange(spans: tuple[Span, ...]) -> str:
    return "{" + ",".join(f"[{first},{last})" for first, last in spans if first < last) + "}"


def _ages(person: Person) -> str:
    """Who comes, as ages the index knows; all of them where nothing is said."""
    if person.ages is None:
        return "{(,)}"
    spans = [person.ages, *([SMALL_CHILD_AGES] if person.with_small_child else [])]
    return "{" + ",".join(f"[{first},{last}]" for first, last in spans) + "}"
