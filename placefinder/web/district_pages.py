"""`/districts/{id}`: one school district: all places, the week, what is not there yet, how its boundary is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import APIRouter, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse
from psycopg import AsyncConnection

from placefinder import clock
from placefinder.search import MAX_LIMIT, Result, SearchRequest
from placefinder.store import atlas, feeds
from placefinder.store.atlas import Area
from placefinder.store.listings import search
from placefinder.store.sources import current_editions
from placefinder.store.vocabulary import Kind, Vocabulary, vocabulary
from placefinder.web.asking import PAGE_SIZE
from placefinder.web.callers import Caller, callers
from placefinder.web.coverage import GENERAL_KINDS, report_on
from placefinder.web.dates import ON_A_CALENDAR, dated, dates_of
from placefinder.web.folium_report import folium_report
from placefinder.web.maps import map_data
from placefinder.web.rendering import language_of, render
from placefinder.web.wording import Words

router = APIRouter(include_in_schema=False)

RUNNING = ("running", "needs_checking", "not_taking_new", "unknown")


@dataclass(frozen=True, slots=True)
class Gap:
    """A kind of place the district has not, and the first neighbour that has it."""

    kind: Kind
    near: Area | None


@router.get("/districts/report.html")
@callers(Caller.ANYONE)
async def report(request: Request) -> HTMLResponse:
    """Places and gaps of a municipality by district, as one file to keep and to mail."""
    code = request.query_params.get("municipality", "")
    async with request.app.state.pool.connection() as connection:
        told = await report_on(connection, code, clock.today())
    if not told:
        raise HTTPException(404)
    body = await run_in_threadpool(folium_report, told)
    return HTMLResponse(body, headers={"Content-Disposition": f'attachment; filename="districts-{code}.html"'})


@router.get("/districts/{district_id}")
@callers(Caller.ANYONE)
async def district(request: Request, district_id: UUID) -> HTMLResponse:
    """A district's page; also where nothing is listed yet."""
    now, words = clock.now(), Words(language_of(request))
    async with request.app.state.pool.connection() as connection:
        area = await atlas.area(connection, district_id)
        if not area:
            raise HTTPException(404)
        words_of = await vocabulary(connection)
        around = await atlas.surroundings(connection, area)
        items = await _all_of(connection, district_id)
        missing = await _missing(connection, items, around.neighbours, words_of)
        editions = await current_editions(connection, {area.edition_id} | {item.edition_id for item in items})
        dates = await dates_of(connection, items, words, now, ON_A_CALENDAR)
        terms = await feeds.district(connection, district_id)
    page = _page(request.query_params.get("page", ""), len(items))
    shown = items[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return render(
        request, "district.html",
        district=area, municipality=area.municipality_name, basis_said=words.basis(area.basis),
        items=shown, total=len(items), page=page, pages=-(-len(items) // PAGE_SIZE), first=(page - 1) * PAGE_SIZE + 1,
        calendar=f"/districts/{district_id}.ics" if items and terms and terms.passed_on else None,
        dates=dates, week=dates.week(items), undated=sum(not dated(item) for item in items if item.status in RUNNING),
        missing=missing, neighbours=around.neighbours, kinds=words_of.kinds, editions=editions,
        map=map_data(request.app.state.settings, words, around),
    )  # fmt: skip


async def _all_of(connection: AsyncConnection[Any], district_id: UUID) -> list[Result]:
    found: list[Result] = []
    more = True
    while more:
        asked = SearchRequest(district_id=district_id, limit=MAX_LIMIT, offset=len(found))
        answer = await search(connection, asked)
        found.extend(answer.results)
        more = answer.more and bool(answer.results)
    return found


async def _missing(
    connection: AsyncConnection[Any], items: Sequence[Result], around: Sequence[Area], words_of: Vocabulary
) -> list[Gap]:
    held = {item.kind for item in items if item.status in RUNNING}
    lacking = [k for k in words_of.kinds.values() if k.listed and k.kind not in held and k.kind not in GENERAL_KINDS]
    if not lacking:
        return []
    there = await atlas.kinds_of(connection, [area.district_id for area in around])
    return [
        Gap(kind, next((area for area in around if kind.kind in there.get(area.district_id, ())), None))
        for kind in lacking
    ]


def _page(asked: str, total: int) -> int:
    last = max(1, -(-total // PAGE_SIZE))
    return min(int(asked), last) if asked.isascii() and asked.isdigit() and int(asked[:6]) > 0 else 1
