"""Referring once and again: what the form of a referral made before, and the facts of a person told anew."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

import orjson
from psycopg import AsyncConnection

from geo.store.queries import Queries
from prescribing.errors import KeyReused, NotFound
from prescribing.people import NewPatient
from prescribing.sealing import Sealer
from prescribing.store.entering import Visitor
from prescribing.store.people import IDENTITY

QUERIES = Queries("prescribing.store", "again.sql")


async def made_before(connection: AsyncConnection[Any], visitor: Visitor, key: str, fingerprint: bytes) -> UUID | None:
    """The referral that this form made when it was sent before; two sendings wait for each other.

    Raises KeyReused where the key came with another content.
    """
    await connection.execute(QUERIES.wait_for_key, {"actor": str(visitor.account_id), "key": key})
    cursor = await connection.execute(QUERIES.made_before, {"actor": str(visitor.account_id), "key": key})
    found = await cursor.fetchone()
    if found is None:
        return None
    if bytes(found[1]) != fingerprint:
        raise KeyReused
    return UUID(str(found[0]))


async def remember(
    connection: AsyncConnection[Any], visitor: Visitor, key: str, fingerprint: bytes, referral_id: UUID
) -> None:
    """Keep what this form made."""
    values = {"actor": str(visitor.account_id), "key": key, "fingerprint": fingerprint, "referral_id": referral_id}
    await connection.execute(QUERIES.remember, values)


async def replace_facts(connection: AsyncConnection[Any], sealer: Sealer, patient_id: UUID, new: NewPatient) -> None:
    """The facts of a person, told anew; an identity that was not told again stays. Raises NotFound."""
    values = {
        "patient_id": patient_id, "birth_year": new.birth_year, "age_band": new.age_band, "sex": new.sex,
        "district_id": new.district_id, "lon": new.home.lon if new.home else None,
        "lat": new.home.lat if new.home else None, "municipality_code": new.municipality_code,
        "mobility": new.mobility, "interests": list(new.interests), "needs": list(new.needs),
        "free_minutes": _multirange(new), "price_max": new.price_max, "avoid": list(new.avoid), "insurer_id": new.insurer_id,
        "identity_sealed": sealer.seal(IDENTITY, patient_id, orjson.dumps(asdict(new.identity)).decode()) if new.identity else None,
    }  # fmt: skip
    cursor = await connection.execute(QUERIES.replace_facts, values)
    if cursor.rowcount != 1:
        raise NotFound


async def home_name(connection: AsyncConnection[Any], district_id: UUID | None) -> str:
    """How the district of a home is called; '' where none is known."""
    cursor = await connection.execute(QUERIES.home_name, {"district_id": district_id})
    found = await cursor.fetchone()
    return str(found[0]) if found else ""


def _multirange(new: NewPatient) -> str | None:
    if new.free_minutes is None:
        return None
    return "{" + ",".join(f"[{first},{last})" for first, last in new.free_minutes) + "}"
