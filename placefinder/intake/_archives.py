"""zip and gzip, unpacked into a folder of ours with every size bounded before and while unpacking."""

import gzip
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Protocol

from placefinder.intake.errors import FileRefused
from placefinder.intake.limits import Limits

_BLOCK = 1 << 20
_OFFICE = ("[Content_Types].xml", "mimetype")


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(slots=True)
class Unpacking:
    """One opening's folder and what may still be unpacked into it."""

    folder: Path
    limits: Limits
    bytes_left: int
    members_left: int
    made: int = field(default=0)

    def new_path(self) -> Path:
        """A fresh file of ours: a member's own name is never used on disk."""
        self.made += 1
        return self.folder / f"member-{self.made}"


def is_office(path: Path) -> bool:
    """Is this zip a workbook (xlsx, ods) rather than an archive of files?"""
    try:
        with zipfile.ZipFile(path) as archive:
            return any(entry.filename in _OFFICE for entry in archive.infolist()[:50])
    except zipfile.BadZipFile:
        return False


def check_directory(path: Path, name: str, limits: Limits, allowed_bytes: int) -> list[zipfile.ZipInfo]:
    """The files a zip holds, by its directory alone. Raises FileRefused for damage, bombs, passwords and escaping names."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise _refused("damaged_archive", "zipとして読めません(壊れています)。", name) from error
    if len(entries) > limits.archive_members:
        raise _refused(
            "too_many_members", f"zipに{len(entries):,}個のファイルがあります(上限{limits.archive_members:,})。", name
        )
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > allowed_bytes:
        raise _refused("too_large", f"展開すると{_mb(unpacked)}になります(上限{_mb(allowed_bytes)})。", name)
    packed = max(1, path.stat().st_size)
    if unpacked > limits.ratio_from_bytes and unpacked > packed * limits.archive_ratio:
        raise _refused("zip_bomb", f"{_mb(packed)}が{_mb(unpacked)}に膨らみます(zip爆弾の疑い)。", name)
    for entry in entries:
        _check_name(entry, name)
    return [entry for entry in entries if not entry.is_dir()]


def _check_name(entry: zipfile.ZipInfo, name: str) -> None:
    shown = member_name(entry)
    windows = PureWindowsPath(shown)
    if PurePosixPath(shown).is_absolute() or windows.is_absolute() or windows.drive or ".." in windows.parts:
        raise _refused("escaping_name", f"zipの中に危険な名前のファイルがあります({shown!r})。", name)
    if entry.flag_bits & 0x1:
        raise _refused("encrypted", "パスワード付きのzipです。", name, "パスワードを外して保存し直してください。")


def member_name(entry: zipfile.ZipInfo) -> str:
    """A member's name; without the UTF-8 flag it is read as cp932, as Windows writes it in Japan."""
    if entry.flag_bits & 0x800:
        return entry.filename
    raw = entry.orig_filename.encode("cp437", "replace")
    for codec in ("utf-8", "cp932"):
        try:
            return raw.decode(codec)
        except UnicodeDecodeError:
            continue
    return entry.filename


def unpack_zip(
    path: Path, name: str, unpacking: Unpacking, is_wanted: Callable[[str], bool]
) -> Iterator[tuple[str, Path | None]]:
    """Each member of a zip as (its shown name, a file of ours, or None where it is not wanted)."""
    entries = check_directory(path, name, unpacking.limits, unpacking.bytes_left)
    unpacking.members_left -= len(entries)
    if unpacking.members_left < 0:
        raise _refused("too_many_members", "入れ子のzipに含まれるファイルが多すぎます。", name)
    with zipfile.ZipFile(path) as archive:
        for entry in entries:
            shown = f"{name} › {member_name(entry)}"
            if not is_wanted(shown):
                yield shown, None
                continue
            try:
                with archive.open(entry) as member:
                    yield shown, _copy(member, shown, unpacking)
            except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
                raise _refused("damaged_archive", "zipの中のファイルが壊れています。", shown) from error


def unpack_gzip(path: Path, name: str, unpacking: Unpacking) -> Path:
    """The file a gzip holds."""
    unpacking.members_left -= 1
    try:
        with gzip.open(path) as member:
            return _copy(member, name, unpacking, packed=path.stat().st_size)
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise _refused("damaged_archive", "gzipとして読めません(壊れています)。", name) from error


def _copy(member: _Readable, name: str, unpacking: Unpacking, packed: int | None = None) -> Path:
    target = unpacking.new_path()
    written, limits = 0, unpacking.limits
    with target.open("wb") as file:
        while block := member.read(_BLOCK):
            written += len(block)
            if written > unpacking.bytes_left:
                raise _refused("too_large", f"展開すると{_mb(limits.file_bytes)}を超えます。", name)
            if packed and written > limits.ratio_from_bytes and written > packed * limits.archive_ratio:
                raise _refused("zip_bomb", f"{_mb(packed)}が{_mb(written)}以上に膨らみます(圧縮爆弾の疑い)。", name)
            file.write(block)
    unpacking.bytes_left -= written
    return target


def _mb(size: int) -> str:
    return f"{size / 1_000_000:,.1f}MB"


def _refused(
    rule: str, what: str, where: str, remedy: str = "必要な表だけを取り出し、別のファイルとして渡してください。"
) -> FileRefused:
    return FileRefused(rule, what, where=where, remedy=remedy)
