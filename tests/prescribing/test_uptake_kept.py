"""The kept tables: counted by the database as the definitions say, behind the wall, and the same again as of a day."""

import asyncio
import math
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from uptake_town import AS_OF, BY_HAND, COURSES, Person, attend, day, enter, enter_all

from handmade_town import id_of
from placefinder.store import Database
from prescribing.store.uptake import count_when_due
from prescribing.uptake.definitions import STAGES, Course, Figure, figures
from prescribing.uptake.survival import observed
from staffed_town import INSURER, TOWN

Connection = psycopg.Connection[Any]


def build(staffed: Database, as_of: date = AS_OF, whole: bool = False) -> int:
    with psycopg.connect(staffed.worker_dsn or "") as worker:
        row = worker.execute("SELECT rx.build_uptake(%s, %s)", (as_of, whole)).fetchone()
        assert row
        return int(row[0])


def kept(connection: Connection, table: str = "uptake_by_insurer") -> dict[str, Figure]:
    rows = connection.execute(
        f"SELECT stage, sum(numerator)::int, sum(denominator)::int, sum(waiting)::int FROM rx.{table} GROUP BY stage"
    )
    return {stage: Figure(*counts) for stage, *counts in rows}


def everything(connection: Connection) -> list[Any]:
    tables = ("uptake_by_insurer", "uptake_weeks", "uptake_reasons_by_insurer", "uptake_by_district",
              "uptake_reasons_by_municipality", "unmet_by_district")  # fmt: skip
    return [sorted(map(str, connection.execute(f"SELECT * FROM rx.{table}").fetchall())) for table in tables]


@pytest.fixture
def town(staffed: Database) -> Database:
    with psycopg.connect(staffed.owner_dsn) as owner:
        enter_all(owner)
    return staffed


def test_the_database_counts_what_was_worked_out_by_hand(town: Database) -> None:
    build(town)
    with psycopg.connect(town.owner_dsn) as owner:
        assert kept(owner) == BY_HAND
        assert kept(owner, "uptake_by_district") == BY_HAND
        reasons = owner.execute("SELECT reason, sum(referrals) FROM rx.uptake_reasons_by_insurer GROUP BY 1").fetchall()
        assert dict(reasons) == {"stigma_or_shame": 1, "full": 1, "consent_withdrawn": 1}


def test_the_stages_are_the_same_in_program_and_database(staffed: Database) -> None:
    with psycopg.connect(staffed.owner_dsn) as owner:
        rows = owner.execute("SELECT stage FROM rx.uptake_stage ORDER BY position").fetchall()
    assert [stage for (stage,) in rows] == [stage.stage for stage in STAGES]


def test_the_weeks_of_the_curve_are_those_of_the_records(town: Database) -> None:
    build(town)
    told = [one for course in COURSES.values() if (one := observed(course, AS_OF))]
    weeks = Counter((max(1, math.ceil(days / 7)), came) for days, came in told)
    with psycopg.connect(town.owner_dsn) as owner:
        rows = owner.execute("SELECT week, sum(events), sum(censored) FROM rx.uptake_weeks GROUP BY 1").fetchall()
    assert {(week, True): events for week, events, _ in rows if events} == {k: n for k, n in weeks.items() if k[1]}
    assert {(week, False): left for week, _, left in rows if left} == {k: n for k, n in weeks.items() if not k[1]}


def days_after(start: date, most: int = 260) -> st.SearchStrategy[date]:
    return st.integers(0, most).map(lambda n: start + timedelta(n))


@st.composite
def courses(draw: st.DrawFn) -> Course:
    start = draw(st.integers(0, 280).map(lambda n: date(2026, 1, 1) + timedelta(n)))
    if draw(st.integers(0, 9)) == 0:
        return Course(start, declined_on=min(draw(days_after(start, 5)), AS_OF))
    later = days_after(start)
    maybe = later | st.none()
    attended = sorted(set(draw(st.lists(later, max_size=6))))
    monthly = draw(st.booleans()) and bool(attended)
    return Course(
        start, start, None, start, draw(maybe), draw(maybe), draw(maybe), draw(maybe), draw(maybe), None, tuple(attended),
        draw(maybe), monthly, tuple(attended) if monthly else (),
    )  # fmt: skip


def known_then(one: Course) -> Course:
    """What of a course was known as of AS_OF."""
    names = ("contacted_on", "asked_on", "accepted_on", "closed_on", "withdrawn_on", "self_on")
    changes: dict[str, Any] = {name: None for name in names if (on := getattr(one, name)) and on > AS_OF}
    known = tuple(on for on in one.days if on <= AS_OF)
    return replace(one, days=known, sessions=known if one.sessions else (), **changes)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(courses(), min_size=4, max_size=16))
def test_the_database_counts_as_the_definitions_do(staffed: Database, told: list[Course]) -> None:
    with psycopg.connect(staffed.owner_dsn) as owner:
        for number, course in enumerate(told):
            enter(owner, Person(f"drawn {number}"), course)
        owner.execute("SELECT rx.build_uptake(%s, true)", (AS_OF,))
        counted = kept(owner)
        owner.rollback()
    assert counted == figures(map(known_then, told), AS_OF)


def test_only_who_consented_to_be_counted_is_counted(staffed: Database) -> None:
    course = COURSES["goes on for half a year"]
    with psycopg.connect(staffed.owner_dsn) as owner:
        enter(owner, Person("nobody may count", insurer=False, municipality=False), course)
        enter(owner, Person("only the municipality", insurer=False), course)
        enter(owner, Person("only the insurer", municipality=False), course)
        enter(owner, Person("withdrawn before", withdrawn_on=day(10, 30)), course)
        enter(owner, Person("withdrawn after", withdrawn_on=day(11, 1)), course)
        owner.commit()
        build(staffed)
        assert kept(owner)["uptake_42"] == Figure(2, 2)
        assert kept(owner, "uptake_by_district")["uptake_42"] == Figure(2, 2)


def test_counting_the_changed_months_gives_what_counting_all_gives(town: Database) -> None:
    build(town, day(8, 31))
    build(town, day(9, 30))
    with psycopg.connect(town.owner_dsn) as owner:
        attend(owner, "closed without going", day(2, 14), came=True, later=timedelta(days=240))
        owner.commit()
        assert 0 < build(town) < 10
        changed = everything(owner)
        build(town, whole=True)
        owner.rollback()
        assert everything(owner) == changed


def test_once_a_month_is_enough(town: Database) -> None:
    dsn = town.worker_dsn or ""
    told = [asyncio.run(count_when_due(dsn, today)) for today in (day(10, 5), day(10, 31), day(11, 1), day(11, 2))]
    assert told == [True, False, True, False]
    with psycopg.connect(town.owner_dsn) as owner:
        assert owner.execute("SELECT max(as_of) FROM rx.uptake_build").fetchone() == (AS_OF,)
        assert kept(owner) == BY_HAND


def test_the_kept_tables_do_not_go_back(town: Database) -> None:
    build(town)
    with pytest.raises(psycopg.errors.InvalidParameterValue):
        build(town, day(9, 30))


@pytest.mark.parametrize("who", ["insurer", "municipality"])
def test_nobody_who_signed_in_counts_or_sees_a_course(town: Database, who: str, entered: Any) -> None:
    async def ask(sql: str) -> None:
        async with entered(who) as connection:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await connection.execute(sql)

    for sql in ("SELECT rx.build_uptake('2026-10-31')", "SELECT * FROM rx.courses('2026-10-31')", "SELECT rx.tally('2026-10-31')",
                "SELECT * FROM rx.tallied_by_insurer()", "SELECT * FROM rx.referral_frame"):  # fmt: skip
        asyncio.run(ask(sql))


def test_each_sees_its_own_rows_only(town: Database, entered: Any) -> None:
    build(town)
    with psycopg.connect(town.owner_dsn) as owner:
        owner.execute(
            "INSERT INTO rx.uptake_by_insurer SELECT month, %s, age_band, stage, numerator, denominator, waiting"
            " FROM rx.uptake_by_insurer", (id_of("another insurer"),),
        )  # fmt: skip
        owner.execute(
            "INSERT INTO rx.uptake_by_district SELECT month, '131016', district_id, age_band, stage, numerator, denominator,"
            " waiting FROM rx.uptake_by_district"
        )

    async def ask(who: str, sql: str) -> list[Any]:
        async with entered(who) as connection:
            return await (await connection.execute(sql)).fetchall()

    assert asyncio.run(ask("insurer", "SELECT DISTINCT insurer_id FROM rx.uptake_by_insurer")) == [(INSURER,)]
    own = asyncio.run(ask("municipality", "SELECT DISTINCT municipality_code FROM rx.uptake_by_district"))
    assert own == [(TOWN,)]


def test_where_somebody_lived_when_referred_is_kept_by_the_database(staffed: Database) -> None:
    with psycopg.connect(staffed.owner_dsn) as owner:
        enter(owner, Person("moves later"), COURSES["just begun"])
        owner.execute("DELETE FROM rx.referral_frame")
        owner.execute(
            "INSERT INTO rx.referral (referral_id, organisation_id, patient_id, municipality_code, made_by)"
            " SELECT gen_random_uuid(), organisation_id, patient_id, municipality_code, made_by FROM rx.referral"
        )
        rows = owner.execute("SELECT municipality_code, district_id, age_band FROM rx.referral_frame").fetchall()
    assert rows == [(TOWN, id_of("district 4"), "75-84")]
