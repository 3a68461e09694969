"""Referring, the sheet and the patient's page in a real browser: three clicks, one page of paper, for everybody to use."""

import json
import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, Page

from browsing import LANGUAGES, WIDTHS, Seen, checked_at, chromium, largest_fits, visitor
from handmade_town import HOSTILE
from placefinder.store.listings import refresh_listings
from qr_reading import matrix_of, read
from referring_desk import Desk, sql
from staffed_town import INSURER, STAFF

pytestmark = pytest.mark.browser

LONG = "とてもながいなまえのみんなでたのしくあつまっておしゃべりとたいそうをするみんなのひろば"
CLIPPED = """() => { const sheet = document.querySelector('.sh'); return [sheet.scrollHeight > sheet.clientHeight + 1,
  document.querySelector('.sh-foot').getBoundingClientRect().bottom > sheet.getBoundingClientRect().bottom,
  [...document.querySelectorAll('.sh > *')].some((one, n, all) => n && one.getBoundingClientRect().top
    < all[n - 1].getBoundingClientRect().bottom - 1)]; }"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def desk(served: Any) -> Desk:
    return Desk(served)


def signed_in(seen: Seen, who: str = "physician") -> Seen:
    seen.page.context.add_cookies([{"name": "staff", "value": STAFF[who].token, "url": seen.home}])
    return seen


def tell_facts(page: Page) -> None:
    page.fill("#f-age", "78")
    page.fill("#f-q", "中央小学校")
    page.check("input[name=interest][value=meal]")


def test_three_clicks_after_the_facts_and_the_sheet_is_there(browser: Browser, desk: Desk) -> None:
    with visitor(browser, desk.served) as seen:
        page = signed_in(seen).open("/staff/refer")
        tell_facts(page)
        clicks = ["候補を見る", "選んだところをすすめる", "リンクワーカーと場所に「はい」と聞いた"]
        for name in clicks:
            page.get_by_role("button", name=name).click()
        page.wait_for_url("**/sheet/*")
        assert len(clicks) <= 3
        assert page.locator(".sh-typed strong").inner_text()
        assert (seen.complaints, seen.foreign) == ([], [])
    assert sql(desk.served, "SELECT state FROM rx.referral") == [("sent",)]


def test_the_whole_way_is_walked_with_the_keyboard(browser: Browser, desk: Desk) -> None:
    with visitor(browser, desk.served) as seen:
        page = signed_in(seen).open("/staff/refer")
        reach(page, "#f-age")
        page.keyboard.type("78")
        page.keyboard.press("Tab")
        page.keyboard.type("中央小学校")
        reach(page, "input[name=interest][value=meal]")
        page.keyboard.press("Space")
        reach(page, ".rf-go button")
        page.keyboard.press("Enter")
        page.wait_for_url("**/staff/refer/*")
        reach(page, "button[form=choose]")
        page.keyboard.press("Enter")
        page.wait_for_selector("#consents")
        reach(page, "button[name=how][value=yes]")
        page.keyboard.press("Enter")
        page.wait_for_url("**/sheet/*")


def reach(page: Page, selector: str) -> None:
    """Press Tab until it is in focus."""
    for _ in range(120):
        if page.evaluate("wanted => document.activeElement && document.activeElement.matches(wanted)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {selector}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_screen_is_for_everybody(browser: Browser, desk: Desk, language: str) -> None:
    draft, offered = desk.draft(line_goal="また歌いたい"), desk.offered(insurer=str(INSURER))
    sent, code = desk.sent(name="見本 はなこ")
    screens = {
        "facts": "/staff/refer", "choices": f"/staff/refer/{draft}", "consent": f"/staff/refer/{offered}",
        "mine": "/staff/mine", "story": f"/staff/referrals/{sent}", "sheet": f"/sheet/{sent}",
        "code": "/r", "my page": f"/r/{code}",
    }  # fmt: skip
    with visitor(browser, desk.served, language) as seen:
        signed_in(seen)
        for name, path in screens.items():
            page = seen.open(path)
            page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            for width in WIDTHS:
                checked_at(page, width, name)
                largest_fits(page, width, name)
        page.locator("form[action='/r/withdraw'] button").first.click()
        for width in WIDTHS:
            checked_at(page, width, "withdraw")
        assert (seen.complaints, seen.foreign) == ([], [])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("worst", [False, True])
def test_the_sheet_is_one_page_with_all_on_it_and_its_qr_code_reads(
    browser: Browser, desk: Desk, language: str, worst: bool
) -> None:
    referral_id, code = desk.sent()
    if worst:
        lengthen(desk)
    with visitor(browser, desk.served) as seen:
        signed_in(seen).page.context.add_cookies(
            [{"name": "sheet_code", "value": code, "url": f"{seen.home}/sheet/{referral_id}"}]
        )
        page = seen.open(f"/sheet/{referral_id}?in={language}")
        drawn = page.locator(".sh-qr").inner_html()
        assert read(matrix_of(drawn)) == f"{desk.served.url}/r/{code}"
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 794, "height": 1123})
        assert page.evaluate(CLIPPED) == [False, False, False]
        pdf = page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page[^s]", pdf)) == 1


def lengthen(desk: Desk) -> None:
    """Give what is on the sheet the longest names, addresses and things to bring."""
    address = "北海道架空はまなす市中央町一丁目123番地45号 みんなの家ビル別館地下一階101号室"
    facts = {name: {"state": "value", "value": value} for name, value in (("phone", "0123-45-6789"), ("bring", LONG))}
    with psycopg.connect(desk.served.database.owner_dsn) as connection:
        connection.execute("UPDATE finder.activity SET name = %s, facts = %s::jsonb", (LONG, json.dumps(facts)))
        connection.execute("UPDATE finder.place SET address = %s", (address,))
        refresh_listings(connection)


def test_hostile_words_in_every_field_run_nothing(browser: Browser, desk: Desk) -> None:
    with visitor(browser, desk.served) as seen:
        page = signed_in(seen).open("/staff/refer")
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        for field in page.query_selector_all("input[type=text], textarea"):
            field.fill(HOSTILE)
        page.locator(".rf-go button").click()
        page.wait_for_selector("#errors")
        assert page.evaluate("window.ran") is None
        referral_id = desk.draft(line_goal=HOSTILE, name=HOSTILE[:80], kana=HOSTILE[:80])
        for path in (
            f"/staff/referrals/{referral_id}",
            "/staff/mine",
            f"/staff/refer/{referral_id}",
            f"/sheet/{referral_id}",
        ):
            seen.open(path)
            assert page.evaluate("window.ran") is None
        page.goto(f"{seen.home}/r/%22%3E%3Cscript%3Ewindow.ran=1%3C")
        assert page.evaluate("window.ran") is None
