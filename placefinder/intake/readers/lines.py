"""相談窓口一覧: contact lines with topics and hours, in our own CSV form (docs/how-to/load-data.md)."""

import re
from collections.abc import Iterator
from typing import Any

from placefinder.intake import cells
from placefinder.intake.cells import Reading
from placefinder.intake.readers._form import Context, Form
from placefinder.intake.records import ContactLineRecord, Outcome
from placefinder.intake.tables import Row, Table
from placefinder.opening import Field, read_schedule
from placefinder.opening.rules import Hours, Rule, Weekly
from placefinder.topics import topic, topic_names


def _read(table: Table, context: Context) -> Iterator[Outcome]:
    for row in table.rows():
        reading = Reading(row)
        record = _line(row, reading)
        yield Outcome(table.sheet, row.row_no, record, reading.findings, reading.dropped)


def _line(row: Row, reading: Reading) -> ContactLineRecord | None:
    name, phone = row.get("名称"), row.get("電話番号")
    if not name:
        reading.notice("name_missing", "窓口の名称がありません。", "名称", "refusal")
        return None
    if not phone and not row.get("URL"):
        reading.notice("contact_missing", "電話番号もURLもありません。どう連絡しますか。", "電話番号", "question")
    hours = _hours(row, reading)
    topics = _topics(row, reading)
    return ContactLineRecord(
        source_key=row.get("ID") or name, name=name, topics=topics, under_18=row.get("18歳以下向け") in ("1", "有", "はい", "○", "true"),
        hours=hours, municipality_code=cells.read_municipality(reading, "市区町村コード"), phone=phone or None, url=row.get("URL") or None,
        note=reading.cell("備考") or None,
    )  # fmt: skip


def _topics(row: Row, reading: Reading) -> list[str]:
    """Codes of the topics a cell names by code or Japanese name (「孤独・孤立」, 「子育て」); an unknown one is a question."""
    found: dict[str, None] = {}
    for part in filter(None, re.split(r"[;；、,\s]+", row.get("相談分野"))):
        codes = [topic(part)] if topic(part) else [topic(word) for word in part.split("・")]
        found |= {code: None for code in codes if code}
        if None in codes:
            reading.notice(
                "topic_unknown", f"相談分野「{part}」に当たる語がありません。次のどれですか: {'、'.join(topic_names())}",
                "相談分野", "question",
            )  # fmt: skip
    return list(found)


def _hours(row: Row, reading: Reading) -> list[dict[str, Any]]:
    """Hours that are the same every week (月～金, 毎日, 24時間); whatever else is said is a question, and no hours are told."""
    days, opens = row.get("受付曜日"), row.get("開始時間").replace("終日", "24時間")
    if not days:
        return []
    said: dict[Field, str] = {"weekdays": days, "opens": opens, "closes": row.get("終了時間")}
    schedule = read_schedule(said, listed_weekdays_mean_weekly=True)
    told = [one for rule in schedule.rules for one in _weekly(rule)]
    if schedule.certainty != "exact" or schedule.closures or None in told:
        reading.notice(
            "hours_not_understood",
            "受付曜日か時間が読み取れません。何曜日の何時から何時までですか。",
            "受付曜日",
            "question",
        )
        return []
    return [one for one in told if one]


def _weekly(rule: Rule) -> list[dict[str, Any] | None]:
    """One item for each weekday and session; None where that is not all the rule says."""
    days, hours = rule.days, rule.hours
    plain = isinstance(days, Weekly) and Rule(Weekly(days.weekdays), hours) == rule
    if not isinstance(days, Weekly) or not plain or not hours:
        return [None]
    return [_session(day, one) for day in days.weekdays for one in hours]


def _session(day: int, hours: Hours) -> dict[str, Any] | None:
    if hours.opens is None or hours.closes is None or hours.closes > 1440:
        return None
    opens, closes = (f"{at // 60:02d}:{at % 60:02d}" for at in (hours.opens, hours.closes))
    return {"weekday": day, "opens": opens, "closes": closes}


FORM = Form(
    "contact_lines", "相談窓口一覧", "contact_lines", (frozenset({"名称"}), frozenset({"電話番号"}), frozenset({"相談分野"}), frozenset({"受付曜日"})), _read,
)  # fmt: skip
