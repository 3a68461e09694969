"""`placefinder dates`: make the coming dates, or say that one of them is different."""

import argparse
import re
import sys
from datetime import date
from uuid import UUID

from tqdm import tqdm

from placefinder import clock
from placefinder.errors import PlacefinderError
from placefinder.opening.calendar import Change
from placefinder.opening.rules import Hours
from placefinder.settings import Settings
from placefinder.store import open_database
from placefinder.store.occurrences import DAYS, ToldChange, add_change, refresh_all

NAME = "dates"
HELP = "make the dates of the coming eight weeks anew, or cancel, move or add one (for a coordinator)"
_HOURS = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)-(\d{1,2}):([0-5]\d)")


def configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    cancel = actions.add_parser("cancel", help="it is not held on that day")
    move = actions.add_parser("move", help="it is held on another day instead")
    add = actions.add_parser("add", help="it is held on that day; restores a cancelled one")
    for action in (cancel, move, add):
        action.add_argument("activity", type=UUID, help="its id, as /api/v1/places?name=… gives it")
        action.add_argument("day", type=date.fromisoformat, help="2026-11-26")
    move.add_argument("to_day", type=date.fromisoformat, help="2026-11-27")
    for action in (cancel, move, add):
        action.add_argument("--hours", type=_hours, help="17:00-19:00; only this session, or when it is held")
        action.add_argument("--reason", help="for everybody to read, at most 200 letters; no names")
    move.add_argument("--to-hours", type=_hours, help="17:00-19:00; the same hours if not given")


def run(args: argparse.Namespace, settings: Settings) -> int:
    today = clock.today()
    with open_database(settings) as connection:
        if args.action:
            add_change(connection, args.activity, ToldChange(_change(args, today), args.reason), today)
            print(f"{args.day} の変更を記録し、日程に反映しました。")
            return 0
        with tqdm(desc="日程をつくっています", unit="通り", disable=not sys.stderr.isatty(), leave=False) as bar:

            def progress(done: int, of: int) -> None:
                bar.total = of
                bar.update(done - bar.n)

            refresh_all(connection, today, progress)
    print(f"{today} から{DAYS}日間の日程をつくりなおしました。")
    return 0


def _change(args: argparse.Namespace, today: date) -> Change:
    kinds = {"cancel": "cancelled", "move": "moved", "add": "added"}
    to_day, to_hours = getattr(args, "to_day", None), getattr(args, "to_hours", None)
    if min(args.day, to_day or args.day) < today:
        raise PlacefinderError("その日はもう過ぎています。今日からあとの日を指定してください。")
    if args.reason and len(args.reason) > 200:
        raise PlacefinderError("--reason は200字までにしてください。")
    return Change(kinds[args.action], args.day, args.hours, to_day, to_hours)  # type: ignore[arg-type]


def _hours(text: str) -> Hours:
    match = _HOURS.fullmatch(text)
    if not match:
        raise argparse.ArgumentTypeError("hours are written as 17:00-19:00")
    opens, closes = (int(match[n]) * 60 + int(match[n + 1]) for n in (1, 3))
    if not opens < closes <= 2880:
        raise argparse.ArgumentTypeError("the end must come after the beginning; 26:00 is 2 o'clock of the next day")
    return Hours(opens, closes)
