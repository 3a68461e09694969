"""Keeps the towns of address editions: loads them, hands them to the geocoder, suggests them to who types.

It never commits: whoever opened the transaction does.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import args_row, class_row

from geo.addresses import normalise, town_key
from geo.codes import MunicipalityCode, Postcode
from geo.editions import Counts, Edition, file_sha256
from geo.errors import TableError
from geo.findings import Finding
from geo.gazetteer import PREFECTURE_KEYS, Gazetteer, Town
from geo.geocoding import Geocoder
from geo.readers.address_tables import read_addresses
from geo.readings import leading
from geo.store.editions import EditionStore
from geo.store.queries import Queries

QUERIES = Queries("geo.store", "towns.sql")

_MOST_FINDINGS = 1_000
_EWKB_POINT = struct.Struct("<BIIdd")  # little-endian, point with SRID


@dataclass(frozen=True, slots=True)
class TownSuggestion:
    """A town for a list of choices; degrees JGD2011, None where no edition has its point."""

    prefecture_name: str
    municipality_name: str
    municipality_code: MunicipalityCode | None
    town_name: str
    lon: float | None
    lat: float | None


@dataclass(slots=True)
class TownsLoaded:
    """What became of the rows: `without_point` are accepted; of the `findings` the first thousand are kept."""

    accepted: int = 0
    refused: int = 0
    without_point: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def counts(self) -> Counts:
        return Counts(self.accepted + self.refused, self.accepted, refused=self.refused)

    @property
    def known_defects(self) -> list[str]:
        defects = [f"{self.without_point:,}件の町に位置がない"] if self.without_point else []
        return defects + ([f"{self.refused:,}行は使えなかった"] if self.refused else [])


class TownStore:
    """Towns over one connection, inside its transaction."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection

    def load(self, edition_id: UUID, rows: Iterable[Town | Finding]) -> TownsLoaded:
        """Write the rows into a staged edition; all Japan takes some ten seconds."""
        loaded, key_of = TownsLoaded(), cache(town_key)
        with self.connection.cursor() as cursor, cursor.copy(QUERIES.copy_towns) as copy:
            for row in rows:
                if isinstance(row, Finding):
                    loaded.refused += 1
                    if len(loaded.findings) < _MOST_FINDINGS:
                        loaded.findings.append(row)
                    continue
                loaded.accepted += 1
                loaded.without_point += row.lon is None
                copy.write_row(
                    _columns(edition_id, row, key_of(row.municipality_name) + key_of(row.town_name + row.koaza_name))
                )
        return loaded

    def geocoder(self, prefecture_name: str | None = None) -> Geocoder:
        """A geocoder over the current address editions, of all Japan (a few seconds, some 300 MB) or one prefecture.

        Raises TableError where no address edition is current.
        """
        labels = [row[0] for row in self.connection.execute(QUERIES.edition_labels)]
        if not labels:
            raise TableError(
                "住所データがまだ読み込まれていません。`placefinder load` で住所の版を読み込んでください。"
            )
        with self.connection.cursor(row_factory=args_row(Town)) as cursor:
            rows = cursor.execute(QUERIES.gazetteer_rows, {"prefecture_name": prefecture_name})
            return Geocoder(Gazetteer(rows), "、".join(labels))

    def suggest(
        self, typed: str, municipality_code: MunicipalityCode | None = None, most: int = 10
    ) -> list[TownSuggestion]:
        """Towns for a search box: those that contain what was typed (「高松市番町2」 too), else those spelled alike."""
        _, key = leading(town_key(typed), PREFECTURE_KEYS)
        if len(key) < 2:
            return []
        # Two letters have no trigram inside a word, so they are only looked for at its start.
        pattern = ("%" if len(key) > 2 else "") + _literally(key) + "%"
        wanted = {"key": key, "pattern": pattern, "typed": _literally(normalise(typed)) + "%", "most": most}
        wanted |= {"municipality_code": municipality_code}
        return self._suggestions(QUERIES.suggest, wanted) or self._suggestions(QUERIES.suggest_alike, wanted)

    def of_postcode(self, code: Postcode) -> list[TownSuggestion]:
        """The towns of a postcode, where the edition knows postcodes."""
        return self._suggestions(QUERIES.of_postcode, {"postcode": code})

    def _suggestions(self, query: str, values: dict[str, Any]) -> list[TownSuggestion]:
        with self.connection.cursor(row_factory=class_row(TownSuggestion)) as cursor:
            return cursor.execute(query, values).fetchall()


def load_addresses(
    connection: psycopg.Connection[Any],
    path: Path,
    source_id: str,
    label: str,
    scope: str = "jp",
) -> tuple[Edition, TownsLoaded]:
    """Load an address file as the current edition of a registered source; the caller commits.

    The same file again changes nothing. Raises TableError, EditionEmpty; then roll back, and the older edition stays.
    """
    editions, sha256 = EditionStore(connection), file_sha256(path)
    if same := editions.same_file(source_id, "addresses", scope, sha256):
        return same, TownsLoaded(same.rows_accepted, same.rows_refused)
    staged = editions.stage(source_id, "addresses", scope, label, file_name=path.name, file_sha256=sha256)
    loaded = TownStore(connection).load(staged.edition_id, read_addresses(path))
    editions.record(staged.edition_id, loaded.counts, loaded.known_defects)
    return editions.make_current(staged.edition_id), loaded


def _columns(edition_id: UUID, town: Town, search_key: str) -> tuple[object, ...]:
    return (
        edition_id,
        town.municipality_code,
        town.prefecture_name,
        town.municipality_name,
        town.town_name,
        town.koaza_name,
        town.block,
        search_key,
        town.postcode,
        None if town.lon is None else _EWKB_POINT.pack(1, 0x20000001, 6668, town.lon, town.lat).hex(),
    )


def _literally(text: str) -> str:
    """For LIKE: its wildcards as plain characters."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
