"""国土数値情報 P05 (市町村役場等及び公的集会施設): halls and offices as public rooms, from GeoJSON or a Shapefile (also zipped).

P05-10 and P05-22 have the same columns; what a later edition adds is left aside.
"""

from collections.abc import Iterator

from placefinder.facts import known, text
from placefinder.intake import cells
from placefinder.intake.cells import Reading
from placefinder.intake.geojson import LATITUDE, LONGITUDE
from placefinder.intake.readers._form import Context, Form
from placefinder.intake.records import FacilityRecord, Outcome
from placefinder.intake.tables import Row, Table
from placefinder.kinds import Kind, kind

_CLASSES: dict[str, Kind] = {
    "1": kind("public_office"), "2": kind("public_office"), "3": kind("public_office"), "4": kind("public_room"), "5": kind("public_room"),
}  # fmt: skip
"""施設分類コード: 1 本庁, 2 支所・出張所・連絡所, 3 ほかの行政サービス施設, 4 公立公民館, 5 集会施設."""


def _read(table: Table, context: Context) -> Iterator[Outcome]:
    for row in table.rows():
        reading = Reading(row)
        record = _facility(row, reading)
        yield Outcome(table.sheet, row.row_no, record, reading.findings, reading.dropped)


def _facility(row: Row, reading: Reading) -> FacilityRecord | None:
    name, address = reading.cell("P05_003"), reading.cell("P05_004")
    if not name:
        reading.notice("name_missing", "名称(P05_003)がありません。", "P05_003", "refusal")
        return None
    facts = known({"category": text(row.get("P05_002"), "P05_002")})
    return FacilityRecord(
        source_key="", municipality_code=cells.read_municipality(reading, "P05_001"), name=name, address=address or None,
        point=cells.read_point(reading, LATITUDE, LONGITUDE), facts=facts, kind=_CLASSES.get(row.get("P05_002").lstrip("0"), kind("other")),
    )  # fmt: skip


FORM = Form(
    "p05", "国土数値情報 P05 公的集会施設", "rooms", (frozenset({"P05_001"}), frozenset({"P05_002"}), frozenset({"P05_003"}), frozenset({"P05_004"})), _read,
)  # fmt: skip
