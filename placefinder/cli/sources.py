"""`placefinder sources`: what official data there is, on which terms, and fetching it into the cache."""

import argparse
import sys

from tqdm import tqdm

from placefinder.intake.fetching import Fetcher
from placefinder.intake.sources import RegisteredSource, load_registry, source_named
from placefinder.settings import Settings

NAME = "sources"
HELP = "list the official sources with their terms, or fetch one into the cache"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--fetch", metavar="ID", help="download the files of one source (only what has changed)")
    parser.add_argument(
        "--scope", metavar="CODE", help="only the files of one prefecture (13) or municipality (131016)"
    )
    parser.add_argument("--show", metavar="ID", help="all that is known about one source, with its addresses")
    parser.add_argument(
        "--progress", action="store_true", help="show progress even where standard error is no terminal"
    )


def run(args: argparse.Namespace, settings: Settings) -> int:
    if args.fetch:
        return _fetch(source_named(args.fetch), args, settings)
    if args.show:
        print(_described(source_named(args.show)))
        return 0
    for one in load_registry().values():
        print(
            f"{one.source_id:34} {one.source.redistribution:11} {'' if one.verified else '未確認 '}{one.source.title}"
        )
    return 0


def _fetch(one: RegisteredSource, args: argparse.Namespace, settings: Settings) -> int:
    wanted = [download for download in one.downloads if args.scope in (None, download.scope)]
    if not wanted:
        print(
            f"{one.source_id}: この範囲のファイルはありません(--show {one.source_id} で確かめてください)。",
            file=sys.stderr,
        )
        return 1
    fetcher = Fetcher(settings.home / "downloads", contact=settings.contact, mirror=settings.mirror)
    for download in tqdm(wanted, unit="file", disable=not (args.progress or sys.stderr.isatty())):
        fetched = fetcher.fetch(download.url)
        print(f"{download.scope} {fetched.origin} {fetched.path}")
    return 0


def _described(one: RegisteredSource) -> str:
    terms = [one.source.licence, one.source.redistribution, one.source.condition or ""]
    lines = [
        f"{one.source_id}: {one.source.title}",
        f"公開元: {one.source.publisher} {one.source.home_url or ''}",
        f"利用条件: {' / '.join(filter(None, terms))}{'' if one.verified else ' (未確認)'}",
        f"出典表示: {one.source.attribution}",
        f"種類: {one.dataset}  読み取り: {one.reader or one.dataset}{' ' + one.mapping if one.mapping else ''}  更新: {one.rhythm}",
        one.note,
        *(f"{download.scope:7} {download.url}" for download in one.downloads),
    ]
    return "\n".join(filter(None, lines))
