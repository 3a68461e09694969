"""What every test may ask for: a real PostGIS, real data, one clean clone per test that commits."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
import pytest

from geo.store.cluster import UNSAFE_BUT_QUICK, Cluster
from placefinder.store import Database, bring_up_to_date

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ON_CI = os.environ.get("CI") == "true"


def _scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Memory where there is plenty of it, else the disk."""
    shm = Path("/dev/shm")  # noqa: S108  (a folder of our own is made in it)
    if shm.is_dir() and os.statvfs(shm).f_bavail * os.statvfs(shm).f_frsize > 2**30:
        return shm / f"placefinder-test-{uuid4().hex[:12]}"
    return tmp_path_factory.getbasetemp() / "cluster"


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A private, quick, throw-away cluster for this worker."""
    home = _scratch(tmp_path_factory)
    try:
        with Cluster(home, UNSAFE_BUT_QUICK).owned() as running:
            yield running
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def template(cluster: Cluster) -> str:
    """The name of a migrated database that clones are made of."""
    bring_up_to_date(Database(cluster.dsn(), cluster.dsn("placefinder_public")))
    return "placefinder"


@pytest.fixture(scope="session")
def shared_database(cluster: Cluster, template: str) -> str:
    """A migrated database for tests that roll back: the DSN of its owner."""
    return _clone(cluster, template)


@pytest.fixture
def database(shared_database: str) -> Iterator[psycopg.Connection]:
    """A connection whose work is rolled back after the test."""
    with psycopg.connect(shared_database) as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def clone(cluster: Cluster, template: str) -> Iterator[Database]:
    """A database of one's own, for tests that must really commit or connect from elsewhere."""
    owner = _clone(cluster, template)
    name = psycopg.conninfo.conninfo_to_dict(owner)["dbname"]
    yield Database(owner, *(cluster.dsn(f"placefinder_{role}", str(name)) for role in ("public", "staff", "worker")))
    with psycopg.connect(cluster.dsn(database="postgres"), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _clone(cluster: Cluster, template: str) -> str:
    name = f"clone_{uuid4().hex[:12]}"
    with psycopg.connect(cluster.dsn(database="postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
    return cluster.dsn(database=name)


@pytest.fixture(scope="session")
def realdata() -> Path:
    """The folder of real open data beside the project; a test without it is skipped, on CI with ../shared it fails."""
    root = Path(__file__).resolve().parents[1]
    folder = Path(os.environ.get("PLACEFINDER_REALDATA", root.parent / "shared" / "realdata"))
    if not folder.is_dir():
        if ON_CI and folder.parent.is_dir():
            pytest.fail(f"{folder} is missing beside the project")
        pytest.skip("real data is not there: set PLACEFINDER_REALDATA")
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder for a cluster of the test's own, which the server's user may reach too."""
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(0o755)
    return tmp_path / "home"


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """A browser for the tests of one module; none of them may run an event loop of its own."""
    from browsing import chromium

    with chromium() as started:
        yield started
