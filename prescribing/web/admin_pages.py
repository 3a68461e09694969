"""`/staff/admin`: the accounts of one's own organisation: invite, stop, change the role, reset a lost second factor."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from placefinder.web.callers import Caller, callers
from placefinder.web.languages import mark
from prescribing.accounts import ROLES_OF_KIND, clean_login
from prescribing.errors import InputRefused
from prescribing.store import accounts
from prescribing.web.files import render
from prescribing.web.role_names import ROLE_NAMES, STATE_NAMES
from prescribing.web.signed import form_of, go, own_origin, text_of
from prescribing.web.visits import Visit, visit

WORDS = {
    "login": mark("メールアドレスの形を確かめてください。"),
    "name": mark("名前を入れてください（100文字まで）。"),
    "role": mark("この組織にある役割をえらんでください。"),
}
NOTHING = {"login": "", "name": "", "role": ""}
router = APIRouter(include_in_schema=False)


@router.get("/staff/admin")
@callers(Caller.ADMIN)
async def admin(request: Request) -> Response:
    async with visit(request, "admin") as v:
        return await _page(request, 200, v)


async def _page(request: Request, status: int, v: Visit, **values: Any) -> Response:
    told: dict[str, Any] = {"errors": [], "typed": NOTHING, "link": None, **values}
    return render(
        request,
        "admin.html",
        status,
        visitor=v.visitor,
        accounts=await accounts.accounts(v.connection),
        invitations=await accounts.invitations(v.connection),
        roles=ROLES_OF_KIND[v.visitor.organisation_kind],
        role_names=ROLE_NAMES,
        state_names=STATE_NAMES,
        **told,
    )


@router.post("/staff/admin/invite")
@callers(Caller.ADMIN)
async def invite(request: Request) -> Response:
    """The link is shown once, on the answer to the form: the table keeps only its hash."""
    form = await form_of(request)
    typed = {name: text_of(form, name, 254) for name in NOTHING}
    async with visit(request, "admin") as v:
        try:
            token = await _invited(v, typed)
        except InputRefused as refusal:
            return await _page(request, 422, v, typed=typed, errors=[(refusal.field, WORDS[refusal.field])])
        return await _page(request, 200, v, link=f"{own_origin(request)}/staff/invited/{token}", invited=typed)


async def _invited(v: Visit, typed: dict[str, str]) -> str:
    login = clean_login(typed["login"])
    if not 1 <= len(typed["name"]) <= 100:
        raise InputRefused("name", "1 to 100 characters long")
    if typed["role"] not in ROLES_OF_KIND[v.visitor.organisation_kind]:
        raise InputRefused("role", "one that this organisation can have")
    return await accounts.invite(v.connection, login=login, role=typed["role"], display_name=typed["name"])


@router.post("/staff/admin/invitations/withdraw")
@callers(Caller.ADMIN)
async def withdraw(request: Request) -> Response:
    form = await form_of(request)
    async with visit(request, "admin") as v:
        await accounts.withdraw_invitation(v.connection, text_of(form, "login"))
    return go("/staff/admin")


@router.post("/staff/admin/accounts/{account_id}")
@callers(Caller.ADMIN)
async def change(request: Request, account_id: UUID) -> Response:
    """Role or state of a colleague; their sessions end. Another organisation's account is not there."""
    form = await form_of(request)
    role, state = text_of(form, "role") or None, text_of(form, "state") or None
    async with visit(request, "admin") as v:
        await accounts.change_account(v.connection, account_id, role=role, state=state)
    return go("/staff/admin")


@router.post("/staff/admin/accounts/{account_id}/second-factor")
@callers(Caller.ADMIN)
async def reset_second_factor(request: Request, account_id: UUID) -> Response:
    async with visit(request, "admin") as v:
        await accounts.reset_second_factor(v.connection, account_id)
    return go("/staff/admin")
