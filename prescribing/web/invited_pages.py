"""Taking an invitation: the link of an organisation's admin, a password of one's own, then the second factor."""

from fastapi import APIRouter, Request, Response

from placefinder.web.callers import Caller, callers
from prescribing.errors import LinkRefused
from prescribing.store import sessions
from prescribing.store.sessions import Invitation
from prescribing.web.account_pages import new_password_errors
from prescribing.web.files import render
from prescribing.web.role_names import ROLE_NAMES
from prescribing.web.signed import check_same_origin, form_of, give_half_session, go, passwords, pool_of, typed

router = APIRouter(include_in_schema=False)


@router.get("/staff/invited/{token}")
@callers(Caller.ANYONE)
async def invited(request: Request, token: str) -> Response:
    """Who invites, as what; reading it uses nothing up. Expired, used and unknown look the same."""
    return _form(request, 200, await _invitation(request, token))


async def _invitation(request: Request, token: str) -> Invitation:
    async with pool_of(request).connection() as connection:
        invitation = await sessions.invitation(connection, token)
    if invitation is None:
        raise LinkRefused
    return invitation


def _form(request: Request, status: int, invitation: Invitation, *errors: tuple[str, str]) -> Response:
    values = {"invitation": invitation, "errors": errors, "role": ROLE_NAMES[invitation.role]}
    return render(request, "invited.html", status, **values)


@router.post("/staff/invited/{token}")
@callers(Caller.ANYONE)
async def take(request: Request, token: str) -> Response:
    """The account is made, once; the second factor comes next."""
    check_same_origin(request)
    form = await form_of(request)
    invitation = await _invitation(request, token)
    password = typed(form, "password")
    errors = new_password_errors(password, typed(form, "again"), invitation.login, invitation.organisation_name)
    if errors:
        return _form(request, 422, invitation, *errors)
    kept = await passwords(request).hash(password)
    async with pool_of(request).connection() as connection:
        account_id = await sessions.take_invitation(connection, token, kept)
        half = await sessions.open_half_session(connection, account_id) if account_id else None
    if half is None:
        raise LinkRefused
    answer = go("/staff/second-factor/set-up")
    give_half_session(request, answer, half)
    return answer
