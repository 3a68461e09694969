"""Accounts: passwords, waits and codes by themselves, and which roles fit which organisation."""

import psycopg
import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prescribing import accounts
from prescribing.accounts import (
    ROLES,
    ROLES_OF_KIND,
    WAITS_S,
    check_password,
    clean_login,
    hash_password,
    new_totp_secret,
    one_time_password,
    totp_step,
    verify_password,
)
from prescribing.errors import InputRefused

NAMES = ("ichiro@example.jp", "見本はまなす内科")


@pytest.mark.parametrize(
    "password",
    [
        "short-pass-1",  # 12 characters
        "passwordpassword",
        "P@ssw0rd-P@ssw0rd",
        "1234567890123",
        "3210987654321",
        "aaaaaaaaaaaaabb",
        "qwertyuiopasdfg",
        "abcdefghijklmn",
        "my-ichiro-forever",
        "見本はまなす内科のわたしです",
        "x" * 201,
    ],
)
def test_a_bad_password_is_refused(password: str) -> None:
    with pytest.raises(InputRefused):
        check_password(password, *NAMES)


@pytest.mark.parametrize("password", ["correct horse battery", "うみべのねこはよくねる2026", "4711-9027-5583-a"])
def test_a_good_password_needs_no_signs(password: str) -> None:
    check_password(password, *NAMES)


@given(st.text(min_size=0, max_size=12))
def test_no_short_password_is_taken(password: str) -> None:
    if len(accounts._plain(password)) < 13:
        with pytest.raises(InputRefused):
            check_password(password)


def test_a_refusal_never_repeats_the_password() -> None:
    with pytest.raises(InputRefused) as refusal:
        check_password("hunter2hunter2hunter2 ichiro", *NAMES)
    assert "hunter2" not in str(refusal.value)


def test_full_width_and_half_width_are_one_password() -> None:
    assert verify_password(hash_password("ＡＢＣ-はまなす-１２３４"), "ABC-はまなす-1234")


def test_passwords_are_kept_as_argon2id() -> None:
    assert hash_password("correct horse battery").startswith("$argon2id$")


def test_nobodys_password_is_never_right_and_costs_one_verification(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    class Counting:
        def hash(self, password: str) -> str:
            return "nobody's"

        def verify(self, kept: str, password: str) -> bool:
            asked.append(kept)
            return True

    accounts._nobodys_hash.cache_clear()
    monkeypatch.setattr(accounts, "_HASHER", Counting())
    assert not verify_password(None, "x")
    assert verify_password("kept", "x")
    accounts._nobodys_hash.cache_clear()
    assert asked == ["nobody's", "kept"]


def test_a_damaged_hash_is_no_password() -> None:
    assert not verify_password("$argon2id$broken", "x")


def test_waits_only_grow() -> None:
    assert list(WAITS_S) == sorted(WAITS_S)
    assert WAITS_S[0] == 0
    assert WAITS_S[-1] >= 600


def test_a_one_time_password_is_a_good_password() -> None:
    check_password(one_time_password(), *NAMES)


@pytest.mark.parametrize(
    "text", ["", "ichiro", "a@b", "a b@example.jp", "a@example.jp\n@x", "<a@example.jp>", "a" * 250 + "@example.jp"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(InputRefused):
        clean_login(text)


def test_an_address_is_kept_half_width_and_lower_case() -> None:
    assert clean_login(" Ｉｃｈｉｒｏ@Example.JP ") == "ichiro@example.jp"


@given(st.integers(min_value=0, max_value=2**33))
def test_a_code_is_right_for_its_own_step_and_its_neighbours_only(at_s: int) -> None:
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    code = pyotp.TOTP(secret).at(at_s)
    step = totp_step(secret, code, at_s)
    assert step is not None
    assert pyotp.TOTP(secret).at(step * 30) == code
    assert abs(step - at_s // 30) <= 1


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "１２３", "0000000", "☃"])
def test_what_is_no_code_is_wrong(code: str) -> None:
    assert totp_step(new_totp_secret(), code, 1_800_000_000) is None


def test_the_database_knows_the_same_roles_of_an_organisation(database: psycopg.Connection) -> None:
    for kind, roles in ROLES_OF_KIND.items():
        for role in ROLES:
            (fits,) = database.execute("SELECT rx.role_fits(%s, %s)", (role, kind)).fetchone() or (None,)
            assert fits == (role in roles), (kind, role)
