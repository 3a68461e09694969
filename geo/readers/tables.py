"""A plain table of text from a CSV or an Excel file of a publisher: geo's own lists only, no foreign uploads.

Uploads go through the place-finder's intake, which bounds and repairs them; these files are named by an operator.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import python_calamine

from geo.errors import TableError
from geo.readers.texts import plain

_MAX_BYTES = 100_000_000


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row by column name; `row_no` as a spreadsheet counts."""

    row_no: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    header: tuple[str, ...]
    rows: tuple[TableRow, ...]


def read_table(path: Path, known_columns: Sequence[str], at_least: int = 2) -> Table:
    """The first sheet, its header being the first line that has `at_least` of the known columns.

    Lines above the header (titles, linkdata's `#LINK` block) are skipped, empty ones below it too.
    Raises TableError where there is no such line.
    """
    wanted = set(known_columns)
    lines = list(_lines(path))
    for index, cells in enumerate(lines):
        header = tuple(cell.replace("\n", "") for cell in cells)
        if len(wanted & set(header)) >= at_least:
            rows = tuple(_rows(header, lines[index + 1 :], index + 2))
            return Table(path.name, header, rows)
    raise TableError(f"{path.name}: 見出しの行が見つかりません。次の列が必要です: {'、'.join(known_columns[:6])}")


def _rows(header: tuple[str, ...], lines: Sequence[Sequence[str]], first: int) -> Iterator[TableRow]:
    for row_no, cells in enumerate(lines, first):
        if any(cells) and not cells[0].startswith("#"):
            yield TableRow(row_no, dict(zip(header, cells, strict=False)))


def _lines(path: Path) -> Iterator[list[str]]:
    if path.stat().st_size > _MAX_BYTES:
        raise TableError(f"{path.name}: ファイルが大きすぎます(上限{_MAX_BYTES // 1_000_000}MB)。")
    if path.suffix.lower() in (".xlsx", ".xls", ".ods"):
        yield from _sheet(path)
        return
    text = decoded(path)
    delimiter = "\t" if "\t" in text.split("\n", 1)[0] else ","
    yield from ([plain(cell) for cell in line] for line in csv.reader(io.StringIO(text), delimiter=delimiter))


def _sheet(path: Path) -> Iterator[list[str]]:
    try:
        workbook = python_calamine.CalamineWorkbook.from_path(path)
        rows = workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, OSError) as error:
        raise TableError(f"{path.name}: Excelとして読めません({type(error).__name__})。") from None
    yield from ([_cell(cell) for cell in row] for row in rows)


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        value = value.date()
    return value.isoformat() if isinstance(value, date) else plain(value)


def decoded(path: Path) -> str:
    """The text of a file in UTF-8 (with or without BOM), UTF-16 with BOM or cp932. Raises TableError."""
    raw = path.read_bytes()
    codecs = ("utf-16",) if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp932")
    for codec in codecs:
        try:
            return raw.decode(codec).lstrip("\ufeff")
        except UnicodeDecodeError:
            continue
    raise TableError(f"{path.name}: 文字コードが分かりません。UTF-8かShift_JISで保存し直してください。")
