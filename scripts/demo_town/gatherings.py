"""The lists of gathering places but こども食堂, with the dirt that real lists have."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path
from random import Random

from demo_town import kitchens, words
from demo_town.ground import CITY, CODE, PREFECTURE, District, degrees, rng
from demo_town.spots import Spot, base, position, spots
from demo_town.writing import column_names, feature, write_csv, write_geojson

_TODAY = date(2026, 11, 20)
_STATUS = ["実施中"] * 14 + [""] * 4 + ["休止中", "新規受け入れ休止中", "閉店しました"]
_COLUMNS = column_names(
    "番号,市区町村コード,区分,名称,主催,会場,住所,緯度,経度,開催日,開始時間,終了時間,開催日時特記事項,対象,対象年齢,活動内容,参加費,申込,"
    "段差なし,車いす用トイレ,駐車場,送迎,状況,確認日,備考"
)
_ANYONE = {"対象": "どなたでも", "参加費": "無料"}
About = Callable[[Random, int, Spot], dict[str, str]]


def write_all(folder: Path, districts: list[District]) -> None:
    adults = [d for d in districts if d.name not in words.NOTHING_AT_ALL]
    children = [d for d in adults if d.name not in words.NOTHING_FOR_CHILDREN]
    random = rng("spots")
    kitchens.write_all(folder, children)
    _kayoinoba(folder, adults)
    write_csv(folder / "salon.csv", _COLUMNS, _rows("salon", "サロン", spots(random, adults, 72), _salon), "cp932")
    belonging = _rows("ibasho", "居場所", spots(random, adults, 22), _ibasho)
    belonging += _rows("cafe", "認知症カフェ", spots(random, adults, 12), _cafe)
    belonging += _rows("hobby", "趣味の会", spots(random, adults, 22), _hobby)
    write_csv(folder / "ibasho.csv", _COLUMNS, belonging)
    families = _rows("hiroba", "子育てひろば", spots(random, children, 24, everywhere=True), _hiroba)
    families += _rows("study", "学習支援", spots(random, children, 12), _study)
    write_csv(folder / "kosodate.csv", _COLUMNS, families)
    others = _rows("pantry", "フードパントリー", spots(random, children, 12), _pantry)
    others += _rows("event", "催し", spots(random, children, 8), _event)
    write_csv(folder / "pantry_event.csv", _COLUMNS, others)


def _rows(part: str, kind: str, found: Iterable[Spot], about: About) -> list[dict[str, str]]:
    random = rng(part)
    return [
        {"番号": f"{part}-{index}", "区分": kind, **_listed(random, spot), **about(random, index, spot)}
        for index, spot in enumerate(found, 1)
    ]


def _listed(random: Random, spot: Spot) -> dict[str, str]:
    area = base(spot.district)
    access = {
        name: random.choice(["", "", "", "○", "有", "×"]) for name in ("段差なし", "車いす用トイレ", "駐車場", "送迎")
    }
    where = position(spot) if random.random() > 0.15 else {}
    return {
        "市区町村コード": CODE, "主催": random.choice(words.ORGANISERS).format(area),
        "会場": random.choice(["", f"{area}町内会館", f"{area}集会所", f"{area}生活館"]), "住所": spot.address,
        **_schedule(random), "状況": random.choice(_STATUS), "確認日": _checked(random), "備考": "架空", **access, **where,
    }  # fmt: skip


def _schedule(random: Random) -> dict[str, str]:
    days, timed, note = random.choice(words.TIMES)
    start, minutes, hours = (
        random.choice([9, 10, 10, 13, 13, 14]),
        random.choice(["00", "00", "30"]),
        random.choice([1, 2]),
    )
    days = days.format(d=random.choice("月火水木金金土"), n=random.randint(1, 4))
    times = {"開始時間": f"{start}:{minutes}", "終了時間": f"{start + hours}:{minutes}"} if timed else {}
    return {"開催日": days, "開始時間": "", "終了時間": "", "開催日時特記事項": note, **times}


def _checked(random: Random) -> str:
    """Most were asked this year, some years ago, some never."""
    days = random.choice([20, 60, 100, 150, 240, 330, 500, 900, 1_400, None])
    return "" if days is None else (_TODAY - timedelta(days=days + random.randint(0, 30))).isoformat()


def _kayoinoba(folder: Path, districts: list[District]) -> None:
    """As a city's GeoJSON; two have lost their geometry."""
    random = rng("kayoinoba")
    features = [
        _group(random, index, spot) for index, spot in enumerate(spots(random, districts, 126, everywhere=True), 1)
    ]
    for lost in (17, 58):
        features[lost]["geometry"] = None
    write_geojson(folder / "kayoinoba.geojson", "通いの場-架空", features)


def _group(random: Random, index: int, spot: Spot) -> dict[str, object]:
    area, flower, when = base(spot.district), random.choice(words.FLOWERS), _schedule(random)
    exercise = index % 7 in (0, 3)
    club = f"{area}{flower}{random.choice(words.GROUP_ENDS)}"
    named = (
        [f"{area}いきいき百歳体操", f"{flower}体操クラブ", f"{area}ころばん体操"]
        if exercise
        else [club, club.removeprefix(area)]
    )
    properties = {
        "HID": 1_000 + index, "Type": "通いの場", "SubType": "健康体操" if exercise else "通いの場", "Name": random.choice(named),
        "Organization": random.choice(["", random.choice(words.ORGANISERS).format(area)]), "Add1": PREFECTURE + CITY,
        "Add2": spot.address.removeprefix(PREFECTURE + CITY), "open_day": when["開催日"], "start_time": when["開始時間"],
        "end_time": when["終了時間"], "business_hours": when["開催日時特記事項"], "Age": random.choice(["", "65歳以上", "60歳以上"]),
        "Fee": random.choice(["", "無料", "100円", "月500円"]), "Memo": random.choice(["", "", f"{area}集会所", "運動できる服装で"]),
        "Content": "体操" if exercise else random.choice(words.CONTENTS), "Status": random.choice(_STATUS), "Checked": _checked(random), "Etc": "架空",
    }  # fmt: skip
    return feature(properties, "Point", list(degrees(spot.point)))


def _salon(random: Random, index: int, spot: Spot) -> dict[str, str]:
    area, flower = base(spot.district), random.choice(words.FLOWERS)
    named = [
        f"{area}いきいきサロン",
        f"ふれあいサロン{flower}",
        f"{flower}サロン",
        f"{area}{flower}サロン",
        f"お茶のみサロン{area}",
    ]
    return {
        "名称": random.choice(named), "対象": random.choice(["", "高齢者", "高齢者", "どなたでも"]),
        "対象年齢": random.choice(["", "", "65歳以上", "60歳以上", "おおむね65歳以上"]),
        "参加費": random.choice(["", "100円", "１００円", "無料", "200円（お茶代）"]),
        "活動内容": random.choice(["", "おしゃべり", "おしゃべり・手芸", "体操・おしゃべり", "会食", "音楽・おしゃべり"]),
    }  # fmt: skip


def _ibasho(random: Random, index: int, spot: Spot) -> dict[str, str]:
    return {
        "名称": words.IBASHO[index - 1], "対象": random.choice(["", "どなたでも", "大人", "子ども"]),
        "対象年齢": random.choice(["", "", "15歳～39歳", "18歳以上"]), "参加費": random.choice(["", "無料", "100円"]),
        "活動内容": random.choice(["", "おしゃべり", "遊び・学習", "読書", "会食・おしゃべり"]), "申込": random.choice(["", "不要"]),
    }  # fmt: skip


def _cafe(random: Random, index: int, spot: Spot) -> dict[str, str]:
    return {
        "名称": words.CAFES[index - 1],
        "対象": "どなたでも",
        "参加費": "100円",
        "活動内容": "おしゃべり",
        "申込": "不要",
    }


def _hobby(random: Random, index: int, spot: Spot) -> dict[str, str]:
    name, interest, fee = words.HOBBIES[index - 1]
    ages = random.choice(["", "", "60歳以上"])
    return {
        "名称": f"{base(spot.district)} {name}",
        "活動内容": interest,
        "参加費": fee,
        "対象": "" if ages else "どなたでも",
        "対象年齢": ages,
    }


def _hiroba(random: Random, index: int, spot: Spot) -> dict[str, str]:
    what = random.choice(["遊び", "遊び・読み聞かせ", ""])
    return {
        "名称": f"子育てひろば{words.FLOWERS[index - 1]}",
        "対象": "親子",
        "対象年齢": "0歳～3歳",
        "参加費": "無料",
        "活動内容": what,
        "申込": "不要",
    }


def _study(random: Random, index: int, spot: Spot) -> dict[str, str]:
    ages = random.choice(["10歳～15歳", "7歳～15歳", ""])
    return {
        "名称": f"{base(spot.district)}まなびの部屋",
        "対象": "子ども",
        "対象年齢": ages,
        "参加費": "無料",
        "活動内容": "学習",
        "申込": "要",
    }


def _pantry(random: Random, index: int, spot: Spot) -> dict[str, str]:
    whom, booking = random.choice(["親子", "どなたでも", ""]), random.choice(["要", "不要", ""])
    return {"名称": f"{base(spot.district)}フードパントリー", "対象": whom, "参加費": "無料", "申込": booking}


def _event(random: Random, index: int, spot: Spot) -> dict[str, str]:
    when = {"開催日": f"2026年12月{4 + index}日", "開始時間": "10:00", "終了時間": "15:00", "開催日時特記事項": ""}
    return {"名称": f"{base(spot.district)}ふれあいまつり", "活動内容": "遊び・会食", **_ANYONE, **when}
