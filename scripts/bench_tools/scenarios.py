"""What is measured: who is asked what, by how many clients at once."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench_tools.land import Land
from bench_tools.load import Measured, Request, Target, play
from bench_tools.questions import FAR_M, RADIUS_M, ZOOMS, district_at, find_pages, nearest, tiles, tipg_items, wishes
from bench_tools.servers import Server

CLIENTS = 16
TILE_CLIENTS = 2
TIPG_SIZE = 250_000
_ASKED = 4_000


@dataclass(frozen=True)
class Scenario:
    name: str
    places: int
    server: Server
    requests: Sequence[Request]
    clients: int
    looks_right: Callable[[bytes], bool]


def scenarios(land: Land, ours: Mapping[int, Server], tipg: Server | None) -> Iterator[Scenario]:
    asked = wishes(land, _ASKED)
    for size, server in ours.items():
        yield Scenario("nearest", size, server, nearest(asked, RADIUS_M), CLIENTS, _answers)
        yield Scenario("nearest, 50 km", size, server, nearest(asked, FAR_M), CLIENTS, _has("results"))
        yield Scenario("select 1", size, server, [Request("GET", "/bench/select-1")], CLIENTS, _has("answer"))
        if size >= TIPG_SIZE:
            yield Scenario("district", size, server, district_at(asked), CLIENTS, _has("districts"))
            yield Scenario("find page", size, server, find_pages(land, 500), CLIENTS, lambda page: b"<html" in page)
            yield Scenario("tiles z6–z16", size, server, tiles(land, ZOOMS, _ASKED), TILE_CLIENTS, _is_tile)
    yield Scenario("hello", 0, next(iter(ours.values())), [Request("GET", "/bench/hello")], CLIENTS, _has("hello"))
    if tipg:
        yield Scenario("tipg", TIPG_SIZE, tipg, tipg_items(asked), CLIENTS, _has("features"))
    largest = max(ours)
    if largest > TIPG_SIZE:
        for zoom in ZOOMS:
            yield Scenario(f"tiles z{zoom}", largest, ours[largest], tiles(land, [zoom], 1_000), TILE_CLIENTS, _is_tile)


def _has(key: str) -> Callable[[bytes], bool]:
    return lambda body: bool(json.loads(body)[key])


def _answers(body: bytes) -> bool:
    """Within 2 km of many places there is nothing, when all Japan has only 10,000."""
    return "results" in json.loads(body)


def _is_tile(body: bytes) -> bool:
    return len(body) > 20


def check(one: Scenario) -> None:
    """Most of the first answers must be what was asked for: no speed without substance. Raises ValueError."""
    answers = [one.server.ask(request) for request in one.requests[:40]]
    good = sum(map(one.looks_right, answers))
    if good * 2 < len(answers):
        raise ValueError(
            f"{one.name}: only {good} of {len(answers)} answers look right, the first is {answers[0][:300]!r}"
        )


def measure(
    planned: Sequence[Scenario], database_pid: int, runs: int, seconds: int
) -> dict[tuple[str, int], list[Measured]]:
    """Each scenario in turn, again and again.

    Before each run a second of the same is played and forgotten: the scenario before leaves requests that nobody waits
    for any more, and memory that lay idle for minutes is slow at its first touch.
    """
    results: dict[tuple[str, int], list[Measured]] = {(one.name, one.places): [] for one in planned}
    for run in range(1, runs + 1):
        for one in planned:
            target = Target(one.server.port, one.server.pid, database_pid)
            start = run * 997
            play(target, one.requests, one.clients, 1, start - 500)
            measured = play(target, one.requests, one.clients, seconds, start)
            if measured.failed:
                raise ValueError(
                    f"{one.name} at {one.places:,}: {measured.failed} of {measured.answers} answers failed"
                )
            results[one.name, one.places].append(measured)
            print(f"run {run}: {one.name} at {one.places:,}: {measured.per_s:,.0f}/s", file=sys.stderr)
    return results
