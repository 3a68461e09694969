"""What to verify next: reports first, then where the most people would see what is most likely wrong."""

import asyncio
import json
from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID, uuid5

import psycopg
import pytest

from placefinder.cli.verify import _print_csv, _print_json
from placefinder.clock import today
from placefinder.errors import CheckRefused
from placefinder.freshness import Check, Role, stale_after
from placefinder.store import Database
from placefinder.store.listings import refresh_listings
from placefinder.store.occurrences import keep_up, refresh_all
from placefinder.store.places import place_json
from placefinder.store.verification import confirm, to_verify
from placefinder.verification import ToVerify, facts_named

TODAY = date(2026, 11, 23)
NAMES = UUID(int=11)
PLACES, AREAS, PEOPLE = UUID(int=21), UUID(int=22), UUID(int=23)
MANY, FEW, NONE = UUID(int=31), UUID(int=32), UUID(int=33)


def id_of(name: str) -> UUID:
    return uuid5(NAMES, name)


def add(  # noqa: PLR0917 - a made row
    connection: psycopg.Connection,
    name: str,
    district: UUID,
    checked_on: date | None,
    kind: str = "salon",
    status: str = "unknown",
) -> None:
    connection.execute(
        "INSERT INTO finder.place (edition_id, place_id, municipality_code, source_id, source_key, name, position_level,"
        " position_basis, district_id, district_basis)"
        " VALUES (%s, %s, '011002', 'made', %s, %s, 'none', '', %s, 'polygon')",
        [PLACES, id_of("place" + name), name, name, district],
    )
    connection.execute(
        "INSERT INTO finder.activity (edition_id, activity_id, place_id, municipality_code, kind, name, status, checked_on)"
        " VALUES (%s, %s, %s, '011002', %s, %s, %s, %s)",
        [PLACES, id_of(name), id_of("place" + name), kind, name, status, checked_on],
    )


@pytest.fixture
def town(database: psycopg.Connection) -> Iterator[psycopg.Connection]:
    database.execute(
        "INSERT INTO geo.source (source_id, title, publisher, licence, attribution, redistribution)"
        " VALUES ('made', '', '', '', '', 'open')"
    )
    for edition, dataset in ((PLACES, "places"), (AREAS, "districts"), (PEOPLE, "populations")):
        database.execute(
            "INSERT INTO geo.edition (edition_id, source_id, dataset, scope, label, state, file_name, file_sha256,"
            " made_current_at, published_on) VALUES (%s, 'made', %s, '011002', '', 'current', '', '', now(), '2026-11-01')",
            [edition, dataset],
        )
    for district, older, young in ((MANY, 900, 50), (FEW, 100, 800)):
        database.execute(
            "INSERT INTO geo.district_population VALUES (%s, %s, '011002', %s, 'point', %s, %s)",
            [PEOPLE, AREAS, district, older + young, json.dumps({"0-4": young, "65-74": older / 2, "75+": older / 2})],
        )
    return database


def checks(name: str, role: Role, on: date = TODAY) -> list[Check]:
    return [Check(fact, on, role) for fact in facts_named(name)]


def names(found: list[ToVerify]) -> list[str]:
    return [one.name for one in found]


def test_where_more_older_people_live_a_salon_is_checked_first(town: psycopg.Connection) -> None:
    add(town, "few", FEW, date(2026, 1, 1))
    add(town, "many", MANY, date(2026, 1, 1))
    refresh_listings(town)
    found = to_verify(town, TODAY, 10)
    assert names(found) == ["many", "few"]
    assert [one.people for one in found] == [900, 100]
    assert found[0].score == pytest.approx(900 * found[0].doubt)


def test_a_childrens_cafeteria_counts_children(town: psycopg.Connection) -> None:
    add(town, "few", FEW, date(2026, 1, 1), "kodomo_shokudo")
    add(town, "many", MANY, date(2026, 1, 1), "kodomo_shokudo")
    refresh_listings(town)
    assert [(one.name, one.people) for one in to_verify(town, TODAY, 10)] == [("few", 800), ("many", 50)]


def test_among_as_many_people_the_oldest_check_comes_first(town: psycopg.Connection) -> None:
    add(town, "new", MANY, date(2026, 11, 1))
    add(town, "old", MANY, date(2024, 1, 1))
    add(town, "doubtful", MANY, date(2026, 11, 1), status="needs_checking")
    refresh_listings(town)
    assert names(to_verify(town, TODAY, 10)) == ["doubtful", "old", "new"]
    assert names(to_verify(town, TODAY, 1)) == ["doubtful"]


def test_the_edition_stands_in_where_nobody_says_when(town: psycopg.Connection) -> None:
    add(town, "undated", MANY, None)
    refresh_listings(town)
    assert to_verify(town, TODAY, 1)[0].last_checked == date(2026, 11, 1)


def test_without_people_the_listings_of_the_district_stand_in_and_come_last(town: psycopg.Connection) -> None:
    add(town, "nobody", NONE, date(2020, 1, 1))
    add(town, "few", FEW, date(2026, 11, 1))
    refresh_listings(town)
    found = to_verify(town, TODAY, 10)
    assert [(one.name, one.people, one.listings) for one in found] == [("few", 100, 1), ("nobody", None, 1)]


def test_a_report_nobody_answered_comes_before_all(town: psycopg.Connection) -> None:
    add(town, "many", MANY, date(2020, 1, 1))
    add(town, "reported", NONE, date(2026, 11, 20))
    refresh_listings(town)
    report(town, "reported", "hours")
    found = to_verify(town, TODAY, 10)
    assert [(one.name, one.reports) for one in found] == [("reported", 1), ("many", 0)]


def report(connection: psycopg.Connection, name: str, about: str, received: str = "2026-11-20 10:00+09") -> None:
    connection.execute(
        "INSERT INTO finder.correction (municipality_code, place_id, about, message, received_at)"
        " VALUES ('011002', %s, %s, '', %s)",
        [id_of("place" + name), about, received],
    )


def test_closed_ones_are_not_asked_for(town: psycopg.Connection) -> None:
    add(town, "closed", MANY, date(2020, 1, 1), status="closed")
    refresh_listings(town)
    assert to_verify(town, TODAY, 10) == []


def test_a_confirmation_makes_it_fresh_answers_reports_and_lists_it_anew(town: psycopg.Connection) -> None:
    add(town, "many", MANY, date(2024, 1, 1))
    refresh_listings(town)
    report(town, "many", "hours")
    report(town, "many", "phone")
    report(town, "many", "hours", "2026-11-24 09:00+09")
    before = to_verify(town, TODAY, 1)[0]
    answered = confirm(town, id_of("many"), checks("opening", "organiser", TODAY), TODAY)
    assert answered == 1
    after = to_verify(town, TODAY, 1)[0]
    assert after.doubt < before.doubt
    assert after.reports == 2
    row = town.execute(
        "SELECT finder.card(l) ->> 'checked_on' FROM finder.listing l WHERE activity_id = %s", [id_of("many")]
    )
    assert row.fetchone() == ("2026-11-23",)


def test_a_check_survives_the_next_edition(town: psycopg.Connection) -> None:
    add(town, "many", MANY, date(2024, 1, 1))
    refresh_listings(town)
    confirm(town, id_of("many"), checks("all", "municipality", TODAY), TODAY)
    town.execute("DELETE FROM finder.place WHERE edition_id = %s", [PLACES])
    add(town, "many", MANY, date(2024, 1, 1))
    refresh_listings(town)
    found = to_verify(town, TODAY, 1)[0]
    assert (found.last_checked, found.doubt) == (TODAY, 0)


def test_checks_are_added_and_never_rewritten(town: psycopg.Connection) -> None:
    add(town, "many", MANY, None)
    refresh_listings(town)
    confirm(town, id_of("many"), checks("status", "clerk", TODAY), TODAY)
    for attempt in ("UPDATE finder.fact_check SET role = 'organiser'", "DELETE FROM finder.fact_check"):
        with pytest.raises(psycopg.errors.RaiseException), town.transaction():
            town.execute(attempt)


@pytest.mark.parametrize(("name", "on"), [("nobody", TODAY), ("many", date(2026, 12, 1))])
def test_what_is_not_listed_or_not_yet_is_refused(town: psycopg.Connection, name: str, on: date) -> None:
    add(town, "many", MANY, None)
    refresh_listings(town)
    with pytest.raises(CheckRefused):
        confirm(town, id_of(name), checks("opening", "clerk", on), TODAY)


def test_the_public_reads_the_role_and_there_is_nothing_more_to_read(clone: Database) -> None:
    with psycopg.connect(clone.public_dsn) as public:
        columns = {column.name for column in public.execute("SELECT * FROM finder.fact_check").description or ()}
    assert columns == {
        "check_id", "municipality_code", "activity_id", "place_id", "fact", "checked_on", "role", "recorded_at",
    }  # fmt: skip


def test_a_rest_whose_day_has_come_is_listed_as_to_be_checked(town: psycopg.Connection) -> None:
    add(town, "rests", MANY, None, status="suspended")
    for until, status in (("2020-01-01", "needs_checking"), ("2999-01-01", "suspended")):
        town.execute("UPDATE finder.activity SET status_until = %s", [until])
        refresh_listings(town)
        assert town.execute("SELECT status FROM finder.listing").fetchone() == (status,)


def test_a_formula_in_a_name_stays_text_in_csv(capsys: pytest.CaptureFixture[str]) -> None:
    one = ToVerify(MANY, "=1+1", "+会館", "011002", None, "salon", "unknown", 0, None, 0.5, None, 1, 0.5)
    _print_csv([one])
    assert "'=1+1,'+会館" in capsys.readouterr().out
    _print_json([one])
    assert json.loads(capsys.readouterr().out)[0]["name"] == "=1+1"


def schedule(connection: psycopg.Connection, name: str) -> None:
    """Every Monday, exactly so."""
    connection.execute(
        "UPDATE finder.activity SET schedule_certainty = 'exact',"
        ' schedule = \'{"rules": [{"days": {"kind": "weekly", "weekdays": [1]}}]}\' WHERE activity_id = %s',
        [id_of(name)],
    )


def doubts(connection: psycopg.Connection) -> set[str | None]:
    return {row[0] for row in connection.execute("SELECT doubt FROM finder.occurrence")} - {"holiday", "year_end"}


def test_dates_of_a_schedule_nobody_checked_for_long_are_doubtful_until_somebody_does(
    town: psycopg.Connection,
) -> None:
    now = today()
    add(town, "old", MANY, now - timedelta(400))
    schedule(town, "old")
    refresh_listings(town)
    refresh_all(town, now)
    assert doubts(town) == {"stale"}
    assert town.execute("SELECT schedule_exact, weekdays FROM finder.listing").fetchone() == (False, [])
    confirm(town, id_of("old"), checks("opening", "organiser", now), now)
    assert doubts(town) == {None}
    assert town.execute("SELECT schedule_exact, weekdays FROM finder.listing").fetchone() == (True, [1])


def test_dates_beyond_the_day_of_becoming_stale_are_doubtful_already(town: psycopg.Connection) -> None:
    now = today()
    add(town, "ageing", MANY, now - timedelta(340))
    schedule(town, "ageing")
    refresh_listings(town)
    refresh_all(town, now)
    assert doubts(town) == {None, "stale"}
    (last,) = town.execute("SELECT stale_after FROM finder.listing").fetchone() or (None,)
    assert last == stale_after("opening", now - timedelta(340), None)
    keep_up(town, last + timedelta(1))
    assert town.execute("SELECT count(*) FROM finder.occurrence WHERE doubt IS NULL").fetchone() == (0,)


def test_in_a_search_for_a_day_a_stale_schedule_is_unknown(town: psycopg.Connection) -> None:
    now = today()
    add(town, "old", MANY, now - timedelta(400))
    schedule(town, "old")
    refresh_listings(town)
    refresh_all(town, now)
    tuesday = now + timedelta((1 - now.weekday()) % 7)
    fits = town.execute(
        "SELECT finder.listing_fits(l, NULL, NULL, NULL, NULL, NULL, NULL, %(day)s, %(day)s, NULL),"
        " finder.said_of_dates(l.activity_id, %(day)s, %(day)s, NULL, NULL) FROM finder.listing l",
        {"day": tuesday},
    ).fetchone()
    assert fits == (True, None)


def test_the_answer_for_a_place_says_how_fresh_each_kind_of_fact_is(clone: Database) -> None:
    with psycopg.connect(clone.owner_dsn) as owner:
        owner.execute(
            "INSERT INTO geo.source (source_id, title, publisher, licence, attribution, redistribution)"
            " VALUES ('made', '', '', '', '', 'open')"
        )
        owner.execute(
            "INSERT INTO geo.edition (edition_id, source_id, dataset, scope, label, state, file_name, file_sha256,"
            " made_current_at, published_on) VALUES (%s, 'made', 'places', '011002', '', 'current', '', '', now(), '2026-11-01')",
            [PLACES],
        )
        add(owner, "one", MANY, None)
        refresh_listings(owner)
        confirm(owner, id_of("one"), checks("opening", "organiser", date(2026, 11, 20)), TODAY)

    async def asked() -> str | None:
        async with await psycopg.AsyncConnection.connect(clone.public_dsn) as public:
            return await place_json(public, id_of("placeone"), TODAY)

    told = json.loads(asyncio.run(asked()) or "")["activities"][0]["freshness"]
    assert told["opening"] == {"confidence": "fresh", "on": "2026-11-20", "basis": "checked", "role": "organiser"}
    assert told["price"] == {"confidence": "fresh", "on": "2026-11-01", "basis": "edition", "role": None}
