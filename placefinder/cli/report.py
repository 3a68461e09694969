"""`placefinder report`: places and gaps of a municipality by school district, as one file to keep and to mail."""

import argparse
import asyncio
import sys
from pathlib import Path

import psycopg

from geo.codes import municipality_code
from placefinder import clock
from placefinder.settings import Settings
from placefinder.store import database_of
from placefinder.web.coverage import report_on
from placefinder.web.folium_report import Report, folium_report

NAME = "report"
HELP = "write the districts of a municipality, their places and gaps, as one HTML file that works without a network"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--municipality", metavar="CODE", required=True, help="the six-digit code (012998)")
    parser.add_argument("--out", metavar="FILE.html", type=Path, required=True, help="the file to write")


def run(args: argparse.Namespace, settings: Settings) -> int:
    code = municipality_code(args.municipality)
    with database_of(settings) as database:
        told = asyncio.run(_gather(database.public_dsn, code))
    if not told:
        print(f"{code}: この市区町村の学区は読みこまれていません（placefinder load で読みこみます）。", file=sys.stderr)
        return 1
    try:
        args.out.write_text(folium_report(told), "utf-8")
    except OSError as error:
        print(f"{args.out}: 書けませんでした（{error.strerror}）。", file=sys.stderr)
        return 1
    print(f"{args.out}: {told.municipality}、{len(told.districts)}学区")
    return 0


async def _gather(dsn: str, code: str) -> Report | None:
    async with await psycopg.AsyncConnection.connect(dsn) as connection:
        return await report_on(connection, code, clock.today())
