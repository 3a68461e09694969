"""The load: `wrk` (Debian's) with keep-alive clients, bounded in time, and who spent which processor time."""

import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_SCRIPT = Path(__file__).parent / "load.lua"


@dataclass(frozen=True)
class Request:
    """One HTTP request; a body makes it JSON."""

    method: str
    path: str
    body: str = ""


@dataclass(frozen=True)
class Measured:
    """One run: latencies in ms as the clients saw them, processor time in ms for each request."""

    per_s: float
    p50_ms: float
    p99_ms: float
    answers: int
    bytes_each: float
    failed: int
    app_ms: float
    database_ms: float
    load_ms: float


@dataclass(frozen=True)
class Target:
    """Who answers: a port of loopback, and the heads of the two process trees whose processor time is counted."""

    port: int
    app_pid: int
    database_pid: int


def play(target: Target, requests: Sequence[Request], clients: int, seconds: int, start: int) -> Measured:
    """Play the requests round and round, beginning with that number."""
    with tempfile.TemporaryDirectory() as folder:
        script, summary = Path(folder) / "requests", Path(folder) / "summary"
        script.write_text("".join(f"{r.method}\t{r.path}\t{r.body}\n" for r in requests), "utf-8")
        command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "10s", "-s", str(_SCRIPT)]
        command += [f"http://127.0.0.1:{target.port}", "--", str(script), str(start % len(requests))]
        before = _spent(target)
        environ = os.environ | {"BENCH_SUMMARY": str(summary)}
        subprocess.run(command, check=True, capture_output=True, env=environ, timeout=seconds + 60)
        after = _spent(target)
        seen = json.loads(summary.read_text())
    answers = max(seen["requests"], 1)
    app, database, load = ((late - early) * 1000 / answers for early, late in zip(before, after, strict=True))
    return Measured(
        per_s=seen["requests"] / seen["seconds"],
        p50_ms=seen["p50_ms"],
        p99_ms=seen["p99_ms"],
        answers=seen["requests"],
        bytes_each=seen["bytes"] / answers,
        failed=seen["bad_status"] + seen["broken"],
        app_ms=app,
        database_ms=database,
        load_ms=load,
    )


def _spent(target: Target) -> tuple[float, float, float]:
    times = os.times()
    return cpu_s(target.app_pid), cpu_s(target.database_pid), times.children_user + times.children_system


def cpu_s(pid: int) -> float:
    """Processor seconds of a process and all below it, ended ones that were waited for included."""
    tree = {pid}
    stats = {int(path.name): path for path in Path("/proc").iterdir() if path.name.isdigit()}
    parents, spent = {}, {}
    for number, path in stats.items():
        try:
            fields = (path / "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended meanwhile
        parents[number], spent[number] = int(fields[1]), sum(map(int, fields[11:15])) * _TICK_S
    grown = True
    while grown:
        found = {number for number, parent in parents.items() if parent in tree} - tree
        tree |= found
        grown = bool(found)
    return sum(spent.get(number, 0.0) for number in tree)
