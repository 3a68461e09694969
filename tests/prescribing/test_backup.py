"""A backup that can be put back: every row of every table, and what a dump by anybody else would hold."""

import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import psycopg
from access_matrix import fill_in

from geo.store.cluster import Cluster
from placefinder.store import Database

ROOT = Path(__file__).resolve().parents[2]


def _counts(dsn: str) -> dict[str, int]:
    with psycopg.connect(dsn) as connection:
        tables = connection.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname IN ('rx', 'audit', 'finder', 'geo')"
        ).fetchall()
        counts = {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone() for (name,) in tables}
    return {name: row[0] for name, row in counts.items() if row}


def _dsn(database: Database, user: str) -> str:
    return psycopg.conninfo.make_conninfo(database.owner_dsn, user=user)


def test_a_backup_put_back_into_an_empty_database_holds_every_row(
    staffed: Database, cluster: Cluster, tmp_path: Path
) -> None:
    with psycopg.connect(staffed.owner_dsn) as owner:
        fill_in(owner)
    environ = os.environ | {"PLACEFINDER_BACKUP_DSN": _dsn(staffed, "placefinder_backup")}
    for _ in range(3):
        subprocess.run(
            [sys.executable, ROOT / "scripts/backup", tmp_path / "kept", "--keep", "2"], env=environ, check=True
        )
    generations = sorted((tmp_path / "kept").iterdir())
    assert [path.suffix for path in generations] == [".dump", ".dump"]
    assert all(path.stat().st_mode & 0o077 == 0 for path in generations)

    name = f"restored_{uuid4().hex[:12]}"
    with psycopg.connect(cluster.dsn(database="postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    restored = cluster.dsn(database=name)
    subprocess.run(["pg_restore", "--exit-on-error", f"--dbname={restored}", generations[-1]], check=True)
    counts = _counts(restored)
    assert counts == _counts(staffed.owner_dsn)
    assert counts["rx.patient"] == 2
    with psycopg.connect(restored) as connection:  # the wall came back with the rows
        forced = connection.execute(
            "SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = 'rx.patient'::regclass"
        )
        assert forced.fetchone() == (True,)
    with psycopg.connect(cluster.dsn(database="postgres"), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_a_dump_under_row_security_ends_well_and_holds_nobody(staffed: Database) -> None:
    """Why there is a role for backups: this one succeeds, and nobody would notice until the day it is needed."""
    with psycopg.connect(staffed.owner_dsn, autocommit=True) as owner:
        with owner.transaction():
            fill_in(owner)
        owner.execute("CREATE ROLE careless_dump LOGIN IN ROLE pg_read_all_data")
    try:
        command = ["pg_dump", "--data-only", "--table=rx.patient", f"--dbname={_dsn(staffed, 'careless_dump')}"]
        refused = subprocess.run(command, capture_output=True, text=True, check=False)
        assert refused.returncode != 0
        assert "row-level security" in refused.stderr
        empty = subprocess.run([*command, "--enable-row-security"], capture_output=True, text=True, check=True).stdout
        assert "COPY rx.patient" in empty
        assert "75-84" not in empty
    finally:
        with psycopg.connect(staffed.owner_dsn, autocommit=True) as owner:
            owner.execute("DROP ROLE careless_dump")
