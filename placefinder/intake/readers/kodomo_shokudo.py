"""こども食堂一覧: the 49-column form in both editions, and its child table 追加情報 of further venues.

A group's own row is one place with one activity. Each row of the child table is one more place of the same group, with
whatever differs there; it is joined on 追加情報NO, or on ID in lists that leave 追加情報NO empty (国立市, 日野市).
"""

from collections.abc import Iterator
from datetime import date
from itertools import chain

from placefinder.facts import Fact, known, text, yes_no
from placefinder.intake import cells
from placefinder.intake.cells import Reading
from placefinder.intake.contacts import public_phone
from placefinder.intake.readers._form import Context, Form, refused
from placefinder.intake.records import ActivityRecord, Outcome, PlaceRecord
from placefinder.intake.tables import Row, Table
from placefinder.kinds import kind
from placefinder.opening import Field, Schedule, read_schedule, read_times

_CODE = ("全国地方公共団体コード", "都道府県コード又は市区町村コード")
_SCHEDULE: dict[Field, str] = {
    "frequency": "開催頻度", "weekdays": "開催曜日", "days": "開催日", "opens": "開催開始時間", "closes": "開催終了時間",
    "notes": "開催日時特記事項",
}  # fmt: skip
_TELL_STATUS = ("備考", "参加条件", "予約方法", "予約特記事項", *_SCHEDULE.values())
_PRICES = ("参加費_幼児", "参加費_小学生", "参加費_中学生", "参加費_高校生", "参加費_大人")
_SAID = {"capacity": "定員", "booking": "予約方法", "booking_notes": "予約特記事項", "participation": "参加条件",
         "price_text": "参加費特記事項", "purpose": "設置目的", "support": "実施支援の主な区分", "network": "ネットワークの加入",
         "building": "方書", "url": "URL", "remarks": "備考"}  # fmt: skip
_YES_NO = {"food_pantry": "フードパントリー実施", "take_out": "テイクアウト実施"}
_NOT_A_DISTRICT = frozenset({"未就学児", "なし", "無し", "無", "-", "全域", "全学区", "学区外可"})
_AUDIENCE = (("anyone", ("どなたでも", "誰でも", "だれでも", "制限なし")), ("children", ("子ども", "こども", "子供", "小学生", "中学生", "中高生", "高校生", "お子")),
             ("parents", ("保護者", "親子", "家族")), ("older", ("高齢者", "シニア")))  # fmt: skip
_EXCLUDES = ("不可", "以外", "除", "できません")


def _read(table: Table, context: Context) -> Iterator[Outcome]:
    link = _link(table)
    parents: dict[str, PlaceRecord] = {}
    for row in table.rows():
        outcome = _place(table.sheet, row, Reading(row, context.as_of))
        key = row.get(link)
        if key and isinstance(outcome.record, PlaceRecord):
            parents.setdefault(_plain_id(key), outcome.record)
        yield outcome
    yield from chain.from_iterable(_children(child, parents, context.as_of) for child in context.children)


def _link(table: Table) -> str:
    filled = "追加情報NO" in table.header and any(row["追加情報NO"] for row in table.rows())
    return "追加情報NO" if filled else "ID"


def _plain_id(text: str) -> str:
    return text.removesuffix(".0").lstrip("0") or text


def _place(sheet: str, row: Row, reading: Reading) -> Outcome:
    name = reading.cell("名称")
    if not name:
        reading.notice("name_missing", "名称がありません。名称を入れて取り込み直してください。", "名称", "refusal")
        return Outcome(sheet, row.row_no, None, reading.findings, reading.dropped)
    activity = _activity(reading, name)
    address, vague = _address(reading)
    record = PlaceRecord(
        source_key=row.get("ID"), municipality_code=cells.read_municipality(reading, _first(row, *_CODE)), name=name,
        name_kana=reading.cell("名称_カナ") or None, address=address, point=None if vague else cells.read_point(reading, "緯度", "経度"),
        vague_address=vague, declared_districts=_districts(reading), activities=(activity,), facts=_place_facts(reading),
    )  # fmt: skip
    return Outcome(sheet, row.row_no, record, reading.findings, reading.dropped)


def _children(child: Table, parents: dict[str, PlaceRecord], as_of: date) -> Iterator[Outcome]:
    number: dict[str, int] = {}
    key_column = "追加情報NO" if "追加情報NO" in child.header else "ID" if "ID" in child.header else "NO"
    for row in child.rows():
        key = _plain_id(row.get(key_column))
        parent = parents.get(key)
        sheet = child.sheet or child.file_name
        if parent is None:
            outcome = refused(
                child,
                row.row_no,
                key_column,
                "parent_missing",
                "この追加情報に対応する行が元の一覧にありません。番号を確かめてください。",
            )
            outcome.sheet = sheet
            yield outcome
            continue
        number[key] = number.get(key, 0) + 1
        yield _further_venue(sheet, Reading(row, as_of), parent, number[key])


def _further_venue(sheet: str, reading: Reading, parent: PlaceRecord, number: int) -> Outcome:
    row = reading.row
    address, vague = _address(reading)
    if not address:
        reading.notice("address_missing", "追加の会場の住所がありません。会場はどこですか。", "住所", "question")
    activity = _activity(reading, parent.activities[0].name)
    activity.organiser_name = parent.activities[0].organiser_name
    record = PlaceRecord(
        source_key=f"{parent.source_key or parent.name}+{number}", municipality_code=parent.municipality_code, name=parent.name,
        name_kana=parent.name_kana, address=address, point=None if vague else cells.read_point(reading, "緯度", "経度"),
        vague_address=vague, declared_districts=_districts(reading), activities=(activity,), facts=_place_facts(reading),
    )  # fmt: skip
    return Outcome(sheet, row.row_no, record, reading.findings, reading.dropped)


def _first(row: Row, *names: str) -> str | None:
    return next((name for name in names if name in row.columns), None)


def _address(reading: Reading) -> tuple[str | None, bool]:
    """Prefecture and municipality put before an address that leaves them out; and whether it is vague on purpose."""
    address, town = reading.cell("住所"), reading.row.get("市区町村名")
    vague = cells.is_vague(address) or "非公開" in reading.row.get("方書")
    if vague:
        reading.notice(
            "address_vague", "住所が公開されていない、またはおおよそのため、地図には点で示しません。", "住所"
        )
    if not address:
        return None, vague
    prefecture = reading.row.get("都道府県")
    if town and town not in address:
        address = town + address
    return (address if not prefecture or address.startswith(prefecture) else prefecture + address), vague


def _districts(reading: Reading) -> tuple[str, ...]:
    """「笹塚小;中幡小」: the districts the group itself names."""
    parts = [
        part.strip() for part in reading.cell("学区").replace("；", ";").replace("、", ";").replace(",", ";").split(";")
    ]
    wrong = [part for part in parts if part in _NOT_A_DISTRICT]
    if wrong:
        reading.notice("district_no_district", "学区ではない語が入っているため使いませんでした。", "学区")
    return tuple(part for part in parts if part and part not in wrong)


def _activity(reading: Reading, name: str) -> ActivityRecord:
    row = reading.row
    status = reading.status(*(column for column in _TELL_STATUS if column in row.columns), name=name)
    conditions = reading.cell("参加条件")
    age_min, age_max = cells.read_ages(conditions)
    lowest, highest = _prices(reading)
    return ActivityRecord(
        kind=kind("kodomo_shokudo"), name=name, name_kana=reading.cell("名称_カナ") or None,
        organiser_name=reading.cell("運営団体名") or None, status=status.status, status_text=status.sentence, status_until=status.until, schedule=_schedule(reading),
        age_min=age_min, age_max=age_max, audiences=audiences(conditions), interests=("meal",), price_yen_min=lowest, price_yen_max=highest,
        facts=_activity_facts(reading),
    )  # fmt: skip


def _schedule(reading: Reading) -> Schedule:
    columns = {name: reading.cell(column) for name, column in _SCHEDULE.items()}
    columns["frequency"] = columns["frequency"].removesuffix(".0")
    columns["notes"] = "" if columns["notes"] in ("無し", "なし", "特になし") else columns["notes"]
    schedule = read_schedule(columns, year=reading.as_of.year)
    if columns["frequency"].isdigit() and "conflict" in schedule.missing:
        # The numbers have no official key: only what contradicts itself in words is a question to the clerk.
        in_words = read_schedule(columns | {"frequency": ""}, year=reading.as_of.year)
        cells.note_schedule(reading, in_words, "開催曜日")
    else:
        cells.note_schedule(reading, schedule, "開催曜日")
    if columns["opens"] and columns["closes"]:
        note_times(reading, columns["opens"], columns["closes"], "開催開始時間")
    return schedule


def note_times(reading: Reading, opens: str, closes: str, column: str) -> None:
    if read_times(opens, "")[0] and read_times(closes, "")[0] and not read_times(opens, closes)[2]:
        reading.notice("times_reversed", "開始時間が終了時間より後です。時間は示さず、原文だけを残しました。", column)


def _prices(reading: Reading) -> tuple[int | None, int | None]:
    """Lowest and highest price; the highest only where the adults' price is told and nothing is left as prose."""
    filled = {column: reading.row.get(column) for column in _PRICES if reading.row.get(column)}
    amounts = {column: cells.read_yen(cell) for column, cell in filled.items()}
    for column, amount in amounts.items():
        if amount is None:
            reading.notice("price_prose", "参加費が金額だけではないため、金額としては扱わず原文を示します。", column)
    plain = [amount for amount in amounts.values() if amount is not None]
    if not plain:
        return None, None
    whole = len(plain) == len(filled) and "参加費_大人" in filled and not reading.row.get("参加費特記事項")
    return min(plain), max(plain) if whole else None


def audiences(conditions: str) -> tuple[str, ...]:
    """Whom the condition plainly names; nothing where it also excludes somebody."""
    if any(word in conditions for word in _EXCLUDES):
        return ()
    return tuple(name for name, words in _AUDIENCE if any(word in conditions for word in words))


def _activity_facts(reading: Reading) -> dict[str, Fact]:
    facts = {
        name: text(reading.cell(column), column) for name, column in _SAID.items() if name not in ("building", "url")
    }
    facts |= {name: yes_no(reading.row.get(column), column) for name, column in _YES_NO.items()}
    facts |= {f"price_{column.removeprefix('参加費_')}": text(reading.cell(column), column) for column in _PRICES}
    if reading.row.get("予約方法") in ("不要", "予約不要", "予約なし", "申込不要", "なし"):
        facts["drop_in"] = Fact("yes", "予約方法")
    return known(facts)


def _place_facts(reading: Reading) -> dict[str, Fact]:
    phone, dropped = public_phone(reading.row.get("電話番号1"), reading.row.get("電話番号1_連絡先備考"))
    reading.dropped += dropped
    for column in ("電話番号2", "FAX番号", "メールアドレス1", "メールアドレス2"):
        reading.cell(column)  # not kept, only counted
    facts = {
        "phone": text(phone or "", "電話番号1"),
        "building": text(reading.cell("方書"), "方書"),
        "url": text(reading.cell("URL"), "URL"),
    }
    return known(facts)


FORM = Form(
    "kodomo_shokudo", "こども食堂一覧(49項目)", "places",
    (frozenset({"名称"}), frozenset({"住所"}), frozenset({"開催曜日", "開催頻度"}), frozenset({"参加費_大人", "参加費_小学生"}), frozenset({"運営団体名", "設置目的"})),
    _read, frozenset({"追加情報NO", "学区", "テイクアウト実施"}),
)  # fmt: skip
CHILD = Form(
    "kodomo_shokudo_tsuika", "こども食堂一覧の追加情報(一覧と一緒に読みます)", "places",
    (frozenset({"ID", "NO", "追加情報NO"}), frozenset({"住所"}), frozenset({"開催曜日", "開催頻度"}), frozenset({"参加費_大人", "参加費_小学生"})),
    _read,
)  # fmt: skip
