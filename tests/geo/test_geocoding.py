import csv
import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.addresses import town_key
from geo.codes import municipality_code
from geo.gazetteer import Gazetteer, Town
from geo.geocoding import Geocoded, Geocoder
from geo.points import LonLat, distance_m
from geo.readings import Hint

# A made-up country: two cities of one name, a county, a city of wards, a town of numbered parts only.
TOWNS = [
    Town("東京都", "府中市", "132063", "宮西町一丁目", lon=139.477, lat=35.669),
    Town("東京都", "府中市", "132063", "宮西町二丁目", lon=139.479, lat=35.670),
    Town("東京都", "府中市", "132063", "本町", lon=139.475, lat=35.667),
    Town("広島県", "府中市", "342084", "本町", lon=133.236, lat=34.568),
    Town("広島県", "府中市", "342084", "栄町", lon=133.240, lat=34.570),
    Town("福島県", "相馬郡新地町", "075612", "駒ケ嶺", "穴谷", lon=140.929, lat=37.844),
    Town("福島県", "相馬郡新地町", "075612", "谷地小屋", lon=140.92, lat=37.87),
    Town("兵庫県", "神戸市中央区", "281107", "明石町", lon=135.191, lat=34.688),
    Town("兵庫県", "神戸市西区", "281115", "栄町六丁目", lon=135.0, lat=34.7),
    Town("兵庫県", "神戸市西区", "281115", "本町", lon=135.01, lat=34.71),
    Town("兵庫県", "神戸市長田区", "281069", "本町", lon=135.15, lat=34.66),
    Town("兵庫県", "神戸市長田区", "281069", "川西通一丁目", lon=135.16, lat=34.66),
    Town("北海道", "札幌市北区", "011029", "北十六条西二丁目", lon=141.35, lat=43.08),
    Town("京都府", "京都市中京区", "261041", "一之船入町", lon=135.769, lat=35.012),
    Town("京都府", "京都市中京区", "261041", "河原町", lon=135.7, lat=35.0),
    Town("神奈川県", "横浜市緑区", None, "中山五丁目"),
]


@pytest.fixture(scope="module")
def geocoder() -> Geocoder:
    return Geocoder(Gazetteer(TOWNS), "架空の版")


def found(answer: Geocoded) -> tuple[str | None, str | None, str]:
    return answer.municipality_name, answer.town_name, answer.remainder


@pytest.mark.parametrize(
    ("address", "municipality", "town", "remainder"),
    [
        ("東京都府中市宮西町2丁目24番地", "府中市", "宮西町二丁目", "24番地"),
        ("東京都府中市宮西町２－２４ ビル 3F", "府中市", "宮西町二丁目", "24 ビル 3F"),
        ("〒183-0022 東京府中市宮西町二の24", "府中市", "宮西町二丁目", "24"),
        ("福島県新地町大字駒ケ嶺字穴谷3", "相馬郡新地町", "駒ケ嶺", "3"),
        ("福島県相馬郡新地町駒ヶ嶺 5-1", "相馬郡新地町", "駒ケ嶺", "5-1"),
        ("神戸市明石町1", "神戸市中央区", "明石町", "1"),
        ("神戸市川西通1-2", "神戸市長田区", "川西通一丁目", "2"),
        ("兵庫県神戸市葺合区明石町1", "神戸市中央区", "明石町", "1"),
        ("札幌市北区北１６西２－１－１", "札幌市北区", "北十六条西二丁目", "1-1"),
        ("京都府京都市中京区河原町二条下ル一之舟入町537-50", "京都市中京区", "一之船入町", "537-50"),
        ("府中市宮西町1-2", "府中市", "宮西町一丁目", "2"),
        ("福島県新地町谷地ヶ小屋12", "相馬郡新地町", "谷地小屋", "12"),
        ("谷地小屋12", "相馬郡新地町", "谷地小屋", "12"),
    ],
)
def test_an_address_is_found_however_it_is_written(
    geocoder: Geocoder, address: str, municipality: str, town: str, remainder: str
) -> None:
    answer = geocoder.geocode(address)
    assert found(answer) == (municipality, town, remainder)
    assert answer.level == "town"
    assert answer.point
    assert not answer.ambiguous


def test_two_municipalities_of_one_name_are_an_answer_of_its_own(geocoder: Geocoder) -> None:
    answer = geocoder.geocode("府中市本町1-2")
    assert answer.ambiguous
    assert (answer.level, answer.point, answer.prefecture_name) == ("none", None, None)
    assert {town.prefecture_name for town in answer.candidates} == {"東京都", "広島県"}


def test_a_town_of_two_wards_needs_its_ward(geocoder: Geocoder) -> None:
    answer = geocoder.geocode("神戸市本町1")
    assert {town.municipality_name for town in answer.candidates} == {"神戸市西区", "神戸市長田区"}
    assert (answer.level, answer.prefecture_name) == ("prefecture", "兵庫県")


def test_a_town_without_its_city_is_never_guessed(geocoder: Geocoder) -> None:
    """「栄町6-6」 may be 六丁目 of one 栄町 and 6番 of the other."""
    answer = geocoder.geocode("栄町6-6")
    assert answer.ambiguous
    assert {town.municipality_name for town in answer.candidates} == {"府中市", "神戸市西区"}


def test_the_file_may_tell_which_municipality_is_meant(geocoder: Geocoder) -> None:
    by_code = geocoder.geocode("本町1-2", Hint(municipality_code("34208")))
    by_name = geocoder.geocode("府中市本町1-2", Hint(None, "広島県", "府中市"))
    assert by_code.prefecture_name == by_name.prefecture_name == "広島県"
    assert "資料" in by_code.basis


def test_the_address_itself_wins_over_the_file(geocoder: Geocoder) -> None:
    answer = geocoder.geocode("東京都府中市宮西町1-2", Hint(municipality_code("34208")))
    assert (answer.prefecture_name, answer.municipality_code) == ("東京都", "132063")


def test_near_a_town_is_town_level_and_says_that_it_is_vague(geocoder: Geocoder) -> None:
    answer = geocoder.geocode("東京都府中市宮西町１丁目周辺")
    assert (answer.level, answer.vague, answer.remainder) == ("town", True, "周辺")


@pytest.mark.parametrize(
    ("address", "level"),
    [("東京都府中市第一小学校", "city"), ("東京都", "prefecture"), ("自宅", "none"), ("", "none"), ("神戸市", "city")],
)
def test_what_is_less_than_a_town_has_no_point(geocoder: Geocoder, address: str, level: str) -> None:
    answer = geocoder.geocode(address)
    assert (answer.level, answer.point) == (level, None)


def test_a_town_the_edition_has_no_point_for_keeps_its_name(geocoder: Geocoder) -> None:
    answer = geocoder.geocode("神奈川県横浜市緑区中山5-1")
    assert (answer.level, answer.town_name, answer.point) == ("city", "中山五丁目", None)
    assert "位置" in answer.basis


def test_a_town_written_without_its_number_is_its_middle(geocoder: Geocoder) -> None:
    answer = geocoder.geocode("東京都府中市宮西町")
    assert (answer.level, answer.town_name) == ("town", "宮西町")
    assert "真ん中" in answer.basis


def test_a_block_is_found_where_the_edition_has_blocks() -> None:
    blocks = [
        Town("東京都", "府中市", None, "宮西町二丁目", "", str(n), lon=139.47 + n / 1000, lat=35.67) for n in (1, 24)
    ]
    geocoder = Geocoder(Gazetteer(blocks), "街区")
    answer = geocoder.geocode("東京都府中市宮西町2-24-3")
    assert (answer.level, answer.block, answer.remainder) == ("block", "24", "3")
    assert answer.point == LonLat(139.494, 35.67)
    assert geocoder.geocode("東京都府中市宮西町2-99").level == "town"


@given(
    st.text()
    | st.lists(st.sampled_from([*"府中市本町宮西1２一二丁目-ー字", "神戸市", "東京都", "上ル", "区"])).map("".join)
)
def test_any_text_has_an_answer(text: str) -> None:
    answer = Geocoder(Gazetteer(TOWNS), "").geocode(text)
    assert (answer.point is not None) == (answer.level in ("town", "block"))
    assert not (answer.ambiguous and answer.point)


def test_many_addresses_are_answered_in_order(geocoder: Geocoder) -> None:
    addresses = ["東京都府中市本町1", "自宅", "東京都府中市本町1"]
    assert geocoder.geocode_many(addresses) == [geocoder.geocode(address) for address in addresses]


# The independent vectors, all of them.


def all_japan(realdata: Path) -> Iterator[Town]:
    with gzip.open(
        realdata / "address" / "geolonia_japanese_addresses_2024-01-15.csv.gz", "rt", encoding="utf-8-sig"
    ) as file:
        for row in csv.DictReader(file):
            point = {"lon": float(row["lng"]), "lat": float(row["lat"])} if row["lng"] else {}
            yield Town(row["pref"], row["city"], None, row["town"], row["koaza"], **point)


@pytest.fixture(scope="module")
def japan(realdata: Path) -> Geocoder:
    return Geocoder(Gazetteer(all_japan(realdata)), "Geolonia 2024-01-15")


@pytest.fixture(scope="module")
def vectors(realdata: Path) -> list[dict[str, str]]:
    with (realdata / "address" / "normalize-japanese-addresses_test_addresses.csv").open(encoding="utf-8-sig") as file:
        return [row for row in csv.DictReader(file) if int(row["レベル"]) >= 3]


def is_right(row: dict[str, str], answer: Geocoded) -> bool:
    """The vector's municipality and town, spelling apart; its town may include the 小字."""
    names = {answer.town_name or "", (answer.town_name or "") + (answer.koaza_name or "")}
    place = town_key(f"{answer.prefecture_name}{answer.municipality_name}")
    return town_key(row["都道府県"] + row["市区町村"]) == place and town_key(row["町字"]) in map(town_key, names)


def test_at_least_99_percent_of_the_vectors_get_the_right_town(japan: Geocoder, vectors: list[dict[str, str]]) -> None:
    answers = [(row, japan.geocode(row["住所"])) for row in vectors]
    right = sum(is_right(row, answer) for row, answer in answers)
    print(f"normalize-japanese-addresses: {right} of {len(vectors)} = {right / len(vectors):.2%}")
    assert len(vectors) > 3500
    assert right >= 0.99 * len(vectors)
    assert not [row["住所"] for row, answer in answers if answer.prefecture_name not in (None, row["都道府県"])]


def test_the_points_of_the_vectors_are_near_ours(japan: Geocoder, vectors: list[dict[str, str]]) -> None:
    """Theirs are often the house, ours the middle of the town."""
    far = []
    for row in vectors:
        answer = japan.geocode(row["住所"])
        if answer.point and row["位置情報レベル"] in ("3", "8"):
            lon, lat = map(float, row["緯度経度"].split(","))
            far.append(distance_m(answer.point, LonLat(lon, lat)) > 2_000)
    assert len(far) > 3000
    assert sum(far) < 0.01 * len(far)


@pytest.mark.parametrize("left_out", ["都道府県", "都道府県市区町村"])
def test_with_parts_left_out_no_wrong_municipality_is_told(
    japan: Geocoder, vectors: list[dict[str, str]], left_out: str
) -> None:
    wrong, right = [], 0
    for row in vectors:
        prefix = row["都道府県"] + (row["市区町村"] if "市区" in left_out else "")
        if row["住所"].startswith(prefix):
            answer = japan.geocode(row["住所"].removeprefix(prefix))
            right += is_right(row, answer)
            told = town_key(f"{answer.prefecture_name}{answer.municipality_name}")
            if answer.level in ("town", "block") and told != town_key(row["都道府県"] + row["市区町村"]):
                wrong.append(row["住所"])
    print(f"without {left_out}: {right} right, {len(wrong)} wrong")
    assert not wrong
    assert right > (3500 if left_out == "都道府県" else 2000)


@pytest.mark.parametrize(("folder", "at_least"), [("basic-test-cases", 24), ("sapporo-schools", 21)])
def test_the_vectors_of_the_address_base_registry(japan: Geocoder, realdata: Path, folder: str, at_least: int) -> None:
    cases = json.loads((realdata / "address" / "abr-geocoder-e2e" / folder / "expects.json").read_text("utf-8"))
    right = 0
    for case in cases:
        want, answer = case["result"], japan.geocode(case["query"]["input"])
        city, town = (
            "".join(filter(None, map(want.get, keys))) for keys in (("county", "city", "ward"), ("oaza_cho", "chome"))
        )
        same_town = town_key(answer.town_name or "") == town_key(town)
        right += same_town and (answer.prefecture_name, answer.municipality_name) == (want["pref"], city)
        wrong_prefecture = answer.prefecture_name not in (None, want["pref"])
        assert not wrong_prefecture, case["query"]["input"]
    print(f"abr-geocoder {folder}: {right} of {len(cases)}")
    assert right >= at_least
