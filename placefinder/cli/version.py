"""`placefinder version`: what is installed here."""

import argparse
from importlib import metadata

from placefinder.settings import Settings

NAME = "version"
HELP = "print the program's version"


def configure(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(args: argparse.Namespace, settings: Settings) -> int:
    print(f"placefinder {metadata.version('placefinder')}")
    return 0
