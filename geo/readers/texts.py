"""Is this Japanese, or text that was once Japanese?"""

import re
import unicodedata
from typing import Any

_JAPANESE = re.compile(r"[ぁ-ヿ㐀-鿿豈-﫿\U00020000-\U0003ffff]")
_NEUTRAL = re.compile(r"[\s\d\-・()、。〜~～「」/]")


def plain(value: Any) -> str:
    """A cell as text: NFKC, blanks trimmed, whole numbers without ".0"; '' for nothing."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return unicodedata.normalize("NFKC", str(value)).strip()


def is_garbled(text: str) -> bool:
    """Whether a name is mojibake (文字化け): replacement or control characters, or mostly not Japanese."""
    if not text:
        return False
    if "\ufffd" in text or any(unicodedata.category(char) in ("Cc", "Co", "Cn") for char in text):
        return True
    letters = _NEUTRAL.sub("", text)
    return len(_JAPANESE.findall(letters)) * 2 < len(letters)
