"""Signing in at an organisation's own provider, against a small issuer of the test's own."""

import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import psycopg
import pytest
from fastapi import FastAPI, Form, Header
from joserfc import jwt
from joserfc.jwk import RSAKey

from serving import serving
from staffed_town import STAFF

WHO = STAFF["physician"]


class Issuer:
    """An OpenID provider that knows one person; `spoil` changes what its token says."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.url, self.spoil, self.header = "", {}, {"alg": "RS256", "kid": "one"}
        self.sign_with = self.key
        self.asked: dict[str, str] = {}
        self.exchanged: list[dict[str, str | None]] = []
        self.app = FastAPI()
        self.app.get("/.well-known/openid-configuration")(self.metadata)
        self.app.get("/keys")(self.keys)
        self.app.post("/token")(self.token)

    def metadata(self) -> dict[str, str]:
        return {
            "issuer": self.spoil.get("issuer", self.url), "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token", "jwks_uri": f"{self.url}/keys",
        }  # fmt: skip

    def keys(self) -> dict[str, Any]:
        return {"keys": [self.key.as_dict(private=False)]}

    def token(
        self, code: str = Form(), code_verifier: str = Form(), redirect_uri: str = Form(), authorization: str = Header()
    ) -> dict[str, Any]:
        self.exchanged.append(
            {"code": code, "verifier": code_verifier, "redirect": redirect_uri, "auth": authorization}
        )
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": "placefinder",
            "sub": "ichiro",
            "iat": now,
            "exp": now + 60,
            "nonce": self.asked["nonce"],
        }
        claims = {
            name: value for name, value in (claims | self.spoil).items() if value is not None and name != "issuer"
        }
        return {
            "access_token": "x",
            "token_type": "Bearer",
            "id_token": jwt.encode(self.header, claims, self.sign_with, algorithms=["RS256", "HS256"]),
        }


@pytest.fixture
def issuer(served: Any) -> Iterator[Issuer]:
    """The issuer, set up for the served program and linked to the physician."""
    one = Issuer()
    with serving(one.app) as url:
        one.url = url
        served.app.state.settings = replace(
            served.app.state.settings, oidc_issuer=url, oidc_client_id="placefinder", oidc_client_secret="s3cret"
        )
        with psycopg.connect(served.database.owner_dsn) as connection:
            connection.execute(
                "UPDATE rx.account SET oidc_subject = %s WHERE account_id = %s", (f"{url} ichiro", WHO.account_id)
            )
        yield one


def begin(served: Any, issuer: Issuer, **more: str) -> tuple[httpx.Client, str]:
    """A browser on its way to the issuer, and the state it was sent with."""
    client = served.client()
    sent = urlsplit(client.get("/staff/oidc", params=more).headers["location"])
    assert f"{sent.scheme}://{sent.netloc}{sent.path}" == f"{issuer.url}/authorize"
    issuer.asked = {name: values[0] for name, values in parse_qs(sent.query).items()}
    return client, issuer.asked["state"]


def back(client: httpx.Client, state: str, code: str = "abc") -> httpx.Response:
    return client.get("/staff/oidc/back", params={"code": code, "state": state})


def test_somebody_their_organisation_vouches_for_is_in(served: Any, issuer: Issuer) -> None:
    client, state = begin(served, issuer, next="/staff/account")
    answer = back(client, state)
    assert answer.headers["location"] == "/staff/account"
    assert WHO.display_name in client.get("/staff/account").text
    assert client.cookies.get("oidc") is None


def test_the_issuer_is_asked_with_pkce_state_and_nonce(served: Any, issuer: Issuer) -> None:
    client, state = begin(served, issuer)
    back(client, state)
    asked, (exchanged,) = issuer.asked, issuer.exchanged
    challenge = urlsafe_b64encode(sha256(str(exchanged["verifier"]).encode()).digest()).rstrip(b"=").decode()
    assert (asked["code_challenge"], asked["code_challenge_method"]) == (challenge, "S256")
    assert (asked["response_type"], asked["scope"], asked["client_id"]) == ("code", "openid", "placefinder")
    assert asked["redirect_uri"] == exchanged["redirect"] == f"{served.url}/staff/oidc/back"
    assert len({asked["state"], asked["nonce"], exchanged["verifier"]}) == 3
    assert str(exchanged["auth"]).startswith("Basic ")


def test_every_sign_in_asks_anew(served: Any, issuer: Issuer) -> None:
    begin(served, issuer)
    first = issuer.asked
    begin(served, issuer)
    assert not {first[name] for name in ("state", "nonce", "code_challenge")} & set(issuer.asked.values())


@pytest.mark.parametrize(
    "spoiled",
    [{"nonce": "another"}, {"nonce": None}, {"aud": "another"}, {"iss": "https://elsewhere.example"}, {"sub": None},
     {"exp": 1}, {"exp": None}, {"iat": None}, {"sub": "nobody-of-ours"}, {"aud": ["placefinder", "another"]}],
)  # fmt: skip
def test_a_token_that_is_not_what_was_asked_for_is_refused(
    served: Any, issuer: Issuer, spoiled: dict[str, Any]
) -> None:
    client, state = begin(served, issuer)
    issuer.spoil = spoiled
    assert_refused(served, client, back(client, state))


def assert_refused(served: Any, client: httpx.Client, answer: httpx.Response) -> None:
    assert answer.status_code == 422
    assert client.cookies.get("staff") is None
    assert "組織のアカウントではログインできませんでした" in answer.text
    with psycopg.connect(served.database.owner_dsn) as connection:
        assert connection.execute("SELECT count(*) FROM audit.entry WHERE action = 'sign_in_refused'").fetchone() == (
            1,
        )


def test_a_token_signed_by_somebody_else_is_refused(served: Any, issuer: Issuer) -> None:
    client, state = begin(served, issuer)
    issuer.sign_with = RSAKey.generate_key(2048, {"kid": "one"})
    assert_refused(served, client, back(client, state))


def test_another_state_and_another_browser_are_refused(served: Any, issuer: Issuer) -> None:
    client, state = begin(served, issuer)
    assert_refused(served, client, back(client, state + "x"))
    assert issuer.exchanged == [], "the code is not even used"
    stranger = served.client()
    assert back(stranger, state).status_code == 422
    assert back(client, state).status_code == 422, "an answer is taken once"


@pytest.mark.parametrize("cookie", ["", "zz", "7b7d", b"[1,2]".hex(), b'["a","b","c"]'.hex(), "☃".encode().hex()])
def test_a_damaged_cookie_is_refused(served: Any, issuer: Issuer, cookie: str) -> None:
    client, state = begin(served, issuer)
    client.cookies.clear()
    client.cookies.set("oidc", cookie)
    assert back(client, state).status_code == 422


def test_an_issuer_that_calls_itself_otherwise_or_is_away_is_refused(served: Any, issuer: Issuer) -> None:
    issuer.spoil = {"issuer": "https://elsewhere.example"}
    assert served.client().get("/staff/oidc").status_code == 422
    served.app.state.settings = replace(served.app.state.settings, oidc_issuer="http://127.0.0.1:9")
    assert served.client().get("/staff/oidc").status_code == 422


def test_who_was_stopped_is_not_in(served: Any, issuer: Issuer) -> None:
    with psycopg.connect(served.database.owner_dsn) as connection:
        connection.execute("UPDATE rx.account SET state = 'disabled'")
    client, state = begin(served, issuer)
    assert_refused(served, client, back(client, state))


def test_nobody_is_led_to_another_site(served: Any, issuer: Issuer) -> None:
    client, state = begin(served, issuer, next="//elsewhere.example")
    assert back(client, state).headers["location"] == "/staff"


def test_without_an_issuer_there_is_no_such_page(served: Any) -> None:
    assert served.client().get("/staff/oidc").status_code == 404
    assert "/staff/oidc" not in served.client().get("/staff/sign-in").text
