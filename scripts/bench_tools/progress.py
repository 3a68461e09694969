"""What is going on, on the terminal: one line for each step, with its time."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def step(what: str) -> Iterator[None]:
    started = time.monotonic()
    print(f"▶ {what} …", end="", file=sys.stderr, flush=True)
    yield
    print(f" {time.monotonic() - started:.1f} s", file=sys.stderr, flush=True)
