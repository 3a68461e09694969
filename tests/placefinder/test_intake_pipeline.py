"""From files to a current edition: whole or not at all, and told row by row."""

import csv
import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from geo.codes import MunicipalityCode
from geo.editions import Counts, EditionId, Source
from geo.store.editions import EditionStore
from placefinder.intake.errors import FileRefused
from placefinder.intake.pipeline import Job, prepare, publish, stage, why_held
from placefinder.intake.reading import read_files
from placefinder.intake.report import formula_safe, html_page, report_of, summary, write_csv
from placefinder.store.intake import IntakeStore
from placefinder.store.listings import refresh_listings

SOURCE = Source("test", "試験", "試験市", "CC BY 4.0", "試験市", "open")
HEADER = ("全国地方公共団体コード,ID,都道府県,市区町村名,名称,設置目的,住所,緯度,経度,電話番号1,運営団体名,開催頻度,開催曜日,開催開始時間,開催終了時間,"
          "参加費_小学生,参加費_大人,追加情報NO,備考")  # fmt: skip
TOWN = MunicipalityCode("131130")


def _row(number: int, **changed: str) -> str:
    cells = {"全国地方公共団体コード": "131130", "ID": f"A{number}", "都道府県": "東京都", "市区町村名": "渋谷区", "名称": f"食堂{number}号", "住所": f"架空町{number}-1",
             "緯度": "35.66", "経度": f"139.{690 + number}", "開催曜日": "第2土曜日", "参加費_大人": "300"} | changed  # fmt: skip
    return ",".join(cells.get(name, "") for name in HEADER.split(","))


def _list(folder: Path, *rows: str, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    return path


def _load(connection: psycopg.Connection, *paths: Path, code: MunicipalityCode | None = TOWN):
    reading = read_files(paths)
    prepared = prepare(connection, reading, None, code)
    staged = stage(connection, prepared, Job(lambda _scope: SOURCE, "版", code))
    if staged.held is None:
        publish(connection, staged.edition.edition_id)
    return staged


def _listed(connection: psycopg.Connection) -> int:
    return connection.execute("SELECT count(*) FROM finder.listing").fetchone()[0]


def test_a_list_becomes_places_activities_and_listings(database, tmp_path):
    staged = _load(database, _list(tmp_path, *map(_row, range(5))))
    assert staged.prepared.counts == Counts(5, 5)
    assert _listed(database) == 5
    schedule, certainty = database.execute(
        "SELECT schedule, schedule_certainty FROM finder.activity LIMIT 1"
    ).fetchone()
    assert (schedule["rules"][0]["days"], certainty) == ({"kind": "monthly", "nth": [2], "weekdays": [6]}, "exact")


def test_every_row_is_accepted_queued_or_refused(database, tmp_path):
    rows = [_row(1), _row(2, ID="A1", 名称="別の食堂"), _row(3, 名称=""), _row(4)]
    staged = _load(database, _list(tmp_path, *rows))
    assert staged.prepared.counts == Counts(4, 2, 1, 1)
    kept = database.execute(
        "SELECT row_no, verdict, record IS NOT NULL FROM finder.intake_row ORDER BY row_no"
    ).fetchall()
    assert kept == [(2, "accepted", False), (3, "queued", True), (4, "refused", False), (5, "accepted", False)]


def test_a_second_load_says_what_is_new_changed_the_same_and_gone(database, tmp_path):
    _load(database, _list(tmp_path, *map(_row, range(8))))
    before = set(database.execute("SELECT activity_id FROM finder.listing").fetchall())
    second = _list(tmp_path, *[_row(n, 備考="庭あり" if n == 3 else "") for n in range(1, 9)], name="second.csv")
    staged = _load(database, second)
    assert sorted(change.change for change in staged.changes) == ["changed", "gone", "new"] + ["same"] * 6
    after = set(database.execute("SELECT activity_id FROM finder.listing").fetchall())
    assert len(before & after) == 7
    assert [change.name for change in staged.changes if change.change == "gone"] == ["食堂0号"]


def test_what_two_current_editions_of_one_source_hold_is_listed_once_as_the_newer_one_says(clone, tmp_path):
    """The same list, first of a municipality, then of its prefecture: two lines of editions, the same activities."""

    def listed(connection):
        told = connection.execute("SELECT finder.card(l) ->> 'organiser_name' FROM finder.listing l").fetchall()
        return [name for (name,) in told]

    with psycopg.connect(clone.owner_dsn) as connection:
        for scope, name, said in ((TOWN, "town.csv", "旧い会"), ("13", "prefecture.csv", "新しい会")):
            reading = read_files([_list(tmp_path, *[_row(n, 運営団体名=said) for n in range(3)], name=name)])
            prepared = prepare(connection, reading, None, None)
            prepared.scope = scope
            publish(connection, stage(connection, prepared, Job(lambda _scope: SOURCE, "版")).edition.edition_id)
            connection.commit()
            assert listed(connection) == [said] * 3
        assert len(EditionStore(connection).all(dataset="places", state="current")) == 2
        refresh_listings(connection)
        assert listed(connection) == ["新しい会"] * 3


def test_a_list_that_shrinks_by_more_than_three_tenths_stays_staged(database, tmp_path):
    _load(database, _list(tmp_path, *map(_row, range(10))))
    staged = _load(database, _list(tmp_path, *map(_row, range(6)), name="short.csv"))
    assert staged.held is not None
    assert str(staged.edition.edition_id) in staged.held
    assert _listed(database) == 10
    publish(database, staged.edition.edition_id)
    assert _listed(database) == 6


def test_a_list_with_too_many_refused_rows_stays_staged():
    edition_id = EditionId(uuid4())
    assert why_held(Counts(10, 7, 0, 3), None, edition_id)
    assert why_held(Counts(10, 9, 0, 1), 9, edition_id) is None
    assert why_held(Counts(3, 0, 3, 0), None, edition_id)


def test_a_staged_edition_can_be_discarded_but_a_current_one_cannot(database, tmp_path):
    first = _load(database, _list(tmp_path, *map(_row, range(10))))
    held = _load(database, _list(tmp_path, _row(1), name="short.csv"))
    store = IntakeStore(database)
    assert store.discard(held.edition.edition_id)
    assert not store.discard(first.edition.edition_id)
    assert _listed(database) == 10
    assert database.execute("SELECT count(*) FROM finder.place").fetchone()[0] == 10


def test_private_contacts_are_in_no_table(database, tmp_path):
    secret = "090-0000-1234"
    rows = [
        _row(1, 電話番号1=secret, 備考=f"連絡先 someone@example.com {secret}"),
        _row(2, ID="A1", 備考=secret, 運営団体名=secret),
    ]
    staged = _load(database, _list(tmp_path, *rows))
    for table in ("place", "activity", "intake_row", "listing"):
        kept = str(
            database.execute(f"SELECT coalesce(jsonb_agg(to_jsonb(t)), '[]')::text FROM finder.{table} t").fetchone()
        )
        assert "1234" not in kept
        assert "example.com" not in kept
    assert sum(outcome.personal_dropped for outcome in staged.prepared.reading.outcomes) >= 4


def test_a_vague_address_is_never_a_point(database, tmp_path):
    _load(database, _list(tmp_path, _row(1, 住所="架空町1丁目周辺")))
    assert database.execute("SELECT position_level, point_6668 FROM finder.place").fetchone() == ("city", None)


def test_one_group_with_several_venues_becomes_several_places(database, tmp_path):
    parents = _list(tmp_path, _row(1, 追加情報NO="7"), _row(2))
    child = tmp_path / "list_tsuika.csv"
    child.write_text(
        "ID,住所,緯度,経度,開催頻度,開催曜日,参加費_大人,備考\n7,東京都渋谷区架空町9,35.66,139.70,,第3日曜日,100,\n9,東京都渋谷区架空町8,,,,,,\n",
        encoding="utf-8",
    )
    staged = _load(database, parents, child)
    assert staged.prepared.counts == Counts(4, 3, 0, 1)
    names = database.execute(
        "SELECT name, schedule_text FROM finder.activity ORDER BY schedule_text DESC, name"
    ).fetchall()
    assert names == [("食堂1号", "第3日曜日"), ("食堂1号", "第2土曜日"), ("食堂2号", "第2土曜日")]


def test_ids_that_count_the_rows_do_not_move_to_another_place(database, tmp_path):
    """Row 2 goes away, and what was 3 is now 2: it stays the same place."""
    _load(database, _list(tmp_path, *[_row(n, ID=str(n)) for n in range(1, 9)]))
    later = [_row(n, ID=str(i)) for i, n in enumerate([1, 3, 4, 5, 6, 7, 8], 1)]
    staged = _load(database, _list(tmp_path, *later, name="later.csv"))
    assert sorted(change.change for change in staged.changes) == ["gone"] + ["same"] * 7
    assert "通し番号" in summary(report_of(staged.prepared, staged))


def test_ids_with_a_gap_are_the_publishers_own(tmp_path):
    rows = [_row(n, ID=str(n)) for n in (1, 2, 4)]
    assert [o.record.source_key for o in read_files([_list(tmp_path, *rows)]).outcomes] == ["1", "2", "4"]


def test_further_venues_follow_their_groups_key(tmp_path):
    child = tmp_path / "list_tsuika.csv"
    child.write_text(
        "ID,住所,開催頻度,開催曜日,参加費_大人,備考\n2,東京都渋谷区架空町9,,第3日曜日,100,\n", encoding="utf-8"
    )
    reading = read_files([_list(tmp_path, _row(1, ID="1"), _row(2, ID="2")), child])
    keys = [outcome.record.source_key for outcome in reading.outcomes]
    assert keys[2] == f"{keys[1]}+1" != "2+1"


@pytest.mark.parametrize(
    "marked",
    [
        {"名称": "（記入例）○○食堂"},
        {"名称": "例"},
        {"名称": "サンプル"},
        {"ID": "記載例"},
        {"ID": "【例】", "名称": "みんなの食堂"},
    ],
)
def test_a_row_that_shows_how_to_fill_in_is_counted_as_such_and_never_taken_in(tmp_path, marked):
    reading = read_files([_list(tmp_path, _row(1, **marked), _row(2))])
    assert (reading.templates, len(reading.outcomes)) == (1, 1)
    assert reading.outcomes[0].record.name == "食堂2号"


@pytest.mark.parametrize("name", ["例会の家", "サンプル工房", "見本市食堂", "月例食堂"])
def test_a_name_that_only_holds_such_a_word_is_a_name(tmp_path, name):
    reading = read_files([_list(tmp_path, _row(1, 名称=name))])
    assert (reading.templates, len(reading.outcomes)) == (0, 1)


def test_a_child_table_alone_is_refused_with_the_way_out(tmp_path):
    child = tmp_path / "tsuika.csv"
    child.write_text("ID,住所,開催頻度,開催曜日,参加費_大人,備考\n1,東京都渋谷区,,土,0,\n", encoding="utf-8")
    with pytest.raises(FileRefused, match="一緒に"):
        read_files([child])


def test_an_unknown_form_names_the_nearest_ones(tmp_path):
    path = tmp_path / "unknown.csv"
    path.write_text("なまえ,ばしょ,でんわ\nあ,い,う\n", encoding="utf-8")
    with pytest.raises(FileRefused, match="--mapping") as refused:
        read_files([path])
    assert refused.value.rule == "unknown_form"


def test_a_point_far_outside_its_municipality_becomes_a_question(database, tmp_path):
    editions = EditionStore(database)
    editions.register(SOURCE)
    edition = editions.stage("test", "municipalities", "13", "N03", file_name="-", file_sha256="-")
    database.execute(
        "INSERT INTO geo.municipality VALUES (%s, '131130', '東京都', '渋谷区', ST_Multi(ST_MakeEnvelope(139.66, 35.64, 139.72, 35.69, 6668)))",
        [edition.edition_id],
    )
    editions.record(edition.edition_id, Counts(1, 1))
    editions.make_current(edition.edition_id)
    staged = _load(database, _list(tmp_path, _row(1), _row(2, 経度="139.80")))
    assert [(o.verdict, [f.rule for f in o.findings]) for o in staged.prepared.reading.outcomes] == [
        ("accepted", []),
        ("queued", ["outside_municipality"]),
    ]


def test_the_report_can_be_read_in_the_terminal_a_spreadsheet_and_a_browser(database, tmp_path):
    staged = _load(
        database,
        _list(tmp_path, _row(1, 名称="=HYPERLINK(1)<b>"), _row(2, ID="A1", 名称="<script>"), _row(3, 緯度="=1+1")),
    )
    report = report_of(staged.prepared, staged)
    assert "データ3行 = 受入2 + 確認待ち1 + 取込不可0" in summary(report)
    write_csv(report, tmp_path / "report.csv")
    with (tmp_path / "report.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    assert lines[0][1] == "行"
    assert len(lines) == len(report.lines) + 1
    assert not any(cell.startswith(("=", "+", "-", "@")) for line in lines for cell in line)
    assert "<script>" not in html_page(report)


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "　=1"])
def test_no_cell_of_a_report_runs_as_a_formula(cell):
    assert formula_safe(cell).startswith("'")


_KILLED = """
import sys, time, psycopg
from pathlib import Path
from geo.editions import Source
from placefinder.intake.pipeline import Job, prepare, publish, stage
from placefinder.intake.reading import read_files
dsn, path, at = sys.argv[1:]
source = Source("test", "試験", "試験市", "CC BY 4.0", "試験市", "open")
with psycopg.connect(dsn) as connection:
    reading = read_files([Path(path)])
    prepared = prepare(connection, reading, None, None)
    staged = stage(connection, prepared, Job(lambda _scope: source, "新しい版"))
    if at == "publish":
        connection.commit()
        publish(connection, staged.edition.edition_id)
    print("in the middle", flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize(("at", "staged_left"), [("stage", 0), ("publish", 1)])
def test_a_load_killed_in_the_middle_leaves_the_old_edition(clone, tmp_path, at, staged_left):
    with psycopg.connect(clone.owner_dsn) as connection:
        old = _load(connection, _list(tmp_path, *map(_row, range(5))), code=None)
    second = _list(tmp_path, *map(_row, range(1, 7)), name="second.csv")
    environ = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(
        [sys.executable, "-c", _KILLED, clone.owner_dsn, str(second), at],
        stdout=subprocess.PIPE,
        text=True,
        env=environ,
    ) as process:
        assert process.stdout.readline() == "in the middle\n"
        process.kill()
    with psycopg.connect(clone.owner_dsn) as connection:
        current = EditionStore(connection).current("places", "131130")
        assert [edition.edition_id for edition in current] == [old.edition.edition_id]
        assert _listed(connection) == 5
        assert len(EditionStore(connection).all(dataset="places", state="staged")) == staged_left
        _load(connection, second, code=None)
        assert _listed(connection) == 6
        assert not EditionStore(connection).all(dataset="places", state="staged")
