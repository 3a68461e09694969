"""Passkeys: made while signed in, then the second factor; bound to our host, one challenge for one answer."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import psycopg
import pytest

from software_authenticator import SoftwareAuthenticator
from staffed_town import PASSWORD, STAFF

WHO = STAFF["physician"]
MAKE = "/staff/account/passkeys"
SIGN = "/staff/second-factor/passkey"


@pytest.fixture
def home(served: Any) -> str:
    """The site under its host name: an address of numbers has no passkeys."""
    return str(served.url).replace("127.0.0.1", "localhost")


@pytest.fixture
def signed_in(home: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=home, cookies={"staff": WHO.token}, headers={"x-csrf-token": WHO.csrf}) as client:
        yield client


@pytest.fixture
def authenticator(home: str, signed_in: httpx.Client) -> SoftwareAuthenticator:
    """One that is registered for the physician."""
    made = SoftwareAuthenticator(home)
    assert register(signed_in, made).status_code == 200
    return made


def register(client: httpx.Client, authenticator: SoftwareAuthenticator) -> httpx.Response:
    options = client.post(f"{MAKE}/options", json={}).json()
    return client.post(MAKE, json={"credential": authenticator.make(options), "name": "見本の電話"})


@contextmanager
def half_way(home: str) -> Iterator[httpx.Client]:
    """Somebody after the password, with the token for their forms."""
    with httpx.Client(base_url=home) as client:
        client.post("/staff/sign-in", data={"login": WHO.login, "password": PASSWORD})
        page = client.get("/staff/second-factor")
        csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
        client.headers["x-csrf-token"] = csrf[1] if csrf else ""
        yield client


def sign(client: httpx.Client, authenticator: SoftwareAuthenticator, **more: Any) -> httpx.Response:
    options = client.post(f"{SIGN}/options", json={}).json()
    return client.post(SIGN, json={"credential": authenticator.sign(options), **more})


def test_a_passkey_is_the_second_factor(home: str, authenticator: SoftwareAuthenticator) -> None:
    with half_way(home) as client:
        answer = sign(client, authenticator, next="/staff/account")
        assert answer.json() == {"next": "/staff/account"}
        page = client.get("/staff/account")
    assert page.status_code == 200
    assert "見本の電話" in page.text


def test_the_passkey_of_the_account_is_asked_for_by_name(home: str, authenticator: SoftwareAuthenticator) -> None:
    with half_way(home) as client:
        options = client.post(f"{SIGN}/options", json={}).json()
    assert options["rpId"] == "localhost"
    assert [one["id"] for one in options["allowCredentials"]] == [authenticator.make(options)["id"]]


def test_who_has_a_passkey_is_not_led_to_set_up_a_code(home: str, authenticator: SoftwareAuthenticator) -> None:
    with half_way(home) as client:
        page = client.get("/staff/second-factor")
    assert page.status_code == 200
    assert 'data-passkey="sign"' in page.text
    assert 'name="code"' not in page.text


def refused(home: str, authenticator: SoftwareAuthenticator) -> bool:
    with half_way(home) as client:
        answer = sign(client, authenticator)
        return answer.status_code == 422 and client.get("/staff/awake").status_code == 303


def test_another_key_another_site_and_an_old_count_are_refused(home: str, authenticator: SoftwareAuthenticator) -> None:
    right = authenticator
    assert refused(home, SoftwareAuthenticator(home))
    assert refused(home, SoftwareAuthenticator(home, credential_id=right.credential_id, count=99))
    assert refused(
        home,
        SoftwareAuthenticator("https://elsewhere.example", key=right.key, credential_id=right.credential_id, count=99),
    )
    assert refused(home, SoftwareAuthenticator(home, "elsewhere.example", 99, right.key, right.credential_id))
    with half_way(home) as client:
        assert sign(client, right).status_code == 200
    assert refused(home, SoftwareAuthenticator(home, "localhost", 0, right.key, right.credential_id))


def test_a_challenge_is_taken_once(home: str, authenticator: SoftwareAuthenticator) -> None:
    with half_way(home) as client:
        options = client.post(f"{SIGN}/options", json={}).json()
        wrong = SoftwareAuthenticator(home).sign(options)
        assert client.post(SIGN, json={"credential": wrong}).status_code == 422
        assert client.post(SIGN, json={"credential": authenticator.sign(options)}).status_code == 422
        assert sign(client, authenticator).status_code == 200


def test_anothers_passkey_is_refused(served: Any, home: str, authenticator: SoftwareAuthenticator) -> None:
    nurse = STAFF["insurer_nurse"]
    with httpx.Client(base_url=home, cookies={"staff": nurse.token}, headers={"x-csrf-token": nurse.csrf}) as other:
        theirs = SoftwareAuthenticator(home)
        register(other, theirs)
        assert register(other, authenticator).status_code == 422, "a credential belongs to one account"
    assert refused(home, theirs)


def test_tries_with_passkeys_are_counted_too(home: str, authenticator: SoftwareAuthenticator) -> None:
    with half_way(home) as client:
        for _ in range(5):
            assert sign(client, SoftwareAuthenticator(home)).status_code == 422
        assert sign(client, authenticator).status_code == 422


def test_a_passkey_is_made_only_with_the_token_of_the_form(home: str, signed_in: httpx.Client) -> None:
    signed_in.headers["x-csrf-token"] = "wrong"
    assert signed_in.post(f"{MAKE}/options", json={}).status_code == 403


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"credential": 1}', b"{", b"\xff"])
def test_what_is_no_answer_of_a_browser_is_refused(home: str, signed_in: httpx.Client, body: bytes) -> None:
    assert signed_in.post(MAKE, content=body).status_code == 422


@pytest.mark.parametrize(
    "credential",
    [{}, {"id": "x", "rawId": "x", "type": "public-key", "response": {}}, {"id": 5, "response": None}, {"id": "☃"}],
)
def test_a_damaged_answer_is_refused(home: str, signed_in: httpx.Client, authenticator: Any, credential: Any) -> None:
    signed_in.post(f"{MAKE}/options", json={})
    assert signed_in.post(MAKE, json={"credential": credential}).status_code == 422
    with half_way(home) as client:
        client.post(f"{SIGN}/options", json={})
        assert client.post(SIGN, json={"credential": credential}).status_code == 422


def removed(client: httpx.Client) -> int:
    page = client.get("/staff/account")
    key = re.search(r'name="key" value="([^"]+)"', page.text)
    return client.post(f"{MAKE}/remove", data={"csrf": WHO.csrf, "key": key[1] if key else "AAAA"}).status_code


def test_the_last_second_factor_cannot_be_taken_away(served: Any, signed_in: httpx.Client, authenticator: Any) -> None:
    assert removed(signed_in) == 404
    with psycopg.connect(served.database.owner_dsn) as connection:
        connection.execute("UPDATE rx.account SET totp_secret = 'x' WHERE account_id = %s", (WHO.account_id,))
    assert removed(signed_in) == 303
    assert removed(signed_in) == 404


def test_an_address_of_numbers_offers_no_passkeys(served: Any, home: str) -> None:
    assert 'data-passkey="make"' not in served.client("physician").get("/staff/account").text
    with httpx.Client(base_url=home, cookies={"staff": WHO.token}) as client:
        assert 'data-passkey="make"' in client.get("/staff/account").text
