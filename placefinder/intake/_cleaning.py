"""Cells as they should be read: one line, no invisible characters, half- and full-width forms made one."""

import re
import unicodedata
from functools import lru_cache

# Full-width digits, letters and the signs of numbers, codes, times and addresses. Brackets, ！？～ stay Japanese.
# Whole NFKC is not safe: 「①10時」 would become 「110時」, and 神 (U+FA19) would lose its form in a person's name.
_WIDTH = {code: chr(code - 0xFEE0) for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_WIDTH |= {ord(wide): narrow for wide, narrow in zip("．：／－＋＠＿＃％＆＝", ".:/-+@_#%&=", strict=True)}
_BREAK = re.compile(r"\s*(?:<br\s*/?>|[\r\n\v\f\x85\u2028\u2029])\s*", re.IGNORECASE)
_SPACE = re.compile(r"[\s\u00a0\u3000]+")
_INVISIBLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_HALF_KANA = re.compile(r"[\uff61-\uff9f]+")
_CLEAN = re.compile(r"[!-~ぁ-ん゛-ヿ一-鿿々〇、。「」・（）～〜！？○●◎△※→]*(?: [!-~ぁ-ん゛-ヿ一-鿿々〇、。「」・（）～〜！？○●◎△※→]+)*")


def clean(cell: str) -> str:
    """`cell` on one line: trimmed, runs of blanks one space, widths made one, invisible characters gone."""
    return cell if cell.isalnum() and cell.isascii() else _clean(cell)


@lru_cache(maxsize=50_000)
def _clean(cell: str) -> str:
    if _CLEAN.fullmatch(cell) and "<" not in cell:
        return cell
    text = _INVISIBLE.sub("", _BREAK.sub(" ", cell)).translate(_WIDTH)
    text = _HALF_KANA.sub(lambda kana: unicodedata.normalize("NFKC", kana[0]), text)
    return _SPACE.sub(" ", text).strip(" ")
