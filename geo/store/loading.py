"""From a file to a current edition: read, stage, copy, record, make current. The caller commits, whole or not at all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import shapely

from geo.addresses import town_key
from geo.codes import MunicipalityCode
from geo.districts import district_id
from geo.editions import Counts, Dataset, Edition, Source, file_sha256
from geo.findings import Finding
from geo.readers.a27 import read_districts
from geo.readers.boundaries import read_boundaries
from geo.readers.schools import read_schools
from geo.readers.town_tables import TownFile
from geo.store.districts import QUERIES, DistrictStore, hex_6668
from geo.store.editions import EditionStore

NEAREST_SCHOOL = Source(
    source_id="nearest-school",
    title="最寄りの学校による小学校区の推定",
    publisher="このシステム",
    licence="元の学校データの条件による",
    attribution="学校の位置から推定(公式の通学区域ではありません)",
    redistribution="no",
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where a file comes from and what it covers; `scope` as in `Edition`."""

    path: Path
    source: Source
    scope: str
    label: str
    published_on: date | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """The edition that is current now; `already` where exactly this file was current before, and nothing was done."""

    edition: Edition
    findings: tuple[Finding, ...] = ()
    already: bool = False


def load_districts(connection: psycopg.Connection[Any], arrival: Arrival) -> Loaded:
    """A27 polygons. Raises TableError for an unusable file, EditionEmpty where no row was accepted."""
    if same := already_loaded(connection, arrival, "districts"):
        return same
    file = read_districts(arrival.path)
    edition = stage(connection, arrival, "districts")
    rows = (
        (
            edition.edition_id,
            d.district_id,
            d.municipality_code,
            d.school_code,
            d.name,
            None,
            "polygon",
            hex_6668(d.area),
            None,
        )
        for d in file.districts
    )
    copy_rows(connection, QUERIES.load_districts, rows)
    connection.execute(QUERIES.label_districts, {"edition_id": edition.edition_id})
    return finish(connection, edition, file.counts, file.findings)


def load_schools(connection: psycopg.Connection[Any], arrival: Arrival) -> Loaded:
    """P29 or A27P points. Raises as `load_districts`."""
    if same := already_loaded(connection, arrival, "schools"):
        return same
    file = read_schools(arrival.path)
    edition = stage(connection, arrival, "schools")
    rows = (
        (
            edition.edition_id, s.school_id, s.municipality_code, s.school_code, s.name, s.level, s.establisher,
            s.address, s.closed, hex_6668(s.point),
        )
        for s in file.schools
    )  # fmt: skip
    copy_rows(connection, QUERIES.load_schools, rows)
    return finish(connection, edition, file.counts, file.findings)


def load_municipalities(connection: psycopg.Connection[Any], arrival: Arrival) -> Loaded:
    """N03 boundaries. Raises as `load_districts`."""
    if same := already_loaded(connection, arrival, "municipalities"):
        return same
    file = read_boundaries(arrival.path)
    edition = stage(connection, arrival, "municipalities")
    rows = (
        (edition.edition_id, m.municipality_code, m.prefecture_name, m.name, hex_6668(m.boundary))
        for m in file.municipalities
    )
    copy_rows(connection, QUERIES.load_municipalities, rows)
    return finish(connection, edition, file.counts, file.findings)


def load_town_districts(connection: psycopg.Connection[Any], arrival: Arrival, file: TownFile) -> Loaded:
    """An official town-to-school table that a reader of geo.readers.town_tables has read.

    Schools without a polygon get a district known by its towns only, in an edition of districts of its own.
    """
    if same := already_loaded(connection, arrival, "town_districts"):
        return same
    _load_table_districts(connection, arrival, file)
    edition = stage(connection, arrival, "town_districts")
    towns = {
        (row.municipality_code, town_key(row.town), district_id(row.municipality_code, row.school)): row.note
        for row in file.rows
    }
    copy_rows(
        connection, QUERIES.load_town_districts, ((edition.edition_id, *key, note) for key, note in towns.items())
    )
    return finish(connection, edition, file.counts, file.findings)


def _load_table_districts(connection: psycopg.Connection[Any], arrival: Arrival, file: TownFile) -> None:
    codes = {row.municipality_code for row in file.rows}
    districts = DistrictStore(connection)
    drawn = {d.district_id for code in codes for d in districts.of_municipality(code) if d.basis == "polygon"}
    schools = {district_id(row.municipality_code, row.school): row for row in file.rows}
    missing = {found: row for found, row in schools.items() if found not in drawn}
    if not missing:
        return
    edition = stage(connection, arrival, "districts")
    rows = (
        (edition.edition_id, found, row.municipality_code, None, row.school, None, "official_table", None, None)
        for found, row in missing.items()
    )
    copy_rows(connection, QUERIES.load_districts, rows)
    finish(
        connection,
        edition,
        Counts(len(missing), len(missing)),
        (),
        ["通学区域表だけで分かる校区です(図形はありません)。"],
    )


def make_nearest_school_districts(connection: psycopg.Connection[Any]) -> Loaded | None:
    """Approximate districts, labelled so, for municipalities with schools but no polygons; None where there is none.

    They replace those made before. Call it after schools or districts have changed.
    """
    editions = EditionStore(connection)
    editions.register(NEAREST_SCHOOL)
    for old in editions.all(source_id=NEAREST_SCHOOL.source_id, state="current"):
        editions.retire(old.edition_id)
    schools = connection.execute(QUERIES.schools_without_polygons).fetchall()
    if not schools:
        return None
    edition = editions.stage(
        NEAREST_SCHOOL.source_id, "districts", "jp", "最寄り校による推定", file_name="-", file_sha256="-"
    )
    # One school may be listed under two codes or names: one district for each id.
    rows = {
        district_id(MunicipalityCode(code), name): (code, school, name, lon, lat)
        for code, school, name, lon, lat in schools
    }
    copy_rows(
        connection,
        QUERIES.load_districts,
        (
            (
                edition.edition_id,
                found,
                code,
                school,
                name,
                None,
                "nearest_school",
                None,
                hex_6668(shapely.Point(lon, lat)),
            )
            for found, (code, school, name, lon, lat) in rows.items()
        ),
    )
    return finish(connection, edition, Counts(len(rows), len(rows)), (), ["公式の通学区域ではありません。"])


def copy_rows(connection: psycopg.Connection[Any], query: str, rows: Iterable[Sequence[Any]]) -> None:
    """COPY rows into a staged edition."""
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        for row in rows:
            copy.write_row(row)


def already_loaded(connection: psycopg.Connection[Any], arrival: Arrival, dataset: Dataset) -> Loaded | None:
    """The current edition where it came from exactly this file."""
    found = EditionStore(connection).same_file(
        arrival.source.source_id, dataset, arrival.scope, file_sha256(arrival.path)
    )
    return Loaded(found, already=True) if found else None


def stage(connection: psycopg.Connection[Any], arrival: Arrival, dataset: Dataset) -> Edition:
    """Register the source and begin an edition."""
    editions = EditionStore(connection)
    editions.register(arrival.source)
    return editions.stage(
        arrival.source.source_id,
        dataset,
        arrival.scope,
        arrival.label,
        file_name=arrival.path.name,
        file_sha256=file_sha256(arrival.path),
        published_on=arrival.published_on,
    )


def finish(
    connection: psycopg.Connection[Any],
    edition: Edition,
    counts: Counts,
    findings: Sequence[Finding],
    defects: Sequence[str] = (),
) -> Loaded:
    """Record the counts with what holds for the whole file, and make the edition current."""
    editions = EditionStore(connection)
    whole_file = [finding.message for finding in findings if finding.row_no is None]
    editions.record(edition.edition_id, counts, [*defects, *whole_file])
    return Loaded(editions.make_current(edition.edition_id), tuple(findings))
