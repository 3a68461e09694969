"""こども食堂: the 49-column form and its child table, with the faults every real list has."""

from pathlib import Path
from random import Random

from demo_town import words
from demo_town.ground import CITY, CODE, PREFECTURE, District, rng
from demo_town.spots import Spot, base, position, spots
from demo_town.writing import column_names, write_csv

_KITCHEN_COLUMNS = column_names(
    "全国地方公共団体コード,ID,都道府県,市区町村名,名称,名称_カナ,設置目的,実施支援の主な区分,住所,方書,緯度,経度,電話番号1,"
    "電話番号1_連絡先備考,電話番号2,電話番号2_連絡先備考,内線番号,FAX番号,URL,メールアドレス1,メールアドレス1_連絡先備考,"
    "メールアドレス2,メールアドレス2_連絡先備考,法人番号,運営団体名,開催頻度,開催曜日,開催日,開催開始時間,開催終了時間,"
    "開催日時特記事項,参加条件,参加費_幼児,参加費_小学生,参加費_中学生,参加費_高校生,参加費_大人,参加費特記事項,予約方法,"
    "予約特記事項,定員,フードパントリー実施,テイクアウト実施,学区,ネットワークの加入,追加情報NO,画像,画像_ライセンス,備考"
)
_EXTRA_COLUMNS = column_names(
    "ID,住所,方書,緯度,経度,開催頻度,開催曜日,開催日,開催開始時間,開催終了時間,開催日時特記事項,参加条件,参加費_幼児,参加費_小学生,"
    "参加費_中学生,参加費_高校生,参加費_大人,参加費特記事項,予約方法,予約特記事項,定員,学区,画像,画像_ライセンス,備考"
)
_FULL_WIDTH = str.maketrans("0123456789-", "０１２３４５６７８９－")


def write_all(folder: Path, districts: list[District]) -> None:
    random = rng("kitchens")
    rows = [_kitchen(random, index, spot) for index, spot in enumerate(spots(random, districts, 40), 1)]
    extra = [_extra(random, number, spot) for number, spot in enumerate(spots(random, districts, 3), 1)]
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
        "運営団体名": random.choice(words.ORGANISERS).format(base(spot.district)), **_when(random),
        "参加条件": random.choice(["", "", "", "だれでも", "小学生・中学生", "市内の子どもと保護者"]), "参加費_小学生": fee,
        "参加費_幼児": fee and "0", "参加費_大人": random.choice(["", "300", "200円", "３００"]),
        "予約方法": random.choice(["", "", "不要", "前日までに申込"]), "定員": random.choice(["", "", "", "", "30", "20名"]),
        "フードパントリー実施": random.choice(["", "", "有", "無"]), "備考": "架空のデータです",
    }  # fmt: skip
    return row | (position(spot) if random.random() > 0.15 else {})


def _extra(random: Random, number: int, spot: Spot) -> dict[str, str]:
    return {
        "ID": str(number),
        "住所": spot.address,
        "開催日": "第4土曜日",
        "開催開始時間": "11:30",
        "参加費_大人": "300",
        **position(spot),
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
        "全国地方公共団体コード": "記入例",
        "都道府県": PREFECTURE,
        "市区町村名": CITY,
        "名称": "○○こども食堂",
    }
    rows.insert(0, example | {"住所": f"{PREFECTURE}{CITY}○○1-2-3", "開催日": "第2土曜日", "備考": "記入例"})
