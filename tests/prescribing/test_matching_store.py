"""Matching with the database: candidates round a home, what hosts said, how often places were shown, and who may ask."""

import asyncio
from typing import Any
from uuid import UUID

import psycopg
import pytest

from geo.points import LonLat
from handmade_town import SOUTH, STEP, WEST, id_of
from placefinder import clock
from placefinder.store import Database
from prescribing.errors import NotFound
from prescribing.matching import Person, exposure_cap
from prescribing.store.matching import Suggestions, suggestions, why_not
from prescribing.store.suggested import keep_round
from staffed_town import CLINIC, OTHER_CLINIC, STAFF, TOWN

MIDDLE = LonLat(round(WEST + 1.5 * STEP, 3), round(SOUTH + 1.5 * STEP, 3))
SOMEBODY = Person(
    mobility="adult", age=40, point=MIDDLE, interests=frozenset({"meal"}), district_id=id_of("district 4")
)


def _ask(entered: Any, person: Person, who: str = "physician", **more: Any) -> Suggestions:
    async def asking() -> Suggestions:
        async with entered(who) as connection:
            return await suggestions(connection, person, today=clock.today(), **({"seed": "a"} | more))

    return asyncio.run(asking())


def _do(database: Database, statement: str, *values: Any) -> None:
    with psycopg.connect(database.owner_dsn) as connection:
        connection.execute(statement, values)


def test_somebody_gets_three_places_of_different_kinds_with_their_listings(entered: Any) -> None:
    answer = _ask(entered, SOMEBODY)
    assert len(answer.shown) == 3
    assert len({one.scored.candidate.kind for one in answer.shown}) == 3
    for one in answer.shown:
        assert answer.items[one.activity_id].place_id == one.place_id
        assert {said.code for said in one.reasons} >= {"near", "in_district", "interest_shared"}
        assert one.scored.candidate.distance_m == pytest.approx(500, abs=500)
    assert answer.home == "point"
    assert answer.more
    assert not answer.capped


def test_the_same_seed_gives_the_same_and_a_further_round_others(entered: Any) -> None:
    first, again = _ask(entered, SOMEBODY), _ask(entered, SOMEBODY)
    assert first.as_kept() == again.as_kept()
    ids = {one.activity_id for one in first.shown}
    assert not ids & {one.activity_id for one in _ask(entered, SOMEBODY, without=ids).shown}
    assert _ask(entered, SOMEBODY, seed=None).seed != _ask(entered, SOMEBODY, seed=None).seed


def test_only_the_district_is_enough(entered: Any) -> None:
    answer = _ask(entered, Person(age=40, district_id=id_of("district 4")))
    assert (len(answer.shown), answer.home) == (3, "district")
    nowhere = _ask(entered, Person(age=40))
    assert (nowhere.shown, nowhere.home) == ((), "none")


def test_suspended_closed_and_children_only_are_never_candidates(entered: Any) -> None:
    seen: set[UUID] = set()
    for _ in range(12):
        answer = _ask(entered, SOMEBODY, without=seen)
        seen |= {one.activity_id for one in answer.shown}
    assert seen
    for number in (5, 7, *range(0, 28, 3)):
        assert id_of(f"activity {number}") not in seen


def test_a_place_that_says_it_is_full_is_left_out_until_it_says_otherwise(entered: Any, staffed: Database) -> None:
    first = _ask(entered, SOMEBODY).shown[0].activity_id
    said = "INSERT INTO rx.host_notice (activity_id, state, said_by, said_at) VALUES (%s, %s, 'place', now() - %s::interval)"
    _do(staffed, said, first, "full", "2 days")
    assert first not in {one.activity_id for one in _ask(entered, SOMEBODY).shown}
    _do(staffed, said, first, "open", "1 hour")
    kept = next(one for one in _ask(entered, SOMEBODY).shown if one.activity_id == first)
    assert "host_open" in {reason.code for reason in kept.reasons}


def _shown_elsewhere(database: Database, activity_id: UUID, times: int) -> None:
    """Another clinic suggests an activity to so many people."""
    with psycopg.connect(database.owner_dsn) as connection:
        for _ in range(times):
            row = connection.execute(
                "INSERT INTO rx.patient (organisation_id, municipality_code, age_band) VALUES (%s, %s, '40-64') RETURNING patient_id",
                (OTHER_CLINIC, TOWN),
            ).fetchone()
            referral = connection.execute(
                "INSERT INTO rx.referral (organisation_id, patient_id, municipality_code, made_by) VALUES (%s, %s, %s, %s)"
                " RETURNING referral_id",
                (OTHER_CLINIC, row and row[0], TOWN, STAFF["other_physician"].account_id),
            ).fetchone()
            connection.execute(
                "INSERT INTO rx.suggestion (organisation_id, referral_id, rank, activity_id, place_id, score, parts, reasons,"
                " unknowns, propensity, small_start, candidates) VALUES (%s, %s, 1, %s, %s, 0.5, '{}', '[]', '[]', 1, false, 1)",
                (OTHER_CLINIC, referral and referral[0], activity_id, activity_id),
            )


def test_what_others_suggested_counts_but_is_not_seen(entered: Any, staffed: Database) -> None:
    best = _ask(entered, SOMEBODY).shown[0]
    first, capacity = best.activity_id, best.scored.candidate.capacity
    _shown_elsewhere(staffed, first, exposure_cap(capacity))
    answer = _ask(entered, SOMEBODY)
    assert first not in {one.activity_id for one in answer.shown}
    assert answer.refused["exposure_full"] == 1

    async def seen() -> Any:
        async with entered("physician") as connection:
            return await (await connection.execute("SELECT count(*) FROM rx.suggestion")).fetchone()

    assert asyncio.run(seen()) == (0,)


@pytest.mark.parametrize("who", ["insurer", "municipality", "admin"])
def test_only_those_who_suggest_ask_how_often_a_place_was_shown(entered: Any, who: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        _ask(entered, SOMEBODY, who)
    assert _ask(entered, SOMEBODY, "link_worker").shown


def test_whom_to_avoid_by_place_activity_or_organisation(entered: Any, staffed: Database) -> None:
    first = _ask(entered, SOMEBODY).shown[0]
    for met in (first.activity_id, first.place_id):
        answer = _ask(entered, Person(age=40, point=MIDDLE, avoid=frozenset({met})))
        assert first.activity_id not in {one.activity_id for one in answer.shown}
    host = id_of("organisation of the host")
    _do(
        staffed,
        "INSERT INTO rx.organisation (organisation_id, kind, name, municipality_code) VALUES (%s, 'host', ' 中央町 の会', %s)",
        host,
        TOWN,
    )
    shown = _ask(entered, Person(age=40, point=MIDDLE, avoid=frozenset({host})))
    # Only the place with the hostile name is held by somebody else, and it is for children.
    assert shown.shown == ()
    assert shown.refused["avoided"] > 5


def test_why_not_names_limits_also_of_what_no_search_finds(entered: Any) -> None:
    async def asking(activity_id: UUID) -> Any:
        async with entered("physician") as connection:
            return await why_not(connection, SOMEBODY, activity_id, today=clock.today())

    assert [said.code for said in asyncio.run(asking(id_of("activity 5"))).because] == ["closed"]
    assert [said.code for said in asyncio.run(asking(id_of("activity 6"))).because] == ["age_unfit"]
    answer = asyncio.run(asking(id_of("activity 1")))
    assert answer.rank
    assert answer.scored.parts
    with pytest.raises(NotFound):
        asyncio.run(asking(id_of("no such activity")))


def test_a_round_is_kept_as_it_was_shown(entered: Any, staffed: Database) -> None:
    async def keeping() -> Any:
        async with entered("physician") as connection:
            row = await (
                await connection.execute(
                    "INSERT INTO rx.patient (organisation_id, municipality_code, age_band) VALUES (%s, %s, '40-64') RETURNING patient_id",
                    (CLINIC, TOWN),
                )
            ).fetchone()
            referral = await (
                await connection.execute(
                    "INSERT INTO rx.referral (organisation_id, patient_id, municipality_code, made_by) VALUES (%s, %s, %s, %s)"
                    " RETURNING referral_id",
                    (CLINIC, row and row[0], TOWN, STAFF["physician"].account_id),
                )
            ).fetchone()
            answer = await suggestions(connection, SOMEBODY, today=clock.today(), seed="a")
            assert referral
            await keep_round(connection, referral[0], answer.as_kept())
            return answer

    answer = asyncio.run(keeping())
    with psycopg.connect(staffed.owner_dsn) as connection:
        kept = connection.execute(
            "SELECT rank, activity_id, propensity, parts, small_start FROM rx.suggestion ORDER BY rank"
        ).fetchall()
    told = [(one.rank, one.activity_id, one.propensity) for one in answer.shown]
    assert [row[:3] for row in kept] == told
    assert all(set(row[3]) == set(answer.shown[0].parts) for row in kept)


def _fact(database: Database, table: str, number: int, facts: str) -> None:
    key = "activity_id" if table == "activity" else "place_id"
    _do(
        database,
        f"UPDATE finder.{table} SET facts = facts || %s::jsonb WHERE {key} = %s",
        facts,
        id_of(f"{table} {number}"),
    )


def test_size_and_professionals_are_read_from_the_facts_and_else_unknown(entered: Any, staffed: Database) -> None:
    _fact(staffed, "activity", 1, '{"capacity": {"state": "value", "value": "定員８名"}}')
    _fact(
        staffed,
        "place",
        2,
        '{"capacity": {"state": "value", "value": "300人"}, "health_professional": {"state": "yes"}}',
    )
    _fact(staffed, "activity", 4, '{"capacity": {"state": "value", "value": "なし"}}')

    async def asking(number: int) -> Any:
        async with entered("physician") as connection:
            answer = await why_not(connection, SOMEBODY, id_of(f"activity {number}"), today=clock.today())
            return answer.candidate.capacity, answer.candidate.professional

    assert [asyncio.run(asking(number)) for number in (1, 2, 4)] == [(8, None), (20, True), (None, None)]
