import gzip
import zipfile
from pathlib import Path

import pytest

from geo.errors import TableError
from geo.findings import Finding
from geo.gazetteer import Town
from geo.readers.address_tables import read_addresses

GEOLONIA = "pref,city,town,koaza,lat,lng\n架空県,架空市,（大字なし）,中通,35.1,139.1\n架空県,架空市,北町一丁目,,,\n"
GEOLONIA_LATEST = (
    "都道府県コード,都道府県名,市区町村コード,市区町村名,大字町丁目名,小字・通称名,緯度,経度,郵便番号\n"
    "13,東京都,13101,千代田区,紀尾井町,,35.68,139.73,102-0094\n"
)
OAZA = (
    '"都道府県コード","都道府県名","市区町村コード","市区町村名","大字町丁目コード","大字町丁目名","緯度","経度","原典資料コード","大字・字・丁目区分コード"\n'
    '"13","東京都","13101","千代田区","131010056000","紀尾井町","35.68","139.73","1","1"\n'
)
BLOCKS = (
    '"都道府県名","市区町村名","大字・丁目名","小字・通称名","街区符号・地番","座標系番号","Ｘ座標","Ｙ座標","緯度","経度","住居表示フラグ",'
    '"代表フラグ","更新前履歴フラグ","更新後履歴フラグ"\n'
    '"東京都","千代田区","紀尾井町","","1","9","-35000","-9000","35.68","139.73","1","1","0","0"\n'
    '"東京都","千代田区","紀尾井町","","1","9","-35000","-9000","35.681","139.731","1","0","0","0"\n'
    '"東京都","千代田区","紀尾井町","","2","9","-35000","-9000","35.682","139.732","1","1","0","3"\n'
)


def read(path: Path) -> list[Town | Finding]:
    return list(read_addresses(path))


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "addresses.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_the_older_geolonia_form(tmp_path: Path) -> None:
    with_koaza, without_point = read(written(tmp_path, GEOLONIA))
    assert with_koaza == Town("架空県", "架空市", None, "", "中通", lon=139.1, lat=35.1)
    assert without_point == Town("架空県", "架空市", None, "北町一丁目")


def test_the_newer_geolonia_form_has_codes_and_perhaps_postcodes(tmp_path: Path) -> None:
    [town] = read(written(tmp_path, GEOLONIA_LATEST))
    assert town == Town("東京都", "千代田区", "131016", "紀尾井町", "", "", "1020094", 139.73, 35.68)


@pytest.mark.parametrize("encoding", ["cp932", "utf-8-sig"])
def test_the_ministrys_towns(tmp_path: Path, encoding: str) -> None:
    [town] = read(written(tmp_path, OAZA, encoding))
    assert town == Town("東京都", "千代田区", "131016", "紀尾井町", lon=139.73, lat=35.68)


def test_of_the_ministrys_blocks_only_the_living_main_rows_count(tmp_path: Path) -> None:
    block, *refused = read(written(tmp_path, BLOCKS, "cp932"))
    assert isinstance(block, Town)
    assert (block.block, block.lat) == ("1", 35.68)
    assert [finding.rule for finding in refused if isinstance(finding, Finding)] == ["not_the_main_row"] * 2


def test_gzip_and_zip_are_read_alike(tmp_path: Path) -> None:
    packed = tmp_path / "towns.csv.gz"
    packed.write_bytes(gzip.compress(OAZA.encode("cp932")))
    zipped = tmp_path / "13000-17.0b.zip"
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("13000-17.0b/13_2023.csv", OAZA.encode("cp932"))
        archive.writestr("13000-17.0b/readme.txt", "")
    assert read(packed) == read(zipped) == read(written(tmp_path, OAZA))


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("架空県,,北町,,35,139", "municipality_missing"),
        ("架空県,架空市,北町,,139,35", "position_outside_japan"),
        ("架空県,架空市,北町,,35,", "position_outside_japan"),
        ("架空県,架空市,北町,,北緯,139", "position_outside_japan"),
    ],
)
def test_a_row_that_cannot_be_used_says_why(tmp_path: Path, row: str, rule: str) -> None:
    [finding] = read(written(tmp_path, f"pref,city,town,koaza,lat,lng\n{row}\n"))
    assert isinstance(finding, Finding)
    assert (finding.row_no, finding.rule, finding.severity) == (2, rule, "refusal")


@pytest.mark.parametrize("content", [b"", b"name,phone\n", b"\x81", b"\x1f\x8bbroken", b"PK\x05\x06" + b"\0" * 18])
def test_another_file_is_refused_as_a_whole(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.csv"
    path.write_bytes(content)
    with pytest.raises(TableError):
        read(path)


def test_all_japan_is_read_row_by_row(realdata: Path) -> None:
    rows = read(realdata / "address" / "geolonia_japanese_addresses_2024-01-15.csv.gz")
    towns = [row for row in rows if isinstance(row, Town)]
    assert len(rows) == len(towns) == 277_676
    assert sum(town.lon is None for town in towns) == 469
    assert not {town.municipality_name for town in towns if town.municipality_code is None}
