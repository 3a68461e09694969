"""Screenings (孤独感のものさし): answers to one instrument on one day; the versions of UCLA-3 are never mixed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.errors import CheckViolation
from psycopg.rows import class_row

from geo.store.queries import Queries
from prescribing.errors import InputRefused, NotFound
from prescribing.store.entering import Visitor, note

QUERIES = Queries("prescribing.store", "screenings.sql")


@dataclass(frozen=True, slots=True)
class Screening:
    """What was answered: the instrument's code and one number for each of its questions."""

    screening_id: UUID
    instrument: str
    answers: tuple[int, ...]
    asked_on: date

    def __post_init__(self) -> None:
        object.__setattr__(self, "answers", tuple(self.answers))


async def keep_screening(  # noqa: PLR0913 - who asked whom, what, when
    connection: AsyncConnection[Any],
    visitor: Visitor,
    patient_id: UUID,
    *,
    instrument: str,
    answers: Sequence[int],
    asked_on: date,
) -> None:
    """Keep the answers. Raises InputRefused where they cannot be answers to this instrument, NotFound for a foreign patient."""
    values = {
        "patient_id": patient_id,
        "instrument": instrument,
        "answers": list(answers),
        "asked_on": asked_on,
        "recorded_by": visitor.account_id,
    }
    try:
        async with connection.transaction():
            cursor = await connection.execute(QUERIES.keep_screening, values)
    except CheckViolation:
        raise InputRefused("answers", "one answer of the instrument to each of its questions") from None
    if cursor.rowcount != 1:
        raise NotFound


async def screenings_of(connection: AsyncConnection[Any], patient_id: UUID) -> list[Screening]:
    """All screenings of a patient, newest first; the reading is noted."""
    async with connection.cursor(row_factory=class_row(Screening)) as cursor:
        rows = await (await cursor.execute(QUERIES.screenings_of, {"patient_id": patient_id})).fetchall()
    if rows:
        seen = ["instrument", "answers", "asked_on"]
        await note(connection, "read", "rx.screening", patient_id=patient_id, seen=seen)
    return rows
