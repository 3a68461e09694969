"""The audit is sealed beside a running server, every five minutes and when it ends."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import psycopg

from prescribing.anchors import anchor_path
from prescribing.errors import PrescribingError
from prescribing.keys import read_keys
from prescribing.store.audit import seal

_LOG = logging.getLogger(__name__)
EVERY_S = 300
"""What was written down within this time can be changed unnoticed by whoever owns the database; after it, not."""


@contextmanager
def audit_sealed(dsn: str | None, keys: Path, every_s: float = EVERY_S) -> Iterator[None]:
    """Seal while the block runs, as the owner, whom `dsn` names (None: no prescribing). Of several processes one does the work."""
    if dsn is None:
        yield
        return
    ended = Event()
    thread = Thread(target=_until, args=(ended, dsn, keys, every_s), name="audit", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(10)


def _until(ended: Event, dsn: str, keys: Path, every_s: float) -> None:
    while not ended.wait(every_s):
        try_to_seal(dsn, keys)
    try_to_seal(dsn, keys)


def try_to_seal(dsn: str, keys: Path) -> int:
    """How many entries were sealed. A database that is away is asked again; a broken end is said and never sealed over."""
    try:
        with psycopg.connect(dsn, autocommit=True) as connection:
            return seal(connection, read_keys(keys)[-1], anchor_path(keys))
    except PrescribingError as error:
        _LOG.critical("%s", error)
    except psycopg.Error as error:
        _LOG.warning("The audit could not be sealed (%s); it is tried again.", type(error).__name__)
    return 0
