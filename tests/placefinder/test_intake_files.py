"""Whatever a file is called, it is read as what it is."""

import gzip
import zipfile
from pathlib import Path

import openpyxl
import pytest

from placefinder.intake.errors import FileRefused
from placefinder.intake.files import open_file
from placefinder.intake.tables import open_tables

TEXT = "名称,住所,電話番号\nこども食堂あおぞら,桜台1-2-3,000-000-0000\nサロン髙木①,緑町2-1,\n"


def rows_of(path: Path) -> list[dict[str, str]]:
    with open_tables(path) as opened:
        return [row.as_dict() for table in opened.tables for row in table.rows()]


def encoding_of(path: Path) -> tuple[str, str]:
    with open_tables(path) as opened:
        encoding = opened.tables[0].encoding
        assert encoding
        return encoding.codec, encoding.certainty


@pytest.mark.parametrize(
    ("content", "codec", "certainty"),
    [
        (TEXT.encode(), "utf-8", "certain"),
        (b"\xef\xbb\xbf" + TEXT.encode(), "utf-8", "certain"),
        (b"\xef\xbb\xbf" * 2 + TEXT.encode(), "utf-8", "certain"),
        (b"?" + TEXT.encode(), "utf-8", "certain"),
        (TEXT.encode("cp932"), "cp932", "likely"),
        (b"?" + TEXT.encode("cp932"), "cp932", "likely"),
        (TEXT.replace("髙", "高").replace("①", "").encode("euc_jp"), "euc_jp", "likely"),
        (TEXT.replace(",", "\t").encode("utf-16"), "utf-16", "certain"),
        (b"name,address\na,b\n", "utf-8", "guess"),
    ],
)
def test_the_encoding_is_found_and_how_sure_that_is(content: bytes, codec: str, certainty: str, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    assert encoding_of(path) == (codec, certainty)
    assert "名称" in rows_of(path)[0] or (codec == "utf-8" and content.startswith(b"name"))


def test_excels_unicode_text_without_a_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes("name\taddress\tnote\nsalon\tA1\tx\n".encode("utf-16-le"))
    assert rows_of(path) == [{"name": "salon", "address": "A1", "note": "x"}]


def test_mixed_line_ends_are_rows_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("名称,住所\r\nあ,1\nい,2\rう,3\r\n".encode())
    assert [row["名称"] for row in rows_of(path)] == ["あ", "い", "う"]


def test_a_character_cut_at_the_end_is_broken_utf8(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(TEXT.encode() + "あ".encode()[:2])
    with pytest.raises(FileRefused, match="4行目") as refused:
        rows_of(path)
    assert refused.value.rule == "undecodable"


def workbook(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["名称", "コード", "開始時間"])
    sheet.append(["居場所", 372013.0, "=1+1"])
    book.save(path)
    return path


def test_an_xlsx_named_csv_is_read_as_xlsx_and_no_formula_is_evaluated(tmp_path: Path) -> None:
    path = workbook(tmp_path / "book.xlsx").rename(tmp_path / "list.csv")
    assert rows_of(path) == [{"名称": "居場所", "コード": "372013"}]


@pytest.mark.parametrize("name", ["list.xlsx", "list.xls", "list.geojson"])
def test_a_csv_under_another_name_is_read_as_csv(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(TEXT, "utf-8")
    assert [row["名称"] for row in rows_of(path)] == ["こども食堂あおぞら", "サロン髙木①"]


def test_a_csv_cell_that_looks_like_a_formula_stays_text(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text('名称,備考\n居場所,"=HYPERLINK(""http://x"")"\n', "utf-8")
    assert rows_of(path)[0]["備考"] == '=HYPERLINK("http://x")'


def test_zips_are_opened_with_cp932_names_folders_and_zips_inside(tmp_path: Path) -> None:
    inner = tmp_path / "inner.zip"
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("深い/二.csv", "名称,住所\n二,2\n".encode("cp932"))
    path = tmp_path / "一式.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("XXXX.csv", "名称,住所\n一,1\n")
        archive.write(inner, "more/inner.zip")
        archive.writestr("説明.pdf", b"%PDF-")
        archive.writestr("__MACOSX/._XXXX.csv", b"\0\0")
    raw = path.read_bytes().replace(b"XXXX.csv", "一覧".encode("cp932") + b".csv")
    path.write_bytes(raw)
    with open_tables(path) as opened:
        names = [table.file_name for table in opened.tables]
        assert names == ["一式.zip › 一覧.csv", "一式.zip › more/inner.zip › 深い/二.csv"]
        assert [row["名称"] for table in opened.tables for row in table.rows()] == ["一", "二"]
        assert opened.left_aside == ("一式.zip › 説明.pdf", "一式.zip › __MACOSX/._一覧.csv")


@pytest.mark.parametrize("name", ["../list.csv", "a/../../list.csv", "/etc/list.csv", "C:\\list.csv", "..\\list.csv"])
def test_a_zip_member_that_would_escape_refuses_the_whole_zip(name: str, tmp_path: Path) -> None:
    path = tmp_path / "list.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("good.csv", TEXT)
        archive.writestr(name, TEXT)
    with pytest.raises(FileRefused) as refused:
        rows_of(path)
    assert refused.value.rule == "escaping_name"
    assert not (tmp_path.parent / "list.csv").exists()


def test_a_zip_with_too_many_members_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(2_001):
            archive.writestr(f"{number}.csv", "")
    with pytest.raises(FileRefused, match="2,001"):
        rows_of(path)


def test_gzip_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "list.csv.gz"
    path.write_bytes(gzip.compress(TEXT.encode("cp932")))
    assert len(rows_of(path)) == 2


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "empty_file"),
        (b"\n \n", "empty_file"),
        (b"%PDF-1.7", "pdf"),
        (b"<!DOCTYPE html><html>404", "web_page"),
        (b"<?xml version='1.0'?><a/>", "xml"),
        (b"PK\x03\x04 but no zip", "damaged_archive"),
        (b"\x1f\x8b but no gzip", "damaged_archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 but no xls", "unreadable"),
        (b'{"a": 1}', "not_points"),
        (b'{"features": [1,', "not_json"),
        (b"12,34\n56,78\n", "no_header"),
    ],
)
def test_what_is_no_table_is_refused_with_its_reason(content: bytes, rule: str, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with pytest.raises(FileRefused) as refused:
        rows_of(path)
    assert refused.value.rule == rule
    assert refused.value.where.startswith("list.csv")
    assert refused.value.remedy


def test_the_temporary_folder_is_gone_when_the_opening_ends(tmp_path: Path) -> None:
    path = tmp_path / "list.csv.gz"
    path.write_bytes(gzip.compress(TEXT.encode()))
    with open_file(path) as opened:
        folder = opened.folder
        assert folder.is_dir()
    assert not folder.exists()
