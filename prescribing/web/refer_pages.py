"""`/staff/refer`: from a person's facts to places, consent and the sheet, in three steps of one form each.

Each step is one transaction, and sending a form twice makes nothing twice: the first by the key in the form, the others
because the referral is held and has moved on. A draft is gone on with where it stands.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from psycopg import AsyncConnection

from placefinder import clock
from placefinder.store.vocabulary import vocabulary
from placefinder.web.asking import text
from placefinder.web.callers import Caller, callers
from placefinder.web.languages import mark
from prescribing.errors import NotFound
from prescribing.journey import REASONS
from prescribing.store.entering import Visitor
from prescribing.store.matching import suggestions
from prescribing.store.mine import lock, need_unmet
from prescribing.store.plans import NewLine, add_line
from prescribing.store.referrals import Referral, move, referral
from prescribing.store.screenings import keep_screening
from prescribing.store.suggested import choose, keep_round, suggested
from prescribing.web.consent_form import Answers, ask, read_answers, record
from prescribing.web.facts import Facts, Where, empty, read_facts
from prescribing.web.homes import Home, avoided, home_of
from prescribing.web.persons import facts_again, matching_person, registered
from prescribing.web.refer_showing import choices_page, consent_page, facts_page
from prescribing.web.sheet import leading_to_sheet
from prescribing.web.visits import Visit, visit

router = APIRouter(include_in_schema=False)

ROLES = ("physician", "insurer_nurse")
MOST_CHOSEN = 3
REFERRERS = callers(Caller.PHYSICIAN, Caller.INSURER_NURSE)


@router.get("/staff/refer")
@REFERRERS
async def facts(request: Request) -> Response:
    """Step 1, empty; `?again=` fills in the facts of an earlier referral of the same person."""
    async with visit(request, *ROLES) as v:
        earlier = _uuid(request.query_params.get("again", ""))
        known = await facts_again(v.connection, request.app.state.sealer, earlier) if earlier else empty()
        return await facts_page(request, v, known, again=earlier)


@router.post("/staff/refer")
@REFERRERS
async def facts_told(request: Request) -> Response:
    """The facts: keep the person, the plan and the answers, make the referral and its first suggestions."""
    async with visit(request, *ROLES) as v, request.form(max_files=0, max_fields=200) as form:
        told = read_facts(form, await vocabulary(v.connection), clock.today().year)
        again = _uuid(text(form, "again"))
        where = await home_of(v.connection, told) if told.q or told.where else []
        told, avoid = await _checked(v.connection, told, where)
        if told.errors or not isinstance(where, Where):
            homes = where if isinstance(where, list) else []
            return await facts_page(request, v, told, homes=homes, again=again, status=422)
        made, is_new = await registered(v, request.app.state.sealer, told, where, avoid, again=again)
        if is_new:
            await _keep_the_rest(v, request.app.state.sealer, told, made)
            await _suggest(v.connection, made)
        return RedirectResponse(f"/staff/refer/{made.referral_id}", 303)


@router.get("/staff/refer/{referral_id}")
@REFERRERS
async def go_on(request: Request, referral_id: UUID) -> Response:
    """Steps 2 and 3: wherever the draft stands. What was sent is a story."""
    async with visit(request, *ROLES) as v:
        found = await referral(v.connection, referral_id)
        if found.state == "draft" or (found.state == "offered" and request.query_params.get("step") == "2"):
            return await choices_page(request, v, found)
        if found.state in ("offered", "consented"):
            return await consent_page(request, v, found, await ask(v.connection, found))
        return RedirectResponse(f"/staff/referrals/{referral_id}", 303)


@router.post("/staff/refer/{referral_id}/more")
@REFERRERS
async def more(request: Request, referral_id: UUID) -> Response:
    """A further round; the same form sent again shows the one it made."""
    async with visit(request, *ROLES) as v, request.form(max_files=0, max_fields=10) as form:
        await lock(v.connection, referral_id)
        found = await referral(v.connection, referral_id)
        shown = await suggested(v.connection, referral_id)
        last = max((one.round for one in shown), default=0)
        if found.state in ("draft", "offered") and text(form, "round") == str(last):
            await _suggest(v.connection, found, without=[one.activity_id for one in shown])
        return RedirectResponse(f"/staff/refer/{referral_id}?step=2", 303)


@router.post("/staff/refer/{referral_id}/why")
@REFERRERS
async def why(request: Request, referral_id: UUID) -> Response:
    """Why a named place is not among the suggestions."""
    async with visit(request, *ROLES) as v, request.form(max_files=0, max_fields=10) as form:
        found = await referral(v.connection, referral_id)
        return await choices_page(request, v, found, why_name=text(form, "name")[:80].strip())


@router.post("/staff/refer/{referral_id}/choose")
@REFERRERS
async def chosen(request: Request, referral_id: UUID) -> Response:
    """Step 2: what the person is offered."""
    async with visit(request, *ROLES) as v, request.form(max_files=0, max_fields=50) as form:
        held = await lock(v.connection, referral_id)
        wanted = [one for one in map(_uuid, form.getlist("activity")) if one]
        shown = {one.activity_id for one in await suggested(v.connection, referral_id)}
        if not 1 <= len(set(wanted)) <= MOST_CHOSEN or not set(wanted) <= shown:
            found = await referral(v.connection, referral_id)
            wrong = mark("1つから3つまで選んでください。")
            return await choices_page(request, v, found, wrong=wrong, status=422)
        await choose(v.connection, referral_id, wanted)
        if held.state == "draft":
            await move(v.connection, v.visitor, referral_id, held.version, "offer")
        return RedirectResponse(f"/staff/refer/{referral_id}", 303)


@router.post("/staff/refer/{referral_id}/none")
@REFERRERS
async def none_fits(request: Request, referral_id: UUID) -> Response:
    """Nothing fits: straight to the link worker, and what was missing is kept without the person."""
    async with visit(request, *ROLES) as v, request.form(max_files=0, max_fields=10) as form:
        held = await lock(v.connection, referral_id)
        reason = text(form, "reason")
        if reason not in REASONS or REASONS[reason].reason_group not in ("reach", "place", "person"):
            found = await referral(v.connection, referral_id)
            return await choices_page(request, v, found, wrong=mark("足りなかったものを選んでください。"), status=422)
        await choose(v.connection, referral_id, [])
        if held.state == "draft":
            await need_unmet(v.connection, referral_id, reason)
            await move(v.connection, v.visitor, referral_id, held.version, "offer")
        return RedirectResponse(f"/staff/refer/{referral_id}", 303)


@router.post("/staff/refer/{referral_id}/send")
@REFERRERS
async def send(request: Request, referral_id: UUID) -> Response:
    """Step 3: keep each answer, send where there is a yes, and lead to the sheet."""
    async with visit(request, *ROLES) as v, request.form(max_files=0, max_fields=50) as form:
        held = await lock(v.connection, referral_id)
        found = await referral(v.connection, referral_id)
        if held.state in ("offered", "consented") and text(form, "how") != "paper":
            asked = await ask(v.connection, found)
            answers = read_answers(form, asked)
            if answers.errors:
                return await consent_page(request, v, found, asked, answers, status=422)
            found = await _send(v, found, asked, answers)
        return await leading_to_sheet(v.connection, request, found)


@router.post("/staff/refer/{referral_id}/decline")
@REFERRERS
async def declined(request: Request, referral_id: UUID) -> Response:
    """The person says no, with the reason they give."""
    async with visit(request, *ROLES) as v, request.form(max_files=0, max_fields=10) as form:
        held = await lock(v.connection, referral_id)
        if held.state == "offered":
            reason = text(form, "reason") or None
            await move(v.connection, v.visitor, referral_id, held.version, "decline_offer", reason=reason)
        return RedirectResponse(f"/staff/referrals/{referral_id}", 303)


async def _checked(
    connection: AsyncConnection[Any], told: Facts, where: Where | list[Home]
) -> tuple[Facts, list[UUID]]:
    """What only the catalogue can tell: whether home and the places to avoid are known."""
    errors = dict(told.errors)
    if not isinstance(where, Where):
        unclear = mark("どれかを選んでください。") if where else mark("この名前の学区や町は見つかりません。")
        errors.setdefault("where" if where else "q", unclear)
        return replace(told, errors=errors), []
    found, unknown = await avoided(connection, told.avoided_names, where)
    if unknown:
        errors["avoid"] = mark("一覧にない名前があります。書きかたを変えるか、消してください。")
    return replace(told, errors=errors), sorted({one for item in found for one in (item.activity_id, item.place_id)})


async def _keep_the_rest(v: Visit, sealer: Any, told: Facts, made: Referral) -> None:
    """The plan in the person's words and the answers to an instrument."""
    for kind, line in told.lines.items():
        await add_line(v.connection, v.visitor, sealer, made.patient_id, NewLine(kind, line))
    answers = [one for one in told.answers if one is not None]
    if told.instrument and answers:
        await keep_screening(
            v.connection,
            v.visitor,
            made.patient_id,
            instrument=told.instrument,
            answers=answers,
            asked_on=clock.today(),
        )


async def _suggest(connection: AsyncConnection[Any], made: Referral, without: Sequence[UUID] = ()) -> None:
    """Keep a round of suggestions with their chances; none where nothing fits."""
    person = await matching_person(connection, made.patient_id)
    found = await suggestions(connection, person, today=clock.today(), without=without)
    if found.shown:
        await keep_round(connection, made.referral_id, found.as_kept())


async def _send(v: Visit, found: Referral, asked: Any, answers: Answers) -> Referral:
    await record(v.connection, v.visitor, found, asked, answers)
    if found.state == "offered":
        found = await move(
            v.connection, v.visitor, found.referral_id, found.version, "accept_offer", changes=answers.changes
        )
    return await move(v.connection, v.visitor, found.referral_id, found.version, "send", changes=answers.changes)


def _uuid(said: Any) -> UUID | None:
    try:
        return UUID(said)
    except (ValueError, AttributeError, TypeError):
        return None


def _own(visitor: Visitor, found: Referral) -> None:
    if found.organisation_id != visitor.organisation_id:
        raise NotFound
