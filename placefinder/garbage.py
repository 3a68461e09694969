"""Python's garbage collection, kept from looking again and again at what will stay."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def left_alone() -> Iterator[None]:
    """What is loaded now lives as long as the block and is not looked at by a collection.

    With all modules loaded a full collection took 100 ms, in which nobody was answered: it alone was the slowest hundredth.
    """
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@contextmanager
def paused() -> Iterator[None]:
    """No collection while the block makes millions of rows that all stay: it took a quarter of the time of reading them.

    Rows hold no cycles, so nothing is lost: the memory at the end is the same.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
