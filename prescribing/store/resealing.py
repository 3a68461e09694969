"""A change of keys in the database: which key sealed how many rows, and every sealed column sealed anew. For the owner."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from prescribing.sealing import Sealer

BATCH = 500


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed column: the context its seals are bound to, its table, the column with the row's id, and itself."""

    context: str
    table: sql.Identifier
    id: sql.Identifier
    column: sql.Identifier


def _sealed(context: str, table: str, row_id: str, column: str) -> Sealed:
    return Sealed(context, sql.Identifier("rx", table), sql.Identifier(row_id), sql.Identifier(column))


SEALED = (
    _sealed("patient.identity", "patient", "patient_id", "identity_sealed"),
    _sealed("contact.note", "contact", "contact_id", "note_sealed"),
    _sealed("plan_line.text", "plan_line", "line_id", "text_sealed"),
    _sealed("account.totp", "account", "account_id", "totp_secret"),
)
# The key's id within the stored bytes: see prescribing/sealing.py.
_KEY = sql.SQL("convert_from(substring({column} FROM 3 FOR get_byte({column}, 1)), 'UTF8')")
_COUNT = sql.SQL("SELECT {key}, count(*)::int FROM {table} WHERE {column} IS NOT NULL GROUP BY 1")
_BATCH = sql.SQL(
    "SELECT {id}, {column} FROM {table} WHERE {id} > %(after)s::uuid AND {column} IS NOT NULL"
    " AND {key} <> %(key)s::text ORDER BY {id} LIMIT %(most)s::int FOR UPDATE"
)
_UPDATE = sql.SQL("UPDATE {table} SET {column} = %(sealed)s::bytea WHERE {id} = %(id)s::uuid")


def _put(template: sql.SQL, one: Sealed) -> sql.Composed:
    key = _KEY.format(column=one.column)
    return template.format(key=key, table=one.table, id=one.id, column=one.column)


def rows_by_key(connection: psycopg.Connection[Any]) -> dict[str, Counter[str]]:
    """Key id → how many rows of each context it sealed, and how many seals of the audit."""
    found: dict[str, Counter[str]] = {}
    for one in SEALED:
        for key_id, rows in connection.execute(_put(_COUNT, one)):
            found.setdefault(key_id, Counter())[one.context] = rows
    for key_id, seals in connection.execute("SELECT key_id, count(*)::int FROM audit.seal GROUP BY 1"):
        found.setdefault(key_id, Counter())["audit.seal"] = seals
    return found


def reseal(connection: psycopg.Connection[Any], sealer: Sealer, progress: Callable[[int], object] | None = None) -> int:
    """Seal with the newest key what an older one sealed; gives how many rows. Each batch stands when done: repeat it after a stop.

    Raises SealBroken at the first row that cannot be opened; the batches before it stand. `connection` must be in no transaction.
    """
    done = 0
    for one in SEALED:
        after: UUID | None = UUID(int=0)
        while after is not None:
            count, after = _reseal_batch(connection, sealer, one, after)
            done += count
            if progress:
                progress(count)
    return done


def _reseal_batch(
    connection: psycopg.Connection[Any], sealer: Sealer, one: Sealed, after: UUID
) -> tuple[int, UUID | None]:
    with connection.transaction():
        values = {"after": after, "key": sealer.key_id, "most": BATCH}
        rows = connection.execute(_put(_BATCH, one), values).fetchall()
        anew = [
            {"id": row_id, "sealed": sealer.seal(one.context, row_id, sealer.open(one.context, row_id, old))}
            for row_id, old in rows
        ]
        connection.cursor().executemany(_put(_UPDATE, one), anew)
    return len(rows), rows[-1][0] if len(rows) == BATCH else None
