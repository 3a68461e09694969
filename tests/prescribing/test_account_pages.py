"""One's own account: password, authenticator app, open sessions."""

import re
import time
from typing import Any

import psycopg
import pyotp
import pytest

from prescribing.store.entering import secret_hash
from staffed_town import PASSWORD, STAFF

WHO = STAFF["physician"]
NEW = "あたらしい-すずめの-うた-7"


def sql(served: Any, statement: str, *values: Any) -> list[Any]:
    with psycopg.connect(served.database.owner_dsn) as connection:
        cursor = connection.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def change(served: Any, old: str = PASSWORD, new: str = NEW, again: str | None = None) -> Any:
    return served.send(
        "physician", "/staff/password", {"old": old, "password": new, "again": new if again is None else again}
    )


@pytest.mark.parametrize("who", STAFF)
def test_everybody_is_led_to_their_first_screen(served: Any, who: str) -> None:
    first = {
        "physician": "/staff/refer", "insurer_nurse": "/staff/refer", "insurer": "/insurer", "link_worker": "/staff/cases",
        "municipality": "/municipality", "admin": "/staff/admin",
    }  # fmt: skip
    assert served.client(who).get("/staff").headers["location"] == first[STAFF[who].role]


@pytest.mark.parametrize("who", STAFF)
def test_everybody_has_an_account_page_with_their_own_menu(served: Any, who: str) -> None:
    page = served.client(who).get("/staff/account")
    assert page.status_code == 200
    assert STAFF[who].display_name in page.text
    assert ('href="/staff/admin"' in page.text) is (STAFF[who].role == "admin")
    assert page.headers["cache-control"] == "no-store"


def test_a_new_password_ends_the_other_sessions_and_goes_on_under_a_new_token(served: Any) -> None:
    sql(served, "INSERT INTO rx.session VALUES (%s, %s, 'complete', 'x')", secret_hash("elsewhere"), WHO.account_id)
    answer = change(served)
    assert answer.headers["location"] == "/staff"
    assert served.client("physician").get("/staff/awake").status_code == 303
    elsewhere = served.client()
    elsewhere.cookies.set("staff", "elsewhere")
    assert elsewhere.get("/staff/awake").status_code == 303
    here = served.client()
    here.cookies.set("staff", answer.cookies["staff"])
    assert here.get("/staff/awake").status_code == 204


def test_a_new_password_does_not_prolong_the_twelve_hours(served: Any) -> None:
    sql(served, "UPDATE rx.session SET opened_at = now() - interval '11 hours'")
    change(served)
    query = "SELECT now() - opened_at >= interval '11 hours' FROM rx.session WHERE account_id = %s"
    assert sql(served, query, WHO.account_id) == [(True,)]


@pytest.mark.parametrize(
    ("old", "new", "again", "field"),
    [("wrong", NEW, None, "old"), (PASSWORD, "short", None, "password"), (PASSWORD, NEW, NEW + "x", "again"),
     (PASSWORD, PASSWORD, None, "password"), (PASSWORD, "physician-physician", None, "password"), ("", "", None, "password")],
)  # fmt: skip
def test_a_password_that_cannot_be_is_refused_beside_its_field(
    served: Any, old: str, new: str, again: str | None, field: str
) -> None:
    before = sql(served, "SELECT password_hash FROM rx.account WHERE account_id = %s", WHO.account_id)
    answer = change(served, old, new, again)
    assert answer.status_code == 422
    assert f'id="{field}-wrong"' in answer.text
    assert f'href="#{field}"' in answer.text
    assert new not in answer.text or not new
    assert sql(served, "SELECT password_hash FROM rx.account WHERE account_id = %s", WHO.account_id) == before


def test_the_old_password_cannot_be_guessed_without_end(served: Any) -> None:
    for _ in range(5):
        change(served, old="wrong")
    assert change(served).status_code == 422


def test_a_one_time_password_must_be_changed_before_anything_else(served: Any) -> None:
    sql(served, "UPDATE rx.account SET must_change_password = true WHERE account_id = %s", WHO.account_id)
    client = served.client("physician")
    for path in ("/staff", "/staff/account", "/staff/account/totp"):
        assert client.get(path).headers["location"] == "/staff/password"
    assert "一度だけ" in client.get("/staff/password").text
    answer = change(served)
    client.cookies.set("staff", answer.cookies["staff"])
    assert client.get("/staff").headers["location"] == "/staff/refer"


def test_another_authenticator_app_takes_the_place_of_the_one_before(served: Any) -> None:
    client = served.client("physician")
    page = client.get("/staff/account/totp")
    shown = re.search(r"<code>([A-Z2-7 ]+)</code>", page.text)
    assert shown
    assert shown[1] in client.get("/staff/account/totp").text, "the same one after a reload"
    totp = pyotp.TOTP(shown[1].replace(" ", ""))
    wrong = served.send("physician", "/staff/account/totp", {"code": totp.at(int(time.time()) + 3600)})
    assert wrong.status_code == 422
    right = served.send("physician", "/staff/account/totp", {"code": totp.now()})
    assert right.headers["location"] == "/staff/account"
    ((sealed, pending),) = sql(
        served,
        "SELECT totp_secret, totp_pending FROM rx.account JOIN rx.session USING (account_id) WHERE account_id = %s",
        WHO.account_id,
    )
    assert totp.secret.encode() not in bytes(sealed)
    assert pending is None


def test_open_sessions_are_shown_and_the_others_ended(served: Any) -> None:
    sql(served, "INSERT INTO rx.session VALUES (%s, %s, 'complete', 'x')", secret_hash("elsewhere"), WHO.account_id)
    assert served.client("physician").get("/staff/account").text.count("ほかのところ</td>") == 1
    served.send("physician", "/staff/account/sign-out-others")
    page = served.client("physician").get("/staff/account")
    assert page.status_code == 200
    assert "ほかのところ</td>" not in page.text
    assert served.client("link_worker").get("/staff/awake").status_code == 204, "nobody else's"


def test_a_page_shows_no_secret_of_the_account(served: Any) -> None:
    sql(served, "UPDATE rx.account SET totp_secret = NULL")
    page = served.client("physician").get("/staff/account").text
    assert "argon2" not in page
    assert WHO.token not in page
