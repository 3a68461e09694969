"""`placefinder uptake`: count the kept monthly tables, or write an insurer's figures as of a day into a folder."""

import argparse
import asyncio
import sys
from datetime import date
from pathlib import Path
from typing import Any

import psycopg

from placefinder import clock
from placefinder.settings import Settings
from placefinder.store import atlas, database_of
from placefinder.store.named import municipality_names
from placefinder.store.sources import current_editions
from prescribing.store import uptake
from prescribing.store.uptake import Insurer
from prescribing.uptake.report import last_month_end
from prescribing.web.uptake_files import Told, csv_of, json_of, xlsx_of
from prescribing.web.uptake_map import uptake_map
from prescribing.web.uptake_sheet import curve_svg, report_html

NAME = "uptake"
HELP = "count what became of referrals; with --insurer, write its figures as of a day as xlsx, CSV, HTML, SVG and JSON"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--insurer", metavar="CODE", help="the insurer's number (06999999); without it the kept tables are counted"
    )
    parser.add_argument(
        "--as-of",
        metavar="YYYY-MM-DD",
        type=date.fromisoformat,
        help="only what was recorded until the end of this day counts (default: the end of last month)",
    )
    parser.add_argument("--out", metavar="FOLDER", type=Path, help="where to write (with --insurer)")
    parser.add_argument("--whole", action="store_true", help="count all months anew, not only the changed ones")


def run(args: argparse.Namespace, settings: Settings) -> int:
    as_of = args.as_of or last_month_end(clock.today())
    if bool(args.insurer) != bool(args.out):
        print("--insurer と --out はいっしょに使います。", file=sys.stderr)
        return 2
    with database_of(settings) as database:
        if not args.insurer:
            months = asyncio.run(_count(database.owner_dsn, as_of, args.whole))
            print(f"{as_of} 現在で、{months}か月分を数えました。")
            return 0
        files = asyncio.run(_regenerate(database.owner_dsn, args.insurer, as_of))
    if not files:
        print(f"{args.insurer}: この番号の保険者は登録されていません。", file=sys.stderr)
        return 1
    try:
        args.out.mkdir(parents=True, exist_ok=True)
        for name, body in files.items():
            (args.out / name).write_bytes(body)
    except OSError as error:
        print(f"{args.out}: 書けませんでした（{error.strerror}）。", file=sys.stderr)
        return 1
    print(f"{args.out}: {as_of} 現在、{'、'.join(files)}")
    return 0


async def _count(dsn: str, as_of: date, whole: bool) -> int:
    async with await psycopg.AsyncConnection.connect(dsn) as connection:
        return await uptake.build(connection, as_of, whole=whole)


async def _regenerate(dsn: str, code: str, as_of: date) -> dict[str, bytes]:
    async with await psycopg.AsyncConnection.connect(dsn) as connection:
        insurer = await uptake.insurer_of_code(connection, code)
        return await _files(connection, insurer, as_of) if insurer else {}


async def _files(connection: psycopg.AsyncConnection[Any], insurer: Insurer, as_of: date) -> dict[str, bytes]:
    town = insurer.municipality_code
    found = await atlas.coverage(connection, town)
    own, districts = await uptake.regenerated(connection, insurer, [one.district_id for one in found], as_of)
    told = Told(insurer.name, as_of, own, districts, {one.district_id: one.name for one in found})
    names = await municipality_names(connection, [town])
    editions = list(await current_editions(connection, {one.edition_id for one in found}))
    return {
        "uptake.xlsx": xlsx_of(told),
        "uptake.csv": csv_of(told),
        "uptake.json": json_of(told),
        "report.html": report_html(told).encode(),
        "curve.svg": curve_svg(own.curve).encode(),
        "districts.html": uptake_map(names.get(town, town), found, districts, editions).encode(),
    }
