"""国土数値情報 小学校区 (A27): districts with their polygons, from any of its schemas.

2010 and 2016 name the columns A27_005 … A27_008, 2021 and 2023 A27_001 … A27_005 with the school code. Copies that
went through other programs keep the codes but may call the name `name`. Source: the publisher's format pages.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import shapely
from shapely import MultiPolygon

from geo.codes import MunicipalityCode, municipality_code, school_code
from geo.districts import district_id
from geo.editions import Counts
from geo.errors import CodeError, TableError
from geo.findings import Finding, verdict
from geo.readers.shapes import ShapeLimits, multi
from geo.readers.texts import is_garbled, plain
from geo.readers.vector import Feature, Layer, layers


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column holds what; `school_code` None: this schema has none."""

    municipality: str
    name: str
    school_code: str | None = None


_OLD = Columns("A27_005", "A27_007")
_OLD_RENAMED = Columns("A27_005", "name")
_NEW = Columns("A27_001", "A27_004", "A27_003")


@dataclass(frozen=True, slots=True)
class DistrictRow:
    """One school's district: all its features dissolved; `row_nos` are those features."""

    district_id: UUID
    municipality_code: MunicipalityCode
    school_code: str | None
    name: str
    area: MultiPolygon
    row_nos: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DistrictFile:
    """What a file held: districts, what was noticed, and the fate of each feature."""

    districts: tuple[DistrictRow, ...]
    findings: tuple[Finding, ...]
    counts: Counts


@dataclass(frozen=True, slots=True)
class _Part:
    feature: Feature
    municipality_code: MunicipalityCode
    school_code: str | None
    name: str


def read_districts(path: Path, limits: ShapeLimits | None = None) -> DistrictFile:
    """The districts of a GeoJSON, Shapefile or zip. Raises TableError where no layer has columns of A27 polygons."""
    parts: list[_Part] = []
    findings: list[Finding] = []
    rows_in = 0
    for layer in layers(path, limits):
        columns = columns_of(layer)
        if columns is None:
            continue
        rows_in += len(layer.features)
        findings += layer.findings
        for feature in layer.features:
            part, found = _part(feature, columns)
            findings += found
            parts += [part] if part else []
    if not rows_in:
        raise TableError(
            f"{path.name}: 小学校区(A27)の列がありません。A27_005〜008、またはA27_001〜005の面データが必要です。"
        )
    districts, dissolved = _dissolved(parts)
    counts = Counts(rows_in, accepted=len(parts), refused=rows_in - len(parts))
    return DistrictFile(tuple(districts), (*findings, *dissolved), counts)


def columns_of(layer: Layer) -> Columns | None:
    """The schema of a layer of polygons, None where it is no A27."""
    if not any(isinstance(feature.shape, MultiPolygon) for feature in layer.features):
        return None
    for columns in (_OLD, _OLD_RENAMED, _NEW):
        needed = {columns.municipality, columns.name} | ({columns.school_code} if columns.school_code else set())
        if needed <= layer.columns:
            return columns
    return None


def _part(feature: Feature, columns: Columns) -> tuple[_Part | None, list[Finding]]:
    name = plain(feature.properties.get(columns.name))
    findings = [*feature.findings, *_name_findings(feature.row_no, columns.name, name)]
    written = plain(feature.properties.get(columns.municipality))
    try:
        code = municipality_code(written)
    except CodeError:
        message = "行政区域コードが正しくありません。5桁または6桁のコードが必要です。"
        findings.append(Finding(feature.row_no, columns.municipality, "municipality_code", "refusal", message, written))
    if verdict(findings) == "refused":
        return None, findings
    checked, found = _school_code(feature, columns)
    return _Part(feature, code, checked, name), [*findings, *found]


def _name_findings(row_no: int, column: str, name: str) -> list[Finding]:
    if not name:
        return [Finding(row_no, column, "name_missing", "refusal", "学校の名称がありません。")]
    if is_garbled(name):
        message = "学校の名称が文字化けしています。公開元から正しいファイルを入手してください。"
        return [Finding(row_no, column, "name_garbled", "refusal", message, name)]
    return []


def _school_code(feature: Feature, columns: Columns) -> tuple[str | None, list[Finding]]:
    written = plain(feature.properties.get(columns.school_code)) if columns.school_code else ""
    if not written:
        return None, []
    try:
        return school_code(written), []
    except CodeError:
        message = "学校コードの形が正しくないため、使いませんでした。"
        return None, [Finding(feature.row_no, columns.school_code, "school_code", "note", message, written)]


def _dissolved(parts: Iterable[_Part]) -> tuple[list[DistrictRow], list[Finding]]:
    by_school: dict[UUID, list[_Part]] = defaultdict(list)
    for part in parts:
        by_school[district_id(part.municipality_code, part.name)].append(part)
    rows = [_district(found, school_parts) for found, school_parts in by_school.items()]
    several = [row for row in rows if len(row.row_nos) > 1]
    notes = [
        Finding(
            row.row_nos[0],
            None,
            "dissolved",
            "note",
            f"{len(row.row_nos)}個の図形を一つの校区にまとめました。",
            row.name,
        )
        for row in several
    ]
    return rows, notes


def _district(found: UUID, parts: Sequence[_Part]) -> DistrictRow:
    area = multi(shapely.union_all([part.feature.shape for part in parts]))
    code = next((part.school_code for part in parts if part.school_code), None)
    row_nos = tuple(part.feature.row_no for part in parts)
    return DistrictRow(found, parts[0].municipality_code, code, parts[0].name, area, row_nos)
