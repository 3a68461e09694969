import io
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import geopandas
import orjson
import pytest
import shapely

from geo.errors import TableError
from geo.readers.a27 import DistrictFile, read_districts
from geo.readers.shapes import UPLOADED

BOX = [[[137.5, 34.7], [137.51, 34.7], [137.51, 34.71], [137.5, 34.71], [137.5, 34.7]]]
NEXT_BOX = [[[137.51, 34.7], [137.52, 34.7], [137.52, 34.71], [137.51, 34.71], [137.51, 34.7]]]
BOW_TIE = [[[137.5, 34.7], [137.51, 34.71], [137.51, 34.7], [137.5, 34.71], [137.5, 34.7]]]
OLD = {"A27_005": "22221", "A27_006": "湖西市立", "A27_007": "白須賀小学校", "A27_008": "湖西市白須賀"}
NEW = {
    "A27_001": "13105",
    "A27_002": "文京区立",
    "A27_003": "B113210500019",
    "A27_004": "礫川小学校",
    "A27_005": "文京区",
}


def feature(properties: dict[str, Any], coordinates: Any = BOX, kind: str = "Polygon") -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}}


def written(folder: Path, *features: Any, crs: str | None = None) -> Path:
    document: dict[str, Any] = {"type": "FeatureCollection", "features": list(features)}
    if crs:
        document["crs"] = {"type": "name", "properties": {"name": crs}}
    path = folder / "districts.geojson"
    path.write_bytes(orjson.dumps(document))
    return path


def rules(file: DistrictFile) -> Counter[str]:
    return Counter(finding.rule for finding in file.findings)


def test_the_schema_of_2010_and_2016(tmp_path: Path) -> None:
    [district] = read_districts(written(tmp_path, feature(OLD))).districts
    assert (district.name, district.municipality_code, district.school_code) == ("白須賀小学校", "222216", None)


def test_the_schema_of_2021_and_2023_has_the_school_code(tmp_path: Path) -> None:
    [district] = read_districts(written(tmp_path, feature(NEW))).districts
    assert (district.name, district.municipality_code, district.school_code) == (
        "礫川小学校",
        "131059",
        "B113210500019",
    )


def test_several_features_of_one_school_are_dissolved_and_noted(tmp_path: Path) -> None:
    file = read_districts(written(tmp_path, feature(OLD), feature(OLD | {"A27_007": "白須賀小"}, NEXT_BOX)))
    [district] = file.districts
    assert district.row_nos == (1, 2)
    assert district.area.equals(shapely.box(137.5, 34.7, 137.52, 34.71))
    assert rules(file) == {"dissolved": 1}
    assert (file.counts.rows_in, file.counts.accepted) == (2, 2)


def test_an_invalid_polygon_is_repaired_and_said_so(tmp_path: Path) -> None:
    file = read_districts(written(tmp_path, feature(OLD, BOW_TIE)))
    assert file.districts[0].area.is_valid
    assert rules(file) == {"geometry_repaired": 1}


def test_one_broken_feature_does_not_cost_the_others(tmp_path: Path) -> None:
    file = read_districts(written(tmp_path, feature(OLD), feature(OLD | {"A27_005": "99999"}), feature(OLD, [])))
    assert (file.counts.accepted, file.counts.refused) == (1, 2)
    assert {finding.row_no for finding in file.findings if finding.severity == "refusal"} == {2, 3}


DEEP: Any = [137.5, 34.7]
for _ in range(200):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    ("coordinates", "rule"),
    [
        ([[[139.0, 95.0]] * 4], "position_outside_japan"),
        ([[[y, x] for x, y in BOX[0]]], "position_swapped"),
        ([[[137.5, 34.7], [137.51, 34.7]]], "geometry_unreadable"),
        ([[[137.5, "34.7"]] * 4], "geometry_unreadable"),
        ([[[137.5, None]] * 4], "geometry_unreadable"),
        ([[[137.5, True]] * 4], "geometry_unreadable"),
        ([[[[137.5, 34.7]]] * 4], "geometry_unreadable"),
        (DEEP, "geometry_unreadable"),
        ([[[1e308 * 10, 34.7]] * 4], "geometry_unreadable"),
        ([[[137.5, 34.7]] * 4], "geometry_collapsed"),
        (None, "geometry_kind"),
        (17, "geometry_kind"),
    ],
)
def test_hostile_coordinates_are_refused_with_a_reason(tmp_path: Path, coordinates: Any, rule: str) -> None:
    file = read_districts(written(tmp_path, feature(OLD), feature(OLD, coordinates)))
    assert (file.counts.accepted, file.counts.refused) == (1, 1)
    assert rules(file) == {rule: 1}


def test_uploads_may_have_no_more_than_five_thousand_vertices(tmp_path: Path) -> None:
    ring = [[137.5 + i / 1e6, 34.7] for i in range(6000)] + [[137.5, 34.71], [137.5, 34.7]]
    path = written(tmp_path, feature(OLD, [ring]), feature(NEW | OLD))
    assert rules(read_districts(path, UPLOADED)) == {"too_many_vertices": 1}
    assert "too_many_vertices" not in rules(read_districts(path))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[" * 100_000,
        b'{"type": "FeatureCollection"}',
        b'{"type": "FeatureCollection", "features": [1, null, "x"]}',
        b'{"type": "FeatureCollection", "features": []}',
        "名称,位置\n".encode("cp932"),
        b"\xff\xfe\x00",
    ],
)
def test_a_file_that_is_no_district_map_is_refused_as_a_whole(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.geojson"
    path.write_bytes(content)
    with pytest.raises(TableError, match=r"x\.geojson"):
        read_districts(path)


def test_coordinates_of_the_old_tokyo_datum_are_converted(tmp_path: Path) -> None:
    file = read_districts(written(tmp_path, feature(OLD), crs="urn:ogc:def:crs:EPSG::4301"))
    west, south, _, _ = file.districts[0].area.bounds
    assert (west, south) == pytest.approx((137.5 - 0.0031, 34.7 + 0.0032), abs=0.0005)
    assert "crs_converted" in rules(file)


def shapefile(folder: Path, **options: Any) -> Path:
    """A Shapefile as the publisher makes it: cp932 without .cpg, no .prj."""
    frame = geopandas.GeoDataFrame([OLD], geometry=[shapely.box(137.5, 34.7, 137.51, 34.71)])
    path = folder / "A27-10_22-g_SchoolDistrict.shp"
    frame.to_file(path, encoding="cp932", **options)
    path.with_suffix(".cpg").unlink()
    return path


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_shapefile_in_cp932_without_prj_or_shx(tmp_path: Path) -> None:
    path = shapefile(tmp_path)
    path.with_suffix(".shx").unlink()
    file = read_districts(path)
    assert [district.name for district in file.districts] == ["白須賀小学校"]
    assert rules(file) == {"crs_assumed": 1, "shx_rebuilt": 1}
    assert not path.with_suffix(".shx").exists()


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_shapefile_without_its_attributes_is_refused(tmp_path: Path) -> None:
    path = shapefile(tmp_path)
    path.with_suffix(".dbf").unlink()
    with pytest.raises(TableError, match="dbf"):
        read_districts(path)


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_zip_with_nested_folders_and_cp932_names(tmp_path: Path) -> None:
    path, packed = shapefile(tmp_path), tmp_path / "A27-10_22_GML.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("A27/readme.txt", "x")
        for part in tmp_path.glob("A27-10_22-g*"):
            # 「小学校区」 in cp932 as Windows writes it: bytes that zipfile shows as cp437, without the UTF-8 flag
            name = f"A27-10/小学校区/{part.name}".encode("cp932").decode("cp437")
            entry = zipfile.ZipInfo("placeholder")
            entry.filename = name
            archive.writestr(_Cp437(entry), part.read_bytes())
    assert [district.name for district in read_districts(packed).districts] == ["白須賀小学校"]
    assert path.exists()


class _Cp437(zipfile.ZipInfo):
    """An entry that keeps its name's bytes."""

    def __init__(self, entry: zipfile.ZipInfo) -> None:
        super().__init__()
        self.filename = entry.filename

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - zipfile's own name
        return self.filename.encode("cp437"), self.flag_bits


def test_names_in_a_zip_cannot_lead_out_of_our_folder(tmp_path: Path) -> None:
    packed, outside = tmp_path / "x.zip", tmp_path / "escaped.geojson"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(f"../../../../../..{outside}", orjson.dumps({"type": "FeatureCollection", "features": []}))
        archive.writestr("A27.geojson", orjson.dumps({"type": "FeatureCollection", "features": [feature(OLD)]}))
    assert len(read_districts(packed).districts) == 1
    assert not outside.exists()


def test_a_zip_that_grows_too_much_is_refused(tmp_path: Path) -> None:
    packed = tmp_path / "bomb.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("A27.geojson", b"")
        archive.infolist()[0].file_size = 10**10
    with pytest.raises(TableError, match="zip"):
        read_districts(packed)


def test_a_damaged_zip_is_refused(tmp_path: Path) -> None:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("A27.geojson", orjson.dumps({"type": "FeatureCollection", "features": [feature(OLD)] * 50}))
    damaged = bytearray(whole.getvalue())
    damaged[60:90] = bytes(30)
    (tmp_path / "x.zip").write_bytes(damaged)
    with pytest.raises(TableError, match=r"x\.zip"):
        read_districts(tmp_path / "x.zip")


# --- real files ---

Expected = tuple[int, int]
REAL: dict[str, Expected] = {
    "13-tokyo/districts/13105_bunkyo_A27-23_3of20.geojson": (3, 3),
    "13-tokyo/districts/13107_sumida_A27-10.geojson": (26, 26),
    "13-tokyo/districts/13201_hachioji_A27-16.geojson": (69, 69),
    "13-tokyo/districts/13210_koganei_A27-10.geojson": (10, 9),
    "14-kanagawa/A27-10_14-g_SchoolDistrict.shp": (886, 854),
    "22221-kosai/school.repaired.geojson": (6, 6),
}


@pytest.mark.parametrize("name", REAL)
def test_every_real_district_file_loads_whole(realdata: Path, name: str) -> None:
    file = read_districts(realdata / name)
    assert (file.counts.rows_in, len(file.districts)) == REAL[name]
    assert file.counts.accepted == file.counts.rows_in
    assert all(district.area.is_valid and not district.area.is_empty for district in file.districts)


def test_the_mojibake_file_is_refused_row_by_row_with_the_reason(realdata: Path) -> None:
    file = read_districts(realdata / "22221-kosai/school.original-mojibake.geojson")
    assert (file.counts.rows_in, file.counts.accepted, file.counts.refused) == (6, 0, 6)
    assert rules(file) == {"name_garbled": 6}
    assert all("文字化け" in finding.message for finding in file.findings)


def test_the_real_kanagawa_file_loads_from_a_nested_zip_without_shx(realdata: Path, tmp_path: Path) -> None:
    packed = tmp_path / "A27-10_14_GML.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for suffix in ("shp", "dbf"):
            name = f"A27-10_14-g_SchoolDistrict.{suffix}"
            archive.write(realdata / "14-kanagawa" / name, f"A27-10_14_GML/{name}")
    file = read_districts(packed)
    assert (file.counts.accepted, len(file.districts)) == (886, 854)
    assert {"crs_assumed", "shx_rebuilt"} <= rules(file).keys()


@pytest.mark.parametrize(
    "name", ["22221-kosai/spot.geojson", "13-tokyo/districts/13201_hachioji_N03.geojson", "README.md"]
)
def test_files_of_other_kinds_are_refused_as_a_whole(realdata: Path, name: str) -> None:
    with pytest.raises(TableError):
        read_districts(realdata / name)
