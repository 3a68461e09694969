"""One's own account: password, second factor, passkeys, and where one is signed in."""

import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from fastapi import APIRouter, Request, Response

from placefinder.web.callers import callers
from placefinder.web.languages import mark
from prescribing.accounts import check_password, totp_step
from prescribing.errors import InputRefused, NotFound, NotSignedIn
from prescribing.store import sessions
from prescribing.store.sessions import Holder
from prescribing.web.files import render
from prescribing.web.navigation import first_screen
from prescribing.web.passkeys import possible_here
from prescribing.web.signed import form_of, give_session, go, passwords, pool_of, text_of, typed
from prescribing.web.signing_in import NO_CODE, ROLES, STAFF, pending_secret, secret_words
from prescribing.web.visits import SESSION_COOKIE, Visit, visit

WRONG_OLD = (
    "old",
    mark("今のパスワードがちがいます。続けてまちがえたときは、15分ほど待ってから、もう一度ためしてください。"),
)
NOT_SAME = ("again", mark("2つの新しいパスワードがちがいます。"))
SAME_AS_OLD = ("password", mark("今のパスワードとちがうものにしてください。"))
BAD_PASSWORD = {
    "13 to 200 characters long": mark("パスワードは13文字以上にしてください（200文字まで）。"),
    "less common": mark("よく使われるパスワードです。ほかのものにしてください。"),
}
NAMES_IN_PASSWORD = mark("メールアドレスや組織の名前が入っています。ほかのものにしてください。")
router = APIRouter(include_in_schema=False)


@router.get("/staff")
@callers(*STAFF)
async def start(request: Request) -> Response:
    """On to the first screen of whoever signed in."""
    async with visit(request, *ROLES) as v:
        return go(first_screen(v.visitor.role))


async def _holder(request: Request, v: Visit) -> tuple[str, Holder]:
    """The session's token and its holder; the party's role is put down from here on."""
    await sessions.leave_role(v.connection)
    token = request.cookies[SESSION_COOKIE]
    holder = await sessions.holder(v.connection, token, "complete")
    if holder is None:
        raise NotSignedIn
    return token, holder


@router.get("/staff/account")
@callers(*STAFF)
async def account(request: Request) -> Response:
    async with visit(request, *ROLES) as v:
        token, holder = await _holder(request, v)
        living = await sessions.living(v.connection, token)
        keys = [(_key_name(one.credential_id), one) for one in await sessions.passkeys(v.connection, token, "complete")]
    return render(
        request,
        "account.html",
        visitor=v.visitor,
        holder=holder,
        living=living,
        passkeys=keys,
        passkeys_possible=possible_here(request),
        last_key=len(keys) == 1 and holder.totp_secret is None,
    )


def _key_name(credential_id: bytes) -> str:
    return urlsafe_b64encode(credential_id).decode()


@router.get("/staff/password")
@callers(*STAFF)
async def password_page(request: Request) -> Response:
    async with visit(request, *ROLES, to_change_password=True) as v:
        _, holder = await _holder(request, v)
        return _password_form(request, 200, v, holder)


def _password_form(request: Request, status: int, v: Visit, holder: Holder, *errors: tuple[str, str]) -> Response:
    return render(request, "password.html", status, visitor=v.visitor, holder=holder, errors=errors)


@router.post("/staff/password")
@callers(*STAFF)
async def change_password(request: Request) -> Response:
    """A new password, with the old one beside it; every other session ends."""
    form = await form_of(request)
    old, new, again = (typed(form, name) for name in ("old", "password", "again"))
    candidate = None
    async with visit(request, *ROLES, to_change_password=True) as v:
        token, holder = await _holder(request, v)
        errors = new_password_errors(new, again, holder.login, holder.organisation_name)
        if old == new and not errors:
            errors = [SAME_AS_OLD]
        if not errors:
            candidate = await sessions.begin_sign_in(v.connection, holder.login)
    if not errors and not await passwords(request).verify(candidate.password_hash if candidate else None, old):
        errors = [WRONG_OLD]
    changed = None if errors else await _keep(request, token, new)
    if changed is None:
        return _password_form(request, 422, v, holder, *errors)
    answer = go("/staff")
    give_session(request, answer, changed)
    return answer


async def _keep(request: Request, token: str, password: str) -> str | None:
    kept = await passwords(request).hash(password)
    async with pool_of(request).connection() as connection:
        return await sessions.change_password(connection, token, kept)


def new_password_errors(password: str, again: str, *names: str) -> list[tuple[str, str]]:
    """What is wrong with a new password, in words for its form."""
    try:
        check_password(password, *names)
    except InputRefused as refusal:
        return [("password", BAD_PASSWORD.get(refusal.allowed, NAMES_IN_PASSWORD))]
    return [] if password == again else [NOT_SAME]


@router.get("/staff/account/totp")
@callers(*STAFF)
async def totp_page(request: Request) -> Response:
    """Set up an authenticator app, or another one in place of the one before."""
    async with visit(request, *ROLES) as v:
        token, holder = await _holder(request, v)
        secret = await pending_secret(request, v.connection, token, holder)
        return render(request, "totp.html", visitor=v.visitor, errors=[], **secret_words(holder, secret))


@router.post("/staff/account/totp")
@callers(*STAFF)
async def change_totp(request: Request) -> Response:
    code = text_of(await form_of(request), "code")
    async with visit(request, *ROLES) as v:
        token, holder = await _holder(request, v)
        secret = await pending_secret(request, v.connection, token, holder)
        step = totp_step(secret, code, time.time())
        if step is None or not await sessions.take_pending_totp(v.connection, token, "complete", step):
            values: dict[str, Any] = {"visitor": v.visitor, "errors": [NO_CODE], **secret_words(holder, secret)}
            return render(request, "totp.html", 422, **values)
    return go("/staff/account")


@router.post("/staff/account/passkeys/remove")
@callers(*STAFF)
async def remove_passkey(request: Request) -> Response:
    try:
        credential_id = urlsafe_b64decode(text_of(await form_of(request), "key", 2000).encode("ascii"))
    except ValueError:
        raise NotFound from None
    async with visit(request, *ROLES) as v:
        token, _ = await _holder(request, v)
        if not await sessions.remove_passkey(v.connection, token, credential_id):
            raise NotFound
    return go("/staff/account")


@router.post("/staff/account/sign-out-others")
@callers(*STAFF)
async def sign_out_others(request: Request) -> Response:
    async with visit(request, *ROLES) as v:
        token, _ = await _holder(request, v)
        await sessions.end_others(v.connection, token)
    return go("/staff/account")
