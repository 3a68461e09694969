"""The official files: boundary, school districts, schools, towns, the town→school table, population."""

from pathlib import Path

import shapely

from demo_town.ground import CITY, CODE, PREFECTURE, District, degrees, ring, rng, whole
from demo_town.writing import column_names, feature, write_csv, write_geojson

_BANDS = [f"{low}-{low + 4}歳" for low in range(0, 85, 5)] + ["85歳以上"]
# People of each band, as weights: an old centre, young new-town, mixed suburb, very old countryside.
_AGES = {
    "centre": (3, 3, 3, 4, 5, 5, 4, 5, 5, 6, 6, 6, 6, 7, 9, 9, 7, 7),
    "newtown": (9, 10, 9, 6, 3, 4, 8, 11, 11, 8, 5, 3, 3, 3, 3, 2, 1, 1),
    "suburb": (4, 4, 5, 5, 4, 4, 5, 5, 6, 7, 7, 6, 6, 7, 8, 7, 5, 5),
    "rural": (1, 2, 2, 3, 2, 2, 2, 3, 3, 4, 5, 6, 8, 10, 13, 13, 11, 10),
}
_PEOPLE = {"centre": (500, 1_150), "newtown": (620, 1_150), "suburb": (430, 980), "rural": (60, 380)}


def write_all(folder: Path, districts: list[District]) -> None:
    _boundary(folder, districts)
    _districts(folder, districts)
    _schools(folder, districts)
    _towns(folder, districts)
    _town_schools(folder, districts)
    _population(folder, districts)


def _boundary(folder: Path, districts: list[District]) -> None:
    city = whole(shapely.union_all([shapely.Polygon(ring(district.area)) for district in districts], grid_size=1e-6))
    corners = [[round(x, 6), round(y, 6)] for x, y in city.exterior.coords]
    codes = {"N03_001": PREFECTURE, "N03_002": None, "N03_003": None, "N03_004": CITY, "N03_007": CODE[:5]}
    write_geojson(folder / "N03_boundary.geojson", "N03-架空", [feature(codes, "Polygon", [corners])])


def _address(district: District) -> str:
    return f"{CITY}{district.towns[0].name}1-1"


def _districts(folder: Path, districts: list[District]) -> None:
    write_geojson(
        folder / "A27_school_districts.geojson",
        "A27-架空",
        [
            feature(
                {
                    "A27_001": CODE[:5], "A27_002": f"{CITY}立", "A27_003": district.school_code,
                    "A27_004": district.name, "A27_005": _address(district),
                },
                "Polygon",
                [ring(district.area)],
            )
            for district in districts
        ],
    )  # fmt: skip


def _schools(folder: Path, districts: list[District]) -> None:
    write_geojson(
        folder / "P29_schools.geojson",
        "P29-架空",
        [
            feature(
                {
                    "P29_001": CODE[:5], "P29_002": district.school_code, "P29_003": "16001", "P29_004": district.name,
                    "P29_005": _address(district), "P29_006": 3, "P29_007": 0, "P29_008": 1, "P29_009": None,
                },
                "Point",
                list(degrees(district.school)),
            )
            for district in districts
        ],
    )  # fmt: skip


def _towns(folder: Path, districts: list[District]) -> None:
    columns = column_names(
        "都道府県コード,都道府県名,都道府県名カナ,都道府県名ローマ字,市区町村コード,市区町村名,市区町村名カナ,市区町村名ローマ字,"
        "大字町丁目名,大字町丁目名カナ,大字町丁目名ローマ字,小字・通称名,緯度,経度,郵便番号"
    )
    rows = []
    for town in (town for district in districts for town in district.towns):
        longitude, latitude = degrees(town.point)
        rows.append(
            {
                "都道府県コード": CODE[:2], "都道府県名": PREFECTURE, "都道府県名カナ": "ホッカイドウ", "都道府県名ローマ字": "HOKKAIDO",
                "市区町村コード": CODE[:5], "市区町村名": CITY, "市区町村名カナ": "カクウハマナスシ",
                "市区町村名ローマ字": "KAKU HAMANASU SHI", "大字町丁目名": town.name, "大字町丁目名カナ": town.kana,
                "緯度": f"{latitude:.6f}", "経度": f"{longitude:.6f}", "郵便番号": town.postcode,
            }
        )  # fmt: skip
    write_csv(folder / "towns.csv", columns, rows, "utf-8")


def _town_schools(folder: Path, districts: list[District]) -> None:
    rows = [
        {"市区町村名": CITY, "町名": town.name, "番地等": note, "小学校名": districts[number].name, "備考": "架空"}
        for district in districts
        for town in district.towns
        for number, note in town.schools
    ]
    write_csv(folder / "town_to_school.csv", ["市区町村名", "町名", "番地等", "小学校名", "備考"], rows, "cp932")


def _population(folder: Path, districts: list[District]) -> None:
    sexed = [f"{band}の{sex}" for band in _BANDS for sex in ("男性", "女性")]
    columns = [
        "全国地方公共団体コード",
        "地域コード",
        "地方公共団体名",
        "調査年月日",
        "地域名",
        "総人口",
        "男性",
        "女性",
        *sexed,
        "世帯数",
        "備考",
    ]
    random, rows = rng("population"), []
    for district in districts:
        for town in district.towns:
            size, weights = random.uniform(*_PEOPLE[district.setting]), _AGES[district.setting]
            counts = []
            for age, weight in enumerate(weights):
                people = size * weight / sum(weights) * random.uniform(0.75, 1.25)
                women = 0.485 if age < 12 else 0.53 + 0.015 * (age - 12)
                counts += [round(people * (1 - women)), round(people * women)]
            men, women_all = sum(counts[::2]), sum(counts[1::2])
            rows.append(
                {
                    "全国地方公共団体コード": CODE, "地域コード": town.postcode[3:], "地方公共団体名": PREFECTURE + CITY,
                    "調査年月日": "2026-10-01", "地域名": town.name, "総人口": men + women_all, "男性": men, "女性": women_all,
                    **dict(zip(sexed, counts, strict=True)), "世帯数": round((men + women_all) / random.uniform(1.7, 2.6)),
                    "備考": "架空",
                }
            )  # fmt: skip
    write_csv(folder / "population.csv", columns, rows)
