"""A small hand-made town behind a real server, for the tests of the pages."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from geo.store.cluster import Cluster
from handmade_town import fill, id_of
from placefinder.settings import read_settings
from placefinder.store import Database
from serving import serving


@dataclass(frozen=True)
class Town:
    """Where the server answers, and the ids of what stands in the town."""

    url: str
    owner_dsn: str
    district: UUID  # 中央小学校: 25 places
    empty_district: UUID  # 南東小学校: none
    place: UUID  # an ordinary one
    hostile_place: UUID
    closed_place: UUID


@pytest.fixture(scope="module")
def town(cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The town, served over HTTP on a free port."""
    from placefinder.app import create_app

    name = f"pages_{time.time_ns()}"
    with psycopg.connect(cluster.dsn(database="postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
    owner = cluster.dsn(database=name)
    with psycopg.connect(owner) as connection:
        fill(connection)
    settings = read_settings({"PLACEFINDER_TILES": "none", "PLACEFINDER_HOME": str(tmp_path_factory.mktemp("home"))})
    app = create_app(settings, Database(owner, cluster.dsn("placefinder_public", name)))
    with serving(app) as url:
        yield Town(
            url, owner, id_of("district 4"), id_of("district 8"), id_of("place 0"), id_of("place 3"), id_of("place 5")
        )
    with psycopg.connect(cluster.dsn(database="postgres"), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


VENDOR = Path(__file__).resolve().parents[1] / "vendor"
