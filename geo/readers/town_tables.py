"""Official town → school tables (通学区域表): mapped CSV, 自治体標準 17 通学区域, and 高松市's PDF."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pdfplumber
from pdfplumber.utils.exceptions import PdfminerException

from geo.codes import MunicipalityCode, municipality_code
from geo.editions import Counts
from geo.errors import CodeError, TableError
from geo.findings import Finding, verdict
from geo.readers.tables import TableRow, read_table
from geo.readers.texts import is_garbled


@dataclass(frozen=True, slots=True)
class TownRow:
    """One town in one school's district; `note` is which part of the town, as printed (「1番～10番」)."""

    municipality_code: MunicipalityCode
    town: str
    school: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class TownFile:
    """What a table held; a town served by several schools has a row for each."""

    rows: tuple[TownRow, ...]
    findings: tuple[Finding, ...]
    counts: Counts


@dataclass(frozen=True, slots=True)
class TownColumns:
    """Which columns of a mapped file hold what. Several schools in one cell are parted by 「|」「;」 or 「、」."""

    town: Sequence[str]
    school: str
    note: str | None = None
    municipality: str | None = None
    school_kind: str | None = None


# By column name: the sheet has one row for each stretch of a town and each kind of school.
STANDARD_17 = TownColumns(
    town=("町字", "町丁目", "町名", "大字・町名", "丁目", "通学区域_町字"),
    school="学校名",
    note="番地",
    municipality="全国地方公共団体コード",
    school_kind="学校種別",
)
_NOTES = ("番地", "番地以下", "範囲", "備考", "通学区域_番地以下")
_SCHOOLS = ("学校名", "名称", "小学校名", "小学校")
_CODES = ("全国地方公共団体コード", "都道府県コード又は市区町村コード")


def read_standard_17(path: Path, municipality: MunicipalityCode | None = None) -> TownFile:
    """自治体標準オープンデータセット 17 通学区域 by column name; rows of other kinds than 小学校 are left out.

    The sheet's exact titles were not at hand when this was written: the names above are looked for, and a file
    without a town or school column is refused with the titles that were expected.
    """
    known = (*STANDARD_17.town, *_SCHOOLS, *_CODES, "学校種別", *_NOTES)
    table = read_table(path, known, at_least=2)
    towns = [name for name in STANDARD_17.town if name in table.header]
    school = next((name for name in _SCHOOLS if name in table.header), None)
    if not towns or school is None:
        raise TableError(f"{path.name}: 町名の列({'、'.join(STANDARD_17.town[:3])}など)と学校名の列が必要です。")
    columns = TownColumns(
        town=towns,
        school=school,
        note=next((name for name in _NOTES if name in table.header), None),
        municipality=next((name for name in _CODES if name in table.header), None),
        school_kind="学校種別" if "学校種別" in table.header else None,
    )
    return _read(table.rows, columns, municipality)


def read_mapped(path: Path, columns: TownColumns, municipality: MunicipalityCode) -> TownFile:
    """Any CSV or Excel table whose columns the caller names. Raises TableError where they are not there."""
    wanted = [*columns.town, columns.school]
    table = read_table(path, wanted, at_least=len(wanted))
    return _read(table.rows, columns, municipality)


def _read(rows: Sequence[TableRow], columns: TownColumns, default: MunicipalityCode | None) -> TownFile:
    read: list[TownRow] = []
    findings: list[Finding] = []
    refused = 0
    for row in rows:
        found = _row_findings(row, columns)
        code, code_findings = _municipality(row, columns, default)
        found += code_findings
        findings += found
        if verdict(found) == "refused" or code is None:
            refused += 1
            continue
        town = "".join(row[column] for column in columns.town)
        note = (row[columns.note] or None) if columns.note else None
        read += [TownRow(code, town, school, note) for school in _schools(row[columns.school])]
    return TownFile(tuple(read), tuple(findings), Counts(len(rows), len(rows) - refused, refused=refused))


def _schools(cell: str) -> list[str]:
    return [name.strip() for name in re.split(r"[|;、，,]", cell) if name.strip()]


def _row_findings(row: TableRow, columns: TownColumns) -> list[Finding]:
    if columns.school_kind and row[columns.school_kind] not in ("", "小学校", "義務教育学校"):
        message = "小学校以外の通学区域なので、使いませんでした。"
        return [Finding(row.row_no, columns.school_kind, "other_kind", "refusal", message, row[columns.school_kind])]
    town, school = "".join(row[column] for column in columns.town), row[columns.school]
    for column, text, what in ((columns.town[0], town, "町名"), (columns.school, school, "学校名")):
        if not text:
            return [Finding(row.row_no, column, "cell_empty", "refusal", f"{what}がありません。")]
        if is_garbled(text):
            return [Finding(row.row_no, column, "name_garbled", "refusal", f"{what}が文字化けしています。", text)]
    return []


def _municipality(
    row: TableRow, columns: TownColumns, default: MunicipalityCode | None
) -> tuple[MunicipalityCode | None, list[Finding]]:
    written = row[columns.municipality] if columns.municipality else ""
    if not written and default:
        return default, []
    try:
        return municipality_code(written), []
    except CodeError:
        message = "市区町村コードがないか、正しくありません。"
        return None, [Finding(row.row_no, columns.municipality, "municipality_code", "refusal", message, written)]


# --- 高松市's table of schools (PDF): school | towns and numbers | junior high school ---

TAKAMATSU = MunicipalityCode("372013")
_CHOME = "一二三四五六七八九"
_SEPARATORS = re.compile(r"[、，,]\s*(?![^（(]*[）)])")
_CHOME_END = re.compile(r"[一二三四五六七八九]丁目(?:[・～~][一二三四五六七八九]丁目)*")


def read_takamatsu_pdf(path: Path) -> TownFile:
    """高松市小・中学校区一覧表 by school, as ruled tables of a PDF.

    Towns are read with their 丁目 (「一丁目～三丁目」 as three), and what follows a town (numbers, 「○○小学校区を除く」) is
    its note: the town is then split. A piece that cannot be read is refused with its page, never guessed.
    """
    rows: list[TownRow] = []
    findings: list[Finding] = []
    pieces = refused = 0
    for page_no, school, text in _cells(path):
        town = ""
        for piece in _pieces(text):
            pieces += 1
            found = list(_towns(piece, town))
            if not found:
                refused += 1
                message = f"{page_no}ページ: 町名として読めません。元の表で確認してください。"
                findings.append(Finding(pieces, school, "town_unreadable", "refusal", message, piece))
            for name, part in found:
                rows.append(TownRow(TAKAMATSU, name, school, part))
                town = name
    if not rows:
        raise TableError(f"{path.name}: 「小学校・校区内町名番地」の表が見つかりません。")
    return TownFile(tuple(rows), tuple(findings), Counts(pieces, pieces - refused, refused=refused))


def _cells(path: Path) -> Iterator[tuple[int, str, str]]:
    """(page, school, towns) of each table row; a school's second row has no name of its own."""
    try:
        pdf = pdfplumber.open(path)
    except PdfminerException as error:
        raise TableError(f"{path.name}: PDFとして読めません({error})。") from None
    with pdf:
        school = ""
        for page in pdf.pages:
            for table in page.extract_tables():
                for cells in table:
                    name, text = re.sub(r"\s", "", cells[0] or ""), (cells[1] or "") if len(cells) > 1 else ""
                    if name == "小学校" or not text.strip():
                        continue
                    school = re.sub(r"注.*", "", name) or school
                    if school:
                        yield page.page_number, f"{school}小学校", text


def _pieces(text: str) -> list[str]:
    joined = unicodedata.normalize("NFKC", text).replace("~", "～").replace("(", "（").replace(")", "）")
    joined = re.sub(r"(?<=[ァ-ヶ])-(?=[ァ-ヶ])", "ー", joined)  # 「サンポ－ト」
    # A line may end in the middle of a piece, or after a whole one without a comma: a new line that begins with a
    # town (no digit, bracket or 丁目 rest) begins a new piece only where the line before could end.
    lines = [line.strip() for line in joined.split("\n") if line.strip()]
    whole = lines[0] if lines else ""
    for line in lines[1:]:
        ends = re.search(r"(町|丁目|番|号|地|）|\d|市|ト|神)$", whole) is not None and whole.count("（") == whole.count(
            "）"
        )
        begins = re.match(r"番町|[^\d（）、～・地目番号]", line) is not None
        whole += ("、" if ends and begins else "") + line
    return [re.sub(r"\s", "", piece) for piece in _SEPARATORS.split(whole) if piece.strip()]


def _towns(piece: str, before: str) -> Iterator[tuple[str, str | None]]:
    """The towns of one piece with the part of them; a piece of numbers alone belongs to the town before."""
    if re.match(r"[\d（]", piece):
        if before:
            yield before, piece
        return
    head = re.match(r"(?:第\d+号|[^\d（])+", piece)
    name, part = (head.group() if head else ""), piece[head.end() if head else 0 :] or None
    chome = _CHOME_END.search(name)
    if chome and chome.end() == len(name):
        stem = name[: chome.start()]
        yield from ((f"{stem}{number}丁目", part) for number in _numbers(chome.group()))
    elif re.fullmatch(r"[\u3041-\u30ff\u3400-\u9fff々\d]{2,12}", name) and "小学校" not in name:
        yield name, part


def _numbers(text: str) -> list[str]:
    """「一丁目～三丁目」 → 一 二 三; 「一丁目・二丁目」 → 一 二."""
    found: list[str] = []
    for run in text.split("・"):
        ends = [_CHOME.index(char) for char in run if char in _CHOME]
        found += [_CHOME[number] for number in range(ends[0], ends[-1] + 1)]
    return found
