from pathlib import Path
from typing import Any

import orjson
import psycopg
import pytest

from geo.editions import Source
from geo.errors import TableError
from geo.readers.boundaries import read_boundaries
from geo.readers.schools import read_schools
from geo.store.loading import Arrival, load_municipalities, load_schools

KSJ = Source("test-ksj", "国土数値情報", "国土交通省", "国土数値情報利用規約", "国土数値情報", "conditional")
POINT = {"type": "Point", "coordinates": [139.75, 35.7]}
P29 = {
    "P29_001": "13105", "P29_002": "B113210500019", "P29_003": 16001, "P29_004": "礫川小学校", "P29_005": "小石川2-13-2",
    "P29_006": 3, "P29_007": 1, "P29_008": "00", "P29_009": None,
}  # fmt: skip
P29_OF_2013 = {
    "P29_001": "13105", "P29_002": "16", "P29_003": "16001", "P29_004": "16001", "P29_005": "礫川小学校",
    "P29_006": "小石川2-13-2", "P29_007": "3",
}  # fmt: skip


def written(folder: Path, *rows: tuple[dict[str, Any], Any]) -> Path:
    features = [{"type": "Feature", "properties": properties, "geometry": shape} for properties, shape in rows]
    path = folder / "x.geojson"
    path.write_bytes(orjson.dumps({"type": "FeatureCollection", "features": features}))
    return path


def test_schools_of_2021_have_code_kind_and_whether_they_are_closed(tmp_path: Path) -> None:
    [school] = read_schools(written(tmp_path, (P29, POINT))).schools
    assert (school.name, school.level, school.closed) == ("礫川小学校", "primary", False)
    assert (school.school_code, school.municipality_code) == ("B113210500019", "131059")


@pytest.mark.parametrize(("kind", "level"), [(16014, "compulsory"), (16002, "other"), (16012, "other")])
def test_the_kind_of_school_is_kept(tmp_path: Path, kind: int, level: str) -> None:
    [school] = read_schools(written(tmp_path, (P29 | {"P29_003": kind, "P29_007": 2}, POINT))).schools
    assert (school.level, school.closed) == (level, True)


def test_whether_an_unasked_school_is_closed_is_unknown(tmp_path: Path) -> None:
    assert read_schools(written(tmp_path, (P29 | {"P29_007": 0}, POINT))).schools[0].closed is None


def test_schools_of_2013_have_their_columns_elsewhere(tmp_path: Path) -> None:
    without_class = {key: value for key, value in P29_OF_2013.items() if key != "P29_003"} | {"P29_003": "99"}
    [school] = read_schools(written(tmp_path, (without_class, POINT))).schools
    assert (school.name, school.level, school.address, school.closed) == ("礫川小学校", "primary", "小石川2-13-2", None)


def test_a_school_listed_twice_is_kept_once_and_noted(tmp_path: Path) -> None:
    file = read_schools(written(tmp_path, (P29, POINT), (P29, POINT), (P29 | {"P29_004": ""}, POINT)))
    assert len(file.schools) == 1
    assert [f.rule for f in file.findings] == ["duplicate", "name_unreadable"]
    assert (file.counts.accepted, file.counts.refused) == (2, 1)


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("13-tokyo/districts/A27P-16_13_schoolpoints.geojson", 1156),
        ("13-tokyo/districts/13201_hachioji_schools_loc.geojson", 70),
    ],
)
def test_the_real_school_points_load(database: psycopg.Connection, realdata: Path, name: str, rows: int) -> None:
    loaded = load_schools(database, Arrival(realdata / name, KSJ, "13", "A27P-16"))
    assert (loaded.edition.rows_in, loaded.edition.rows_accepted) == (rows, rows)


def area(west: float) -> dict[str, Any]:
    ring = [[west, 35.0], [west + 0.1, 35.0], [west + 0.1, 35.1], [west, 35.1], [west, 35.0]]
    return {"type": "Polygon", "coordinates": [ring]}


def n03(code: str | None, *names: str | None) -> dict[str, Any]:
    return dict(zip(("N03_001", "N03_002", "N03_003", "N03_004", "N03_005"), names, strict=False)) | {"N03_007": code}


def test_names_carry_their_county_or_city_and_islands_are_dissolved(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        (n03("14401", "神奈川県", None, "愛甲郡", "愛川町"), area(139)),
        (n03("14401", "神奈川県", None, "愛甲郡", "愛川町"), area(139.5)),
        (n03("14101", "神奈川県", None, "横浜市", "鶴見区"), area(140)),
        (n03("14102", "神奈川県", None, None, "横浜市", "神奈川区"), area(140.2)),
        (n03("13402", "東京都", None, "八丈支庁", "青ヶ島村"), area(140.4)),
        (n03(None, "東京都", None, None, "所属未定地"), area(140.6)),
    )
    file = read_boundaries(path)
    assert {m.municipality_code: m.name for m in file.municipalities} == {
        "144011": "愛甲郡愛川町",
        "141011": "横浜市鶴見区",
        "141020": "横浜市神奈川区",
        "134023": "青ヶ島村",
    }
    assert len(file.municipalities[0].boundary.geoms) == 2
    assert [(f.row_no, f.rule) for f in file.findings] == [(6, "municipality_code")]


@pytest.mark.parametrize(("prefecture", "municipalities"), [("13", 62), ("14", 58), ("22", 43), ("37", 17), ("47", 41)])
def test_the_real_boundaries_load(
    database: psycopg.Connection, realdata: Path, prefecture: str, municipalities: int
) -> None:
    path = realdata / f"n03/N03-21_{prefecture}_210101.json"
    loaded = load_municipalities(database, Arrival(path, KSJ, prefecture, "N03-21"))
    count = database.execute("SELECT count(*) FROM geo.current_municipality").fetchone()
    assert count == (municipalities,)
    assert loaded.edition.rows_in == loaded.edition.rows_accepted + loaded.edition.rows_refused


@pytest.mark.parametrize("read", [read_schools, read_boundaries])
def test_another_kind_of_file_is_refused(tmp_path: Path, read: Any) -> None:
    with pytest.raises(TableError, match=r"x\.geojson"):
        read(written(tmp_path, ({"name": "x"}, POINT)))
