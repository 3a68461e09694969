"""Which encoding a text file is in, and how sure that is."""

import codecs
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from placefinder.intake.errors import FileRefused

Certainty = Literal["certain", "likely", "guess"]
_BOM = codecs.BOM_UTF8
_BLOCK = 1 << 20
_JUDGED_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding as Python names it, the bytes to skip before the text, and what gave it away."""

    codec: str
    certainty: Certainty
    skip: int = 0
    note: str = ""


def encoding_of(path: Path, name: str) -> Encoding:
    """The encoding of the whole file at `path`, read once.

    UTF-8 with any number of byte-order marks, UTF-16 with one or with plain Latin text, else the better of cp932 and
    EUC-JP. Raises FileRefused for a file with NUL bytes, and for one that is broken UTF-8 or valid in none.
    """
    with path.open("rb") as file:
        head = file.read(_JUDGED_BYTES)
        by_mark = _by_mark(head, file, name)
        if by_mark:
            return by_mark
        if b"\0" in head:
            return _utf16_without_mark(head, file, name)
        failed_at = _first_failure(file, "utf-8", 0)
        if failed_at is None:
            return Encoding("utf-8", "certain" if not head.isascii() else "guess", note="UTF-8")
        return _japanese_legacy(file, head, failed_at, name)


def _by_mark(head: bytes, file: BinaryIO, name: str) -> Encoding | None:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        if _first_failure(file, "utf-16", 0) is not None:
            raise _broken("UTF-16", name, 0)
        return Encoding("utf-16", "certain", note="UTF-16(BOMあり)")
    marks = 0
    while head.startswith(_BOM, marks * len(_BOM)):
        marks += 1
    if not marks:
        return None
    failed_at = _first_failure(file, "utf-8", marks * len(_BOM))
    if failed_at is not None:
        raise _broken("UTF-8", name, _line_at(file, failed_at))
    return Encoding(
        "utf-8", "certain", skip=marks * len(_BOM), note="UTF-8(BOM" + ("" if marks == 1 else f"×{marks}") + ")"
    )


def _utf16_without_mark(head: bytes, file: BinaryIO, name: str) -> Encoding:
    even, odd = head[0::2].count(0), head[1::2].count(0)
    units = len(head) / 2
    if odd > 0.2 * units and even < 0.02 * units and _first_failure(file, "utf-16-le", 0) is None:
        return Encoding("utf-16-le", "likely", note="UTF-16LE(BOMなし)")
    if even > 0.2 * units and odd < 0.02 * units and _first_failure(file, "utf-16-be", 0) is None:
        return Encoding("utf-16-be", "likely", note="UTF-16BE(BOMなし)")
    raise FileRefused(
        "nul_bytes",
        "文字ではないデータ(NULバイト)が含まれています。",
        where=f"{name} {head[: head.index(0)].count(10) + 1}行目",
        remedy="表計算ソフトで開き、「CSV UTF-8」で保存し直してください。",
    )


def _first_failure(file: BinaryIO, codec: str, start: int) -> int | None:
    """The offset of the first byte that is not `codec`, or None."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    file.seek(start)
    offset = start
    while block := file.read(_BLOCK):
        try:
            decoder.decode(block)
        except UnicodeDecodeError as error:
            return max(start, offset + error.start)
        offset += len(block)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return offset
    return None


def _japanese_legacy(file: BinaryIO, head: bytes, failed_at: int, name: str) -> Encoding:
    if _is_mostly_utf8(file, failed_at):
        raise _broken("UTF-8", name, _line_at(file, failed_at))
    doubts = {c: _doubt(head, c) for c in ("cp932", "euc_jp") if _first_failure(file, c, 0) is None}
    if not doubts:
        raise _broken("UTF-8・Shift_JIS(CP932)・EUC-JPのどれ", name, _line_at(file, failed_at))
    codec = min(doubts, key=lambda candidate: doubts[candidate])
    if doubts[codec] > 0.3:
        raise _broken("日本語の文字コード", name, _line_at(file, failed_at))
    label = {"cp932": "Shift_JIS(CP932)", "euc_jp": "EUC-JP"}[codec]
    return Encoding(codec, "likely" if doubts[codec] < 0.05 else "guess", note=label)


def _is_mostly_utf8(file: BinaryIO, failed_at: int) -> bool:
    """Broken UTF-8 rather than another encoding: round the first failure, long sequences are valid UTF-8."""
    file.seek(max(0, failed_at - _JUDGED_BYTES // 2))
    block = file.read(_JUDGED_BYTES)
    text = block.decode("utf-8", errors="replace")
    wide = sum(1 for char in text if ord(char) > 0x2FF and char != "�")
    return wide > 3 * text.count("�")


def _doubt(head: bytes, codec: str) -> float:
    """The share of non-ASCII characters that Japanese lists hardly ever hold; 0 is the best."""
    counts = Counter(char for char in head.decode(codec, errors="ignore") if ord(char) > 0x7F)
    odd = sum(n for char, n in counts.items() if not _plain_japanese(char))
    return odd / max(1, counts.total())


def _plain_japanese(char: str) -> bool:
    code = ord(char)
    if 0x4E00 <= code <= 0x9FFF:
        raw = char.encode("cp932", "ignore")
        return (len(raw) == 2 and raw[0] < 0x98) or char in "髙濵德"
    return 0x3000 <= code <= 0x30FF or 0xFF01 <= code <= 0xFF5E or 0x2010 <= code <= 0x2312 or 0x2460 <= code <= 0x247F


def _line_at(file: BinaryIO, offset: int) -> int:
    file.seek(0)
    return file.read(offset).count(b"\n") + 1


def _broken(expected: str, name: str, line: int) -> FileRefused:
    return FileRefused(
        "undecodable",
        f"文字コードが壊れています({expected}として読めません)。",
        where=f"{name} {line}行目" if line else name,
        remedy="元のファイルを表計算ソフトで開き、「CSV UTF-8」で保存し直してください。",
    )
