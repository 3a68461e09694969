"""The tour of the README, click by click: from the consulting room to the second attendance, in the demo town."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from geo.store.cluster import Cluster
from placefinder import clock
from placefinder.app import create_app
from placefinder.demo import load_demo
from placefinder.settings import read_settings
from placefinder.store import Database
from placefinder.store.occurrences import keep_up
from prescribing.keys import read_keys
from prescribing.sealing import Sealer
from prescribing.store.demo import demo_logins, tell_story
from serving import serving

pytestmark = pytest.mark.browser
PASSWORD, LOGINS = demo_logins()


@pytest.fixture(scope="module")
def demo(cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the demo town with a short story, served as `serve --demo` serves it."""
    name, home = "demo_tour", Path(tmp_path_factory.mktemp("tour"))
    with psycopg.connect(cluster.dsn(database="postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
    database = Database(
        cluster.dsn(database=name), *(cluster.dsn(f"placefinder_{one}", name) for one in ("public", "staff", "worker"))
    )
    load_demo(database)
    with psycopg.connect(database.owner_dsn) as connection:
        keep_up(connection, clock.today())
    settings = read_settings({"PLACEFINDER_TILES": "none", "PLACEFINDER_HOME": str(home)})
    tell_story(database.owner_dsn, Sealer(read_keys(settings.keys)), clock.today(), count=60)
    app = create_app(settings, database)
    app.state.demo_accounts = True
    with serving(app) as url:
        yield url
    with psycopg.connect(cluster.dsn(database="postgres"), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def signed_in(browser: Browser, url: str, login: str) -> Page:
    """Password, then the code that the demo shows."""
    page = browser.new_context(locale="ja-JP").new_page()
    page.goto(f"{url}/staff/sign-in")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.locator("main form:has([name=password]) button").click()
    page.wait_for_selector("main [name=code]")
    code = re.search(r"\b\d{6}\b", page.inner_text("main"))
    assert code
    page.fill("main [name=code]", code[0])
    page.locator("main form:has([name=code]) button").click()
    page.wait_for_url(lambda where: "sign-in" not in where and "second-factor" not in where)
    return page


def test_one_person_from_the_consulting_room_to_the_second_attendance(browser: Browser, demo: str) -> None:
    doctor = signed_in(browser, demo, "doctor@demo.example")
    doctor.fill("[name=age]", "78")
    doctor.fill("[name=q]", "希望が丘小学校")
    doctor.get_by_text("おしゃべり", exact=True).click()
    doctor.get_by_text("名前と連絡先").click()
    doctor.fill("#f-name", "架空 ひさ子")
    doctor.get_by_role("button", name="候補を見る").click()
    doctor.locator("input[name=activity]").first.check()
    doctor.get_by_role("button", name="選んだところをすすめる").click()
    doctor.get_by_role("button", name="送って、紙を印刷する").click()
    expect(doctor.locator("body")).to_contain_text("つながりの処方せん")
    typed = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", doctor.inner_text("body"))
    assert typed

    worker = signed_in(browser, demo, "link@demo.example")
    case = f"{demo}/staff/cases/{doctor.url.rsplit('/', 1)[-1].split('?')[0]}"
    worker.goto(case)
    expect(worker.locator("h1")).to_contain_text("架空 ひさ子")
    worker.get_by_text("話せた", exact=True).click()
    worker.locator("#contacts").get_by_role("button", name="記録する").click()
    places = worker.locator("#places")
    places.locator("input[name=activity]").first.check()
    places.locator("input[name=consent][value=before]").check()
    places.get_by_role("button", name="この場所に聞く").click()
    worker.get_by_role("button", name="FAX・電話の用紙とリンク").click()
    link = worker.input_value("#link")

    place = browser.new_context(locale="ja-JP", viewport={"width": 320, "height": 700}).new_page()
    place.goto(link)
    place.get_by_role("button", name="はい、どうぞ").click()
    for days_ago in (8, 1):
        place.goto(link)
        day = (clock.today() - timedelta(days_ago)).isoformat()
        form = place.locator("form:has(input[type=date][name=day]):has(button[name=deed])").last
        if not form.is_visible():
            place.locator("summary", has_text="ほかの日").last.click()
        form.locator("input[name=day]").fill(day)
        form.locator("button[name=deed][value=came]").click()

    worker.goto(case)
    expect(worker.locator("main")).to_contain_text("通っている")
    person = browser.new_context(locale="ja-JP", viewport={"width": 320, "height": 700}).new_page()
    person.goto(f"{demo}/r/{typed[0]}?lang=easy-ja")
    expect(person.locator("h1")).to_be_visible()
    insurer = signed_in(browser, demo, "insurer@demo.example")
    expect(insurer.locator("h1")).to_contain_text("利用のまとめ")
