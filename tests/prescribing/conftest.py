"""The hand-made town with organisations and accounts of every role, signed in: in a database of one's own, and served.

def test_x(staffed: Database): ...        real commits; STAFF, CLINIC, OFFICE … are in tests/tools/staffed_town.py
async with entered("physician") as connection: ...    as the web does it: placefinder_staff, entered, committed at the end
served.client("physician").get("/staff/refer"); served.send("physician", "/staff/x", {...})    a form with its csrf
"""

import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from geo.store.cluster import Cluster
from handmade_town import fill
from placefinder.settings import read_settings
from placefinder.store import Database
from prescribing.store.entering import enter
from serving import serving
from staffed_town import STAFF, sign_everybody_in, staff

Entered = Callable[[str], AbstractAsyncContextManager[psycopg.AsyncConnection[Any]]]


@pytest.fixture(scope="session")
def staffed_template(cluster: Cluster, template: str) -> str:
    """The name of a database with the town, its organisations and accounts, that clones are made of."""
    name = f"staffed_{time.time_ns()}"
    _copy(cluster, template, name)
    with psycopg.connect(cluster.dsn(database=name)) as connection:
        fill(connection)
        staff(connection)
    return name


@pytest.fixture
def staffed(cluster: Cluster, staffed_template: str) -> Iterator[Database]:
    """A database of one's own with the town, in which everybody of STAFF has a session."""
    name = f"rx_{time.time_ns()}"
    _copy(cluster, staffed_template, name)
    owner = cluster.dsn(database=name)
    with psycopg.connect(owner) as connection:
        sign_everybody_in(connection)
    yield Database(owner, *(cluster.dsn(f"placefinder_{role}", name) for role in ("public", "staff", "worker")))
    with psycopg.connect(cluster.dsn(database="postgres"), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def entered(staffed: Database) -> Entered:
    """Makes connections that have entered as one of STAFF, each with a transaction of its own."""

    @asynccontextmanager
    async def entering(who: str) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
        async with await psycopg.AsyncConnection.connect(staffed.staff_dsn or "") as connection:
            await enter(connection, STAFF[who].token)
            yield connection

    return entering


@dataclass
class Served:
    """The program over HTTP, and a client for everybody: `client("physician")`, or `client()` for nobody."""

    url: str
    database: Database
    home: Path
    app: FastAPI
    _open: ExitStack = field(repr=False)

    def client(self, who: str | None = None, **more: Any) -> httpx.Client:
        """A client with the session of one of STAFF, with a new one each time; redirects are not followed."""
        cookies = {"staff": STAFF[who].token} if who else {}
        return self._open.enter_context(httpx.Client(base_url=self.url, cookies=cookies, timeout=30, **more))

    def send(self, who: str, path: str, form: Mapping[str, Any] | None = None) -> httpx.Response:
        """Send a form of one of STAFF, with its CSRF token."""
        return self.client(who).post(path, data={"csrf": STAFF[who].csrf, **(form or {})})


@pytest.fixture
def served(staffed: Database, tmp_path: Path) -> Iterator[Served]:
    """The town and its staff over HTTP, on a database of the test's own."""
    from placefinder.app import create_app

    home = tmp_path / "served"
    app = create_app(read_settings({"PLACEFINDER_TILES": "none", "PLACEFINDER_HOME": str(home)}), staffed)
    with ExitStack() as clients, serving(app) as url:
        yield Served(url, staffed, home, app, clients)


def _copy(cluster: Cluster, template: str, name: str) -> None:
    with psycopg.connect(cluster.dsn(database="postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
