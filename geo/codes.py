"""Codes (コード) of prefectures, municipalities, schools and post: text that has been checked.

Each code is a NewType made by the one function that checks it. All of them accept full-width digits, surrounding
blanks and hyphens as real lists have them, and raise CodeError for anything else.
"""

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import NewType

from geo.errors import CodeError

PrefectureCode = NewType("PrefectureCode", str)  # JIS X 0401, two digits: "13"
MunicipalityCode = NewType("MunicipalityCode", str)  # JIS X 0402 with check digit, six digits: "131016"
SchoolCode = NewType("SchoolCode", str)  # 学校コード of the ministry of education, 13 characters: "B113210000011"
Postcode = NewType("Postcode", str)  # 郵便番号, seven digits without a hyphen: "1000001"

_NAMES = """
    北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県 東京都 神奈川県 新潟県 富山県
    石川県 福井県 山梨県 長野県 岐阜県 静岡県 愛知県 三重県 滋賀県 京都府 大阪府 兵庫県 奈良県 和歌山県 鳥取県 島根県
    岡山県 広島県 山口県 徳島県 香川県 愛媛県 高知県 福岡県 佐賀県 長崎県 熊本県 大分県 宮崎県 鹿児島県 沖縄県
"""

PREFECTURES: Mapping[PrefectureCode, str] = MappingProxyType(
    {PrefectureCode(f"{number:02d}"): name for number, name in enumerate(_NAMES.split(), 1)}
)
"""The 47 prefectures, north to south: code → name."""

_CODES_BY_NAME = {name: code for code, name in PREFECTURES.items()}
_SCHOOL_CODE = re.compile(r"[A-H][1-3]\d{11}")


def _plain(text: str) -> str:
    return re.sub(r"[\s\-‐-―−ー〒']", "", unicodedata.normalize("NFKC", text))


def _digits(text: str) -> str:
    plain = _plain(text)
    return plain if plain.isascii() and plain.isdigit() else ""


def check_digit(five_digits: str) -> str:
    """The sixth digit of a municipality code: (11 − (6a+5b+4c+3d+2e) mod 11) mod 10, JIS X 0402."""
    total = sum(weight * int(digit) for weight, digit in zip((6, 5, 4, 3, 2), five_digits, strict=True))
    return str((11 - total % 11) % 10)


def prefecture_code(text: str) -> PrefectureCode:
    """Two digits from "13", "１３" or, with its zero lost, "1"."""
    code = PrefectureCode(_digits(text).zfill(2))
    if code not in PREFECTURES:
        raise CodeError("prefecture code", text, "two digits from 01 to 47 are expected")
    return code


def prefecture_named(name: str) -> PrefectureCode | None:
    """The code of 「東京都」, None for any other text."""
    return _CODES_BY_NAME.get(name)


def municipality_code(text: str) -> MunicipalityCode:
    """Six digits from six or five, also where a spreadsheet has eaten the leading zero.

    Five digits are read as a code without check digit. Only where that is impossible, because no municipality has
    a number below 100, they are read as six with the zero lost: "11002" is 011002 (札幌市).
    A prefecture's own code ("130001") is allowed, as official lists use it.
    """
    digits = _digits(text)
    for candidate in _six_digit_readings(digits):
        if candidate[:2] in PREFECTURES and (candidate[2:5] == "000" or candidate[2] in "1234567"):
            return MunicipalityCode(candidate)
    raise CodeError("municipality code", text, "five digits, or six with the check digit of JIS X 0402, are expected")


def _six_digit_readings(digits: str) -> list[str]:
    """What the digits may mean, likeliest first, each with a right check digit."""
    if len(digits) == 6:
        return [digits] if check_digit(digits[:5]) == digits[5] else []
    if len(digits) == 5:
        zero_lost = "0" + digits
        return [digits + check_digit(digits)] + [zero_lost] * (check_digit(zero_lost[:5]) == digits[4])
    if len(digits) == 4:
        return ["0" + digits + check_digit("0" + digits)]
    return []


def prefecture_of(code: MunicipalityCode) -> PrefectureCode:
    return PrefectureCode(code[:2])


def school_code(text: str) -> SchoolCode:
    """13 characters: kind of school (B1 小学校, C2 義務教育学校, …), prefecture, establisher and number."""
    code = _plain(text).upper()
    if not _SCHOOL_CODE.fullmatch(code) or code[2:4] not in PREFECTURES:
        raise CodeError("school code", text, "a letter and 12 digits are expected, as in B113210000011")
    return SchoolCode(code)


def postcode(text: str) -> Postcode:
    """Seven digits from "〒100-0001"."""
    digits = _digits(text)
    if len(digits) != 7:
        raise CodeError("postcode", text, "seven digits are expected, as in 100-0001")
    return Postcode(digits)
