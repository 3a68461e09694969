"""What the pages answer, without a browser: headers, errors with a next step, reports of mistakes."""

import html
import re
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

import httpx
import psycopg
import pytest
from psycopg.types.json import Jsonb

from placefinder import clock
from placefinder.opening.calendar import Change
from placefinder.store.occurrences import ToldChange, add_change

LANGUAGES = {"ja": "近くの居場所をさがす", "easy-ja": "<ruby>近<rp>(</rp><rt>ちか</rt>", "en": "Find a place near you"}


def id_of(name: str) -> UUID:
    """As the town has it."""
    return uuid5(NAMESPACE_URL, name)


@pytest.fixture
def visit(town: Any) -> Any:
    with httpx.Client(base_url=town.url) as client:
        yield client


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", [400, 403, 404, 410, 422, 429, 500, 503])
def test_every_error_has_a_page_with_a_next_step_in_every_language(town: Any, language: str, status: int) -> None:
    from fastapi import FastAPI
    from starlette.requests import Request

    from placefinder.web.error_pages import error_page

    scope = {"type": "http", "method": "GET", "path": "/x", "query_string": f"lang={language}".encode(), "headers": [],
             "app": FastAPI(), "server": ("test", 80), "scheme": "http"}  # fmt: skip
    page = error_page(Request(scope), status)
    assert page.status_code == status
    assert LANGUAGES[language] in bytes(page.body).decode()


def test_a_page_carries_a_strict_policy(visit: httpx.Client) -> None:
    policy = visit.get("/").headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_choices_are_kept_in_cookies(visit: httpx.Client) -> None:
    answer = visit.get("/?lang=en&size=large")
    assert answer.cookies == {"lang": "en", "size": "large"}
    assert '<html lang="en" data-lang="en" data-size="large">' in visit.get("/lines").text


def test_static_files_are_kept_for_ever_under_the_name_of_their_content(visit: httpx.Client) -> None:
    from placefinder.web.rendering import ASSETS

    answer = visit.get(ASSETS.url("app.css"))
    assert "immutable" in answer.headers["cache-control"]
    again = visit.get(ASSETS.url("app.css"), headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert visit.get("/static/app.css").status_code == 404
    assert visit.get("/static/../languages.py").status_code == 404


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("中央", "中央小学校の近くの居場所"),
        ("中央小学校の学区", "中央小学校の近くの居場所"),
        ("南町", "南町の近くの居場所"),
        ("〒000-0007", "南町の近くの居場所"),
        ("中央町", "どこですか"),
        ("ひだまり", "この名前の場所"),
        ("北中央学校", "もしかして"),
    ],
)
def test_the_box_understands_schools_towns_postcodes_and_names(visit: httpx.Client, question: str, answer: str) -> None:
    assert answer in visit.get("/find", params={"q": question}).text


def test_an_unknown_name_offers_at_most_three_and_all_areas(visit: httpx.Client) -> None:
    page = visit.get("/find", params={"q": "中央ヶ谷"}).text
    assert 1 <= page.split("市区町村からさがす")[0].count("/find?district=") <= 3
    assert "北西小学校" in page.split("市区町村からさがす")[1]


def test_filters_that_leave_nothing_are_dropped_one_by_one(visit: httpx.Client, town: Any) -> None:
    page = visit.get("/find", params={"district": str(town.district), "kind": "event", "age": "30"}).text
    assert "見つかりませんでした" in page
    assert "種類をしぼらない" in page
    assert "年齢をしぼらない" in page
    assert "/lines" in page


def test_a_closed_place_stays_with_a_notice_and_what_is_near(visit: httpx.Client, town: Any) -> None:
    page = visit.get(f"/places/{town.closed_place}").text
    assert "ここは終わりました。" in page
    assert "近くのほかの居場所" in page


def test_a_card_tells_the_next_real_date_and_the_rule_behind_it(visit: httpx.Client) -> None:
    page = visit.get("/find", params={"q": "中央", "within": "14days"}).text
    assert page.count('<span class="next">次回</span>') >= 5
    assert "毎週" in page


def test_a_date_called_off_is_struck_out_with_its_reason_everywhere(visit: httpx.Client, town: Any) -> None:
    place, activity = id_of("place 9"), id_of("activity 9")
    today = clock.today()
    with psycopg.connect(town.owner_dsn) as connection:
        row = connection.execute("SELECT min(day) FROM finder.occurrence WHERE activity_id = %s", [activity]).fetchone()
        add_change(connection, activity, ToldChange(Change("cancelled", row[0] if row else today), "<大雪>"), today)
    for path in (f"/places/{place}", f"/districts/{town.district}"):
        page = visit.get(path).text
        assert re.search(r"<s>[^<]*11:00–14:00</s> .*お休みです。.*&lt;大雪&gt;", page), path


def test_the_days_asked_for_stay_in_the_form_and_in_the_links(visit: httpx.Client, town: Any) -> None:
    asked = {"district": str(town.district), "within": "14days", "part": "morning"}
    page = visit.get("/find", params=asked).text
    assert 'value="14days" checked' in page
    assert 'value="morning" checked' in page
    assert "within=14days&amp;part=morning" in page
    assert visit.get("/find", params={**asked, "within": "<x>", "part": "night"}).status_code == 200


def test_a_schedule_that_is_not_wholly_known_says_to_ask_first(visit: httpx.Client, town: Any) -> None:
    with psycopg.connect(town.owner_dsn) as connection:
        connection.execute(
            "UPDATE finder.activity SET schedule_certainty = 'partial', schedule = schedule || %s WHERE activity_id = %s",
            [Jsonb({"missing": ["which_weeks"]}), id_of("activity 11")],
        )
    page = visit.get(f"/places/{id_of('place 11')}").text
    assert "おおむね" in page
    assert "月1回（不定期）" in page


def test_an_empty_district_says_so_and_shows_neighbours(visit: httpx.Client, town: Any) -> None:
    page = visit.get(f"/districts/{town.empty_district}").text
    assert "まだ一覧にありません" in page
    assert "はじめたい人へ" in page
    assert "中央小学校" in page


def test_no_such_place_and_no_such_district_are_not_found(visit: httpx.Client) -> None:
    for path in ("places", "districts"):
        assert visit.get(f"/{path}/{uuid4()}").status_code == 404
        assert visit.get(f"/{path}/nonsense").status_code == 404


def test_the_way_is_straight_line_and_says_so(visit: httpx.Client, town: Any) -> None:
    page = visit.get(f"/places/{town.place}").text
    assert "のほうへ" in page
    assert "まっすぐな線で測っためやす" in page


def test_a_report_of_a_mistake_is_kept_for_a_clerk(visit: httpx.Client, town: Any) -> None:
    sent = visit.post(f"/places/{town.closed_place}/corrections", data={"about": "closed", "message": "再開しました"})
    assert "ありがとうございます" in sent.text
    with psycopg.connect(town.owner_dsn) as connection:
        kept = connection.execute(
            "SELECT about, message FROM finder.correction WHERE place_id = %s", [town.closed_place]
        ).fetchall()
    assert kept == [("closed", "再開しました")]


def test_a_report_without_a_subject_comes_back_with_what_was_written(visit: httpx.Client, town: Any) -> None:
    answer = visit.post(f"/places/{town.place}/corrections", data={"message": "書きかけ"})
    assert answer.status_code == 422
    assert "どこがちがうかを選んでください。" in answer.text
    assert "書きかけ" in answer.text


def test_a_report_from_another_site_is_refused(visit: httpx.Client, town: Any) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
        answer = visit.post(f"/places/{town.place}/corrections", data={"about": "other"}, headers=headers)
        assert answer.status_code == 403


def test_too_many_reports_for_a_place_are_put_off(visit: httpx.Client, town: Any) -> None:
    path = f"/places/{town.hostile_place}/corrections"
    statuses = [visit.post(path, data={"about": "other"}).status_code for _ in range(11)]
    assert statuses == [200] * 10 + [429]


def test_where_somebody_is_goes_rounded_into_the_page_and_nowhere_else(visit: httpx.Client) -> None:
    answer = visit.post("/find", data={"lat": "43.5156789", "lon": "142.9154321"})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert "43.5156" not in answer.text
    assert 'name="lat" value="43.516"' in answer.text


def test_the_report_of_a_municipality_comes_as_a_file(visit: httpx.Client) -> None:
    answer = visit.get("/districts/report.html", params={"municipality": "012998"})
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "南東小学校" in answer.text
    assert visit.get("/districts/report.html", params={"municipality": "999999"}).status_code == 404


def test_the_sources_are_told_with_licence_counts_and_defects(visit: httpx.Client) -> None:
    page = visit.get("/data").text
    for told in ("手づくりの町", "CC BY 4.0", "電話番号がないものがあります。", "28"):
        assert told in page


def test_lines_that_answer_now_come_first_and_under_18s_have_their_own(visit: httpx.Client) -> None:
    page = visit.get("/lines", params={"topic": "loneliness"}).text
    assert page.index("今つながる電話") < page.index("いつでも電話")
    assert "いつでも電話" not in visit.get("/u18").text
    assert "こどもの電話" in visit.get("/u18").text


def test_every_kind_has_its_own_colours_in_the_style_sheet() -> None:
    import csv
    from pathlib import Path

    root = Path(__file__).resolve().parents[2]
    style = (root / "placefinder" / "web" / "static" / "app.css").read_text("utf-8")
    with (root / "data" / "codelists" / "kinds.csv").open(encoding="utf-8", newline="") as file:
        for kind in csv.DictReader(file):
            rule = f".kind-{kind['kind']} {{ color: {kind['colour']}; background: {kind['background']}; }}"
            assert rule in style or kind["kind"] == "other"


def test_what_stands_on_an_invented_source_says_so_and_nothing_else_does(visit: httpx.Client, town: Any) -> None:
    paths = (
        "/",
        "/data",
        "/find?q=中央",
        "/find?q=中央町",
        f"/places/{town.place}",
        f"/districts/{town.district}",
        "/lines",
        "/u18",
    )
    for path in paths:
        assert visit.get(path).text.count('class="demo"') == 1, path
    report = "/districts/report.html?municipality=012998"
    assert "実在の場所・団体ではありません" in visit.get(report).text
    with psycopg.connect(town.owner_dsn) as connection:
        connection.execute("UPDATE geo.source SET fictional = false")
        connection.commit()
        try:
            for path in paths:
                assert 'class="demo"' not in visit.get(path).text, path
            assert "実在の場所・団体ではありません" not in visit.get(report).text
        finally:
            connection.execute("UPDATE geo.source SET fictional = true")


def test_a_weekday_without_known_hours_is_not_called_empty(visit: httpx.Client, town: Any) -> None:
    page = visit.get(f"/districts/{town.empty_district}").text
    assert page.count("確認できた予定なし") == 7
    assert "<span>なし</span>" not in page


def test_each_attribution_stands_once(visit: httpx.Client, town: Any) -> None:
    page = visit.get(f"/districts/{town.district}").text
    assert page.count("手づくりの町（架空）") == 1


def test_the_example_of_the_box_is_a_district_that_is_there(visit: httpx.Client) -> None:
    example = visit.get("/").text.split("例：")[1].split("<")[0]
    assert "件あります" in visit.get("/find", params={"q": example}).text


def test_a_fact_stands_under_our_word_and_a_strange_column_apart(visit: httpx.Client, town: Any) -> None:
    assert "<dt>めざすこと</dt>" in visit.get(f"/places/{town.place}").text
    page = visit.get(f"/places/{town.hostile_place}").text
    assert "一覧に書かれていること（原文）" in page


def test_what_may_leave_as_a_calendar_has_a_link_that_gives_one(visit: httpx.Client, town: Any) -> None:
    paths = (f"/places/{town.place}", f"/districts/{town.district}", "/find?q=中央小学校&within=week&kind=salon")
    for path in paths:
        [address] = re.findall(r'href="([^"]*\.ics[^"]*)"', visit.get(path).text)
        answer = visit.get(html.unescape(address))
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8"), address
    here = visit.post("/find", data={"lat": "43.5156789", "lon": "142.9154321"}).text
    assert ".ics" not in here
