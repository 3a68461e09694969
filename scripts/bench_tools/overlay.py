"""Measures district assignment and apportioning in PostGIS beside geopandas, in a throw-away cluster."""

import math
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import geopandas
import numpy
import psycopg
import shapely

from geo.codes import MunicipalityCode
from geo.districts import Assignment, district_id
from geo.editions import Counts, EditionId, Source
from geo.meshes import mesh_of, mesh_polygon
from geo.points import LonLat
from geo.populations import DistrictPopulation, PopulationArea
from geo.readers.populations import PopulationFile
from geo.store.cluster import UNSAFE_BUT_QUICK, Cluster
from geo.store.districts import QUERIES, DistrictStore, hex_6668
from geo.store.editions import EditionStore
from geo.store.loading import copy_rows
from geo.store.migrations import migrate
from geo.store.populations import QUERIES as PEOPLE
from geo.store.populations import PopulationStore, area_row

RUNS = 3
VERTICES = 200
CODE = MunicipalityCode("131016")
SOURCE = Source("bench", "架空", "架空", "架空", "架空", "no")


def districts(count: int, chance: random.Random) -> list[tuple[UUID, shapely.MultiPolygon]]:
    """Ragged blobs of about 200 vertices over a square country; they overlap and leave gaps, as real ones do."""
    side = math.ceil(math.sqrt(count))
    made = []
    for number in range(count):
        x, y = 134 + number % side * 0.02, 33 + number // side * 0.02
        turns = numpy.linspace(0, 2 * math.pi, VERTICES, endpoint=False)
        radius = 0.0105 * (1 + 0.1 * numpy.sin(turns * chance.randint(3, 9)) + 0.01 * numpy.cos(turns * 40))
        ring = numpy.column_stack([x + radius * numpy.cos(turns), y + radius * numpy.sin(turns)])
        made.append((district_id(CODE, f"{number}小学校"), shapely.MultiPolygon([shapely.Polygon(ring)])))
    return made


def keep(connection: psycopg.Connection, drawn: list[tuple[UUID, shapely.MultiPolygon]]) -> EditionId:
    editions = EditionStore(connection)
    editions.register(SOURCE)
    edition = editions.stage("bench", "districts", "jp", "架空", file_name="-", file_sha256="-").edition_id
    rows = ((edition, found, CODE, None, "小学校", None, "polygon", hex_6668(area), None) for found, area in drawn)
    copy_rows(connection, QUERIES.load_districts, rows)
    editions.record(edition, Counts(len(drawn), len(drawn)))
    editions.make_current(edition)
    connection.execute("ANALYZE geo.school_district")
    return edition


def measured(connection: psycopg.Connection, work: Callable[[], object]) -> str:
    """Median seconds on the clock, and of processor time in this process and the server's: others may be busy too."""
    clock, processor = [], []
    for _ in range(RUNS):
        start, used = time.perf_counter(), _processor_seconds(connection)
        work()
        clock.append(time.perf_counter() - start)
        processor.append(_processor_seconds(connection) - used)
    return f"{statistics.median(clock):6.2f} s, processor {statistics.median(processor):6.2f} s"


def _processor_seconds(connection: psycopg.Connection) -> float:
    fields = Path(f"/proc/{connection.info.backend_pid}/stat").read_text().rpartition(")")[2].split()
    return time.process_time() + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main(argv: list[str]) -> int:
    count, points_count = (int(argument) for argument in [*argv, "19000", "250000"][:2])
    chance = random.Random(27)
    drawn = districts(count, chance)
    side = math.ceil(math.sqrt(count)) * 0.02
    points = [(str(n), LonLat(134 + chance.random() * side, 33 + chance.random() * side)) for n in range(points_count)]
    with tempfile.TemporaryDirectory(prefix="bench-overlay-") as home:
        Path(home).chmod(0o755)
        with Cluster(Path(home) / "cluster", UNSAFE_BUT_QUICK).owned() as cluster:
            migrate(cluster.dsn())
            with psycopg.connect(cluster.dsn()) as connection:
                edition = keep(connection, drawn)
                assigning(connection, drawn, points)
                apportioning(connection, edition, drawn, side)
    return 0


def assigning(
    connection: psycopg.Connection, drawn: list[tuple[UUID, shapely.MultiPolygon]], points: list[tuple[str, LonLat]]
) -> None:
    def in_postgis() -> list[Assignment]:
        return DistrictStore(connection).assign(points)

    def in_geopandas() -> int:
        left = geopandas.GeoDataFrame(geometry=shapely.points([(p.lon, p.lat) for _, p in points]), crs=6668)
        right = geopandas.GeoDataFrame({"id": [str(d) for d, _ in drawn]}, geometry=[a for _, a in drawn], crs=6668)
        return len(left.sjoin(right, predicate="covered_by", how="left"))

    print(f"assign {len(points):,} points to {len(drawn):,} districts, median of {RUNS}:")
    print(f"  PostGIS, with nearest within 100 m and the way there and back  {measured(connection, in_postgis)}")
    print(f"  geopandas sjoin, containment only, data already in memory      {measured(connection, in_geopandas)}")


def apportioning(
    connection: psycopg.Connection, edition: EditionId, drawn: list[tuple[UUID, shapely.MultiPolygon]], side: float
) -> None:
    squares = sorted(
        {
            mesh_of(LonLat(134 + x * 0.00625, 33 + y / 240), 9)
            for x in range(int(side / 0.00625))
            for y in range(int(side * 240))
        }
    )
    areas = [
        PopulationArea(m, m, CODE, n % 500, age_bands={"0-14": n % 500 / 5, "15+": n % 500 * 0.8}, area=mesh_polygon(m))
        for n, m in enumerate(squares)
    ]
    file = PopulationFile(tuple(areas), (), Counts(len(areas), len(areas)))
    people = EditionStore(connection).stage("bench", "populations", "jp", str(uuid4()), file_name="-", file_sha256="-")
    copy_rows(connection, PEOPLE.load_populations, (area_row(people.edition_id, area) for area in file.areas))
    connection.execute("ANALYZE geo.population_area")

    def in_postgis() -> list[DistrictPopulation]:
        return PopulationStore(connection).apportion(people.edition_id, edition, "area")

    def in_geopandas() -> float:
        left = geopandas.GeoDataFrame({"total": [a.total for a in areas]}, geometry=[a.area for a in areas], crs=6668)
        right = geopandas.GeoDataFrame({"id": [str(d) for d, _ in drawn]}, geometry=[a for _, a in drawn], crs=6668)
        left["size"] = left.geometry.area
        parts = left.overlay(right, how="intersection", keep_geom_type=True)
        return float((parts["total"] * parts.geometry.area / parts["size"]).groupby(parts["id"]).sum().sum())

    print(f"apportion {len(squares):,} squares to {len(drawn):,} districts, median of {RUNS}:")
    print(f"  PostGIS, stored, totals checked                                {measured(connection, in_postgis)}")
    print(f"  geopandas overlay, data already in memory, nothing stored      {measured(connection, in_geopandas)}")


if __name__ == "__main__":
    import warnings

    warnings.simplefilter("ignore", UserWarning)  # geopandas on areas in degrees: shares only
    sys.exit(main(sys.argv[1:]))
