"""`placefinder demo`: the fictional town, loaded where it is missing."""

import argparse
import sys

from placefinder.demo import load_demo
from placefinder.settings import Settings
from placefinder.store import bring_up_to_date, database_of

NAME = "demo"
HELP = "load the fictional demo town, where it is missing (safe to repeat)"


def configure(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(args: argparse.Namespace, settings: Settings) -> int:
    with database_of(settings) as database:
        bring_up_to_date(database)
        loaded = load_demo(database, lambda title: print(f"  {title}", file=sys.stderr))
    rows = sum(edition.rows_in for edition in loaded)
    print(
        f"The demo town is loaded ({len(loaded)} lists, {rows} rows)." if loaded else "The demo town was there already."
    )
    return 0
