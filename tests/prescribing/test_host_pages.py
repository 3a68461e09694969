"""The organiser of a place answers without an account: one link, one referral, no more of the person than a welcome needs."""

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import psycopg
import pytest
from sent_case import NAME, Sent, send_somebody

from handmade_town import id_of
from placefinder import clock
from staffed_town import STAFF

if TYPE_CHECKING:
    from conftest import Served


def owner(served: "Served", sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(served.database.owner_dsn) as connection:
        return (
            connection.execute(sql, values).fetchall() if sql.startswith("SELECT") else connection.execute(sql, values)
        )  # type: ignore[return-value]


def version_of(served: "Served", sent: Sent) -> int:
    return int(owner(served, "SELECT version FROM rx.referral WHERE referral_id = %s", sent.referral_id)[0][0])


def state_of(served: "Served", sent: Sent) -> str:
    return str(owner(served, "SELECT state FROM rx.referral WHERE referral_id = %s", sent.referral_id)[0][0])


def do(served: "Served", sent: Sent, what: str, **fields: Any) -> httpx.Response:
    return served.send("link_worker", f"{sent.path}/{what}", {"version": version_of(served, sent), **fields})


def ask(served: "Served", sent: Sent, number: int = 0) -> None:
    do(served, sent, "contact", channel="phone", with_whom="person", two_way="yes")
    do(served, sent, "move", move="ask_place", activity=id_of(f"activity {number}"), consent="self")


def slip_of(served: "Served", sent: Sent) -> tuple[str, str]:
    slip = do(served, sent, "slip").text
    link = re.search(r'value="http://[^"/]+(/o/[^"]+)"', slip)
    code = re.search(r"<strong>([0-9A-Z-]{14})</strong>", slip)
    assert link
    assert code
    return link[1], code[1]


@pytest.fixture
def asked(served: "Served") -> Sent:
    sent = send_somebody(served.database, served.home)
    ask(served, sent)
    return sent


@pytest.fixture
def link(served: "Served", asked: Sent) -> str:
    return slip_of(served, asked)[0]


def answer(served: "Served", link: str, sent: Sent, **fields: Any) -> httpx.Response:
    return served.client().post(link, data={"version": version_of(served, sent), **fields})


def test_a_place_sees_age_needs_and_the_name_to_call_and_nothing_else(served: "Served", link: str) -> None:
    page = served.client().get(link).text
    assert NAME in page
    assert "75–84歳" in page
    for hidden in ("0123-99-9999", "A-1", "みほん はなこ", "見本はまなす内科", "中央小学校", "食事"):
        assert hidden not in page
    assert "csrf" not in page


def test_yes_is_one_tap_and_no_is_two(served: "Served", asked: Sent, link: str) -> None:
    page = served.client().get(link).text
    assert '<button class="big-yes">' in page
    done = answer(served, link, asked, deed="decline", reason="full")
    assert done.status_code == 303
    assert done.headers["location"] == f"{link}?said=decline"
    assert state_of(served, asked) == "place_declined"
    assert owner(served, "SELECT state, said_by FROM rx.host_notice") == [("full", "host")]
    assert owner(served, "SELECT reason FROM rx.unmet_need") == [("full",)]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"deed": "accept", "version": 1}, 412),
        ({"deed": "accept", "version": ""}, 428),
        ({"deed": "came", "day": "2026-01-01"}, 409),
        ({"deed": "decline", "reason": "stigma_or_shame"}, 422),
        ({"deed": "book", "day": "someday"}, 422),
        ({"deed": "open_the_door"}, 422),
        ({"deed": "paused", "until": "1999-01-01"}, 422),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    served: "Served", asked: Sent, link: str, fields: dict[str, Any], status: int
) -> None:
    before = owner(served, "SELECT * FROM rx.referral"), owner(served, "SELECT * FROM rx.attendance")
    assert answer(served, link, asked, **fields).status_code == status
    assert before == (owner(served, "SELECT * FROM rx.referral"), owner(served, "SELECT * FROM rx.attendance"))
    assert owner(served, "SELECT count(*) FROM rx.host_notice") == [(0,)]


def test_an_answer_sent_twice_counts_once(served: "Served", asked: Sent, link: str) -> None:
    form = {"deed": "accept", "version": version_of(served, asked)}
    assert [served.client().post(link, data=form).status_code for _ in range(2)] == [303, 412]
    assert state_of(served, asked) == "place_accepted"


def test_came_and_did_not_are_told_by_the_place(served: "Served", asked: Sent, link: str) -> None:
    answer(served, link, asked, deed="accept")
    answer(served, link, asked, deed="book", day=clock.today())
    assert state_of(served, asked) == "booked"
    answer(served, link, asked, deed="absent", day=clock.today())
    assert state_of(served, asked) == "no_show"
    answer(served, link, asked, deed="came", day=clock.today())
    assert state_of(served, asked) == "attended_once"
    assert owner(served, "SELECT DISTINCT told_by FROM rx.attendance") == [("place",)]
    page = served.client().get(link).text
    assert "来た" in page
    assert "来ましたか" in page


def test_a_typed_code_does_the_same_however_it_is_typed(served: "Served", asked: Sent) -> None:
    _, code = slip_of(served, asked)
    typed = code.lower().replace("-", " ")
    page = served.client().post("/o", data={"code": typed})
    assert page.status_code == 200
    assert "来てもらえますか" in page.text
    assert code not in page.request.url.path
    done = served.client().post("/o/code", data={"code": typed, "deed": "accept", "version": version_of(served, asked)})
    assert done.status_code == 200
    assert "引き受けていただけると" in done.text
    assert state_of(served, asked) == "place_accepted"


def test_wrong_expired_and_revoked_codes_look_the_same_and_are_counted(served: "Served", asked: Sent) -> None:
    _, first = slip_of(served, asked)
    link, second = slip_of(served, asked)
    with psycopg.connect(served.database.owner_dsn) as connection:
        connection.execute("UPDATE rx.access_link SET expires_at = now() WHERE revoked_at IS NULL")
    pages = [served.client().post("/o", data={"code": code}) for code in (first, second, "ABCD-EFGH-JKMN", "x")]
    assert {page.status_code for page in pages} == {410}
    assert len({page.text for page in pages}) == 1
    assert owner(served, "SELECT count(*) FROM rx.code_failure") == [(4,)]
    old = served.client().get(link)
    assert old.status_code == 410
    assert "0123-00-0000" in old.text
    assert "見本つなぐ相談室" in old.text
    unknown = served.client().get("/o/nobody-gave-this")
    assert unknown.status_code == 410
    assert "0123-00-0000" not in unknown.text


def test_codes_cannot_be_tried_for_long(served: "Served", asked: Sent) -> None:
    _, code = slip_of(served, asked)
    with psycopg.connect(served.database.owner_dsn) as connection:
        connection.execute("INSERT INTO rx.code_failure SELECT now() FROM generate_series(1, 100)")
    assert served.client().post("/o", data={"code": code}).status_code == 429


def test_another_place_asked_since_ends_the_first_ones_link(served: "Served", asked: Sent, link: str) -> None:
    answer(served, link, asked, deed="decline", reason="not_taking_new")
    do(served, asked, "move", move="ask_place", activity=id_of("activity 2"), consent="self")
    gone = served.client().get(link)
    assert gone.status_code == 410
    assert NAME not in gone.text
    assert answer(served, link, asked, deed="accept").status_code == 410
    assert state_of(served, asked) == "place_asked"


def test_a_place_never_reaches_another_referral(served: "Served", asked: Sent, link: str) -> None:
    other = send_somebody(served.database, served.home, name="見本 べつひと")
    ask(served, other)
    assert "べつひと" not in served.client().get(link).text
    before = version_of(served, other)
    answer(served, link, asked, deed="accept", referral_id=str(other.referral_id))
    assert version_of(served, other) == before
    assert served.client(None).get(other.path).status_code == 303
    token = link.rsplit("/", 1)[1]
    assert served.client().get(f"/r/{token}").status_code in (303, 404, 410)


def test_a_slip_is_for_a_place_that_was_asked(served: "Served") -> None:
    sent = send_somebody(served.database, served.home)
    assert do(served, sent, "slip").status_code == 409
    assert served.send("physician", f"{sent.path}/slip").status_code == 403


def test_the_slip_says_no_more_than_the_place_may_know(served: "Served", asked: Sent) -> None:
    slip = do(served, asked, "slip").text
    article = slip[slip.index("<article") : slip.index("</article>")]
    for hidden in (NAME, "0123-99-9999", "A-1", "見本はまなす内科", STAFF["physician"].display_name):
        assert hidden not in article
    assert "75–84歳" in article
    assert "0123-00-0000" in article
    assert 'class="tick"' in article


def test_a_place_speaks_about_itself_only(served: "Served", asked: Sent, link: str) -> None:
    answer(served, link, asked, deed="paused", until=clock.today() + timedelta(30), activity=str(id_of("activity 9")))
    told = owner(served, "SELECT activity_id, state FROM rx.host_notice")
    assert told == [(id_of("activity 0"), "paused")]
