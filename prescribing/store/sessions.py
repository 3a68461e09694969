"""Sessions: signing in step by step, the second factor, and what somebody does with their own credentials.

All of it goes through functions of the gate that take a session's token: no party can read or write a credential.
A connection that has entered must put its role down first (`leave_role`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row

from geo.store.queries import Queries
from prescribing.accounts import WAITS_S, new_token
from prescribing.store.entering import secret_hash

QUERIES = Queries("prescribing.store", "sessions.sql")
Connection = AsyncConnection[Any]
Stage = Literal["password", "complete"]
"""A session after the password only (10 minutes, opens nothing), or a complete one."""


@dataclass(frozen=True, slots=True, repr=False)
class Candidate:
    """An account that may try its password now."""

    account_id: UUID
    password_hash: str


@dataclass(frozen=True, slots=True, repr=False)
class Holder:
    """Whose session it is, and what of a second factor they have."""

    account_id: UUID
    login: str
    display_name: str
    organisation_name: str
    csrf: str
    password_hash: str | None
    totp_secret: bytes | None
    totp_last_step: int | None
    totp_pending: bytes | None
    challenge: bytes | None
    passkeys: int

    @property
    def has_second_factor(self) -> bool:
        return self.totp_secret is not None or self.passkeys > 0


@dataclass(frozen=True, slots=True)
class Passkey:
    """A key that a device or browser keeps for the account (WebAuthn); `added_at` in Japanese time."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    name: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class Living:
    """A session somebody has open; times in Japan."""

    opened_at: datetime
    seen_at: datetime
    this_one: bool


@dataclass(frozen=True, slots=True)
class Invitation:
    """What somebody is invited to be."""

    organisation_name: str
    role: str
    login: str
    display_name: str


async def _value(connection: Connection, query: str, **values: Any) -> Any:
    row = await (await connection.execute(query, values)).fetchone()
    return row[0] if row else None


async def begin_sign_in(connection: Connection, login: str) -> Candidate | None:
    """Count a try of a login. None where none is possible now: unknown, disabled, without password or waiting."""
    async with connection.cursor(row_factory=class_row(Candidate)) as cursor:
        await cursor.execute(QUERIES.begin_sign_in, {"login": login, "waits": list(WAITS_S)})
        return await cursor.fetchone()


async def refuse_sign_in(connection: Connection, account_id: UUID | None) -> None:
    """Write down that somebody could not sign in."""
    await connection.execute(QUERIES.refuse_sign_in, {"account_id": account_id})


async def open_half_session(connection: Connection, account_id: UUID) -> str:
    """The token of a session that leads to the second factor and nowhere else."""
    token = new_token()
    values = {"account_id": account_id, "session_hash": secret_hash(token), "csrf": new_token()}
    await connection.execute(QUERIES.open_half_session, values)
    return token


async def holder(connection: Connection, token: str, stage: Stage) -> Holder | None:
    """Whose session it is, or None where it is over or of the other stage."""
    async with connection.cursor(row_factory=class_row(Holder)) as cursor:
        await cursor.execute(QUERIES.holder, {"session_hash": secret_hash(token), "stage": stage})
        return await cursor.fetchone()


async def try_second_factor(connection: Connection, half_token: str) -> bool:
    """Count a try of a code or passkey; False where they have to wait."""
    values = {"session_hash": secret_hash(half_token), "waits": list(WAITS_S)}
    return bool(await _value(connection, QUERIES.try_second_factor, **values))


async def complete(
    connection: Connection,
    half_token: str,
    *,
    step: int | None = None,
    passkey: bytes | None = None,
    sign_count: int | None = None,
) -> str | None:
    """The token of the complete session; None where the code's step was used already or the passkey is not theirs."""
    token = new_token()
    done = await _value(
        connection,
        QUERIES.complete_session,
        half_hash=secret_hash(half_token),
        session_hash=secret_hash(token),
        csrf=new_token(),
        step=step,
        passkey=passkey,
        sign_count=sign_count,
    )
    return token if done else None


async def keep_pending(
    connection: Connection, token: str, *, challenge: bytes | None = None, totp: bytes | None = None
) -> None:
    """Keep what is being asked (a passkey's challenge) or set up (a sealed TOTP secret)."""
    values = {"session_hash": secret_hash(token), "challenge": challenge, "totp": totp}
    await connection.execute(QUERIES.keep_pending, values)


async def take_pending_totp(connection: Connection, token: str, stage: Stage, step: int) -> bool:
    """The secret that was being set up is theirs, and its code of `step` is used."""
    values = {"session_hash": secret_hash(token), "stage": stage, "step": step}
    return bool(await _value(connection, QUERIES.take_pending_totp, **values))


async def passkeys(connection: Connection, token: str, stage: Stage) -> list[Passkey]:
    async with connection.cursor(row_factory=class_row(Passkey)) as cursor:
        await cursor.execute(QUERIES.passkeys, {"session_hash": secret_hash(token), "stage": stage})
        return await cursor.fetchall()


async def add_passkey(connection: Connection, token: str, passkey: Passkey) -> bool:
    """Keep a passkey with a complete session; False where the session is over or the passkey is known."""
    values = {
        "session_hash": secret_hash(token),
        "credential_id": passkey.credential_id,
        "public_key": passkey.public_key,
        "sign_count": passkey.sign_count,
        "name": passkey.name,
    }
    return bool(await _value(connection, QUERIES.add_passkey, **values))


async def remove_passkey(connection: Connection, token: str, credential_id: bytes) -> bool:
    """Take a passkey away; False where it is not theirs or would leave them without a second factor."""
    values = {"session_hash": secret_hash(token), "credential_id": credential_id}
    return bool(await _value(connection, QUERIES.remove_passkey, **values))


async def living(connection: Connection, token: str) -> list[Living]:
    """The open sessions of whoever has this one, newest first."""
    async with connection.cursor(row_factory=class_row(Living)) as cursor:
        await cursor.execute(QUERIES.living, {"session_hash": secret_hash(token)})
        return await cursor.fetchall()


async def end(connection: Connection, token: str) -> None:
    await connection.execute(QUERIES.end_session, {"session_hash": secret_hash(token)})


async def end_others(connection: Connection, token: str) -> int:
    """End every other session of whoever has this one; how many there were."""
    return int(await _value(connection, QUERIES.end_others, session_hash=secret_hash(token)) or 0)


async def change_password(connection: Connection, token: str, password_hash: str) -> str | None:
    """Keep a new password and end every session; the token this one goes on under, or None where it was over."""
    new = new_token()
    values = {"session_hash": secret_hash(token), "new_hash": secret_hash(new), "csrf": new_token()}
    done = await _value(connection, QUERIES.change_password, **values, password_hash=password_hash)
    return new if done else None


async def invitation(connection: Connection, token: str) -> Invitation | None:
    """What an invitation's link says, or None where it is over, used or was never given."""
    async with connection.cursor(row_factory=class_row(Invitation)) as cursor:
        await cursor.execute(QUERIES.invitation, {"invitation_hash": secret_hash(token)})
        return await cursor.fetchone()


async def take_invitation(connection: Connection, token: str, password_hash: str) -> UUID | None:
    """Make the account of an invitation, once; None where it is over or the login is somebody's already."""
    values = {"invitation_hash": secret_hash(token), "password_hash": password_hash}
    account: UUID | None = await _value(connection, QUERIES.take_invitation, **values)
    return account


async def open_oidc_session(connection: Connection, subject: str) -> str | None:
    """The token of a complete session of whoever has this OIDC subject (issuer and sub, joined by a blank)."""
    token = new_token()
    values = {"subject": subject, "session_hash": secret_hash(token), "csrf": new_token()}
    return token if await _value(connection, QUERIES.open_oidc_session, **values) else None


async def leave_role(connection: Connection) -> None:
    """Put the party's role down for the rest of this transaction; its claims stay."""
    await connection.execute(QUERIES.leave_role)
