"""Keeps what intake read: rows by COPY, assignments and differences set-based. It never commits."""

import struct
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import psycopg

from geo.addresses import town_key
from geo.codes import MunicipalityCode
from geo.editions import Dataset, EditionId
from geo.points import LonLat
from geo.store.queries import Queries
from placefinder.store.listings import refresh_listings
from placefinder.store.occurrences import refresh_edition

QUERIES = Queries("placefinder.store", "intake.sql")

Values = Sequence[Any]


class Judged(NamedTuple):
    """What is known of one point beyond its district; a point that nothing is said of has no row.

    `outside_m` is None where no boundary of the stated municipality is loaded.
    """

    n: int
    found_code: MunicipalityCode | None
    outside_m: float | None
    listed_district_id: UUID | None


class Change(NamedTuple):
    """How one thing differs from the edition before: new, changed, same or gone."""

    id: UUID
    name: str
    change: str


class Previous(NamedTuple):
    """The edition that a new one would replace."""

    edition_id: EditionId
    rows_accepted: int


class IntakeStore:
    """Intake over one connection, inside its transaction."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection

    def judge(self, points: Iterable[tuple[int, str | None, str | None, bool, LonLat]]) -> list[Judged]:
        """Municipality and town table of each (number, municipality, town, whether the source gave the point, point).

        Ordered by municipality, so that a boundary is prepared once.
        """
        rows = [
            (n, code, town_key(town) if town else None, given, ewkb(point)) for n, code, town, given, point in points
        ]
        rows.sort(key=lambda row: row[1] or "")
        self.connection.execute(QUERIES.drop_points)
        self.connection.execute(QUERIES.create_points)
        self._copy(QUERIES.copy_points, rows)
        return [Judged(*row) for row in self.connection.execute(QUERIES.judge_points).fetchall()]

    def municipalities_by_town(self) -> frozenset[str]:
        """Municipalities with a current table of towns and no polygon of a school district."""
        return frozenset(row[0] for row in self.connection.execute(QUERIES.municipalities_by_town))

    def previous(self, source_id: str, dataset: Dataset, scope: str) -> Previous | None:
        line = {"source_id": source_id, "dataset": dataset, "scope": scope}
        row = self.connection.execute(QUERIES.previous, line).fetchone()
        return Previous(*row) if row else None

    def copy(
        self,
        places: Iterable[Values],
        activities: Iterable[Values],
        facilities: Iterable[Values],
        lines: Iterable[Values],
    ) -> None:
        """Rows in the order of the columns in intake.sql."""
        self._copy(QUERIES.copy_places, places)
        self._copy(QUERIES.copy_activities, activities)
        self._copy(QUERIES.copy_facilities, facilities)
        self._copy(QUERIES.copy_lines, lines)
        self.connection.execute(QUERIES.analyze)

    def copy_rows(self, rows: Iterable[Values]) -> None:
        self._copy(QUERIES.copy_rows, rows)

    def changes(self, edition_id: EditionId, previous_id: EditionId) -> list[Change]:
        values = {"edition_id": edition_id, "previous_id": previous_id}
        return [Change(*row) for row in self.connection.execute(QUERIES.changes, values).fetchall()]

    def discard_left_over(self, source_id: str, dataset: Dataset, scope: str, sha256: str) -> None:
        """Take away what an earlier, unfinished load of the same file left staged."""
        values = {"source_id": source_id, "dataset": dataset, "scope": scope, "file_sha256": sha256}
        for (edition_id,) in self.connection.execute(QUERIES.staged_of_file, values).fetchall():
            self.discard(edition_id)

    def discard(self, edition_id: EditionId) -> bool:
        """Take a staged edition away; False where there is no staged one of that id (then nothing is touched)."""
        with self.connection.transaction():
            for query in (QUERIES.discard_places, QUERIES.discard_facilities, QUERIES.discard_lines):
                self.connection.execute(query, {"edition_id": edition_id})
            gone = self.connection.execute(QUERIES.discard_edition, {"edition_id": edition_id}).rowcount
            if not gone:
                raise psycopg.Rollback
        return bool(gone)

    def list_edition(self, edition_id: EditionId, today: date) -> int:
        """Show a current edition in the search with its dates, take the retired one out, and give the number of duplicates proposed."""
        refresh_listings(self.connection, edition_id)
        self.connection.execute(QUERIES.analyze_listings)
        refresh_edition(self.connection, edition_id, today)
        return self.connection.execute(QUERIES.propose_duplicates, {"edition_id": edition_id}).rowcount

    def _copy(self, query: str, rows: Iterable[Values]) -> None:
        with self.connection.cursor().copy(query.rstrip(";")) as copy:
            for row in rows:
                copy.write_row(row)


def ewkb(point: LonLat | None) -> str | None:
    """The point as hexadecimal EWKB with SRID 6668, the form COPY takes for a geometry."""
    return None if point is None else struct.pack("<BIIdd", 1, 0x20000001, 6668, point.lon, point.lat).hex()
