"""Foreign files as tables: a header, and rows numbered as a spreadsheet numbers them.

`with open_tables(path) as opened:` gives `opened.tables`; `for row in table.rows():` gives `row["名称"]` (cleaned),
`row.raw("開催日時特記事項")` (as the file has it) and `row.row_no`. After the loop `table.tally` accounts for every line.
"""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import TextIOWrapper
from pathlib import Path
from typing import Protocol

from placefinder.intake import _limited
from placefinder.intake._cleaning import clean_row
from placefinder.intake._encodings import Encoding
from placefinder.intake._headers import Header, find_header
from placefinder.intake._templates import TemplateRows, is_example_sheet
from placefinder.intake._vectors import holds_shapefile, read_points
from placefinder.intake.errors import FileRefused
from placefinder.intake.files import ForeignFile, open_file
from placefinder.intake.limits import LIMITS, Limits

_LOOKED_AT = 40  # rows in which the header must be


class Grid(Protocol):
    """A sheet before it is a table: raw rows, readable as often as one likes."""

    def rows(self) -> Iterator[list[str]]: ...


@dataclass(slots=True)
class Tally:
    """What became of the lines of a sheet: `lines` = titles + headers + empty + templates + data, always."""

    lines: int = 0
    titles: int = 0
    headers: int = 0
    empty: int = 0
    data: int = 0
    overlong: int = 0  # data rows with cells beyond the header
    replaced: int = 0  # data rows with U+FFFD, the mark of text damaged before it reached us
    template_rows: list[int] = field(default_factory=list)

    @property
    def templates(self) -> int:
        return len(self.template_rows)


@dataclass(slots=True)  # not frozen: a quarter of a second for 250,000 rows
class Row:
    """One data row, never changed. `cells` are cleaned, one for each column; `raws` are as the file has them."""

    row_no: int  # 1 = first line of the sheet (GeoJSON: the feature's place in its list, from 1)
    cells: tuple[str, ...]
    raws: tuple[str, ...]
    columns: dict[str, int]

    def __getitem__(self, column: str) -> str:
        return self.cells[self.columns[column]]

    def get(self, column: str, default: str = "") -> str:
        """The cleaned cell, or `default` where the table has no such column."""
        index = self.columns.get(column)
        return default if index is None else self.cells[index]

    def raw(self, column: str) -> str:
        """The cell as the file has it, line breaks and widths included; "" where there is no such column."""
        index = self.columns.get(column)
        return "" if index is None else self.raws[index]

    def as_dict(self) -> dict[str, str]:
        """The filled cells by column."""
        return {column: self.cells[index] for column, index in self.columns.items() if self.cells[index]}


@dataclass(slots=True)
class Table:
    """One sheet with a header. `rows()` reads the file anew each time and fills `tally` as it goes."""

    file_name: str
    sheet: str  # "" for CSV and GeoJSON
    header: tuple[str, ...]
    header_row_no: int
    duplicate_columns: tuple[str, ...]
    titles: tuple[str, ...]  # the lines above the header
    is_example: bool  # a sheet of made-up rows that shows how to fill in the form
    is_points: bool  # GeoJSON: rows are features, coordinates in geometry:longitude / geometry:latitude
    encoding: Encoding | None
    _grid: Grid
    _header: Header
    tally: Tally = field(default_factory=Tally)

    def rows(self) -> Iterator[Row]:
        """The data rows. Empty and template rows are left out, and counted in `tally`."""
        tally = self.tally = Tally()
        width, columns = len(self.header), {name: index for index, name in enumerate(self.header)}
        templates = TemplateRows(self.header)
        for index, raw in enumerate(self._grid.rows()):
            tally.lines += 1
            if index <= self._header.last:
                _count_above(tally, index, raw, self._header)
                continue
            cells = clean_row(raw)
            if not any(cells):
                tally.empty += 1
            elif templates.holds(cells):
                tally.template_rows.append(self._row_no(index))
            else:
                tally.data += 1
                tally.overlong += len(cells) > width and any(cells[width:])
                tally.replaced += "\ufffd" in "".join(raw)
                fitted = _fitted(cells, width)
                yield Row(self._row_no(index), fitted, fitted if cells is raw else _fitted(raw, width), columns)

    def _row_no(self, index: int) -> int:
        return index if self.is_points else index + 1


@dataclass(frozen=True, slots=True)
class OpenedTables:
    """The tables of one foreign file. `left_aside` names members that are no list and sheets without a header."""

    tables: tuple[Table, ...]
    left_aside: tuple[str, ...]


@contextmanager
def open_tables(path: Path, *, name: str | None = None, limits: Limits = LIMITS) -> Iterator[OpenedTables]:
    """The tables of the foreign file at `path` (CSV, TSV, Excel, ODS, GeoJSON, Shapefile; zip and gz of them), while the block lasts.

    Raises FileRefused when it cannot be read safely or holds no table; reading rows may raise it too.
    """
    if holds_shapefile(path):
        shown = name or path.name
        yield OpenedTables(tuple(_point_table(shown, sheet, grid) for sheet, grid in read_points(path, shown)), ())
        return
    with open_file(path, name=name, limits=limits) as opened:
        tables: list[Table] = []
        without: list[str] = []
        budget = _limited.Budget(limits.child_seconds)
        for number, file in enumerate(opened.files):
            for sheet, grid in _grids(file, opened.folder / f"parsed-{number}", limits, budget):
                table = _table(file, sheet, grid)
                if table:
                    tables.append(table)
                else:
                    without.append(f"{file.name} {sheet}".strip())
        if not tables:
            raise FileRefused(
                "no_header", "見出し行(列の名前の行)が見つかりません。", where=without[0],
                remedy="1行目に列の名前を入れて保存し直してください。",
            )  # fmt: skip
        yield OpenedTables(tuple(tables), (*opened.ignored, *without))


def _grids(file: ForeignFile, output: Path, limits: Limits, budget: _limited.Budget) -> Iterator[tuple[str, Grid]]:
    if file.encoding:
        yield "", TextGrid(file.path, file.name, file.encoding, limits)
    else:
        for spooled in _limited.parse(file, output, limits, budget):
            yield spooled.sheet, spooled


def _table(file: ForeignFile, sheet: str, grid: Grid) -> Table | None:
    first = _first_rows(grid)
    is_points = file.form == "geojson"
    header = Header(tuple(first[0]), 0, 0, ()) if is_points else find_header(first)
    if header is None:
        return None
    titles = tuple(" ".join(filter(None, row)) for row in first[: header.first])
    return Table(
        file.name, sheet, header.names, header.first + 1, header.duplicates, tuple(filter(None, titles)),
        is_example_sheet(sheet, titles), is_points, file.encoding, grid, header,
    )  # fmt: skip


def _point_table(name: str, sheet: str, grid: Grid) -> Table:
    header = Header(tuple(next(grid.rows())), 0, 0, ())
    return Table(name, sheet, header.names, 1, (), (), False, True, None, grid, header)


def _first_rows(grid: Grid) -> list[list[str]]:
    rows: list[list[str]] = []
    for raw in grid.rows():
        rows.append(clean_row(raw))
        if len(rows) == _LOOKED_AT:
            break
    return rows


def _fitted(cells: list[str], width: int) -> tuple[str, ...]:
    return tuple(cells) if len(cells) == width else tuple(cells[:width] + [""] * (width - len(cells)))


def _count_above(tally: Tally, index: int, raw: list[str], header: Header) -> None:
    if index >= header.first:
        tally.headers += 1
    elif any(raw):
        tally.titles += 1
    else:
        tally.empty += 1


@dataclass(frozen=True, slots=True)
class TextGrid:
    """A CSV or TSV file; the delimiter is the one its first lines use most."""

    path: Path
    name: str
    encoding: Encoding
    limits: Limits

    def rows(self) -> Iterator[list[str]]:
        """Records as a spreadsheet counts them: a field with line breaks is one row. Raises FileRefused."""
        with self.path.open("rb") as binary:
            binary.seek(self.encoding.skip)
            with TextIOWrapper(binary, self.encoding.codec, newline="") as text:
                reader = csv.reader(self._lines(text), delimiter=self._delimiter())
                try:
                    for number, row in enumerate(reader, 1):
                        if number > self.limits.rows or len(row) > self.limits.columns:
                            raise self._refused("too_large", "行か列が多すぎます。", reader.line_num)
                        yield row
                except csv.Error as error:
                    raise self._refused(
                        "broken_csv", f'引用符(")が閉じていないか、1つの欄が長すぎます({error})。', reader.line_num
                    ) from None

    def _lines(self, text: TextIOWrapper) -> Iterator[str]:
        longest, number = self.limits.line_chars, 0
        while line := text.readline(longest):
            number += 1
            if len(line) == longest:
                raise self._refused("line_too_long", f"1行が{longest:,}文字を超えています。", number)
            if "\0" in line:
                raise self._refused("nul_bytes", "文字ではないデータ(NULバイト)が含まれています。", number)
            # A byte-order mark that was decoded twice, or lost its bytes on the way and became a question mark (昭島市).
            yield line.lstrip("\ufeff").removeprefix("?") if number == 1 else line

    def _delimiter(self) -> str:
        with self.path.open("rb") as binary:
            binary.seek(self.encoding.skip)
            with TextIOWrapper(binary, self.encoding.codec, newline="", errors="replace") as text:
                head = text.read(20_000)
        return max(",\t;", key=lambda mark: (head.count(mark), mark == ","))

    def _refused(self, rule: str, what: str, line: int) -> FileRefused:
        return FileRefused(
            rule,
            what,
            where=f"{self.name} {line}行目",
            remedy="その行を表計算ソフトで直し、「CSV UTF-8」で保存し直してください。",
        )
