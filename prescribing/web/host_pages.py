"""`/o/{token}` and `/o`: the organiser of a place answers without an account, in two taps; the same by a code from a slip.

The secret of the link is what lets somebody in; there is no cookie, so there is nothing another site could use.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from placefinder import clock
from placefinder.store.vocabulary import vocabulary
from placefinder.web.asking import text
from placefinder.web.callers import Caller, callers
from prescribing.attendance import RECORDED_IN, Telling
from prescribing.errors import InputRefused, LinkRefused, MoveRefused, NotFound, TooManyTries, VersionStale
from prescribing.journey import OVER, REASONS, moves_from
from prescribing.store.asked import Asked, asked, name_to_call
from prescribing.store.attendances import record, tellings_of
from prescribing.store.cases import office_of_link
from prescribing.store.held import held
from prescribing.store.links import code_as_kept
from prescribing.store.my_page import count_wrong_code, wrong_codes
from prescribing.store.notices import latest, tell
from prescribing.store.referrals import Changes, move
from prescribing.web import journey_words
from prescribing.web.files import render
from prescribing.web.forms import day_of, number_of
from prescribing.web.host_words import DECLINES, REFUSED, THANKS
from prescribing.web.visits import LinkVisit, link_visit

router = APIRouter(include_in_schema=False)

DATES = 4
MOST_WRONG_CODES = 30


@dataclass(frozen=True, slots=True)
class Door:
    """How somebody came in: by the token of a link or by a typed code; `path` is where the answers go."""

    secret: str
    is_code: bool

    @property
    def path(self) -> str:
        return "/o/code" if self.is_code else f"/o/{self.secret}"


@dataclass(frozen=True, slots=True)
class Said:
    """What became of an answer: the key of THANKS, or of REFUSED with the status of the page."""

    thanks: str = ""
    refused: str = ""
    status: int = 200


@router.get("/o")
@callers(Caller.ORGANISER)
async def door(request: Request) -> HTMLResponse:
    """Where the code of a slip is typed."""
    return render(request, "host_code.html", wrong=False)


@router.post("/o")
@callers(Caller.ORGANISER)
async def typed(request: Request) -> Response:
    """A typed code: the page it opens, or the same neutral answer for all that open nothing."""
    return await _page(request, await _typed_door(request), Said())


@router.post("/o/code")
@callers(Caller.ORGANISER)
async def answered_by_code(request: Request) -> Response:
    """An answer by somebody who typed a code; the page follows at once, for the code stays out of addresses."""
    code = await _typed_door(request)
    return await _page(request, code, await _answered(request, code))


@router.get("/o/{token}")
@callers(Caller.ORGANISER)
async def asked_page(request: Request, token: str) -> Response:
    """What a place is asked, and the buttons to answer."""
    thanks = request.query_params.get("said", "")
    return await _page(request, Door(token, is_code=False), Said(thanks if thanks in THANKS else ""))


@router.post("/o/{token}")
@callers(Caller.ORGANISER)
async def answered(request: Request, token: str) -> Response:
    """An answer by somebody who holds a link."""
    link = Door(token, is_code=False)
    became = await _answered(request, link)
    if became.thanks:
        return RedirectResponse(f"{link.path}?said={became.thanks}", 303)
    return await _page(request, link, became)


async def _typed_door(request: Request) -> Door:
    """What was typed, as it is kept; what no code can be opens nothing, as a wrong one does."""
    form = await request.form(max_files=0, max_fields=10)
    try:
        return Door(code_as_kept(text(form, "code")), is_code=True)
    except LinkRefused:
        return Door("", is_code=True)


async def _page(request: Request, door: Door, became: Said) -> Response:
    now = clock.now()
    try:
        async with _opened(request, door) as v:
            one = await asked(v.connection)
            over = one.state in OVER
            tellings = [] if over else await tellings_of(v.connection, one.referral_id)
            since = (
                one.state_since.astimezone(clock.TOKYO).date()
                if one.state in ("place_accepted", "booked", "no_show")
                else None
            )
            sessions = await held(v.connection, one.activity_id, now, most=DATES, since=since)
            notice = (await latest(v.connection, [one.activity_id])).get(one.activity_id)
            words_of = await vocabulary(v.connection)
            name = None if over else await name_to_call(v.connection, request.app.state.sealer, one)
    except LinkRefused:
        return await _closed(request, door)
    may = {step.move for step in moves_from(one.state, "host")}
    return render(
        request, "host.html", became.status, asked=one, over=over, door=door, may=may, name=name, sessions=sessions,
        days=days_to_tell(one, sessions.past, now.date()), told={t.held_on: t.came for t in tellings if t.told_by != "self"},
        tells=one.state in RECORDED_IN, notice=notice if notice and notice.holds(now.date()) else None,
        today=now.date(), until=now.date() + timedelta(28), reasons=[REASONS[code] for code in DECLINES],
        needs=words_of.of("need"), said=journey_words, tokyo=clock.TOKYO,
        thanks=THANKS.get(became.thanks), refused=REFUSED.get(became.refused),
    )  # fmt: skip


def days_to_tell(one: Asked, past: Sequence[date], today: date) -> list[date]:
    """The days to ask about, newest first: the one booked if it has come, and the last sessions."""
    booked = {one.booked_for} if one.booked_for and one.booked_for <= today else set()
    return sorted({*past, *booked}, reverse=True)[:DATES]


async def _closed(request: Request, door: Door) -> HTMLResponse:
    """Expired, revoked, consent withdrawn, never given: one page, with the telephone of the office that gave the link."""
    office = None
    async with request.app.state.staff_pool.connection() as connection:
        if door.is_code:
            await count_wrong_code(connection)
        else:
            office = await office_of_link(connection, door.secret)
    if door.is_code:
        return render(request, "host_code.html", 410, wrong=True)
    return render(request, "host_over.html", 410, office=office)


@asynccontextmanager
async def _opened(request: Request, door: Door) -> AsyncIterator[LinkVisit]:
    """The visit of a host. Raises TooManyTries where too many codes opened nothing lately, LinkRefused."""
    if door.is_code:
        async with request.app.state.staff_pool.connection() as connection:
            if await wrong_codes(connection) >= MOST_WRONG_CODES:
                raise TooManyTries
    async with link_visit(request, door.secret, "host", is_code=door.is_code) as v:
        yield v


async def _answered(request: Request, door: Door) -> Said:
    """Do what the form says, wholly or not at all."""
    form = await request.form(max_files=0, max_fields=10)
    deed = DEEDS.get(text(form, "deed"))
    if deed is None:
        return Said(refused="wrong", status=422)
    try:
        async with _opened(request, door) as v:
            one = await asked(v.connection)
            return Said(thanks=await deed(v, one, form))
    except LinkRefused:
        return Said()  # the page says so
    except VersionStale:
        return Said(refused="stale", status=412)
    except (MoveRefused, NotFound):
        return Said(refused="moved", status=409)
    except InputRefused:
        return Said(refused="wrong", status=422)


async def _accept(v: LinkVisit, one: Asked, form: FormData) -> str:
    await move(v.connection, v.holder, one.referral_id, number_of(form, "version"), "accept")
    return "accept"


async def _decline(v: LinkVisit, one: Asked, form: FormData) -> str:
    """The reason says something about the place too, where it does: full, or resting."""
    reason = text(form, "reason")
    if reason not in DECLINES:
        raise InputRefused("reason", f"one of {', '.join(DECLINES)}")
    await move(v.connection, v.holder, one.referral_id, number_of(form, "version"), "decline", reason=reason)
    if state := {"full": "full", "not_taking_new": "full", "closed_or_suspended": "paused"}.get(reason):
        await tell(v.connection, one.activity_id, state, clock.today() + timedelta(90), "host", today=clock.today())
    return "decline"


async def _book(v: LinkVisit, one: Asked, form: FormData) -> str:
    day = day_of(form, "day")
    if not clock.today() <= day <= clock.today() + timedelta(180):
        raise InputRefused("day", "a day of the coming half-year")
    await move(
        v.connection, v.holder, one.referral_id, number_of(form, "version"), "book", changes=Changes(booked_for=day)
    )
    return "book"


async def _came(v: LinkVisit, one: Asked, form: FormData) -> str:
    return await _told(v, one, form, came=True)


async def _absent(v: LinkVisit, one: Asked, form: FormData) -> str:
    return await _told(v, one, form, came=False)


async def _told(v: LinkVisit, one: Asked, form: FormData, *, came: bool) -> str:
    telling = Telling(day_of(form, "day"), came, "place")
    await record(v.connection, v.holder, one, telling, today=clock.today(), version=number_of(form, "version"))
    return "came"


async def _notice(v: LinkVisit, one: Asked, form: FormData) -> str:
    state = text(form, "deed")
    until = day_of(form, "until") if text(form, "until") and state != "open" else None
    await tell(v.connection, one.activity_id, state, until, "host", today=clock.today())
    return "notice"


DEEDS: Mapping[str, Callable[[LinkVisit, Asked, FormData], Awaitable[str]]] = {
    "accept": _accept,
    "decline": _decline,
    "book": _book,
    "came": _came,
    "absent": _absent,
    "open": _notice,
    "full": _notice,
    "paused": _notice,
}
