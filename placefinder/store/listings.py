"""Asks and keeps `finder.listing`: one flat row per activity of the current editions.

The answers are made as JSON by the database. `…_json` passes the text on, the others read it into results.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from functools import lru_cache
from hashlib import md5
from math import cos, log, pi, radians, tan
from typing import Any
from uuid import UUID

import orjson
import psycopg
from psycopg import AsyncClientCursor, AsyncConnection

from geo.points import LonLat
from geo.store.queries import Queries
from placefinder.freshness import DECAY
from placefinder.search import MAX_MARKERS, Box, Result, SearchAnswer, SearchRequest, widened

QUERIES = Queries("placefinder.store", "listings.sql")

_HALF_WIDTH_M = 20_037_508.342789244  # of EPSG:3857
_MARGIN_M = 0.01  # what is printed with six decimals is found again by a box of just that
_MAX_LAT = 85.05
STALE_MONTHS = 2 * DECAY["opening"].half_life_months  # as placefinder.freshness.stale_after
_NO_WAY = dict.fromkeys(("lon", "lat", "radius_m", "minutes_per_m"))


def refresh_listings(connection: psycopg.Connection[Any], edition_id: UUID | None = None) -> int:
    """List an edition that has become current anew (None: all), drop what is current no more; give the rows added.

    Runs inside the caller's transaction, together with `make_current`. The tile grid follows by itself.
    """
    connection.execute(QUERIES.remove_listings, {"edition_id": edition_id})
    return _add(connection, edition_id, None)


def relist(connection: psycopg.Connection[Any], activity_ids: Sequence[UUID]) -> None:
    """List some activities anew, as after a check of them. Runs inside the caller's transaction."""
    connection.execute(QUERIES.remove_some, {"activity_ids": list(activity_ids)})
    _add(connection, None, list(activity_ids))


def _add(connection: psycopg.Connection[Any], edition_id: UUID | None, activity_ids: list[UUID] | None) -> int:
    values = {"edition_id": edition_id, "activity_ids": activity_ids, "stale_months": STALE_MONTHS}
    return connection.execute(QUERIES.add_listings, values).rowcount


def list_where_missing(connection: psycopg.Connection[Any]) -> None:
    """List everything where nothing is: a migration that changes what a listing holds leaves none."""
    if not connection.execute(QUERIES.anything_listed).fetchone():
        refresh_listings(connection)


async def search(connection: AsyncConnection[Any], request: SearchRequest) -> SearchAnswer:
    """What fits, and nothing else."""
    return _answer(await search_json(connection, request))


async def search_or_widen(connection: AsyncConnection[Any], request: SearchRequest) -> SearchAnswer:
    """What fits; where nothing does, the first loosened request that finds something, and what was loosened."""
    answer = await search(connection, request)
    if answer.results or request.offset:
        return answer
    for steps, looser in widened(request):
        found = await search(connection, looser)
        if found.results:
            return SearchAnswer(found.results, found.total, found.more, steps)
    return answer


def _answer(text: str) -> SearchAnswer:
    values = orjson.loads(text)
    return SearchAnswer(tuple(Result.from_json(one) for one in values["results"]), values["total"], values["more"])


async def search_json(connection: AsyncConnection[Any], request: SearchRequest, box: Box | None = None) -> str:
    """The answer as `/api/v1` gives it: total, more, widened_by, results. A box is for requests without a point."""
    values = _filters(request) | {"limit": request.limit, "offset": request.offset}
    district_ids = await _districts(connection, request)
    if request.near and not (district_ids or request.municipality_code or request.name):
        return await _nearest(connection, request, values | _way(request, request.near))
    values |= {
        "district_id": request.district_id,
        "district_ids": district_ids,
        "municipality_code": request.municipality_code,
        "name": request.name,
    }
    if request.near:
        way = _way(request, request.near)
        edges = _edges(None) if district_ids else _edges_round(way)  # a district has few rows, a box may have many
        return await _listed(connection, request, values | way | edges)
    return await _listed(connection, request, values | _NO_WAY | _edges(box))


def _way(request: SearchRequest, near: LonLat) -> dict[str, float]:
    """The point of departure and how far to go, on the ellipsoid and in the plane of the index."""
    return {
        **in_plane(near, request.radius_m),
        "radius_m": request.radius_m,
        "minutes_per_m": request.minutes_per_m,
    }


def in_plane(near: LonLat, radius_m: float) -> dict[str, float]:
    """A point on the ellipsoid and in the plane of the index, and what holds all within the radius there."""
    x, y = _web_mercator(near.lon, near.lat)
    return {"lon": near.lon, "lat": near.lat, "x": x, "y": y, "reach": _reach_in_plane(near.lat, radius_m)}


async def _nearest(connection: AsyncConnection[Any], request: SearchRequest, values: dict[str, Any]) -> str:
    wanted = request.limit + request.offset + 1
    values |= {"kind_keys": _kind_keys(request.kinds), "candidates": wanted + 16 + wanted // 50}
    answer = await _text(connection, QUERIES.nearest, values)
    return await _with_total(connection, request, answer, QUERIES.count_nearest, values)


async def _listed(connection: AsyncConnection[Any], request: SearchRequest, values: dict[str, Any]) -> str:
    answer = await _text_planned(connection, QUERIES.listed, values)
    return await _with_total(connection, request, answer, QUERIES.count_listed, values)


async def _with_total(
    connection: AsyncConnection[Any], request: SearchRequest, answer: str, query: str, values: dict[str, Any]
) -> str:
    if not request.counted:
        return answer
    total = await _text_planned(connection, query, values)
    return answer.replace('{"total":null', f'{{"total":{total}', 1)


async def geojson(connection: AsyncConnection[Any], request: SearchRequest, box: Box) -> str:
    """A FeatureCollection (RFC 7946) of the findable listings in a box, of sources that may be passed on."""
    values = _filters(request) | _edges(box) | {"limit": request.limit, "offset": request.offset}
    return await _text_planned(connection, QUERIES.geojson, values)


async def markers_json(connection: AsyncConnection[Any], request: SearchRequest, box: Box) -> str:
    """At most MAX_MARKERS markers for a map's view: places, or else districts, municipalities or prefectures."""
    values = _filters(request) | _edges(box) | {"markers": MAX_MARKERS}
    async with AsyncClientCursor(connection) as cursor:
        await cursor.execute(QUERIES.marker_areas, values)
        [(total, areas)] = await cursor.fetchall()
    return str(areas) if total > MAX_MARKERS else await _text_planned(connection, QUERIES.marker_places, values)


async def _districts(connection: AsyncConnection[Any], request: SearchRequest) -> list[UUID] | None:
    """The district asked for and, if wanted, those that border on it."""
    if request.district_id is None:
        return None
    found = [request.district_id]
    if request.include_neighbours:
        cursor = await connection.execute(QUERIES.neighbours, {"district_id": request.district_id})
        found += [district_id for (district_id,) in await cursor.fetchall()]
    return found


async def _text(connection: AsyncConnection[Any], query: str, values: dict[str, Any]) -> str:
    """The one column of the one row, by a statement the server keeps prepared.

    Values travel as text: by their types (small and large numbers, lists and None) they would make many statements.
    """
    cursor = await connection.execute(query, {name: _as_text(value) for name, value in values.items()})
    [(answer,)] = await cursor.fetchall()
    return str(answer)


async def _text_planned(connection: AsyncConnection[Any], query: str, values: dict[str, Any]) -> str:
    """The same, planned anew for these values: for queries whose best plan depends on which filters are given."""
    async with AsyncClientCursor(connection) as cursor:
        await cursor.execute(query, values)
        [(answer,)] = await cursor.fetchall()
    return str(answer)


def _as_text(value: Any) -> str | None:
    if isinstance(value, list):
        return "{" + ",".join(map(_quoted, value)) + "}"
    return None if value is None else str(value)


def _quoted(item: object) -> str:
    text = str(item).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _filters(request: SearchRequest) -> dict[str, Any]:
    """The filters that `finder.listing_fits` knows; None does not filter."""
    asked = request.minutes_asked
    return {
        "kinds": _list(request.kinds),
        "age": request.age,
        "interests": _list(request.interests),
        "needs": _list(request.needs),
        "weekday": request.weekday,
        "minutes": "{" + ",".join(f"[{first},{last})" for first, last in asked) + "}" if asked else None,
        "date_from": request.date_from and datetime.combine(request.date_from, request.not_over_by or time()),
        "date_to": request.date_to,
        "price_max": request.price_max,
    }


@lru_cache(maxsize=1_000)
def _kind_keys(kinds: tuple[str, ...]) -> str:
    """Kinds as the index knows them (`finder.kind_key`): a multirange, all numbers where no kind is asked for."""
    keys = (int(md5(kind.encode(), usedforsecurity=False).hexdigest()[:7], 16) for kind in kinds)
    return "{" + (",".join(f"[{key},{key}]" for key in keys) or "(,)") + "}"


def _list(terms: Iterable[str]) -> list[str] | None:
    return list(terms) or None


def _web_mercator(lon: float, lat: float) -> tuple[float, float]:
    """The point in EPSG:3857, as PROJ computes it."""
    lat = min(max(lat, -_MAX_LAT), _MAX_LAT)
    x = lon * _HALF_WIDTH_M / 180
    return x, log(tan(pi / 4 + radians(lat) / 2)) * _HALF_WIDTH_M / pi


def _reach_in_plane(lat: float, radius_m: float) -> float:
    """The radius in units of EPSG:3857: stretched by 1/cos at the edge nearer the pole, 0.5 % more for the ellipsoid."""
    edge = min(abs(lat) + radius_m / 111_000, 89)
    return radius_m / cos(radians(edge)) * 1.005


def _edges_round(way: Mapping[str, float]) -> dict[str, float]:
    """The box that holds all within reach of the point of departure."""
    x, y, reach = way["x"], way["y"], way["reach"]
    return {"west": x - reach, "south": y - reach, "east": x + reach, "north": y + reach}


def _edges(box: Box | None) -> dict[str, float | None]:
    if box is None:
        return dict.fromkeys(("west", "south", "east", "north"))
    west, south = _web_mercator(box.west, box.south)
    east, north = _web_mercator(box.east, box.north)
    return {"west": west - _MARGIN_M, "south": south - _MARGIN_M, "east": east + _MARGIN_M, "north": north + _MARGIN_M}
