"""The person's own page: opened by the code of the sheet, theirs alone, and everything in it can be taken back."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import psycopg
import pytest

from placefinder import clock
from prescribing.links import new_link
from prescribing.web import patient_pages
from referring_desk import Desk, consents, sql, state
from staffed_town import OFFICE, STAFF


@pytest.fixture
def desk(served: Any) -> Desk:
    return Desk(served)


@pytest.fixture
def referral(desk: Desk) -> tuple[str, str]:
    """A sent referral and the code on its sheet."""
    return desk.sent(name="見本 はなこ")


def opened(served: Any, code: str) -> httpx.Client:
    """The person's own browser, after the QR code was read."""
    client: httpx.Client = served.client()
    answer = client.get(f"/r/{code}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/r")
    return client


def test_the_code_opens_the_page_and_leaves_the_address(desk: Desk, referral: tuple[str, str]) -> None:
    client = opened(desk.served, referral[1])
    page = client.get("/r")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert referral[1] not in page.text, "who looks over the shoulder learns no code"
    assert "14日のうちに" in page.text
    assert "次回" in page.text
    assert "見本はまなす内科" in page.text


@pytest.mark.parametrize("change", [str.lower, lambda code: code.replace("-", ""), lambda code: code.replace("-", " ")])
def test_a_code_may_be_typed_as_one_likes(desk: Desk, referral: tuple[str, str], change: Any) -> None:
    client = desk.served.client()
    assert client.post("/r", data={"code": change(referral[1])}).headers["location"] == "/r"
    assert client.get("/r").status_code == 200


def test_mistyped_expired_revoked_and_a_hosts_code_look_the_same(desk: Desk, referral: tuple[str, str]) -> None:
    referral_id, code = referral
    never_given = new_link(clock.now()).code
    looks = {refused(desk, wrong) for wrong in ("AAAA-BBBB-CCCC", "<script>", "7", never_given)}
    for change in ("expires_at = now() - interval '1 day'", "revoked_at = now()", "party = 'host'"):
        with psycopg.connect(desk.served.database.owner_dsn) as connection:
            connection.execute(f"UPDATE rx.access_link SET {change} WHERE referral_id = %s", (referral_id,))
        looks.add(refused(desk, code))
        with psycopg.connect(desk.served.database.owner_dsn) as connection:
            connection.execute(
                "UPDATE rx.access_link SET expires_at = now() + interval '1 day', revoked_at = NULL, party = 'patient'"
            )
        assert desk.served.client().get(f"/r/{code}").status_code == 303
    assert len(looks) == 1


def refused(desk: Desk, code: str) -> str:
    """The page that a code gets that opens nothing, typed and without the code itself in it."""
    answer = desk.served.client().post("/r", data={"code": code})
    assert answer.status_code == 410
    assert desk.served.client().get(f"/r/{quote(code)}").status_code == 410
    return str(answer.text)


def test_a_new_printing_ends_the_code_before(desk: Desk, referral: tuple[str, str]) -> None:
    referral_id, before = referral
    assert before not in Desk(desk.served).get(f"/sheet/{referral_id}").text, "another browser never sees a code"
    answer = desk.send(f"/sheet/{referral_id}")
    after = answer.cookies["sheet_code"]
    assert after != before
    assert desk.served.client().get(f"/r/{before}").status_code == 410
    assert desk.served.client().get(f"/r/{after}").status_code == 303


def test_too_many_wrong_codes_and_none_is_taken_for_a_while(
    desk: Desk, referral: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patient_pages, "WRONG_CODES", 5)
    client = desk.served.client()
    assert [client.get(f"/r/{new_link(clock.now()).code}").status_code for _ in range(6)] == [410] * 5 + [429]
    assert client.get("/r/AAAA-BBBB-CCCC").status_code == 410, "a slip of the hand is no try"
    assert desk.served.client().get(f"/r/{referral[1]}").status_code == 429
    with psycopg.connect(desk.served.database.owner_dsn) as connection:
        connection.execute("UPDATE rx.code_failure SET at = at - interval '11 minutes'")
    assert desk.served.client().get(f"/r/{referral[1]}").status_code == 303


def activity(served: Any, referral_id: str) -> str:
    rows = sql(
        served, "SELECT activity_id FROM rx.suggestion WHERE referral_id = %s AND chosen ORDER BY rank", referral_id
    )
    return str(rows[0][0])


def test_what_they_tell_stands_apart_and_moves_nothing(desk: Desk, referral: tuple[str, str]) -> None:
    referral_id, code = referral
    client, today = opened(desk.served, code), clock.today()
    form = {"activity": activity(desk.served, referral_id), "day": today.isoformat(), "came": "yes"}
    assert client.post("/r/told", data=form).headers["location"] == "/r?thanks=yes"
    assert "行けました" in client.get("/r").text
    assert client.post("/r/told", data={**form, "came": "no"}).headers["location"] == "/r?thanks=no"
    assert "行けませんでした" in client.get("/r").text
    told = sql(desk.served, "SELECT told_by, came FROM rx.attendance ORDER BY recorded_at")
    assert told == [("self", True), ("self", False)]
    assert state(desk.served, referral_id) == "sent"
    assert "本人" in desk.get(f"/staff/referrals/{referral_id}").text


@pytest.mark.parametrize("days", [1, -400])
def test_a_day_that_cannot_be_is_refused(desk: Desk, referral: tuple[str, str], days: int) -> None:
    client, day = opened(desk.served, referral[1]), clock.today() + timedelta(days)
    form = {"activity": activity(desk.served, referral[0]), "day": day.isoformat(), "came": "yes"}
    assert client.post("/r/told", data=form).status_code == 422
    assert client.post("/r/told", data={**form, "day": "きのう"}).status_code == 422
    assert (
        client.post("/r/told", data={**form, "day": clock.today().isoformat(), "activity": str(uuid4())}).status_code
        == 404
    )
    assert sql(desk.served, "SELECT 1 FROM rx.attendance") == []


def test_one_consent_is_withdrawn_in_two_steps(desk: Desk, referral: tuple[str, str]) -> None:
    client = opened(desk.served, referral[1])
    [(one,)] = sql(desk.served, "SELECT consent_id FROM rx.consent WHERE purpose = 'host' LIMIT 1")
    before = consents(desk.served)
    asked = client.post("/r/withdraw", data={"consent": str(one)})
    assert asked.status_code == 200
    assert "いいえ" in asked.text
    assert consents(desk.served) == before, "asking changes nothing"
    assert client.post("/r/withdraw", data={"consent": str(one), "sure": "yes"}).status_code == 303
    assert len(consents(desk.served)) == len(before) - 1
    assert state(desk.served, referral[0]) == "sent"
    assert client.post("/r/withdraw", data={"consent": str(uuid4()), "sure": "yes"}).status_code == 404


def test_everything_is_withdrawn_and_nobody_sees_it_from_the_next_request_on(
    desk: Desk, referral: tuple[str, str]
) -> None:
    referral_id, code = referral
    office = desk.served.client("link_worker")
    assert office.get(f"/sheet/{referral_id}").status_code == 200
    client = opened(desk.served, code)
    assert client.post("/r/withdraw", data={"consent": "all", "sure": "yes"}).status_code == 303
    assert consents(desk.served) == set()
    assert state(desk.served, referral_id) == "withdrawn_consent"
    assert office.get(f"/sheet/{referral_id}").status_code == 404
    page = client.get("/r")
    assert "知らせていません" in page.text
    assert "取り消し" in desk.get("/staff/mine?view=stopped").text


def test_who_may_know_and_who_looked_is_said_and_no_more(desk: Desk, referral: tuple[str, str]) -> None:
    desk.served.client("link_worker").get(f"/sheet/{referral[0]}")
    page = opened(desk.served, referral[1]).get("/r").text
    assert "見本つなぐ相談室" in page
    looks = page.split("だれが見たか")[1]
    assert "見本つなぐ相談室" in looks
    assert "見た" in looks
    for hidden in (*(one.display_name for one in STAFF.values()), str(OFFICE), "identity", "rx."):
        assert hidden not in looks


def test_somebody_elses_looks_are_not_mine(desk: Desk, referral: tuple[str, str]) -> None:
    Desk(desk.served, "other_physician").sent(name="見本 じろう")
    assert "見本こもれび医院" not in opened(desk.served, referral[1]).get("/r").text


def test_closing_the_page_forgets_the_code(desk: Desk, referral: tuple[str, str]) -> None:
    client = opened(desk.served, referral[1])
    assert "何も残っていません" in client.post("/r/leave").text
    assert 'name="code"' in client.get("/r").text


def test_a_form_of_another_site_does_nothing(desk: Desk, referral: tuple[str, str]) -> None:
    client = opened(desk.served, referral[1])
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://example.org"}):
        answer = client.post("/r/withdraw", data={"consent": "all", "sure": "yes"}, headers=headers)
        assert answer.status_code == 403
    assert consents(desk.served)


def test_the_cookie_is_for_this_page_alone(desk: Desk, referral: tuple[str, str]) -> None:
    set_cookie = desk.served.client().get(f"/r/{referral[1]}").headers["set-cookie"].lower()
    for part in ("httponly", "samesite=lax", "path=/r", "max-age=1800"):
        assert part in set_cookie


@pytest.mark.parametrize("language", ["ja", "easy-ja", "en"])
def test_the_page_is_said_in_every_language(desk: Desk, referral: tuple[str, str], language: str) -> None:
    client = opened(desk.served, referral[1])
    page = client.get("/r", headers={"cookie": f"my_code={client.cookies['my_code']}; lang={language}"})
    assert page.status_code == 200
    assert f'data-lang="{language}"' in page.text
