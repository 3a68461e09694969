"""Keeps sources and editions. It never commits: whoever opened the transaction does, whole or not at all."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import class_row, scalar_row
from psycopg.types.json import Jsonb

from geo.editions import Counts, Dataset, Edition, EditionId, EditionState, MunicipalityTerms, Source
from geo.errors import EditionEmpty, EditionIncomplete, EditionUnknown
from geo.store.queries import Queries

QUERIES = Queries("geo.store", "editions.sql")


class EditionStore:
    """Sources and editions over one connection, inside its transaction.

    A load is: `register`, `stage`, the rows themselves (COPY), `record`, `make_current`, and then the caller
    commits. If anything fails before that, rolling back leaves the older edition current and nothing of the new one.
    """

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection

    def register(self, source: Source) -> None:
        """Keep a source; a known one is corrected."""
        self.connection.execute(QUERIES.register_source, asdict(source))

    def register_terms(self, source_id: str, terms: Iterable[MunicipalityTerms]) -> int:
        """Keep the terms of each municipality in the place of those known before; they hold for all editions."""
        self.connection.execute(QUERIES.delete_terms, {"source_id": source_id})
        with self.connection.cursor() as cursor, cursor.copy(QUERIES.copy_terms) as copy:
            for one in terms:
                copy.write_row((source_id, one.municipality_code, one.licence, one.redistribution, one.condition))
        return cursor.rowcount

    def sources(self) -> list[Source]:
        with self.connection.cursor(row_factory=class_row(Source)) as cursor:
            return cursor.execute(QUERIES.sources).fetchall()

    def stage(  # noqa: PLR0913 - what an edition is made of, by name
        self,
        source_id: str,
        dataset: Dataset,
        scope: str,
        label: str,
        *,
        file_name: str,
        file_sha256: str,
        published_on: date | None = None,
    ) -> Edition:
        """Begin a new edition that nobody sees yet. Ask `same_file` first if a re-load shall be recognised."""
        values = {
            "source_id": source_id,
            "dataset": dataset,
            "scope": scope,
            "label": label,
            "file_name": file_name,
            "file_sha256": file_sha256,
            "published_on": published_on,
        }
        with self.connection.cursor(row_factory=scalar_row) as cursor:
            edition_id: UUID = cursor.execute(QUERIES.stage, values).fetchall()[0]
        return self.get(EditionId(edition_id))

    def same_file(self, source_id: str, dataset: Dataset, scope: str, file_sha256: str) -> Edition | None:
        """The current edition that was loaded from exactly this file, if there is one."""
        found = self.all(dataset=dataset, scope=scope, source_id=source_id, state="current", file_sha256=file_sha256)
        return found[0] if found else None

    def record(self, edition_id: EditionId, counts: Counts, known_defects: Sequence[str] = ()) -> Edition:
        """Write down what became of the file's rows. Raises EditionUnknown."""
        done = self.connection.execute(
            QUERIES.record,
            {**asdict(counts), "edition_id": edition_id, "known_defects": Jsonb(list(known_defects))},
        )
        if not done.rowcount:
            raise EditionUnknown(edition_id)
        return self.get(edition_id)

    def make_current(self, edition_id: EditionId) -> Edition:
        """Make it what is asked from now on; what was current for the same source, dataset and scope is retired.

        A retired edition may be made current again. Raises EditionUnknown; EditionIncomplete where rows of the
        file are unaccounted for; EditionEmpty where none was accepted: an empty list never replaces a full one.
        """
        edition = self.get(edition_id)
        if edition.rows_in != edition.rows_accepted + edition.rows_queued + edition.rows_refused:
            raise EditionIncomplete(edition_id)
        if not edition.rows_accepted:
            raise EditionEmpty(edition_id)
        line = {"dataset": edition.dataset, "scope": edition.scope, "source_id": edition.source_id}
        self.connection.execute(QUERIES.lock_line, line)
        self.connection.execute(QUERIES.retire_others, {**line, "edition_id": edition_id})
        self.connection.execute(QUERIES.make_current, {"edition_id": edition_id})
        return self.get(edition_id)

    def retire(self, edition_id: EditionId) -> Edition:
        """Take it out of what is asked by default. Raises EditionUnknown."""
        self.connection.execute(QUERIES.retire, {"edition_id": edition_id})
        return self.get(edition_id)

    def get(self, edition_id: EditionId) -> Edition:
        """Raises EditionUnknown."""
        found = self.all(edition_id=edition_id)
        if not found:
            raise EditionUnknown(edition_id)
        return found[0]

    def current(self, dataset: Dataset, scope: str | None = None) -> list[Edition]:
        """The editions asked by default: one for each source that covers the dataset and scope; scope None: all."""
        return self.all(dataset=dataset, scope=scope, state="current")

    def all(  # noqa: PLR0913 - one filter for each column, by name
        self,
        *,
        edition_id: EditionId | None = None,
        dataset: Dataset | None = None,
        scope: str | None = None,
        source_id: str | None = None,
        state: EditionState | None = None,
        file_sha256: str | None = None,
    ) -> list[Edition]:
        """All editions with their counts and terms, newest first within a source; None does not filter."""
        wanted = {
            "edition_id": edition_id,
            "dataset": dataset,
            "scope": scope,
            "source_id": source_id,
            "state": state,
            "file_sha256": file_sha256,
        }
        with self.connection.cursor(row_factory=class_row(Edition)) as cursor:
            return cursor.execute(QUERIES.editions, wanted).fetchall()
