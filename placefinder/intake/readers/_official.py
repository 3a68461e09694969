"""Lists of the 自治体標準オープンデータセット (and the older 推奨データセット): one engine, read by column name.

Each sheet says which kind its rows are and which further columns are facts; names of columns differ between editions,
so each idea has several.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from placefinder.facts import Fact, known, text, yes_no
from placefinder.intake import cells
from placefinder.intake.cells import Reading
from placefinder.intake.contacts import public_phone
from placefinder.intake.readers._form import Context, column
from placefinder.intake.readers.kodomo_shokudo import note_times
from placefinder.intake.records import ActivityRecord, FacilityRecord, Outcome, PlaceRecord
from placefinder.intake.tables import Row, Table
from placefinder.kinds import Kind, is_listed
from placefinder.opening import Field, Schedule, read_schedule

NAMES = (
    "名称",
    "施設名",
    "施設名称",
    "事業所名",
    "事業所の名称",
    "介護サービス事業所名",
    "医療機関名称",
    "医療機関名",
    "医療機関の名称",
    "学校名",
)
CODES = (
    "所在地_全国地方公共団体コード",
    "全国地方公共団体コード",
    "都道府県コード又は市区町村コード",
    "市区町村コード",
    "都道府県コード",
)
ADDRESSES = ("所在地_連結表記", "住所", "所在地", "施設所在地")
_COLUMNS: dict[str, tuple[str, ...]] = {
    "key": ("ID", "NO", "施設ID", "事業所番号", "介護保険事業所番号", "医療機関コード", "学校コード"),
    "name": NAMES, "kana": ("名称_カナ", "名称_かな", "施設名_カナ", "施設名称_カナ", "事業所名_カナ", "医療機関名称_カナ"), "code": CODES, "address": ADDRESSES,
    "prefecture": ("所在地_都道府県", "都道府県名", "都道府県"), "city": ("所在地_市区町村", "市区町村名", "市区町村"),
    "town": ("所在地_町字",), "block": ("所在地_番地以下",), "building": ("建物名等(方書)", "建物名等（方書）", "方書"),
    "postcode": ("郵便番号",), "lat": ("緯度",), "lon": ("経度",), "phone": ("電話番号", "電話番号1"),
    "phone_note": ("連絡先備考(その他、SNSなど)", "連絡先備考（その他、SNSなど）", "連絡先備考", "電話番号1_連絡先備考"), "url": ("URL",), "remarks": ("備考",),
    "description": ("説明",), "weekdays": ("利用可能曜日", "診療曜日", "開館曜日"), "opens": ("開始時間", "診療開始時間"), "closes": ("終了時間", "診療終了時間"),
    "notes": ("利用可能日時特記事項", "利用可能時間特記事項", "診療日時特記事項", "時間外における対応"), "barrier_free": ("バリアフリー情報",),
    "capacity": ("収容定員", "定員"), "organiser": ("団体名", "運営団体名", "法人の名称", "設置主体"),
}  # fmt: skip
_TELL_STATUS = ("name", "remarks", "notes", "weekdays", "opens", "closes")
_NEEDS = {
    "step_free": ("車椅子可", "車いす可", "スロープ有無", "スロープ、エレベーター、エスカレーター", "段差の有無"), "accessible_toilet": ("多目的トイレ", "車椅子使用者用トイレ", "多機能トイレ"),
    "parking": ("駐車場の有無", "駐車場有無", "駐車場"), "nursing_room": ("授乳室", "おむつ替えコーナー"), "pram": ("ベビーカー可",), "childcare": ("一時預かりの有無",),
    "transport": ("送迎サービス", "送迎の有無"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """One official sheet: the kind of a row, and the columns kept as facts beside those that all sheets share."""

    kind_of: Callable[[Row, str], Kind]
    facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def reader(sheet: Sheet) -> Callable[[Table, Context], Iterator[Outcome]]:
    """The reader of one sheet, its columns found once for each table."""

    def read(table: Table, context: Context) -> Iterator[Outcome]:
        columns = {idea: column(table, *names) for idea, names in _COLUMNS.items()}
        columns["needs_direction"] = column(table, "段差の有無")
        further = {name: column(table, *names) for name, names in {**_NEEDS, **sheet.facts}.items()}
        for row in table.rows():
            told = {name: found for name, found in further.items() if found}
            yield _outcome(table.sheet, Reading(row, context.as_of), columns, told, sheet)

    return read


def _outcome(
    page: str, reading: Reading, columns: Mapping[str, str | None], further: Mapping[str, str], sheet: Sheet
) -> Outcome:
    row = reading.row
    name = reading.cell(columns["name"])
    if not name:
        reading.notice(
            "name_missing", "名称がありません。名称を入れて取り込み直してください。", columns["name"], "refusal"
        )
        return Outcome(page, row.row_no, None, reading.findings, reading.dropped)
    kind = sheet.kind_of(row, name)
    record = _record(reading, columns, name, kind, facts_of(reading, columns, further))
    return Outcome(page, row.row_no, record, reading.findings, reading.dropped)


def _record(
    reading: Reading,
    columns: Mapping[str, str | None],
    name: str,
    kind: Kind,
    facts: dict[str, Fact],
) -> PlaceRecord | FacilityRecord:
    address = address_of(reading, columns)
    vague = cells.is_vague(address)
    key = reading.row.get(columns["key"] or "")
    code = cells.read_municipality(reading, columns["code"])
    kana, postcode = reading.cell(columns["kana"]) or None, cells.read_postcode(reading, columns["postcode"])
    point = None if vague else cells.read_point(reading, columns["lat"], columns["lon"])
    schedule = schedule_of(reading, columns)
    if not is_listed(kind):
        if schedule.text:
            facts["opening_text"] = Fact(
                "value", columns["weekdays"] or columns["opens"] or columns["notes"] or "", schedule.text
            )
        return FacilityRecord(key, code, name, kana, address or None, postcode, point, "", vague, facts, kind)
    status = reading.status(*(columns[idea] for idea in _TELL_STATUS))
    organiser = reading.cell(columns["organiser"]) or None
    activity = ActivityRecord(
        kind, name, name_kana=kana, organiser_name=organiser, status=status.status, status_text=status.sentence,
        status_until=status.until, schedule=schedule,
    )  # fmt: skip
    return PlaceRecord(
        key, code, name, kana, address or None, postcode, point, "", vague, facts, activities=(activity,)
    )


def address_of(reading: Reading, columns: Mapping[str, str | None]) -> str:
    """The whole address: joined from its parts where the list has it in parts, with what it leaves out put before it."""
    parts = {idea: reading.row.get(columns[idea] or "") for idea in ("prefecture", "city", "town", "block")}
    address = reading.cell(columns["address"]) or (parts["town"] + parts["block"])
    if address and parts["city"] and parts["city"] not in address:
        address = parts["city"] + address
    if address and parts["prefecture"] and not address.startswith(parts["prefecture"]):
        address = parts["prefecture"] + address
    return address


def schedule_of(reading: Reading, columns: Mapping[str, str | None]) -> Schedule:
    ideas: tuple[Field, ...] = ("weekdays", "opens", "closes", "notes")
    said = {idea: reading.cell(columns[idea]) for idea in ideas}
    note_times(reading, said["opens"], said["closes"], columns["opens"] or "")
    schedule = read_schedule(said, listed_weekdays_mean_weekly=True, year=reading.as_of.year)
    cells.note_schedule(reading, schedule, columns["weekdays"])
    return schedule


def facts_of(reading: Reading, columns: Mapping[str, str | None], further: Mapping[str, str]) -> dict[str, Fact]:
    phone, dropped = public_phone(reading.row.get(columns["phone"] or ""), reading.row.get(columns["phone_note"] or ""))
    reading.dropped += dropped
    facts = {"phone": text(phone or "", columns["phone"] or "")}
    for name in ("url", "remarks", "description", "barrier_free", "capacity", "building"):
        facts[name] = text(reading.cell(columns[name]), columns[name] or "")
    for name, header in further.items():
        facts[name] = _need(reading.row.get(header), header) if name in _NEEDS else text(reading.cell(header), header)
    if facts["barrier_free"].state == "value":
        facts = {**_barrier_free(str(facts["barrier_free"].value), columns["barrier_free"] or ""), **facts}
    return known(facts)


def _need(cell: str, header: str) -> Fact:
    fact = yes_no(cell, header)
    if header == "段差の有無" and fact.state in ("yes", "no"):
        return Fact("no" if fact.state == "yes" else "yes", header)
    return fact


def _barrier_free(said: str, header: str) -> dict[str, Fact]:
    """Only plain words: 「多目的トイレ有り」. Ramps or lifts alone do not say that one can get in."""
    toilet = re.search(r"(?:多目的|多機能|車椅子(?:対応|用)?|車いす(?:対応|用)?)トイレ(?:有|あり)", said)
    return {"accessible_toilet": Fact("yes", header)} if toilet else {}
