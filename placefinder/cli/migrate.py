"""`placefinder migrate`: bring the database's schema and code lists up to date."""

import argparse

from placefinder.settings import Settings
from placefinder.store import bring_up_to_date, database_of

NAME = "migrate"
HELP = "bring the database's schema and code lists up to date (safe to repeat)"


def configure(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(args: argparse.Namespace, settings: Settings) -> int:
    with database_of(settings) as database:
        print(f"The database is at migration {bring_up_to_date(database)}.")
    return 0
