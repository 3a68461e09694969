"""`/api/v1` and `/tiles` as a program meets them: answers, refusals, and what is never written down."""

import io
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import mapbox_vector_tile
import psycopg
import pytest
from fastapi import FastAPI, Request

from placefinder import clock
from placefinder.web import problems

if TYPE_CHECKING:
    from conftest import Town

HERE = {"lon": 142.905, "lat": 43.505}
PROBLEM = "application/problem+json"


@pytest.fixture
def client(town: "Town") -> Iterator[httpx.Client]:
    with httpx.Client(base_url=town.url, timeout=20) as client:
        yield client


def test_the_nearest_have_distance_minutes_and_a_card(client: httpx.Client) -> None:
    answer = client.post("/api/v1/places/nearest", json={**HERE, "radius_m": 5000, "counted": True}).json()
    assert answer["total"] >= len(answer["results"]) > 0
    assert all(one["distance_m"] <= 5000 and one["walk_minutes"] >= 0 and one["name"] for one in answer["results"])


def test_a_place_is_told_with_its_source_and_licence(client: httpx.Client, town: "Town") -> None:
    place = client.get(f"/api/v1/places/{town.place}").json()
    assert place["listed"] is True
    assert place["source"]["licence"]
    assert place["activities"][0]["activity_id"]


def test_a_place_of_a_retired_edition_is_told_as_no_longer_listed(client: httpx.Client, town: "Town") -> None:
    with psycopg.connect(town.owner_dsn) as connection:
        connection.execute(
            "UPDATE geo.edition SET state = 'retired' WHERE edition_id IN "
            "(SELECT edition_id FROM finder.place WHERE place_id = %s)",
            [town.place],
        )
    try:
        place = client.get(f"/api/v1/places/{town.place}").json()
    finally:
        with psycopg.connect(town.owner_dsn) as connection:
            connection.execute("UPDATE geo.edition SET state = 'current' WHERE state = 'retired'")
    assert place["listed"] is False
    assert {activity["status"] for activity in place["activities"]} == {"closed"}


@pytest.mark.parametrize("within", ["today", "week", "14days"])
def test_days_asked_for_are_days_of_japan_from_today_on(client: httpx.Client, within: str) -> None:
    days = {"today": 1, "week": 7, "14days": 14}[within]
    answer = client.get("/api/v1/places", params={"within": within, "limit": 100}).json()["results"]
    told = [reason["date"] for one in answer for reason in one["reasons"] if reason["code"] == "open_on"]
    first, last = clock.today(), clock.today() + timedelta(days - 1)
    assert all(str(first) <= day <= str(last) for day in told)
    assert told or within == "today"


def test_a_place_tells_its_next_dates(client: httpx.Client, town: "Town") -> None:
    [activity] = client.get(f"/api/v1/places/{town.place}").json()["activities"]
    assert activity["dates"] == sorted(activity["dates"], key=lambda one: one["date"])
    assert {(one["opens"], one["closes"], one["change"]) for one in activity["dates"]} == {("11:00", "14:00", None)}


def test_a_district_knows_its_neighbours_and_its_places(client: httpx.Client, town: "Town") -> None:
    told = client.get(f"/api/v1/districts/{town.district}").json()
    assert told["district"]["district_id"] == str(town.district)
    assert told["neighbours"]
    places = client.get("/api/v1/places", params={"district_id": str(town.district), "limit": 100}).json()
    assert {one["district_id"] for one in places["results"]} == {str(town.district)}


def test_a_point_has_a_district_with_its_basis(client: httpx.Client) -> None:
    assert client.post("/api/v1/districts/at", json=HERE).json()["districts"][0]["basis"] == "polygon"


@pytest.mark.parametrize("path", ["kinds", "sources", "markers", "places", "openapi.json", "districts?name=中央"])
def test_what_needs_no_point_is_a_get(client: httpx.Client, path: str) -> None:
    answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == 200
    assert answer.json()


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("kind=salon", "kind"),
        ("kinds=castle", "kinds"),
        ("age=old", "age"),
        ("age=999", "age"),
        ("limit=0", "limit"),
        ("limit=5&limit=6", "limit"),
        ("bbox=1,2,3", "bbox"),
        ("bbox=nan,2,3,4", "bbox"),
        ("district_id=7", "district_id"),
        ("municipality_code=1", "municipality_code"),
        ("name=%00", "name"),
        ("time_from=25:00&time_to=26:00", "time_from"),
        ("time_from=09:00", "time_to"),
        ("date_from=2026-11-31&date_to=2026-12-01", "date_from"),
        ("date_from=2026-11-30", "date_to"),
        ("date_from=2026-11-30&date_to=2026-11-29", "date_to"),
        ("date_from=2026-11-01&date_to=2026-12-27", "date_to"),
        ("within=month", "within"),
        ("within=today&date_from=2026-11-01", "within"),
        ("%3Cscript%3E=1", "(another)"),
        ("lon=139.7&lat=35.6", "lon"),
    ],
)
def test_a_bad_parameter_is_named_with_what_is_allowed(client: httpx.Client, query: str, named: str) -> None:
    answer = client.get(f"/api/v1/places?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (400, PROBLEM)
    assert answer.json()["errors"][0]["parameter"] == named
    assert answer.json()["errors"][0]["allowed"]
    assert "castle" not in answer.text
    assert "script" not in answer.text


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"{}", b"[" * 30_000, b'{"lon":NaN,"lat":1}', b'{"lon":142.9,"lat":43.5,"name":"\\ud800"}',
     b'{"lon":1e999,"lat":43}', b'{"lon":"142.9","lat":"43.5"}', b"\xff\xfe", b'{"lon":500,"lat":95}',
     b'{"lon":142.9,"lat":43.5,"age":true}', b'{"lon":142.9,"lat":43.5,"kinds":[[]]}',
     b'{"lon":142.9,"lat":43.5,"limit":99999999999999999999}'],
)  # fmt: skip
def test_no_body_makes_the_server_fail(client: httpx.Client, body: bytes) -> None:
    answer = client.post("/api/v1/places/nearest", content=body)
    assert (answer.status_code, answer.headers["content-type"]) == (400, PROBLEM)


def test_swapped_coordinates_are_told_without_repeating_them(client: httpx.Client) -> None:
    answer = client.post("/api/v1/places/nearest", json={"lon": 43.51234, "lat": 142.91234})
    assert answer.status_code == 400
    assert "swapped" in answer.json()["detail"]
    assert "43.51234" not in answer.text


def test_a_body_above_64_kb_is_refused_announced_or_not(client: httpx.Client) -> None:
    def dripping() -> Iterator[bytes]:
        yield from (b"x" * 1024 for _ in range(200))

    assert client.post("/api/v1/places/nearest", content=b"x" * 70_000).status_code == 413
    assert client.post("/api/v1/places/nearest", content=dripping()).status_code == 413


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v1/places/not-an-id", 404),
        ("GET", "/api/v1/places/00000000-0000-0000-0000-000000000000", 404),
        ("GET", "/api/v1/districts/00000000-0000-0000-0000-000000000000", 404),
        ("DELETE", "/api/v1/kinds", 405),
        ("GET", "/tiles/places/3/8/0.mvt", 404),
        ("GET", "/tiles/places/99/0/0.mvt", 404),
        ("GET", "/tiles/places/-1/0/0.mvt", 404),
    ],
)
def test_programs_get_problems(client: httpx.Client, method: str, path: str, status: int) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    assert answer.json()["status"] == status


def test_people_get_a_page(client: httpx.Client) -> None:
    answer = client.get("/nothing")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


def test_a_database_that_is_away_is_a_503_with_retry_after() -> None:
    app = FastAPI()
    problems.install(app)

    @app.get("/api/v1/broken")
    async def broken(request: Request) -> None:
        raise psycopg.OperationalError("connection to 10.0.0.1 failed")

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
            return await client.get("/api/v1/broken")

    import asyncio

    answer = asyncio.run(ask())
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "10.0.0.1" not in answer.text


def test_tiles_decode_are_kept_and_compressed(client: httpx.Client) -> None:
    path = "/tiles/places/0/0/0.mvt"
    zipped = client.get(path, headers={"Accept-Encoding": "gzip"})
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    assert zipped.headers["content-encoding"] == "gzip"
    assert zipped.headers["etag"] != plain.headers["etag"]
    assert mapbox_vector_tile.decode(zipped.content) == mapbox_vector_tile.decode(plain.content)
    again = client.get(path, headers={"If-None-Match": plain.headers["etag"], "Accept-Encoding": "identity"})
    assert (again.status_code, again.content) == (304, b"")


def test_the_tilejson_describes_both_layers(client: httpx.Client) -> None:
    told = client.get("/tiles/places.json").json()
    assert told["tilejson"] == "3.0.0"
    assert [layer["id"] for layer in told["vector_layers"]] == ["place_counts", "places"]
    assert told["attribution"]
    tile = client.get(told["tiles"][0].format(z=0, x=0, y=0))
    assert set(mapbox_vector_tile.decode(tile.content)) == {"place_counts"}


def test_no_home_location_reaches_a_log(client: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    seen = io.StringIO()
    handler = logging.StreamHandler(seen)
    root = logging.getLogger()
    root.addHandler(handler)
    caplog.set_level(logging.DEBUG)
    home: list[dict[str, Any]] = [{"lon": 142.9054321, "lat": 43.5054321}, {"lon": 43.5054321, "lat": 142.9054321}]
    try:
        for point in home:
            answers = [client.post(f"/api/v1/{path}", json=point) for path in ("places/nearest", "districts/at")]
            assert all("54321" not in answer.text + str(answer.url) for answer in answers)
    finally:
        root.removeHandler(handler)
    logged = seen.getvalue() + caplog.text
    assert "nearest" in logged  # the requests themselves are logged
    assert "54321" not in logged


def test_the_document_describes_every_route_of_the_api(client: httpx.Client) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    assert "/api/v1/places/nearest" in paths
    body = paths["/api/v1/places/nearest"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert set(body["required"]) == {"lon", "lat"}
    assert not any("422" in op["responses"] for path in paths.values() for op in path.values())
    for parameter in paths["/api/v1/places"]["get"]["parameters"]:
        assert client.get("/api/v1/places", params={parameter["name"]: "\x00"}).status_code == 400
