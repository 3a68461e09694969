"""The search against the same question asked row by row in Python."""

import asyncio
import json
import random
from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID, uuid5

import mapbox_vector_tile
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb
from pyproj import Geod

from geo.points import LonLat
from geo.store.cluster import Cluster
from placefinder.opening.rules import Hours, Rule, Schedule, Weekly
from placefinder.opening.stored import schedule_json
from placefinder.search import MAX_MARKERS, WORLD, Box, SearchAnswer, SearchRequest
from placefinder.store import listings, tiles
from placefinder.store.occurrences import refresh_all

GEOD = Geod(ellps="GRS80")
NAMESPACE = UUID(int=7)
EDITION = UUID(int=1)
KINDS = ("kodomo_shokudo", "ibasho", "salon")
WEST, SOUTH = 142.0, 43.0
ROWS = 3_000
TUESDAY = date(2026, 11, 24)


def made_rows() -> list[dict[str, Any]]:
    """Activities with the unknowns of real lists, dense in the middle, some at one and the same point."""
    chance = random.Random(20260401)  # noqa: S311 - made rows, no secret
    rows = []
    for number in range(ROWS):
        spread = chance.choice((0.003, 0.02, 0.2))
        weekday = chance.choice((None, 1, 2, 6))
        opens = chance.choice((None, "09:00", "17:00")) if weekday else None
        rows.append(
            {
                "id": uuid5(NAMESPACE, str(number)),
                "lon": round(WEST + chance.gauss(0, spread), 6),
                "lat": round(SOUTH + chance.gauss(0, spread), 6),
                "kind": chance.choice(KINDS),
                "closed": chance.random() < 0.05,
                "age_min": chance.choice((None, 60, 18)),
                "age_max": chance.choice((None, 80)),
                "interests": chance.choice(([], ["meal"], ["music", "art"])),
                "step_free": chance.choice((None, "yes", "no")),
                "price": chance.choice((None, 0, 300)),
                "weekday": weekday,
                "opens": opens,
                "closes": "11:00" if opens == "09:00" else None,
                "exact": weekday is not None and chance.random() < 0.8,
                "district": UUID(int=chance.randrange(1, 150)),
                "municipality": f"{chance.choice((1, 2, 13)):02d}{chance.randrange(100, 160):03d}0",
            }
        )
    return rows


MADE = made_rows()
PLACE = """INSERT INTO finder.place (edition_id, place_id, municipality_code, source_id, source_key, name, name_kana,
    position_level, position_basis, point_6668, district_id, district_basis, facts)
    VALUES (%(edition)s, %(id)s, %(municipality)s, 's', %(id)s, %(name)s, 'シュウカイジョ', 'given', 'made',
            ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 6668), %(district)s, 'polygon', %(facts)s)"""
ACTIVITY = """INSERT INTO finder.activity (edition_id, activity_id, place_id, municipality_code, kind, name, status,
    schedule, schedule_certainty, age_min, age_max, interests, price_yen_min, price_yen_max)
    VALUES (%(edition)s, %(id)s, %(id)s, %(municipality)s, %(kind)s, %(name)s, %(status)s, %(schedule)s,
            %(certainty)s, %(age_min)s, %(age_max)s, %(interests)s, %(price)s, %(price)s)"""


def fill(connection: psycopg.Connection[Any]) -> None:
    connection.execute("INSERT INTO geo.source VALUES ('s', 'S', 'P', NULL, 'CC0', 'made', 'open', NULL)")
    connection.execute(
        "INSERT INTO geo.edition (edition_id, source_id, dataset, scope, label, state, file_name, file_sha256) "
        "VALUES (%s, 's', 'places', 'jp', 'made', 'current', 'f', 'f')",
        [EDITION],
    )
    values = [
        {
            **row,
            "edition": EDITION,
            "name": f"みどり広場{number}",
            "facts": Jsonb({"step_free": {"state": row["step_free"]}} if row["step_free"] else {}),
            "status": "closed" if row["closed"] else "running",
            "schedule": Jsonb(schedule_json(schedule_of(row))),
            "certainty": "exact" if row["exact"] else "partial",
        }
        for number, row in enumerate(MADE)
    ]
    with connection.cursor() as cursor:
        cursor.executemany(PLACE, values)
        cursor.executemany(ACTIVITY, values)
    assert listings.refresh_listings(connection, EDITION) == ROWS
    refresh_all(connection, TUESDAY)
    connection.commit()
    connection.execute("ANALYZE finder.listing")


@pytest.fixture(scope="module")
def catalogue(cluster: Cluster, template: str) -> Iterator[tuple[str, str]]:
    """The DSNs of the owner and of the public, for a database of made rows."""
    with psycopg.connect(cluster.dsn(database="postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "listings" TEMPLATE "{template}" STRATEGY file_copy')
    with psycopg.connect(cluster.dsn(database="listings")) as connection:
        fill(connection)
    yield cluster.dsn(database="listings"), cluster.dsn("placefinder_public", "listings")
    with psycopg.connect(cluster.dsn(database="postgres"), autocommit=True) as connection:
        connection.execute('DROP DATABASE "listings" WITH (FORCE)')


def run(dsn: str, ask: Any, *asked: Any) -> Any:
    """The answer of one of the store's questions, asked as the public."""

    async def asking() -> Any:
        async with await psycopg.AsyncConnection.connect(dsn) as connection:
            return await ask(connection, *asked)

    return asyncio.run(asking())


def fits(row: dict[str, Any], asked: SearchRequest) -> bool:
    """The rules in words: a known no excludes, an unknown passes."""
    if row["closed"] or (asked.kinds and row["kind"] not in asked.kinds):
        return False
    if asked.age is not None and not (row["age_min"] or 0) <= asked.age <= (row["age_max"] or 200):
        return False
    if asked.interests and row["interests"] and not set(asked.interests) & set(row["interests"]):
        return False
    if asked.needs and row["step_free"] == "no":
        return False
    if asked.price_max is not None and row["price"] is not None and row["price"] > asked.price_max:
        return False
    return not (row["exact"] and asked.asks_when) or may_be_open(row, asked)


def may_be_open(row: dict[str, Any], asked: SearchRequest) -> bool:
    if asked.date_from and asked.date_to:
        days = (asked.date_from + timedelta(n) for n in range((asked.date_to - asked.date_from).days + 1))
        if row["weekday"] not in {day.isoweekday() for day in days}:
            return False
    if asked.weekday and row["weekday"] != asked.weekday:
        return False
    if asked.time_from is None or asked.time_to is None or row["opens"] is None:
        return True
    starts_in_time = time.fromisoformat(row["opens"]) < asked.time_to
    return starts_in_time and (row["closes"] is None or time.fromisoformat(row["closes"]) > asked.time_from)


def schedule_of(row: dict[str, Any]) -> Schedule:
    """Every week, or nothing; holidays are said, so that no date is doubtful before the end of the year."""
    if row["weekday"] is None:
        return Schedule(None)
    opens, closes = (row[name] and int(row[name][:2]) * 60 for name in ("opens", "closes"))
    hours = (Hours(opens, closes),) if opens else ()
    return Schedule(None, (Rule(Weekly((row["weekday"],)), hours),), (), "exact", holidays_said=True)


requests = (
    st.builds(
        SearchRequest,
        near=st.builds(LonLat, st.floats(WEST - 0.1, WEST + 0.1), st.floats(SOUTH - 0.1, SOUTH + 0.1)),
        radius_m=st.sampled_from((200, 2_000, 20_000)),
        kinds=st.sampled_from(((), ("salon",), ("salon", "ibasho"))),
        age=st.sampled_from((None, 10, 30, 70, 90)),
        interests=st.sampled_from(((), ("meal",))),
        needs=st.sampled_from(((), ("step_free",))),
        weekday=st.sampled_from((None, 1, 2, 3)),
        price_max=st.sampled_from((None, 0, 500)),
        limit=st.sampled_from((1, 20, 100)),
        offset=st.sampled_from((0, 20)),
        counted=st.just(True),
    )
    | st.builds(
        SearchRequest,
        near=st.just(LonLat(WEST, SOUTH)),
        weekday=st.sampled_from((None, 2)),
        date_from=st.sampled_from((TUESDAY,)),
        date_to=st.sampled_from((TUESDAY, TUESDAY + timedelta(4), TUESDAY + timedelta(13))),
        time_from=st.just(time(8)),
        time_to=st.just(time(10)),
        counted=st.just(True),
    )
    | st.builds(
        SearchRequest,
        near=st.just(LonLat(WEST, SOUTH)),
        weekday=st.sampled_from((None, 1)),
        date_from=st.just(TUESDAY),
        date_to=st.sampled_from((TUESDAY, TUESDAY + timedelta(4), TUESDAY + timedelta(13))),
        counted=st.just(True),
    )
    | st.builds(
        SearchRequest,
        near=st.just(LonLat(WEST, SOUTH)),
        weekday=st.sampled_from((None, 2)),
        time_from=st.sampled_from((time(8), time(11), time(16))),
        time_to=st.sampled_from((time(16, 30), time(18))),
        counted=st.just(True),
    )
)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(asked=requests)
def test_the_nearest_are_those_a_search_row_by_row_finds(catalogue: tuple[str, str], asked: SearchRequest) -> None:
    assert asked.near
    measured = sorted(
        (GEOD.inv(asked.near.lon, asked.near.lat, row["lon"], row["lat"])[2], str(row["id"]))
        for row in MADE
        if fits(row, asked)
    )
    within = [pair for pair in measured if pair[0] <= asked.radius_m]
    answer: SearchAnswer = run(catalogue[1], listings.search, asked)
    expected = within[asked.offset : asked.offset + asked.limit]
    assert {str(one.activity_id) for one in answer.results} == {activity for _, activity in expected}
    assert answer.total == len(within)
    assert answer.more == (len(within) > asked.offset + asked.limit)


def test_unknown_results_stand_after_known_ones_of_like_distance(catalogue: tuple[str, str]) -> None:
    asked = SearchRequest(near=LonLat(WEST, SOUTH), age=70, needs=("step_free",), limit=100)
    found = run(catalogue[1], listings.search, asked).results
    keys = [(int((one.distance_m or 0) // 250), sum(u.code in ("age", "need") for u in one.unknowns)) for one in found]
    sure = [key for key, one in zip(keys, found, strict=True) if (one.distance_m or 0) % 250 not in (0, 249)]
    assert sure == sorted(sure)
    assert len({key[1] for key in keys}) > 1


def test_every_result_says_why_and_what_is_unknown(catalogue: tuple[str, str]) -> None:
    asked = SearchRequest(near=LonLat(WEST, SOUTH), age=70, kinds=("salon",), weekday=2, needs=("step_free",), limit=50)
    for one in run(catalogue[1], listings.search, asked).results:
        reasons, unknowns = {said.code for said in one.reasons}, {said.code for said in one.unknowns}
        assert {"near", "kind_asked"} <= reasons
        assert ("age_fits" in reasons) != ("age" in unknowns)
        assert ("need_met" in reasons) != ("need" in unknowns)
        assert "time" in unknowns or "open_then" in reasons


def test_closed_ones_are_found_by_name_and_district_only(catalogue: tuple[str, str]) -> None:
    number, closed = next((n, row) for n, row in enumerate(MADE) if row["closed"] and n > 1_000)
    by_name = run(catalogue[1], listings.search, SearchRequest(name=f"ミドリ 広場{number}", limit=100)).results
    assert closed["id"] in {one.activity_id for one in by_name if one.status == "closed"}
    district = run(catalogue[1], listings.search, SearchRequest(district_id=closed["district"], limit=100)).results
    assert {one.activity_id for one in district} == {r["id"] for r in MADE if r["district"] == closed["district"]}
    everywhere = run(catalogue[1], listings.search, SearchRequest(municipality_code=closed["municipality"], limit=100))
    assert all(one.findable for one in everywhere.results)


def test_names_are_found_by_kana_and_their_wildcards_are_letters(catalogue: tuple[str, str]) -> None:
    assert run(catalogue[1], listings.search, SearchRequest(name="しゅうかいじょ")).results
    assert not run(catalogue[1], listings.search, SearchRequest(name="み%広場")).results


def test_a_point_printed_is_found_by_a_box_of_just_that_point(catalogue: tuple[str, str]) -> None:
    row = next(row for row in MADE if not row["closed"])
    box = Box(row["lon"], row["lat"], row["lon"], row["lat"])
    features = json.loads(run(catalogue[1], listings.geojson, SearchRequest(limit=100), box))["features"]
    assert str(row["id"]) in {feature["id"] for feature in features}
    assert all(feature["geometry"].keys() == {"type", "coordinates"} for feature in features)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(half=st.floats(0.0001, 3), kinds=st.sampled_from(((), ("salon",))))
def test_markers_are_a_hundred_at_most_and_lose_nobody(
    catalogue: tuple[str, str], half: float, kinds: tuple[str, ...]
) -> None:
    box = Box(WEST - half, SOUTH - half, WEST + half, SOUTH + half)
    answer = json.loads(run(catalogue[1], listings.markers_json, SearchRequest(kinds=kinds), box))
    edge = 0.00003  # the index keeps boxes in single precision: their edges are true to some 2 m
    from_middle = [
        max(abs(row["lon"] - WEST), abs(row["lat"] - SOUTH)) for row in MADE if fits(row, SearchRequest(kinds=kinds))
    ]
    assert len(answer["markers"]) <= MAX_MARKERS
    assert sum(marker["count"] for marker in answer["markers"]) == answer["total"]
    fewest, most = (sum(far <= half + slack for far in from_middle) for slack in (-edge, edge))
    assert fewest <= answer["total"] <= most


def test_the_world_is_shown_by_the_finest_level_that_fits(catalogue: tuple[str, str]) -> None:
    answer = json.loads(run(catalogue[1], listings.markers_json, SearchRequest(), WORLD))
    assert answer["level"] == "prefecture"
    assert {marker["prefecture_code"] for marker in answer["markers"]} == {"01", "02", "13"}


@pytest.mark.parametrize("zoom", range(14))
def test_the_grid_of_each_zoom_counts_every_findable_place(catalogue: tuple[str, str], zoom: int) -> None:
    with psycopg.connect(catalogue[0]) as connection:
        keys = connection.execute("SELECT DISTINCT z, tx, ty FROM finder.tile_grid WHERE z = %s", [zoom]).fetchall()
    counted = 0
    for key in keys:
        layer = mapbox_vector_tile.decode(run(catalogue[1], tiles.tile, *key))["place_counts"]
        assert layer["extent"] == 4096
        counted += sum(feature["properties"]["count"] for feature in layer["features"])
    assert counted == sum(not row["closed"] for row in MADE)


def test_the_grid_follows_when_an_edition_is_retired(catalogue: tuple[str, str]) -> None:
    with psycopg.connect(catalogue[0]) as connection:
        connection.execute("UPDATE geo.edition SET state = 'retired' WHERE edition_id = %s", [EDITION])
        assert listings.refresh_listings(connection, EDITION) == 0
        assert connection.execute("SELECT count(*) FROM finder.listing").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM finder.tile_grid").fetchone() == (0,)
        connection.rollback()
