"""Files that geo reads: districts, schools, boundaries, addresses, populations, town tables. Only recognised and handed on."""

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from geo.codes import MunicipalityCode
from geo.editions import Counts, Dataset
from geo.findings import Finding
from geo.readers.a27 import read_districts
from geo.readers.address_tables import read_addresses
from geo.readers.boundaries import read_boundaries
from geo.readers.populations import read_standard, read_takamatsu, read_town_table
from geo.readers.schools import read_schools
from geo.readers.town_tables import TownFile, read_standard_17, read_takamatsu_pdf
from geo.readers.vector import layers
from geo.store.editions import EditionStore
from geo.store.loading import (
    Arrival,
    Loaded,
    load_districts,
    load_municipalities,
    load_schools,
    load_town_districts,
    make_nearest_school_districts,
)
from geo.store.populations import PopulationStore
from geo.store.towns import load_addresses
from placefinder.intake.errors import FileRefused
from placefinder.intake.tables import open_tables

_Connection = psycopg.Connection[Any]
_Read = Callable[[Path, MunicipalityCode | None], tuple[Counts, list[Finding]]]
_Load = Callable[[_Connection, Arrival, MunicipalityCode | None], Loaded]
_TOWNS = {"町字", "町丁目", "町名", "大字・町名", "丁目", "通学区域_町字"}
_SCHOOLS = {"学校名", "小学校名", "小学校"}


@dataclass(frozen=True, slots=True)
class GeoForm:
    """A form that geo knows: `read` is the dry run, `load` makes it current (the caller commits)."""

    name: str
    title: str
    dataset: Dataset
    read: _Read
    load: _Load


def _stated(code: MunicipalityCode | None, title: str) -> MunicipalityCode:
    if code is None:
        raise FileRefused(
            "municipality_needed",
            f"{title}には市区町村コードが要ります。",
            where="--municipality",
            remedy="--municipality 372013 のように指定してください。",
        )
    return code


def _load_towns(read: Callable[[Path, MunicipalityCode | None], TownFile]) -> _Load:
    return lambda connection, arrival, code: load_town_districts(connection, arrival, read(arrival.path, code))


def _load_addresses(connection: _Connection, arrival: Arrival, code: MunicipalityCode | None) -> Loaded:
    EditionStore(connection).register(arrival.source)
    edition, loaded = load_addresses(connection, arrival.path, arrival.source.source_id, arrival.label, arrival.scope)
    return Loaded(edition, tuple(loaded.findings))


def _read_addresses(path: Path, code: MunicipalityCode | None) -> tuple[Counts, list[Finding]]:
    found = [row for row in read_addresses(path) if isinstance(row, Finding)]
    accepted = sum(not isinstance(row, Finding) for row in read_addresses(path))
    return Counts(accepted + len(found), accepted, refused=len(found)), found


def _of(file: Any) -> tuple[Counts, list[Finding]]:
    return file.counts, list(file.findings)


def _load_schools(connection: _Connection, arrival: Arrival, code: MunicipalityCode | None) -> Loaded:
    loaded = load_schools(connection, arrival)
    make_nearest_school_districts(connection)
    return loaded


def _load_districts(connection: _Connection, arrival: Arrival, code: MunicipalityCode | None) -> Loaded:
    loaded = load_districts(connection, arrival)
    make_nearest_school_districts(connection)
    return loaded


FORMS: tuple[GeoForm, ...] = (
    GeoForm("a27", "国土数値情報 A27 小学校区", "districts", lambda path, _: _of(read_districts(path)), _load_districts),
    GeoForm("schools", "国土数値情報 P29/A27 学校", "schools", lambda path, _: _of(read_schools(path)), _load_schools),
    GeoForm("n03", "国土数値情報 N03 行政区域", "municipalities", lambda path, _: _of(read_boundaries(path)), lambda c, a, _: load_municipalities(c, a)),
    GeoForm("addresses", "住所表(Geolonia・位置参照情報)", "addresses", _read_addresses, _load_addresses),
    GeoForm("population_takamatsu", "地域別人口(高松市の様式)", "populations", lambda path, _: _of(read_takamatsu(path)), lambda c, a, _: PopulationStore(c).load(a, read_takamatsu(a.path))),
    GeoForm("population_standard", "地域・年齢別人口(自治体標準 04)", "populations", lambda path, _: _of(read_standard(path)), lambda c, a, _: PopulationStore(c).load(a, read_standard(a.path))),
    GeoForm("population_towns", "町名・条丁目別人口", "populations", lambda path, code: _of(read_town_table(path, _stated(code, "この人口表"))), lambda c, a, code: PopulationStore(c).load(a, read_town_table(a.path, _stated(code, "この人口表")))),
    GeoForm("school_areas", "通学区域(自治体標準 17)", "town_districts", lambda path, code: _of(read_standard_17(path, code)), _load_towns(read_standard_17)),
    GeoForm("school_areas_pdf", "小・中学校区一覧表(PDF)", "town_districts", lambda path, _: _of(read_takamatsu_pdf(path)), _load_towns(lambda path, _: read_takamatsu_pdf(path))),
)  # fmt: skip
_BY_NAME = {form.name: form for form in FORMS}


def geo_form(path: Path, name: str | None = None) -> GeoForm | None:
    """The geo form of a file by its content, or by the name a clerk gave; None where it is another kind of list."""
    if name:
        return _BY_NAME.get(name)
    with path.open("rb") as file:
        head = file.read(400_000)
    if head.startswith(b"%PDF"):
        return (
            _BY_NAME["school_areas_pdf"]
            if "tsugaku" in path.name or "通学" in path.name or "校区" in path.name
            else None
        )
    if path.suffix.lower() == ".shp" or head.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"{" or _holds_shapes(path, head):
        return _of_columns(_shape_columns(path, head), b'"Point"' in head[:20_000] or "A27P" in path.name)
    return _of_table(path)


def _holds_shapes(path: Path, head: bytes) -> bool:
    if not head.startswith(b"PK\x03\x04"):
        return False
    with zipfile.ZipFile(path) as archive:
        return any(name.lower().endswith((".shp", ".geojson")) for name in archive.namelist())


def _shape_columns(path: Path, head: bytes) -> set[str]:
    if head.startswith(b"PK"):
        return next((layer.columns for layer in layers(path)), set())
    if path.suffix.lower() == ".shp":
        table = path.with_suffix(".dbf")
        head = table.read_bytes()[:8_000] if table.exists() else b""
    return {found.decode() for found in re.findall(rb"(?:A27|P29|N03|P05)_\d{3}|A27_P", head)}


def _of_columns(columns: set[str], points: bool) -> GeoForm | None:
    families = {name[:3] for name in columns}
    if "P29" in families or ("A27" in families and points):
        return _BY_NAME["schools"]
    if "A27" in families:
        return _BY_NAME["a27"]
    return _BY_NAME["n03"] if "N03" in families else None


def _of_table(path: Path) -> GeoForm | None:
    with open_tables(path) as opened:
        for table in opened.tables:
            header = set(table.header)
            if {"pref", "city", "town"} <= header or (
                {"都道府県名", "市区町村名"} <= header and any("大字" in name for name in header) and "緯度" in header
            ):
                return _BY_NAME["addresses"]
            if {"regionName", "totalPopulation"} <= header:
                return _BY_NAME["population_takamatsu"]
            if "地域名" in header and header & {"総人口", "人口総数"}:
                return _BY_NAME["population_standard"]
            if header & _TOWNS and header & _SCHOOLS and not header & {"緯度", "学校コード"}:
                return _BY_NAME["school_areas"]
    return None
