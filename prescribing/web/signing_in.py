"""Signing in: password, then second factor; signing out. No answer tells whether an account exists."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hmac import compare_digest

import segno
from fastapi import APIRouter, Request, Response
from markupsafe import Markup
from starlette.datastructures import FormData

from placefinder.web.callers import Caller, callers
from placefinder.web.languages import mark
from prescribing.accounts import DEMO_DOMAIN, clean_login, current_code, new_totp_secret, totp_step, totp_uri
from prescribing.errors import InputRefused, NotAllowed, NotSignedIn
from prescribing.store import sessions
from prescribing.store.sessions import Connection, Holder
from prescribing.web.files import render
from prescribing.web.signed import (
    HALF_COOKIE,
    check_same_origin,
    form_of,
    give_half_session,
    give_session,
    go,
    own_path,
    passwords,
    pool_of,
    take_session,
    text_of,
    typed,
)
from prescribing.web.visits import SESSION_COOKIE, visit

ROLES = ("physician", "insurer_nurse", "insurer", "link_worker", "municipality", "admin")
STAFF = (Caller.PHYSICIAN, Caller.INSURER_NURSE, Caller.INSURER, Caller.LINK_WORKER, Caller.MUNICIPALITY, Caller.ADMIN)
ISSUER = "いばしょナビ"
NOT_IN = (
    "login",
    mark(
        "メールアドレスかパスワードがちがいます。続けてまちがえたときは、15分ほど待ってから、もう一度ためしてください。"
    ),
)
NO_CODE = (
    "code",
    mark(
        "番号がちがうか、使いおわった番号です。次の番号を待って入れてください。続けてまちがえたときは、しばらく入れません。"
    ),
)
router = APIRouter(include_in_schema=False)


@router.get("/staff/sign-in")
@callers(Caller.ANYONE)
async def sign_in_page(request: Request) -> Response:
    return _sign_in_form(request, 200, next=own_path(request.query_params.get("next")))


def _sign_in_form(request: Request, status: int, **values: object) -> Response:
    oidc = request.app.state.settings.oidc_issuer is not None
    return render(request, "sign_in.html", status, **{"login": "", "errors": [], "oidc": oidc, **values})


@router.post("/staff/sign-in")
@callers(Caller.ANYONE)
async def sign_in(request: Request) -> Response:
    """Password right: on to the second factor. Everything else looks the same and costs the same."""
    check_same_origin(request)
    form = await form_of(request)
    wanted = own_path(form.get("next"))
    token = await _half_session(request, form)
    if token is None:
        return _sign_in_form(request, 422, login=text_of(form, "login"), next=wanted, errors=[NOT_IN])
    answer = go(f"/staff/second-factor?next={wanted}" if wanted != "/staff" else "/staff/second-factor")
    give_half_session(request, answer, token)
    return answer


async def _half_session(request: Request, form: FormData) -> str | None:
    try:
        login = clean_login(text_of(form, "login"))
    except InputRefused:
        login = ""
    async with pool_of(request).connection() as connection:
        candidate = await sessions.begin_sign_in(connection, login)
    kept = candidate.password_hash if candidate else None
    right = await passwords(request).verify(kept, typed(form, "password"))
    async with pool_of(request).connection() as connection:
        if candidate and right:
            return await sessions.open_half_session(connection, candidate.account_id)
        await sessions.refuse_sign_in(connection, candidate.account_id if candidate else None)
    return None


@asynccontextmanager
async def half_way(request: Request) -> AsyncIterator[tuple[Connection, str, Holder]]:
    """An open transaction, the token and the holder of a session that awaits its second factor.

    Raises NotSignedIn without one, NotAllowed for a form without its CSRF token.
    """
    token = request.cookies.get(HALF_COOKIE, "")
    async with pool_of(request).connection() as connection:
        holder = await sessions.holder(connection, token, "password") if token else None
        if holder is None:
            raise NotSignedIn
        if request.method == "POST":
            sent = request.headers.get("x-csrf-token") or (await form_of(request)).get("csrf")
            if not isinstance(sent, str) or not compare_digest(sent.encode(), holder.csrf.encode()):
                raise NotAllowed
        yield connection, token, holder


@router.get("/staff/second-factor")
@callers(Caller.ANYONE)
async def second_factor_page(request: Request) -> Response:
    async with half_way(request) as (_, _, holder):
        if not holder.has_second_factor:
            return go(f"/staff/second-factor/set-up?next={own_path(request.query_params.get('next'))}")
        return _code_form(request, 200, holder, own_path(request.query_params.get("next")))


def _code_form(request: Request, status: int, holder: Holder, wanted: str, *errors: tuple[str, str]) -> Response:
    secret = _open(request, holder, holder.totp_secret) if holder.totp_secret else None
    values = {"holder": holder, "next": wanted, "errors": errors, "demo_code": _demo_code(request, holder, secret)}
    return render(request, "second_factor.html", status, **values)


def _demo_code(request: Request, holder: Holder, secret: str | None) -> str | None:
    """Of an invented person in the demo on this very machine: their code, so that everybody can look around."""
    demo = getattr(request.app.state, "demo_accounts", False) and holder.login.endswith(f"@{DEMO_DOMAIN}")
    return current_code(secret, time.time()) if demo and secret else None


def _open(request: Request, holder: Holder, sealed: bytes) -> str:
    secret: str = request.app.state.sealer.open("account.totp", holder.account_id, sealed)
    return secret


@router.post("/staff/second-factor")
@callers(Caller.ANYONE)
async def second_factor(request: Request) -> Response:
    """A code that was not used before completes the session, under a new token."""
    form = await form_of(request)
    wanted = own_path(form.get("next"))
    async with half_way(request) as (connection, token, holder):
        done = await _by_code(request, connection, token, holder, text_of(form, "code"))
        if done is None:
            await sessions.refuse_sign_in(connection, holder.account_id)
            return _code_form(request, 422, holder, wanted, NO_CODE)
    answer = go(wanted)
    give_session(request, answer, done)
    return answer


async def _by_code(request: Request, connection: Connection, token: str, holder: Holder, code: str) -> str | None:
    if holder.totp_secret is None or not await sessions.try_second_factor(connection, token):
        return None
    step = totp_step(_open(request, holder, holder.totp_secret), code, time.time())
    return await sessions.complete(connection, token, step=step) if step is not None else None


@router.get("/staff/second-factor/set-up")
@callers(Caller.ANYONE)
async def set_up_page(request: Request) -> Response:
    """The first sign-in: the secret for an authenticator app, as QR code and as letters."""
    async with half_way(request) as (connection, token, holder):
        if holder.has_second_factor:
            return go("/staff/second-factor")
        secret = await pending_secret(request, connection, token, holder)
        return _set_up_form(request, 200, holder, secret, own_path(request.query_params.get("next")))


def _set_up_form(
    request: Request, status: int, holder: Holder, secret: str, wanted: str, *errors: tuple[str, str]
) -> Response:
    values = {"holder": holder, "next": wanted, "errors": errors, "demo_code": _demo_code(request, holder, secret)}
    values |= secret_words(holder, secret)
    return render(request, "second_factor_set_up.html", status, **values)


async def pending_secret(request: Request, connection: Connection, token: str, holder: Holder) -> str:
    """The secret that is being set up, the same until it is taken or the session ends."""
    if holder.totp_pending is not None:
        return _open(request, holder, holder.totp_pending)
    secret = new_totp_secret()
    sealed = request.app.state.sealer.seal("account.totp", holder.account_id, secret)
    await sessions.keep_pending(connection, token, totp=sealed)
    return secret


def secret_words(holder: Holder, secret: str) -> dict[str, object]:
    """A secret as a page shows it: QR code, address for an app on the same phone, letters in groups of four."""
    uri = totp_uri(secret, holder.login, ISSUER)
    drawing = segno.make(uri, error="m").svg_inline(scale=4, border=4, light="#fff", omitsize=False)
    letters = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return {"qr": Markup(drawing), "uri": uri, "letters": letters}  # noqa: S704  (segno draws it, of our own text)


@router.post("/staff/second-factor/set-up")
@callers(Caller.ANYONE)
async def set_up(request: Request) -> Response:
    form = await form_of(request)
    wanted = own_path(form.get("next"))
    async with half_way(request) as (connection, token, holder):
        if holder.has_second_factor or holder.totp_pending is None:
            return go("/staff/second-factor")
        secret = _open(request, holder, holder.totp_pending)
        step = totp_step(secret, text_of(form, "code"), time.time())
        if step is None:
            return _set_up_form(request, 422, holder, secret, wanted, NO_CODE)
        await sessions.take_pending_totp(connection, token, "password", step - 1)
        done = await sessions.complete(connection, token, step=step)
    answer = go(wanted)
    if done:
        give_session(request, answer, done)
    return answer


@router.post("/staff/sign-out")
@callers(*STAFF)
async def sign_out(request: Request) -> Response:
    async with visit(request, *ROLES, to_change_password=True) as v:
        await sessions.leave_role(v.connection)
        await sessions.end(v.connection, request.cookies[SESSION_COOKIE])
    answer = go("/staff/sign-in")
    take_session(answer)
    return answer


@router.get("/staff/awake")
@callers(*STAFF)
async def awake(request: Request) -> Response:
    """Somebody said they are still there: 15 more minutes."""
    async with visit(request, *ROLES):
        return Response(status_code=204, headers={"Cache-Control": "no-store"})
