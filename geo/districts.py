"""Primary-school districts (小学校区): which one a place lies in, and how that is known."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal
from uuid import UUID, uuid5

from geo.codes import MunicipalityCode

Basis = Literal["polygon", "nearest_polygon", "official_table", "nearest_school", "none"]

NEAR_M = 100.0
"""A point this near the edge of a district, and in none, is taken to belong to it, and said so."""

NEAREST_SCHOOL_M = 10_000.0
"""Beyond this a nearest school says nothing about a district."""

BASIS_JA: dict[Basis, str] = {
    "polygon": "通学区域の図形による",
    "nearest_polygon": "どの通学区域にも入らないため、最も近い区域による",
    "official_table": "町名ごとの通学区域表による",
    "nearest_school": "最寄りの学校による推定(公式の通学区域ではありません)",
    "none": "小学校区は分かりません",
}

_NAMESPACE = UUID("6f0d0f0e-5a0c-5b53-9d0a-2b5d1c7a27a2")
_OWNER = re.compile(r"^.{1,8}?[都道府県市区町村]立(?=.)")
_KINDS = re.compile(r"(小中学校|義務教育学校|小学校|小学|小)$")


@dataclass(frozen=True, slots=True)
class District:
    """A district as an edition holds it; `basis` "polygon" has an area, the others have none."""

    edition_id: UUID
    district_id: UUID
    municipality_code: MunicipalityCode
    school_code: str | None
    name: str
    name_kana: str | None
    basis: Literal["polygon", "official_table", "nearest_school"]


@dataclass(frozen=True, slots=True)
class DistrictAnswer:
    """One answer to "which school district is this?", with how it is known and on whose terms.

    `basis` "none" has no district. `distance_m` is 0 inside a polygon, the metres to the area's edge for
    "nearest_polygon", the metres to the school for "nearest_school", and None where no point was asked.
    """

    basis: Basis
    district_id: UUID | None = None
    municipality_code: MunicipalityCode | None = None
    school_code: str | None = None
    name: str | None = None
    distance_m: float | None = None
    note: str | None = None
    edition_id: UUID | None = None
    edition_label: str | None = None
    licence: str | None = None
    attribution: str | None = None

    @property
    def is_approximate(self) -> bool:
        return self.basis in ("nearest_polygon", "nearest_school")

    @property
    def basis_ja(self) -> str:
        return BASIS_JA[self.basis]


NO_DISTRICT = DistrictAnswer("none")


@dataclass(frozen=True, slots=True)
class Assignment:
    """What bulk assignment found for one point; `others` counts further districts that also cover it."""

    key: str
    basis: Basis
    district_id: UUID | None
    distance_m: float | None
    others: int


def school_key(name: str) -> str:
    """What two spellings of one school have in common: 「湖西市立 白須賀小学校」「白須賀小」 → 「白須賀」.

    NFKC, without blanks, establisher and kind of school; for comparing and searching, never for showing.
    """
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", name)).replace("ヶ", "ケ")
    return _KINDS.sub("", _OWNER.sub("", plain)) or plain


def district_id(municipality_code: MunicipalityCode, school_name: str) -> UUID:
    """The id of a school's district, the same in every edition and from every kind of source."""
    return uuid5(_NAMESPACE, f"district:{municipality_code}:{school_key(school_name)}")


def school_id(municipality_code: MunicipalityCode, school_code: str | None, name: str) -> UUID:
    """The id of a school: by its official code where there is one, else by its name."""
    return uuid5(_NAMESPACE, f"school:{school_code or municipality_code + ':' + school_key(name)}")
