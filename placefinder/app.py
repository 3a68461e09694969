"""The composition: the only module that knows everybody."""

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import metadata

from fastapi import FastAPI
from psycopg_pool import AsyncConnectionPool

import prescribing.web
from placefinder import garbage
from placefinder.settings import Settings
from placefinder.store import Database
from placefinder.web import api, calendar_feeds, pages, problems, tiles
from placefinder.web.callers import check_all_declared
from prescribing.keys import read_keys
from prescribing.sealing import Sealer

_CONNECTIONS = max(4, 2 * (os.cpu_count() or 1))
"""More of them wait for the processor and not for the database: with 10 on two cores the slowest answers took six times as long."""


def create_app(settings: Settings, database: Database) -> FastAPI:
    """The finder over one database. Raises UndeclaredRoute where a route does not say who may call it."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            app.state.pool = await stack.enter_async_context(_pool(database.public_dsn, autocommit=True))
            if database.staff_dsn is not None:
                app.state.sealer = Sealer(read_keys(settings.keys))
                app.state.staff_pool = await stack.enter_async_context(_pool(database.staff_dsn, autocommit=False))
            stack.enter_context(garbage.left_alone())
            yield

    app = FastAPI(
        title="Placefinder",
        version=metadata.version("placefinder"),
        summary="居場所・通いの場・こども食堂を小学校区でさがす",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=lifespan,
    )
    app.state.settings = settings
    for face in (api, tiles, calendar_feeds, pages):
        app.include_router(face.router)
    if database.staff_dsn is not None:
        app.include_router(prescribing.web.referral_api.router)
        app.include_router(prescribing.web.router)
        prescribing.web.problems.install(app)
    pages.add_middleware(app)
    problems.install(app, prescribing.web.LARGER_BODIES)
    check_all_declared(app.routes)
    return app


def _pool(dsn: str, *, autocommit: bool) -> AsyncConnectionPool:
    return AsyncConnectionPool(dsn, min_size=_CONNECTIONS, open=False, timeout=5, kwargs={"autocommit": autocommit})
