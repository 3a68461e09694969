"""The pages and files of insurers and municipalities: counts that may be seen, never a row of a person, noted in the audit."""

import csv
import io
import json
import os
import re
import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import psycopg
import pytest
from playwright.sync_api import sync_playwright
from uptake_town import AS_OF, COURSES, Person, attend, day, enter, enter_all

from handmade_town import HOSTILE, id_of
from placefinder.cli import main
from placefinder.store import Database
from prescribing.uptake.report import district_report, insurer_report, months_until
from prescribing.web.uptake_files import Told, csv_of, safe, xlsx_of

Served = Any
DISTRICTS = district_report(AS_OF, (), [id_of("district 1")])


def fill_town(owner: psycopg.Connection[Any]) -> None:
    """Six times the same courses, a few days apart, so that something may be seen."""
    for copy in range(6):
        for number, (name, course) in enumerate(COURSES.items()):
            who = Person(f"{name} {copy}", ("65-74", "75-84")[number % 2], (number + copy) % 4)
            enter(owner, who, replace(course, reason=course.reason and "full"))
    owner.commit()
    owner.execute("SELECT rx.build_uptake(%s)", (AS_OF,))


@pytest.fixture
def counted(served: Served) -> Served:
    with psycopg.connect(served.database.owner_dsn) as owner:
        fill_town(owner)
    return served


@pytest.mark.parametrize(("who", "page"), [("insurer", "/insurer"), ("municipality", "/municipality")])
def test_a_page_shows_nothing_below_ten_and_nothing_that_is_not_a_five(counted: Served, who: str, page: str) -> None:
    html = counted.client(who).get(page).text
    text = re.sub(r"<p\b.*?</p>|<figure.*?</figure>|<span class=\"up-definition.*?</span>", "", html, flags=re.DOTALL)
    counts = [int(count.replace(",", "")) for count in re.findall(r"([\d,]+)人", text)]
    assert len(counts) > 10
    assert all(count == 0 or (count >= 10 and count % 5 == 0) for count in counts)
    assert "非表示" in html
    assert "まだ待っている" in html
    assert "効果ではありません" in html


def test_no_page_and_no_file_holds_an_id_of_a_person_or_a_referral(counted: Served) -> None:
    with psycopg.connect(counted.database.owner_dsn) as owner:
        ids = {str(one) for row in owner.execute("SELECT referral_id, patient_id FROM rx.referral") for one in row}
    for who, base in (("insurer", "/insurer"), ("municipality", "/municipality")):
        for path in ("", "/uptake.csv", "/uptake.json", "/districts.html"):
            told = counted.client(who).get(base + path)
            assert told.status_code == 200
            assert not ids & set(re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", told.text))
            assert told.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["", "/uptake.csv", "/uptake.xlsx", "/districts.html"])
@pytest.mark.parametrize(
    ("base", "stranger"), [("/insurer", "municipality"), ("/insurer", "physician"), ("/municipality", "insurer")]
)
def test_nobody_else_comes_in(counted: Served, base: str, stranger: str, path: str) -> None:
    assert counted.client(stranger).get(base + path).status_code == 403
    assert counted.client().get(base + path).status_code in (303, 401)


def test_looking_and_taking_away_are_noted(counted: Served) -> None:
    for path in ("", "/uptake.csv", "/uptake.xlsx", "/uptake.json", "/districts.html"):
        counted.client("insurer").get("/insurer" + path)
    with psycopg.connect(counted.database.owner_dsn) as owner:
        noted = owner.execute(
            "SELECT action, subject FROM audit.entry WHERE party = 'insurer' ORDER BY entry_id"
        ).fetchall()
    assert noted == [("read", "/insurer"), *(("export", f"/insurer/{name}") for name in
                     ("uptake.csv", "uptake.xlsx", "uptake.json", "districts.html"))]  # fmt: skip


def test_before_the_first_count_the_pages_say_so(served: Served) -> None:
    assert "まだ集計していません" in served.client("insurer").get("/insurer").text
    assert "まだ集計していません" in served.client("municipality").get("/municipality").text
    assert served.client("insurer").get("/insurer/uptake.csv").status_code == 404
    assert served.client("insurer").get("/insurer/uptake.pdf").status_code == 404


def test_files_tell_the_same_and_no_cell_is_a_formula(counted: Served) -> None:
    client = counted.client("insurer")
    rows = list(csv.reader(io.StringIO(client.get("/insurer/uptake.csv").content.decode("utf-8-sig"))))
    book = openpyxl.load_workbook(io.BytesIO(client.get("/insurer/uptake.xlsx").content))
    document = json.loads(client.get("/insurer/uptake.json").content)
    stage = next(row for row in rows if row and row[0] == "42日以内に行った")
    assert stage[1] == str(document["stages"]["uptake_42"]["numerator"])
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"s", "n"}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_text_that_looks_like_a_formula_stays_a_text(start: str) -> None:
    hostile = f'{start}HYPERLINK("https://example.org/")'
    own = insurer_report(AS_OF, (), {}, {hostile: 20})
    told = Told(hostile, AS_OF, own, DISTRICTS, {id_of("district 1"): hostile})
    assert safe(hostile) == "'" + hostile
    cells = [cell for row in csv.reader(io.StringIO(csv_of(told).decode("utf-8-sig"))) for cell in row]
    assert not [cell for cell in cells if cell.startswith(start)]
    book = openpyxl.load_workbook(io.BytesIO(xlsx_of(told)))
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"s", "n"}


def regenerate(database: Database, out: Path) -> dict[str, bytes]:
    environ = {"PLACEFINDER_DSN": database.owner_dsn}
    assert main(["uptake", "--insurer", "06999999", "--as-of", "2026-10-31", "--out", str(out)], environ) == 0
    return {path.name: path.read_bytes() for path in out.iterdir()}


def test_what_was_told_as_of_a_day_is_told_again_byte_by_byte(staffed: Database, tmp_path: Path) -> None:
    with psycopg.connect(staffed.owner_dsn) as owner:
        fill_town(owner)
        owner.commit()
        before = regenerate(staffed, tmp_path / "one")
        assert set(before) == {"uptake.xlsx", "uptake.csv", "uptake.json", "report.html", "curve.svg", "districts.html"}
        assert regenerate(staffed, tmp_path / "two") == before
        for copy in range(6):
            attend(owner, f"says so alone {copy}", day(4, 20), came=True, later=timedelta(days=200))
            attend(owner, f"just begun {copy}", day(11, 2), came=True)
            enter(
                owner,
                Person(f"new {copy}"),
                replace(COURSES["just begun"], offered_on=day(11, 3), consented_on=day(11, 3)),
            )
        owner.execute("UPDATE rx.consent SET withdrawn_at = now() WHERE purpose = 'insurer'")
        owner.execute(
            "INSERT INTO rx.referral_event (organisation_id, referral_id, version, move, to_state, at, outcome)"
            " SELECT organisation_id, referral_id, 90, 'close', 'closed', '2026-11-05', 'met' FROM rx.referral"
        )
        owner.commit()
    assert regenerate(staffed, tmp_path / "later") == before


def test_an_unknown_insurer_is_said(staffed: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    environ = {"PLACEFINDER_DSN": staffed.owner_dsn}
    assert main(["uptake", "--insurer", "00000000", "--out", str(tmp_path / "x")], environ) == 1
    assert "登録されていません" in capsys.readouterr().err
    assert main(["uptake", "--insurer", "06999999"], environ) == 2


def test_the_program_counts_as_of_the_end_of_a_day(staffed: Database, capsys: pytest.CaptureFixture[str]) -> None:
    with psycopg.connect(staffed.owner_dsn) as owner:
        enter_all(owner)
    assert main(["uptake", "--as-of", "2026-10-31"], {"PLACEFINDER_DSN": staffed.owner_dsn}) == 0
    assert "か月分を数えました" in capsys.readouterr().out


def test_the_last_24_months_are_told() -> None:
    months = months_until(date(2026, 10, 31))
    assert (len(months), months[0], months[-1]) == (24, date(2024, 11, 1), date(2026, 10, 1))


@pytest.mark.browser
def test_the_map_to_mail_asks_no_one_and_runs_nothing(counted: Served, tmp_path: Path) -> None:
    chromium = shutil.which("chromium")
    if not chromium:
        if os.environ.get("REQUIRE_BROWSER") == "1" or os.environ.get("CI") == "true":
            pytest.fail("chromium is not installed, and REQUIRE_BROWSER or CI demands it")
        pytest.skip("chromium is not installed")
    with psycopg.connect(counted.database.owner_dsn) as owner:
        owner.execute("UPDATE geo.school_district SET name = %s WHERE district_id = %s", (HOSTILE, id_of("district 1")))
    file = tmp_path / "districts.html"
    file.write_bytes(counted.client("insurer").get("/insurer/districts.html").content)
    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto(file.as_uri())
        page.wait_for_selector(".leaflet-interactive")
        assert page.evaluate("window.ran") is None
        browser.close()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
