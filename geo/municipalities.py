"""Municipalities (市区町村) and their codes: the list of 総務省, wards of 政令市 and 浜松市's former wards included."""

import csv
import re
from functools import cache
from pathlib import Path

from geo.addresses import town_key
from geo.codes import MunicipalityCode

_LIST = Path(__file__).resolve().parents[1] / "data" / "codelists" / "municipalities.csv"
_COUNTY = re.compile(r"^(?:.+?郡|[^郡]+?島)(.+[町村])$")


def without_county(name: str) -> str:
    """「愛甲郡愛川町」 → 「愛川町」, 「八丈島八丈町」 → 「八丈町」; any other name stays."""
    found = _COUNTY.match(name)
    return found[1] if found else name


@cache
def municipality_named(prefecture_name: str, name: str) -> MunicipalityCode | None:
    """The code of a municipality, its 郡 given or not; None for a name that is not on the list.

    Spelling apart (ヶ/ケ, 檮/梼). Wards go with their city: 「横浜市鶴見区」.
    """
    return _by_name().get((prefecture_name, town_key(without_county(name))))


def municipality_name(code: MunicipalityCode) -> str | None:
    """「横浜市鶴見区」 for 141011; None for a code that is not on the list."""
    return _names().get(code)


@cache
def _rows() -> list[dict[str, str]]:
    with _LIST.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _by_name() -> dict[tuple[str, str], MunicipalityCode]:
    # Of two namesakes (泊村 in 北海道, 浜松市天竜区 before and since 2024) the first on the list is the one in force.
    return {(row["prefecture"], town_key(row["name"])): MunicipalityCode(row["code"]) for row in reversed(_rows())}


@cache
def _names() -> dict[MunicipalityCode, str]:
    return {MunicipalityCode(row["code"]): row["name"] for row in _rows()}
