"""The lists of gathering places, with the dirt that real lists have."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from shapely import Point

from demo_town import words
from demo_town.ground import CITY, CODE, PREFECTURE, District, degrees, point_in, rng, town_of
from demo_town.writing import feature, write_csv, write_geojson

_TODAY = date(2026, 11, 20)
_NO_STATUS = (
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "休止中",
    "",
    "",
    "",
    "",
    "",
    "新規受け入れ休止中",
    "",
    "",
    "閉店しました",
)
_KITCHEN_COLUMNS = (
    "全国地方公共団体コード,ID,都道府県,市区町村名,名称,名称_カナ,設置目的,実施支援の主な区分,住所,方書,緯度,経度,電話番号1,"
    "電話番号1_連絡先備考,電話番号2,電話番号2_連絡先備考,内線番号,FAX番号,URL,メールアドレス1,メールアドレス1_連絡先備考,"
    "メールアドレス2,メールアドレス2_連絡先備考,法人番号,運営団体名,開催頻度,開催曜日,開催日,開催開始時間,開催終了時間,"
    "開催日時特記事項,参加条件,参加費_幼児,参加費_小学生,参加費_中学生,参加費_高校生,参加費_大人,参加費特記事項,予約方法,"
    "予約特記事項,定員,フードパントリー実施,テイクアウト実施,学区,ネットワークの加入,追加情報NO,画像,画像_ライセンス,備考"
).split(",")
_EXTRA_COLUMNS = (
    "ID,住所,方書,緯度,経度,開催頻度,開催曜日,開催日,開催開始時間,開催終了時間,開催日時特記事項,参加条件,参加費_幼児,参加費_小学生,"
    "参加費_中学生,参加費_高校生,参加費_大人,参加費特記事項,予約方法,予約特記事項,定員,学区,画像,画像_ライセンス,備考"
).split(",")
_LIST_COLUMNS = (
    "番号,区分,名称,名称カナ,主催,会場,住所,緯度,経度,開催日時,対象,活動内容,参加費,申込,段差なし,車いす用トイレ,駐車場,送迎,状況,確認日,備考"
).split(",")
_FULL_WIDTH = str.maketrans("0123456789-", "０１２３４５６７８９－")


@dataclass(frozen=True)
class Spot:
    """Where a gathering is: its district, its point in metres, its address."""

    district: District
    point: Point
    address: str


def write_all(folder: Path, districts: list[District]) -> None:
    adults = [d for d in districts if d.name not in words.NOTHING_AT_ALL]
    children = [d for d in adults if d.name not in words.NOTHING_FOR_CHILDREN]
    _kitchens(folder, children)
    _kayoinoba(folder, adults)
    _lists(folder, adults, children)


def _places(random: Random, districts: list[District], count: int) -> Iterator[Spot]:
    """Spots all over the districts: each in turn, so that nobody is left out who is not meant to be."""
    order = random.sample(districts, len(districts))
    for index in range(count):
        district = order[index % len(order)]
        point = point_in(random, district, 0.75)
        block = f"{random.randint(1, 24)}-{random.randint(1, 18)}"
        yield Spot(district, point, f"{PREFECTURE}{CITY}{town_of(district, point).name}{block}")


def _base(district: District) -> str:
    return district.name.removesuffix("小学校")


def _position(spot: Spot) -> dict[str, str]:
    longitude, latitude = degrees(spot.point)
    return {"緯度": f"{latitude:.6f}", "経度": f"{longitude:.6f}"}


def _kitchens(folder: Path, districts: list[District]) -> None:
    random = rng("kitchens")
    rows = [_kitchen(random, index, spot) for index, spot in enumerate(_places(random, districts, 40), 1)]
    extra = [_extra(random, number, spot) for number, spot in enumerate(_places(random, districts, 3), 1)]
    for number, index in enumerate((4, 11, 26), 1):
        rows[index]["追加情報NO"] = str(number)
    _soil(rows)
    write_csv(folder / "kodomo_shokudo.csv", _KITCHEN_COLUMNS, rows)
    write_csv(folder / "kodomo_shokudo_tsuika.csv", _EXTRA_COLUMNS, extra)


def _when(random: Random) -> dict[str, str]:
    columns = ("開催頻度", "開催曜日", "開催日", "開催開始時間", "開催終了時間", "開催日時特記事項")
    when = dict(zip(columns, random.choice(words.KITCHEN_TIMES), strict=True))
    return when | ({"開催開始時間": "", "開催終了時間": ""} if random.random() < 0.25 else {})


def _kitchen(random: Random, index: int, spot: Spot) -> dict[str, str]:
    name = words.KITCHEN_FORMS[index % len(words.KITCHEN_FORMS)].format(words.KITCHENS[index % len(words.KITCHENS)])
    fee = random.choice(["", "0", "100", "無料", "１００円"])
    row = {
        "全国地方公共団体コード": CODE, "ID": str(index), "都道府県": PREFECTURE, "市区町村名": CITY, "名称": name, "住所": spot.address,
        "方書": random.choice(["", "", "町内会館", "集会所1階", "コミュニティセンター調理室"]),
        "設置目的": random.choice(["", "だれでも気軽に立ち寄れる食卓です。", "みんなで作って、みんなで食べます。"]),
        "運営団体名": random.choice(words.ORGANISERS).format(_base(spot.district)), **_when(random),
        "参加条件": random.choice(["", "", "", "だれでも", "小学生・中学生", "市内の子どもと保護者"]), "参加費_小学生": fee,
        "参加費_幼児": fee and "0", "参加費_大人": random.choice(["", "300", "200円", "３００"]),
        "予約方法": random.choice(["", "", "不要", "前日までに申込"]), "定員": random.choice(["", "", "", "", "30", "20名"]),
        "フードパントリー実施": random.choice(["", "", "有", "無"]), "備考": "架空のデータです",
    }  # fmt: skip
    return row | (_position(spot) if random.random() > 0.25 else {})


def _extra(random: Random, number: int, spot: Spot) -> dict[str, str]:
    return {
        "ID": str(number),
        "住所": spot.address,
        "開催日": "第4土曜日",
        "開催開始時間": "11:30",
        "参加費_大人": "300",
        **_position(spot),
    }


def _soil(rows: list[dict[str, str]]) -> None:
    """The faults every real list has, one of each kind."""
    rows[2]["名称"] += "（休止中）"
    rows[9]["名称"] += "　※新規受け入れ休止中"
    rows[17]["備考"] = "会場の都合により閉店しました。架空のデータです"
    rows[6]["住所"] = rows[6]["住所"].translate(_FULL_WIDTH)
    rows[7]["学区"] = "桜台小;希望が丘小"
    rows[8]["学区"] = "中央小学校"
    rows[21]["学区"] = "本町小・栄町小"
    rows[13]["ID"] = rows[12]["ID"]
    located = [row for row in rows if row.get("緯度")]
    located[5]["緯度"], located[5]["経度"] = located[5]["経度"], located[5]["緯度"]
    located[8]["緯度"], located[8]["経度"] = "43.620000", "142.400000"  # beyond the outline, still in the mountains
    rows[30]["住所"] = f"{PREFECTURE}{CITY}柏木新田周辺"
    rows[30]["緯度"] = rows[30]["経度"] = ""
    rows[33]["開催開始時間"], rows[33]["開催終了時間"] = "19:00", "17:00"
    rows[35]["全国地方公共団体コード"] = "12998"
    rows.append({"名称": "", "全国地方公共団体コード": CODE, "都道府県": PREFECTURE, "市区町村名": CITY})
    example = {
        "全国地方公共団体コード": CODE,
        "ID": "例",
        "都道府県": PREFECTURE,
        "市区町村名": CITY,
        "名称": "（記入例）○○こども食堂",
    }
    rows.insert(0, example | {"住所": f"{PREFECTURE}{CITY}○○1-2-3", "開催日": "第2土曜日", "備考": "記入例"})


def _schedule(random: Random) -> str:
    start = random.choice([9, 10, 10, 13, 13, 14])
    minutes = random.choice(["00", "00", "30"])
    return random.choice(words.TIMES).format(
        d=random.choice("月火水木金金土"),
        n=random.randint(1, 4),
        s=f"{start}:{minutes}",
        e=f"{start + random.choice([1, 2])}:{minutes}",
    )


def _checked(random: Random) -> str:
    """Most were asked this year, some years ago, some never."""
    days = random.choice([20, 60, 100, 150, 240, 330, 500, 900, 1_400, None])
    return "" if days is None else (_TODAY - timedelta(days=days + random.randint(0, 30))).isoformat()


def _access(random: Random) -> dict[str, str]:
    columns = ("段差なし", "車いす用トイレ", "駐車場", "送迎")
    return {column: random.choice(["", "", "", "○", "有", "×"]) for column in columns}


def _listed(random: Random, index: int, kind: str, name: str, spot: Spot, about: dict[str, str]) -> dict[str, str]:
    organiser = random.choice(words.ORGANISERS).format(_base(spot.district))
    return {
        "番号": str(index), "区分": kind, "名称": name, "主催": organiser,
        "会場": random.choice(["", f"{_base(spot.district)}町内会館", f"{_base(spot.district)}集会所", f"{_base(spot.district)}生活館"]),
        "住所": spot.address, "開催日時": _schedule(random), "状況": random.choice(_NO_STATUS), "確認日": _checked(random),
        "備考": "架空", **_access(random), **(_position(spot) if random.random() > 0.15 else {}), **about,
    }  # fmt: skip


def _salon_name(random: Random, spot: Spot) -> str:
    base, flower = _base(spot.district), random.choice(words.FLOWERS)
    return random.choice(
        [
            f"{base}いきいきサロン",
            f"ふれあいサロン{flower}",
            f"{flower}サロン",
            f"{base}{flower}サロン",
            f"お茶のみサロン{base}",
        ]
    )


def _kayoinoba(folder: Path, districts: list[District]) -> None:
    """As a city's GeoJSON: kind and name, schedule and status in one prose field, unlocated ones without geometry."""
    random, features = rng("kayoinoba"), []
    for index, spot in enumerate(_places(random, districts, 126), 1):
        base, flower = _base(spot.district), random.choice(words.FLOWERS)
        exercise = index % 7 in (0, 3)
        end = random.choice(words.GROUP_ENDS)
        name = random.choice(
            [f"{base}いきいき百歳体操", f"{flower}体操クラブ", f"{base}ころばん体操"]
            if exercise
            else [f"{base}{flower}{end}", f"{flower}{end}"]
        )
        hours = "休止中" if random.random() < 0.06 else _schedule(random)
        properties = {
            "HID": 1_000 + index, "Type": "通いの場", "SubType": "健康体操" if exercise else "通いの場", "Name": name,
            "Organization": random.choice(["", random.choice(words.ORGANISERS).format(base)]), "Add1": PREFECTURE + CITY,
            "Add2": spot.address.removeprefix(PREFECTURE + CITY), "business_hours": hours,
            "Memo": random.choice(["", "", f"{base}集会所", "参加費 100円", "運動できる服装で"]), "Etc": "架空",
            "Checked": _checked(random),
        }  # fmt: skip
        features.append(feature(properties, "Point", list(degrees(spot.point))))
    for lost in (17, 58):
        features[lost]["geometry"] = None
    write_geojson(folder / "kayoinoba.geojson", "通いの場-架空", features)


_FREE_FOR_ALL = {"対象": "どなたでも", "参加費": "無料"}


def _lists(folder: Path, adults: list[District], children: list[District]) -> None:
    salons = _rows("salon", "サロン", adults, 72, lambda r, i, s: (_salon_name(r, s), _salon_about(r)))
    write_csv(folder / "salon.csv", _LIST_COLUMNS, salons, "cp932")
    ibasho = _rows("ibasho", "居場所", adults, 22, lambda r, i, s: (words.IBASHO[i - 1], _ibasho_about(r)))
    ibasho += _rows(
        "cafe",
        "認知症カフェ",
        adults,
        12,
        lambda r, i, s: (words.CAFES[i - 1], {"対象": "認知症の方と家族、関心のある方", "参加費": "100円"}),
    )
    ibasho += _rows("hobby", "趣味の会", adults, 22, _hobby)
    write_csv(folder / "ibasho.csv", _LIST_COLUMNS, ibasho)
    hiroba = _rows(
        "hiroba",
        "子育てひろば",
        children,
        16,
        lambda r, i, s: (f"子育てひろば{words.FLOWERS[i - 1]}", _hiroba_about(r)),
    )
    hiroba += _rows(
        "study", "学習支援", children, 12, lambda r, i, s: (f"{_base(s.district)}まなびの部屋", _study_about(r))
    )
    write_csv(folder / "kosodate.csv", _LIST_COLUMNS, hiroba)
    pantries = _rows(
        "pantry",
        "フードパントリー",
        children,
        12,
        lambda r, i, s: (f"{_base(s.district)}フードパントリー", _pantry_about(r)),
    )
    events = _rows(
        "event",
        "催し",
        adults,
        8,
        lambda r, i, s: (
            f"{_base(s.district)}ふれあいまつり",
            {"開催日時": f"2026年12月{4 + i}日 10:00～15:00", **_FREE_FOR_ALL},
        ),
    )
    write_csv(folder / "pantry_event.csv", _LIST_COLUMNS, pantries + events)


About = Callable[[Random, int, Spot], tuple[str, dict[str, str]]]


def _rows(part: str, kind: str, districts: list[District], count: int, about: About) -> list[dict[str, str]]:
    random = rng(part)
    rows = []
    for index, spot in enumerate(_places(random, districts, count), 1):
        name, columns = about(random, index, spot)
        rows.append(_listed(random, index, kind, name, spot, columns) | {"番号": f"{part}-{index}"})
    return rows


def _salon_about(random: Random) -> dict[str, str]:
    return {
        "対象": random.choice(["", "おおむね65歳以上", "60歳以上", "どなたでも"]), "参加費": random.choice(["", "100円", "１００円", "無料", "200円（お茶代）"]),
        "活動内容": random.choice(["", "おしゃべり", "おしゃべり・手芸", "体操・おしゃべり", "会食", "音楽・おしゃべり"]),
    }  # fmt: skip


def _ibasho_about(random: Random) -> dict[str, str]:
    return {
        "対象": random.choice(["", "どなたでも", "15～39歳", "小学生～高校生", "18歳以上"]), "参加費": random.choice(["", "無料", "100円"]),
        "活動内容": random.choice(["", "おしゃべり", "遊び・学習", "読書", "会食・おしゃべり"]), "申込": random.choice(["", "不要"]),
    }  # fmt: skip


def _hobby(random: Random, index: int, spot: Spot) -> tuple[str, dict[str, str]]:
    name, interest, fee = words.HOBBIES[index - 1]
    return f"{_base(spot.district)} {name}", {
        "活動内容": interest,
        "参加費": fee,
        "対象": random.choice(["", "どなたでも", "60歳以上"]),
    }


def _hiroba_about(random: Random) -> dict[str, str]:
    return {
        "対象": "0～3歳の子どもと保護者",
        "参加費": "無料",
        "活動内容": random.choice(["遊び", "遊び・読み聞かせ", ""]),
        "申込": "不要",
    }


def _study_about(random: Random) -> dict[str, str]:
    return {
        "対象": random.choice(["小学4年生～中学3年生", "中学生", "小中学生"]),
        "参加費": "無料",
        "活動内容": "学習・宿題",
        "申込": "要",
    }


def _pantry_about(random: Random) -> dict[str, str]:
    return {
        "対象": random.choice(["子育て中の家庭", "どなたでも", ""]),
        "参加費": "無料",
        "申込": random.choice(["要", "不要", ""]),
    }
