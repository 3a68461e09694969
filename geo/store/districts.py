"""Asks and keeps school districts. It never commits."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import psycopg
import shapely
from psycopg.rows import class_row

from geo.addresses import town_key
from geo.codes import MunicipalityCode
from geo.districts import (
    NEAR_M,
    NEAREST_SCHOOL_M,
    NO_DISTRICT,
    Assignment,
    District,
    DistrictAnswer,
    school_key,
)
from geo.points import LonLat
from geo.store.queries import Queries

QUERIES = Queries("geo.store", "districts.sql")
_KATAKANA = "".join(map(chr, range(0x30A1, 0x30F7)))
_HIRAGANA = "".join(map(chr, range(0x3041, 0x3097)))


class DistrictStore:
    """School districts over one connection: questions about the current editions, and bulk assignment."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection

    def district_of(self, point: LonLat, near_m: float = NEAR_M) -> Sequence[DistrictAnswer]:
        """Every district the point lies in; outside all, the nearest within `near_m`; then the nearest school's.

        One answer as a rule, several where districts overlap. Never empty: `NO_DISTRICT` alone says that none is
        known. Each answer says its basis; the point itself is in no answer and no error.
        """
        at = {"lon": point.lon, "lat": point.lat}
        return (
            self._answers(QUERIES.districts_covering, at)
            or self._answers(QUERIES.nearest_district, {**at, "within_m": near_m})
            or self._answers(QUERIES.nearest_school_district, {**at, "within_m": NEAREST_SCHOOL_M})
            or [NO_DISTRICT]
        )

    def districts_of_town(self, municipality_code: MunicipalityCode, town: str) -> Sequence[DistrictAnswer]:
        """The districts an official table names for a town as written; several where it is split, see each `note`."""
        asked = {"municipality_code": municipality_code, "town_key": town_key(town)}
        return self._answers(QUERIES.districts_of_town, asked) or [NO_DISTRICT]

    def neighbours(self, district_id: UUID) -> list[District]:
        """The districts that touch it, across municipal borders too; empty where it has no polygon."""
        return self._districts(QUERIES.neighbours, {"district_id": district_id})

    def get(self, district_id: UUID) -> District | None:
        found = self._districts(QUERIES.district_by_id, {"district_id": district_id})
        return found[0] if found else None

    def named(self, text: str, municipality_code: MunicipalityCode | None = None, limit: int = 20) -> list[District]:
        """Districts by name or kana: 「白須賀」「白須賀小」「白須賀小学校」 and the kana all find it."""
        name = _literal(school_key(text))
        if not name:
            return []
        kana = name.translate(dict(zip(map(ord, _KATAKANA), _HIRAGANA, strict=True)))
        asked = {
            "anywhere": f"%{name}%",
            "start": f"{name}%",
            "kana_start": f"{kana}%",
            "katakana": _KATAKANA,
            "hiragana": _HIRAGANA,
            "municipality_code": municipality_code,
            "limit": limit,
        }
        return self._districts(QUERIES.districts_named, asked)

    def of_municipality(self, municipality_code: MunicipalityCode) -> list[District]:
        """The districts of a municipality, each once, with its polygon's row where there is one."""
        return self._districts(QUERIES.known_districts, {"municipality_code": municipality_code})

    def assign(self, points: Iterable[tuple[str, LonLat]], near_m: float = NEAR_M) -> list[Assignment]:
        """The district of each of many points, by the same rules as `district_of`, in one set-based query.

        `points`: (a key of the caller's, the point); keys are distinct. One assignment for each, in no order. Where
        districts overlap the first by municipality and id is given, and `others` says how many more there are.
        Needs a transaction: its working table is temporary and gone with it.
        """
        with self.connection.cursor(row_factory=class_row(Assignment)) as cursor:
            cursor.execute(QUERIES.drop_points)
            cursor.execute(QUERIES.make_points)
            with cursor.copy(QUERIES.load_points) as copy:
                for key, point in points:
                    copy.write_row((key, f"SRID=6668;POINT({point.lon!r} {point.lat!r})"))
            cursor.execute(QUERIES.index_points)
            cursor.execute("ANALYZE point_to_assign")
            found = cursor.execute(QUERIES.assign_points, {"within_m": near_m, "school_m": NEAREST_SCHOOL_M}).fetchall()
            cursor.execute(QUERIES.drop_points)
        return found

    def _answers(self, query: str, asked: dict[str, Any]) -> list[DistrictAnswer]:
        with self.connection.cursor(row_factory=class_row(DistrictAnswer)) as cursor:
            return cursor.execute(query, asked).fetchall()

    def _districts(self, query: str, asked: dict[str, Any]) -> list[District]:
        with self.connection.cursor(row_factory=class_row(District)) as cursor:
            return cursor.execute(query, asked).fetchall()


def _literal(text: str) -> str:
    """Text for LIKE, its wildcards taken literally."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def hex_6668(shape: Any) -> str:
    """A shape of ours, in EPSG:6668, as COPY takes it."""
    return str(shapely.to_wkb(shapely.set_srid(shape, 6668), hex=True, include_srid=True))
