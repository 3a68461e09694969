"""Public rooms, clinics and contact lines."""

from pathlib import Path

from demo_town.ground import CITY, CODE, PREFECTURE, District, degrees, point_in, rng, town_of
from demo_town.writing import column_names, write_csv

_SITE = column_names(
    "全国地方公共団体コード,ID,地方公共団体名,名称,名称_カナ,所在地_全国地方公共団体コード,所在地_連結表記,所在地_都道府県,所在地_市区町村,"
    "所在地_町字,所在地_番地以下,建物名等(方書),緯度,経度,電話番号,郵便番号"
)
_ROOM_COLUMNS = [
    *_SITE, "利用可能曜日", "開始時間", "終了時間", "利用可能日時特記事項", "車椅子可", "車椅子使用者用トイレ有無", "車椅子使用者用駐車場有無", "備考",
]  # fmt: skip
_CLINIC_COLUMNS = [
    *_SITE,
    "医療機関の種類",
    "診療曜日",
    "診療開始時間",
    "診療終了時間",
    "診療日時特記事項",
    "時間外における対応",
    "診療科目",
    "病床数",
    "備考",
]
_LINE_COLUMNS = [
    "ID",
    "名称",
    "電話番号",
    "URL",
    "相談分野",
    "18歳以下向け",
    "市区町村コード",
    "受付曜日",
    "開始時間",
    "終了時間",
    "備考",
]
_CLINICS = [
    ("はまなす中央内科", "内科"), ("本町こどもクリニック", "小児科"), ("栄町整形外科", "整形外科"), ("緑町ファミリークリニック", "内科 小児科"),
    ("桜台こどもとおとなの診療所", "内科 小児科"), ("希望が丘クリニック", "内科"), ("柏木内科", "内科"), ("泉メンタルクリニック", "精神科 心療内科"),
    ("東陽内科胃腸科", "内科 消化器内科"), ("西浜診療所", "内科"), ("上里診療所", "内科 外科"), ("架空はまなす市立病院", "内科 外科 小児科 精神科"),
]  # fmt: skip
# Local lines are invented: their numbers have a subscriber part 000 and cannot ring. 188, 189 and #… are national services.
_LINES = [
    ("なんでも相談はまなす", "0120-000-101", "any", "", "月火水木金", "09:00", "17:00", "架空の窓口"),
    ("よりそいでんわ灯", "0120-000-102", "loneliness", "", "月火水木金土日", "00:00", "24:00", "架空の窓口。24時間"),
    (
        "子どもの声でんわ",
        "0120-000-103",
        "children",
        "1",
        "月火水木金土日",
        "15:00",
        "21:00",
        "架空の窓口。名前は言わなくてだいじょうぶ",
    ),
    (
        "十代のチャット部屋",
        "",
        "children;loneliness",
        "1",
        "火木土",
        "18:00",
        "22:00",
        "架空の窓口。チャットのみ",
    ),
    ("高齢者くらしの相談", "0120-000-104", "older", "", "月火水木金", "08:30", "17:15", "架空の窓口"),
    ("ものわすれ相談", "0120-000-105", "dementia", "", "月水金", "10:00", "16:00", "架空の窓口"),
    ("子育てほっとライン", "0120-000-106", "parenting", "", "月火水木金土", "09:00", "18:00", "架空の窓口"),
    ("しごととくらしの窓口", "0120-000-107", "money;work", "", "月火水木金", "09:00", "17:00", "架空の窓口"),
    (
        "家族介護者のつどい電話",
        "0120-000-108",
        "carers",
        "",
        "火金",
        "13:00",
        "16:00",
        "架空の窓口",
    ),
    ("外国人住民の相談", "0120-000-109", "foreign_residents", "", "水土", "10:00", "15:00", "架空の窓口"),
    ("ひきこもり地域相談", "0120-000-110", "hikikomori", "", "月火水木金", "10:00", "17:00", "架空の窓口"),
]
_NATIONAL = [
    ("消費者ホットライン", "188", "consumer", "", "", "", "", "全国共通。受付時間は地域により異なります"),
    (
        "児童相談所虐待対応ダイヤル",
        "189",
        "abuse",
        "1",
        "月火水木金土日",
        "00:00",
        "24:00",
        "全国共通。24時間、通話料無料",
    ),
    (
        "こども医療でんわ相談",
        "#8000",
        "health;parenting",
        "",
        "",
        "",
        "",
        "全国共通。主に夜間・休日。受付時間は地域により異なります",
    ),
    (
        "DV相談ナビ",
        "#8008",
        "violence",
        "",
        "",
        "",
        "",
        "全国共通。最寄りの相談機関につながります。受付時間は地域により異なります",
    ),
]


def write_all(folder: Path, districts: list[District]) -> None:
    _rooms(folder, districts)
    _clinics(folder, districts)
    _lines(folder)


def _site(identifier: str, name: str, district: District, part: str) -> dict[str, str]:
    random = rng(f"{part}/{identifier}")
    point = point_in(random, district, 0.5)
    town, block = town_of(district, point), f"{random.randint(1, 20)}-{random.randint(1, 15)}"
    longitude, latitude = degrees(point)
    return {
        "全国地方公共団体コード": CODE, "ID": identifier, "地方公共団体名": PREFECTURE + CITY, "名称": name, "所在地_全国地方公共団体コード": CODE,
        "所在地_連結表記": f"{PREFECTURE}{CITY}{town.name}{block}", "所在地_都道府県": PREFECTURE, "所在地_市区町村": CITY,
        "所在地_町字": town.name, "所在地_番地以下": block, "緯度": f"{latitude:.6f}", "経度": f"{longitude:.6f}", "郵便番号": town.postcode,
        "備考": "架空",
    }  # fmt: skip


def _rooms(folder: Path, districts: list[District]) -> None:
    """A hall in every district, community centres in the larger ones: forty in all."""
    random, rows = rng("rooms"), []
    larger = [d for d in districts if d.setting != "rural"][:14]
    named = [(d, "地区会館") for d in districts] + [(d, "コミュニティセンター") for d in larger]
    for number, (district, form) in enumerate(named, 1):
        site = _site(f"R{number:03d}", district.name.removesuffix("小学校") + form, district, "rooms")
        rows.append(
            site
            | {
                "利用可能曜日": random.choice(["月火水木金土日", "火水木金土日", "月火水木金"]), "開始時間": "09:00",
                "終了時間": random.choice(["17:00", "21:00", "21:30"]), "利用可能日時特記事項": random.choice(["", "年末年始を除く"]),
                "車椅子可": random.choice(["", "有", "無"]), "車椅子使用者用トイレ有無": random.choice(["", "有", "無"]),
            }
        )  # fmt: skip
    write_csv(folder / "public_rooms.csv", _ROOM_COLUMNS, rows)


def _clinics(folder: Path, districts: list[District]) -> None:
    rows = []
    for number, (name, subjects) in enumerate(_CLINICS, 1):
        known = [d for d in districts if name.startswith(d.name.removesuffix("小学校"))]
        site = _site(f"C{number:03d}", name, (known or districts)[0], "clinics")
        rows.append(
            site
            | {
                "医療機関の種類": "病院" if "病院" in name else "診療所", "診療曜日": "月火水木金", "診療開始時間": "09:00",
                "診療終了時間": "17:30", "診療科目": subjects.replace(" ", ";"),
            }
        )  # fmt: skip
    write_csv(folder / "clinics.csv", _CLINIC_COLUMNS, rows)


def _lines(folder: Path) -> None:
    rows = []
    for number, (area, line) in enumerate([(CODE, x) for x in _LINES] + [("", x) for x in _NATIONAL], 1):
        name, phone, topics, under_18, days, opens, closes, note = line
        rows.append(
            {
                "ID": f"L{number:02d}", "名称": name, "電話番号": phone, "相談分野": topics, "18歳以下向け": under_18,
                "市区町村コード": area, "受付曜日": days, "開始時間": opens, "終了時間": closes, "備考": note,
            }
        )  # fmt: skip
    write_csv(folder / "contact_lines.csv", _LINE_COLUMNS, rows)
