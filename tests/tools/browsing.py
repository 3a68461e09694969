"""Looking at pages in a real browser: accessible, quiet, large enough to touch, nothing sideways."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

AXE = (Path(__file__).resolve().parents[1] / "vendor" / "axe.min.js").read_text("utf-8")
LANGUAGES = ("ja", "easy-ja", "en")
WIDTHS = (1280, 320)
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-dev-shm-usage",
    "--disable-component-update", "--disable-default-apps", "--disable-sync",
]  # fmt: skip
TARGETS = """() => [...document.querySelectorAll('a[href], button, input, summary, [role=button], textarea')]
  .filter(e => e.checkVisibility() && !e.closest('p, li:not(.prefs li), .skip') && e.className !== 'skip')
  .map(e => [e.outerHTML.slice(0, 90), e.getBoundingClientRect().width, e.getBoundingClientRect().height])
  .filter(([, width, height]) => width < 23.9 || height < 23.9)"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's chromium; without it the tests are skipped, or fail where a browser is required."""
    chromium = shutil.which("chromium")
    if not chromium:
        if os.environ.get("REQUIRE_BROWSER") == "1" or os.environ.get("CI") == "true":
            pytest.fail("chromium is not installed, and REQUIRE_BROWSER or CI demands it")
        pytest.skip("chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield started
        started.close()


class Seen:
    """A page and what it did: console errors, requests to others, bytes."""

    def __init__(self, page: Page, home: str) -> None:
        self.page, self.home = page, home
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        self.answers: list[Any] = []
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda asked: None if asked.url.startswith(home) else self.foreign.append(asked.url))
        # Playwright hangs a mark on each listener, which a bound method of a list cannot carry.
        page.on("requestfinished", lambda asked: self.answers.append(asked))  # noqa: PLW0108

    def open(self, path: str) -> Page:
        self.page.goto(self.home + path)
        if self.page.query_selector("#map-data"):
            self.page.wait_for_selector("#map[data-ready]")
        return self.page

    def bytes_received(self) -> int:
        return sum(
            sum(answer.sizes()[part] for part in ("responseBodySize", "responseHeadersSize")) for answer in self.answers
        )


@contextmanager
def visitor(browser: Browser, town: Any, language: str = "ja", width: int = 1280, **context: Any) -> Iterator[Seen]:
    """Somebody with a language and a screen."""
    opened = browser.new_context(viewport={"width": width, "height": 800}, **context)
    opened.add_cookies([{"name": "lang", "value": language, "url": town.url}])
    try:
        yield Seen(opened.new_page(), town.url)
    finally:
        opened.close()


def violations(page: Page) -> list[str]:
    page.evaluate(AXE)
    found = page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice'], resultTypes: ['violations']})"
    )
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found["violations"]]


def checked_at(page: Page, width: int, name: str) -> None:
    """What must hold of a page at a width: accessible, targets large enough, no sideways scrolling."""
    page.set_viewport_size({"width": width, "height": 800})
    found = violations(page)
    assert found == [], f"{name} {width}: {found}"
    assert page.evaluate(TARGETS) == [], f"{name} {width}"
    assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} {width}"


def largest_fits(page: Page, width: int, name: str) -> None:
    """特大 needs no sideways scrolling either; the attribute is all the server changes for it."""
    page.set_viewport_size({"width": width, "height": 800})
    page.evaluate("document.documentElement.dataset.size = 'largest'")
    assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} {width} 特大"
    page.evaluate("document.documentElement.dataset.size = 'standard'")
