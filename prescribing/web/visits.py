"""One visit: a request that has entered. One connection, one transaction, committed at its end or not at all."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any

from fastapi import Request
from psycopg import AsyncConnection

from prescribing.errors import LinkRefused, NotAllowed, NotSignedIn, PasswordDue
from prescribing.store.entering import LinkHolder, Visitor, enter, enter_by_link

SESSION_COOKIE = "staff"


@dataclass(frozen=True, slots=True)
class Visit:
    """An open transaction and whom it works for."""

    connection: AsyncConnection[Any]
    visitor: Visitor


@dataclass(frozen=True, slots=True)
class LinkVisit:
    """An open transaction of somebody who holds a link to one referral."""

    connection: AsyncConnection[Any]
    holder: LinkHolder


@asynccontextmanager
async def visit(request: Request, *roles: str, to_change_password: bool = False) -> AsyncIterator[Visit]:
    """Enter as the account of the request's session.

    Raises NotSignedIn without one, NotAllowed for a role that is not named and for a form without its CSRF token,
    PasswordDue for a one-time password (but not where the visit is there to change it).
    """
    token = request.cookies.get(SESSION_COOKIE)
    if not token:
        raise NotSignedIn
    async with request.app.state.staff_pool.connection() as connection:
        visitor = await enter(connection, token)
        if visitor.role not in roles:
            raise NotAllowed
        await _check_form(request, visitor.csrf)
        if visitor.must_change_password and not to_change_password:
            raise PasswordDue
        yield Visit(connection, visitor)


async def _check_form(request: Request, csrf: str) -> None:
    if request.method in ("GET", "HEAD"):
        return
    sent = request.headers.get("x-csrf-token") or (await request.form()).get("csrf")
    if not isinstance(sent, str) or not compare_digest(sent.encode(), csrf.encode()):
        raise NotAllowed


@asynccontextmanager
async def link_visit(request: Request, secret: str, party: str, *, is_code: bool = False) -> AsyncIterator[LinkVisit]:
    """Enter by a link's token or a typed code. Raises LinkRefused, also where it is another party's."""
    async with request.app.state.staff_pool.connection() as connection:
        holder = await enter_by_link(connection, secret, is_code=is_code)
        if holder.party != party:
            raise LinkRefused
        yield LinkVisit(connection, holder)
