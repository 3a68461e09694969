from datetime import date
from pathlib import Path

import orjson
import pytest

from geo.codes import MunicipalityCode
from geo.errors import TableError
from geo.meshes import MeshCode, mesh_polygon
from geo.readers.populations import PopulationFile, read_mesh500, read_standard, read_takamatsu, read_town_table

SAPPORO_CHUO = MunicipalityCode("011011")


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "people.csv"
    path.write_bytes(text.encode(encoding))
    return path


def rules(file: PopulationFile) -> list[str]:
    return [finding.rule for finding in file.findings]


STANDARD = (
    "全国地方公共団体コード,地域コード,地方公共団体名,調査年月日,地域名,総人口,男性,女性,"
    "0-4歳の男性,0-4歳の女性,85歳以上の男性,85歳以上の女性,世帯数,備考\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_the_standard_sheet_is_read_by_its_column_names(tmp_path: Path, encoding: str) -> None:
    row = '222216,,湖西市,2026-03-01,新居町新居,"1,000",480,520,240,260,240,260,400,\n'
    [area] = read_standard(written(tmp_path, STANDARD + row, encoding)).areas
    assert (area.name, area.municipality_code, area.total, area.male, area.female) == (
        "新居町新居",
        "222216",
        1000,
        480,
        520,
    )
    assert area.age_bands == {"0-4": 500, "85+": 500}
    assert area.as_of == date(2026, 3, 1)


def test_no_row_vanishes_and_each_refusal_has_its_reason(tmp_path: Path) -> None:
    rows = (
        "222216,,湖西市,2026/3/1,甲町,10,4,6,4,6,0,0,3,\n"
        "222216,,湖西市,2026/3/1,甲町,10,4,6,4,6,0,0,3,\n"
        "222216,,湖西市,2026/3/1,,10,4,6,4,6,0,0,3,\n"
        "999999,,湖西市,2026/3/1,乙町,10,4,6,4,6,0,0,3,\n"
        "222216,,湖西市,2026/3/1,丙町,不明,4,6,4,6,0,0,3,\n"
        ",,,,,,,,,,,,,\n"
        "222216,,湖西市,2026/3/1,丁町,10,4,6,4,X,0,0,3,\n"
    )
    file = read_standard(written(tmp_path, STANDARD + rows))
    assert (file.counts.rows_in, file.counts.accepted, file.counts.refused) == (6, 2, 4)
    assert {f.row_no: f.rule for f in file.findings if f.severity == "refusal"} == {
        3: "duplicate",
        4: "name_missing",
        5: "municipality_code",
        6: "total_missing",
    }
    assert [f.rule for f in file.findings if f.row_no == 8] == ["people_unknown", "bands_differ"]


def test_a_file_without_a_header_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="見出し"):
        read_standard(written(tmp_path, "a,b\n1,2\n"))


def test_a_town_table_by_ward_and_jochome_leaves_out_subtotals(tmp_path: Path) -> None:
    text = (
        "住民基本台帳人口(町名・条丁目別),,,,,,,,\n"
        "区,町名・条丁目,世帯数,総数,男,女,0~4歳(年少人口),5~64歳,65歳以上(老年人口),年少人口の割合(%)\n"
        "全市,全市,9,30,14,16,3,20,7,10\n"
        "中央区,中央区計,9,30,14,16,3,20,7,10\n"
        "中央区,大通西１丁目,5,20,9,11,2,13,5,10\n"
        "中央区,大通西２丁目,4,10,5,5,1,7,2,10\n"
    )
    file = read_town_table(written(tmp_path, text, "cp932"), SAPPORO_CHUO)
    assert [(area.name, area.total) for area in file.areas] == [("大通西1丁目", 20), ("大通西2丁目", 10)]
    assert file.areas[0].age_bands == {"0-4": 2, "5-64": 13, "65+": 5}
    assert (file.areas[0].male, file.areas[0].area_key) == (9, "中央区大通西1丁目")
    assert rules(file) == ["subtotal", "subtotal"]
    assert file.counts.complete


def squares(folder: Path, *properties: dict[str, object]) -> Path:
    path = folder / "500m_mesh_2024_22.geojson"
    ring = [list(position) for position in mesh_polygon(MeshCode("523705001")).exterior.coords]
    features = [
        {"type": "Feature", "properties": each, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for each in properties
    ]
    path.write_bytes(orjson.dumps({"type": "FeatureCollection", "features": features}))
    return path


SQUARE = {"MESH_ID": 523705001, "SHICODE": 22221, "PTN_2025": 100.5, "PTA_2025": 10, "PTC_2025": 40.5, "PTD_2025": 25}


def test_a_mesh_square_has_bands_that_do_not_overlap(tmp_path: Path) -> None:
    [area] = read_mesh500(squares(tmp_path, SQUARE), 2025).areas
    assert area.age_bands == {"0-14": 10, "15-64": 50, "65-74": 15.5, "75+": 25}
    assert sum(area.age_bands.values()) == area.total == 100.5
    assert area.municipality_code == "222216"
    assert area.area is not None
    assert area.area.equals(mesh_polygon(MeshCode("523705001")))


def test_a_square_in_two_municipalities_is_two_areas(tmp_path: Path) -> None:
    assert len(read_mesh500(squares(tmp_path, SQUARE, SQUARE | {"SHICODE": "22130"}), 2025).areas) == 2


def test_a_year_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="2025"):
        read_mesh500(squares(tmp_path, SQUARE), 1999)


def test_takamatsus_csv_with_its_linkdata_header(realdata: Path) -> None:
    file = read_takamatsu(realdata / "37201-takamatsu/population/0066_202303.with-linkdata-header.csv")
    assert (len(file.areas), file.counts.refused) == (235, 0)
    assert file.areas[0].point is not None
    assert file.areas[0].as_of == date(2023, 3, 1)
    assert rules(file) == []


def test_takamatsus_garbled_workbook_is_refused_with_a_clear_reason(realdata: Path) -> None:
    with pytest.raises(TableError, match="文字化け"):
        read_takamatsu(realdata / "37201-takamatsu/population/0066_202305.mojibake.xlsx")
