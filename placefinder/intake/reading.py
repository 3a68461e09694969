"""Files into outcomes: every table of one job read with its form, every line accounted for."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from geo.codes import MunicipalityCode
from geo.editions import Dataset, file_sha256
from geo.findings import Finding
from placefinder.intake.errors import FileRefused
from placefinder.intake.readers import Form, detect
from placefinder.intake.readers._form import Context
from placefinder.intake.records import Outcome, PlaceRecord, SiteRecord
from placefinder.intake.tables import Table, open_tables
from placefinder.places import key_of

CHILD = "kodomo_shokudo_tsuika"


@dataclass(slots=True)
class FileReading:
    """What one job's files hold. `len(outcomes)` is the number of data rows; `lines` has titles and empty rows too."""

    file_name: str
    sha256: str
    form: Form
    dataset: Dataset
    outcomes: list[Outcome]
    lines: int = 0
    empty: int = 0
    templates: int = 0
    notes: list[Finding] = field(default_factory=list)


def read_files(
    paths: Sequence[Path],
    *,
    form: Form | None = None,
    municipality_code: MunicipalityCode | None = None,
    as_of: date | None = None,
) -> FileReading:
    """Read one list and the child tables that belong to it; `form` for one that a clerk named or a mapping describes.

    `as_of`: the day the list was published, None where nobody knows it (then today).
    Raises FileRefused for what cannot be read, has no known form, or mixes several lists.
    """
    with ExitStack() as stack:
        opened = [stack.enter_context(open_tables(path)) for path in paths]
        tables = [table for one in opened for table in one.tables if not table.is_example]
        parents, children, notes = _sorted(tables, form, paths[0].name)
        alone = Context(municipality_code, as_of=as_of) if as_of else Context(municipality_code)
        context = replace(alone, children=tuple(children))
        found = parents[0][1]
        outcomes = [
            outcome
            for table, its in parents
            for outcome in its.read(table, context if table is parents[0][0] else alone)
        ]
        _account(outcomes, [table for table, _ in parents] + children, paths[0].name)
        dataset: Dataset = (
            "places"
            if any(isinstance(o.record, PlaceRecord) for o in outcomes)
            else "contact_lines"
            if found.dataset == "contact_lines"
            else "rooms"
        )
        reading = FileReading(paths[0].name, fingerprint(paths), found, dataset, outcomes, notes=notes)
        for table in [table for table, _ in parents] + children:
            reading.lines += table.tally.lines
            reading.empty += table.tally.empty
            reading.templates += table.tally.templates
            reading.notes += _table_notes(table)
        for aside in (name for one in opened for name in one.left_aside):
            reading.notes.append(
                Finding(None, None, "left_aside", "note", f"「{aside}」は一覧表ではないため読みませんでした。")
            )
    _complete_keys(reading)
    return reading


def _sorted(
    tables: list[Table], form: Form | None, name: str
) -> tuple[list[tuple[Table, Form]], list[Table], list[Finding]]:
    """Lists and child tables; a sheet of unknown form beside a known one is noted, a file of such only is refused."""
    parents: list[tuple[Table, Form]] = []
    children, notes, failed = [], [], None
    for table in tables:
        try:
            its = form or detect(table)
        except FileRefused as unknown:
            failed = failed or unknown
            notes.append(
                Finding(
                    None,
                    None,
                    "sheet_unknown",
                    "note",
                    f"シート「{table.sheet}」は知らない様式のため読みませんでした。",
                )
            )
            continue
        if its.name == CHILD:
            children.append(table)
        else:
            parents.append((table, its))
    if not parents and failed:
        raise failed
    if not parents:
        raise FileRefused(
            "parent_missing",
            "追加情報だけでは読めません。",
            where=name,
            remedy="元の一覧と一緒に渡してください(placefinder load 一覧.csv 追加情報.csv)。",
        )
    if len({its.name for _, its in parents}) > 1:
        raise FileRefused(
            "mixed_forms", "様式の違う表が混ざっています。", where=name, remedy="表ごとに分けて渡してください。"
        )
    return parents, children, notes


def _account(outcomes: Sequence[Outcome], tables: Sequence[Table], name: str) -> None:
    """No row vanishes: each data row of each table has one outcome."""
    data = sum(table.tally.data for table in tables)
    if data != len(outcomes):
        raise FileRefused(
            "rows_lost",
            f"{data}行のうち{len(outcomes)}行しか処理できませんでした。",
            where=name,
            remedy="プログラムの誤りです。開発者に知らせてください。",
        )


def _table_notes(table: Table) -> Iterator[Finding]:
    tally = table.tally
    where = f"シート「{table.sheet}」: " if table.sheet else ""
    if (table.encoding and "×" in table.encoding.note) or (table.encoding and table.encoding.codec not in ("utf-8",)):
        yield Finding(
            None,
            None,
            "encoding",
            "note",
            f"{where}文字コードは{table.encoding.note or table.encoding.codec}として読みました。",
        )
    if table.duplicate_columns:
        yield Finding(
            None,
            None,
            "duplicate_columns",
            "note",
            f"{where}同じ名前の列があります: {'、'.join(table.duplicate_columns)}",
        )
    if tally.overlong:
        yield Finding(
            None,
            None,
            "overlong_rows",
            "note",
            f"{where}見出しより列の多い行が{tally.overlong}行あります。余った欄は使いません。",
        )
    if tally.replaced:
        yield Finding(
            None, None, "damaged_text", "note", f"{where}文字化けした字を含む行が{tally.replaced}行あります。"
        )


def _complete_keys(reading: FileReading) -> None:
    """Every site gets a key that is its own within the file; a repeated one is a question for a clerk."""
    numbered = _key_by_name(reading)
    seen: dict[tuple[str, str], Outcome] = {}
    for outcome in reading.outcomes:
        record = outcome.record
        if record is None or outcome.verdict == "refused":
            continue
        stated = record.source_key
        if isinstance(record, SiteRecord) and not stated:
            record.source_key = key_of(record.name, record.address or "")
        key = (type(record).__name__, record.source_key)
        first = seen.setdefault(key, outcome)
        if first is not outcome:
            by_id = stated and outcome.sheet not in numbered
            what = f"ID「{stated[:40]}」" if by_id else "名称と住所"
            outcome.findings.append(Finding(outcome.row_no, None, "duplicate_id" if by_id else "duplicate_row", "question",
                                            f"{what}が{first.row_no}行目と同じです。別の活動ですか、書き誤りですか。"))  # fmt: skip


def _key_by_name(reading: FileReading) -> set[str]:
    """The sheets whose ids only count their rows: name and address are their keys, and those of their further venues.

    A number that counts rows belongs to another place as soon as a row is taken out above it.
    """
    by_sheet: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in reading.outcomes:
        by_sheet[outcome.sheet].append(outcome)
    numbered = {sheet for sheet, outcomes in by_sheet.items() if _counts_rows(outcomes)}
    renamed: dict[str, str] = {}
    for outcome in reading.outcomes:
        record = outcome.record
        if record is None or not numbered:
            continue
        parent, plus, venue = record.source_key.rpartition("+")
        if outcome.sheet in numbered:
            named = key_of(record.name, getattr(record, "address", None) or "")
            record.source_key = renamed.setdefault(record.source_key, named)
        elif plus and parent in renamed:
            record.source_key = f"{renamed[parent]}+{venue}"
    if numbered:
        message = "IDが1からの通し番号で、行が減ると別の場所を指すため、名称と住所で見分けます。"
        reading.notes.append(Finding(None, None, "id_counts_rows", "note", message))
    return numbered


def _counts_rows(outcomes: Sequence[Outcome]) -> bool:
    """Is each id the number of its row, from 1 without a gap? A refused row has its number too."""
    keys = [(number, outcome.record.source_key) for number, outcome in enumerate(outcomes, 1) if outcome.record]
    return bool(keys) and all(key.isdecimal() and int(key) == number for number, key in keys)


def fingerprint(paths: Sequence[Path]) -> str:
    """SHA-256 of a file, or of several that are loaded together, in their order."""
    if len(paths) == 1:
        return file_sha256(paths[0])
    return hashlib.sha256("".join(file_sha256(path) for path in paths).encode()).hexdigest()
