"""`/data`: where everything shown comes from, under which terms, and what is known to be wrong with it."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from placefinder.store.sources import CurrentEdition, Source, current_editions, sources
from placefinder.web.callers import Caller, callers
from placefinder.web.languages import mark
from placefinder.web.rendering import render

router = APIRouter(include_in_schema=False)

DATASETS = {
    "addresses": mark("住所"),
    "municipalities": mark("市区町村"),
    "schools": mark("小学校"),
    "districts": mark("学区"),
    "town_districts": mark("町と学区の表"),
    "populations": mark("人口"),
    "places": mark("居場所"),
    "rooms": mark("公共の施設"),
    "contact_lines": mark("相談できる電話"),
}
REDISTRIBUTION = {
    "open": mark("はい"),
    "conditional": mark("条件があります"),
    "no": mark("いいえ"),
    "unknown": mark("未確認"),
}


@router.get("/data")
@callers(Caller.ANYONE)
async def data(request: Request) -> HTMLResponse:
    """Sources, current editions, licences, import counts and known defects."""
    async with request.app.state.pool.connection() as connection:
        known = await sources(connection)
        editions = await current_editions(connection)
    settings = request.app.state.settings
    return render(
        request, "data.html",
        sources=[_with_editions(source, editions) for source in known],
        datasets=DATASETS, redistribution=REDISTRIBUTION, editions=editions,
        tiles=settings.tile_attribution if settings.tiles != "none" else "",
    )  # fmt: skip


def _with_editions(source: Source, editions: list[CurrentEdition]) -> dict[str, Any]:
    own = [edition for edition in editions if edition.source_id == source.source_id]
    home = source.home_url if (source.home_url or "").startswith(("https://", "http://")) else None
    defects = [_said(defect) for edition in own for defect in edition.known_defects]
    return {**asdict(source), "home_url": home, "editions": own, "defects": defects}


def _said(defect: Any) -> str:
    """A known defect is a sentence, or an object whose `message` is one."""
    return str(defect.get("message", defect)) if isinstance(defect, dict) else str(defect)
