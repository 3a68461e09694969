"""People by small area: 自治体標準 04 地域・年齢別人口, the 高松 form, town tables like 札幌's, and 500 m mesh projections."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from geo.codes import MunicipalityCode, municipality_code
from geo.editions import Counts
from geo.errors import CodeError, PositionError, TableError
from geo.findings import Finding, verdict
from geo.meshes import mesh_code, mesh_polygon
from geo.points import LonLat
from geo.populations import PopulationArea, age_band
from geo.readers.tables import Table, TableRow, read_table
from geo.readers.texts import is_garbled, plain
from geo.readers.vector import Feature, layers

_TAKAMATSU = ("prefCode", "regionName", "totalPopulation", "man1", "woman18", "location")
_STANDARD = (
    "地域名",
    "総人口",
    "全国地方公共団体コード",
    "都道府県コード又は市区町村コード",
    "地域コード",
    "調査年月日",
)
_TOWN_TABLE = ("区", "区名", "町名", "条丁目", "町名・条丁目", "町丁名", "総数", "計", "人口", "世帯数", "男", "女")
_TOTALS = ("総人口", "人口総数", "総数", "男女計", "計", "人口", "人口(人)")
_NAMES = ("地域名", "町名・条丁目", "町丁名", "町名", "条丁目")
_SUBTOTAL = re.compile(r"^(全市|総数|合計|計|小計|.{1,4}区(計|合計)?)$")
_WORD_YEAR = re.compile(r"PTN_(\d{4})")


@dataclass(frozen=True, slots=True)
class PopulationFile:
    """What a file held: areas, what was noticed, and the fate of each row (sub-totals are refused with a note)."""

    areas: tuple[PopulationArea, ...]
    findings: tuple[Finding, ...]
    counts: Counts


_Found = tuple[PopulationArea | None, list[Finding]]


def read_takamatsu(path: Path) -> PopulationFile:
    """高松市's form, xlsx or csv with linkdata's header: man1 … man18, woman1 … woman18 are five-year classes, 85+ last."""
    table = read_table(path, _TAKAMATSU, at_least=4)
    _refuse_garbled(table, "regionName")
    return _file(table.rows, _takamatsu_area)


def _takamatsu_area(row: TableRow) -> _Found:
    bands: dict[str, float] = {}
    findings: list[Finding] = []
    for number in range(1, 19):
        people = [_people(row, f"{sex}{number}", findings) for sex in ("man", "woman")]
        first = (number - 1) * 5
        bands[f"{first}-{first + 4}" if number < 18 else "85+"] = sum(n or 0.0 for n in people)
    return _area(row, row["regionName"], row["prefCode"], _people(row, "totalPopulation", findings), bands, findings)


def read_standard(path: Path) -> PopulationFile:
    """自治体標準オープンデータセット 04 地域・年齢別人口 and its older header, by column name.

    Bands come from titles like 「0-4歳の男性」「85歳以上の女性」; a row without a region name is the whole municipality.
    """
    table = read_table(path, _STANDARD, at_least=2)
    _refuse_garbled(table, "地域名")
    code_column = next((c for c in table.header if c in _STANDARD and "コード" in c and c != "地域コード"), "")
    return _file(table.rows, lambda row: _titled_area(row, table.header, row["地域名"], row[code_column]))


def read_town_table(path: Path, municipality: MunicipalityCode) -> PopulationFile:
    """A city's own table 町名・条丁目 × age, as 札幌市 publishes by 区: the titles say what each column is.

    Built from public knowledge of such tables, not from a specification: 区 and 町名 (or 条丁目) name the area, one
    column the total, titles like 「0~4歳」 the bands. Rows of 全市 or a whole 区 are sub-totals and left out.
    """
    table = read_table(path, _TOWN_TABLE, at_least=2)
    column = next((name for name in _NAMES if name in table.header), None)
    if column is None:
        raise TableError(f"{path.name}: 町名の列(町名・条丁目、町丁名など)がありません。")
    _refuse_garbled(table, column)

    def area(row: TableRow) -> _Found:
        name = row["町名"] + row["条丁目"] if {"町名", "条丁目"} <= set(table.header) else row[column]
        if not name or _SUBTOTAL.match(name):
            message = "小計の行なので、使いませんでした(二重に数えないため)。"
            return None, [Finding(row.row_no, column, "subtotal", "refusal", message, name)]
        return _titled_area(row, table.header, name, municipality, ward=row["区"] or row["区名"])

    return _file(table.rows, area)


def _titled_area(row: TableRow, header: Sequence[str], name: str, code: str, ward: str = "") -> _Found:
    """An area whose columns say by their titles which age and sex they hold; sexes win over a column for both."""
    findings: list[Finding] = []
    by_sex: dict[str, float] = {}
    both: dict[str, float] = {}
    for column in header:
        band = age_band(column)
        if band is None or "割合" in column or "%" in column:
            continue
        target = both if band[1] == "both" else by_sex
        target[band[0]] = target.get(band[0], 0.0) + (_people(row, column, findings) or 0.0)
    total = next((column for column in _TOTALS if column in header), "")
    return _area(row, name, code, _people(row, total, findings), by_sex or both, findings, ward)


def _area(  # noqa: PLR0913, PLR0917 - what the two kinds of tables have found, in one place
    row: TableRow,
    name: str,
    code: str,
    total: float | None,
    bands: dict[str, float],
    findings: list[Finding],
    ward: str = "",
) -> _Found:
    if not name:
        findings.append(Finding(row.row_no, None, "name_missing", "refusal", "地域名がありません。"))
    try:
        municipality = municipality_code(code)
    except CodeError:
        message = "市区町村コードがないか、正しくありません。"
        findings.append(Finding(row.row_no, None, "municipality_code", "refusal", message, code))
        return None, findings
    if total is None:
        findings.append(Finding(row.row_no, None, "total_missing", "refusal", "総人口が数で書かれていません。"))
    if total is None or verdict(findings) == "refused":
        return None, findings
    if bands and abs(sum(bands.values()) - total) > 0.5:
        message = f"年齢別の合計({sum(bands.values()):,.0f}人)が総人口({total:,.0f}人)と合いません。"
        findings.append(Finding(row.row_no, None, "bands_differ", "note", message))
    male, female = (_people(row, column, []) for column in _sexes(row))
    area = PopulationArea(
        area_key=ward + name,
        name=name,
        municipality_code=municipality,
        total=total,
        male=male,
        female=female,
        age_bands=bands,
        as_of=_day(row["surveyDate"] or row["調査年月日"]),
        point=_point(row, findings),
    )
    return area, findings


def _sexes(row: TableRow) -> tuple[str, str]:
    for pair in (("male", "woman"), ("男性", "女性"), ("男", "女")):
        if pair[0] in row.cells:
            return pair
    return ("", "")


def _people(row: TableRow, column: str, findings: list[Finding]) -> float | None:
    """A count; 「-」 and nothing are 0 inside the table, 「X」 (秘匿) is unknown and noted."""
    text = row[column].replace(",", "")
    if column not in row.cells:
        return None
    if text in ("", "-", "‐", "―", "ー", "0"):
        return 0.0
    try:
        people = float(text)
    except ValueError:
        people = -1.0
    if people >= 0 and people < 1e8:
        return people
    message = "人数ではない値です(秘匿など)。0人として数えました。"
    findings.append(Finding(row.row_no, column, "people_unknown", "note", message, row[column]))
    return None


def _point(row: TableRow, findings: list[Finding]) -> LonLat | None:
    """From 高松's "lat,lon", or columns 緯度 and 経度; None where there is none."""
    lat, _, lon = row["location"].partition(",") if row["location"] else (row["緯度"], "", row["経度"])
    if not lat or not lon:
        return None
    try:
        return LonLat(float(lon), float(lat))
    except (PositionError, ValueError):
        message = "位置が読めないか、日本の外です。位置なしで読み込みました。"
        findings.append(Finding(row.row_no, "location", "position_unusable", "note", message))
        return None


def _day(text: str) -> date | None:
    """ISO or Japanese order; 「3/1/2023」 is the American order that spreadsheets leave behind."""
    found = re.fullmatch(r"(\d{4})[-/年](\d{1,2})[-/月](\d{1,2})日?", text)
    american = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text)
    try:
        if found:
            return date(int(found[1]), int(found[2]), int(found[3]))
        return date(int(american[3]), int(american[1]), int(american[2])) if american else None
    except ValueError:
        return None


def _refuse_garbled(table: Table, column: str) -> None:
    names = [row[column] for row in table.rows if row[column]]
    if names and sum(map(is_garbled, names)) * 2 > len(names):
        raise TableError(
            f"{table.name}: 「{column}」の列が文字化けしています(例: {names[0][:20]!r})。"
            "元の文字に戻せないため読み込みません。公開元から正しいファイルを入手してください。"
        )


def _file(rows: Sequence[TableRow], read: Callable[[TableRow], _Found]) -> PopulationFile:
    areas: dict[str, PopulationArea] = {}
    findings: list[Finding] = []
    for row in rows:
        area, found = read(row)
        findings += found
        if area is not None and area.area_key in areas:
            message = "同じ地域が2回あります。2回目は使いませんでした。"
            findings.append(Finding(row.row_no, None, "duplicate", "refusal", message, area.area_key))
        elif area is not None:
            areas[area.area_key] = area
    counts = Counts(len(rows), len(areas), refused=len(rows) - len(areas))
    return PopulationFile(tuple(areas.values()), tuple(findings), counts)


# --- 500 m mesh ---


def read_mesh500(path: Path, year: int) -> PopulationFile:
    """500mメッシュ別将来推計人口 (`500m_mesh_2024_PP`): one year's people in each square.

    PTN all, PTA 0–14, PTC 65 and over, PTD 75 and over become bands that do not overlap. A square that lies in two
    municipalities is published once for each, and stays two areas. Raises TableError where the year is not there.
    """
    rows = [feature for layer in layers(path) if "MESH_ID" in layer.columns for feature in layer.features]
    if not rows or f"PTN_{year}" not in rows[0].properties:
        years = sorted({found[1] for row in rows[:1] for key in row.properties if (found := _WORD_YEAR.match(key))})
        raise TableError(f"{path.name}: {year}年の人口(PTN_{year})がありません。ある年: {'、'.join(years) or 'なし'}")
    table = [_as_row(feature) for feature in rows]
    return _file(table, lambda row: _square(row, year))


def _as_row(feature: Feature) -> TableRow:
    return TableRow(feature.row_no, {key: plain(value) for key, value in feature.properties.items()})


def _square(row: TableRow, year: int) -> _Found:
    findings: list[Finding] = []
    numbers = {key: _people(row, f"{key}_{year}", findings) or 0.0 for key in ("PTN", "PTA", "PTC", "PTD")}
    try:
        mesh, municipality = mesh_code(row["MESH_ID"]), municipality_code(row["SHICODE"])
    except CodeError:
        message = "メッシュコードか行政区域コードが正しくありません。"
        return None, [Finding(row.row_no, "MESH_ID", "mesh_code", "refusal", message, row["MESH_ID"])]
    bands = {
        "0-14": numbers["PTA"],
        "15-64": numbers["PTN"] - numbers["PTA"] - numbers["PTC"],
        "65-74": numbers["PTC"] - numbers["PTD"],
        "75+": numbers["PTD"],
    }
    if min(bands.values()) < -0.01:
        message = "年齢別の人口が総数を超えています。年齢別なしで読み込みました。"
        findings.append(Finding(row.row_no, f"PTN_{year}", "bands_differ", "note", message))
        bands = {}
    area = PopulationArea(
        area_key=f"{mesh}-{municipality}",
        name=mesh,
        municipality_code=municipality,
        total=numbers["PTN"],
        age_bands={band: max(0.0, people) for band, people in bands.items()},
        as_of=date(year, 10, 1),
        area=mesh_polygon(mesh),
    )
    return area, findings
