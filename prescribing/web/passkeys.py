"""Passkeys (パスキー) as the second factor: W3C Web Authentication, asked and answered as JSON by a small script.

The signature is bound to our own host name by the browser, so a copied page gets nothing. Without JavaScript the code of an
authenticator app does the same.
"""

import ipaddress
import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson
import webauthn
from fastapi import APIRouter, Request, Response
from webauthn.helpers import base64url_to_bytes, options_to_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from placefinder.web.callers import Caller, callers
from prescribing.errors import InputRefused
from prescribing.store import sessions
from prescribing.store.sessions import Holder, Passkey
from prescribing.web.signed import give_session, own_origin, own_path
from prescribing.web.signing_in import ISSUER, ROLES, STAFF, half_way
from prescribing.web.visits import SESSION_COOKIE, visit

router = APIRouter(include_in_schema=False)
NAME_MAX = 60


def possible_here(request: Request) -> bool:
    """Passkeys belong to a host name; an address of numbers has none."""
    try:
        ipaddress.ip_address(request.url.hostname or "")
    except ValueError:
        return True
    return False


def _answer(told: Any, status: int = 200) -> Response:
    body = told if isinstance(told, str) else orjson.dumps(told)
    return Response(body, status, {"Cache-Control": "no-store"}, "application/json")


def _refused() -> Response:
    return _answer({"refused": True}, 422)


async def _sent(request: Request) -> dict[str, Any]:
    """The JSON of a request. Raises InputRefused."""
    try:
        told = orjson.loads(await request.body())
    except orjson.JSONDecodeError:
        raise InputRefused("body", "JSON") from None
    if not isinstance(told, dict) or not isinstance(told.get("credential"), dict):
        raise InputRefused("credential", "the answer of the browser")
    return told


def _descriptors(passkeys: list[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=one.credential_id) for one in passkeys]


@router.post("/staff/second-factor/passkey/options")
@callers(Caller.ANYONE)
async def ask(request: Request) -> Response:
    """What the browser signs: a challenge for the passkeys of whoever gave the password."""
    async with half_way(request) as (connection, token, _):
        known = await sessions.passkeys(connection, token, "password")
        options = webauthn.generate_authentication_options(
            rp_id=request.url.hostname or "",
            allow_credentials=_descriptors(known),
            user_verification=UserVerificationRequirement.PREFERRED,
        )
        await sessions.keep_pending(connection, token, challenge=options.challenge)
        return _answer(options_to_json(options))


@router.post("/staff/second-factor/passkey")
@callers(Caller.ANYONE)
async def assert_(request: Request) -> Response:
    """The signed challenge completes the session; a challenge is taken once."""
    sent = await _sent(request)
    async with half_way(request) as (connection, token, holder):
        done = None
        if await sessions.try_second_factor(connection, token):
            known = await sessions.passkeys(connection, token, "password")
            await sessions.keep_pending(connection, token)
            verified = _verified(request, sent["credential"], holder, known)
            if verified:
                done = await sessions.complete(connection, token, passkey=verified[0], sign_count=verified[1])
        if done is None:
            await sessions.refuse_sign_in(connection, holder.account_id)
            return _refused()
    answer = _answer({"next": own_path(sent.get("next"))})
    give_session(request, answer, done)
    return answer


def _verified(
    request: Request, credential: dict[str, Any], holder: Holder, known: list[Passkey]
) -> tuple[bytes, int] | None:
    """The passkey that signed and its new count; None for whatever is not a right signature of the kept challenge."""
    try:
        sent_id = base64url_to_bytes(str(credential.get("id", "")))
        passkey = next(one for one in known if one.credential_id == sent_id)
        told = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=holder.challenge or b"",
            expected_rp_id=request.url.hostname or "",
            expected_origin=own_origin(request),
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
        )
    except (WebAuthnException, StopIteration, ValueError, TypeError, KeyError):
        return None
    return (passkey.credential_id, told.new_sign_count) if holder.challenge else None


@router.post("/staff/account/passkeys/options")
@callers(*STAFF)
async def offer(request: Request) -> Response:
    """What the browser makes a new passkey for."""
    async with visit(request, *ROLES) as v:
        await sessions.leave_role(v.connection)
        token = request.cookies[SESSION_COOKIE]
        holder = await sessions.holder(v.connection, token, "complete")
        known = await sessions.passkeys(v.connection, token, "complete")
        options = webauthn.generate_registration_options(
            rp_id=request.url.hostname or "",
            rp_name=ISSUER,
            user_id=_user_id(v.visitor.account_id),
            user_name=holder.login if holder else "",
            user_display_name=v.visitor.display_name,
            exclude_credentials=_descriptors(known),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.DISCOURAGED,
                user_verification=UserVerificationRequirement.PREFERRED,
            ),
        )
        await sessions.keep_pending(v.connection, token, challenge=options.challenge)
        return _answer(options_to_json(options))


def _user_id(account_id: UUID) -> bytes:
    """Names the account to the authenticator without telling it who that is (WebAuthn §14.6.1)."""
    return sha256(b"placefinder passkey " + account_id.bytes).digest()


@router.post("/staff/account/passkeys")
@callers(*STAFF)
async def register(request: Request) -> Response:
    """The browser made a passkey: it is kept under the name its owner gave it."""
    sent = await _sent(request)
    async with visit(request, *ROLES) as v:
        await sessions.leave_role(v.connection)
        token = request.cookies[SESSION_COOKIE]
        holder = await sessions.holder(v.connection, token, "complete")
        await sessions.keep_pending(v.connection, token)
        passkey = _made(request, sent, holder)
        if passkey is None or not await sessions.add_passkey(v.connection, token, passkey):
            return _refused()
    return _answer({"next": "/staff/account"})


def _made(request: Request, sent: dict[str, Any], holder: Holder | None) -> Passkey | None:
    if holder is None or holder.challenge is None:
        return None
    try:
        told = webauthn.verify_registration_response(
            credential=json.dumps(sent["credential"]),
            expected_challenge=holder.challenge,
            expected_rp_id=request.url.hostname or "",
            expected_origin=own_origin(request),
        )
    except (WebAuthnException, ValueError, TypeError, KeyError):
        return None
    name = str(sent.get("name") or "").replace("\0", "").strip()[:NAME_MAX] or "パスキー"
    return Passkey(told.credential_id, told.credential_public_key, told.sign_count, name, datetime.now(UTC))
