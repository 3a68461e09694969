"""What the residents' role may do: read the catalogue and hand in a correction, and nothing else."""

from collections.abc import Iterator

import psycopg
import pytest

from placefinder.store import Database

NOT_FOR_THE_PUBLIC = {
    "finder.intake_row",
    "finder.correction",
    "finder.duplicate_proposal",
    "finder.occurrence_change",
    "finder.to_relist",
}


@pytest.fixture
def public(clone: Database) -> Iterator[psycopg.Connection]:
    with psycopg.connect(clone.public_dsn, autocommit=True) as connection:
        yield connection


def _tables(connection: psycopg.Connection) -> list[str]:
    rows = connection.execute(
        "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname IN ('geo', 'finder') ORDER BY 1"
    )
    return [str(row[0]) for row in rows]


def test_the_public_reads_the_catalogue_but_no_clerks_work(public: psycopg.Connection) -> None:
    readable = {
        table
        for table in _tables(public)
        if public.execute("SELECT has_table_privilege(%s, 'SELECT')", [table]).fetchone() == (True,)
    }
    assert set(_tables(public)) - readable == NOT_FOR_THE_PUBLIC


def test_the_public_reads_what_was_changed_but_not_by_whom(public: psycopg.Connection) -> None:
    asked = "SELECT attname FROM pg_attribute WHERE attrelid = 'finder.occurrence_change'::regclass AND attnum > 0"
    hidden = [
        name
        for (name,) in public.execute(asked).fetchall()
        if public.execute("SELECT has_column_privilege('finder.occurrence_change', %s, 'SELECT')", [name]).fetchone()
        == (False,)
    ]
    assert sorted(hidden) == ["by_role", "change_id"]


@pytest.mark.parametrize("privilege", ["INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"])
def test_the_public_writes_no_table(public: psycopg.Connection, privilege: str) -> None:
    asked = "SELECT has_table_privilege(%(table)s, %(privilege)s)"
    assert [t for t in _tables(public) if _yes(public, asked, t, privilege)] == []


@pytest.mark.parametrize("privilege", ["INSERT", "UPDATE", "REFERENCES"])
def test_the_public_writes_no_column(public: psycopg.Connection, privilege: str) -> None:
    asked = "SELECT has_any_column_privilege(%(table)s, %(privilege)s)"
    assert [t for t in _tables(public) if _yes(public, asked, t, privilege)] == []


def _yes(connection: psycopg.Connection, asked: str, table: str, privilege: str) -> bool:
    return connection.execute(asked, {"table": table, "privilege": privilege}).fetchone() == (True,)


def test_the_public_makes_nothing_and_becomes_nobody_else(public: psycopg.Connection) -> None:
    for attempt in (
        "CREATE TABLE public.mine (n int)",
        "CREATE TABLE finder.mine (n int)",
        "CREATE SCHEMA mine",
        "SET ROLE placefinder",
        "ALTER ROLE placefinder_public SUPERUSER",
        "SELECT pg_read_file('/etc/passwd')",
        "COPY geo.source TO PROGRAM 'cat'",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            public.execute(attempt)
