"""Other places for a case: a further round of suggestions, and why a place that somebody names is none of them."""

from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup

from placefinder import clock
from placefinder.store.vocabulary import vocabulary
from placefinder.web.callers import Caller, callers
from placefinder.web.rendering import language_of
from placefinder.web.wording import Words
from prescribing.errors import MoveRefused
from prescribing.journey import OVER
from prescribing.matching import REFUSALS, UNKNOWNS
from prescribing.store.cases import Listed, named
from prescribing.store.matching import suggestions, why_not
from prescribing.store.one_case import case_file
from prescribing.store.suggested import keep_round, suggested
from prescribing.web.case_moves import text_of_query
from prescribing.web.files import render
from prescribing.web.told_reasons import told
from prescribing.web.visits import visit

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Why:
    """A place somebody named, and why it was not suggested."""

    place: Listed
    refusals: list[Markup]
    unknowns: list[Markup]
    rank: int | None


@router.post("/staff/cases/{referral_id}/places")
@callers(Caller.LINK_WORKER)
async def more(request: Request, referral_id: UUID) -> RedirectResponse:
    """Three more places, kept with the chance they had to be shown; none twice."""
    async with visit(request, "link_worker") as v:
        case = await case_file(v.connection, referral_id)
        if case.link_office_id != v.visitor.organisation_id or case.state in OVER:
            raise MoveRefused(case.state, "suggest", "it is not with this office, or it is over")
        before = {one.activity_id for one in await suggested(v.connection, referral_id)}
        today = clock.today()
        found = await suggestions(v.connection, case.person(today), today=today, without=before)
        if found.shown:
            await keep_round(v.connection, referral_id, found.as_kept())
    none = "" if found.shown else "?none=1"
    return RedirectResponse(f"/staff/cases/{referral_id}{none}#places", 303)


@router.get("/staff/cases/{referral_id}/why")
@callers(Caller.LINK_WORKER)
async def why(request: Request, referral_id: UUID) -> HTMLResponse:
    """Places of a name, each with the reason it is no candidate, or its rank."""
    words = Words(language_of(request))
    wanted = text_of_query(request, "q")
    async with visit(request, "link_worker") as v:
        case = await case_file(v.connection, referral_id)
        words_of = await vocabulary(v.connection)
        today = clock.today()
        found = []
        for place in await named(v.connection, wanted, case.municipality_code):
            one = await why_not(v.connection, case.person(today), place.activity_id, today=today)
            refusals = told(REFUSALS, one.refusals, words, words_of)
            unknowns = told(UNKNOWNS, one.unknowns, words, words_of)
            found.append(Why(place, refusals, unknowns, one.rank))
    return render(request, "case_why.html", visitor=v.visitor, case=case, q=wanted, found=found)
