"""The report is one file that asks no one for anything and runs nothing of what a list says."""

import asyncio
import os
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import folium
import psycopg
import pytest
from playwright.sync_api import sync_playwright

from placefinder.demo import load_demo
from placefinder.store import Database
from placefinder.store.atlas import Coverage, coverage
from placefinder.web.folium_report import (
    HATCHED,
    Report,
    UnknownAssetError,
    _inlined,
    colour_of,
    escaped,
    folium_report,
)

HOSTILE = """"><img src=x onerror="window.ran=1"><script>window.ran=1</script></script>`${window.ran=1}`\\{{7*7}}'"""


def square(west: float) -> dict[str, Any]:
    ring = [[west, 43.5], [west + 0.01, 43.5], [west + 0.01, 43.51], [west, 43.51], [west, 43.5]]
    return {"type": "MultiPolygon", "coordinates": [[ring]]}


@pytest.fixture
def report() -> Report:
    districts = [
        Coverage(UUID(int=1), UUID(int=9), HOSTILE, 0, [], square(142.90), withheld=False),
        Coverage(UUID(int=2), UUID(int=9), "中央小学校", 12, ["salon"], square(142.91), withheld=False),
        Coverage(UUID(int=3), UUID(int=9), "形のない小学校", 1, [], None, withheld=False),
    ]
    return Report(HOSTILE, date(2026, 11, 23), districts, {"salon": "サロン", "ibasho": HOSTILE}, [HOSTILE])


def test_zero_is_hatched_and_more_is_bluer() -> None:
    assert colour_of(0) == HATCHED
    assert [colour_of(count) for count in (1, 3, 6, 11, 21)] == ["#d9e6ff", "#9db7f9", "#4979f5", "#0031d8", "#000060"]


def test_no_sign_that_means_something_passes_the_gate() -> None:
    assert not set(escaped(HOSTILE)) & set("<>\"'`\\{}$")


def test_a_file_nobody_has_looked_at_stops_the_report(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnknownAssetError):
        _inlined("https://cdn.example/new.js", script=True)
    monkeypatch.setattr(folium.Map, "default_js", [("new", "https://cdn.example/new.js")])
    with pytest.raises(UnknownAssetError):
        folium_report(report)


def test_the_report_links_nothing_and_says_its_language(report: Report) -> None:
    html = folium_report(report)
    assert '<html lang="ja">' in html
    assert "<title>" in html
    assert html.count('name="viewport"') == 1
    assert 'src="http' not in html
    assert 'href="http' not in html.replace('href="https://leafletjs.com"', "")
    assert "window.ran=1</script>" not in html


@pytest.mark.browser
def test_opened_from_a_disk_it_asks_no_one_and_runs_nothing(report: Report, tmp_path: Path) -> None:
    chromium = shutil.which("chromium")
    if not chromium:
        if os.environ.get("REQUIRE_BROWSER") == "1" or os.environ.get("CI") == "true":
            pytest.fail("chromium is not installed, and REQUIRE_BROWSER or CI demands it")
        pytest.skip("chromium is not installed: apt-get install chromium")
    file = tmp_path / "report.html"
    file.write_text(folium_report(report), "utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        asked: list[str] = []
        wrong: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(file.as_uri())
        page.wait_for_selector("path.leaflet-interactive")
        page.locator("path.leaflet-interactive").first.hover()
        page.wait_for_selector(".leaflet-tooltip")
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
        assert page.evaluate("window.ran") is None
        assert wrong == []
        assert page.locator("path.leaflet-interactive").count() == 2
        assert page.locator("body > table tbody tr").count() == 3
        browser.close()


def test_a_shape_that_may_not_leave_is_not_drawn_and_the_report_says_so(report: Report) -> None:
    kept = Coverage(UUID(int=4), UUID(int=9), "配れない小学校", 2, ["salon"], None, withheld=True)
    html = folium_report(replace(report, districts=[kept]))
    assert "形を配ってよいと確かめられていない学区は、地図に入れていません" in html
    assert "配れない小学校" in html
    assert "地図に入れていません" not in folium_report(report)


@pytest.mark.parametrize(("terms", "drawn"), [("open", True), ("conditional", True), ("no", False), ("unknown", False)])
def test_a_districts_shape_leaves_only_on_its_sources_terms(clone: Database, terms: str, drawn: bool) -> None:
    load_demo(clone)
    with psycopg.connect(clone.owner_dsn) as connection:
        connection.execute("UPDATE geo.source SET redistribution = %s", [terms])
    districts = asyncio.run(_coverage(clone))
    assert districts
    assert all((district.shape is not None) == drawn and district.withheld != drawn for district in districts)


async def _coverage(database: Database) -> list[Coverage]:
    async with await psycopg.AsyncConnection.connect(database.public_dsn) as connection:
        return await coverage(connection, "012998")
