"""The program `placefinder`: one module per verb, each with NAME, HELP, `configure(parser)` and `run(args, settings)`."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import Protocol

import psycopg

from geo.errors import GeoError
from placefinder.cli import (
    account,
    audit,
    check_data,
    dates,
    demo,
    keys,
    load,
    migrate,
    opening,
    psql,
    report,
    serve,
    sources,
    uptake,
    verify,
    version,
)
from placefinder.errors import PlacefinderError
from placefinder.settings import Settings, read_settings
from prescribing.errors import PrescribingError

__all__ = ["VERBS", "Verb", "main"]


class Verb(Protocol):
    """One verb of the command line."""

    NAME: str
    HELP: str

    def configure(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, args: argparse.Namespace, settings: Settings) -> int: ...


VERBS: tuple[Verb, ...] = (
    serve,
    load,
    dates,
    migrate,
    sources,
    check_data,
    opening,
    demo,
    report,
    uptake,
    verify,
    account,
    keys,
    audit,
    psql,
    version,
)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="placefinder", description="居場所・通いの場・こども食堂をさがす: the place-finder's program."
    )
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    for verb in VERBS:
        one = verbs.add_parser(verb.NAME, help=verb.HELP, description=verb.HELP)
        verb.configure(one)
        one.set_defaults(run=verb.run)
    return parser


def main(argv: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run one verb and give the exit status: 0 done, 1 refused with a reason, 2 wrong usage, 130 interrupted."""
    try:
        args = _parser().parse_args(argv)
    except SystemExit as usage:
        return int(usage.code or 0)
    try:
        return int(args.run(args, read_settings(environ)))
    except (PlacefinderError, GeoError, PrescribingError) as refusal:
        print(f"placefinder: {refusal}", file=sys.stderr)
        return 1
    except psycopg.Error as refusal:  # its own text may repeat a row: only what it is about is told
        about = refusal.diag.constraint_name or refusal.diag.message_primary if refusal.diag.sqlstate else str(refusal)
        print(
            f"placefinder: the database refused ({type(refusal).__name__}: {about}). Nothing was changed.",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        return 130
