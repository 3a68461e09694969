"""The registry: what the operator does on the command line."""

import re
from collections.abc import Callable

import psycopg
import pytest

from placefinder.cli import main
from placefinder.store import Database
from prescribing.accounts import verify_password
from prescribing.store.registry import registered
from staffed_town import CLINIC, STAFF, TOWN

LOGIN = "saburo@example.jp"
Run = Callable[..., int]


@pytest.fixture
def account(staffed: Database) -> Run:
    def run(*argv: str, **environ: str) -> int:
        return main(["account", *argv], {"PLACEFINDER_DSN": staffed.owner_dsn, **environ})

    return run


def one(staffed: Database, query: str, login: str = LOGIN) -> tuple[object, ...]:
    with psycopg.connect(staffed.owner_dsn) as connection:
        row = connection.execute(query, (login,)).fetchone()
    assert row
    return tuple(row)


def test_an_organisation_and_an_account_are_registered(
    staffed: Database, account: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert account("organisation", "--kind", "clinic", "--name", "見本あおぞら医院", "--municipality", TOWN) == 0
    organisation = capsys.readouterr().out.strip()
    add = (
        "add",
        "--organisation",
        organisation,
        "--role",
        "physician",
        "--login",
        "Saburo@Example.JP",
        "--name",
        "見本 さぶろう",
    )
    assert account(*add) == 0
    told = re.search(r": (\S+)$", capsys.readouterr().out.strip())
    assert told
    kept, must_change = one(staffed, "SELECT password_hash, must_change_password FROM rx.account WHERE login = %s")
    assert verify_password(str(kept), told[1])
    assert must_change is True
    assert account(*add) == 1
    assert "login must be one that nobody has yet" in capsys.readouterr().err


def test_a_role_that_does_not_fit_is_refused(account: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert account("add", "--organisation", str(CLINIC), "--role", "municipality", "--login", LOGIN, "--name", "x") == 1
    assert "role" in capsys.readouterr().err


def test_an_account_is_stopped_and_taken_into_use_again(staffed: Database, account: Run) -> None:
    login = STAFF["physician"].login
    for verb, state in (("disable", "disabled"), ("enable", "active")):
        assert account(verb, login) == 0
        assert one(staffed, "SELECT state FROM rx.account WHERE login = %s", login) == (state,)
    query = "SELECT count(*) FROM rx.session JOIN rx.account USING (account_id) WHERE login = %s"
    assert one(staffed, query, login) == (0,)


def test_a_lost_password_and_a_lost_second_factor_are_replaced(staffed: Database, account: Run) -> None:
    login = STAFF["physician"].login
    with psycopg.connect(staffed.owner_dsn) as connection:
        connection.execute("UPDATE rx.account SET totp_secret = 'x', locked_until = now() + interval '1 h'")
    assert account("reset-password", login) == 0
    assert account("reset-second-factor", login) == 0
    query = "SELECT totp_secret, locked_until, must_change_password FROM rx.account WHERE login = %s"
    assert one(staffed, query, login) == (None, None, True)


def test_an_account_is_linked_to_the_organisations_own_sign_in(
    staffed: Database, account: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    login = STAFF["physician"].login
    assert account("link-oidc", login, "ichiro") == 1
    assert account("link-oidc", login, "ichiro", PLACEFINDER_OIDC_ISSUER="https://issuer.example") == 0
    assert one(staffed, "SELECT oidc_subject FROM rx.account WHERE login = %s", login) == (
        "https://issuer.example ichiro",
    )
    other = STAFF["other_physician"].login
    assert account("link-oidc", other, "ichiro", PLACEFINDER_OIDC_ISSUER="https://issuer.example") == 1


@pytest.mark.parametrize("verb", ["disable", "enable", "reset-password", "reset-second-factor"])
def test_an_unknown_account_is_refused(account: Run, verb: str) -> None:
    assert account(verb, "nobody@example.jp") == 1


def test_everybody_is_listed_and_no_secret(staffed: Database, account: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert account("list") == 0
    told = capsys.readouterr().out
    assert all(one.login in told for one in STAFF.values())
    assert "argon2" not in told
    with psycopg.connect(staffed.owner_dsn) as connection:
        assert len(registered(connection)) == len(STAFF)
