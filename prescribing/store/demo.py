"""Tells the demo story to a database: organisations, accounts and two years of referrals, whole or not at all."""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid5

import psycopg
import yaml
from psycopg import sql

from geo.folders import DATA
from geo.points import LonLat
from geo.store.queries import Queries
from placefinder.demo import read_manifest
from prescribing.accounts import hash_password, new_totp_secret
from prescribing.demo import REFERRALS, Cast, Office, Referrer, Site, Story, stories
from prescribing.demo.telling import NAMESPACE
from prescribing.sealing import Sealer
from prescribing.store import demo_rows
from prescribing.store.demo_rows import Row

QUERIES = Queries("prescribing.store", "demo.sql")
Connection = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """An invented account of the demo town; all have one password."""

    role: str
    login: str
    organisation: str


def demo_logins() -> tuple[str, list[DemoLogin]]:
    """The password of all demo accounts, and the accounts in the order of data/demo/people.yml."""
    told = _document()
    names = {one["key"]: one["name"] for one in told["organisations"]}
    return told["password"], [
        DemoLogin(one["role"], one["login"], names[one["organisation"]]) for one in told["accounts"]
    ]


def tell_story(
    owner_dsn: str,
    sealer: Sealer,
    today: date,
    *,
    count: int = REFERRALS,
    progress: Callable[[str], None] = lambda _what: None,
) -> int:
    """Load the cast and `count` referrals of the two years before `today` into the demo town; 0 where they are there already.

    One transaction of the owner. Raises ValueError where the demo town is not loaded.
    """
    with psycopg.connect(owner_dsn) as connection:
        there = connection.execute(QUERIES.there_already, {"organisation_id": _id("chuo")}).fetchone()
        if there and there[0]:
            return 0
        progress("架空の機関と人を作っています")
        told = list(stories(_cast(), _sites(connection), today, count=count))
        connection.execute(QUERIES.as_written)
        _write_cast(connection, sealer)
        for table, rows in _tables(told, sealer, today):
            progress(f"架空の経過を書いています（{table}）")
            _copy(connection, table, rows)
        for query in (
            QUERIES.fill_frames,
            QUERIES.fill_rhythms,
            QUERIES.fill_tasks,
            QUERIES.fill_needs,
            QUERIES.fill_disclosures,
        ):
            connection.execute(query)
        connection.execute(QUERIES.as_always)
        progress("架空の経過を数えています")
        connection.execute(QUERIES.count_uptake, {"as_of": today})
    return len(told)


def _document() -> dict[str, Any]:
    return yaml.safe_load((DATA / "demo" / "people.yml").read_text("utf-8"))  # type: ignore[no-any-return]


def _id(key: str) -> UUID:
    return uuid5(NAMESPACE, key)


def _cast() -> Cast:
    accounts = _document()["accounts"]

    def of(*roles: str) -> list[tuple[UUID, UUID]]:
        return [(_id(one["login"]), _id(one["organisation"])) for one in accounts if one["role"] in roles]

    return Cast(
        [Referrer(*one) for one in of("physician", "insurer_nurse")],
        [Office(organisation, worker) for worker, organisation in of("link_worker")],
        [_id("kokuho"), _id("kenpo")],
        _id("city"),
    )


def _sites(connection: Connection) -> Sequence[Site]:
    rows = connection.execute(QUERIES.sites, {"municipality_code": read_manifest().municipality_code}).fetchall()
    return [
        Site(activity, place, kind, district, tuple(weekdays), every_days, LonLat(lon, lat))
        for activity, place, kind, district, weekdays, every_days, lon, lat in rows
    ]


def _write_cast(connection: Connection, sealer: Sealer) -> None:
    told, town = _document(), read_manifest().municipality_code
    organisations = [
        {"organisation_id": _id(one["key"]), "municipality_code": town}
        | {name: one.get(name) for name in ("kind", "name", "code", "phone", "fax")}
        for one in told["organisations"]
    ]
    _copy(connection, "organisation", organisations)
    kept = hash_password(told["password"])
    accounts = [
        {
            "account_id": _id(one["login"]), "organisation_id": _id(one["organisation"]), "role": one["role"],
            "login": one["login"], "display_name": one["name"], "password_hash": kept,
            "totp_secret": sealer.seal("account.totp", _id(one["login"]), new_totp_secret()),
        }
        for one in told["accounts"]
    ]  # fmt: skip
    _copy(connection, "account", accounts)


def _tables(told: Sequence[Story], sealer: Sealer, today: date) -> Iterator[tuple[str, Iterable[Row]]]:
    chance, town = random.Random(7), read_manifest().municipality_code  # noqa: S311 - invented people
    yield "patient", (demo_rows.patient(one, sealer, town) for one in told)
    yield "consent", (row for one in told for row in demo_rows.consents(one, chance, today, _id("city")))
    yield "referral", (demo_rows.referral(one, town) for one in told)
    yield "referral_event", (row for one in told for row in demo_rows.events(one))
    yield "suggestion", (row for one in told for row in demo_rows.suggestions(one, chance))
    yield "attendance", (row for one in told for row in demo_rows.attendances(one, chance))
    yield "contact", (row for one in told for row in demo_rows.contacts(one, sealer))
    yield "screening", (row for one in told for row in demo_rows.screenings(one, chance))
    yield "plan_line", (row for one in told for row in demo_rows.lines(one, chance, sealer))


def _copy(connection: Connection, table: str, rows: Iterable[Row]) -> None:
    """COPY rows that all have the same columns."""
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return
    names = sql.SQL(", ").join(map(sql.Identifier, first))
    copying = sql.SQL("COPY rx.{} ({}) FROM STDIN").format(sql.Identifier(table), names)
    with connection.cursor().copy(copying) as copy:
        copy.write_row(list(first.values()))
        for row in rows:
            copy.write_row(list(row.values()))
