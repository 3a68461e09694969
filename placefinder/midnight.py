"""Midnight in Japan: the dates of what is listed are kept up beside a running server."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from threading import Event, Thread

import psycopg

from placefinder import clock
from placefinder.store.occurrences import keep_up
from placefinder.store.verification import relist_asked

_LOG = logging.getLogger(__name__)
LONGEST_WAIT_S = 60
"""A machine that slept or whose clock was set looks at the day again after this; what was checked from a page is listed anew."""


@contextmanager
def dates_kept_up(dsn: str, now: Callable[[], datetime] = clock.now) -> Iterator[None]:
    """Make the dates now and after each midnight while the block runs, as the owner, whom `dsn` names.

    Of several processes on one database the first does the work and the others leave it to that one.
    """
    ended = Event()
    thread = Thread(target=_until, args=(ended, dsn, now), name="dates", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(5)


def _until(ended: Event, dsn: str, now: Callable[[], datetime]) -> None:
    while not ended.is_set():
        try_to_keep_up(dsn, now().date())
        try_to_relist(dsn)
        ended.wait(min(seconds_to_midnight(now()) + 1, LONGEST_WAIT_S))


def try_to_keep_up(dsn: str, today: date) -> bool:
    """Was there anything to do, and is it done? A database that is away is asked again next time."""
    try:
        with psycopg.connect(dsn) as connection:
            return keep_up(connection, today, wait=False)
    except psycopg.Error as error:
        _LOG.warning("The dates could not be made (%s); they are tried again.", type(error).__name__)
        return False


def try_to_relist(dsn: str) -> int:
    """How many listings were made anew because somebody checked them from a page; a database that is away is asked again."""
    try:
        with psycopg.connect(dsn) as connection:
            return relist_asked(connection)
    except psycopg.Error as error:
        _LOG.warning("Checked listings could not be made anew (%s); they are tried again.", type(error).__name__)
        return 0


def seconds_to_midnight(now: datetime) -> float:
    return (datetime.combine(now.date() + timedelta(1), time(), now.tzinfo) - now).total_seconds()
