"""`placefinder audit`: seal what was written down, and check it against its seals."""

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import psycopg
from tqdm import tqdm

from placefinder import clock
from placefinder.settings import Settings
from placefinder.store import open_database
from prescribing.anchors import anchor_path
from prescribing.keys import read_keys
from prescribing.store.audit import Verified, about_patient, accept_restored, seal, verify

NAME = "audit"
HELP = "who did or saw what: seal it, check it against its seals, read it about one patient"


def configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    sealing = actions.add_parser("seal", help="seal what is not sealed yet (`placefinder serve` does so by itself)")
    sealing.add_argument(
        "--after-restore", action="store_true", help="a backup was put back on purpose: take its end as the end"
    )
    actions.add_parser("verify", help="compare everything with its seals and name what was tampered with")
    show = actions.add_parser("show", help="who did or saw what about one patient (for a data protection officer)")
    show.add_argument("--patient", type=UUID, required=True, help="the patient's id")
    show.add_argument("--since", type=date.fromisoformat, help="2026-11-01; the last 30 days if not given")


def run(args: argparse.Namespace, settings: Settings) -> int:
    with open_database(settings) as connection:
        connection.commit()
        action = {"seal": _seal, "verify": _verify, "show": _show}[args.action]
        return action(args, settings, connection)


@contextmanager
def _bar(words: str) -> Iterator[Callable[[int, int], None]]:
    with tqdm(desc=words, unit="件", disable=not sys.stderr.isatty(), leave=False) as bar:

        def progress(done: int, of: int) -> None:
            bar.total = of
            bar.update(done - bar.n)

        yield progress


def _seal(args: argparse.Namespace, settings: Settings, connection: psycopg.Connection) -> int:
    anchors = anchor_path(settings.keys)
    if args.after_restore:
        accept_restored(connection, anchors)
    with _bar("封印しています") as progress:
        count = seal(connection, read_keys(settings.keys)[-1], anchors, progress)
    print(f"{count} entries are sealed.")
    return 0


def _verify(args: argparse.Namespace, settings: Settings, connection: psycopg.Connection) -> int:
    keys = {key.id: key for key in read_keys(settings.keys)}
    with _bar("照合しています") as progress:
        found = verify(connection, keys, anchor_path(settings.keys), progress)
    for line in report(found):
        print(line)
    return 1 if found.tampered else 0


def report(found: Verified) -> Iterator[str]:
    """What a check found, in lines to print."""
    for one in found.tampered:
        yield f"TAMPERED: entries {one.first_id} to {one.last_id}: {one.how}."
    yield f"{found.entries} entries under {found.seals} seals, {len(found.tampered)} tampered ranges."
    if found.unsealed:
        yield f"{found.unsealed} entries since {found.unsealed_since} stand under no seal yet: nothing is known of them."
    if found.seals and not found.anchored:
        yield "The file of anchors is missing: that the end was cut off could not be noticed."


def _show(args: argparse.Namespace, settings: Settings, connection: psycopg.Connection) -> int:
    day = args.since or clock.today() - timedelta(30)
    for deed in about_patient(connection, args.patient, datetime(day.year, day.month, day.day, tzinfo=UTC)):
        who = f"{deed.organisation_name or '-'} / {deed.display_name or deed.party or 'system'}"
        print(f"{deed.at:%Y-%m-%d %H:%M:%S}  {who}  {deed.action} {deed.subject}  {' '.join(deed.seen)}")
    connection.commit()
    return 0
