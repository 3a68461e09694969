"""The program's own app with two more routes to measure against; run in a process of its own, as `serve` runs it."""

import sys

import uvicorn
from fastapi import Request
from fastapi.responses import JSONResponse

from placefinder.app import create_app
from placefinder.settings import read_settings
from placefinder.store import Database


async def hello() -> JSONResponse:
    return JSONResponse({"hello": "world"})


async def select_1(request: Request) -> JSONResponse:
    async with request.app.state.pool.connection() as connection:
        row = await (await connection.execute("SELECT 1")).fetchone()
    return JSONResponse({"answer": row[0]})


def main(owner_dsn: str, public_dsn: str, port: str) -> None:
    settings = read_settings({"PLACEFINDER_TILES": "none", "PLACEFINDER_PORT": port})
    app = create_app(settings, Database(owner_dsn, public_dsn))
    app.get("/bench/hello")(hello)
    app.get("/bench/select-1")(select_1)
    uvicorn.run(app, host=settings.host, port=settings.port, access_log=False, log_level="warning")


if __name__ == "__main__":
    main(*sys.argv[1:])
