"""The one way from a process to its database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from geo.folders import DATA
from geo.store.cluster import Cluster
from geo.store.migrations import migrate
from placefinder.settings import Settings
from placefinder.store.codelists import load_codelists
from placefinder.store.listings import list_where_missing

__all__ = ["Database", "bring_up_to_date", "database_of", "open_database"]


@dataclass(frozen=True, slots=True)
class Database:
    """Where to connect: as the owner who loads and migrates, as the public that only reads, and for what is about people.

    `staff_dsn` answers whoever signed in or holds a link, `worker_dsn` does what is due by the clock. Without them
    there is no prescribing: the finder runs alone.
    """

    owner_dsn: str
    public_dsn: str
    staff_dsn: str | None = None
    worker_dsn: str | None = None


@contextmanager
def database_of(settings: Settings, own: bool = False) -> Iterator[Database]:
    """The database the settings name; without a DSN, the embedded cluster for the length of the block.

    With `own` the cluster must not be another process's already: raises ClusterInUse.
    """
    if settings.dsn:
        yield Database(settings.dsn, settings.public_dsn or settings.dsn, settings.staff_dsn, settings.worker_dsn)
        return
    cluster = Cluster(settings.home)
    with cluster.owned() if own else cluster.reached():
        yield Database(
            cluster.dsn(),
            cluster.dsn("placefinder_public"),
            cluster.dsn("placefinder_staff"),
            cluster.dsn("placefinder_worker"),
        )


def bring_up_to_date(database: Database) -> str:
    """Migrate, load the code lists, list anew what a migration took out of the search, and give the schema's number."""
    number = migrate(database.owner_dsn)
    with psycopg.connect(database.owner_dsn) as connection:
        load_codelists(connection, DATA / "codelists")
        list_where_missing(connection)
    return number


@contextmanager
def open_database(settings: Settings) -> Iterator[psycopg.Connection]:
    """A connection of the owner to an up-to-date database; commits at the end of the block, or rolls back."""
    with database_of(settings) as database:
        bring_up_to_date(database)
        with psycopg.connect(database.owner_dsn) as connection:
            yield connection
