"""A raw sheet becomes a table: its header is found, its cells are clean, and no row vanishes."""

import csv
import io
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from placefinder.intake._cleaning import clean, clean_row
from placefinder.intake._headers import find_header, letter
from placefinder.intake.tables import Row, Table, open_tables


def read(path: Path) -> tuple[Table, list[Row]]:
    with open_tables(path) as opened:
        table = opened.tables[0]
        return table, list(table.rows())


def csv_file(folder: Path, *rows: list[str]) -> Path:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    path = folder / "list.csv"
    path.write_text(text.getvalue(), "utf-8", newline="")
    return path


def test_the_header_is_found_below_title_rows_and_rows_keep_their_numbers(tmp_path: Path) -> None:
    path = csv_file(
        tmp_path,
        ["通いの場一覧"],
        ["令和8年4月1日現在"],
        [],
        ["名称", "住所", "電話"],
        ["あ", "1", ""],
        [],
        ["い", "2", ""],
    )
    table, rows = read(path)
    assert (table.header, table.header_row_no, table.titles) == (
        ("名称", "住所", "電話"),
        4,
        ("通いの場一覧", "令和8年4月1日現在"),
    )
    assert [(row.row_no, row["名称"]) for row in rows] == [(5, "あ"), (7, "い")]
    assert (table.tally.titles, table.tally.headers, table.tally.empty, table.tally.data) == (2, 1, 2, 2)


def test_two_line_headers_are_joined_where_the_lower_line_fills_the_gaps_of_groups(tmp_path: Path) -> None:
    upper, lower = ["名称", "開催日時", "", "", "備考"], ["", "曜日", "開始", "終了", ""]
    table, rows = read(csv_file(tmp_path, upper, lower, ["あ", "月", "10:00", "12:00", ""]))
    assert table.header == ("名称", "開催日時_曜日", "開催日時_開始", "開催日時_終了", "備考")
    assert rows[0]["開催日時_開始"] == "10:00"
    assert table.tally.headers == 2


def test_a_data_row_with_gaps_is_no_second_header_line(tmp_path: Path) -> None:
    table, rows = read(csv_file(tmp_path, ["名称", "住所", "備考"], ["あ", "緑町", ""], ["い", "", "休止中"]))
    assert table.header == ("名称", "住所", "備考")
    assert len(rows) == 2


def test_repeated_and_missing_column_names_are_told_apart(tmp_path: Path) -> None:
    table, rows = read(csv_file(tmp_path, ["名称", "備考", "", "備考"], ["あ", "1", "2", "3"]))
    assert table.header == ("名称", "備考", "列C", "備考(2)")
    assert table.duplicate_columns == ("備考",)
    assert rows[0].cells == ("あ", "1", "2", "3")


def test_rows_of_an_unfilled_form_are_left_out_and_counted(tmp_path: Path) -> None:
    header = ["NO", "都道府県コード又は市区町村コード", "都道府県名", "名称"]
    path = csv_file(
        tmp_path,
        header,
        ["例", "", "", "○○会館"],
        ["1", "372013", "香川県", "会館"],
        ["2", "372013", "香川県", ""],
        ["3", "", "", ""],
    )
    table, rows = read(path)
    assert [row["名称"] for row in rows] == ["会館"]
    assert table.tally.template_rows == [2, 4, 5]


def test_a_cell_is_cleaned_and_its_raw_form_stays_beside_it(tmp_path: Path) -> None:
    raw = " ｻﾛﾝ\tあおぞら　１－２\r\n（集会所）"
    _, (row,) = read(csv_file(tmp_path, ["名称", "住所"], [raw, "x"]))
    assert row["名称"] == "サロン あおぞら 1-2 (集会所)".replace("(", "（").replace(")", "）")
    assert row.raw("名称") == raw
    assert (row.get("無い列"), row.raw("無い列")) == ("", "")


@pytest.mark.parametrize(
    ("cell", "cleaned"),
    [
        ("第①土曜10:00", "第①土曜10:00"),  # NFKC would say 「第1土曜」 here, and 「110時」 for 「①10時」
        ("①10時", "①10時"),
        ("髙木・\ufa11山・\ufa19谷", "髙木・\ufa11山・\ufa19谷"),
        ("０３－１２３４：５", "03-1234:5"),
        ("ｶﾞｷﾞﾊﾟ", "ガギパ"),
        ("ひまわり<br>カフェ", "ひまわり カフェ"),
        ("\u200b\ufeff\u202eあ\u00a0い", "あ い"),
        ("10～12時！", "10～12時！"),
        ("", ""),
    ],
)
def test_cleaning_changes_widths_and_blanks_and_no_meaning(cell: str, cleaned: str) -> None:
    assert clean(cell) == cleaned


@given(st.text())
def test_cleaning_twice_is_cleaning_once(cell: str) -> None:
    assert clean(clean(cell)) == clean(cell)


@given(st.lists(st.text(max_size=12), max_size=6))
def test_a_row_is_cleaned_as_its_cells_are(cells: list[str]) -> None:
    assert clean_row(cells) == [clean(cell) for cell in cells]


@given(st.lists(st.lists(st.text("あい1,\n\"'", max_size=4), max_size=5), max_size=12))
def test_no_row_vanishes(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]) -> None:
    path = csv_file(tmp_path_factory.mktemp("rows"), ["名称", "住所", "備考", "電話", "曜日"], *rows)
    table, data = read(path)
    tally = table.tally
    assert tally.lines == 1 + len(rows)
    assert tally.lines == tally.titles + tally.headers + tally.empty + tally.templates + tally.data
    assert tally.data == len(data) == sum(1 for row in rows if any(clean(cell) for cell in row))


def test_cells_beyond_the_header_are_counted(tmp_path: Path) -> None:
    table, _ = read(csv_file(tmp_path, ["名称", "住所"], ["あ", "1", "はみ出し"], ["い"]))
    assert (table.tally.overlong, table.tally.data) == (1, 2)


def test_a_table_can_be_read_again(tmp_path: Path) -> None:
    with open_tables(csv_file(tmp_path, ["名称", "住所"], ["あ", "1"])) as opened:
        table = opened.tables[0]
        assert [row.cells for row in table.rows()] == [row.cells for row in table.rows()] == [("あ", "1")]
        assert table.tally.lines == 2


def test_a_sheet_that_starts_lower_keeps_its_numbers_and_an_example_sheet_is_marked(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "一覧"
    for column, value in zip("BCD", ("名称", "開始", "人数"), strict=True):
        sheet[f"{column}5"] = value
    from datetime import time

    sheet["B7"], sheet["C7"], sheet["D7"] = "サロン", time(9, 30), 12.0
    example = book.create_sheet("入力例")
    example.append(["名称", "開始", "人数"])
    example.append(["○○会館", "9:00", "10"])
    path = tmp_path / "list.xlsx"
    book.save(path)
    with open_tables(path) as opened:
        first, second = opened.tables
        (row,) = first.rows()
        assert (row.row_no, row["名称"], row["開始"], row["人数"]) == (7, "サロン", "09:30", "12")
        assert (first.is_example, second.is_example) == (False, True)


def test_a_feature_that_is_no_point_keeps_its_row(tmp_path: Path) -> None:
    path = tmp_path / "spots.geojson"
    path.write_text(
        '{"type":"FeatureCollection","crs":{"properties":{"name":"EPSG:4612"}},"features":['
        '{"geometry":{"type":"Point","coordinates":[139.5,35.25]},"properties":{"Name":"あ","n":1.0}},'
        '{"geometry":{"type":"Polygon","coordinates":[]},"properties":{"Name":"い","x":{"a":"\\ud800"}}},'
        '{"geometry":{"type":"Point","coordinates":[1e999,35]},"properties":{}},null]}',
        "utf-8",
    )
    _, rows = read(path)
    assert [row.row_no for row in rows] == [1, 2, 3, 4]
    assert (rows[0]["geometry:longitude"], rows[0]["geometry:latitude"], rows[0]["n"]) == ("139.5", "35.25", "1")
    assert [row["geometry:problem"] != "" for row in rows] == [False, True, True, True]
    assert rows[0]["geometry:crs"] == "EPSG:4612"
    assert rows[1]["geometry:longitude"] == ""


@given(st.lists(st.lists(st.text("あいう1年:- ", max_size=5), max_size=6), max_size=8))
def test_finding_a_header_never_fails_and_names_are_distinct(rows: list[list[str]]) -> None:
    header = find_header(rows)
    if header:
        assert len(set(header.names)) == len(header.names) > 0
        assert 0 <= header.first <= header.last < len(rows)


def test_columns_are_named_as_a_spreadsheet_does() -> None:
    assert [letter(index) for index in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_every_real_table_is_read_whole(realdata: Path) -> None:
    counted = {}
    for path in sorted(
        [
            *realdata.glob("13-tokyo/municipal_raw_csv/*.csv"),
            *realdata.glob("*/*/data.xlsx"),
            *realdata.glob("14-*/*.xlsx"),
        ]
    ):
        with open_tables(path) as opened:
            for table in opened.tables:
                counted[path.parent.name, path.stem, table.sheet] = len(list(table.rows()))
                tally = table.tally
                assert tally.lines == tally.titles + tally.headers + tally.empty + tally.templates + tally.data
    assert counted["hospital", "data", "Sheet1"] == 617
    assert counted["exchange_center", "data", "Sheet0"] == 1
    assert counted["14-kanagawa", "140007_kodomoshokudo_20231105", "基本情報"] == 116
    assert counted["14-kanagawa", "140007_kodomoshokudo_20231105", "追加情報"] == 0
    assert sum(n for (folder, *_), n in counted.items() if folder == "municipal_raw_csv") == 420
