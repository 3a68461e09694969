"""What a clerk reads after a load (取込報告): one value, shown in the terminal, as CSV and as a standalone page."""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from jinja2 import Environment, PackageLoader, select_autoescape

from geo.editions import Counts
from geo.findings import Finding
from placefinder.intake.pipeline import Prepared, Staged
from placefinder.intake.records import PlaceRecord

VERDICTS = {"accepted": "受入", "queued": "確認待ち", "refused": "取込不可"}
CHANGES = {"new": "新規", "changed": "変更", "same": "同じ", "gone": "なくなった"}
BASES = {
    "polygon": "区域の図形",
    "nearest_polygon": "最も近い区域",
    "official_table": "通学区域表",
    "nearest_school": "最寄りの学校(推定)",
    "none": "不明",
}
LEVELS = {
    "given": "元の表の座標",
    "block": "住所(街区)",
    "town": "住所(町)",
    "city": "市区町村まで",
    "prefecture": "都道府県まで",
    "none": "不明",
}
CERTAINTIES = {"exact": "日付まで分かる", "partial": "一部だけ(原文を示す)", "not_understood": "分からない"}
STATUSES = {
    "running": "開催中",
    "suspended": "休止中",
    "closed": "終了",
    "not_taking_new": "新規受入れ休止",
    "needs_checking": "要確認",
    "unknown": "記載なし",
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Line:
    """One finding about one row; `verdict` is the row's, in Japanese."""

    sheet: str
    row_no: int | None
    column: str
    rule: str
    verdict: str
    message: str
    value: str


@dataclass(frozen=True, slots=True)
class Report:
    """All that is told about a load. Tallies are by Japanese label; `gone` names what the earlier edition had."""

    file_name: str
    form: str
    scope: str
    counts: Counts
    read_lines: int
    empty: int
    templates: int
    personal_dropped: int
    positions: Mapping[str, int]
    districts: Mapping[str, int]
    schedules: Mapping[str, int]
    statuses: Mapping[str, int]
    changes: Mapping[str, int]
    gone: Sequence[str]
    rules: Sequence[tuple[str, str, int]]  # rule, message of its first finding, rows
    lines: Sequence[Line]
    notes: Sequence[str]
    label: str = ""
    source: str = ""
    licence: str = ""
    edition_id: str = ""
    held: str | None = None
    duplicates: int = 0


def report_of(prepared: Prepared, staged: Staged | None = None, duplicates: int = 0) -> Report:
    """The report of a dry run, or of a staged load."""
    reading, located = prepared.reading, prepared.located
    activities = [
        activity
        for outcome in reading.outcomes
        if isinstance(outcome.record, PlaceRecord)
        for activity in outcome.record.activities
    ]
    changes = staged.changes if staged else []
    lines = list(_lines(prepared))
    return Report(
        reading.file_name, reading.form.title, prepared.scope, prepared.counts, reading.lines, reading.empty, reading.templates,
        sum(outcome.personal_dropped for outcome in reading.outcomes), _tally((one.level for one in located), LEVELS),
        _tally((one.district_basis for one in located if one.point), BASES), _tally((a.schedule.certainty for a in activities), CERTAINTIES),
        _tally((a.status for a in activities), STATUSES), _tally((c.change for c in changes), CHANGES),
        [c.name for c in changes if c.change == "gone"], _rules(lines), lines, [note.message for note in prepared.notes],
        label=staged.edition.label if staged else "", source=staged.source.title if staged else "", licence=staged.source.licence if staged else "",
        edition_id=str(staged.edition.edition_id) if staged else "", held=staged.held if staged else None, duplicates=duplicates,
    )  # fmt: skip


def _lines(prepared: Prepared) -> Iterator[Line]:
    for outcome in prepared.reading.outcomes:
        for found in outcome.findings:
            yield _line(outcome.sheet, found, VERDICTS[outcome.verdict])


def _line(sheet: str, found: Finding, verdict: str) -> Line:
    return Line(sheet, found.row_no, found.column or "", found.rule, verdict, found.message, found.value or "")


def _tally(values: Iterator[str] | Sequence[str], labels: Mapping[str, str]) -> dict[str, int]:
    counted = Counter(values)
    return {label: counted[value] for value, label in labels.items() if counted[value]}


def _rules(lines: Sequence[Line]) -> list[tuple[str, str, int]]:
    counted = Counter(line.rule for line in lines)
    first = {line.rule: line.message for line in reversed(lines)}
    return [(rule, first[rule], rows) for rule, rows in counted.most_common()]


def summary(report: Report) -> str:
    """For the terminal: counts first, then what was noticed, most frequent first."""
    c = report.counts
    head = [
        f"{report.file_name}: {report.form}（範囲 {report.scope}）",
        f"  データ{c.rows_in}行 = 受入{c.accepted} + 確認待ち{c.queued} + 取込不可{c.refused}"
        f"（ほかに空行{report.empty}、ひな形の行{report.templates}）",
    ]
    tallies = (
        ("位置", report.positions),
        ("小学校区", report.districts),
        ("日程", report.schedules),
        ("状態", report.statuses),
        ("前の版から", report.changes),
    )
    head += [
        f"  {title}: {'、'.join(f'{label}{count}' for label, count in tally.items())}"
        for title, tally in tallies
        if tally
    ]
    if report.personal_dropped:
        head.append(f"  私的な連絡先{report.personal_dropped}件は保存しませんでした（携帯番号・メールアドレス）。")
    if report.duplicates:
        head.append(f"  ほかの掲載と同じかもしれない活動が{report.duplicates}組あります。")
    if report.gone:
        head.append(f"  なくなった: {'、'.join(report.gone[:10])}{' ほか' if len(report.gone) > 10 else ''}")
    head += [f"  ・{note}" for note in report.notes]
    head += [f"  {rows:>6}行 {message} [{rule}]" for rule, message, rows in report.rules]
    head += [
        f"  {line.row_no}行目{f'「{line.column}」' if line.column else ' '}{line.message}"
        for line in report.lines
        if line.verdict != VERDICTS["accepted"]
    ][:10]
    return "\n".join([*head, *([f"★ {report.held}"] if report.held else [])])


def write_csv(report: Report, path: Path) -> None:
    """Every finding on a line of its own, with a byte-order mark for spreadsheets; no cell can run as a formula."""
    path.write_text(csv_text(report), encoding="utf-8-sig", newline="")


def csv_text(report: Report) -> str:
    """Every finding on a line of its own; no cell can run as a formula."""
    file = StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(["シート", "行", "列", "規則", "判定", "内容", "元の値"])
    for line in report.lines:
        cells = (line.sheet, line.row_no or "", line.column, line.rule, line.verdict, line.message, line.value)
        writer.writerow([formula_safe(str(cell)) for cell in cells])
    return file.getvalue()


def formula_safe(cell: str) -> str:
    """Text that a spreadsheet shows and does not run."""
    return f"'{cell}" if cell.lstrip(" \u3000").startswith(_FORMULA) or cell.startswith(("\t", "\r")) else cell


def html_page(report: Report) -> str:
    """One standalone page without scripts or outside files."""
    environment = Environment(
        loader=PackageLoader("placefinder.web"),
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("reports/intake.html").render(report=report)


def write(report: Report, path: Path) -> None:
    """As CSV or HTML, by the path's ending; anything else is CSV."""
    if path.suffix.lower() in (".html", ".htm"):
        path.write_text(html_page(report), encoding="utf-8")
    else:
        write_csv(report, path)
