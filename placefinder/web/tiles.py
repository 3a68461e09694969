"""`/tiles/places`: vector tiles of the places and the TileJSON 3.0.0 that describes them."""

import orjson
from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from placefinder.store.tiles import GRID_TO_ZOOM, MAX_ZOOM, attributions, tile
from placefinder.web import parameters
from placefinder.web.callers import Caller, callers
from placefinder.web.conditional import conditional

router = APIRouter(prefix="/tiles", tags=["tiles"])

_MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
_MAX_AGE_S = 300
_BOUNDS = [122.0, 20.0, 154.0, 46.0]
_LAYERS = [
    {
        "id": "place_counts",
        "description": "How many places lie in each cell of a 64 × 64 grid of the tile",
        "minzoom": 0,
        "maxzoom": GRID_TO_ZOOM,
        "fields": {"count": "Number"},
    },
    {
        "id": "places",
        "description": "Activities that are not known to be suspended or closed",
        "minzoom": GRID_TO_ZOOM + 1,
        "maxzoom": MAX_ZOOM,
        "fields": {"activity_id": "String", "place_id": "String", "kind": "String", "name": "String"},
    },
]


@router.get("/places.json")
@callers(Caller.ANYONE)
async def places_tilejson(request: Request) -> Response:
    """TileJSON 3.0.0 of the places."""
    parameters.query(request, ())
    async with request.app.state.pool.connection() as connection:
        named = await attributions(connection)
    document = {
        "tilejson": "3.0.0",
        "name": "places",
        "tiles": [str(request.base_url) + "tiles/places/{z}/{x}/{y}.mvt"],
        "minzoom": 0,
        "maxzoom": MAX_ZOOM,
        "bounds": _BOUNDS,
        "attribution": " / ".join(_escaped(one) for one in named),
        "vector_layers": _LAYERS,
    }
    return Response(
        orjson.dumps(document),
        media_type="application/json",
        headers={"Cache-Control": f"public, max-age={_MAX_AGE_S}"},
    )


def _escaped(text: str) -> str:
    """TileJSON's attribution is HTML, a source's is not."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@router.get(
    "/places/{z}/{x}/{y}.mvt",
    response_class=Response,
    responses={
        200: {"description": "A Mapbox Vector Tile 2.1", "content": {_MEDIA_TYPE: {}}},
        204: {"description": "Nothing is there"},
        304: {"description": "Not changed since the ETag of If-None-Match"},
        404: {"description": "There is no such tile"},
    },
)
@callers(Caller.ANYONE)
async def places_tile(request: Request, z: int, x: int, y: int) -> Response:
    """One tile: the layer `place_counts` up to zoom 13, `places` from 14."""
    parameters.query(request, ())
    if not (0 <= z <= MAX_ZOOM and 0 <= x < 2**z and 0 <= y < 2**z):
        raise HTTPException(404)
    async with request.app.state.pool.connection() as connection:
        content = await tile(connection, z, x, y)
    return conditional(request, content, _MEDIA_TYPE, _MAX_AGE_S)
