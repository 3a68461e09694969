"""`/staff/mine` and `/staff/referrals/{id}`: what became of one's referrals, and the whole story of one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from placefinder import clock
from placefinder.web.asking import text
from placefinder.web.callers import Caller, callers
from placefinder.web.languages import mark
from placefinder.web.rendering import language_of
from placefinder.web.wording import Words
from prescribing.errors import MoveRefused, NotFound, VersionMissing, VersionStale
from prescribing.journey import OVER, REASONS, STATES, moves_from
from prescribing.screening import INSTRUMENTS, outcome
from prescribing.store import mine as store
from prescribing.store.consents import withdraw, withdraw_all
from prescribing.store.entering import note
from prescribing.store.mine import Event, Mine
from prescribing.store.organisations import organisation
from prescribing.store.people import identity, patient
from prescribing.store.plans import NewLine, add_line, finish_line, lines_of
from prescribing.store.referrals import Referral, move, referral
from prescribing.store.screenings import Screening, screenings_of
from prescribing.store.suggested import suggested
from prescribing.web.consent_form import GIVERS, HOWS, RECIPIENTS
from prescribing.web.files import render
from prescribing.web.journey_words import AGE_BANDS, MOVES, PARTIES, PLAN_KINDS, STEPS, TELLERS
from prescribing.web.persons import name_of
from prescribing.web.visits import Visit, visit

router = APIRouter(include_in_schema=False)

ROLES = ("physician", "insurer_nurse")
REFERRERS = callers(Caller.PHYSICIAN, Caller.INSURER_NURSE)
VIEWS: Mapping[str, str] = {
    "": mark("ぜんぶ"),
    "waiting": mark("待っている"),
    "went": mark("行った"),
    "stopped": mark("止まった"),
    "no_answer": mark("返事がない"),
    "draft": mark("書きかけ"),
}
FINISH = mark("同意を聞いて、送る")
_SEEN = ("state", "age_band", "identity_sealed", "booked_for")


@router.get("/staff/mine")
@REFERRERS
async def mine(request: Request) -> HTMLResponse:
    """A page of the referrals, by what became of them."""
    asked = request.query_params
    view = asked.get("view") if asked.get("view") in store.VIEWS else None
    everybody, page = asked.get("who") == "all", _page(asked.get("page", ""))
    words = Words(language_of(request))
    async with visit(request, *ROLES) as v:
        rows = await store.mine(v.connection, v.visitor, view=view, everybody=everybody, page=page)
        await store.note_all(v.connection, [row.patient_id for row in rows], _SEEN)
        counts = await store.counts(v.connection, v.visitor, everybody=everybody)
        sealer = request.app.state.sealer
        total = counts.get(view, 0) if view else sum(counts.values())
        return render(
            request, "mine.html",
            visitor=v.visitor, chosen=view or "", everybody=everybody, page=page, pages=-(-total // store.ON_A_PAGE),
            many=store.ON_A_PAGE, rows=[_row(row, sealer, words) for row in rows], link=_linker(view, everybody, page),
            views=[(code, words.say(said), counts.get(code, 0) if code else sum(counts.values())) for code, said in VIEWS.items()],
            view_names={code: words.say(said) for code, said in VIEWS.items()},
        )  # fmt: skip


@router.get("/staff/referrals/{referral_id}")
@REFERRERS
async def story(request: Request, referral_id: UUID) -> HTMLResponse:
    """All that is known to the referrer about one referral."""
    async with visit(request, *ROLES) as v:
        found = await referral(v.connection, referral_id)
        return render(request, "referral.html", visitor=v.visitor, **await _story(request, v, found))


@router.post("/staff/referrals/{referral_id}/plan")
@REFERRERS
async def add_to_plan(request: Request, referral_id: UUID) -> Response:
    """A further line of the plan."""
    async with visit(request, *ROLES) as v, request.form(max_files=0, max_fields=10) as form:
        found = await referral(v.connection, referral_id)
        line = NewLine(text(form, "kind"), text(form, "text").strip())
        await add_line(v.connection, v.visitor, request.app.state.sealer, found.patient_id, line)
        return _to(referral_id)


@router.post("/staff/referrals/{referral_id}/plan/{line_id}")
@REFERRERS
async def plan_done(request: Request, referral_id: UUID, line_id: UUID) -> Response:
    """A line of the plan is done."""
    async with visit(request, *ROLES) as v:
        found = await referral(v.connection, referral_id)
        await finish_line(v.connection, found.patient_id, line_id, clock.today())
        return _to(referral_id)


@router.post("/staff/referrals/{referral_id}/withdraw")
@REFERRERS
async def take_back(request: Request, referral_id: UUID) -> Response:
    """One consent is withdrawn, as the person told the referrer."""
    async with visit(request, *ROLES) as v, request.form(max_files=0, max_fields=10) as form:
        found = await referral(v.connection, referral_id)
        known = {str(one.consent_id): one for one in await store.given(v.connection, found.patient_id)}
        if text(form, "consent") not in known:
            raise NotFound
        await withdraw(v.connection, v.visitor, known[text(form, "consent")].consent_id)
        return _to(referral_id)


@router.post("/staff/referrals/{referral_id}/stop")
@REFERRERS
async def stop(request: Request, referral_id: UUID) -> Response:
    """All is withdrawn, or it was entered in error."""
    async with visit(request, *ROLES) as v, request.form(max_files=0, max_fields=10) as form:
        found, step, version = await referral(v.connection, referral_id), text(form, "move"), text(form, "version")
        if step not in ("withdraw", "mark_error"):
            raise MoveRefused(found.state, "stop", "only withdrawing and correcting are done here")
        if not version.isdecimal():
            raise VersionMissing
        if int(version) != found.version:
            raise VersionStale(found.version)
        if step == "withdraw":
            await withdraw_all(v.connection, v.visitor, found.patient_id)
        else:
            await move(v.connection, v.visitor, referral_id, found.version, step)
        return _to(referral_id)


def _to(referral_id: UUID) -> RedirectResponse:
    return RedirectResponse(f"/staff/referrals/{referral_id}", 303)


def _page(said: str) -> int:
    return max(1, int(said)) if said.isascii() and said.isdigit() and len(said) < 5 else 1


def _linker(view: str | None, everybody: bool, page: int) -> Any:
    """Builds the address of the list with something changed."""

    def link(**change: Any) -> str:
        asked = {"view": view or "", "who": "all" if everybody else "", "page": page, **change}
        pairs = {name: value for name, value in asked.items() if value and (name, value) != ("page", 1)}
        return "/staff/mine" + (f"?{urlencode(pairs)}" if pairs else "")

    return link


def _row(row: Mine, sealer: Any, words: Words) -> dict[str, Any]:
    late = row.due_on is not None and row.due_on < clock.today() and row.view in ("waiting", "no_answer")
    return {
        "referral_id": row.referral_id,
        "view": row.view,
        "name": name_of(sealer, row.patient_id, row.identity_sealed),
        "age": words.say(AGE_BANDS[row.age_band]),
        "state": words.term(STATES[row.state]),
        "reason": words.term(REASONS[row.reason]) if row.reason else None,
        "since": _day(row.state_since),
        "made_on": _day(row.made_at),
        "next": _next(row.state, words),
        "activity_name": row.activity_name,
        "office_name": row.office_name if row.state not in store.VIEWS["draft"] else None,
        "doctor": row.doctor,
        "late": late,
    }


def _next(state: str, words: Words) -> Any:
    """What is done next, in plain words; nothing where it is over."""
    if state in store.VIEWS["draft"]:
        return words.say(FINISH)
    return words.say(STEPS[state]) if state in STEPS and state not in OVER else None


async def _story(request: Request, v: Visit, found: Referral) -> dict[str, Any]:
    words, sealer, connection = Words(language_of(request)), request.app.state.sealer, v.connection
    person = await patient(connection, found.patient_id)
    known = await identity(connection, sealer, found.patient_id)
    seen = ["state", "attendance", "consent", "disclosure", "suggestion"]
    await note(connection, "read", "rx.referral", subject_id=found.referral_id, patient_id=found.patient_id, seen=seen)
    office = await organisation(connection, found.link_office_id) if found.link_office_id else None
    view = next((view for view, states in store.VIEWS.items() if found.state in states), None)
    attended = await store.attended(connection, found.referral_id)
    view = view or ("went" if any(one.came and one.told_by != "self" for one in attended) else "stopped")
    steps = {step.move for step in moves_from(found.state, "referrer")}
    return {
        "referral": found, "office": office, "attended": attended, "view": view, "view_name": words.say(VIEWS[view]),
        "name": known.name or None, "age": words.say(AGE_BANDS[person.age_band]),
        "state": words.term(STATES[found.state]), "reason": words.term(REASONS[found.reason]) if found.reason else None,
        "since": _day(found.state_since), "due": found.due_on, "next": _next(found.state, words),
        "resume": found.state in store.VIEWS["draft"],
        "history": [_event(one, words) for one in await store.events(connection, found.referral_id)],
        "suggestions": await suggested(connection, found.referral_id),
        "plan": await lines_of(connection, sealer, found.patient_id),
        "line_kinds": _said(words, PLAN_KINDS), "tellers": _said(words, TELLERS),
        "screenings": [_screening(one, words) for one in await screenings_of(connection, found.patient_id)],
        "consents": [_dated(one, "withdrawn_on", one.withdrawn_at) for one in await store.given(connection, found.patient_id)],
        "disclosures": [_dated(one, "on", one.at) for one in await store.told(connection, found.patient_id)],
        "recipients": _said(words, RECIPIENTS), "givers": _said(words, GIVERS), "hows": _said(words, HOWS),
        "may_withdraw": "withdraw" in steps, "may_mark_error": "mark_error" in steps,
    }  # fmt: skip


def _event(one: Event, words: Words) -> dict[str, Any]:
    return {
        "said": words.say(MOVES[one.move]),
        "about": one.activity_name or (one.office_name if one.move in ("send", "hand_over") else None),
        "reason": words.term(REASONS[one.reason]) if one.reason else None,
        "booked_for": one.booked_for if one.move == "book" else None,
        "on": _day(one.at),
        "time": one.at.astimezone(clock.TOKYO).strftime("%H:%M"),
        "party": words.say(PARTIES[one.party]) if one.party and one.party in PARTIES else "",
        "by_name": one.by_name,
    }


def _screening(one: Screening, words: Words) -> dict[str, Any]:
    """The category of the direct question, the total of the others with its range: never mixed."""
    instrument = next(known for known in INSTRUMENTS.values() if known.code == one.instrument)
    found = outcome(instrument.code, one.answers)
    said: Any = words.say(found.category) if found.category else found.total
    if found.range:
        said = f"{found.total}（{found.range[0]}–{found.range[1]}）"
    return {"name": words.say(instrument.name_ja), "said": said, "asked_on": one.asked_on}


def _dated(one: Any, name: str, at: datetime | None) -> dict[str, Any]:
    """A row with the day, in Japan, of one of its times."""
    return {**{field: getattr(one, field) for field in one.__slots__}, name: _day(at) if at else None}


def _day(at: datetime) -> Any:
    return at.astimezone(clock.TOKYO).date()


def _said(words: Words, sentences: Mapping[str, str]) -> dict[str, Any]:
    return {code: words.say(said) for code, said in sentences.items()}
