"""The plan (支援計画): goals in the person's words, barriers, needs, and 保健指導・栄養指導 beside the places, sealed line by line."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, get_args
from uuid import UUID, uuid4

from psycopg import AsyncConnection
from psycopg.rows import class_row

from geo.store.queries import Queries
from prescribing.errors import InputRefused, NotFound
from prescribing.sealing import Sealer
from prescribing.store.entering import Visitor, note

QUERIES = Queries("prescribing.store", "plans.sql")

LineKind = Literal["goal", "barrier", "need", "health_guidance", "nutrition_guidance"]
KINDS: tuple[LineKind, ...] = get_args(LineKind)
LONGEST_LINE = 500
_CONTEXT = "plan_line.text"


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line to be kept. Raises InputRefused naming the field."""

    kind: str
    text: str
    due_on: date | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InputRefused("kind", f"one of {', '.join(KINDS)}")
        if not 1 <= len(self.text) <= LONGEST_LINE:
            raise InputRefused("text", f"1 to {LONGEST_LINE} characters")


@dataclass(frozen=True, slots=True)
class Line:
    """A line opened for reading; `done_on` is None while it is open."""

    line_id: UUID
    kind: str
    text: str
    due_on: date | None
    done_on: date | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class _Sealed:
    line_id: UUID
    kind: str
    text_sealed: bytes
    due_on: date | None
    done_on: date | None
    recorded_at: datetime


async def add_line(
    connection: AsyncConnection[Any], visitor: Visitor, sealer: Sealer, patient_id: UUID, line: NewLine
) -> UUID:
    """Keep a line, sealed to its row. A patient one may not know is refused by the database."""
    line_id = uuid4()
    values = {
        "line_id": line_id,
        "patient_id": patient_id,
        "kind": line.kind,
        "text_sealed": sealer.seal(_CONTEXT, line_id, line.text),
        "due_on": line.due_on,
        "recorded_by": visitor.account_id,
    }
    cursor = await connection.execute(QUERIES.add_line, values)
    if cursor.rowcount != 1:
        raise NotFound
    return line_id


async def lines_of(connection: AsyncConnection[Any], sealer: Sealer, patient_id: UUID) -> list[Line]:
    """The plan of a patient, opened, in order of its making; the reading is noted. Raises SealBroken."""
    async with connection.cursor(row_factory=class_row(_Sealed)) as cursor:
        rows = await (await cursor.execute(QUERIES.lines_of, {"patient_id": patient_id})).fetchall()
    if rows:
        await note(connection, "read", "rx.plan_line", patient_id=patient_id, seen=["kind", "text_sealed", "due_on"])
    return [
        Line(row.line_id, row.kind, sealer.open(_CONTEXT, row.line_id, row.text_sealed), row.due_on, row.done_on,
             row.recorded_at)
        for row in rows
    ]  # fmt: skip


async def finish_line(connection: AsyncConnection[Any], patient_id: UUID, line_id: UUID, done_on: date) -> None:
    """Say that a line is done. Raises NotFound for another patient's, a foreign or a finished one."""
    cursor = await connection.execute(
        QUERIES.finish_line, {"patient_id": patient_id, "line_id": line_id, "done_on": done_on}
    )
    if cursor.rowcount != 1:
        raise NotFound
