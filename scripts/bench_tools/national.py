"""The national data set: 19,000 districts in one database, and a copy of it for each number of places.

Everything follows from one seed. The listings themselves are made by the project's own refresh.
"""

import hashlib
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg import Connection, sql

from bench_tools.land import Land, Points, degrees, make_land, scattered
from bench_tools.progress import step
from geo.folders import DATA
from geo.store.cluster import Cluster
from geo.store.queries import Queries
from placefinder.store import Database, bring_up_to_date
from placefinder.store.listings import refresh_listings
from placefinder.store.occurrences import refresh_all

QUERIES = Queries("bench_tools", "national.sql")
HERE = Path(__file__).parent
SEED = 20260401
DAY_OF_THE_BENCH = date(2026, 11, 24)
DISTRICTS = 19_000
_BASE = "placefinder"


@contextmanager
def national_cluster(cache: Path, sizes: Iterable[int]) -> Iterator[tuple[int, dict[int, Database]]]:
    """A running private cluster with a database for each number of places, built where `cache` does not have it yet.

    Gives the server's process id and the databases.
    """
    _forget_stale(cache)
    with Cluster(cache).owned() as cluster:
        bring_up_to_date(Database(cluster.dsn(), cluster.dsn()))
        land = None
        if not _is_ready(cluster, _BASE):
            land = _fill_base(cluster)
        for size in sizes:
            if not _is_ready(cluster, _name(size)):
                land = land or make_land(np.random.default_rng(SEED), DISTRICTS)
                _fill_copy(cluster, land, size)
        names = {size: _name(size) for size in sizes}
        yield (
            int((cluster.data / "postmaster.pid").read_text().split()[0]),
            {
                size: Database(cluster.dsn(database=name), cluster.dsn("placefinder_public", name))
                for size, name in names.items()
            },
        )


def _name(size: int) -> str:
    return f"places_{size}"


def _forget_stale(cache: Path) -> None:
    """Databases made by another schema or another generator are made anew."""
    made_of = [HERE / "national.sql", HERE / "national.py", HERE / "land.py", HERE / "towns.csv"]
    made_of += [*sorted((DATA / "migrations").glob("*.sql")), *sorted((DATA / "codelists").glob("*.csv"))]
    made_of += sorted((DATA.parent / "placefinder" / "store").glob("listings.*"))
    made_of += sorted((DATA.parent / "placefinder" / "store").glob("occurrences.*"))
    now = hashlib.sha256(b"".join(path.read_bytes() for path in made_of)).hexdigest()
    stamp = cache / "made-of"
    if stamp.exists() and stamp.read_text() != now:
        shutil.rmtree(cache)
    elif not stamp.exists() and cache.exists() and any(cache.iterdir()):
        raise FileExistsError(f"{cache} holds something that is not ours. Name an empty folder with --cache.")
    cache.mkdir(parents=True, exist_ok=True)
    stamp.write_text(now)


def _is_ready(cluster: Cluster, name: str) -> bool:
    """Made to the end: the comment is written last."""
    with psycopg.connect(cluster.dsn(database="postgres"), autocommit=True) as connection:
        row = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", (name,)
        ).fetchone()
    return row is not None and row[0] == "ready"


def _mark_ready(connection: Connection[Any], name: str) -> None:
    connection.execute(sql.SQL("COMMENT ON DATABASE {} IS 'ready'").format(sql.Identifier(name)))


def _fill_base(cluster: Cluster) -> Land:
    with step(f"{DISTRICTS:,} school districts"):
        land = make_land(np.random.default_rng(SEED), DISTRICTS)
        at = degrees(land.schools)
        rows = (
            (i, land.codes[land.municipality[i]], at[i, 0], at[i, 1], _wkt(degrees(land.rings[i])))
            for i in range(DISTRICTS)
        )
        with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
            connection.execute(QUERIES.staging)
            connection.execute(QUERIES.source)
            _copy(connection, "bench_district", rows)
            for dataset in ("districts", "schools", "municipalities"):
                connection.execute(getattr(QUERIES, dataset), {"edition": _edition(connection, dataset, DISTRICTS)})
            connection.execute("VACUUM ANALYZE")
            _mark_ready(connection, _BASE)
    return land


def _fill_copy(cluster: Cluster, land: Land, size: int) -> None:
    name = _name(size)
    with psycopg.connect(cluster.dsn(database="postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(_BASE))
        )
    with psycopg.connect(cluster.dsn(database=name), autocommit=True) as connection:
        with step(f"{size:,} places and their activities"):
            _copy(connection, "bench_place", _places(land, size))
            edition = _edition(connection, "places", size)
            for question in ("places", "activities"):
                connection.execute(getattr(QUERIES, question), {"edition": edition})
            connection.execute(QUERIES.settle)
            connection.execute("VACUUM ANALYZE")
        with step(f"listings of {size:,} places, by the project's own refresh"), connection.transaction():
            refresh_listings(connection)
        with step(f"dates of {size:,} places for eight weeks"):
            with connection.transaction():
                refresh_all(connection, DAY_OF_THE_BENCH)
            connection.execute("VACUUM ANALYZE")
            connection.execute("CHECKPOINT")
        _mark_ready(connection, name)


def _edition(connection: Connection[Any], dataset: str, rows: int) -> Any:
    given = {"dataset": dataset, "seed": str(SEED), "rows": rows}
    row = connection.execute(QUERIES.edition, given).fetchone()
    return row[0] if row else None


def _copy(connection: Connection[Any], table: str, rows: Iterable[tuple[Any, ...]]) -> None:
    command = sql.SQL("COPY public.{} FROM STDIN").format(sql.Identifier(table))
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        for row in rows:
            copy.write_row(row)


def _wkt(ring: Points) -> str:
    return "POLYGON((" + ",".join(f"{lon:.6f} {lat:.6f}" for lon, lat in ring.tolist()) + "))"


def _places(land: Land, size: int) -> Iterator[tuple[Any, ...]]:
    """Places round the schools, more where schools stand close, each in the district it falls into."""
    points, near = where_people_are(land, np.random.default_rng(SEED + 1), size)
    district = land.district_of(points)
    home = np.where(district >= 0, district, near)
    at = degrees(points)
    for i in range(size):
        yield i, int(district[i]), land.codes[land.municipality[home[i]]], round(at[i, 0], 6), round(at[i, 1], 6)


def where_people_are(land: Land, rng: np.random.Generator, count: int) -> tuple[Points, NDArray[np.int64]]:
    """Points where a place or a resident may be, and the district each was thrown from."""
    weight = np.random.default_rng(SEED + 2).lognormal(0, 0.6, len(land.schools))
    near = rng.choice(len(land.schools), count, p=weight / weight.sum())
    apart = land.cells.query(land.schools, k=2)[0][:, 1]
    return land.schools[near] + scattered(rng, count, apart[near] * 0.4), near
