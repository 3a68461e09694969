"""The table: ratios first, then the figures they come from, with the machine and who spent the processor."""

import os
import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import median

import psycopg

from bench_tools.load import Measured
from bench_tools.scenarios import CLIENTS, TILE_CLIENTS, TIPG_SIZE

Results = Mapping[tuple[str, int], Sequence[Measured]]


def report(results: Results, dsn: str) -> str:
    return "\n".join([*_ratios(results), "", *_figures(results), "", *_machine(dsn)])


def _of(results: Results, name: str, places: int, figure: Callable[[Measured], float]) -> float | None:
    runs = results.get((name, places))
    return median(map(figure, runs)) if runs else None


def _ratios(results: Results) -> Iterator[str]:
    """Each target of issue 2 that this run can answer."""
    yield "| what | measured | target | |"
    yield "|---|---|---|---|"
    for what, value, target, least in _targets(results):
        if value is not None:
            met = value >= target if least else value <= target
            yield f"| {what} | {value:.2f} | {'≥' if least else '≤'} {target:g} | {'met' if met else '**missed**'} |"


def _targets(results: Results) -> Iterator[tuple[str, float | None, float, bool]]:
    def of(name: str, places: int, figure: Callable[[Measured], float]) -> float | None:
        return _of(results, name, places, figure)

    ours = of("nearest", TIPG_SIZE, _per_s)
    yield "nearest 20 ÷ tipg, requests/s, 250,000 places", _quotient(ours, of("tipg", TIPG_SIZE, _per_s)), 6, True
    select_1 = of("select 1", TIPG_SIZE, _per_s)
    yield "nearest 20 ÷ `select 1`, requests/s, 250,000 places", _quotient(ours, select_1), 0.5, True
    tail = of("nearest", TIPG_SIZE, lambda run: run.p99_ms / run.p50_ms)
    yield "nearest 20, p99 ÷ p50, 250,000 places", tail, 4, False
    for name, radius in (("nearest, 50 km", "50 km, answers of like length"), ("nearest", "2 km")):
        growth = _quotient(of(name, 1_000_000, _p50), of(name, 10_000, _p50))
        yield f"nearest 20 within {radius}, p50 at 1,000,000 ÷ p50 at 10,000 places", growth, 2, False
    tiles = of("tiles z6–z16", 1_000_000, _p99)
    yield f"tiles z6–z16, p99 in ms at 1,000,000 places, {TILE_CLIENTS} clients", tiles, 30, False
    zooms = [of(name, 1_000_000, _p99) for name, places in results if name.startswith("tiles z") and "–" not in name]
    yield "tiles, p99 in ms of the slowest zoom", max(filter(None, zooms), default=None), 30, False


def _quotient(above: float | None, below: float | None) -> float | None:
    return above / below if above and below else None


def _per_s(run: Measured) -> float:
    return run.per_s


def _p50(run: Measured) -> float:
    return run.p50_ms


def _p99(run: Measured) -> float:
    return run.p99_ms


def _figures(results: Results) -> Iterator[str]:
    yield "| request | places | requests/s | slowest–fastest run | p50 ms | p99 ms | KB | CPU ms: app | database | wrk |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
    for (name, places), runs in results.items():
        speeds = [run.per_s for run in runs]
        cells = [
            name,
            f"{places:,}" if places else "–",
            f"{median(speeds):,.0f}",
            f"{min(speeds):,.0f}–{max(speeds):,.0f}",
        ]
        cells += [f"{median(map(_p50, runs)):.2f}", f"{median(map(_p99, runs)):.2f}"]
        cells += [f"{median(run.bytes_each for run in runs) / 1000:.1f}"]
        cells += [
            f"{median(spent):.2f}" for spent in zip(*((r.app_ms, r.database_ms, r.load_ms) for r in runs), strict=True)
        ]
        yield f"| {' | '.join(cells)} |"


def _machine(dsn: str) -> Iterator[str]:
    with psycopg.connect(dsn) as connection:
        row = connection.execute(
            "SELECT current_setting('server_version'), postgis_lib_version(), current_setting('fsync')"
        ).fetchone() or ("?", "?", "?")
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    yield f"{os.cpu_count()} cores, {memory:.0f} GB, {_distribution()}, Python {platform.python_version()}, "
    yield f"PostgreSQL {row[0].split()[0]}, PostGIS {row[1]}, fsync {row[2]}, {CLIENTS} clients unless said otherwise. "
    yield f"Load average at the end (1, 5, 15 minutes; the bench itself counts): {' '.join(f'{n:.2f}' for n in os.getloadavg())}."


def _distribution() -> str:
    return platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
