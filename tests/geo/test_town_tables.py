import csv
from collections import defaultdict
from pathlib import Path

import psycopg
import pytest

from geo.addresses import town_key
from geo.codes import MunicipalityCode
from geo.districts import NO_DISTRICT, school_key
from geo.editions import Source
from geo.errors import TableError
from geo.readers.town_tables import TownColumns, read_mapped, read_standard_17, read_takamatsu_pdf
from geo.store.districts import DistrictStore
from geo.store.loading import Arrival, load_town_districts

CITY = MunicipalityCode("372013")
SOURCE = Source("test-towns", "通学区域", "架空市", "CC BY 4.0", "架空市", "open")


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "towns.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_a_mapped_table_with_several_schools_in_a_cell(tmp_path: Path) -> None:
    path = written(tmp_path, "町,学校,範囲\n甲町,東小;西小,1番～10番\n乙町,東小,\n,西小,\n", "cp932")
    file = read_mapped(path, TownColumns(("町",), "学校", "範囲"), CITY)
    assert [(row.town, row.school, row.note) for row in file.rows] == [
        ("甲町", "東小", "1番~10番"),
        ("甲町", "西小", "1番~10番"),
        ("乙町", "東小", None),
    ]
    assert (file.counts.rows_in, file.counts.accepted, file.counts.refused) == (3, 2, 1)
    assert [(f.row_no, f.rule) for f in file.findings] == [(4, "cell_empty")]


def test_the_standard_sheet_leaves_out_other_kinds_of_school(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "全国地方公共団体コード,学校種別,学校名,町字,番地以下\n"
        "372013,小学校,東小学校,甲町,1番地\n372013,中学校,東中学校,甲町,\n37201,小学校,西小学校,乙町,\n",
    )
    file = read_standard_17(path)
    assert [(row.municipality_code, row.town, row.school) for row in file.rows] == [
        (CITY, "甲町", "東小学校"),
        (CITY, "乙町", "西小学校"),
    ]
    assert [f.rule for f in file.findings] == ["other_kind"]


def test_a_sheet_without_schools_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="学校名"):
        read_standard_17(written(tmp_path, "全国地方公共団体コード,町字\n372013,甲町\n"))


def test_a_town_is_found_however_it_is_written(database: psycopg.Connection, tmp_path: Path) -> None:
    path = written(tmp_path, "町,学校,範囲\n塩上町一丁目,花園小,8番\n塩上町一丁目,高松第一小,1番～7番\n")
    file = read_mapped(path, TownColumns(("町",), "学校", "範囲"), CITY)
    load_town_districts(database, Arrival(path, SOURCE, CITY, "2018"), file)
    districts = DistrictStore(database)
    answers = districts.districts_of_town(CITY, "塩上町１丁目")
    assert [(answer.name, answer.basis, answer.note) for answer in answers] == [
        ("花園小", "official_table", "8番"),
        ("高松第一小", "official_table", "1番~7番"),
    ]
    assert answers[0].licence == "CC BY 4.0"
    assert districts.districts_of_town(CITY, "無い町") == [NO_DISTRICT]


def test_takamatsus_pdf_agrees_with_an_earlier_parse_wherever_both_know_the_town(realdata: Path) -> None:
    """The earlier parse has mistakes, but where it used the table at all it and ours name the same schools."""
    folder = realdata / "37201-takamatsu/school_area"
    file = read_takamatsu_pdf(folder / "tsugakukuiki_from_school.pdf")
    assert len({row.school for row in file.rows}) == 49
    assert file.counts.complete
    schools = defaultdict(set)
    for row in file.rows:
        schools[town_key(row.town)].add(school_key(row.school))
    with (folder / "derived_town_to_school.csv").open(encoding="utf-8-sig") as lines:
        earlier = [row for row in csv.DictReader(lines) if row["how"] != "nearest"]
    known = [row for row in earlier if town_key(row["town"]) in schools]
    assert len(known) == len(earlier) == 221
    for row in known:
        assert schools[town_key(row["town"])] == {school_key(name) for name in row["table_schools"].split("|")}


def test_takamatsus_pdf_reads_ranges_of_chome_and_what_is_split(realdata: Path) -> None:
    file = read_takamatsu_pdf(realdata / "37201-takamatsu/school_area/tsugakukuiki_from_school.pdf")
    of = defaultdict(list)
    for row in file.rows:
        of[row.town].append((row.school, row.note))
    assert of["西宝町三丁目"] == [("亀阜小学校", None)]
    assert of["勅使町"][0] == ("鶴尾小学校", "（14番地を除く）")
    assert dict(of["番町四丁目"]).keys() == {"新番丁小学校", "亀阜小学校"}


def test_another_pdf_is_refused(realdata: Path, tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(b"%PDF-1.4\n")
    with pytest.raises(TableError, match=r"x\.pdf"):
        read_takamatsu_pdf(path)
