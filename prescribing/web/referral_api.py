"""`/api/v1/referrals`: the journey for the programs of staff, with the session's cookie and its token in `X-CSRF-Token`.

A new referral needs an `Idempotency-Key`, a step the version it means in `If-Match`; a step may have a key too. What a key made
is told as it stands now, never from a stored answer.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Request, Response

from placefinder.errors import SearchError
from placefinder.web import parameters
from placefinder.web.api_document import ANSWERS
from placefinder.web.callers import Caller, callers
from prescribing.errors import InputRefused, VersionMissing
from prescribing.journey import moves_from
from prescribing.store import consents
from prescribing.store.again import made_before, remember
from prescribing.store.people import register
from prescribing.store.referrals import Referral, history, make, move, referral
from prescribing.web.referral_body import CONSENT, MOVE, NEW, Schema, read_consent, read_move, read_patient, read_uuid
from prescribing.web.visits import Visit, visit

_PROBLEM = ANSWERS[404]["content"]
_REFUSALS = {
    401: "Nobody is signed in, or the session is over",
    403: "The role does not include this, or the CSRF token is missing",
    404: "There is no such referral for you: absent and somebody else's look the same",
    409: "The journey has no such step from here, or a consent is missing",
    412: "Somebody changed it meanwhile: the version is stale",
    422: "The Idempotency-Key was used for another request",
    428: "If-Match is missing",
}
router = APIRouter(
    prefix="/api/v1",
    tags=["referrals"],
    responses={**ANSWERS, **{status: {"description": text, "content": _PROBLEM} for status, text in _REFUSALS.items()}},
)

REFERRERS = ("physician", "insurer_nurse")
STAFF = (*REFERRERS, "link_worker")
_BY_REFERRERS = callers(Caller.PHYSICIAN, Caller.INSURER_NURSE)
_BY_STAFF = callers(Caller.PHYSICIAN, Caller.INSURER_NURSE, Caller.LINK_WORKER)
_KEY = re.compile(r"[!-~]{8,200}")
_ETAG = re.compile(r'"([0-9]{1,9})"')


def _takes(properties: Mapping[str, Schema], *required: str, headers: tuple[str, ...] = ()) -> dict[str, Any]:
    """What a POST takes, for the OpenAPI document."""
    schema = {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }
    named = [
        {"name": name, "in": "header", "required": name in headers, "schema": {"type": "string"}}
        for name in ("X-CSRF-Token", "Idempotency-Key", "If-Match")
        if name in (*headers, "Idempotency-Key")
    ]
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}, "parameters": named}


@router.post("/referrals", status_code=201, openapi_extra=_takes(NEW, headers=("X-CSRF-Token", "Idempotency-Key")))
@_BY_REFERRERS
async def new(request: Request) -> Response:
    """A draft for somebody new (`patient`) or for a person of one's own (`patient_id`)."""
    async with visit(request, *REFERRERS) as v:
        given = await parameters.body(request, tuple(NEW))
        key = _key(request)
        if key is None:
            raise SearchError("Idempotency-Key", "given: 8 to 200 characters that make this request one of its own")
        fingerprint = hashlib.sha256(orjson.dumps(given, option=orjson.OPT_SORT_KEYS)).digest()
        before = await made_before(v.connection, v.visitor, key, fingerprint)
        if before is None:
            before = (await _made(request, v, given)).referral_id
            await remember(v.connection, v.visitor, key, fingerprint, before)
        found = await referral(v.connection, before)
        return _answer(found, v, 201, {"Location": f"/api/v1/referrals/{found.referral_id}"})


async def _made(request: Request, v: Visit, given: dict[str, Any]) -> Referral:
    if (given.get("patient") is None) == (given.get("patient_id") is None):
        raise SearchError("patient", "given, or else patient_id: one of the two")
    follows = read_uuid("follows_id", given["follows_id"]) if given.get("follows_id") else None
    if given.get("patient_id") is not None:
        patient_id = read_uuid("patient_id", given["patient_id"])
    else:
        try:
            someone = read_patient(given["patient"])
        except InputRefused as refusal:
            raise SearchError(refusal.field, refusal.allowed) from None
        patient_id = await register(v.connection, v.visitor, request.app.state.sealer, someone)
    return await make(v.connection, v.visitor, patient_id, follows=follows)


@router.get("/referrals/{referral_id}")
@_BY_STAFF
async def one(request: Request, referral_id: UUID) -> Response:
    """A referral as it stands, its version as ETag, and the steps one may make."""
    parameters.query(request, ())
    async with visit(request, *STAFF) as v:
        return _answer(await referral(v.connection, referral_id), v)


@router.get("/referrals/{referral_id}/history")
@_BY_STAFF
async def steps(request: Request, referral_id: UUID) -> Response:
    """Every step so far, in order: who, when, why."""
    parameters.query(request, ())
    async with visit(request, *STAFF) as v:
        await referral(v.connection, referral_id)
        return _json({"history": [asdict(event) for event in await history(v.connection, referral_id)]})


@router.post(
    "/referrals/{referral_id}/moves",
    openapi_extra=_takes(MOVE, "move", headers=("X-CSRF-Token", "If-Match")),
)
@_BY_STAFF
async def step(request: Request, referral_id: UUID) -> Response:
    """Make a step on the version in `If-Match`, and get the referral after it."""
    async with visit(request, *STAFF) as v:
        given = await parameters.body(request, tuple(MOVE))
        name, reason, changes = read_move(given)
        version, key = _version(request), _key(request)
        after = await move(v.connection, v.visitor, referral_id, version, name, reason=reason, changes=changes, key=key)
        return _answer(after, v)


@router.get("/referrals/{referral_id}/consents")
@_BY_STAFF
async def said_yes(request: Request, referral_id: UUID) -> Response:
    """The consents of the person that one may see, newest first."""
    parameters.query(request, ())
    async with visit(request, *STAFF) as v:
        found = await referral(v.connection, referral_id)
        told = await consents.of_patient(v.connection, found.patient_id)
        return _json({"consents": [asdict(consent) for consent in told]})


@router.post(
    "/referrals/{referral_id}/consents",
    status_code=201,
    openapi_extra=_takes(CONSENT, "purpose", "recipient_id", headers=("X-CSRF-Token",)),
)
@_BY_STAFF
async def says_yes(request: Request, referral_id: UUID) -> Response:
    """Record a yes of the person of this referral."""
    async with visit(request, *STAFF) as v:
        given = await parameters.body(request, tuple(CONSENT))
        found = await referral(v.connection, referral_id)
        try:
            consent_id = await consents.give(v.connection, v.visitor, found.patient_id, read_consent(given))
        except InputRefused as refusal:
            raise SearchError(refusal.field, refusal.allowed) from None
        return _json({"consent_id": consent_id}, 201)


@router.post(
    "/referrals/{referral_id}/consents/{consent_id}/withdrawal",
    openapi_extra={"parameters": _takes({}, headers=("X-CSRF-Token",))["parameters"][:1]},
)
@_BY_STAFF
async def takes_back(request: Request, referral_id: UUID, consent_id: UUID) -> Response:
    """End a consent now, and what rests on it; twice changes nothing."""
    parameters.query(request, ())
    async with visit(request, *STAFF) as v:
        await referral(v.connection, referral_id)
        await consents.withdraw(v.connection, v.visitor, consent_id)
        return Response(status_code=204)


def _answer(found: Referral, v: Visit, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    party: Any = v.visitor.party
    body = asdict(found) | {"moves": [one.move for one in moves_from(found.state, party)]}
    return _json(body, status, {"ETag": f'"{found.version}"', **(headers or {})})


def _json(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """About people: kept by no cache."""
    kept = {"Cache-Control": "no-store", **(headers or {})}
    return Response(orjson.dumps(body), status, kept, "application/json")


def _key(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is not None and not _KEY.fullmatch(key):
        raise SearchError("Idempotency-Key", "8 to 200 visible ASCII characters")
    return key


def _version(request: Request) -> int:
    told = request.headers.get("if-match")
    if told is None:
        raise VersionMissing
    found = _ETAG.fullmatch(told.strip())
    if found is None:
        raise SearchError("If-Match", 'the ETag of a referral, as "3"')
    return int(found[1])
