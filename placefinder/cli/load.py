"""`placefinder load`: take official files in, or accept or discard what an earlier load left staged."""

import argparse
import re
import sys
from collections import Counter
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from tqdm import tqdm

from geo.codes import PREFECTURES, PrefectureCode, municipality_code
from geo.editions import EditionId, Source
from geo.errors import TableError
from geo.geocoding import Geocoder
from geo.store.editions import EditionStore
from geo.store.loading import Arrival
from geo.store.towns import TownStore
from placefinder import garbage
from placefinder.errors import PlacefinderError
from placefinder.intake.errors import IntakeError
from placefinder.intake.geography import GeoForm, geo_form
from placefinder.intake.mapped import form_of
from placefinder.intake.mapping import load_mapping
from placefinder.intake.pipeline import Job, prepare, publish, stage
from placefinder.intake.readers import Form, form_named
from placefinder.intake.reading import FileReading, read_files
from placefinder.intake.report import report_of, summary, write
from placefinder.intake.sources import RegisteredSource, municipality_terms, source_named
from placefinder.intake.tables import open_tables
from placefinder.settings import Settings
from placefinder.store import open_database
from placefinder.store.intake import IntakeStore

NAME = "load"
TERMS = "municipality_terms"
_PASSED_ON = {"open": "再配布できる", "conditional": "条件つき", "no": "再配布できない", "unknown": "不明"}
HELP = "load official files (lists, districts, addresses, populations); staged, checked, then made current"


def configure(parser: argparse.ArgumentParser) -> None:
    add_reading_arguments(parser, nargs="*")
    parser.add_argument("--label", help="what the publisher calls this edition (2026-02); the file's name if not given")
    parser.add_argument("--again", action="store_true", help="load a file again although it is already current")
    parser.add_argument("--accept", metavar="EDITION", type=UUID, help="make a staged edition current after all")
    parser.add_argument("--discard", metavar="EDITION", type=UUID, help="take a staged edition away")


def add_reading_arguments(parser: argparse.ArgumentParser, nargs: str) -> None:
    """What `load` and `check-data` have in common."""
    parser.add_argument("files", nargs=nargs, type=Path, metavar="FILE", help="one list, with its 追加情報 beside it")
    parser.add_argument("--source", metavar="ID", help="the source as `placefinder sources` lists it")
    parser.add_argument("--mapping", metavar="YML", help="a mapping file, or the name of a shipped one")
    parser.add_argument(
        "--municipality", metavar="CODE", type=municipality_code, help="the municipality of all rows (131016)"
    )
    parser.add_argument(
        "--published", metavar="DATE", type=date.fromisoformat, help="the day it was published (2026-02-01)"
    )
    parser.add_argument("--form", help="the form, where the file does not tell it itself")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write the report as .csv or .html")


def run(args: argparse.Namespace, settings: Settings) -> int:
    try:
        with open_database(settings) as connection:
            if args.accept or args.discard:
                return _settle(connection, args)
            if not args.files:
                raise PlacefinderError("Name the files to load, or --accept / --discard an edition.")
            if args.form == TERMS:
                return _load_terms(connection, args)
            geo = geo_of(args)
            return _load_geo(connection, args, geo) if geo else _load_list(connection, args)
    except IntakeError as refusal:
        raise PlacefinderError(str(refusal)) from refusal


def geo_of(args: argparse.Namespace) -> GeoForm | None:
    missing = [path.name for path in args.files if not path.is_file()]
    if missing:
        raise PlacefinderError(f"ファイルがありません: {'、'.join(missing)}")
    return None if args.mapping else geo_form(args.files[0], args.form)


def read_list(args: argparse.Namespace) -> FileReading:
    """The files with the form, mapping or source that the clerk named."""
    registered = source_named(args.source) if args.source else None
    form = _form(args, registered)
    return read_files(args.files, form=form, municipality_code=args.municipality, as_of=args.published)


def _form(args: argparse.Namespace, registered: RegisteredSource | None) -> Form | None:
    mapping = args.mapping or (registered.mapping if registered else None)
    if mapping:
        return form_of(load_mapping(mapping))
    return form_named(args.form) if args.form else None


def address_finder(connection: psycopg.Connection[Any], reading: FileReading) -> Geocoder | None:
    """A geocoder where one is needed and addresses are loaded: of one prefecture where all rows state it."""
    records = [outcome.record for outcome in reading.outcomes if outcome.record]
    if not any(getattr(record, "address", None) for record in records):
        return None
    prefectures = {code[:2] if code else None for code in (record.municipality_code for record in records)}
    try:
        if len(prefectures) == 1 and (only := prefectures.pop()):
            return TownStore(connection).geocoder(_prefecture_name(only))
        return TownStore(connection).geocoder()
    except TableError as missing:
        print(f"注意: {missing}", file=sys.stderr)
        return None


def _prefecture_name(code: str) -> str:
    return PREFECTURES[PrefectureCode(code)]


def source_for(args: argparse.Namespace, form: str, dataset: str, scope: str) -> Source:
    """The registered source, or one of the clerk's own files: its terms are unknown, so it is never exported."""
    if args.source:
        return source_named(args.source).source
    # A list that covers nobody-knows-what must not replace another one: it is told apart by its file's name.
    name = re.sub(r"[^0-9A-Za-z_-]+", "-", form if scope != "jp" else f"{form}-{args.files[0].stem}")
    return Source(
        f"file-{name}-{scope}",
        f"出典未登録のファイル({args.files[0].name})",
        "不明",
        "不明",
        f"出典: {args.files[0].name}",
        "unknown",
    )


def _load_list(connection: psycopg.Connection[Any], args: argparse.Namespace) -> int:
    bar = tqdm(desc="読み込んでいます", unit="件", disable=not sys.stderr.isatty(), leave=False)

    def progress(what: str, count: int) -> None:
        bar.set_description(what)
        bar.update(count)

    with bar, garbage.paused():
        reading = read_list(args)
        progress("読み込みました", len(reading.outcomes))
        prepared = prepare(connection, reading, address_finder(connection, reading), args.municipality, progress)
        source = partial(source_for, args, reading.form.name, reading.dataset)
        if not args.again and (
            same := EditionStore(connection).same_file(
                source(prepared.scope).source_id, reading.dataset, prepared.scope, reading.sha256
            )
        ):
            print(
                f"{reading.file_name}: すでに読み込まれています(版 {same.edition_id})。読み直すには --again を付けてください。"
            )
            return 0
        job = Job(source, args.label or args.files[0].name, args.municipality, args.published)
        staged = stage(connection, prepared, job, progress)
        connection.commit()
        duplicates = 0
        if staged.held is None:
            progress("公開しています", 0)
            duplicates = publish(connection, staged.edition.edition_id)
            connection.commit()
    report = report_of(prepared, staged, duplicates)
    print(summary(report))
    if args.report:
        write(report, args.report)
    return 1 if staged.held else 0


def _load_geo(connection: psycopg.Connection[Any], args: argparse.Namespace, form: GeoForm) -> int:
    path: Path = args.files[0]
    scope = args.municipality or _scope_of_name(path, form)
    arrival = Arrival(
        path, source_for(args, form.name, form.dataset, scope), scope, args.label or path.name, args.published
    )
    loaded = form.load(connection, arrival, args.municipality)
    connection.commit()
    edition = loaded.edition
    print(
        f"{path.name}: {form.title}(範囲 {scope})\n  データ{edition.rows_in}行 = 受入{edition.rows_accepted} + 確認待ち{edition.rows_queued} + 取込不可{edition.rows_refused}"
    )
    for finding in loaded.findings[:20]:
        print(f"  {f'{finding.row_no}行目 ' if finding.row_no else ''}{finding.message} [{finding.rule}]")
    return 0


def _scope_of_name(path: Path, form: GeoForm) -> str:
    """A prefecture named by an official file name (A27-23_13_GML.zip, N03-21_13_210101.json), else all Japan."""
    found = re.search(r"(?:A27P?|N03|P29|P05)-\d\d_(\d\d)(?!\d)", path.name)
    town = re.match(r"(\d{5})_", path.name)
    return municipality_code(town[1]) if town else found[1] if found else "jp"


def _load_terms(connection: psycopg.Connection[Any], args: argparse.Namespace) -> int:
    """The ministry's workbook of terms by municipality, for the source it belongs to."""
    if not args.source:
        raise PlacefinderError(f"--form {TERMS} には --source(どの出典の条件か、例: ksj-a27-2021)が要ります。")
    source = source_named(args.source).source
    with open_tables(args.files[0]) as opened:
        terms = municipality_terms(opened.tables[0])
    editions = EditionStore(connection)
    editions.register(source)
    editions.register_terms(source.source_id, terms.values())
    connection.commit()
    tally = Counter(one.redistribution for one in terms.values())
    said = "、".join(f"{_PASSED_ON[name]}{count}" for name, count in tally.most_common())
    print(f"{args.files[0].name}: {source.title}の市区町村ごとの利用条件\n  {len(terms)}市区町村: {said}")
    return 0


def _settle(connection: psycopg.Connection[Any], args: argparse.Namespace) -> int:
    if args.discard:
        if not IntakeStore(connection).discard(EditionId(args.discard)):
            raise PlacefinderError(f"{args.discard} という公開前の版はありません。")
        print(f"版 {args.discard} を取りやめました。")
        return 0
    duplicates = publish(connection, EditionId(args.accept))
    connection.commit()
    print(f"版 {args.accept} を公開しました。ほかの掲載と同じかもしれない活動: {duplicates}組")
    return 0
