"""`placefinder psql`: the database's own prompt, beside a running server or alone."""

import argparse
import shutil
import subprocess

from placefinder.errors import PlacefinderError
from placefinder.settings import Settings
from placefinder.store import database_of

NAME = "psql"
HELP = "open psql on the database; arguments go to psql (after --)"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--role", choices=("owner", "public"), default="owner", help="whom to connect as")
    parser.add_argument("arguments", nargs="*", metavar="ARG", help="arguments for psql")


def run(args: argparse.Namespace, settings: Settings) -> int:
    program = shutil.which("psql")
    if program is None:
        raise PlacefinderError("psql is not installed: install postgresql-client, or run scripts/serve once.")
    with database_of(settings) as database:
        dsn = database.owner_dsn if args.role == "owner" else database.public_dsn
        return subprocess.run([program, dsn, *args.arguments], check=False).returncode
