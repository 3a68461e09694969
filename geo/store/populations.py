"""Keeps people by small area and apportions them to districts, totals conserved. It never commits."""

from collections.abc import Sequence
from typing import Any

import psycopg
import shapely
from psycopg.rows import class_row, scalar_row
from psycopg.types.json import Jsonb

from geo.addresses import town_key
from geo.editions import EditionId
from geo.errors import PopulationLost
from geo.populations import DistrictPopulation, Method, PopulationArea
from geo.readers.populations import PopulationFile
from geo.store.districts import hex_6668
from geo.store.loading import Arrival, Loaded, already_loaded, copy_rows, finish, stage
from geo.store.queries import Queries

QUERIES = Queries("geo.store", "populations.sql")
_TOLERANCE = 1e-9


class PopulationStore:
    """People by small area over one connection."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection

    def load(self, arrival: Arrival, file: PopulationFile) -> Loaded:
        """What a reader of geo.readers.populations has read, as the current edition. Raises EditionEmpty."""
        if same := already_loaded(self.connection, arrival, "populations"):
            return same
        edition = stage(self.connection, arrival, "populations")
        copy_rows(
            self.connection, QUERIES.load_populations, (area_row(edition.edition_id, area) for area in file.areas)
        )
        return finish(self.connection, edition, file.counts, file.findings)

    def apportion(
        self, edition_id: EditionId, district_edition_id: EditionId, method: Method
    ) -> list[DistrictPopulation]:
        """People of each district, and a row without one for those in none; kept in place of an earlier result.

        `district_edition_id` is an edition of districts, or for "official_table" of town_districts. "area" needs
        areas (grid squares), "point" points; an area that has none counts as being in no district.
        Raises PopulationLost where the parts do not add up to the whole.
        """
        editions = {"edition_id": edition_id, "district_edition_id": district_edition_id}
        self.connection.execute(QUERIES.forget_apportioned, editions)
        if method == "official_table":
            self._load_town_keys(edition_id)
            self.connection.execute(QUERIES.apportion_by_table, editions)
            self.connection.execute(QUERIES.drop_town_keys)
        else:
            by_area, by_point = QUERIES.apportion_by_area, QUERIES.apportion_by_point
            self.connection.execute(by_area if method == "area" else by_point, editions)
        found = self.apportioned(edition_id, district_edition_id)
        whole, parts = self.total(edition_id), sum(part.total for part in found)
        if abs(whole - parts) > _TOLERANCE * max(whole, 1):
            raise PopulationLost(edition_id, whole, parts)
        return found

    def apportioned(self, edition_id: EditionId, district_edition_id: EditionId) -> list[DistrictPopulation]:
        """What was apportioned before; empty where nothing was."""
        with self.connection.cursor(row_factory=class_row(DistrictPopulation)) as cursor:
            editions = {"edition_id": edition_id, "district_edition_id": district_edition_id}
            return cursor.execute(QUERIES.apportioned, editions).fetchall()

    def total(self, edition_id: EditionId) -> float:
        """All people of the edition."""
        with self.connection.cursor(row_factory=scalar_row) as cursor:
            people: float = cursor.execute(QUERIES.total, {"edition_id": edition_id}).fetchall()[0]
        return people

    def _load_town_keys(self, edition_id: EditionId) -> None:
        towns = self.connection.execute(QUERIES.area_names, {"edition_id": edition_id}).fetchall()
        self.connection.execute(QUERIES.drop_town_keys)
        self.connection.execute(QUERIES.make_town_keys)
        copy_rows(self.connection, QUERIES.load_town_keys, ((key, town_key(name)) for key, _, name in towns))


def area_row(edition_id: EditionId, area: PopulationArea) -> Sequence[Any]:
    """An area as `load_populations` takes it."""
    return (
        edition_id,
        area.area_key,
        area.municipality_code,
        area.name,
        area.as_of,
        area.total,
        area.male,
        area.female,
        Jsonb(dict(area.age_bands)),
        hex_6668(shapely.Point(area.point.lon, area.point.lat)) if area.point else None,
        hex_6668(shapely.MultiPolygon([area.area])) if area.area else None,
    )
