"""`/r`: the patient's own page. The QR code leads to `/r/{code}`, which keeps the code in a cookie and leads on to `/r`.

So the code stays in no address bar, no history of a shared device and no Referer, and nothing of it needs JavaScript:
docs/decisions/0009-paper.md. Expired, revoked, mistyped and another party's: the same page.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from placefinder import clock
from placefinder.store.sources import current_editions
from placefinder.store.vocabulary import vocabulary
from placefinder.web.asking import text
from placefinder.web.callers import Caller, callers
from placefinder.web.dates import dates_of
from placefinder.web.error_pages import error_page
from placefinder.web.rendering import language_of
from placefinder.web.wording import Words
from prescribing.errors import InputRefused, LinkRefused, NotAllowed, NotFound, TooManyTries
from prescribing.journey import OVER, moves_from
from prescribing.store import my_page
from prescribing.store.consents import withdraw, withdraw_all
from prescribing.store.links import code_as_kept
from prescribing.store.my_page import MyReferral, my_consents, my_looks, my_referral, my_tellings
from prescribing.store.suggested import Suggested, suggested, taken
from prescribing.web.files import render
from prescribing.web.patient_words import DEEDS, NOW, PARTIES, PURPOSES, THANKS
from prescribing.web.phones import phone_of
from prescribing.web.visits import LinkVisit, link_visit

router = APIRouter(include_in_schema=False)

Doing = Callable[[Request, LinkVisit], Awaitable[Response]]

COOKIE = "my_code"
COOKIE_S = 1800
WRONG_CODES = 100
"""So many codes that open nothing in ten minutes, from whomever, and no code is taken for a while (codes have 55 bits)."""


@router.get("/r")
@callers(Caller.PATIENT)
async def mine(request: Request) -> Response:
    """The page of the code in the cookie; without one the form to type it."""
    if not request.cookies.get(COOKIE):
        return _form(request)
    return await _answered(request, _page)


@router.post("/r")
@callers(Caller.PATIENT)
async def typed(request: Request) -> Response:
    """A typed code."""
    _from_own_page(request)
    async with request.form(max_files=0, max_fields=5) as form:
        return await _opened(request, text(form, "code"))


@router.post("/r/told")
@callers(Caller.PATIENT)
async def told(request: Request) -> Response:
    """「行った」 or 「行けなかった」: kept apart from what places and link workers say."""
    _from_own_page(request)
    async with request.form(max_files=0, max_fields=10) as form:
        activity, day, came = text(form, "activity"), text(form, "day"), text(form, "came") == "yes"

    async def tell(request: Request, visit: LinkVisit) -> Response:
        held_on, activity_id = _day(day), _uuid(activity)
        await my_page.tell(visit.connection, visit.holder, activity_id, held_on, came=came, today=clock.today())
        return RedirectResponse(f"/r?thanks={'yes' if came else 'no'}", 303)

    return await _answered(request, tell)


@router.post("/r/withdraw")
@callers(Caller.PATIENT)
async def take_back(request: Request) -> Response:
    """One consent, or all: asked once, done at the second yes."""
    _from_own_page(request)
    async with request.form(max_files=0, max_fields=5) as form:
        which, sure = text(form, "consent"), text(form, "sure") == "yes"

    async def withdrawing(request: Request, visit: LinkVisit) -> Response:
        one = None
        if which != "all":
            consents = await my_consents(visit.connection, visit.holder)
            one = next((consent for consent in consents if str(consent.consent_id) == which), None)
            if one is None:
                raise NotFound
        if not sure:
            return render(request, "my_withdraw.html", one=one, purposes=_said(request, PURPOSES))
        if one:
            await withdraw(visit.connection, visit.holder, one.consent_id)
        else:
            await withdraw_all(visit.connection, visit.holder, visit.holder.patient_id)
        return RedirectResponse("/r?thanks=withdrawn", 303)

    return await _answered(request, withdrawing)


@router.post("/r/leave")
@callers(Caller.PATIENT)
async def leave(request: Request) -> Response:
    """Forget the code on this device."""
    _from_own_page(request)
    answer = render(request, "my_code.html", refused="", left=True)
    answer.delete_cookie(COOKIE, path="/r")
    return answer


@router.get("/r/{code}")
@callers(Caller.PATIENT)
async def scanned(request: Request, code: str) -> Response:
    """The address in the QR code of the sheet."""
    return await _opened(request, code)


async def _opened(request: Request, typed_code: str) -> Response:
    """Try a code; what opens is kept in the cookie."""

    async def keep(request: Request, _visit: LinkVisit) -> Response:
        answer = RedirectResponse("/r", 303)
        secure, code = request.url.scheme == "https", code_as_kept(typed_code)
        answer.set_cookie(COOKIE, code, max_age=COOKIE_S, path="/r", httponly=True, samesite="lax", secure=secure)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    return await _answered(request, keep, typed_code)


async def _answered(request: Request, doing: Doing, typed_code: str | None = None) -> Response:
    """Enter with the code, do it, and answer every code that opens nothing in the same way.

    What no code can be (its check sign does not fit) is a slip of the hand, and not counted as a try.
    """
    try:
        code = code_as_kept(request.cookies.get(COOKIE, "") if typed_code is None else typed_code)
    except LinkRefused:
        return _refused(request)
    try:
        async with _entered(request, code) as visit:
            return await doing(request, visit)
    except LinkRefused:
        async with request.app.state.staff_pool.connection() as connection:
            await my_page.count_wrong_code(connection)
        return _refused(request)
    except TooManyTries:
        return _form(request, "wait", 429)
    except InputRefused:
        return error_page(request, 422)


@asynccontextmanager
async def _entered(request: Request, code: str) -> AsyncIterator[LinkVisit]:
    async with request.app.state.staff_pool.connection() as connection:
        if await my_page.wrong_codes(connection) >= WRONG_CODES:
            raise TooManyTries
    async with link_visit(request, code, "patient", is_code=True) as visit:
        yield visit


def _refused(request: Request) -> Response:
    answer = _form(request, "wrong", 410)
    answer.delete_cookie(COOKIE, path="/r")
    return answer


def _form(request: Request, refused: str = "", status: int = 200) -> HTMLResponse:
    return render(request, "my_code.html", status, refused=refused, left=False)


async def _page(request: Request, visit: LinkVisit) -> Response:
    connection, holder, words = visit.connection, visit.holder, Words(language_of(request))
    mine = await my_referral(connection, holder)
    shown = _places(taken(await suggested(connection, holder.referral_id), mine.state), mine)
    items = [one.item for one in shown if one.item]
    now = clock.now()
    words_of = await vocabulary(connection)
    return render(
        request, "my_page.html",
        mine=mine, now_said=words.say(NOW[mine.state]), thanks=_thanks(request, words), today=now.date(),
        options=[{"activity_id": one.activity_id, "item": one.item, "phone": phone_of(one.phone)} for one in shown],
        kinds=words_of.kinds, dates=await dates_of(connection, items, words, now),
        consents=await my_consents(connection, holder), looks=await my_looks(connection),
        tellings=await my_tellings(connection, holder), open=_may_withdraw(mine),
        purposes=_said(request, PURPOSES), parties=_said(request, PARTIES), deeds=_said(request, DEEDS),
        editions=await current_editions(connection, {item.edition_id for item in items}),
    )  # fmt: skip


def _places(shown: list[Suggested], mine: MyReferral) -> list[Suggested]:
    """What is booked or asked stands first."""
    return sorted(shown, key=lambda one: one.activity_id != mine.activity_id)


def _may_withdraw(mine: MyReferral) -> bool:
    return mine.state not in OVER and any(step.move == "withdraw" for step in moves_from(mine.state, "patient"))


def _thanks(request: Request, words: Words) -> Any:
    said = THANKS.get(request.query_params.get("thanks", ""))
    return words.say(said) if said else None


def _said(request: Request, sentences: Any) -> dict[str, Any]:
    words = Words(language_of(request))
    return {code: words.say(sentence) for code, sentence in sentences.items()}


def _from_own_page(request: Request) -> None:
    """Raises NotAllowed for a form of another site: browsers say where it stands, and the cookie is SameSite=Lax besides."""
    site = request.headers.get("sec-fetch-site")
    if site not in (None, "same-origin", "none"):
        raise NotAllowed
    origin = request.headers.get("origin")
    if site is None and origin and origin != str(request.base_url).rstrip("/"):
        raise NotAllowed


def _day(said: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise InputRefused("day", "a day as 2026-11-24") from None


def _uuid(said: str) -> UUID:
    try:
        return UUID(said)
    except ValueError:
        raise NotFound from None
