"""The registry (登録簿) of organisations and accounts, as the operator keeps it: with the owner's connection, never from the web."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import Connection, errors
from psycopg.rows import class_row

from geo.store.queries import Queries
from prescribing.accounts import clean_login, hash_password, one_time_password
from prescribing.errors import InputRefused, NotFound

QUERIES = Queries("prescribing.store", "registry.sql")
Owner = Connection[Any]

_REFUSED = {
    "organisation_code_once": InputRefused("code", "one that no organisation of this kind has yet"),
    "organisation_kind_known": InputRefused("kind", "clinic, insurer, link_office, municipality or host"),
    "organisation_name_length": InputRefused("name", "1 to 200 characters long"),
    "account_login_once": InputRefused("login", "one that nobody has yet"),
    "account_oidc_once": InputRefused("subject", "one that no account has yet"),
    "account_organisation_id_fkey": InputRefused("organisation", "one that is there (placefinder account list)"),
    "account_role_fits_organisation": InputRefused("role", "one that this organisation can have"),
}


@dataclass(frozen=True, slots=True)
class NewOrganisation:
    """An organisation to be registered; `code` is its 医療機関コード, 保険者番号 or 団体コード where it has one."""

    kind: str
    name: str
    municipality_code: str
    code: str | None = None
    phone: str | None = None
    fax: str | None = None


@dataclass(frozen=True, slots=True)
class NewAccount:
    """Somebody to be registered in an organisation; `login` is an e-mail address."""

    organisation_id: UUID
    role: str
    login: str
    display_name: str


@dataclass(frozen=True, slots=True)
class Registered:
    """An organisation and one of its accounts, if it has any."""

    organisation_id: UUID
    kind: str
    name: str
    role: str | None
    login: str | None
    display_name: str | None
    state: str | None
    second_factor: bool


def add_organisation(connection: Owner, organisation: NewOrganisation) -> UUID:
    """Register an organisation. Raises InputRefused naming the field."""
    values = {field: getattr(organisation, field) for field in NewOrganisation.__slots__}
    return UUID(str(_returned(connection, QUERIES.add_organisation, values)))


def add_account(connection: Owner, account: NewAccount) -> str:
    """Register an account and give its one-time password. Raises InputRefused naming the field."""
    password = one_time_password()
    values = {field: getattr(account, field) for field in NewAccount.__slots__}
    values |= {"login": clean_login(account.login), "password_hash": hash_password(password)}
    _returned(connection, QUERIES.add_account, values)
    return password


def _returned(connection: Owner, query: str, values: dict[str, Any]) -> Any:
    try:
        row = connection.execute(query, values).fetchone()
    except errors.IntegrityError as refusal:
        known = _REFUSED.get(refusal.diag.constraint_name or "")
        if known is None:
            raise
        raise known from None
    if row is None:
        raise NotFound
    return row[0]


def registered(connection: Owner) -> list[Registered]:
    """Every organisation with its accounts."""
    with connection.cursor(row_factory=class_row(Registered)) as cursor:
        return cursor.execute(QUERIES.registered).fetchall()


def set_state(connection: Owner, login: str, state: str) -> None:
    """Stop an account or take it into use again; ends its sessions. Raises NotFound."""
    _changed(connection, QUERIES.set_state, login, state=state)


def set_one_time_password(connection: Owner, login: str) -> str:
    """A new password to be changed at the next sign-in; ends the account's sessions. Raises NotFound."""
    password = one_time_password()
    _changed(connection, QUERIES.set_password, login, password_hash=hash_password(password))
    return password


def link_oidc(connection: Owner, login: str, issuer: str, subject: str) -> None:
    """The account is in when `issuer` vouches for `subject`. Raises NotFound, InputRefused."""
    try:
        _changed(connection, QUERIES.set_oidc_subject, login, subject=f"{issuer} {subject}")
    except errors.UniqueViolation:
        raise _REFUSED["account_oidc_once"] from None


def forget_second_factor(connection: Owner, login: str) -> None:
    """The account sets up a second factor anew; ends its sessions. Raises NotFound."""
    _changed(connection, QUERIES.forget_second_factor, login)


def _changed(connection: Owner, query: str, login: str, **values: Any) -> None:
    if connection.execute(query, {"login": clean_login(login), **values}).rowcount == 0:
        raise NotFound
