"""`placefinder serve`: the database, the demo town and the web faces, until Ctrl-C."""

import argparse
import socket
import sys
import time

import uvicorn

from placefinder import clock
from placefinder.app import create_app
from placefinder.audit_sealing import audit_sealed
from placefinder.demo import load_demo
from placefinder.errors import PlacefinderError
from placefinder.midnight import dates_kept_up
from placefinder.settings import Settings
from placefinder.store import Database, bring_up_to_date, database_of
from placefinder.web.logs import LOG_CONFIG
from prescribing.keys import read_keys
from prescribing.sealing import Sealer
from prescribing.store.demo import demo_logins, tell_story
from prescribing.store.rules import keep_rules
from prescribing.store.worker import doing_what_is_due

NAME = "serve"
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
HELP = "serve the finder (starts the embedded database where no PLACEFINDER_DSN is set)"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--demo", action="store_true", help="load the fictional demo town first, where it is missing")


def run(args: argparse.Namespace, settings: Settings) -> int:
    started = time.monotonic()
    with _listening(settings) as listener, database_of(settings, own=True) as database:
        number = bring_up_to_date(database)
        keep_rules(database.owner_dsn, guardian_below=settings.guardian_age)
        print(f"Database ready (migration {number}, {time.monotonic() - started:.1f} s).", file=sys.stderr)
        if args.demo:
            load_demo(database)
            _people_of_the_demo(settings, database)
        app = create_app(settings, database)
        # Invented people's codes are shown while they sign in, on this machine only.
        app.state.demo_accounts = args.demo and settings.host in _LOOPBACK
        # No access log: a path may name a place somebody looks at.
        config = uvicorn.Config(app, access_log=False, log_config=LOG_CONFIG)
        print(
            f"Open http://{settings.host}:{listener.getsockname()[1]}/ (Ctrl-C ends it).", file=sys.stderr, flush=True
        )
        sealing = audit_sealed(database.owner_dsn if database.staff_dsn else None, settings.keys)
        with dates_kept_up(database.owner_dsn), doing_what_is_due(database.worker_dsn), sealing:
            uvicorn.Server(config).run(sockets=[listener])
    return 0


def _people_of_the_demo(settings: Settings, database: Database) -> None:
    """Invented staff and two years of referrals, and how to sign in as them: on this machine only, for the password is known."""
    if database.staff_dsn is None:
        return
    if settings.host not in _LOOPBACK:
        print("Staff of the demo are made on the loopback only (PLACEFINDER_HOST).", file=sys.stderr)
        return
    sealer = Sealer(read_keys(settings.keys))
    told = tell_story(
        database.owner_dsn, sealer, clock.today(), progress=lambda what: print(f"  {what}", file=sys.stderr)
    )
    if told:
        print(f"{told} invented referrals of two years are told.", file=sys.stderr)
    password, logins = demo_logins()
    print(
        f"Demo logins for /staff/sign-in, all with the password {password} (codes are shown while signing in):",
        file=sys.stderr,
    )
    for one in logins:
        print(f"  {one.login:24} {one.role:14} {one.organisation}", file=sys.stderr)


def _listening(settings: Settings) -> socket.socket:
    """The port, taken before anything else is started. Raises PlacefinderError where another program has it."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=2048)
    except OSError as error:
        raise PlacefinderError(
            f"Port {settings.port} of {settings.host} cannot be used ({error.strerror}): "
            "end the program that has it, or set PLACEFINDER_PORT to another one."
        ) from None
