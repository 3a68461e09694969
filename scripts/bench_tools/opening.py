"""`scripts/bench-opening`: schedules said in Japanese and read back, and the speed of reading."""

import argparse
import sys
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings

from bench_tools.progress import step
from placefinder.languages import Language
from placefinder.opening import Schedule, read_text
from placefinder.opening.wording import say
from tests.placefinder.said_schedules import said_schedules

SHOWN = 10
CHUNK = 1_000
"""So many a run: the generator remembers what it made of one run, and its memory grows."""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench-opening", description=__doc__)
    parser.add_argument("--round-trip", type=int, default=100_000, metavar="N", help="generated schedules; 100,000")
    parser.add_argument(
        "files", nargs="*", type=Path, help="texts of schedules, one a line, whose reading is timed too"
    )
    args = parser.parse_args(arguments)
    with step(f"{args.round_trip:,} schedules"):
        said = generated(args.round_trip)
    seconds, wrong = read_back(said)
    print(
        f"round trip: {len(said):,} different schedules, {len(wrong):,} read back otherwise; {len(said) / seconds:,.0f} strings/s"
    )
    for text in wrong[:SHOWN]:
        print(f"  wanted {said[text]}\n  read   {read_text(text)}")
    for file in args.files:
        print(timed(file))
    return 1 if wrong else 0


def generated(count: int) -> dict[str, Schedule]:
    """That many different schedules by their Japanese text."""
    said: dict[str, Schedule] = {}

    @settings(
        max_examples=CHUNK,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(said_schedules())
    def keep(schedule: Schedule) -> None:
        if len(said) < count:
            said["\n".join(say(schedule, Language.JA))] = schedule

    while len(said) < count:
        keep()
    return said


def read_back(said: dict[str, Schedule]) -> tuple[float, list[str]]:
    """Seconds for reading all texts, none of which was read before, and those that read as another schedule."""
    begin = time.perf_counter()
    read = {text: read_text(text) for text in said}
    seconds = time.perf_counter() - begin
    return seconds, [text for text, schedule in said.items() if replace(read[text], text=None) != schedule]


def timed(file: Path) -> str:
    texts = list(_different(file.read_text("utf-8").splitlines()))
    begin = time.perf_counter()
    certainties = [read_text(text).certainty for text in texts]
    seconds = time.perf_counter() - begin
    counts = ", ".join(f"{certainties.count(one):,} {one}" for one in ("exact", "partial", "not_understood"))
    return f"{file.name}: {len(texts):,} different texts ({counts}); {len(texts) / seconds:,.0f} strings/s"


def _different(lines: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(filter(None, map(str.strip, lines)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
