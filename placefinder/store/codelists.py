"""Code lists (コード表): the kinds of places and the words for interests, needs, topics and facts, from CSV to the database."""

import csv
from pathlib import Path
from typing import Any

from psycopg import Connection

from geo.store.queries import Queries

QUERIES = Queries("placefinder.store", "codelists.sql")


def load_codelists(connection: Connection[Any], folder: Path) -> None:
    """Make `finder.kind` and `finder.term` say what `kinds.csv` and `terms.csv` of the folder say.

    Loading the same lists again changes nothing. The caller commits. Raises psycopg's ForeignKeyViolation if a
    kind was dropped from the list that a place or facility still has.
    """
    kinds = _rows(folder / "kinds.csv")
    terms = _rows(folder / "terms.csv")
    with connection.cursor() as cursor:
        cursor.executemany(QUERIES.upsert_kind, kinds)
        cursor.execute(QUERIES.delete_other_kinds, {"kinds": [row["kind"] for row in kinds]})
        cursor.execute(QUERIES.delete_terms)
        cursor.executemany(QUERIES.insert_term, terms)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))
