"""The pages in a real browser: accessible, working, quiet, in every language and at the smallest width."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from browsing import LANGUAGES, WIDTHS, checked_at, largest_fits, visitor

pytestmark = pytest.mark.browser

FIRST_LOAD_BYTES = 100 * 1024


def page_types(town: Any) -> dict[str, str]:
    return {
        "home": "/",
        "ask again": "/find?q=なかよし",
        "find": f"/find?district={town.district}&page=1",
        "nothing found": f"/find?district={town.empty_district}&age=119&kind=event",
        "place": f"/places/{town.place}",
        "hostile place": f"/places/{town.hostile_place}",
        "closed place": f"/places/{town.closed_place}",
        "district": f"/districts/{town.district}",
        "empty district": f"/districts/{town.empty_district}",
        "lines": "/lines",
        "under 18": "/u18",
        "data": "/data",
        "error": "/nowhere",
    }


@pytest.mark.parametrize(
    "language", [pytest.param(one, marks=pytest.mark.xdist_group(f"pages {one}")) for one in LANGUAGES]
)
def test_every_page_is_accessible_quiet_and_fits(browser: Browser, town: Any, language: str) -> None:
    with visitor(browser, town, language) as seen:
        for name, path in page_types(town).items():
            seen.complaints.clear()
            page = seen.open(path)
            for width in WIDTHS:
                checked_at(page, width, f"{name} {language}")
                largest_fits(page, width, f"{name} {language}")
            assert page.evaluate("window.ran") is None, name
            assert [one for one in seen.complaints if "404" not in one or name != "error"] == [], name
            assert page.get_by_role(
                "link", name={"ja": "相談できる電話", "en": "Help by phone"}.get(language)
            ).count() or (language == "easy-ja")
        assert seen.foreign == []


@pytest.mark.xdist_group("pages easy-ja")
def test_the_largest_text_is_kept(browser: Browser, town: Any) -> None:
    with visitor(browser, town, "easy-ja", 320) as seen:
        seen.open("/?size=largest")
        for path in ("/lines", f"/places/{town.place}", f"/find?district={town.district}"):
            page = seen.open(path)
            assert page.get_attribute("html", "data-size") == "largest"
            assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.xdist_group("pages en")
def test_the_map_shows_the_items_of_the_list(browser: Browser, town: Any) -> None:
    with visitor(browser, town) as seen:
        page = seen.open(f"/find?district={town.district}")
        listed = page.eval_on_selector_all("#main [data-id]", "cards => cards.map(card => card.dataset.id)")
        pins = page.eval_on_selector_all(".pin", "pins => pins.flatMap(pin => pin.dataset.ids.split(' '))")
        assert len(listed) == 10
        assert sorted(pins) == sorted(listed)
        assert page.locator(".leaflet-marker-icon").count() <= 100
        assert page.eval_on_selector_all(".pin", "pins => pins.every(pin => pin.getAttribute('role') === 'button')")


@pytest.mark.xdist_group("pages en")
def test_pins_never_overlap(browser: Browser, town: Any) -> None:
    with visitor(browser, town, width=320) as seen:
        page = seen.open(f"/find?district={town.district}")
        boxes = page.eval_on_selector_all(
            ".pin",
            "pins => pins.map(p => { const b = p.getBoundingClientRect(); return [b.x, b.y, b.right, b.bottom]; })",
        )
        for index, one in enumerate(boxes):
            for other in boxes[index + 1 :]:
                assert (
                    one[2] <= other[0] + 1 or other[2] <= one[0] + 1 or one[3] <= other[1] + 1 or other[3] <= one[1] + 1
                )


@pytest.mark.xdist_group("pages en")
def test_a_pin_leads_to_its_card_by_keyboard_and_the_card_to_its_pin(browser: Browser, town: Any) -> None:
    with visitor(browser, town) as seen:
        page = seen.open(f"/find?district={town.district}")
        pin = page.locator(".pin.one").first
        wanted = pin.get_attribute("data-ids")
        pin.focus()
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.closest('.card').dataset.id") == wanted
        page.locator(f"[data-show='{wanted}']").press("Enter")
        assert wanted in str(page.evaluate("document.activeElement.dataset.ids"))
        before = page.evaluate("document.querySelector('.leaflet-map-pane').style.transform")
        page.locator("[data-pan='1,0']").press("Enter")
        page.wait_for_timeout(400)
        assert page.evaluate("document.querySelector('.leaflet-map-pane').style.transform") != before


@pytest.mark.xdist_group("pages en")
def test_the_keyboard_alone_finds_a_place(browser: Browser, town: Any) -> None:
    with visitor(browser, town) as seen:
        page = seen.open("/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        page.locator("#q").focus()
        page.keyboard.type("中央小学校")
        page.keyboard.press("Enter")
        page.wait_for_url("**/find?**")
        page.locator(".card h3 a").first.press("Enter")
        page.wait_for_url("**/places/*")


@pytest.mark.xdist_group("pages en")
def test_everything_works_without_javascript(browser: Browser, town: Any) -> None:
    with visitor(browser, town, java_script_enabled=False) as seen:
        seen.page.goto(town.url + "/")
        seen.page.fill("#q", "中央")
        seen.page.click("form[role=search] button[type=submit]")
        expect(seen.page.locator(".card")).to_have_count(10)
        assert not seen.page.locator("#map-frame").is_visible()
        assert not seen.page.locator("#here").is_visible()
        seen.page.click("a[rel=next]")
        expect(seen.page.locator(".card")).to_have_count(10)
        seen.page.goto(f"{town.url}/places/{town.place}")
        seen.page.click("#report summary")
        seen.page.check("input[value=hours]")
        seen.page.fill("#message", "11時からです")
        seen.page.click("#report button[type=submit]")
        expect(seen.page.locator("#report [role=status]")).to_have_count(1)


@pytest.mark.xdist_group("pages en")
def test_where_i_am_goes_out_rounded_and_in_no_address(browser: Browser, town: Any) -> None:
    here = {"latitude": 43.5156789, "longitude": 142.9154321}
    with visitor(browser, town, geolocation=here, permissions=["geolocation"]) as seen:
        page = seen.open("/")
        seen.answers.clear()
        with page.expect_request(lambda asked: asked.method == "POST") as asked:
            page.click("#here button")
        page.wait_for_selector(".card")
        assert asked.value.post_data == "lat=43.516&lon=142.915"
        assert page.url == f"{town.url}/find"
        expect(page.locator(".card")).to_have_count(10)
        assert "43.5156789" not in page.content()
        assert all("43.5" not in answer.url for answer in seen.answers)


@pytest.mark.xdist_group("pages en")
def test_the_first_load_is_small(browser: Browser, town: Any) -> None:
    for path in ("/", f"/find?district={town.district}", f"/places/{town.place}"):
        with visitor(browser, town, "easy-ja") as seen:
            seen.open(path)
            assert seen.bytes_received() <= FIRST_LOAD_BYTES, path


@pytest.mark.xdist_group("pages en")
def test_print_leaves_out_what_paper_cannot_do(browser: Browser, town: Any) -> None:
    with visitor(browser, town) as seen:
        page = seen.open(f"/places/{town.place}")
        page.emulate_media(media="print")
        assert not page.locator("#map-frame").is_visible()
        assert not page.locator(".prefs").is_visible()
        assert page.locator(".qr svg").is_visible()
