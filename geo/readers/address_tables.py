"""Address editions as published: Geolonia's table (both its forms) and 国土交通省's 位置参照情報 (大字・町丁目 and 街区).

Columns are found by name. Plain, gzipped or zipped CSV (zip: every CSV in it, in any folder), UTF-8 or cp932, read row
by row: all Japan's blocks are some gigabytes.
"""

import codecs
import csv
import gzip
import io
import math
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import IO, Any

from geo.codes import MunicipalityCode, Postcode, municipality_code, postcode
from geo.errors import CodeError, TableError
from geo.findings import Finding
from geo.gazetteer import NO_OAZA, Town
from geo.municipalities import municipality_named
from geo.points import in_japan

_NAMES: dict[str, tuple[str, ...]] = {
    "prefecture": ("pref", "都道府県名"),
    "city": ("city", "市区町村名"),
    "code": ("市区町村コード",),
    "town": ("town", "大字町丁目名", "大字・丁目名", "大字・町丁目名", "大字・町丁目"),
    "koaza": ("koaza", "小字・通称名", "小字名"),
    "block": ("街区符号・地番",),
    "postcode": ("郵便番号",),
    "lon": ("lng", "経度"),
    "lat": ("lat", "緯度"),
    "is_main": ("代表フラグ",),
    "history": ("更新後履歴フラグ",),
}
_NEEDED = ("prefecture", "city", "town", "lon", "lat")
_GONE = "3"  # 更新後履歴フラグ: the block no longer exists
_MOST_ROWS = 40_000_000


def read_addresses(path: Path) -> Iterator[Town | Finding]:
    """One item for each row of the file: the town or block, or the reason why it was refused.

    Raises TableError for a file that is none of the forms, before the first item or where it breaks.
    """
    try:
        yield from _rows(path)
    except (csv.Error, UnicodeDecodeError, EOFError, zlib.error, zipfile.BadZipFile, gzip.BadGzipFile) as error:
        raise TableError(
            f"{path.name}: 途中で読めなくなりました({type(error).__name__})。入手し直してください。"
        ) from None


def _rows(path: Path) -> Iterator[Town | Finding]:
    rows = 0
    for name, lines in _members(path):
        reader = csv.reader(lines)
        columns = _columns(next(reader, []), name)
        for row_no, row in enumerate(reader, 2):
            if any(row):
                rows += 1
                yield _town(row, columns, row_no)
            if rows > _MOST_ROWS:
                raise TableError(f"{name}: 行が多すぎます(上限{_MOST_ROWS:,}行)。都道府県ごとに分けてください。")


def _members(path: Path) -> Iterator[tuple[str, IO[str]]]:
    """Every CSV of the file by its name, decoded."""
    if not zipfile.is_zipfile(path):
        with path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
        with _text(partial(gzip.open, path) if packed else partial(path.open, "rb")) as text:
            yield path.name, text
        return
    with zipfile.ZipFile(path) as archive:
        members = [info for info in archive.infolist() if info.filename.lower().endswith(".csv")]
        if not members:
            raise TableError(f"{path.name}: CSVが入っていません。位置参照情報のZIPかCSVを指定してください。")
        for member in members:
            with _text(partial(archive.open, member)) as text:
                yield f"{path.name} › {member.filename}", text


@contextmanager
def _text(opened: Callable[[], Any]) -> Iterator[IO[str]]:
    """The stream as text; what its first megabyte is written in decides."""
    with opened() as raw:
        encoding = _encoding(raw.read(1_000_000))
    with opened() as raw, io.TextIOWrapper(raw, encoding, newline="") as text:
        yield text


def _encoding(start: bytes) -> str:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            codecs.getincrementaldecoder(encoding)().decode(start)
        except UnicodeDecodeError:
            continue
        return encoding
    raise TableError("文字コードが分かりません。UTF-8かShift_JISのCSVを指定してください。")


def _columns(header: Sequence[str], name: str) -> dict[str, int]:
    """Where each known column stands."""
    places = {cell.strip().lstrip("\ufeff"): index for index, cell in enumerate(header)}
    found = {ours: places[theirs] for ours, all_theirs in _NAMES.items() for theirs in all_theirs if theirs in places}
    if missing := [_NAMES[column][-1] for column in _NEEDED if column not in found]:
        raise TableError(f"{name}: 列「{'」「'.join(missing)}」がありません。住所データのCSVかどうか確かめてください。")
    return found


def _town(row: Sequence[str], columns: Mapping[str, int], row_no: int) -> Town | Finding:
    def cell(column: str) -> str:
        index = columns.get(column)
        return row[index].strip() if index is not None and index < len(row) else ""

    if cell("is_main") == "0" or cell("history") == _GONE:
        return _refused(
            row_no, "代表フラグ", "not_the_main_row", "代表でない行、または廃止された街区なので使いません。"
        )
    if not cell("prefecture") or not cell("city"):
        return _refused(row_no, "市区町村名", "municipality_missing", "都道府県名か市区町村名がありません。")
    lon, lat = _degrees(cell("lon")), _degrees(cell("lat"))
    if (lon is None) != (lat is None) or (lon is not None and lat is not None and not in_japan(lon, lat)):
        return _refused(
            row_no,
            "緯度",
            "position_outside_japan",
            "緯度・経度が日本の範囲にありません。入れ替わりや桁を確かめてください。",
        )
    try:
        code, post = _code(cell("code")), _postcode(cell("postcode"))
    except CodeError:
        return _refused(row_no, "市区町村コード", "code_wrong", "市区町村コードか郵便番号が正しくありません。")
    town = "" if cell("town") == NO_OAZA else cell("town")
    code = code or municipality_named(cell("prefecture"), cell("city"))
    return Town(cell("prefecture"), cell("city"), code, town, cell("koaza"), cell("block"), post, lon, lat)


def _refused(row_no: int, column: str, rule: str, message: str) -> Finding:
    return Finding(row_no, column, rule, "refusal", message)


def _degrees(text: str) -> float | None:
    """None for an empty cell, NaN (in no country) for what is no number."""
    try:
        return float(text) if text else None
    except ValueError:
        return math.nan


@cache
def _code(text: str) -> MunicipalityCode | None:
    return municipality_code(text) if text else None


def _postcode(text: str) -> Postcode | None:
    return postcode(text) if text else None
