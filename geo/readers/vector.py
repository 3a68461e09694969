"""Opens foreign vector files (GeoJSON, Shapefile, zip of either) into plain features, each geometry checked.

GeoJSON is parsed by orjson and built ring by ring, because shapely's own parser ends the process on deep nesting.
"""

import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal

import geopandas
import orjson
import pyogrio
from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.errors import TableError
from geo.findings import Finding
from geo.readers.shapes import Shape, ShapeFault, ShapeLimits, checked_shape, shape_of

Properties = dict[str, Any]
_AS_IT_IS = {6668, 4612, 4326}  # the same to about a metre, and no better conversion without grid files
_MAX_FILE_BYTES = 400_000_000
_MAX_MEMBERS = 2_000
_SHAPEFILE = (".shp", ".shx", ".dbf", ".prj", ".cpg")


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature: `row_no` counts from 1 in its file; `shape` None where the geometry was refused (see `findings`)."""

    row_no: int
    properties: Properties
    shape: Shape | None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Layer:
    """The features of one file in EPSG:6668, and what holds for all of them."""

    name: str
    features: tuple[Feature, ...]
    findings: tuple[Finding, ...]

    @property
    def columns(self) -> set[str]:
        return set(self.features[0].properties) if self.features else set()


def layers(path: Path, limits: ShapeLimits | None = None) -> Iterator[Layer]:
    """Each layer of a .geojson, .json, .shp or .zip file; in a zip GeoJSON goes before a Shapefile of the same stem.

    Raises TableError, in Japanese, where the file as a whole cannot be used.
    """
    bounds = limits or ShapeLimits()
    if path.stat().st_size > _MAX_FILE_BYTES:
        raise TableError(
            f"{path.name}: ファイルが大きすぎます(上限{_MAX_FILE_BYTES // 1_000_000}MB)。県ごとのファイルを使ってください。"
        )
    with tempfile.TemporaryDirectory(prefix="vector-") as folder:
        if zipfile.is_zipfile(path):
            for member in _members(path, Path(folder)):
                yield _layer(member, bounds, Path(folder))
        else:
            yield _layer(path, bounds, Path(folder))


def _layer(path: Path, limits: ShapeLimits, folder: Path) -> Layer:
    if path.suffix.lower() in (".geojson", ".json"):
        return _geojson(path, limits)
    if path.suffix.lower() == ".shp":
        return _shapefile(path, limits, folder)
    raise TableError(
        f"{path.name}: GeoJSON・シェープファイル・zipのどれでもありません。公開元のファイルをそのまま渡してください。"
    )


# --- GeoJSON ---


def _geojson(path: Path, limits: ShapeLimits) -> Layer:
    text, findings = _decoded(path)
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise TableError(
            f"{path.name}: JSONとして読めません({error.lineno}行目)。ダウンロードし直してください。"
        ) from None
    members = document.get("features") if isinstance(document, dict) else None
    if not isinstance(members, list):
        raise TableError(f"{path.name}: GeoJSONのFeatureCollectionではありません。")
    crs, found = _crs(_crs_name(document.get("crs")) or "EPSG:6668", path.name)
    features = tuple(_feature(number, member, crs, limits) for number, member in enumerate(members, 1))
    return Layer(path.stem, features, (*findings, *found))


def _decoded(path: Path) -> tuple[str, list[Finding]]:
    raw = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    for codec in ("utf-8", "cp932"):
        try:
            text = raw.decode(codec)
        except UnicodeDecodeError:
            continue
        note = Finding(None, None, "encoding_cp932", "note", "UTF-8ではなくShift_JISとして読みました。")
        return text, [note] if codec == "cp932" else []
    message = "文字コードが壊れています。読めない文字は「�」に置き換えました。"
    return raw.decode("utf-8", "replace"), [Finding(None, None, "encoding_broken", "note", message)]


def _feature(number: int, member: Any, crs: CRS | None, limits: ShapeLimits) -> Feature:
    properties = member.get("properties") if isinstance(member, dict) else None
    properties = properties if isinstance(properties, dict) else {}
    try:
        shape, notes = shape_of(member.get("geometry") if isinstance(member, dict) else None, limits, crs)
    except ShapeFault as fault:
        return Feature(number, properties, None, (_refusal(number, fault),))
    return Feature(number, properties, shape, tuple(Finding(number, None, n.rule, "note", n.message) for n in notes))


def _refusal(number: int, fault: ShapeFault) -> Finding:
    return Finding(number, None, fault.rule, "refusal", fault.message)


def _crs_name(crs: Any) -> str | None:
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    return name if isinstance(name, str) else None


def _crs(text: str, file_name: str) -> tuple[CRS | None, list[Finding]]:
    """What to convert from, None where coordinates may stay as they are."""
    if text.endswith("CRS84"):
        return None, []
    try:
        crs = CRS.from_user_input(text)
    except CRSError:
        raise TableError(f"{file_name}: 座標系が分かりません({text[:60]!r})。") from None
    if (crs.to_epsg(min_confidence=60) or 0) in _AS_IT_IS:
        return None, []
    return crs, [Finding(None, None, "crs_converted", "note", f"座標系を{crs.name}からJGD2011に変換しました。")]


# --- Shapefile ---


def _shapefile(path: Path, limits: ShapeLimits, folder: Path) -> Layer:
    copy, findings = _copied(path, folder)
    encoding = None if copy.with_suffix(".cpg").exists() else _dbf_encoding(copy.with_suffix(".dbf"))
    try:
        pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": True})
        table = pyogrio.read_dataframe(copy, encoding=encoding, on_invalid="warn")
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, UnicodeDecodeError) as error:
        raise TableError(f"{path.name}: シェープファイルとして読めません({type(error).__name__})。") from None
    finally:
        pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": None})
    crs, found = (None, []) if table.crs is None else _crs(table.crs.to_wkt(), path.name)
    rows = table.drop(columns="geometry").astype(object).where(lambda frame: frame.notna(), None).to_dict("records")
    pairs = zip(rows, geopandas.GeoSeries(table.geometry), strict=True)
    features = tuple(_read(number, row, shape, crs, limits) for number, (row, shape) in enumerate(pairs, 1))
    return Layer(path.stem, features, (*findings, *found))


def _read(number: int, properties: Properties, shape: Any, crs: CRS | None, limits: ShapeLimits) -> Feature:
    try:
        checked, notes = checked_shape(shape, limits, crs)
    except ShapeFault as fault:
        return Feature(number, properties, None, (_refusal(number, fault),))
    return Feature(number, properties, checked, tuple(Finding(number, None, n.rule, "note", n.message) for n in notes))


def _copied(path: Path, folder: Path) -> tuple[Path, list[Finding]]:
    """The parts of a Shapefile under plain names in a folder of ours (GDAL rebuilds a missing .shx beside them)."""
    target = Path(tempfile.mkdtemp(dir=folder)) / "layer.shp"
    have = {part.suffix.lower(): part for part in path.parent.iterdir() if part.stem == path.stem}
    if ".dbf" not in have:
        raise TableError(f"{path.name}: 属性(.dbf)がありません。.shp・.dbf・.shxを一緒に渡してください。")
    for suffix in _SHAPEFILE:
        if suffix in have:
            shutil.copyfile(have[suffix], target.with_suffix(suffix))
    findings = []
    if ".prj" not in have:
        message = "座標系(.prj)がありません。JGD2000(EPSG:4612)とみなしました。"
        findings.append(Finding(None, None, "crs_assumed", "note", message))
    if ".shx" not in have:
        findings.append(Finding(None, None, "shx_rebuilt", "note", "索引(.shx)がないため、作り直して読みました。"))
    return target, findings


def _dbf_encoding(path: Path) -> Literal["utf-8", "cp932"]:
    """By the records themselves: without a .cpg neither GDAL nor the header's language byte can be trusted."""
    raw = path.read_bytes()
    try:
        raw[int.from_bytes(raw[8:10], "little") :].decode("utf-8")
    except UnicodeDecodeError:
        return "cp932"
    return "utf-8"


# --- zip ---


def _members(path: Path, folder: Path) -> list[Path]:
    try:
        return _unpacked(path, folder)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError):
        raise TableError(
            f"{path.name}: zipが壊れているか、パスワード付きです。ダウンロードし直してください。"
        ) from None


def _unpacked(path: Path, folder: Path) -> list[Path]:
    """The vector files of a zip, unpacked under names of ours; nested folders and cp932 names are usual."""
    with zipfile.ZipFile(path) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len(entries) > _MAX_MEMBERS or sum(entry.file_size for entry in entries) > _MAX_FILE_BYTES * 2:
            raise TableError(f"{path.name}: 展開すると大きすぎるzipです。必要なファイルだけを渡してください。")
        chosen = [_extracted(archive, entry, folder) for entry in entries if _is_part(entry)]
    by_stem: dict[str, Path] = {}
    for member in sorted(chosen, key=lambda part: part.suffix.lower() == ".shp"):
        if member.suffix.lower() in (".geojson", ".json", ".shp"):
            by_stem.setdefault(member.stem, member)
    if not by_stem:
        raise TableError(
            f"{path.name}: zipの中にGeoJSONもシェープファイルもありません。入れ子のzipは先に展開してください。"
        )
    return list(by_stem.values())


def _is_part(entry: zipfile.ZipInfo) -> bool:
    return PurePosixPath(_name(entry)).suffix.lower() in (".geojson", ".json", *_SHAPEFILE)


def _name(entry: zipfile.ZipInfo) -> str:
    """A member's name; without the UTF-8 flag it is read as cp932, as Windows writes it in Japan."""
    if entry.flag_bits & 0x800:
        return entry.filename
    return entry.orig_filename.encode("cp437", "replace").decode("cp932", "replace").replace("\\", "/")


def _extracted(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path) -> Path:
    """One member under its bare name in a folder of its own directory: a name cannot lead out of ours."""
    inner = PurePosixPath(_name(entry))
    target = folder / f"zip-{abs(hash(str(inner.parent))):x}" / inner.name
    target.parent.mkdir(exist_ok=True)
    with archive.open(entry) as source, target.open("wb") as sink:
        shutil.copyfileobj(source, sink)
    return target
