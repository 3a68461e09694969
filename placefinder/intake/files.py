"""Foreign files, opened safely: what they really are by content, unpacked and decoded within bounds.

A file's name is never believed: an xlsx named .csv is read as xlsx. Nothing is evaluated, nothing is written outside a
temporary folder of ours, and whatever is beyond `Limits` is refused whole, with what, where and what to do.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from placefinder.intake._archives import Unpacking, check_directory, is_office, unpack_gzip, unpack_zip
from placefinder.intake._encodings import Encoding, encoding_of
from placefinder.intake.errors import FileRefused
from placefinder.intake.limits import LIMITS, Limits

Form = Literal["text", "workbook", "geojson"]
_TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".ods", ".geojson", ".json", ".zip", ".gz")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class ForeignFile:
    """One file a table may be in. `name` is what a clerk knows it by: 「一覧.zip › 2026/一覧.csv」."""

    name: str
    path: Path
    form: Form
    encoding: Encoding | None  # of text; None for a workbook


@dataclass(frozen=True, slots=True)
class Opened:
    """What one foreign file holds: its readable parts, the names left aside, and its fingerprint."""

    name: str
    sha256: str
    size: int
    files: tuple[ForeignFile, ...]
    ignored: tuple[str, ...]
    folder: Path  # temporary, ours, gone when the opening ends


@contextmanager
def open_file(path: Path, *, name: str | None = None, limits: Limits = LIMITS) -> Iterator[Opened]:
    """Open the foreign file at `path`; what it yields is readable until the block ends.

    `name` is shown in errors and reports instead of the path's last part. Raises FileRefused.
    """
    shown = name or path.name
    size = path.stat().st_size
    if size > limits.file_bytes:
        raise _refused(
            "too_large", f"ファイルが大きすぎます({size / 1e6:,.0f}MB)。", shown, "表を分けて渡してください。"
        )
    with TemporaryDirectory(prefix="placefinder-intake-") as folder:
        unpacking = Unpacking(Path(folder), limits, bytes_left=limits.file_bytes, members_left=limits.archive_members)
        found: list[ForeignFile] = []
        ignored: list[str] = []
        for part in _parts(path, shown, unpacking, depth=0):
            if isinstance(part, str):
                ignored.append(part)
            else:
                found.append(part)
        if not found:
            raise _refused(
                "no_table_file",
                "表(CSV・Excel・GeoJSON)が含まれていません。",
                shown,
                "表の入ったファイルを渡してください。",
            )
        yield Opened(shown, _sha256(path), size, tuple(found), tuple(ignored), Path(folder))


def _parts(path: Path, name: str, unpacking: Unpacking, depth: int) -> Iterator[ForeignFile | str]:
    """Every readable file in `path`, archives opened; of files left aside only the name."""
    with path.open("rb") as file:
        head = file.read(4_096)
    if depth > unpacking.limits.archive_depth:
        raise _refused("nested_archives", "圧縮ファイルの入れ子が深すぎます。", name, "圧縮を解いて渡してください。")
    if head.startswith(b"\x1f\x8b"):
        yield from _parts(unpack_gzip(path, name, unpacking), name, unpacking, depth + 1)
    elif head.startswith(b"PK\x03\x04") and not is_office(path):
        for shown, member in unpack_zip(path, name, unpacking, _is_wanted):
            if member is None:
                yield shown
            else:
                yield from _parts(member, shown, unpacking, depth + 1)
    else:
        yield _plain(path, name, head, unpacking.limits)


def _is_wanted(shown: str) -> bool:
    last = shown.replace("\\", "/").rsplit("/", 1)[-1].lower()
    return last.endswith(_TABLES) and not last.startswith(("._", ".", "~$")) and "__macosx" not in shown.lower()


def _plain(path: Path, name: str, head: bytes, limits: Limits) -> ForeignFile:
    if head.startswith(b"PK\x03\x04"):
        check_directory(path, name, limits, limits.workbook_bytes)
        return ForeignFile(name, path, "workbook", None)
    if head.startswith(_OLE):
        return ForeignFile(name, path, "workbook", None)
    _refuse_other_kinds(head, name)
    if head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        if path.stat().st_size > limits.json_bytes:
            raise _refused("too_large", "JSONが大きすぎます。", name, "区域ごとに分けて渡してください。")
        return ForeignFile(name, path, "geojson", None)
    return ForeignFile(name, path, "text", encoding_of(path, name))


def _refuse_other_kinds(head: bytes, name: str) -> None:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:200].lower()
    if not start:
        raise _refused("empty_file", "ファイルが空です。", name, "中身のあるファイルを渡してください。")
    if start.startswith(b"%pdf"):
        raise _refused("pdf", "PDFです。表として読めません。", name, "元のExcelかCSVを公開元から入手してください。")
    if start.startswith((b"<!doctype html", b"<html")):
        raise _refused(
            "web_page", "表ではなくWebページ(おそらくエラー画面)です。", name, "ダウンロードし直してください。"
        )
    if start.startswith((b"<?xml", b"<")):
        raise _refused("xml", "XMLです。表として読めません。", name, "CSVかExcelを渡してください。")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _refused(rule: str, what: str, where: str, remedy: str) -> FileRefused:
    return FileRefused(rule, what, where=where, remedy=remedy)
