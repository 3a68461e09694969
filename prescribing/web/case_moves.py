"""What a link worker does with a case: each form is one deed, done wholly or not at all; a refused one keeps what was typed."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, timedelta
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from placefinder import clock
from placefinder.web.asking import text
from placefinder.web.callers import Caller, callers
from prescribing.attendance import Teller, Telling
from prescribing.consents import NewConsent
from prescribing.errors import (
    ConsentMissing,
    InputRefused,
    KeyReused,
    MoveRefused,
    PrescribingError,
    VersionStale,
)
from prescribing.journey import MOVES, reasons_for
from prescribing.sealing import Sealer
from prescribing.store.attendances import record
from prescribing.store.cases import listed
from prescribing.store.consents import give, withdraw_all
from prescribing.store.contacts import LONGEST_NOTE, NewContact, add_contact
from prescribing.store.notices import tell
from prescribing.store.one_case import CaseFile, case_file
from prescribing.store.referrals import Changes, move
from prescribing.web.case_page import Again, case_page
from prescribing.web.forms import day_of, number_of, uuid_of
from prescribing.web.journey_words import OUTCOMES
from prescribing.web.visits import Visit, visit

router = APIRouter(include_in_schema=False)

Deed = Callable[[Visit, CaseFile, FormData], Awaitable[str]]
REFUSED: Mapping[type[PrescribingError], tuple[int, str]] = {
    VersionStale: (412, "stale"),
    MoveRefused: (409, "moved"),
    ConsentMissing: (409, "consent"),
    KeyReused: (422, "moved"),
    InputRefused: (422, "wrong"),
}
_NOT_KEPT = frozenset({"csrf", "version", "key"})
LONGEST_HOLD, LATEST_BOOKING = timedelta(366), timedelta(180)


@router.post("/staff/cases/{referral_id}/move")
@callers(Caller.LINK_WORKER)
async def moved(request: Request, referral_id: UUID) -> Response:
    """One step of the journey, with what it needs."""
    return await _do(request, referral_id, _move)


@router.post("/staff/cases/{referral_id}/contact")
@callers(Caller.LINK_WORKER)
async def contacted(request: Request, referral_id: UUID) -> Response:
    """A line of the contact log; who was reached moves the case on, in the same transaction."""
    sealer = request.app.state.sealer

    async def deed(v: Visit, case: CaseFile, form: FormData) -> str:
        return await _contact(v, case, form, sealer)

    return await _do(request, referral_id, deed)


@router.post("/staff/cases/{referral_id}/attendance")
@callers(Caller.LINK_WORKER)
async def attended(request: Request, referral_id: UUID) -> Response:
    """Came or did not, on a day."""
    return await _do(request, referral_id, _attendance)


@router.post("/staff/cases/{referral_id}/answers")
@callers(Caller.LINK_WORKER)
async def slip_came_back(request: Request, referral_id: UUID) -> Response:
    """What a place ticked on its slip, or said on the phone."""
    return await _do(request, referral_id, _answers)


async def _do(request: Request, referral_id: UUID, deed: Deed) -> Response:
    form = await request.form(max_files=0, max_fields=60)
    try:
        async with visit(request, "link_worker") as v:
            case = await case_file(v.connection, referral_id)
            if case.link_office_id != v.visitor.organisation_id:
                raise MoveRefused(case.state, "this", "it is with another office")
            where = await deed(v, case, form)
        return RedirectResponse(where, 303)
    except tuple(REFUSED) as refusal:
        status, why = REFUSED[type(refusal)]
        kept = {name: text_with_lines(form, name) for name in form if name not in _NOT_KEPT}
        since = number_of(form, "version") if isinstance(refusal, VersionStale) else None
        again = Again(status, why, since, request.url.path, kept)
    async with visit(request, "link_worker") as v:
        return await case_page(request, v, referral_id, again)


def text_with_lines(form: FormData, name: str) -> str:
    """A field as it was typed, its lines kept, without other control characters."""
    told = form.get(name)
    lines = told.replace("\r\n", "\n").split("\n") if isinstance(told, str) else []
    return "\n".join("".join(sign for sign in line if sign.isprintable()) for line in lines)


def text_of_query(request: Request, name: str) -> str:
    """A word of the address, without control characters, 60 signs at most."""
    return text(request.query_params, name)[:60].strip()


def _page_of(case: CaseFile) -> str:
    return f"/staff/cases/{case.referral_id}"


async def _move(v: Visit, case: CaseFile, form: FormData) -> str:
    step = text(form, "move")
    if step not in MOVES:
        raise MoveRefused(case.state, "this", "the journey has no such step")
    if step == "withdraw":  # with all that rests on it, whatever somebody else changed meanwhile
        await withdraw_all(v.connection, v.visitor, case.patient_id)
        return "/staff/cases"
    prepare = _PREPARE.get(step, _nothing)
    changes = await prepare(v, case, form)
    reason = _reason(form, step)
    await move(
        v.connection, v.visitor, case.referral_id, number_of(form, "version"), step, reason=reason, changes=changes,
        key=text(form, "key") or None,
    )  # fmt: skip
    return _page_of(case)


def _reason(form: FormData, step: str) -> str | None:
    allowed = [reason.reason for reason in reasons_for(MOVES[step])]
    if not allowed:
        return None
    if text(form, "reason") not in allowed:
        raise InputRefused("reason", "one of the list")
    return text(form, "reason")


async def _nothing(_v: Visit, _case: CaseFile, _form: FormData) -> Changes:
    return Changes()


async def _assign(v: Visit, _case: CaseFile, _form: FormData) -> Changes:
    return Changes(worker_id=v.visitor.account_id)


async def _hold(_v: Visit, _case: CaseFile, form: FormData) -> Changes:
    return Changes(held_until=_coming_day(form, "until", LONGEST_HOLD))


async def _book(_v: Visit, _case: CaseFile, form: FormData) -> Changes:
    return Changes(booked_for=_coming_day(form, "day", LATEST_BOOKING))


async def _close(_v: Visit, _case: CaseFile, form: FormData) -> Changes:
    if text(form, "outcome") not in OUTCOMES:
        raise InputRefused("outcome", "one of the list")
    return Changes(outcome=text(form, "outcome"))


async def _ask_place(v: Visit, case: CaseFile, form: FormData) -> Changes:
    """The place, with the consent for it: spoken on the phone and recorded here, or given before."""
    activity_id = uuid_of(form, "activity")
    place = (await listed(v.connection, [activity_id])).get(activity_id)
    if place is None or not place.findable or {activity_id, place.place_id} & set(case.avoid):
        raise InputRefused("activity", "a place of the list that the person need not avoid")
    await _consented(v, case, form, "host", activity_id)
    return Changes(activity_id=activity_id, place_id=place.place_id)


async def _hand_over(v: Visit, case: CaseFile, form: FormData) -> Changes:
    office_id = uuid_of(form, "office")
    await _consented(v, case, form, "link_worker", office_id)
    return Changes(link_office_id=office_id)


async def _consented(v: Visit, case: CaseFile, form: FormData, purpose: str, recipient_id: UUID) -> None:
    """Record the consent that was just given aloud, before anything is told; without the tick the one that stands must do."""
    if text(form, "consent") in ("self", "guardian"):
        new = NewConsent(purpose, recipient_id, given_by=text(form, "consent"), given_how="spoken")
        await give(v.connection, v.visitor, case.patient_id, new)


_PREPARE: Mapping[str, Callable[[Visit, CaseFile, FormData], Awaitable[Changes]]] = {
    "assign": _assign,
    "hold": _hold,
    "book": _book,
    "close": _close,
    "ask_place": _ask_place,
    "hand_over": _hand_over,
}


async def _contact(v: Visit, case: CaseFile, form: FormData, sealer: Sealer) -> str:
    note = text_with_lines(form, "note").strip()
    if len(note) > LONGEST_NOTE:
        raise InputRefused("note", f"{LONGEST_NOTE} characters at most")
    new = NewContact(text(form, "channel"), text(form, "with_whom"), text(form, "two_way") == "yes", note)
    await add_contact(v.connection, sealer, case.organisation_id, case.referral_id, new, v.visitor.account_id)
    if step := step_of(case.state, new):
        await move(v.connection, v.visitor, case.referral_id, number_of(form, "version"), step)
    return _page_of(case) + "#contacts"


def step_of(state: str, contact: NewContact) -> str | None:
    """The move that follows from a contact: reaching the person or their family, or having begun to try."""
    if contact.with_whom not in ("person", "family"):
        return None
    if contact.two_way and state in MOVES["reach"].from_states:
        return "reach"
    return "start_contact" if state in ("sent", "transferred") else None


async def _attendance(v: Visit, case: CaseFile, form: FormData) -> str:
    teller: Teller = "slip" if text(form, "told_by") == "slip" else "worker"
    telling = Telling(day_of(form, "day"), text(form, "deed") == "came", teller)
    await record(v.connection, v.visitor, case, telling, today=clock.today(), version=number_of(form, "version"))
    return _page_of(case) + "#attendance"


async def _answers(v: Visit, case: CaseFile, form: FormData) -> str:
    """Ticks of a slip, in its order: yes or no, the day, whether they came, whether others may come."""
    version, today = number_of(form, "version"), clock.today()
    if case.activity_id is None:
        raise MoveRefused(case.state, "accept", "no place was asked")
    answer = text(form, "answer")
    if answer in ("accept", "decline"):
        reason = _reason(form, "decline") if answer == "decline" else None
        after = await move(v.connection, v.visitor, case.referral_id, version, answer, reason=reason)
        version = after.version
        if answer == "accept" and text(form, "first_day"):
            day = _coming_day(form, "first_day", LATEST_BOOKING)
            await move(v.connection, v.visitor, case.referral_id, version, "book", changes=Changes(booked_for=day))
    if text(form, "held_on") and answer != "decline":
        case = await case_file(v.connection, case.referral_id)
        telling = Telling(day_of(form, "held_on"), text(form, "came") == "yes", "slip")
        await record(v.connection, v.visitor, case, telling, today=today, version=case.version)
    if text(form, "takes") and case.activity_id:
        until = day_of(form, "until") if text(form, "until") else None
        await tell(v.connection, case.activity_id, text(form, "takes"), until, "slip", today=today)
    return _page_of(case)


def _coming_day(form: FormData, name: str, longest: timedelta) -> date:
    day = day_of(form, name)
    if not clock.today() <= day <= clock.today() + longest:
        raise InputRefused(name, "a day that is coming")
    return day
