"""Entering (入室): a transaction says who it works for, once, before it asks anything about people.

The database looks the session or link up itself; nothing the program says about its caller counts.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row

from geo.store.queries import Queries
from prescribing.errors import LinkRefused, NotSignedIn

QUERIES = Queries("prescribing.store", "entering.sql")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who signed in, as the database knows them. `party` is what their role makes them in a journey."""

    account_id: UUID
    organisation_id: UUID
    organisation_kind: str
    organisation_name: str
    role: str
    party: str
    display_name: str
    municipality_code: str
    must_change_password: bool
    csrf: str


@dataclass(frozen=True, slots=True)
class LinkHolder:
    """Somebody without an account, who holds a link to one referral: `party` is host or patient."""

    party: str
    organisation_id: UUID
    referral_id: UUID
    patient_id: UUID
    activity_id: UUID | None
    expires_at: datetime


def secret_hash(secret: str) -> bytes:
    """How sessions, links and codes are kept: whoever reads the table cannot use them."""
    return hashlib.sha256(secret.encode()).digest()


async def enter(connection: AsyncConnection[Any], session_token: str) -> Visitor:
    """Enter with a session for the rest of this transaction. Raises NotSignedIn where it is over or was never there."""
    async with connection.cursor(row_factory=class_row(Visitor)) as cursor:
        await cursor.execute(QUERIES.enter, {"session_hash": secret_hash(session_token)})
        visitor = await cursor.fetchone()
    if visitor is None:
        raise NotSignedIn
    await connection.execute(QUERIES.take_role, {"party": visitor.party})
    return visitor


async def enter_by_link(connection: AsyncConnection[Any], secret: str, *, is_code: bool = False) -> LinkHolder:
    """Enter with a link's token or a typed code. Raises LinkRefused: expired, revoked and unknown look the same."""
    async with connection.cursor(row_factory=class_row(LinkHolder)) as cursor:
        await cursor.execute(QUERIES.enter_by_link, {"link_hash": secret_hash(secret), "is_code": is_code})
        holder = await cursor.fetchone()
    if holder is None:
        raise LinkRefused
    await connection.execute(QUERIES.take_role, {"party": holder.party})
    return holder


async def enter_as_system(connection: AsyncConnection[Any]) -> None:
    """Enter for what is due by the clock; only the worker's login may."""
    await connection.execute(QUERIES.enter_as_system)


async def note(  # noqa: PLR0913 - what, about what, about whom
    connection: AsyncConnection[Any],
    action: str,
    subject: str,
    *,
    subject_id: UUID | None = None,
    patient_id: UUID | None = None,
    seen: Iterable[str] = (),
) -> None:
    """Write down, in this transaction, what was done or seen: names of columns in `seen`, never values.

    Writes note themselves by trigger; every reading of a person's rows must call this.
    """
    values = {
        "action": action,
        "subject": subject,
        "subject_id": subject_id,
        "patient_id": patient_id,
        "seen": list(seen),
    }
    await connection.execute(QUERIES.note, values)
