"""`placefinder verify`: which listings to check next, and recording that somebody did."""

import argparse
import csv
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import date
from uuid import UUID

from geo.codes import municipality_code
from placefinder.clock import today
from placefinder.freshness import FACT_KINDS, ROLES, Check
from placefinder.settings import Settings
from placefinder.store import open_database
from placefinder.store.verification import confirm, to_verify
from placefinder.verification import ToVerify, facts_named

NAME = "verify"
HELP = "list what to check next, by the people who would see a wrong thing, or record a check (confirm)"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--municipality", metavar="CODE", type=municipality_code, help="only this one (131016)")
    parser.add_argument("--top", metavar="N", type=_count, default=20, help="how many (20)")
    parser.add_argument("--format", choices=("table", "csv", "json"), default="table", help="how to print them (table)")
    parser.add_argument("--as-of", metavar="DATE", type=date.fromisoformat, help="as seen on a day (today)")
    verbs = parser.add_subparsers(metavar="confirm")
    done = verbs.add_parser("confirm", help="record that facts of an activity were found right")
    done.add_argument("activity", metavar="ACTIVITY", type=UUID, help="its activity_id")
    done.add_argument("--fact", choices=(*FACT_KINDS, "all"), required=True, help="what was checked")
    done.add_argument("--by", choices=ROLES, required=True, help="the role of who checked, never a name")
    done.add_argument("--on", metavar="DATE", type=date.fromisoformat, help="the day it was checked (today)")
    parser.set_defaults(activity=None)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 10_000):
        raise argparse.ArgumentTypeError("a number from 1 to 10000")
    return int(text)


def run(args: argparse.Namespace, settings: Settings) -> int:
    with open_database(settings) as connection:
        if args.activity:
            day = args.on or today()
            checks = [Check(fact, day, args.by) for fact in facts_named(args.fact)]
            answered = confirm(connection, args.activity, checks, today())
            print(f"{args.activity}: {'、'.join(check.fact for check in checks)} を {day} の確認として記録しました。")
            print(f"  回答済みにした知らせ: {answered}件")
            return 0
        found = to_verify(connection, args.as_of or today(), args.top, args.municipality)
    _PRINTED[args.format](found)
    return 0


def _print_table(found: Sequence[ToVerify]) -> None:
    if not found:
        print("確かめるものはありません。")
    for number, one in enumerate(found, 1):
        people = f"対象{one.people:,.0f}人" if one.people is not None else f"掲載{one.listings}件（人口データなし）"
        reports = f"未回答の知らせ{one.reports}件  " if one.reports else ""
        print(f"{number:3}. {one.name}（{one.place_name}） {one.district_name or one.municipality_code}")
        doubt = f"変わった見込み{min(one.doubt, 0.99):.0%}" if one.doubt < 1 else "ひらいているか不明"
        print(f"     {reports}{people} × {doubt}  前回の確認 {one.last_checked or '不明'}  {_STATUS[one.status]}")
        print(f"     {one.activity_id}")


_STATUS = {
    "running": "実施中",
    "suspended": "休止中",
    "not_taking_new": "新規受け入れなし",
    "needs_checking": "要確認",
    "unknown": "状況の記載なし",
}


def _print_csv(found: Sequence[ToVerify]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(field.name for field in fields(ToVerify))
    writer.writerows(tuple(_safe(value) for value in asdict(one).values()) for one in found)


def _safe(value: object) -> object:
    """A spreadsheet takes what begins with these for a formula: it is kept as text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t")) else value


def _print_json(found: Sequence[ToVerify]) -> None:
    print(json.dumps([asdict(one) for one in found], ensure_ascii=False, default=str, indent=1))


_PRINTED = {"table": _print_table, "csv": _print_csv, "json": _print_json}
