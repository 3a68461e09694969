import csv
from pathlib import Path

import pytest

from geo.codes import municipality_code
from geo.municipalities import municipality_name, municipality_named, without_county


@pytest.mark.parametrize(
    ("prefecture", "name", "code"),
    [
        ("東京都", "千代田区", "131016"),
        ("神奈川県", "横浜市鶴見区", "141011"),
        ("神奈川県", "愛甲郡愛川町", "144011"),
        ("神奈川県", "愛川町", "144011"),
        ("鹿児島県", "大島郡与論町", "465356"),
        ("東京都", "八丈島八丈町", "134015"),
        ("千葉県", "鎌ヶ谷市", "122246"),
        ("高知県", "高岡郡檮原町", "394050"),
        ("北海道", "古宇郡泊村", "014036"),
        ("静岡県", "浜松市天竜区", "221406"),
    ],
)
def test_a_municipality_is_known_by_its_name(prefecture: str, name: str, code: str) -> None:
    assert municipality_named(prefecture, name) == code


def test_an_unknown_name_or_code_is_unknown() -> None:
    assert municipality_named("東京都", "架空市") is None
    assert municipality_named("大阪府", "千代田区") is None
    assert municipality_name(municipality_code("012998")) is None


def test_a_code_leads_to_its_name_also_a_former_one() -> None:
    assert municipality_name(municipality_code("22131")) == "浜松市中区"
    assert municipality_name(municipality_code("222216")) == "湖西市"


@pytest.mark.parametrize("name", ["郡山市", "大和郡山市", "豊島区", "上郡町", "周防大島町", "郡上市"])
def test_a_name_with_a_county_sign_in_it_keeps_it(name: str) -> None:
    assert without_county(name) == name


def test_the_list_agrees_with_tokyos_own(realdata: Path) -> None:
    with (realdata / "13-tokyo" / "tokyo_lg_codes.csv").open(encoding="utf-8-sig") as file:
        official = {row["団体コード"]: row["市区町村名"] for row in csv.DictReader(file) if row["市区町村名"]}
    assert len(official) > 60
    assert {code: municipality_name(municipality_code(code)) for code in official} == official
