"""`scripts/bench`: builds the country, plays the requests in turn, prints the table in Markdown."""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np

from bench_tools.land import make_land
from bench_tools.national import DISTRICTS, SEED, national_cluster
from bench_tools.progress import step
from bench_tools.report import report
from bench_tools.scenarios import TIPG_SIZE, check, measure, scenarios
from bench_tools.servers import Server, our_server, tipg_server
from placefinder.store import Database


def main(arguments: list[str]) -> int:
    args = _arguments(arguments)
    sizes = args.places or ([10_000, TIPG_SIZE] if args.quick else [10_000, TIPG_SIZE, 1_000_000])
    with step("a country"):
        land = make_land(np.random.default_rng(SEED), DISTRICTS)
    with national_cluster(args.cache, sizes) as (database_pid, databases), ExitStack() as stack:
        ours = {size: stack.enter_context(our_server(database)) for size, database in databases.items()}
        tipg = stack.enter_context(_tipg(args.tipg, databases))
        planned = [one for one in scenarios(land, ours, tipg) if args.only in one.name]
        for one in planned:
            check(one)
        results = measure(planned, database_pid, args.runs or (5 if not args.quick else 3), 1 if args.quick else 2)
        print(report(results, next(iter(databases.values())).owner_dsn))
    return 0


@contextmanager
def _tipg(environment: Path | None, databases: dict[int, Database]) -> Iterator[Server | None]:
    if environment is None or TIPG_SIZE not in databases:
        yield None
        return
    with tipg_server(environment, databases[TIPG_SIZE]) as server:
        yield server


def _arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="two minutes once the data are built: no million, short runs"
    )
    parser.add_argument(
        "--cache", type=Path, required=True, help="where built databases are kept between runs (about 6 GB)"
    )
    parser.add_argument("--tipg", type=Path, help="an environment with tipg; scripts/bench makes it")
    parser.add_argument("--places", type=int, action="append", help="only this many places; may be repeated")
    parser.add_argument("--only", default="", help="only what has this in its name")
    parser.add_argument("--runs", type=int, help="how many runs of each, in turn")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main(sys.argv[1:]))
