"""`placefinder serve`: the database, the demo town and the web faces, until Ctrl-C."""

import argparse
import sys
import time

import uvicorn

from placefinder.app import create_app
from placefinder.demo import load_demo
from placefinder.settings import Settings
from placefinder.store import bring_up_to_date, database_of

NAME = "serve"
HELP = "serve the finder (starts the embedded database where no PLACEFINDER_DSN is set)"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--demo", action="store_true", help="load the fictional demo town first, where it is missing")


def run(args: argparse.Namespace, settings: Settings) -> int:
    started = time.monotonic()
    with database_of(settings, own=True) as database:
        number = bring_up_to_date(database)
        print(f"Database ready (migration {number}, {time.monotonic() - started:.1f} s).", file=sys.stderr)
        if args.demo:
            load_demo(database)
        print(f"Open http://{settings.host}:{settings.port}/ (Ctrl-C ends it).", file=sys.stderr, flush=True)
        app = create_app(settings, database)
        # No access log: a path may name a place somebody looks at. Errors are logged without their values.
        uvicorn.run(app, host=settings.host, port=settings.port, access_log=False, log_level="warning")
    return 0
