"""国土数値情報 行政区域 (N03): municipalities with their boundaries, dissolved from many features."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import shapely
from shapely import MultiPolygon

from geo.codes import MunicipalityCode, municipality_code
from geo.editions import Counts
from geo.errors import CodeError, TableError
from geo.findings import Finding, verdict
from geo.readers.shapes import multi
from geo.readers.texts import plain
from geo.readers.vector import Feature, layers

_NEEDED = {"N03_001", "N03_004", "N03_007"}


@dataclass(frozen=True, slots=True)
class MunicipalityRow:
    """A municipality; `name` includes 郡 and 政令市: 「愛甲郡愛川町」「横浜市鶴見区」."""

    municipality_code: MunicipalityCode
    prefecture_name: str
    name: str
    boundary: MultiPolygon


@dataclass(frozen=True, slots=True)
class BoundaryFile:
    """What a file held; land that belongs to no municipality (所属未定地) is refused with a finding."""

    municipalities: tuple[MunicipalityRow, ...]
    findings: tuple[Finding, ...]
    counts: Counts


def read_boundaries(path: Path) -> BoundaryFile:
    """The municipalities of a GeoJSON, Shapefile or zip. Raises TableError where no layer has columns of N03."""
    parts: dict[MunicipalityCode, list[Feature]] = defaultdict(list)
    findings: list[Finding] = []
    rows_in = 0
    for layer in layers(path):
        if not layer.columns >= _NEEDED:
            continue
        rows_in += len(layer.features)
        findings += layer.findings
        for feature in layer.features:
            code, found = _code(feature)
            findings += found
            if code:
                parts[code].append(feature)
    if not rows_in:
        raise TableError(f"{path.name}: 行政区域(N03)の列(N03_001・N03_004・N03_007)がありません。")
    rows = tuple(_municipality(code, features) for code, features in parts.items())
    accepted = sum(map(len, parts.values()))
    return BoundaryFile(rows, tuple(findings), Counts(rows_in, accepted, refused=rows_in - accepted))


def _code(feature: Feature) -> tuple[MunicipalityCode | None, list[Finding]]:
    written = plain(feature.properties.get("N03_007"))
    findings = list(feature.findings)
    try:
        code = municipality_code(written)
    except CodeError:
        message = "行政区域コードがありません(所属未定地など)。どの市区町村にも入れません。"
        return None, [*findings, Finding(feature.row_no, "N03_007", "municipality_code", "refusal", message, written)]
    if not isinstance(feature.shape, MultiPolygon) or verdict(findings) == "refused":
        return None, findings or [Finding(feature.row_no, None, "geometry_kind", "refusal", "面の図形ではありません。")]
    return code, findings


def _municipality(code: MunicipalityCode, features: list[Feature]) -> MunicipalityRow:
    first = features[0].properties
    # Until 2023 the ward of a 政令市 stands in N03_004 behind its city in N03_003; since then in N03_005.
    parts = [plain(first.get(column)) for column in ("N03_003", "N03_004", "N03_005")]
    name = "".join(part for part in parts if not part.endswith(("支庁", "振興局")))  # no part of an address
    boundary = multi(shapely.union_all([feature.shape for feature in features]))
    return MunicipalityRow(code, plain(first.get("N03_001")), name, boundary)
