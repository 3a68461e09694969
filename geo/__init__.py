"""Where things are in Japan: codes, addresses, school districts, reach. Has never heard of any particular kind of place."""

from geo.codes import (
    PREFECTURES,
    MunicipalityCode,
    Postcode,
    PrefectureCode,
    SchoolCode,
    municipality_code,
    postcode,
    prefecture_code,
    prefecture_named,
    prefecture_of,
    school_code,
)
from geo.errors import CodeError, GeoError, PositionError, TableError

__all__ = [
    "PREFECTURES",
    "CodeError",
    "GeoError",
    "MunicipalityCode",
    "PositionError",
    "Postcode",
    "PrefectureCode",
    "SchoolCode",
    "TableError",
    "municipality_code",
    "postcode",
    "prefecture_code",
    "prefecture_named",
    "prefecture_of",
    "school_code",
]
