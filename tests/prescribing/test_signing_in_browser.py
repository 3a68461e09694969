"""Signing in with a real browser: accessible in every language and width, quiet, by passkey, and without JavaScript."""

import re
from typing import Any

import psycopg
import pyotp
import pytest
from playwright.sync_api import Browser, Page

from browsing import LANGUAGES, WIDTHS, checked_at, largest_fits, visitor
from staffed_town import PASSWORD, STAFF

pytestmark = pytest.mark.browser

WHO = STAFF["physician"]


def cookie(served: Any, who: str, host: str = "127.0.0.1") -> Any:
    return {"name": "staff", "value": STAFF[who].token, "url": served.url.replace("127.0.0.1", host)}


def give_password(page: Page) -> None:
    page.fill("#login", WHO.login)
    page.fill("#password", PASSWORD)
    page.click("main button")


def code_of(page: Page) -> str:
    return pyotp.TOTP(page.inner_text("code").replace(" ", "")).now()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_accessible_quiet_and_fits(browser: Browser, served: Any, language: str) -> None:
    with psycopg.connect(served.database.owner_dsn) as connection:
        for one in ("physician", "admin"):
            connection.execute(
                "INSERT INTO rx.passkey VALUES (%s, %s, 'x', 0, '見本の電話')", (one.encode(), STAFF[one].account_id)
            )
    invited = served.send(
        "admin", "/staff/admin/invite", {"login": "h@example.jp", "role": "physician", "name": "見本 はなこ"}
    )
    link = re.search(r"/staff/invited/[\w-]+", invited.text)
    assert link
    with visitor(browser, served, language) as seen:
        for name, path in (("sign-in", "/staff/sign-in"), ("invited", link[0])):
            looked_at(seen.open(path), f"{name} {language}")
        page = seen.open("/staff/sign-in")
        page.fill("#login", "x@example.jp")
        page.fill("#password", "x")
        page.click("main button")
        looked_at(page, f"refused {language}")
        assert page.get_attribute("#login", "aria-invalid") == "true"
        give_password(page)
        looked_at(page, f"second factor {language}")
        page.context.add_cookies([cookie(served, "admin")])
        for path in ("/staff/account", "/staff/account/totp", "/staff/password", "/staff/admin"):
            looked_at(seen.open(path), f"{path} {language}")
        assert seen.foreign == []
        assert [one for one in seen.complaints if "422" not in one] == []


def looked_at(page: Page, name: str) -> None:
    for width in WIDTHS:
        checked_at(page, width, name)
        largest_fits(page, width, name)


def test_the_first_sign_in_works_without_javascript(browser: Browser, served: Any) -> None:
    with visitor(browser, served, java_script_enabled=False) as seen:
        page = seen.open("/staff/account")
        give_password(page)
        page.fill("#code", code_of(page))
        page.click("main button")
        assert page.url.endswith("/staff/account")
        page.click("text=ログアウト")
        assert page.url.endswith("/staff/sign-in")


def test_the_qr_code_says_what_the_letters_say(browser: Browser, served: Any) -> None:
    with visitor(browser, served) as seen:
        page = seen.open("/staff/sign-in")
        give_password(page)
        uri = page.get_attribute("a[href^='otpauth:']", "href") or ""
        drawn = page.locator(".qr path").last.get_attribute("d")
        letters = page.inner_text("code").replace(" ", "")
    import segno

    assert f"secret={letters}" in uri
    assert drawn in segno.make(uri, error="m").svg_inline(scale=4, border=4, light="#fff", omitsize=False)


def test_a_passkey_is_made_and_used(browser: Browser, served: Any) -> None:
    home = served.url.replace("127.0.0.1", "localhost")
    context = browser.new_context(base_url=home)
    page = context.new_page()
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    device = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": {**device, "automaticPresenceSimulation": True}})
    context.add_cookies([cookie(served, "physician", "localhost"), {"name": "lang", "value": "ja", "url": home}])
    page.goto("/staff/account")
    page.fill("#name", "見本の電話")
    page.click("text=この機械にパスキーを作る")
    page.wait_for_selector("li:has-text('見本の電話')")
    page.click("text=ログアウト")
    page.goto("/staff/account")
    give_password(page)
    page.click("text=パスキーで確認する")
    page.wait_for_url(re.compile(r"\d/staff/account$"))
    assert WHO.display_name in page.inner_text("header")
    context.close()


def test_whoever_does_nothing_is_warned_and_can_stay(browser: Browser, served: Any) -> None:
    with visitor(browser, served) as seen:
        seen.page.context.add_cookies([cookie(served, "physician")])
        seen.page.clock.install()
        page = seen.open("/staff/account")
        notice = page.locator("#idle")
        assert notice.is_hidden()
        page.clock.fast_forward(781_000)
        notice.wait_for(state="visible")
        notice.get_by_role("button").click()
        notice.wait_for(state="hidden")
        assert seen.complaints == []
