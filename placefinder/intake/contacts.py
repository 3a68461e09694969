"""Personal contacts (私的な連絡先) never get past the readers.

The rule, stated: mobile numbers (070, 080, 090) and e-mail addresses that are not a public body's (`.lg.jp`, `.go.jp`) are
dropped from every text that is kept, unless the source's own remark beside them says 公開. A landline stays, because
lists print the venue's or organisation's. What was dropped is counted, never logged.
"""

import re
import unicodedata

from geo.findings import Finding

_DIGIT, _GAP = "[0-9０-９]", r"[\s　\-‐-―−ー－()（）.．・]{0,3}"
_HEAD = f"(?:[+＋](?:81|８１){_GAP}[(（]?[0０]?[)）]?{_GAP}|[(（]?[0０])"
_MOBILE = re.compile(rf"(?<!{_DIGIT}){_HEAD}[789７８９][0０](?:{_GAP}{_DIGIT}){{8}}(?!{_DIGIT})")
_MAIL = re.compile(
    r"[A-Za-z0-9０-９Ａ-Ｚａ-ｚ._%+\-]{1,64}\s?[@＠]\s?[A-Za-z0-9０-９Ａ-Ｚａ-ｚ.\-]{1,200}\.[A-Za-z]{2,}"
)
_OFFICIAL = re.compile(r"[@.](?:lg|go)\.jp$")
_HINT = re.compile("[@＠]|[0０][789７８９][0０]|[789７８９][0０]")


def says_public(remark: str) -> bool:
    """Does the remark beside a contact say that it may be published?"""
    return "公開" in remark and "非公開" not in remark and "公開不可" not in remark


def may_hold_personal(text: str) -> bool:
    """Whether it is worth looking closer; quick, so that a whole row can be asked at once."""
    return _HINT.search(text) is not None


def without_personal(text: str) -> tuple[str, int]:
    """The text without private numbers and addresses, and how many were dropped."""
    if not text or not _HINT.search(text):
        return text, 0
    text, mobiles = _MOBILE.subn("", text)
    mails = [match for match in _MAIL.finditer(text) if not _is_official(match[0])]
    for match in reversed(mails):
        text = text[: match.start()] + text[match.end() :]
    return (text.strip(" 　、,;；:：/") if mobiles or mails else text), mobiles + len(mails)


def public_phone(cell: str, remark: str = "") -> tuple[str | None, int]:
    """The number that may be shown, or None, and how many private ones were dropped."""
    kept, dropped = (cell, 0) if says_public(remark) else without_personal(cell)
    plain = unicodedata.normalize("NFKC", kept).strip()
    return (plain if re.search(r"\d{3}", plain) else None), dropped


def same_line(one: str | None, other: str | None) -> bool:
    """Whether both name the same telephone line, however they are punctuated."""
    digits = [re.sub(r"\D", "", unicodedata.normalize("NFKC", text or "")) for text in (one, other)]
    return bool(digits[0]) and digits[0] == digits[1]


def cleaned_finding(finding: Finding) -> Finding:
    """The same finding with no private contact in the quoted cell."""
    if finding.value is None or not _HINT.search(finding.value):
        return finding
    value, dropped = without_personal(finding.value)
    if not dropped:
        return finding
    return Finding(finding.row_no, finding.column, finding.rule, finding.severity, finding.message, value)


def _is_official(address: str) -> bool:
    return bool(_OFFICIAL.search(unicodedata.normalize("NFKC", address).lower()))
