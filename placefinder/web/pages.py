"""The residents' face: its router, its first page, its static files and headers."""

from fastapi import APIRouter, FastAPI, HTTPException, Request, Response
from fastapi.responses import HTMLResponse

from placefinder.settings import Settings
from placefinder.store.atlas import extent, outlines
from placefinder.store.sources import current_editions
from placefinder.store.vocabulary import vocabulary
from placefinder.web import data_pages, district_pages, finding, help_pages, place_pages
from placefinder.web.asking import Ask
from placefinder.web.basemap import fetch_tile
from placefinder.web.callers import Caller, callers
from placefinder.web.maps import overview_data
from placefinder.web.rendering import ASSETS, SecurityHeaders, language_of, render
from placefinder.web.wording import Words

router = APIRouter(include_in_schema=False)
MOST_OUTLINES = 60
BASEMAP_ZOOMS = range(2, 19)


@router.get("/")
@callers(Caller.ANYONE)
async def home(request: Request) -> HTMLResponse:
    """One box, the map of all, the areas."""
    async with request.app.state.pool.connection() as connection:
        words_of = await vocabulary(connection)
        areas = await finding.area_list(connection, request.query_params.get("municipality"))
        bounds = await extent(connection)
        shapes = await outlines(connection, MOST_OUTLINES)
        box = await finding.box(connection, Ask(), words_of)
        editions = await current_editions(connection)
    words = Words(language_of(request))
    overview = overview_data(request.app.state.settings, words, bounds, shapes) if bounds else None
    return render(request, "home.html", **box, areas=areas, map=overview, editions=editions)


@router.get("/static/{path:path}")
@callers(Caller.ANYONE)
async def static(request: Request, path: str) -> Response:
    """A file of the program's own, under the name that holds its hash."""
    return ASSETS.get(f"/static/{path}").answer(request)


@router.get("/favicon.ico")
@callers(Caller.ANYONE)
async def favicon(request: Request) -> Response:
    """The icon, for browsers that ask without being told."""
    return ASSETS.get(ASSETS.url("icon.svg")).answer(request)


@router.get("/basemap/{z}/{x}/{y}.png")
@callers(Caller.ANYONE)
async def basemap(request: Request, z: int, x: int, y: int) -> Response:
    """With `TILES=proxy`: a tile of the base map, so that no reader's address reaches the tile server."""
    settings: Settings = request.app.state.settings
    if settings.tiles != "proxy" or z not in BASEMAP_ZOOMS or not (0 <= x < 2**z and 0 <= y < 2**z):
        raise HTTPException(404)
    found = await fetch_tile(settings.tile_url.format(z=z, x=x, y=y))
    return Response(found.image, media_type=found.media_type, headers={"Cache-Control": found.cache_control})


for face in (finding, place_pages, district_pages, help_pages, data_pages):
    router.include_router(face.router)


def add_middleware(app: FastAPI) -> None:
    """The headers every answer carries."""
    app.add_middleware(SecurityHeaders, settings=app.state.settings)
