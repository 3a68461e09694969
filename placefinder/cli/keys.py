"""`placefinder keys`: the keys that seal words about people and the audit."""

import argparse
import sys

from tqdm import tqdm

from placefinder.errors import PlacefinderError
from placefinder.settings import Settings
from placefinder.store import open_database
from prescribing.keys import new_key, read_keys, write_keys
from prescribing.sealing import Sealer
from prescribing.store.resealing import reseal, rows_by_key

NAME = "keys"
HELP = "the keys that seal words about people: list them, change to a new one, forget one that nothing uses"


def configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    actions.add_parser("list", help="which keys there are and what each of them sealed (never the keys themselves)")
    actions.add_parser("add", help="make a new key and seal everything with it from the next start of the program")
    actions.add_parser("reseal", help="seal with the newest key what older ones sealed; may be stopped and repeated")
    forget = actions.add_parser("forget", help="take a key out of the file; refused while anything is sealed with it")
    forget.add_argument("key", help="its id, as `placefinder keys list` gives it")


def run(args: argparse.Namespace, settings: Settings) -> int:
    action = {"add": _add, "reseal": _reseal, "forget": _forget}.get(args.action, _list)
    action(args, settings)
    return 0


def _list(args: argparse.Namespace, settings: Settings) -> None:
    keys = read_keys(settings.keys)
    with open_database(settings) as connection:
        used = rows_by_key(connection)
    for key in keys:
        rows = ", ".join(f"{context} {count}" for context, count in sorted(used.pop(key.id, {}).items()))
        print(f"{key.id}  made {key.made_at}  {rows or 'nothing'}{'  (seals)' if key is keys[-1] else ''}")
    for key_id, counts in used.items():
        print(f"{key_id}  MISSING in {settings.keys}: {counts.total()} rows cannot be opened")


def _add(args: argparse.Namespace, settings: Settings) -> None:
    keys = (*read_keys(settings.keys), new_key())
    write_keys(settings.keys, keys)
    print(f"Key {keys[-1].id} is made. Copy {settings.keys} to its safe place, restart the program,")
    print("then run `placefinder keys reseal`.")


def _reseal(args: argparse.Namespace, settings: Settings) -> None:
    sealer = Sealer(read_keys(settings.keys))
    with open_database(settings) as connection:
        used = rows_by_key(connection)
        connection.commit()
        total = sum(
            count
            for key_id, rows in used.items()
            for context, count in rows.items()
            if key_id != sealer.key_id and context != "audit.seal"
        )
        with tqdm(
            desc="封印しなおしています", total=total, unit="行", disable=not sys.stderr.isatty(), leave=False
        ) as bar:
            done = reseal(connection, sealer, bar.update)
    print(f"{done} rows are sealed with key {sealer.key_id} now.")


def _forget(args: argparse.Namespace, settings: Settings) -> None:
    keys = read_keys(settings.keys)
    if args.key not in {key.id for key in keys}:
        raise PlacefinderError(f"{settings.keys} has no key {args.key[:40]}: see `placefinder keys list`.")
    if args.key == keys[-1].id:
        raise PlacefinderError("This key seals: make a new one first with `placefinder keys add`.")
    with open_database(settings) as connection:
        rows = rows_by_key(connection).get(args.key)
    if rows:
        what = ", ".join(f"{context} {count}" for context, count in sorted(rows.items()))
        raise PlacefinderError(
            f"Key {args.key} still opens: {what}. Run `placefinder keys reseal`; seals of the audit keep theirs."
        )
    write_keys(settings.keys, [key for key in keys if key.id != args.key])
    print(f"Key {args.key} is forgotten. Backups from before cannot be opened without a copy of the old key file.")
