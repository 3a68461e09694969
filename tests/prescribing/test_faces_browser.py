"""The link worker's and the organiser's pages in a real browser: accessible, quiet, without JavaScript, at 320 px."""

import os
import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import psycopg
import pytest
from playwright.sync_api import Browser
from sent_case import send_somebody

from browsing import LANGUAGES, WIDTHS, checked_at, largest_fits, visitor
from handmade_town import HOSTILE, id_of
from placefinder import clock
from staffed_town import STAFF

if TYPE_CHECKING:
    from conftest import Served

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("SHOTS")
"""A folder that keeps a picture of each screen, for who wants to look."""


def owner(served: "Served", sql: str, *values: Any) -> Any:
    with psycopg.connect(served.database.owner_dsn) as connection:
        cursor = connection.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


class Office:
    """The office with cases at every stage, put there through its own pages."""

    def __init__(self, served: "Served") -> None:
        self.served = served
        self.cases = [
            send_somebody(served.database, served.home, name=HOSTILE[:80] if n == 1 else f"見本 {n}さん")
            for n in range(6)
        ]
        for case in self.cases[1:]:
            self.do(case, "contact", channel="phone", with_whom="person", two_way="yes", note=HOSTILE)
            self.do(case, "move", move="assign")
        for number, case in enumerate(self.cases[2:]):
            self.do(case, "move", move="ask_place", activity=id_of(f"activity {(number % 3) * 2}"), consent="self")
        self.do(self.cases[3], "move", move="accept")
        self.do(self.cases[4], "move", move="decline", reason="closed_or_suspended")
        self.do(self.cases[5], "answers", answer="accept", first_day=clock.today() + timedelta(7))
        slip = self.do(self.cases[2], "slip").text
        self.link = str(re.findall(r'value="http://[^"/]+(/o/[^"]+)"', slip)[0])
        accepted = self.do(self.cases[3], "slip").text
        self.accepted = str(re.findall(r'value="http://[^"/]+(/o/[^"]+)"', accepted)[0])
        owner(served, "INSERT INTO finder.correction (municipality_code, place_id, about, message) VALUES ('012998', %s, 'hours', %s)",
              id_of("place 2"), HOSTILE)  # fmt: skip

    def do(self, case: Any, what: str, **fields: Any) -> httpx.Response:
        [(version,)] = owner(self.served, "SELECT version FROM rx.referral WHERE referral_id = %s", case.referral_id)
        return self.served.send("link_worker", f"{case.path}/{what}", {"version": version, **fields})

    @property
    def pages(self) -> dict[str, str]:
        names = ("sent", "reached", "asked", "accepted", "declined", "booked")
        return {
            "desk": "/staff/cases",
            "nothing": "/staff/cases?view=hold",
            **{f"case {name}": case.path for name, case in zip(names, self.cases, strict=True)},
            "why not": f"{self.cases[1].path}/why?q=広場",
            "verify": "/staff/verify",
            "import": "/staff/import",
            "host asked": self.link,
            "host accepted": self.accepted,
            "host code": "/o",
            "host over": "/o/nobody-gave-this",
        }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_screen_is_accessible_quiet_and_fits(browser: Browser, served: "Served", language: str) -> None:
    office = Office(served)
    with visitor(browser, served, language) as seen:
        seen.page.context.add_cookies([{"name": "staff", "value": STAFF["link_worker"].token, "url": served.url}])
        for name, path in office.pages.items():
            seen.complaints.clear()
            page = seen.open(path)
            page.eval_on_selector_all("details", "all => all.forEach(one => one.open = true)")
            for width in WIDTHS:
                checked_at(page, width, f"{name} {language}")
                if SHOTS:
                    page.screenshot(path=str(Path(SHOTS) / f"{name} {language} {width}.png"), full_page=True)
                largest_fits(page, width, f"{name} {language}")
            assert page.evaluate("window.ran") is None, name
            assert [one for one in seen.complaints if "410" not in one] == [], name
        assert seen.foreign == []


def test_a_case_is_worked_on_without_javascript_and_by_keyboard(browser: Browser, served: "Served") -> None:
    case = send_somebody(served.database, served.home)
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 320, "height": 700}, base_url=served.url
    )
    context.add_cookies([{"name": "staff", "value": STAFF["link_worker"].token, "url": served.url}])
    context.add_cookies([{"name": "lang", "value": "ja", "url": served.url}])
    page = context.new_page()
    page.goto("/staff/cases")
    page.get_by_role("link", name="本人に連絡する").press("Enter")
    page.get_by_label("話せた", exact=True).press("Space")
    page.get_by_label(re.compile("メモ")).fill("火曜日なら行ける")
    page.get_by_role("button", name="記録する", exact=True).press("Enter")
    assert "火曜日なら行ける" in page.content()
    assert "行きたい場所を決めて" in page.content()
    context.close()
    assert owner(served, "SELECT state FROM rx.referral WHERE referral_id = %s", case.referral_id) == [("contacted",)]


def test_the_slip_is_one_page_of_paper(browser: Browser, served: "Served", tmp_path: Path) -> None:
    office = Office(served)
    slip = office.do(office.cases[2], "slip")
    context = browser.new_context(base_url=served.url, locale="ja-JP")
    page = context.new_page()
    page.route("**/slip", lambda route: route.fulfill(body=slip.text, content_type="text/html; charset=utf-8"))
    page.goto(f"{office.cases[2].path}/slip")
    paper = page.pdf(
        format="A4", print_background=True, margin=dict.fromkeys(("top", "right", "bottom", "left"), "12mm")
    )
    if SHOTS:
        (Path(SHOTS) / "slip.pdf").write_bytes(paper)
    context.close()
    assert len(re.findall(rb"/Type\s*/Page[^s]", paper)) == 1
