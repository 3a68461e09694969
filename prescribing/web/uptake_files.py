"""Uptake as files: CSV, xlsx and JSON of the same suppressed tables. The same report gives the same bytes, whenever it is made.

A cell whose text a spreadsheet would take for a formula gets an apostrophe before it in CSV and is written as text in xlsx.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import xlsxwriter
from fastapi import Response

from prescribing.journey import REASONS
from prescribing.uptake.definitions import STAGES
from prescribing.uptake.report import AGE_BANDS, BY_DISTRICT, DistrictReport, InsurerReport
from prescribing.uptake.suppression import Shown

Cell = str | int | float | None
Row = Sequence[Cell]
STAGE_OF = {stage.stage: stage for stage in STAGES}
HIDDEN = "非表示"
RULE = (
    "1〜9人の数はかくし、ほかの数はすべて5の倍数にまるめています。割合は、まるめた数から出しています。"
    "かくした数がほかの数から計算できてしまうときは、10人以上の数もかくします。"
)
NO_EFFECT = "ここにあるのは、何人が行ったかです。紹介の効果ではありません（くらべる相手がいません）。"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
FIXED_DAY = datetime(2000, 1, 1, tzinfo=UTC)
FIGURE_HEAD = ("人数（分子）", "数えられる人（分母）", "割合", "まだ待っている")
FILES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What a file tells: for whom, as of when; `own` is an insurer's, `districts` of all insurers together."""

    title: str
    as_of: date
    own: InsurerReport | None
    districts: DistrictReport
    names: Mapping[UUID, str]


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a file."""

    name: str
    head: Row
    rows: tuple[Row, ...]


def answer(told: Told, ending: str) -> Response:
    """The file as an attachment that no cache keeps."""
    body = {"csv": csv_of, "xlsx": xlsx_of, "json": json_of}[ending](told)
    name = f"uptake-{told.as_of.isoformat()}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(body, media_type=FILES[ending], headers=headers)


def seen(count: int | None) -> str:
    """A count as it may be seen."""
    return HIDDEN if count is None else f"{count:,}人"


def tables(told: Told) -> list[Table]:
    """All tables, in the order of the page."""
    about = Table(
        "はじめに",
        ("こうもく", "内容"),
        (("だれの", told.title), ("いつの時点", told.as_of.isoformat()), ("数のかくし方", RULE), ("注意", NO_EFFECT)),
    )
    return [about, *(_own(told.own) if told.own else ()), *_by_district(told)]


def csv_of(told: Told) -> bytes:
    """All tables one below the other, UTF-8 with BOM so that spreadsheets read it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for table in tables(told):
        writer.writerow([f"【{table.name}】"])
        writer.writerow([safe(cell) for cell in table.head])
        writer.writerows([safe(cell) for cell in row] for row in table.rows)
        writer.writerow([])
    return out.getvalue().encode("utf-8-sig")


def safe(cell: Cell) -> Cell:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


def xlsx_of(told: Told) -> bytes:
    """A sheet for each table; texts are texts, never formulas or links."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": FIXED_DAY, "title": "利用のまとめ"})
    bold, percent = book.add_format({"bold": True}), book.add_format({"num_format": "0%"})
    for table in tables(told):
        sheet = book.add_worksheet(table.name)
        sheet.set_column(0, 0, 26)
        sheet.set_column(1, len(table.head), 18)
        for number, row in enumerate((table.head, *table.rows)):
            for place, cell in enumerate(row):
                _write(
                    sheet, number, place, cell, bold if number == 0 else percent if isinstance(cell, float) else None
                )
    book.close()
    return out.getvalue()


def _write(sheet: Any, row: int, column: int, cell: Cell, look: Any) -> None:
    if isinstance(cell, str):
        sheet.write_string(row, column, cell, look)
    elif cell is not None:
        sheet.write_number(row, column, cell, look)


def json_of(told: Told) -> bytes:
    """All tables for programs: hidden counts are null."""
    own = told.own
    document: dict[str, Any] = {
        "title": told.title, "as_of": told.as_of.isoformat(), "rule": RULE, "note": NO_EFFECT,
        "definitions": {stage.stage: stage.definition for stage in STAGES},
        "districts": [
            {"district": _place(one.district_id, told.names), **{name: _figure(one.figures[name]) for name in BY_DISTRICT}}
            for one in told.districts.districts
        ],
        "district_age_bands": {stage: _named(AGE_BANDS, told.districts.by_age[stage]) for stage in BY_DISTRICT},
    }  # fmt: skip
    if own:
        months = [f"{month:%Y-%m}" for month in own.months]
        document |= {
            "stages": {stage: _figure(figure) for stage, figure in own.stages.items()},
            "months": {stage: _named(months, figures) for stage, figures in own.by_month.items()},
            "age_bands": {stage: _named(AGE_BANDS, figures) for stage, figures in own.by_age.items()},
            "curve": {"followed": own.curve.followed, "steps": [
                {"day": s.day, "at_risk": s.at_risk, "events": s.events, "attended": round(s.attended, 4),
                 "low": round(s.low, 4), "high": round(s.high, 4)} for s in own.curve.steps]},
            "reasons": {one.reason: one.referrals for one in own.reasons},
        }  # fmt: skip
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _named(names: Sequence[str], figures: Sequence[Shown]) -> dict[str, Any]:
    return {name: _figure(one) for name, one in zip(names, figures, strict=True)}


def _figure(one: Shown) -> dict[str, Any]:
    rate = None if one.rate is None else round(one.rate, 4)
    return {"numerator": one.numerator, "denominator": one.denominator, "waiting": one.waiting, "rate": rate}


def _cells(one: Shown) -> Row:
    counts = [HIDDEN if count is None else count for count in (one.numerator, one.denominator, one.waiting)]
    return (counts[0], counts[1], "" if one.rate is None else float(one.rate), counts[2])


def _own(own: InsurerReport) -> Iterator[Table]:
    rows = tuple((stage.name, *_cells(own.stages[stage.stage]), stage.definition) for stage in STAGES)
    yield Table("段階", ("段階", *FIGURE_HEAD, "数え方"), rows)
    steps = tuple((s.day, s.at_risk, s.events, float(s.attended), float(s.low), float(s.high)) for s in own.curve.steps)
    yield Table(
        "行くまでの日数",
        ("同意からの日数", "その前に待っていた人", "行った人", "行った割合", "95%の幅（下）", "95%の幅（上）"),
        steps,
    )
    for title, names, figures in (
        ("月ごと", [f"{month:%Y-%m}" for month in own.months], own.by_month), ("年れいごと", AGE_BANDS, own.by_age),
    ):  # fmt: skip
        told = tuple(
            (name, stage.name, *_cells(one))
            for stage in STAGES for name, one in zip(names, figures[stage.stage], strict=True)
        )  # fmt: skip
        yield Table(title, (title, "段階", *FIGURE_HEAD), told)
    reasons = tuple((REASONS[one.reason].name_ja if one.reason in REASONS else one.reason,
                     HIDDEN if one.referrals is None else one.referrals) for one in own.reasons)  # fmt: skip
    yield Table("行かなかった理由", ("理由", "人数"), reasons)


def _by_district(told: Told) -> Iterator[Table]:
    rows = tuple(
        (_place(one.district_id, told.names), STAGE_OF[stage].name, *_cells(one.figures[stage]))
        for stage in BY_DISTRICT for one in told.districts.districts
    )  # fmt: skip
    yield Table("学区ごと（全保険者）", ("学区", "段階", *FIGURE_HEAD), rows)
    ages = tuple(
        (name, STAGE_OF[stage].name, *_cells(one))
        for stage in BY_DISTRICT for name, one in zip(AGE_BANDS, told.districts.by_age[stage], strict=True)
    )  # fmt: skip
    yield Table("地域の年れいごと（全保険者）", ("年れい", "段階", *FIGURE_HEAD), ages)


def _place(district_id: UUID | None, names: Mapping[UUID, str]) -> str:
    return names.get(district_id, "学区がわからない人") if district_id else "学区がわからない人"
