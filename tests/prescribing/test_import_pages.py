"""A look at a list before it is loaded: what is wrong row by row, and nothing is kept."""

import re
from typing import TYPE_CHECKING, Any

import httpx
import psycopg

from placefinder.web.problems import MAX_BODY_BYTES
from prescribing.web.import_pages import MAX_FILE_BYTES
from staffed_town import STAFF

if TYPE_CHECKING:
    from conftest import Served

HEADER = "都道府県コード又は市区町村コード,NO,都道府県名,市区町村名,名称,住所,緯度,経度,電話番号\n"
GOOD = "012998,1,北海道,架空はまなす市,みほん食堂,架空はまなす市中央町一丁目1,43.515,142.915,0123-45-6789\n"
BAD = "012998,2,北海道,架空はまなす市,=cmd|x,架空はまなす市中央町一丁目2,999,142.915,\n"


def send(
    served: "Served", content: bytes, name: str = "list.csv", who: str = "link_worker", **form: Any
) -> httpx.Response:
    files = {"file": (name, content, "text/csv")}
    return served.client(who).post("/staff/import", data={"csrf": STAFF[who].csrf, **form}, files=files)


def counts(served: "Served") -> Any:
    with psycopg.connect(served.database.owner_dsn) as connection:
        return connection.execute(
            "SELECT (SELECT count(*) FROM geo.edition), (SELECT count(*) FROM finder.place), (SELECT count(*) FROM finder.intake_row)"
        ).fetchone()


def test_each_row_is_judged_and_nothing_is_kept(served: "Served") -> None:
    before = counts(served)
    page = send(served, (HEADER + GOOD + BAD).encode())
    assert page.status_code == 200, page.text
    assert "取りこめる行" in page.text
    assert "placefinder load --municipality 012998" in page.text
    assert counts(served) == before


def test_what_was_found_is_given_as_csv_that_runs_nothing(served: "Served") -> None:
    page = send(served, (HEADER + GOOD + BAD).encode())
    packed = re.search(r'name="lines" value="([^"]+)"', page.text)
    assert packed, page.text
    answer = served.send("link_worker", "/staff/import/errors.csv", {"lines": packed[1]})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert "緯度" in answer.text
    assert not re.search(r"(^|,)\"?[=+@]", answer.text, re.MULTILINE)


def test_a_list_that_is_none_says_why(served: "Served") -> None:
    for content, name in ((b"\x00\x01\x02" * 40, "x.xlsx"), (b"", "x.csv"), (b"a,b\n1,2\n", "x.csv")):
        page = send(served, content, name)
        assert page.status_code == 422, name
        assert "このファイルは読めません" in page.text, name
    nothing = served.send("link_worker", "/staff/import")
    assert nothing.status_code == 422


def test_a_name_of_a_file_is_only_a_name(served: "Served") -> None:
    page = send(served, (HEADER + GOOD).encode(), "../../<img src=x onerror=alert(1)>.csv")
    assert page.status_code in (200, 422)
    assert "<img src=x" not in page.text


def test_only_these_two_addresses_take_more_than_a_form(served: "Served") -> None:
    large = b"x" * (MAX_BODY_BYTES + 10_000)
    assert send(served, large).status_code == 422
    assert send(served, b"x" * (MAX_FILE_BYTES + 200_000)).status_code == 413
    assert served.send("link_worker", "/staff/verify/check", {"activity": "x" * MAX_BODY_BYTES}).status_code == 413


def test_lines_that_are_none_are_refused(served: "Served") -> None:
    for lines in ("", "!", "AAAA"):
        assert served.send("link_worker", "/staff/import/errors.csv", {"lines": lines}).status_code == 422


def test_only_link_workers_look(served: "Served") -> None:
    assert send(served, GOOD.encode(), who="physician").status_code == 403
    without = served.client("link_worker").post("/staff/import", files={"file": ("x.csv", b"x")})
    assert without.status_code == 403
