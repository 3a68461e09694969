"""イベント一覧 (自治体標準 12): dated events. Their days are dates, or spans of dates on every day of which they are open."""

from collections.abc import Iterator

from placefinder.facts import Fact, known, text
from placefinder.intake import cells
from placefinder.intake.cells import Reading
from placefinder.intake.readers._form import Context, Form, column
from placefinder.intake.readers._official import CODES, address_of
from placefinder.intake.records import ActivityRecord, Outcome, PlaceRecord
from placefinder.intake.tables import Table
from placefinder.kinds import kind
from placefinder.opening import Field, Schedule, read_schedule

_COLUMNS: dict[str, tuple[str, ...]] = {
    "key": ("ID", "NO"), "name": ("イベント名", "行事名"), "kana": ("イベント名_カナ",), "code": CODES, "place": ("場所名称", "開催場所", "会場"),
    "address": ("所在地_連結表記", "住所", "所在地"), "prefecture": ("所在地_都道府県", "都道府県名"), "city": ("所在地_市区町村", "市区町村名"),
    "town": ("所在地_町字",), "block": ("所在地_番地以下",), "lat": ("緯度",), "lon": ("経度",), "from": ("開始日", "開催日"), "to": ("終了日",),
    "opens": ("開始時間",), "closes": ("終了時間",), "notes": ("開始日時特記事項", "開催日時特記事項"), "price": ("料金(基本)", "料金（基本）", "料金"),
    "organiser": ("主催者",), "url": ("URL",), "for": ("対象", "参加対象"), "capacity": ("定員",), "description": ("説明",), "booking": ("参加申込方法", "申込期間"),
}  # fmt: skip


def _read(table: Table, context: Context) -> Iterator[Outcome]:
    columns = {idea: column(table, *names) for idea, names in _COLUMNS.items()}
    for row in table.rows():
        reading = Reading(row, context.as_of)
        record = _place(reading, columns)
        yield Outcome(table.sheet, row.row_no, record, reading.findings, reading.dropped)


def _place(reading: Reading, columns: dict[str, str | None]) -> PlaceRecord | None:
    name, place = reading.cell(columns["name"]), reading.cell(columns["place"])
    if not name:
        reading.notice("name_missing", "行事名がありません。", columns["name"], "refusal")
        return None
    address = address_of(reading, columns)
    key = reading.row.get(columns["key"] or "") or f"{name}|{reading.row.get(columns['from'] or '')}|{place}"
    return PlaceRecord(
        source_key=key, municipality_code=cells.read_municipality(reading, columns["code"]), name=place or name, address=address or None,
        point=cells.read_point(reading, columns["lat"], columns["lon"]), vague_address=cells.is_vague(address),
        activities=(_activity(reading, columns, name),),
    )  # fmt: skip


def _activity(reading: Reading, columns: dict[str, str | None], name: str) -> ActivityRecord:
    price = cells.read_yen(reading.row.get(columns["price"] or ""))
    status = reading.status(*(columns[idea] for idea in ("name", "notes", "from", "opens", "booking")))
    return ActivityRecord(
        kind=kind("event"), name=name, name_kana=reading.cell(columns["kana"]) or None, organiser_name=reading.cell(columns["organiser"]) or None,
        status=status.status, status_text=status.sentence, status_until=status.until, schedule=_schedule(reading, columns),
        price_yen_min=price, price_yen_max=price, facts=_facts(reading, columns),
    )  # fmt: skip


def _schedule(reading: Reading, columns: dict[str, str | None]) -> Schedule:
    """Single dates and spans of dates; a year that the list leaves out is asked of the weekdays written beside."""
    days = "～".join(dict.fromkeys(filter(None, (reading.cell(columns[idea]) for idea in ("from", "to")))))
    said: dict[Field, str] = {"days": days}
    ideas: tuple[Field, ...] = ("opens", "closes", "notes")
    said |= {idea: reading.cell(columns[idea]) for idea in ideas}
    schedule = read_schedule(said, year=reading.as_of.year)
    cells.note_schedule(reading, schedule, columns["from"])
    return schedule


def _facts(reading: Reading, columns: dict[str, str | None]) -> dict[str, Fact]:
    ideas = {
        "participation": "for",
        "price_text": "price",
        "capacity": "capacity",
        "description": "description",
        "booking": "booking",
        "url": "url",
    }
    return known({name: text(reading.cell(columns[idea]), columns[idea] or "") for name, idea in ideas.items()})


FORM = Form(
    "events", "イベント一覧(自治体標準 12)", "places",
    (frozenset({"イベント名", "行事名"}), frozenset({"開始日", "開催日"}), frozenset({"場所名称", "開催場所", "会場"})), _read,
)  # fmt: skip
