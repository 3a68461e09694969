"""The worker beside the server: procrastinate fetches what is due from the schema `jobs`, as the login placefinder_worker.

Jobs that a killed worker left half done are taken up again by a job that looks for them: procrastinate does not do that itself.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from threading import Event, Thread
from uuid import UUID

import psycopg
from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy
from procrastinate.exceptions import ConnectorException

from placefinder import clock
from prescribing.jobs import TASKS
from prescribing.store.jobs import catch_up, do
from prescribing.store.uptake import count_when_due

_LOG = logging.getLogger(__name__)
QUEUE = "clocks"
WAIT_AFTER_FAULT_S = 5
STALLED_AFTER_S = 120
_RETRY = RetryStrategy(max_attempts=8, exponential_wait=4, retry_exceptions={psycopg.OperationalError})


def app_of(dsn: str, today: Callable[[], date] = clock.today) -> App:
    """Procrastinate's application over the schema `jobs`, with one task of each name in TASKS, the daily one and the rescue."""
    connector = PsycopgConnector(conninfo=dsn, min_size=1, max_size=3, kwargs={"options": "-c search_path=jobs"})
    app = App(connector=connector)

    async def due(context: JobContext, *, referral_id: str, since: str) -> None:
        await do(dsn, context.job.task_name, UUID(referral_id), datetime.fromisoformat(since), today())

    for name in TASKS:
        app.task(name=name, queue=QUEUE, pass_context=True, retry=_RETRY)(due)

    @app.periodic(cron="5 * * * *")
    @app.task(name="catch_up", queue=QUEUE, queueing_lock="catch_up", retry=_RETRY)
    async def hourly(timestamp: int) -> None:
        await catch_up(dsn, today())

    @app.periodic(cron="25 * * * *")
    @app.task(name="count_uptake", queue=QUEUE, queueing_lock="count_uptake", retry=_RETRY)
    async def monthly(timestamp: int) -> None:
        await count_when_due(dsn, today())

    @app.periodic(cron="*/5 * * * *")
    @app.task(name="rescue", queue=QUEUE, queueing_lock="rescue", pass_context=True)
    async def rescuing(context: JobContext, timestamp: int) -> None:
        await rescue(app)

    return app


async def rescue(app: App) -> int:
    """Give back what a worker has that no longer shows a heartbeat; every task may be done twice. Gives their number."""
    stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_S))
    for job in stalled:
        await app.job_manager.retry_job(job, retry_at=clock.now() + timedelta(seconds=1))
    return len(stalled)


@contextmanager
def doing_what_is_due(dsn: str | None) -> Iterator[None]:
    """Work on what is due while the block runs; without a DSN nothing is due. Several processes share the work."""
    if dsn is None:
        yield
        return
    ended = Event()
    thread = Thread(target=_until, args=(ended, dsn), name="jobs", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(10)


def _until(ended: Event, dsn: str) -> None:
    for name in ("procrastinate", "psycopg.pool"):
        logging.getLogger(name).setLevel(
            logging.ERROR
        )  # they tell of every job and every lost connection; we tell once
    while not ended.is_set():
        try:
            asyncio.run(_work(ended, dsn))
        except (psycopg.Error, ConnectorException, TimeoutError) as error:
            _LOG.warning("What is due could not be looked for (%s); it is tried again.", type(error).__name__)
            ended.wait(WAIT_AFTER_FAULT_S)


async def _work(ended: Event, dsn: str) -> None:
    app = app_of(dsn)
    async with app.open_async():
        working = asyncio.create_task(
            app.run_worker_async(
                queues=[QUEUE], concurrency=1, install_signal_handlers=False, delete_jobs="successful",
                shutdown_graceful_timeout=5,
            )
        )  # fmt: skip
        while not ended.is_set() and not working.done():
            await asyncio.sleep(0.2)
        if working.done():
            working.result()
            return
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
