"""Schools as points: 国土数値情報 学校 (P29), both generations, and the school points of 小学校区 (A27P)."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from uuid import UUID

from shapely import Point

from geo.codes import MunicipalityCode, municipality_code, school_code
from geo.districts import school_id
from geo.editions import Counts
from geo.errors import CodeError, TableError
from geo.findings import Finding, verdict
from geo.readers.texts import is_garbled, plain
from geo.readers.vector import Feature, Layer, layers

Level = Literal["primary", "compulsory", "other"]
_LEVELS: dict[str, Level] = {"16001": "primary", "16014": "compulsory"}


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column holds what; None: this schema has no such column. A27P lists primary schools only."""

    municipality: str
    name: str
    address: str
    establisher: str | None = None
    school_code: str | None = None
    kind: str | None = None
    closed: str | None = None


_P29 = Columns("P29_001", "P29_004", "P29_005", school_code="P29_002", kind="P29_003", closed="P29_007")
_P29_OF_2013 = Columns("P29_001", "P29_005", "P29_006", kind="P29_004")
_A27P = Columns("A27_001", "A27_003", "A27_004", establisher="A27_002")
_A27P_LIKE_POLYGONS = Columns("A27_005", "A27_007", "A27_008", establisher="A27_006")


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """One school. `closed` is True for 休校, None where the source did not look."""

    school_id: UUID
    municipality_code: MunicipalityCode
    school_code: str | None
    name: str
    level: Level
    establisher: str | None
    address: str | None
    closed: bool | None
    point: Point


@dataclass(frozen=True, slots=True)
class SchoolFile:
    """What a file held; schools that appear twice are kept once and noted."""

    schools: tuple[SchoolRow, ...]
    findings: tuple[Finding, ...]
    counts: Counts


def read_schools(path: Path) -> SchoolFile:
    """The schools of a GeoJSON, Shapefile or zip. Raises TableError where no layer has points of P29 or A27P."""
    schools: dict[UUID, SchoolRow] = {}
    findings: list[Finding] = []
    rows_in = accepted = 0
    for layer, columns in _layers(path):
        findings += layer.findings
        for feature in layer.features:
            rows_in += 1
            school, found = _school(feature, columns)
            findings += found
            if school is None:
                continue
            accepted += 1
            if school.school_id in schools:
                message = "同じ学校が2回あります。先の行を使いました。"
                findings.append(Finding(feature.row_no, columns.name, "duplicate", "note", message, school.name))
            schools.setdefault(school.school_id, school)
    if not rows_in:
        raise TableError(f"{path.name}: 学校の点データ(P29またはA27P)の列がありません。")
    return SchoolFile(tuple(schools.values()), tuple(findings), Counts(rows_in, accepted, refused=rows_in - accepted))


def _layers(path: Path) -> Iterator[tuple[Layer, Columns]]:
    for layer in layers(path):
        columns = columns_of(layer)
        if columns is not None:
            yield layer, columns


def columns_of(layer: Layer) -> Columns | None:
    """The schema of a layer of points, by its columns and, for P29, by where the 160xx codes stand."""
    if not any(isinstance(feature.shape, Point) for feature in layer.features):
        return None
    for columns in (_P29, _P29_OF_2013, _A27P, _A27P_LIKE_POLYGONS):
        needed = {columns.municipality, columns.name, columns.address} | ({columns.kind} if columns.kind else set())
        if needed <= layer.columns and _has_kinds(layer, columns):
            return columns
    return None


def _has_kinds(layer: Layer, columns: Columns) -> bool:
    if columns.kind is None:
        return True
    return plain(layer.features[0].properties.get(columns.kind)).startswith("160")


def _school(feature: Feature, columns: Columns) -> tuple[SchoolRow | None, list[Finding]]:
    def cell(column: str | None) -> str:
        return plain(feature.properties.get(column)) if column else ""

    name, findings = cell(columns.name), list(feature.findings)
    if not name or is_garbled(name):
        message = "学校の名称がないか、文字化けしています。"
        findings.append(Finding(feature.row_no, columns.name, "name_unreadable", "refusal", message, name))
    try:
        municipality = municipality_code(cell(columns.municipality))
    except CodeError:
        message = "行政区域コードが正しくありません。"
        findings.append(Finding(feature.row_no, columns.municipality, "municipality_code", "refusal", message))
    if verdict(findings) == "refused" or not isinstance(feature.shape, Point):
        return None, findings
    code = _checked_code(cell(columns.school_code))
    level = _LEVELS.get(cell(columns.kind), "other") if columns.kind else "primary"
    school = SchoolRow(
        school_id=school_id(municipality, code, name),
        municipality_code=municipality,
        school_code=code,
        name=name,
        level=level,
        establisher=cell(columns.establisher) or None,
        address=cell(columns.address) or None,
        closed={"1": False, "2": True}.get(cell(columns.closed)),
        point=feature.shape,
    )
    return school, findings


def _checked_code(text: str) -> str | None:
    try:
        return school_code(text) if text else None
    except CodeError:
        return None
