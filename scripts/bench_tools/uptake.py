"""Measures counting uptake: whole from the history, one month more, and reading the kept tables of all insurers."""

import argparse
import asyncio
import os
import platform
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import psycopg

from geo.store.cluster import Cluster
from placefinder.store import Database, bring_up_to_date
from prescribing.store import uptake

SQL = Path(__file__).with_name("uptake.sql")
TOWN = "012998"
INSURERS, DISTRICTS = 50, 1_000


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--referrals", type=int, default=5_000_000)
    asked.add_argument("--visits", type=int, default=4, help="at most so many attendances of one referral")
    asked.add_argument("--home", type=Path, default=Path("/dev/shm/placefinder-bench-uptake"))  # noqa: S108 - memory
    args = asked.parse_args()
    cluster = Cluster(args.home)
    with cluster.owned():
        database = Database(
            cluster.dsn(), cluster.dsn("placefinder_public"), worker_dsn=cluster.dsn("placefinder_worker")
        )
        bring_up_to_date(database)
        with psycopg.connect(database.owner_dsn) as connection:
            _made(connection, args.referrals, args.visits)
        asyncio.run(_measured(database, args.referrals))


def _id(name: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"bench {name}")


def _made(connection: psycopg.Connection[Any], referrals: int, visits: int) -> None:
    if connection.execute("SELECT EXISTS (SELECT FROM rx.referral_event)").fetchone() == (True,):
        return
    connection.execute("SET work_mem = '512MB'")
    connection.execute("SET maintenance_work_mem = '512MB'")
    kinds = [("clinic", "clinic"), ("city", "municipality"), *((f"insurer {n}", "insurer") for n in range(INSURERS))]
    for name, kind in kinds:
        connection.execute(
            "INSERT INTO rx.organisation (organisation_id, kind, name, municipality_code) VALUES (%s, %s, %s, %s)",
            (_id(name), kind, f"計測用 {name}", TOWN),
        )
    values = {
        "n": referrals, "visits": visits, "clinic": _id("clinic"), "city": _id("city"), "municipality": TOWN,
        "insurers": [_id(f"insurer {n}") for n in range(INSURERS)],
        "districts": [_id(f"district {n}") for n in range(DISTRICTS)], "now": "2026-11-01 00:00+09",
    }  # fmt: skip
    _timed("made the history", lambda: psycopg.ClientCursor(connection).execute(SQL.read_text("utf-8"), values))
    connection.commit()
    connection.execute("ANALYZE")


async def _measured(database: Database, referrals: int) -> None:
    async with await psycopg.AsyncConnection.connect(database.worker_dsn or "") as worker:
        for as_of, whole in ((date(2026, 9, 30), True), (date(2026, 10, 31), False), (date(2026, 10, 31), True)):
            started = time.perf_counter()
            months = await uptake.build(worker, as_of, whole=whole)
            await worker.commit()
            print(
                f"counted {months} months as of {as_of}{' (whole)' if whole else ''}: {time.perf_counter() - started:.1f} s",
                flush=True,
            )
    async with await psycopg.AsyncConnection.connect(database.owner_dsn) as owner:
        for run in range(3):
            started = time.perf_counter()
            for number in range(INSURERS):
                await uptake.of_insurer(owner, _id(f"insurer {number}"), date(2026, 10, 31))
            each = time.perf_counter() - started
            started = time.perf_counter()
            await uptake.of_districts(owner, TOWN, [_id(f"district {n}") for n in range(DISTRICTS)], date(2026, 10, 31))
            print(
                f"run {run}: reports of {INSURERS} insurers {each:.2f} s, {DISTRICTS} districts {time.perf_counter() - started:.2f} s"
            )
            started = time.perf_counter()
            rows = await (await owner.execute(
                "SELECT stage, sum(numerator), sum(denominator), sum(waiting) FROM rx.uptake_by_insurer GROUP BY stage")).fetchall()  # fmt: skip
            print(f"run {run}: all {referrals:,} in {len(rows)} stages {time.perf_counter() - started:.3f} s")
        sizes = await (await owner.execute(
            "SELECT relname, reltuples::bigint, pg_size_pretty(pg_total_relation_size(oid)) FROM pg_class"
            " WHERE relnamespace = 'rx'::regnamespace AND relkind = 'r' AND reltuples > 1000 ORDER BY 2 DESC")).fetchall()  # fmt: skip
        print(*sizes, sep="\n")
    print(platform.platform(), os.cpu_count(), "cores, load", os.getloadavg())


def _timed(what: str, work: Callable[[], Any]) -> None:
    started = time.perf_counter()
    work()
    print(f"{what}: {time.perf_counter() - started:.1f} s", flush=True)


if __name__ == "__main__":
    main()
