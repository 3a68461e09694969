"""The lists of gathering places, with the dirt that real lists have."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from random import Random

from demo_town import kitchens, words
from demo_town.ground import CITY, PREFECTURE, District, degrees, rng
from demo_town.spots import Spot, base, position, spots
from demo_town.writing import column_names, feature, write_csv, write_geojson

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
_LIST_COLUMNS = column_names(
    "番号,区分,名称,名称カナ,主催,会場,住所,緯度,経度,開催日時,対象,活動内容,参加費,申込,段差なし,車いす用トイレ,駐車場,送迎,状況,確認日,備考"
)


def write_all(folder: Path, districts: list[District]) -> None:
    adults = [d for d in districts if d.name not in words.NOTHING_AT_ALL]
    children = [d for d in adults if d.name not in words.NOTHING_FOR_CHILDREN]
    kitchens.write_all(folder, children)
    _kayoinoba(folder, adults)
    _lists(folder, adults, children)


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


def _listed(random: Random, kind: str, name: str, spot: Spot) -> dict[str, str]:
    organiser = random.choice(words.ORGANISERS).format(base(spot.district))
    return {
        "区分": kind, "名称": name, "主催": organiser,
        "会場": random.choice(["", f"{base(spot.district)}町内会館", f"{base(spot.district)}集会所", f"{base(spot.district)}生活館"]),
        "住所": spot.address, "開催日時": _schedule(random), "状況": random.choice(_NO_STATUS), "確認日": _checked(random),
        "備考": "架空", **_access(random), **(position(spot) if random.random() > 0.15 else {}),
    }  # fmt: skip


def _salon_name(random: Random, spot: Spot) -> str:
    area, flower = base(spot.district), random.choice(words.FLOWERS)
    return random.choice(
        [
            f"{area}いきいきサロン",
            f"ふれあいサロン{flower}",
            f"{flower}サロン",
            f"{area}{flower}サロン",
            f"お茶のみサロン{area}",
        ]
    )


def _kayoinoba(folder: Path, districts: list[District]) -> None:
    """As a city's GeoJSON: kind and name, schedule and status in one prose field, unlocated ones without geometry."""
    random, features = rng("kayoinoba"), []
    for index, spot in enumerate(spots(random, districts, 126), 1):
        area, flower = base(spot.district), random.choice(words.FLOWERS)
        exercise = index % 7 in (0, 3)
        end = random.choice(words.GROUP_ENDS)
        name = random.choice(
            [f"{area}いきいき百歳体操", f"{flower}体操クラブ", f"{area}ころばん体操"]
            if exercise
            else [f"{area}{flower}{end}", f"{flower}{end}"]
        )
        hours = "休止中" if random.random() < 0.06 else _schedule(random)
        properties = {
            "HID": 1_000 + index, "Type": "通いの場", "SubType": "健康体操" if exercise else "通いの場", "Name": name,
            "Organization": random.choice(["", random.choice(words.ORGANISERS).format(area)]), "Add1": PREFECTURE + CITY,
            "Add2": spot.address.removeprefix(PREFECTURE + CITY), "business_hours": hours,
            "Memo": random.choice(["", "", f"{area}集会所", "参加費 100円", "運動できる服装で"]), "Etc": "架空",
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
        "study", "学習支援", children, 12, lambda r, i, s: (f"{base(s.district)}まなびの部屋", _study_about(r))
    )
    write_csv(folder / "kosodate.csv", _LIST_COLUMNS, hiroba)
    pantries = _rows(
        "pantry",
        "フードパントリー",
        children,
        12,
        lambda r, i, s: (f"{base(s.district)}フードパントリー", _pantry_about(r)),
    )
    events = _rows(
        "event",
        "催し",
        adults,
        8,
        lambda r, i, s: (
            f"{base(s.district)}ふれあいまつり",
            {"開催日時": f"2026年12月{4 + i}日 10:00～15:00", **_FREE_FOR_ALL},
        ),
    )
    write_csv(folder / "pantry_event.csv", _LIST_COLUMNS, pantries + events)


About = Callable[[Random, int, Spot], tuple[str, dict[str, str]]]


def _rows(part: str, kind: str, districts: list[District], count: int, about: About) -> list[dict[str, str]]:
    random = rng(part)
    rows = []
    for index, spot in enumerate(spots(random, districts, count), 1):
        name, columns = about(random, index, spot)
        rows.append(_listed(random, kind, name, spot) | columns | {"番号": f"{part}-{index}"})
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
    return f"{base(spot.district)} {name}", {
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
