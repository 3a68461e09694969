"""Accounts of one organisation, as its admin sees and changes them: the connection has entered as an admin."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection, errors
from psycopg.rows import class_row

from geo.store.queries import Queries
from prescribing.accounts import INVITATION_DAYS, new_token
from prescribing.errors import InputRefused, NotFound
from prescribing.store.entering import secret_hash

QUERIES = Queries("prescribing.store", "accounts.sql")
Connection = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class Account:
    """A colleague, as far as an admin may see them."""

    account_id: UUID
    role: str
    login: str
    display_name: str
    state: str


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """Somebody invited who has not come yet; `expires_at` in Japanese time."""

    role: str
    login: str
    display_name: str
    expires_at: datetime
    expired: bool


async def accounts(connection: Connection) -> list[Account]:
    async with connection.cursor(row_factory=class_row(Account)) as cursor:
        await cursor.execute(QUERIES.accounts)
        return await cursor.fetchall()


async def invitations(connection: Connection) -> list[OpenInvitation]:
    async with connection.cursor(row_factory=class_row(OpenInvitation)) as cursor:
        await cursor.execute(QUERIES.invitations)
        return await cursor.fetchall()


async def invite(connection: Connection, *, login: str, role: str, display_name: str) -> str:
    """The token of a new invitation, valid seven days and once; an earlier one for the same login ends.

    Raises InputRefused for a role the organisation cannot have.
    """
    token = new_token()
    await connection.execute(QUERIES.withdraw_invitation, {"login": login})
    values = {"token_hash": secret_hash(token), "role": role, "login": login, "display_name": display_name}
    try:
        await connection.execute(QUERIES.invite, {**values, "days": INVITATION_DAYS})
    except errors.CheckViolation as refusal:
        raise _refused(refusal) from None
    return token


async def withdraw_invitation(connection: Connection, login: str) -> None:
    await connection.execute(QUERIES.withdraw_invitation, {"login": login})


async def change_account(
    connection: Connection, account_id: UUID, *, role: str | None = None, state: str | None = None
) -> None:
    """Change a colleague's role or state, which ends their sessions.

    Raises NotFound for another organisation's account and for one's own, InputRefused for a role that does not fit.
    """
    try:
        done = await connection.execute(
            QUERIES.change_account, {"account_id": account_id, "role": role, "state": state}
        )
    except errors.CheckViolation as refusal:
        raise _refused(refusal) from None
    if done.rowcount == 0:
        raise NotFound


def _refused(refusal: errors.CheckViolation) -> InputRefused:
    field = "state" if refusal.diag.constraint_name == "account_state_known" else "role"
    return InputRefused(field, "one that this organisation can have")


async def reset_second_factor(connection: Connection, account_id: UUID) -> None:
    """A colleague sets up a second factor anew; ends their sessions. Raises NotFound for another organisation's."""
    row = await (await connection.execute(QUERIES.reset_second_factor, {"account_id": account_id})).fetchone()
    if not row or not row[0]:
        raise NotFound
