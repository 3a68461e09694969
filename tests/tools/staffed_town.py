"""Invented organisations and accounts of every role for the hand-made town, and sessions of theirs.

Every organisation of a kind is there twice where one must not see the other's.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from argon2 import PasswordHasher

from handmade_town import id_of
from prescribing.store.entering import secret_hash

TOWN = "012998"
PASSWORD = "はまなす-の-きしべ-12"
QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""The tests' own hashes are cheap: what they cost is tested apart."""

CLINIC = id_of("organisation clinic")
OTHER_CLINIC = id_of("organisation other clinic")
OFFICE = id_of("organisation office")
OTHER_OFFICE = id_of("organisation other office")
INSURER = id_of("organisation insurer")
CITY = id_of("organisation city")
ORGANISATIONS = (
    (CLINIC, "clinic", "見本はまなす内科", "0119999991"),
    (OTHER_CLINIC, "clinic", "見本こもれび医院", "0119999992"),
    (OFFICE, "link_office", "見本つなぐ相談室", None),
    (OTHER_OFFICE, "link_office", "見本となりまち相談室", None),
    (INSURER, "insurer", "見本健康保険組合", "06999999"),
    (CITY, "municipality", "架空はまなす市", TOWN),
)


@dataclass(frozen=True)
class Somebody:
    """An account and the secrets of a session of it, as only its owner knows them."""

    key: str
    role: str
    organisation_id: UUID
    display_name: str

    @property
    def account_id(self) -> UUID:
        return id_of(f"account {self.key}")

    @property
    def login(self) -> str:
        return f"{self.key.replace('_', '.')}@example.jp"

    @property
    def token(self) -> str:
        return f"session-of-{self.key}"

    @property
    def csrf(self) -> str:
        return f"csrf-of-{self.key}"


STAFF = {
    one.key: one
    for one in (
        Somebody("physician", "physician", CLINIC, "見本 いちろう"),
        Somebody("other_physician", "physician", OTHER_CLINIC, "見本 じろう"),
        Somebody("insurer_nurse", "insurer_nurse", INSURER, "見本 みどり"),
        Somebody("insurer", "insurer", INSURER, "見本 ひょうか"),
        Somebody("link_worker", "link_worker", OFFICE, "見本 つなぐ"),
        Somebody("other_link_worker", "link_worker", OTHER_OFFICE, "見本 となり"),
        Somebody("municipality", "municipality", CITY, "見本 まちこ"),
        Somebody("admin", "admin", CLINIC, "見本 かんり"),
        Somebody("other_admin", "admin", OTHER_CLINIC, "見本 かんりに"),
    )
}


def staff(connection: psycopg.Connection[Any]) -> None:
    """The organisations and accounts, each with PASSWORD and without a second factor."""
    for organisation in ORGANISATIONS:
        connection.execute(
            "INSERT INTO rx.organisation (organisation_id, kind, name, code, municipality_code, phone)"
            " VALUES (%s, %s, %s, %s, %s, '0123-00-0000')",
            (*organisation, TOWN),
        )
    password_hash = QUICK_HASHER.hash(PASSWORD)
    for one in STAFF.values():
        connection.execute(
            "INSERT INTO rx.account (account_id, organisation_id, role, login, display_name, password_hash)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            (one.account_id, one.organisation_id, one.role, one.login, one.display_name, password_hash),
        )
    connection.commit()


def sign_everybody_in(connection: psycopg.Connection[Any]) -> None:
    """A complete session of every account, opened now."""
    for one in STAFF.values():
        connection.execute(
            "INSERT INTO rx.session (token_hash, account_id, stage, csrf) VALUES (%s, %s, 'complete', %s)",
            (secret_hash(one.token), one.account_id, one.csrf),
        )
    connection.commit()
