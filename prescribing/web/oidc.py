"""Signing in where the organisation's own accounts are (OpenID Connect Core 1.0, code flow with PKCE, state and nonce).

The issuer vouches for both factors. Its `sub` must have been linked to an account of ours by the operator; nobody is
made an account by signing in somewhere else.
"""

import json
import secrets
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from placefinder.settings import Settings
from placefinder.web.callers import Caller, callers
from placefinder.web.languages import mark
from prescribing.accounts import new_token
from prescribing.errors import NotFound
from prescribing.store import sessions
from prescribing.web.files import render
from prescribing.web.signed import give_session, go, own_origin, own_path, pool_of

COOKIE = "oidc"
_COOKIE_PATH = "/staff/oidc"
_COOKIE_S = 600
_TIMEOUT_S = 10
_LEEWAY_S = 60
_ALGORITHMS = ["RS256", "ES256", "PS256", "EdDSA"]
REFUSED = (
    "oidc",
    mark("組織のアカウントではログインできませんでした。もう一度ためすか、管理の人に聞いてください。"),
)
router = APIRouter(include_in_schema=False)


class OidcRefused(Exception):
    """The issuer's answer is not what was asked for, or it cannot be reached. Never holds what it said."""


@dataclass(frozen=True, slots=True, repr=False)
class Asked:
    """What one sign-in asked for; lies in the browser's cookie until the answer comes."""

    state: str
    nonce: str
    verifier: str
    next: str


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    if settings.oidc_issuer is None:
        raise NotFound
    return settings


def _back(request: Request) -> str:
    return f"{own_origin(request)}/staff/oidc/back"


@router.get("/staff/oidc")
@callers(Caller.ANYONE)
async def to_issuer(request: Request) -> Response:
    """On to the issuer, with a state, a nonce and a challenge that only this browser's answer will fit."""
    settings = _settings(request)
    asked = Asked(new_token(), new_token(), secrets.token_urlsafe(48), own_path(request.query_params.get("next")))
    try:
        async with _client() as client:
            issuer = await _metadata(client, settings)
    except OidcRefused:
        return _refused(request)
    query = {
        "response_type": "code",
        "client_id": settings.oidc_client_id,
        "redirect_uri": _back(request),
        "scope": "openid",
        "state": asked.state,
        "nonce": asked.nonce,
        "code_challenge": create_s256_code_challenge(asked.verifier),
        "code_challenge_method": "S256",
    }
    address = issuer["authorization_endpoint"]
    answer = RedirectResponse(f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(query)}", 303)
    _keep(request, answer, asked)
    return answer


def _keep(request: Request, answer: Response, asked: Asked) -> None:
    kept = json.dumps([asked.state, asked.nonce, asked.verifier, asked.next])
    answer.set_cookie(
        COOKIE,
        kept.encode().hex(),
        max_age=_COOKIE_S,
        path=_COOKIE_PATH,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def _asked(request: Request) -> Asked:
    try:
        state, nonce, verifier, wanted = map(str, json.loads(bytes.fromhex(request.cookies[COOKIE])))
    except (KeyError, ValueError):
        raise OidcRefused("no sign-in was begun in this browser") from None
    return Asked(state, nonce, verifier, own_path(wanted))


@router.get("/staff/oidc/back")
@callers(Caller.ANYONE)
async def from_issuer(request: Request) -> Response:
    """Back with a code: it is exchanged, its token checked, and the account behind its subject is in."""
    settings = _settings(request)
    try:
        asked = _asked(request)
        subject = await _subject(request, settings, asked)
    except OidcRefused:
        return await _noted_refusal(request)
    async with pool_of(request).connection() as connection:
        token = await sessions.open_oidc_session(connection, f"{settings.oidc_issuer} {subject}")
    if token is None:
        return await _noted_refusal(request)
    answer = go(asked.next)
    answer.delete_cookie(COOKIE, path=_COOKIE_PATH)
    give_session(request, answer, token)
    return answer


async def _noted_refusal(request: Request) -> Response:
    async with pool_of(request).connection() as connection:
        await sessions.refuse_sign_in(connection, None)
    return _refused(request)


def _refused(request: Request) -> Response:
    values = {"login": "", "next": "/staff", "errors": [REFUSED], "oidc": True}
    answer = render(request, "sign_in.html", 422, **values)
    answer.delete_cookie(COOKIE, path=_COOKIE_PATH)
    return answer


async def _subject(request: Request, settings: Settings, asked: Asked) -> str:
    """The `sub` of the token that the code of this answer is exchanged for. Raises OidcRefused."""
    state, code = request.query_params.get("state", ""), request.query_params.get("code", "")
    if not code or not compare_digest(state.encode(), asked.state.encode()):
        raise OidcRefused("another state")
    async with _client() as client:
        issuer = await _metadata(client, settings)
        exchange = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": _back(request),
            "code_verifier": asked.verifier,
        }
        credentials = httpx.BasicAuth(settings.oidc_client_id, settings.oidc_client_secret)
        told = await _json(client, "POST", issuer["token_endpoint"], data=exchange, auth=credentials)
        keys = await _json(client, "GET", issuer["jwks_uri"])
    return _checked(told, keys, settings, asked)


def _checked(told: dict[str, Any], keys: dict[str, Any], settings: Settings, asked: Asked) -> str:
    try:
        token = jwt.decode(told["id_token"], KeySet.import_key_set(keys), algorithms=_ALGORITHMS)  # type: ignore[arg-type]
        expected = {
            "iss": {"essential": True, "value": settings.oidc_issuer},
            "aud": {"essential": True, "value": settings.oidc_client_id},
            "sub": {"essential": True},
        }
        more = {"nonce": asked.nonce, "client_id": settings.oidc_client_id, "access_token": told.get("access_token")}
        claims = CodeIDToken(token.claims, token.header, expected, more)
        claims.validate(leeway=_LEEWAY_S)
    except (JoseError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise OidcRefused(type(error).__name__) from None
    return str(token.claims["sub"])


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=_TIMEOUT_S, follow_redirects=False)


async def _metadata(client: httpx.AsyncClient, settings: Settings) -> dict[str, Any]:
    """What the issuer says of itself (OpenID Connect Discovery 1.0); it must be the one of the settings."""
    address = f"{(settings.oidc_issuer or '').rstrip('/')}/.well-known/openid-configuration"
    told = await _json(client, "GET", address)
    wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if told.get("issuer") != settings.oidc_issuer or not all(isinstance(told.get(one), str) for one in wanted):
        raise OidcRefused("the issuer's own description does not fit")
    return told


async def _json(client: httpx.AsyncClient, method: str, address: str, **more: Any) -> dict[str, Any]:
    try:
        answer = await client.request(method, address, headers={"Accept": "application/json"}, **more)
        answer.raise_for_status()
        told = answer.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise OidcRefused(type(error).__name__) from None
    if not isinstance(told, dict):
        raise OidcRefused("not an object")
    return told
