"""People (相手) in the database: registered by referrers, walled off by row, and who they are as sealed bytes only."""

from typing import Any
from uuid import UUID, uuid4

from psycopg import AsyncConnection
from psycopg.rows import class_row
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from geo.store.queries import Queries
from prescribing.errors import NotFound
from prescribing.people import Identity, NewPatient, Patient
from prescribing.sealing import Sealer
from prescribing.store.entering import Visitor, note

QUERIES = Queries("prescribing.store", "people.sql")
IDENTITY = "patient.identity"
"""The context in which an Identity is sealed; its row is the patient's."""
_SEEN = (
    "municipality_code", "age_band", "birth_year", "sex", "district_id", "home_point_6668", "mobility", "interests", "needs",
    "free_minutes", "price_max", "avoid", "insurer_id",
)  # fmt: skip


async def register(connection: AsyncConnection[Any], visitor: Visitor, sealer: Sealer, new: NewPatient) -> UUID:
    """Keep somebody new with the visitor's organisation and give their id."""
    patient_id = uuid4()
    values = {
        **{name: getattr(new, name) for name in ("municipality_code", "birth_year", "age_band", "sex", "district_id")},
        **{name: list(getattr(new, name)) for name in ("interests", "needs", "avoid")},
        "patient_id": patient_id,
        "organisation_id": visitor.organisation_id,
        "lon": new.home.lon if new.home else None,
        "lat": new.home.lat if new.home else None,
        "mobility": new.mobility,
        "free_minutes": multirange(new),
        "price_max": new.price_max,
        "insurer_id": new.insurer_id,
        "identity_sealed": sealed(sealer, patient_id, new.identity),
        "made_by": visitor.account_id,
    }
    await connection.execute(QUERIES.register, values)
    return patient_id


def multirange(new: NewPatient) -> Multirange[int] | None:
    """When somebody can come, as the column takes it."""
    if new.free_minutes is None:
        return None
    return Multirange([Range(first, last, "[)") for first, last in new.free_minutes])


def sealed(sealer: Sealer, patient_id: UUID, who: Identity) -> bytes | None:
    """Who somebody is, sealed to their row; None where nothing is known."""
    return sealer.seal(IDENTITY, patient_id, who.as_text()) if who else None


async def patient(connection: AsyncConnection[Any], patient_id: UUID) -> Patient:
    """What is known of somebody; the reading is noted. Raises NotFound."""
    async with connection.cursor(row_factory=class_row(Patient)) as cursor:
        found = await (await cursor.execute(QUERIES.patient, {"patient_id": patient_id})).fetchone()
    if found is None:
        raise NotFound
    await note(connection, "read", "rx.patient", subject_id=patient_id, patient_id=patient_id, seen=_SEEN)
    return found


async def identity(connection: AsyncConnection[Any], sealer: Sealer, patient_id: UUID) -> Identity:
    """Who somebody is, opened; empty where nothing is known; the reading is noted. Raises NotFound and SealBroken."""
    row = await (await connection.execute(QUERIES.identity, {"patient_id": patient_id})).fetchone()
    if row is None:
        raise NotFound
    await note(connection, "read", "rx.patient", subject_id=patient_id, patient_id=patient_id, seen=["identity_sealed"])
    return Identity.from_text(sealer.open(IDENTITY, patient_id, bytes(row[0]))) if row[0] else Identity()


async def keep_identity(connection: AsyncConnection[Any], sealer: Sealer, patient_id: UUID, who: Identity) -> None:
    """Replace who somebody is. Raises NotFound where the visitor may not."""
    values = {"patient_id": patient_id, "identity_sealed": sealed(sealer, patient_id, who)}
    if (await connection.execute(QUERIES.keep_identity, values)).rowcount != 1:
        raise NotFound
