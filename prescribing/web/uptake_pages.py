"""`/insurer` and `/municipality`: what became of referrals, in counts that are suppressed and rounded. Never a row of a person."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse
from psycopg import AsyncConnection

from placefinder import clock
from placefinder.store import atlas
from placefinder.store.named import municipality_names
from placefinder.store.sources import CurrentEdition, current_editions
from placefinder.store.verification import stale_first
from placefinder.web.callers import Caller, callers
from prescribing.journey import REASONS
from prescribing.store import uptake
from prescribing.store.entering import note
from prescribing.uptake.definitions import STAGES
from prescribing.uptake.report import AGE_BANDS, BY_DISTRICT, IN_TIME, DistrictReport, InsurerReport
from prescribing.web.files import render
from prescribing.web.uptake_charts import SHARES, curve_drawing, series_drawing
from prescribing.web.uptake_files import FILES, Told, answer
from prescribing.web.uptake_map import uptake_map
from prescribing.web.visits import Visit, visit

router = APIRouter(include_in_schema=False)

STALE_SHOWN = 10
STAGE_OF = {stage.stage: stage for stage in STAGES}


@dataclass(frozen=True, slots=True)
class Districts:
    """A municipality's districts by name, and what became of referrals in them."""

    code: str
    name: str
    coverage: list[atlas.Coverage]
    report: DistrictReport
    editions: list[CurrentEdition]

    @property
    def names(self) -> dict[UUID, str]:
        return {one.district_id: one.name for one in self.coverage}


@router.get("/insurer")
@callers(Caller.INSURER)
async def insurer(request: Request) -> HTMLResponse:
    """An insurer's own figures, and the districts of all insurers together."""
    async with visit(request, "insurer") as v:
        as_of = await uptake.counted_as_of(v.connection)
        if not as_of:
            return render(request, "insurer.html", visitor=v.visitor, report=None)
        report = await uptake.of_insurer(v.connection, v.visitor.organisation_id, as_of)
        codes = await uptake.municipalities(v.connection)
        districts = await districts_of(v.connection, _chosen(request, codes, v.visitor.municipality_code), as_of)
        named = await municipality_names(v.connection, codes)
        await _noted(v, "read", "/insurer")
    return render(
        request, "insurer.html", visitor=v.visitor, report=report, districts=districts, editions=districts.editions,
        municipalities=[(code, named.get(code, code)) for code in codes], curve=curve_drawing(report.curve),
        **_words(report),
    )  # fmt: skip


@router.get("/insurer/districts.html")
@callers(Caller.INSURER)
async def insurer_map(request: Request) -> Response:
    """Uptake by district of all insurers together, as one file to keep and to mail."""
    async with visit(request, "insurer") as v:
        as_of = await _as_of(v.connection)
        codes = await uptake.municipalities(v.connection)
        districts = await districts_of(v.connection, _chosen(request, codes, v.visitor.municipality_code), as_of)
        await _noted(v, "export", "/insurer/districts.html")
    return await _map(districts)


@router.get("/insurer/uptake.{ending}")
@callers(Caller.INSURER)
async def insurer_file(request: Request, ending: str) -> Response:
    """An insurer's own figures as a file: csv, xlsx or json."""
    if ending not in FILES:
        raise HTTPException(404)
    async with visit(request, "insurer") as v:
        as_of = await _as_of(v.connection)
        report = await uptake.of_insurer(v.connection, v.visitor.organisation_id, as_of)
        districts = await districts_of(v.connection, v.visitor.municipality_code, as_of)
        await _noted(v, "export", f"/insurer/uptake.{ending}")
    told = Told(v.visitor.organisation_name, as_of, report, districts.report, districts.names)
    return await run_in_threadpool(answer, told, ending)


@router.get("/municipality")
@callers(Caller.MUNICIPALITY)
async def municipality(request: Request) -> HTMLResponse:
    """A municipality's own figures: districts, age bands, reasons, what is not there, and listings that grow old."""
    async with visit(request, "municipality") as v:
        code = v.visitor.municipality_code
        stale = await stale_first(v.connection, clock.today(), STALE_SHOWN, code)
        as_of = await uptake.counted_as_of(v.connection)
        if not as_of:
            return render(request, "municipality.html", visitor=v.visitor, districts=None, stale=stale)
        districts = await districts_of(v.connection, code, as_of)
        reasons = await uptake.reasons_in(v.connection, code, as_of)
        unmet = await uptake.unmet_in(v.connection, code, as_of)
        await _noted(v, "read", "/municipality")
    return render(
        request, "municipality.html", visitor=v.visitor, districts=districts, reasons=reasons, unmet=unmet, stale=stale,
        editions=districts.editions, **_words(None),
    )  # fmt: skip


@router.get("/municipality/districts.html")
@callers(Caller.MUNICIPALITY)
async def municipality_map(request: Request) -> Response:
    """The municipality's districts as one file to keep and to mail."""
    async with visit(request, "municipality") as v:
        districts = await districts_of(v.connection, v.visitor.municipality_code, await _as_of(v.connection))
        await _noted(v, "export", "/municipality/districts.html")
    return await _map(districts)


@router.get("/municipality/uptake.{ending}")
@callers(Caller.MUNICIPALITY)
async def municipality_file(request: Request, ending: str) -> Response:
    """The municipality's figures as a file: csv, xlsx or json."""
    if ending not in FILES:
        raise HTTPException(404)
    async with visit(request, "municipality") as v:
        as_of = await _as_of(v.connection)
        districts = await districts_of(v.connection, v.visitor.municipality_code, as_of)
        await _noted(v, "export", f"/municipality/uptake.{ending}")
    told = Told(v.visitor.organisation_name, as_of, None, districts.report, districts.names)
    return await run_in_threadpool(answer, told, ending)


async def districts_of(connection: AsyncConnection[Any], code: str, as_of: date) -> Districts:
    """A municipality's districts with their figures from the kept tables."""
    found = await atlas.coverage(connection, code)
    report = await uptake.of_districts(connection, code, [one.district_id for one in found], as_of)
    names = await municipality_names(connection, [code])
    editions = await current_editions(connection, {one.edition_id for one in found})
    return Districts(code, names.get(code, code), found, report, list(editions))


async def _as_of(connection: AsyncConnection[Any]) -> date:
    if as_of := await uptake.counted_as_of(connection):
        return as_of
    raise HTTPException(404)


async def _noted(v: Visit, action: str, page: str) -> None:
    await note(v.connection, action, page, subject_id=v.visitor.organisation_id)


async def _map(districts: Districts) -> Response:
    body = await run_in_threadpool(uptake_map, districts.name, districts.coverage, districts.report, districts.editions)
    kept = {"Content-Disposition": f'attachment; filename="uptake-{districts.code}.html"', "Cache-Control": "no-store"}
    return HTMLResponse(body, headers=kept)


def _chosen(request: Request, codes: list[str], own: str) -> str:
    wish = request.query_params.get("municipality", "")
    return wish if wish in codes else own


def _words(report: InsurerReport | None) -> dict[str, Any]:
    words: dict[str, Any] = {"stages": STAGES, "stage_of": STAGE_OF, "age_names": AGE_BANDS, "by_district": BY_DISTRICT,
                             "in_time": IN_TIME, "reason_of": REASONS, "up_shares": SHARES}  # fmt: skip
    if report:
        words["month_names"] = labels = [month.strftime("%Y-%m") for month in report.months]
        words["series"] = {stage: series_drawing(labels, report.by_month[stage]) for stage in IN_TIME}
    return words
