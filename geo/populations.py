"""People by small area and age (地域・年齢別人口), and their apportioning to school districts."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal
from uuid import UUID

from shapely import Polygon

from geo.codes import MunicipalityCode
from geo.points import LonLat

Method = Literal["area", "point", "official_table"]
Sex = Literal["male", "female", "both"]

_RANGE = re.compile(r"(\d{1,3})(?:歳)?[-~〜～ー―](\d{1,3})歳?")
_OPEN = re.compile(r"(\d{2,3})(?:歳以上|\+|歳?[-~〜～]$)")
_BAND = re.compile(r"(\d+)(?:-(\d+)|\+)")


@dataclass(frozen=True, slots=True)
class PopulationArea:
    """People of one town or grid square as published.

    `age_bands` never overlap and are named "0-4" (both ages included) or "85+". `area` is known for grid squares,
    `point` for towns that are published with one.
    """

    area_key: str
    name: str
    municipality_code: MunicipalityCode
    total: float
    male: float | None = None
    female: float | None = None
    age_bands: Mapping[str, float] = field(default_factory=dict)
    as_of: date | None = None
    point: LonLat | None = None
    area: Polygon | None = None


@dataclass(frozen=True, slots=True)
class DistrictPopulation:
    """People apportioned to one district; `district_id` None: those in no district, kept so that totals agree."""

    district_id: UUID | None
    municipality_code: MunicipalityCode
    method: Method
    total: float
    age_bands: Mapping[str, float]


def age_band(header: str) -> tuple[str, Sex] | None:
    """The band and sex a column title speaks of: 「0-4歳の男性」 → ("0-4", "male"), 「85歳以上」 → ("85+", "both")."""
    text = unicodedata.normalize("NFKC", header).replace(" ", "")
    sex: Sex = "male" if "男" in text else "female" if "女" in text else "both"
    if found := _RANGE.search(text):
        low, high = int(found[1]), int(found[2])
        return (f"{low}-{high}", sex) if low <= high else None
    if found := _OPEN.search(text):
        return f"{int(found[1])}+", sex
    return None


def ages_of(band: str) -> tuple[int, int | None]:
    """First and last age of a band, None: no end. Raises ValueError for any other text."""
    found = _BAND.fullmatch(band)
    if not found:
        raise ValueError(f"{band!r} is no age band; '0-4' or '85+' are.")
    return int(found[1]), int(found[2]) if found[2] else None


def people_aged(bands: Mapping[str, float], first: int, last: int | None = None) -> float | None:
    """How many are `first` to `last` years old (None: or older); None where a band straddles a bound: unknown."""
    total = 0.0
    for band, people in bands.items():
        low, high = ages_of(band)
        begins_in = low >= first and (last is None or low <= last)
        ends_in = (high is None and last is None) or (
            high is not None and high >= first and (last is None or high <= last)
        )
        if begins_in and ends_in:
            total += people
        elif low <= (last if last is not None else low) and (high is None or high >= first):
            return None
    return total
