"""Where somebody lives, from the words of the finder's box to what may be kept; and the places to keep away from, by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from fastapi import HTTPException
from psycopg import AsyncConnection

from geo.points import rounded
from placefinder.search import MAX_NAME_LENGTH, MAX_RADIUS_M, Result, SearchRequest
from placefinder.store import atlas
from placefinder.store.districts import district_of
from placefinder.store.listings import search
from placefinder.web.asking import Ask
from placefinder.web.finding import Choice, Start, start_of
from prescribing.web.facts import Facts, Where

MOST_OF_A_NAME = 100


@dataclass(frozen=True, slots=True)
class Home:
    """One thing the words may mean: what a form sends to choose it, and how it is called."""

    value: str
    name: str
    kana: str | None
    where: str | None


async def home_of(connection: AsyncConnection[Any], facts: Facts) -> Where | list[Home]:
    """The one place the words mean, or what they may mean; an empty list where nobody knows them."""
    ask = _asked(facts)
    try:
        start = await start_of(connection, ask)
    except HTTPException:  # a district that is in no current edition any more
        return []
    if not isinstance(start, Start):
        return [_home(one) for one in start]
    return await _where(connection, start)


def _asked(facts: Facts) -> Ask:
    """What was chosen, else what was typed; a choice holds good for the words it was made for."""
    kind, _, value = facts.where.partition(":")
    if kind == "district":
        try:
            return Ask(district=UUID(value))
        except ValueError:
            return Ask(q=facts.q)
    return Ask(q=value if kind == "town" else facts.q)


def _home(choice: Choice) -> Home:
    asked = parse_qs(urlsplit(choice.href).query)
    value = f"district:{asked['district'][0]}" if "district" in asked else f"town:{asked.get('q', [''])[0]}"
    return Home(value, choice.name, choice.kana, choice.where)


async def _where(connection: AsyncConnection[Any], start: Start) -> Where | list[Home]:
    """A district is kept as such, a town as its middle, rounded."""
    area = start.area
    if start.in_district and area:
        return Where(area.municipality_code, area.district_id, None, area.name, start.point)
    if not start.point:
        return []
    if area is None:
        found = await district_of(connection, start.point)
        area = await atlas.area(connection, found[0].district_id) if found[0].district_id else None
    code = area.municipality_code if area else await _municipality_at(connection, start)
    if code is None:
        return []
    return Where(code, area.district_id if area else None, rounded(start.point), start.name or "", start.point)


async def _municipality_at(connection: AsyncConnection[Any], start: Start) -> str | None:
    """Of the nearest place listed: where no district tells it."""
    near = await search(connection, SearchRequest(near=start.point, radius_m=20_000, limit=1))
    return near.results[0].municipality_code if near.results else None


async def avoided(
    connection: AsyncConnection[Any], names: Sequence[str], home: Where
) -> tuple[list[Result], list[str]]:
    """All places within 50 km whose name or organiser holds one of the names; and the names that nobody has."""
    found: dict[UUID, Result] = {}
    unknown = []
    for name in names:
        where: dict[str, Any] = {"near": home.around, "radius_m": MAX_RADIUS_M}
        if home.around is None:
            where = {"municipality_code": home.municipality_code}
        asked = SearchRequest(name=name[:MAX_NAME_LENGTH], limit=MOST_OF_A_NAME, **where)
        results = (await search(connection, asked)).results
        found.update({one.activity_id: one for one in results})
        unknown += [] if results else [name]
    return list(found.values()), unknown
