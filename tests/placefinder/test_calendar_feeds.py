"""Calendars over HTTP: of places, districts and searches, with the engine's dates, languages, terms and refusals."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import icalendar
import psycopg
import pytest
import recurring_ical_events

from placefinder.app import create_app
from placefinder.clock import today
from placefinder.demo import load_town
from placefinder.freshness import stale_after
from placefinder.opening.calendar import Change, occurrences
from placefinder.opening.feeds import STOPPED, window
from placefinder.opening.rules import Certainty
from placefinder.opening.stored import schedule_from_json
from placefinder.settings import read_settings
from placefinder.store import Database
from placefinder.store.occurrences import ToldChange, add_change

Town = Any


@pytest.fixture
def client(town: Town) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=town.url, timeout=20) as client:
        yield client


def read(answer: httpx.Response) -> icalendar.Calendar:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    return icalendar.Calendar.from_ical(answer.content)


def shown(calendar: icalendar.Calendar) -> Counter[tuple[str, date, bool]]:
    """Activity, day and whether it is sure, as another calendar program sees it; cancelled ones left out."""
    first, last = window(today())
    events = recurring_ical_events.of(calendar).between(first, last + timedelta(1))
    found = [event for event in events if event.get("STATUS") in ("CONFIRMED", "TENTATIVE")]
    return Counter((_activity(event), _day(event), event["STATUS"] == "CONFIRMED") for event in found)


def _activity(event: icalendar.Event) -> str:
    return str(event["UID"])[:36]


def _day(event: icalendar.Event) -> date:
    start = event["DTSTART"].dt
    return start.date() if isinstance(start, datetime) else start


def told_by_the_engine(dsn: str, where: str, value: UUID) -> Counter[tuple[str, date, bool]]:
    with psycopg.connect(dsn) as connection:
        rows = connection.execute(
            "SELECT a.activity_id, a.schedule, a.schedule_certainty, a.status = 'needs_checking', a.checked_on FROM finder.listing l"
            f" JOIN finder.activity a USING (edition_id, activity_id) WHERE l.{where} = %s AND a.status <> ALL (%s)",
            (value, list(STOPPED)),
        ).fetchall()
    return Counter(
        (str(activity_id), one.day, one.doubt is None and not asked_first and not _stale(checked_on))
        for activity_id, schedule, certainty, asked_first, checked_on in rows
        for one in _engine(schedule, certainty)
    )


def _stale(checked_on: date | None) -> bool:
    last = stale_after("opening", checked_on, today())
    return last is not None and last < today()


def _engine(schedule: dict[str, Any], certainty: Certainty) -> Iterator[Any]:
    return occurrences(schedule_from_json(schedule, text=None, certainty=certainty), *window(today()))


def test_a_districts_calendar_has_the_dates_of_the_engine(client: httpx.Client, town: Town) -> None:
    found = shown(read(client.get(f"/districts/{town.district}.ics")))
    assert found == told_by_the_engine(town.owner_dsn, "district_id", town.district)
    assert len(found) > 100


def test_a_places_calendar_has_the_dates_of_the_engine(client: httpx.Client, town: Town) -> None:
    found = shown(read(client.get(f"/places/{town.place}.ics")))
    assert found == told_by_the_engine(town.owner_dsn, "place_id", town.place)
    assert found


def test_a_searchs_calendar_has_what_the_search_lists(client: httpx.Client, town: Town) -> None:
    all_of = read(client.get("/find.ics", params={"district": str(town.district)}))
    some = read(client.get("/find.ics", params={"district": str(town.district), "kind": "salon"}))
    assert set(shown(some)) < set(shown(all_of))
    listed = client.get("/api/v1/places", params={"district_id": str(town.district), "kinds": "salon", "limit": 100})
    assert {one for one, *_ in shown(some)} <= {one["activity_id"] for one in listed.json()["results"]}
    by_name = read(client.get("/find.ics", params={"q": "中央小学校"}))
    assert shown(by_name) == shown(all_of)


def test_a_change_is_in_the_calendar_at_once(client: httpx.Client, town: Town) -> None:
    path = f"/places/{town.place}.ics"
    activity, day = next((one, day) for one, day, _ in sorted(shown(read(client.get(path)))) if day > today())
    before = client.get(path)
    with psycopg.connect(town.owner_dsn) as connection:
        add_change(connection, UUID(activity), ToldChange(Change("cancelled", day), "会場の工事"), today())
    calendar = read(client.get(path, headers={"If-None-Match": before.headers["etag"]}))
    [cancelled] = [event for event in calendar.events if event["STATUS"] == "CANCELLED"]
    assert (_day(cancelled), cancelled["SEQUENCE"]) == (day, 1)
    assert "会場の工事" in cancelled["DESCRIPTION"]
    assert (activity, day, True) not in shown(calendar)


def test_a_suspended_or_closed_place_has_a_notice_and_no_dates(client: httpx.Client, town: Town) -> None:
    calendar = read(client.get(f"/places/{town.closed_place}.ics"))
    [notice] = calendar.events
    assert _day(notice) == today()
    assert "終わりました" in notice["SUMMARY"]


def test_names_of_the_source_do_no_harm(client: httpx.Client, town: Town) -> None:
    answer = client.get(f"/places/{town.hostile_place}.ics")
    assert all("onerror" in str(event["SUMMARY"]) for event in read(answer).events)
    assert max(map(len, answer.content.split(b"\r\n"))) <= 75


def test_the_language_is_the_one_asked_for_and_japanese_otherwise(client: httpx.Client, town: Town) -> None:
    path = f"/districts/{town.district}.ics"
    assert str(read(client.get(path, headers={"accept-language": "en"}))["NAME"]) == "中央小学校の予定"
    english = read(client.get(path, params={"lang": "en"}))
    assert str(english["NAME"]) == "中央小学校: dates"
    assert "Please" in english["DESCRIPTION"] or "please" in english["DESCRIPTION"]
    easy = read(client.get(path, params={"lang": "easy-ja"}))
    assert not {"{", "|", "<"} & set(str(easy["NAME"]))


def test_the_calendar_says_where_it_comes_from_and_its_pages(client: httpx.Client, town: Town) -> None:
    calendar = read(client.get(f"/districts/{town.district}.ics"))
    assert "手づくりの町（架空）" in calendar["DESCRIPTION"]
    assert str(calendar["URL"]) == f"{town.url}/districts/{town.district}"
    assert str(calendar["SOURCE"]) == f"{town.url}/districts/{town.district}.ics"
    assert all("手づくりの町（架空）" in event["DESCRIPTION"] for event in calendar.events)
    assert all(str(event["URL"]).startswith(f"{town.url}/places/") for event in calendar.events)


def test_it_is_sent_again_only_when_it_changed_and_zipped_where_it_may_be(client: httpx.Client, town: Town) -> None:
    path = f"/districts/{town.district}.ics"
    first = client.get(path, headers={"accept-encoding": "gzip"})
    assert first.headers["content-encoding"] == "gzip"
    again = client.get(path, headers={"accept-encoding": "gzip", "if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    plain = client.get(path, headers={"accept-encoding": "identity"})
    assert plain.content == first.content
    assert plain.headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize(
    ("path", "status", "parameter"),
    [
        ("/places/{unknown}.ics", 404, None),
        ("/districts/{unknown}.ics", 404, None),
        ("/places/x.ics", 404, None),
        ("/find.ics?district={unknown}", 404, None),
        ("/find.ics", 400, "q"),
        ("/find.ics?q=どこでもない", 400, "q"),
        ("/find.ics?q=中央小学校&lon=142.9&lat=43.5", 400, "lon"),
        ("/find.ics?q=中央小学校&page=2", 400, "page"),
        ("/districts/{district}.ics?lang=fr", 400, "lang"),
        ("/districts/{district}.ics?limit=3", 400, "limit"),
    ],
)
def test_what_cannot_be_is_refused_as_a_problem(
    client: httpx.Client, town: Town, path: str, status: int, parameter: str | None
) -> None:
    answer = client.get(path.format(unknown=uuid4(), district=town.district))
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["status"] == status
    if parameter:
        assert answer.json()["errors"][0]["parameter"] == parameter


def test_what_the_terms_forbid_does_not_leave_as_a_file(client: httpx.Client, town: Town) -> None:
    with psycopg.connect(town.owner_dsn, autocommit=True) as connection:
        connection.execute("UPDATE geo.source SET redistribution = 'unknown' WHERE source_id = 'handmade'")
        try:
            for path in (
                f"/places/{town.place}.ics", f"/districts/{town.district}.ics", f"/find.ics?district={town.district}",
            ):  # fmt: skip
                answer = client.get(path)
                assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json")
            by_town = read(client.get("/find.ics", params={"q": "中央町一丁目"}))
            assert by_town.events == []
        finally:
            connection.execute("UPDATE geo.source SET redistribution = 'open' WHERE source_id = 'handmade'")


def test_every_district_of_the_demo_town_has_a_calendar_with_the_dates_of_the_engine(
    clone: Database, tmp_path: Path
) -> None:
    with psycopg.connect(clone.owner_dsn) as connection:
        load_town(connection)
        connection.commit()
        districts = [one for (one,) in connection.execute("SELECT DISTINCT district_id FROM geo.current_district")]
    app = create_app(read_settings({"PLACEFINDER_TILES": "none", "PLACEFINDER_HOME": str(tmp_path)}), clone)

    async def calendars() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app)
        async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://t") as one:
            return [await one.get(f"/districts/{district}.ics") for district in districts]

    found = [shown(read(answer)) for answer in asyncio.run(calendars())]
    assert found == [told_by_the_engine(clone.owner_dsn, "district_id", district) for district in districts]
    assert len(districts) >= 24
    assert sum(map(len, found)) > 1_000
