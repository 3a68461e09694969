"""`/staff/verify`: what to find out about listings: what referrals ran into, what residents report, what is stale."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from placefinder import clock
from placefinder.freshness import FACT_KINDS, FactKind
from placefinder.store.vocabulary import vocabulary
from placefinder.verification import facts_named
from placefinder.web.asking import text
from placefinder.web.callers import Caller, callers
from placefinder.web.languages import mark
from placefinder.web.place_pages import ABOUTS
from placefinder.web.told_freshness import LABELS
from prescribing.errors import InputRefused
from prescribing.journey import REASONS
from prescribing.store.tasks import open_reports, open_tasks, settle, settle_report, stale
from prescribing.web.files import render
from prescribing.web.forms import day_of, uuid_of
from prescribing.web.visits import visit

router = APIRouter(include_in_schema=False)

MOST_STALE = 15
SAID = {
    "checked": mark("確認を記録しました。一覧には1分ほどで出ます。"),
    "settled": mark("知らせを「対応ずみ」にしました。"),
}


@router.get("/staff/verify")
@callers(Caller.LINK_WORKER)
async def verify(request: Request) -> HTMLResponse:
    """The three lists, of the office's municipality or of all."""
    return await _page(request)


@router.post("/staff/verify/check")
@callers(Caller.LINK_WORKER)
async def check(request: Request) -> Response:
    """Somebody found facts of an activity to be right on a day."""
    form = await request.form(max_files=0, max_fields=30)
    try:
        async with visit(request, "link_worker") as v:
            await settle(
                v.connection, uuid_of(form, "activity"), _facts(form), day_of(form, "checked_on"), today=clock.today(),
                account_id=v.visitor.account_id,
            )  # fmt: skip
    except InputRefused:
        return await _page(request, refused=text(form, "activity"))
    return _back(form, "checked")


@router.post("/staff/verify/reports/{correction_id}")
@callers(Caller.LINK_WORKER)
async def report(request: Request, correction_id: UUID) -> Response:
    """A resident's report is dealt with."""
    form = await request.form(max_files=0, max_fields=10)
    async with visit(request, "link_worker") as v:
        await settle_report(v.connection, correction_id)
    return _back(form, "settled")


def _facts(form: FormData) -> tuple[FactKind, ...]:
    chosen = [told for told in form.getlist("fact") if isinstance(told, str)]
    if "all" in chosen:
        return facts_named("all")
    return tuple(fact for fact in FACT_KINDS if fact in chosen)


def _back(form: FormData, said: str) -> RedirectResponse:
    where = "&where=all" if text(form, "where") == "all" else ""
    return RedirectResponse(f"/staff/verify?said={said}{where}", 303)


async def _page(request: Request, refused: str = "") -> HTMLResponse:
    everywhere = request.query_params.get("where") == "all"
    async with visit(request, "link_worker") as v:
        code = None if everywhere else v.visitor.municipality_code
        tasks = await open_tasks(v.connection, code)
        reports = await open_reports(v.connection, code)
        oldest = await stale(v.connection, code, clock.today(), MOST_STALE)
        words_of = await vocabulary(v.connection)
    asked = {one.activity_id for one in tasks}
    return render(
        request, "verify.html", 422 if refused else 200, visitor=v.visitor, tasks=tasks, reports=reports,
        stale=[one for one in oldest if one.activity_id not in asked], everywhere=everywhere, refused=refused,
        today=clock.today(), tokyo=clock.TOKYO, facts=LABELS, abouts=ABOUTS, reasons=REASONS, kinds=words_of.kinds,
        said=SAID.get(request.query_params.get("said", "")),
    )  # fmt: skip
