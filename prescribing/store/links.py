"""Links and codes in the database: only their hashes, made by who may see the referral."""

from typing import Any, Protocol
from uuid import UUID

from psycopg import AsyncConnection

from geo.store.queries import Queries
from placefinder import clock
from prescribing.errors import NotFound
from prescribing.links import Link, code_as_kept, new_link
from prescribing.store.entering import secret_hash

__all__ = ["Named", "code_as_kept", "make_code", "make_link", "revoke"]

QUERIES = Queries("prescribing.store", "links.sql")


class Named(Protocol):
    """Anything that says which referral it is."""

    @property
    def referral_id(self) -> UUID: ...


async def make_link(connection: AsyncConnection[Any], referral: Named) -> Link:
    """A link and code for the place that is asked now; the one before ends. Raises NotFound where it is not the office's."""
    return await _made(connection, referral, "host")


async def make_code(connection: AsyncConnection[Any], referral: Named) -> str:
    """A code for the person, as it is printed; the one before ends. Raises NotFound where the referral is not one's own."""
    return (await _made(connection, referral, "patient")).code


async def revoke(connection: AsyncConnection[Any], referral: Named, party: str) -> int:
    """End the links and codes of a party, `host` or `patient`, and give their number: 0 too where it is not one's own."""
    values = {"referral_id": referral.referral_id, "party": party}
    row = await (await connection.execute(QUERIES.revoke, values)).fetchone()
    return int(row[0]) if row else 0


async def _made(connection: AsyncConnection[Any], referral: Named, party: str) -> Link:
    link = new_link(clock.now())
    values = {
        "referral_id": referral.referral_id, "party": party, "token_hash": secret_hash(link.token),
        "code_hash": secret_hash(link.code), "expires_at": link.expires_at,
    }  # fmt: skip
    row = await (await connection.execute(QUERIES.make_link, values)).fetchone()
    if row is None or not row[0]:
        raise NotFound
    return link
