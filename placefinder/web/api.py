"""`/api/v1`: the catalogue as JSON. What is exact about a person's whereabouts travels in a body, never in a URL."""

from typing import Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from placefinder import clock
from placefinder.errors import SearchError
from placefinder.search import WORLD
from placefinder.store import districts, listings, sources
from placefinder.store.named import districts_named
from placefinder.store.places import place_json
from placefinder.store.vocabulary import vocabulary
from placefinder.web import parameters
from placefinder.web.api_document import ANSWERS, body_of, document, query_of
from placefinder.web.callers import Caller, callers
from placefinder.web.parameters import AREA, FILTERS, LISTED, NEAREST, PAGING, read_search

router = APIRouter(prefix="/api/v1", tags=["places"], responses=ANSWERS)

_POINT = ("lon", "lat")
_BOXED = (*FILTERS, "bbox")


def _json(text: str | bytes, media_type: str = "application/json") -> Response:
    return Response(text, media_type=media_type)


def _dumped(values: Any) -> Response:
    return _json(orjson.dumps(values))


@router.get("/places", openapi_extra=query_of(*LISTED, "bbox"))
@callers(Caller.ANYONE)
async def places(request: Request) -> Response:
    """Activities by district, municipality, name, box and filters; suspended and closed ones by district and name."""
    given = parameters.query(request, (*LISTED, "bbox"))
    box = parameters.take_box(given)
    asked = read_search(given, LISTED)
    async with request.app.state.pool.connection() as connection:
        return _json(await listings.search_json(connection, asked, box))


@router.post("/places/nearest", openapi_extra=body_of(*_POINT, *NEAREST, required=_POINT))
@callers(Caller.ANYONE)
async def nearest(request: Request) -> Response:
    """The nearest activities to a point, filtered, with reasons and unknowns. The point is not kept and not logged."""
    given = await parameters.body(request, (*_POINT, *NEAREST))
    point = parameters.take_point(given)
    asked = read_search(given, NEAREST, near=point)
    async with request.app.state.pool.connection() as connection:
        return _json(await listings.search_json(connection, asked))


@router.get("/places.geojson", openapi_extra=query_of(*_BOXED, *PAGING, required=("bbox",)))
@callers(Caller.ANYONE)
async def places_geojson(request: Request) -> Response:
    """Activities in a box as GeoJSON (RFC 7946), of sources whose terms let them be passed on."""
    given = parameters.query(request, (*_BOXED, *PAGING))
    box = parameters.take_box(given)
    if box is None:
        raise SearchError("bbox", "given")
    asked = read_search(given, {**FILTERS, **PAGING})
    async with request.app.state.pool.connection() as connection:
        return _json(await listings.geojson(connection, asked, box), "application/geo+json")


@router.get("/markers", openapi_extra=query_of(*_BOXED))
@callers(Caller.ANYONE)
async def markers(request: Request) -> Response:
    """At most 100 markers for a map's view: places, or else districts, municipalities or prefectures with counts."""
    given = parameters.query(request, _BOXED)
    box = parameters.take_box(given) or WORLD
    asked = read_search(given, FILTERS)
    async with request.app.state.pool.connection() as connection:
        return _json(await listings.markers_json(connection, asked, box))


@router.get("/places/{place_id}")
@callers(Caller.ANYONE)
async def place(request: Request, place_id: UUID) -> Response:
    """A place with its activities, facts, source and licence; `listed` is false where it is in no current list."""
    parameters.query(request, ())
    async with request.app.state.pool.connection() as connection:
        found = await place_json(connection, place_id, clock.today())
    if found is None:
        raise HTTPException(404)
    return _json(found)


@router.get("/districts", openapi_extra=query_of("name", required=("name",)))
@callers(Caller.ANYONE)
async def districts_by_name(request: Request) -> Response:
    """Primary-school districts whose school's name or kana holds this, at most 20."""
    asked = read_search(parameters.query(request, ("name",)), AREA)
    if asked.name is None:
        raise SearchError("name", "given")
    async with request.app.state.pool.connection() as connection:
        return _dumped({"districts": await districts_named(connection, asked.name)})


@router.post("/districts/at", openapi_extra=body_of(*_POINT, required=_POINT))
@callers(Caller.ANYONE)
async def districts_at(request: Request) -> Response:
    """The school districts of a point: one as a rule, several where they overlap, each with how it is known."""
    point = parameters.take_point(await parameters.body(request, _POINT))
    async with request.app.state.pool.connection() as connection:
        return _dumped({"districts": await districts.district_of(connection, point)})


@router.get("/districts/{district_id}")
@callers(Caller.ANYONE)
async def district(request: Request, district_id: UUID) -> Response:
    """A school district and those that border on it."""
    parameters.query(request, ())
    async with request.app.state.pool.connection() as connection:
        found = await districts.district(connection, district_id)
        around = await districts.neighbours(connection, district_id)
    if found is None:
        raise HTTPException(404)
    return _dumped({"district": found, "neighbours": around})


@router.get("/kinds")
@callers(Caller.ANYONE)
async def kinds(request: Request) -> Response:
    """The code lists: kinds of places, and the terms for interests, needs and topics, with their names."""
    parameters.query(request, ())
    async with request.app.state.pool.connection() as connection:
        known = await vocabulary(connection)
    return _dumped({"kinds": list(known.kinds.values()), "terms": known.terms})


@router.get("/sources")
@callers(Caller.ANYONE)
async def list_sources(request: Request) -> Response:
    """Where the data comes from: sources with licence and attribution, current editions with import counts."""
    parameters.query(request, ())
    async with request.app.state.pool.connection() as connection:
        found = {"sources": await sources.sources(connection), "editions": await sources.current_editions(connection)}
    return _dumped(found)


@router.get("/openapi.json", include_in_schema=False)
@callers(Caller.ANYONE)
async def openapi(request: Request) -> Response:
    """The OpenAPI document of all this."""
    return _dumped(document(request.app))
