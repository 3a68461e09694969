"""Signing in: both factors, waiting, sessions that end, and nothing that tells who has an account."""

import re
import time
from typing import Any

import httpx
import psycopg
import pyotp
import pytest

from handmade_town import id_of
from prescribing import accounts
from prescribing.keys import read_keys
from prescribing.sealing import Sealer
from staffed_town import PASSWORD, STAFF

LOGIN = STAFF["physician"].login
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def hidden(page: httpx.Response, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, page.text
    return found[1]


def give_password(client: httpx.Client, password: str = PASSWORD, login: str = LOGIN, **more: str) -> httpx.Response:
    return client.post("/staff/sign-in", data={"login": login, "password": password, **more})


def give_code(client: httpx.Client, code: str, **more: str) -> httpx.Response:
    page = client.get("/staff/second-factor")
    return client.post("/staff/second-factor", data={"csrf": hidden(page, "csrf"), "code": code, **more})


def sql(served: Any, statement: str, *values: Any) -> list[Any]:
    with psycopg.connect(served.database.owner_dsn) as connection:
        cursor = connection.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def with_totp(served: Any, who: str = "physician") -> pyotp.TOTP:
    """Somebody of STAFF has set up an authenticator app."""
    served.client().get("/staff/sign-in")
    account = STAFF[who].account_id
    sealed = Sealer(read_keys(served.home / "keys.json")).seal("account.totp", account, SECRET)
    sql(served, "UPDATE rx.account SET totp_secret = %s WHERE account_id = %s", sealed, account)
    return pyotp.TOTP(SECRET)


def actions(served: Any) -> list[str]:
    told = sql(served, "SELECT action FROM audit.entry WHERE subject = 'rx.session' ORDER BY entry_id")
    return [action for (action,) in told]


# --- the way in ---------------------------------------------------------------------------------------------------


def test_the_first_sign_in_sets_up_an_authenticator_app_and_leads_to_the_first_screen(served: Any) -> None:
    client = served.client()
    assert give_password(client).headers["location"] == "/staff/second-factor"
    assert client.get("/staff").headers["location"].startswith("/staff/sign-in")
    page = client.get("/staff/second-factor", follow_redirects=True)
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page.text)
    assert page.url.path == "/staff/second-factor/set-up"
    assert secret
    code = pyotp.TOTP(secret[1].replace(" ", "")).now()
    form = {"csrf": hidden(page, "csrf"), "code": code}
    assert client.post("/staff/second-factor/set-up", data=form).headers["location"] == "/staff"
    assert client.get("/staff").headers["location"] == "/staff/refer"
    assert "sign_in" in actions(served)


def test_password_and_code_lead_on_to_the_page_that_was_wanted(served: Any) -> None:
    totp, client = with_totp(served), served.client()
    wanted = client.get("/staff/account").headers["location"]
    form = client.get(wanted)
    on = give_password(client, next=hidden(form, "next")).headers["location"]
    page = client.get(on)
    answer = client.post(
        "/staff/second-factor", data={"csrf": hidden(page, "csrf"), "code": totp.now(), "next": hidden(page, "next")}
    )
    assert answer.headers["location"] == "/staff/account"
    assert client.get("/staff/account").status_code == 200


def test_the_cookie_is_for_no_script_and_no_other_site(served: Any) -> None:
    totp, client = with_totp(served), served.client()
    give_password(client)
    cookies = give_code(client, totp.now()).headers.get_list("set-cookie")
    (session,) = [one for one in cookies if one.startswith("staff=")]
    assert "HttpOnly" in session
    assert "SameSite=lax" in session


def test_a_complete_session_has_another_token_than_the_half_one(served: Any) -> None:
    totp, client = with_totp(served), served.client()
    give_password(client)
    half = client.cookies["signing-in"]
    give_code(client, totp.now())
    assert client.cookies["staff"] != half
    assert client.cookies.get("signing-in") is None


def test_the_password_alone_opens_nothing(served: Any) -> None:
    with_totp(served)
    client = served.client()
    give_password(client)
    thief = served.client()
    thief.cookies.set("staff", client.cookies["signing-in"])
    assert thief.get("/staff/account").status_code == 303


def test_who_has_a_second_factor_cannot_set_up_another_with_the_password_alone(served: Any) -> None:
    with_totp(served)
    client = served.client()
    give_password(client)
    page = client.get("/staff/second-factor")
    assert client.get("/staff/second-factor/set-up").headers["location"] == "/staff/second-factor"
    form = {"csrf": hidden(page, "csrf"), "code": "000000"}
    assert client.post("/staff/second-factor/set-up", data=form).headers["location"] == "/staff/second-factor"
    assert client.get("/staff/account").status_code == 303


# --- the way not in -----------------------------------------------------------------------------------------------


def test_wrong_password_unknown_locked_and_disabled_look_the_same(served: Any) -> None:
    sql(served, "UPDATE rx.account SET state = 'disabled' WHERE account_id = %s", STAFF["insurer"].account_id)
    sql(
        served,
        "UPDATE rx.account SET locked_until = now() + interval '1 h' WHERE account_id = %s",
        STAFF["admin"].account_id,
    )
    tries = [
        give_password(served.client(), "not-the-password", LOGIN),
        give_password(served.client(), PASSWORD, "nobody@example.jp"),
        give_password(served.client(), PASSWORD, STAFF["insurer"].login),
        give_password(served.client(), PASSWORD, STAFF["admin"].login),
        give_password(served.client(), PASSWORD, "x"),
        give_password(served.client(), "", LOGIN),
    ]
    bodies = {re.sub(r'(id="login"[^>]*) value="[^"]*"', r"\1", one.text) for one in tries}
    assert {one.status_code for one in tries} == {422}
    assert len(bodies) == 1
    assert not any("set-cookie" in one.headers for one in tries)
    assert actions(served).count("sign_in_refused") == len(tries)


def test_every_try_costs_one_verification(served: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str | None] = []
    verify = accounts.verify_password

    def counting(kept: str | None, password: str) -> bool:
        asked.append(kept)
        return verify(kept, password)

    monkeypatch.setattr("prescribing.web.signed.verify_password", counting)
    give_password(served.client(), "wrong", LOGIN)
    give_password(served.client(), "wrong", "nobody@example.jp")
    give_password(served.client(), "wrong", "x")
    assert len(asked) == 3
    assert asked[1:] == [None, None]


def test_after_five_wrong_passwords_the_right_one_waits_too(served: Any) -> None:
    for _ in range(5):
        give_password(served.client(), "wrong")
    assert give_password(served.client()).status_code == 422
    sql(served, "UPDATE rx.account SET locked_until = now() WHERE login = %s", LOGIN)
    assert give_password(served.client()).status_code == 303


def test_waits_grow_with_every_further_failure(served: Any) -> None:
    waits = []
    for _ in range(10):
        give_password(served.client(), "wrong")
        (row,) = sql(
            served,
            "UPDATE rx.account SET locked_until = now() WHERE login = %s"
            " RETURNING (SELECT extract(epoch FROM a.locked_until - now()) FROM rx.account a WHERE a.login = %s)",
            LOGIN, LOGIN,
        )  # fmt: skip
        waits.append(float(row[0]))
    assert waits[3] <= 0
    assert 50 < waits[4] < waits[5] < waits[6] < waits[7] < waits[8]
    assert waits[9] < 901


def test_many_tries_at_once_are_all_counted(served: Any) -> None:
    from concurrent.futures import ThreadPoolExecutor

    clients = [served.client() for _ in range(12)]
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda one: give_password(one, "wrong"), clients))
    (row,) = sql(served, "SELECT failures, locked_until > now() FROM rx.account WHERE login = %s", LOGIN)
    assert row == (5, True)


def test_who_knows_the_password_cannot_guess_codes_without_end(served: Any) -> None:
    totp = with_totp(served)
    answers = []
    for _ in range(6):
        client = served.client()
        if give_password(client).status_code != 303:
            break
        wrong = "000000" if totp.now() != "000000" else "000001"
        answers.append(give_code(client, wrong).status_code)
    assert answers == [422] * 5
    assert give_password(served.client()).status_code == 422


def test_a_code_is_taken_once(served: Any) -> None:
    totp, code = with_totp(served), None
    first, second = served.client(), served.client()
    give_password(first)
    give_password(second)
    code = totp.now()
    assert give_code(first, code).status_code == 303
    assert give_code(second, code).status_code == 422
    assert give_code(second, totp.at(int(time.time()) - 30)).status_code == 422


def test_a_half_session_lives_ten_minutes(served: Any) -> None:
    totp, client = with_totp(served), served.client()
    give_password(client)
    page = client.get("/staff/second-factor")
    sql(served, "UPDATE rx.session SET opened_at = now() - interval '10 minutes' WHERE stage = 'password'")
    answer = client.post("/staff/second-factor", data={"csrf": hidden(page, "csrf"), "code": totp.now()})
    assert answer.headers["location"].startswith("/staff/sign-in")


def test_a_form_of_another_site_does_not_sign_anybody_in(served: Any) -> None:
    client = served.client()
    form = {"login": LOGIN, "password": PASSWORD}
    for headers in (
        {"origin": "https://elsewhere.example"},
        {"origin": "http://[x"},
        {"sec-fetch-site": "cross-site"},
        {"origin": "null"},
    ):
        assert client.post("/staff/sign-in", data=form, headers=headers).status_code == 403
    assert client.post("/staff/sign-in", data=form, headers={"origin": served.url}).status_code == 303


@pytest.mark.parametrize(
    "wanted",
    ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "/staff/../u18", "/find?q=x", "/staffing",
     "javascript:alert(1)", "/staff/sign-out", "/staff\n/x", "/staff@elsewhere.example", "", "/insurer\u3000", "/staff//elsewhere"],
)  # fmt: skip
def test_nobody_is_led_to_another_site(served: Any, wanted: str) -> None:
    page = served.client().get("/staff/sign-in", params={"next": wanted})
    assert hidden(page, "next") in ("/staff", "/staff//elsewhere")


@pytest.mark.parametrize("wanted", ["/staff/refer", f"/sheet/{id_of('x')}", "/insurer", "/municipality?month=2026-10"])
def test_own_pages_are_led_on_to(served: Any, wanted: str) -> None:
    assert hidden(served.client().get("/staff/sign-in", params={"next": wanted}), "next") == wanted


def test_nothing_hostile_in_a_form_is_a_fault(served: Any) -> None:
    for hostile in ("\x00", "'; DROP TABLE rx.account --", "☃" * 500, "a" * 5000):
        assert give_password(served.client(), hostile, hostile).status_code == 422
    sign_in = served.client().post("/staff/sign-in", files={"login": b"x", "password": b"y"})
    assert sign_in.status_code == 400


# --- the way out --------------------------------------------------------------------------------------------------


def alive(served: Any, who: str = "physician") -> bool:
    return served.client(who).get("/staff/awake").status_code == 204


def test_signing_out_ends_the_session_for_the_server_too(served: Any) -> None:
    assert alive(served)
    assert served.send("physician", "/staff/sign-out").headers["location"] == "/staff/sign-in"
    assert not alive(served)
    assert "sign_out" in actions(served)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE rx.session SET seen_at = now() - interval '15 minutes'",
        "UPDATE rx.session SET opened_at = now() - interval '12 hours'",
        "UPDATE rx.account SET role = 'admin' WHERE login = %s",
        "UPDATE rx.account SET state = 'disabled' WHERE login = %s",
        "UPDATE rx.account SET password_hash = 'another' WHERE login = %s",
    ],
)
def test_a_session_ends_by_idling_by_age_and_by_a_change_of_the_account(served: Any, change: str) -> None:
    assert alive(served)
    sql(served, change, *([LOGIN] if "%s" in change else []))
    assert not alive(served)


def test_use_prolongs_a_session(served: Any) -> None:
    sql(served, "UPDATE rx.session SET seen_at = now() - interval '14 minutes'")
    assert alive(served)
    (row,) = sql(served, "SELECT count(*) FROM rx.session WHERE seen_at > now() - interval '1 minute'")
    assert row == (1,)


def test_a_form_without_its_token_or_with_anothers_changes_nothing(served: Any) -> None:
    for csrf in ("", "wrong", STAFF["link_worker"].csrf):
        assert served.send("physician", "/staff/sign-out", {"csrf": csrf}).status_code == 403
    assert alive(served)


def test_no_party_reaches_a_credential(served: Any) -> None:
    tables = ("rx.account", "rx.session", "rx.passkey", "rx.invitation")
    with psycopg.connect(served.database.owner_dsn) as connection:
        for party in (
            "referrer",
            "link_worker",
            "host",
            "patient",
            "insurer",
            "municipality",
            "admin",
            "staff",
            "public",
        ):
            for table in tables:
                for column in ("password_hash", "totp_secret", "token_hash", "public_key", "csrf", "failures"):
                    known = connection.execute(
                        "SELECT has_column_privilege(%s, %s, attname, 'SELECT') FROM pg_attribute"
                        " WHERE attrelid = %s::regclass AND attname = %s",
                        (f"placefinder_{party}", table, table, column),
                    ).fetchone()
                    assert known in (None, (False,)), (party, table, column)
            if party == "staff":
                continue
            reachable = connection.execute(
                "SELECT proname FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = 'rx'"
                " AND prosrc ~ 'password_hash|totp_secret|rx.session' AND has_function_privilege(%s, pg_proc.oid, 'EXECUTE')"
                " AND proname NOT IN ('enter', 'end_sessions_of_changed')",
                (f"placefinder_{party}",),
            ).fetchall()
            assert [name for (name,) in reachable] == (["reset_second_factor"] if party == "admin" else [])


# --- the demo -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("demo", "login", "shown"), [
    (True, "sample@demo.example", True), (True, "sample@example.jp", False), (False, "sample@demo.example", False),
])  # fmt: skip
def test_codes_are_shown_of_invented_people_in_the_demo_only(served: Any, demo: bool, login: str, shown: bool) -> None:
    served.app.state.demo_accounts = demo
    sql(served, "UPDATE rx.account SET login = %s WHERE login = %s", login, LOGIN)
    for path in ("set-up", ""):
        client = served.client()
        give_password(client, login=login)
        page = client.get("/staff/second-factor", follow_redirects=True)
        assert page.url.path.endswith(path)
        assert ('class="notice">見本の人' in page.text) is shown
        with_totp(served)
