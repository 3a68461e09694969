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
# Whatever one of the rules would change: a text in which this finds nothing is clean.
_UNCLEAN = re.compile(
    r"[\x00-\x1f\x7f-\xa0\xad\u2000-\u200f\u2028-\u202f\u205f-\u2069\u3000\ufeff０-９Ａ-Ｚａ-ｚ．：／－＋＠＿＃％＆＝\uff61-\uff9f]"
    r"|^ | $|  |<[bB][rR]"
)


def clean_row(raw: list[str]) -> list[str]:
    """The cells of a row, each cleaned; `raw` itself where nothing was to be done."""
    return [clean(cell) if cell else cell for cell in raw] if _is_unclean(raw) else raw


def _is_unclean(raw: list[str]) -> bool:
    joined = ",".join(raw)
    return bool(_UNCLEAN.search(joined)) or ", " in joined or " ," in joined


@lru_cache(maxsize=50_000)
def clean(cell: str) -> str:
    """`cell` on one line: trimmed, runs of blanks one space, widths made one, invisible characters gone."""
    if not _UNCLEAN.search(cell):
        return cell
    text = _INVISIBLE.sub("", _BREAK.sub(" ", cell)).translate(_WIDTH)
    text = _HALF_KANA.sub(lambda kana: unicodedata.normalize("NFKC", kana[0]), text)
    return _SPACE.sub(" ", text).strip(" ")
