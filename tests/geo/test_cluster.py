import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from geo.errors import ClusterError, ClusterInUse
from geo.store.cluster import UNSAFE_BUT_QUICK, Cluster

OWNER = """
import sys, time
from pathlib import Path
from geo.store.cluster import Cluster
with Cluster(Path(sys.argv[1])).owned() as cluster:
    print("ready", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def owner(home: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that owns the cluster."""
    root = Path(__file__).resolve().parents[2]
    process = subprocess.Popen([sys.executable, "-c", OWNER, str(home)], cwd=root, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process:
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


def _answers(cluster: Cluster) -> bool:
    with psycopg.connect(cluster.dsn()) as connection:
        return connection.execute("SELECT 1").fetchone() == (1,)


def test_a_second_owner_is_refused_by_the_pid_of_the_first(home: Path) -> None:
    with (
        Cluster(home, UNSAFE_BUT_QUICK).owned(),
        pytest.raises(ClusterInUse, match=f"process {os.getpid()}"),
        Cluster(home).owned(),
    ):
        pass


def test_others_reach_the_cluster_while_its_owner_lives_and_own_it_afterwards(home: Path) -> None:
    with Cluster(home, UNSAFE_BUT_QUICK).owned(), Cluster(home).reached() as guest:
        assert _answers(guest)
    with Cluster(home, UNSAFE_BUT_QUICK).reached() as owner:
        assert _answers(owner)


def test_what_was_committed_survives_the_death_of_the_owner_and_the_next_start_recovers(
    home: Path, owner: subprocess.Popen[str]
) -> None:
    with psycopg.connect(Cluster(home).dsn(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept VALUES (7)")
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    with Cluster(home).owned() as cluster, psycopg.connect(cluster.dsn()) as connection:
        assert connection.execute("SELECT n FROM kept").fetchall() == [(7,)]


def test_the_server_ends_with_its_killed_owner(home: Path, owner: subprocess.Popen[str]) -> None:
    server = int((home / "postgres" / "postmaster.pid").read_text().split()[0])
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    deadline = time.monotonic() + 20
    while Path(f"/proc/{server}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{server}").exists()


def test_backends_that_still_compute_for_a_killed_server_do_not_keep_the_next_one_from_starting(
    home: Path, owner: subprocess.Popen[str]
) -> None:
    with closing(psycopg.connect(Cluster(home).dsn())) as connection:
        connection.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 1e11::bigint) n WHERE n % 3 = 5")
        server = int((home / "postgres" / "postmaster.pid").read_text().split()[0])
        for pid in (server, owner.pid):
            os.kill(pid, signal.SIGKILL)
        owner.wait()
        with Cluster(home, UNSAFE_BUT_QUICK).owned() as cluster:
            assert _answers(cluster)


def test_a_dead_server_that_nobody_buried_does_not_keep_the_next_one_from_starting(home: Path) -> None:
    with Cluster(home, UNSAFE_BUT_QUICK).owned():
        pass
    (postgres,) = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))[-1:]
    who: dict[str, Any] = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    flags = [f"--unix_socket_directories={home / 'socket'}", "--listen_addresses="]
    earlier = subprocess.Popen([postgres, "-D", home / "postgres", *flags], cwd="/", stderr=subprocess.DEVNULL, **who)
    _wait_for(home / "postgres" / "postmaster.pid")
    with Cluster(home, UNSAFE_BUT_QUICK).owned() as cluster:  # ends it, and it stays a zombie: its parent is this test
        assert _answers(cluster)
    assert earlier.wait(0) == 0


def _wait_for(file: Path) -> None:
    deadline = time.monotonic() + 20
    while not file.exists():
        assert time.monotonic() < deadline, file
        time.sleep(0.02)


def test_data_of_another_major_is_refused_with_a_way_out(home: Path) -> None:
    with Cluster(home, UNSAFE_BUT_QUICK).owned():
        pass
    (home / "postgres" / "PG_VERSION").write_text("9\n")
    with pytest.raises(ClusterError, match=r"PostgreSQL 9.*pg_upgradecluster"), Cluster(home).owned():
        pass


def test_the_socket_is_its_users_alone_and_no_port_is_open(home: Path) -> None:
    with Cluster(home, UNSAFE_BUT_QUICK).owned() as cluster, psycopg.connect(cluster.dsn()) as connection:
        assert cluster.socket.stat().st_mode & 0o777 == 0o700
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
