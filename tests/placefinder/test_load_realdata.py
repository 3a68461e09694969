"""The real data of one city, loaded by the script that loads them all."""

import subprocess
import sys
from pathlib import Path

import psycopg

from placefinder.store import Database

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "load-realdata"


def test_kosai_is_loaded_and_every_row_accounted_for(clone: Database, realdata: Path, tmp_path: Path) -> None:
    environ = {"PLACEFINDER_DSN": clone.owner_dsn, "PLACEFINDER_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(realdata), "--only", "kosai", "--reports", str(tmp_path)],
        env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "| 222216 | 1 | 341 | 335 | 4 | 2 | 335 | 335 |" in done.stdout
    assert "duplicate_id 4" in done.stdout
    assert (tmp_path / "kosai-01.csv").exists()
    with psycopg.connect(clone.owner_dsn) as connection:
        (listed,) = connection.execute("SELECT count(*) FROM finder.listing WHERE district_id IS NOT NULL").fetchall()
    assert listed == (91,)
