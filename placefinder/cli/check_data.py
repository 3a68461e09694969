"""`placefinder check-data`: what `load` would say about a file, with nothing written."""

import argparse

from placefinder.cli.load import add_reading_arguments, address_finder, geo_of, read_list
from placefinder.errors import PlacefinderError
from placefinder.intake.errors import IntakeError
from placefinder.intake.pipeline import prepare
from placefinder.intake.report import report_of, summary, write
from placefinder.settings import Settings
from placefinder.store import open_database

NAME = "check-data"
HELP = "say what is wrong with a file before loading it; writes nothing to the database"


def configure(parser: argparse.ArgumentParser) -> None:
    add_reading_arguments(parser, nargs="+")


def run(args: argparse.Namespace, settings: Settings) -> int:
    try:
        return _check(args, settings)
    except IntakeError as refusal:
        raise PlacefinderError(str(refusal)) from refusal


def _check(args: argparse.Namespace, settings: Settings) -> int:
    form = geo_of(args)
    if form:
        counts, findings = form.read(args.files[0], args.municipality)
        print(
            f"{args.files[0].name}: {form.title}\n  データ{counts.rows_in}行 = 受入{counts.accepted} + 確認待ち{counts.queued} + 取込不可{counts.refused}"
        )
        for finding in findings[:50]:
            print(f"  {f'{finding.row_no}行目 ' if finding.row_no else ''}{finding.message} [{finding.rule}]")
        return 1 if counts.refused else 0
    with open_database(settings) as connection:
        reading = read_list(args)
        prepared = prepare(connection, reading, address_finder(connection, reading), args.municipality)
        connection.rollback()
    report = report_of(prepared)
    print(summary(report))
    if args.report:
        write(report, args.report)
    return 1 if prepared.counts.refused or prepared.counts.queued else 0
