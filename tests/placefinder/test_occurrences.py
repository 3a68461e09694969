"""Dates in the database: made from schedules, moved on at midnight, changed by a coordinator, asked by the search."""

import asyncio
import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5

import psycopg
import pytest

from placefinder import clock
from placefinder.errors import PlacefinderError
from placefinder.midnight import dates_kept_up, seconds_to_midnight, try_to_keep_up
from placefinder.opening.calendar import Change, occurrences
from placefinder.opening.rules import HOLIDAYS, Closure, Dates, Hours, MonthDays, Monthly, Rule, Schedule, Weekly
from placefinder.opening.stored import schedule_json
from placefinder.search import Result, SearchRequest, days_within
from placefinder.store import Database
from placefinder.store.listings import refresh_listings, search
from placefinder.store.occurrences import (
    DAYS,
    Coming,
    ToldChange,
    add_change,
    keep_up,
    refresh_all,
    refresh_edition,
    upcoming,
)

EDITION, NEWER = UUID(int=11), UUID(int=12)
TUESDAY = date(2026, 11, 24)
LAST = TUESDAY + timedelta(DAYS - 1)
SCHEDULES = {
    "thursdays": Schedule(None, (Rule(Weekly((4,)), (Hours(1020, 1140),)),), certainty="exact"),
    "evenings too": Schedule(None, (Rule(Weekly((4,)), (Hours(600, 660), Hours(1320, 1560))),), certainty="exact"),
    "second saturday": Schedule(None, (Rule(Monthly((2,), (6,))),), (HOLIDAYS,), "exact", holidays_said=True),
    "the fifteenth": Schedule(None, (Rule(MonthDays((15,)), (Hours(600, None),)),), certainty="exact"),
    "mondays": Schedule(None, (Rule(Weekly((1,)), (Hours(600, 720),)),), certainty="exact"),
    "roughly": Schedule("月1回 木曜日", (Rule(Weekly((4,))),), (), "partial", ("which_weeks",)),
    "nothing": Schedule("不定期", (), (), "not_understood", ("irregular",)),
    "one day": Schedule(None, (Rule(Dates((date(2026, 12, 23),)), (Hours(540, 600),)),), certainty="exact"),
    "but no wednesday": Schedule(
        None, (Rule(Weekly((2, 3)), (Hours(540, 1020),)),), (Closure(days=Weekly((3,))),), "exact"
    ),
    "closed": Schedule(None, (Rule(Weekly((4,)), (Hours(1020, 1140),)),), certainty="exact"),
}


def id_of(name: str) -> UUID:
    return uuid5(EDITION, name)


def _edition(connection: psycopg.Connection[Any], edition: UUID, state: str, schedules: dict[str, Schedule]) -> None:
    connection.execute(
        "INSERT INTO geo.edition (edition_id, source_id, dataset, scope, label, state, file_name, file_sha256) "
        "VALUES (%s, 's', 'places', 'jp', 'made', %s, 'f', %s)",
        [edition, state, str(edition)],
    )
    for name, schedule in schedules.items():
        connection.execute(
            "INSERT INTO finder.place (edition_id, place_id, municipality_code, source_id, source_key, name,"
            " position_level, position_basis, point_6668, district_basis)"
            " VALUES (%s, %s, '012998', 's', %s, %s, 'given', '', ST_SetSRID(ST_MakePoint(142, 43), 6668), 'none')",
            [edition, id_of(name), name, name],
        )
        connection.execute(
            "INSERT INTO finder.activity (edition_id, activity_id, place_id, municipality_code, kind, name, status,"
            " schedule_text, schedule, schedule_certainty)"
            " VALUES (%s, %s, %s, '012998', 'salon', %s, %s, %s, %s, %s)",
            [edition, id_of(name), id_of(name), name, "suspended" if name == "closed" else "running", schedule.text,
             json.dumps(schedule_json(schedule)), schedule.certainty],
        )  # fmt: skip


@pytest.fixture
def made(clone: Database) -> Iterator[psycopg.Connection[Any]]:
    """The schedules listed, with their dates from a Tuesday on."""
    with psycopg.connect(clone.owner_dsn) as connection:
        connection.execute("INSERT INTO geo.source VALUES ('s', 'S', 'P', NULL, 'CC0', 'made', 'open', NULL)")
        _edition(connection, EDITION, "current", SCHEDULES)
        refresh_listings(connection)
        refresh_all(connection, TUESDAY)
        connection.commit()
        yield connection


def rows(connection: psycopg.Connection[Any], *names: str) -> list[tuple[Any, ...]]:
    """All that the table holds, or what it holds of these."""
    found = connection.execute(
        "SELECT activity_id, day, opens, closes, doubt, change, other_day, reason FROM finder.occurrence"
        " WHERE cardinality(%s::uuid[]) = 0 OR activity_id = ANY (%s) ORDER BY activity_id, day, opens, change",
        [[id_of(name) for name in names]] * 2,
    )
    return found.fetchall()


def days(connection: psycopg.Connection[Any], name: str) -> list[date]:
    return [row[1] for row in rows(connection, name)]


def ask(database: Database, **wish: Any) -> dict[str, Result]:
    async def asking() -> Any:
        async with await psycopg.AsyncConnection.connect(database.public_dsn) as connection:
            return await search(connection, SearchRequest(municipality_code="012998", limit=100, **wish))

    return {one.name: one for one in asyncio.run(asking()).results}


def coming(database: Database, name: str, moment: datetime, **more: Any) -> list[Coming]:
    async def asking() -> Any:
        async with await psycopg.AsyncConnection.connect(database.public_dsn) as connection:
            return await upcoming(connection, [id_of(name)], moment, **more)

    return list(asyncio.run(asking()).get(id_of(name), ()))


def test_the_table_holds_what_the_engine_says_of_eight_weeks(made: psycopg.Connection[Any]) -> None:
    expected = sorted(
        (id_of(name), one.day, one.hours.opens, one.hours.closes, one.doubt)
        for name, schedule in SCHEDULES.items()
        if name != "closed"
        for one in occurrences(schedule, TUESDAY, LAST)
    )
    assert sorted(row[:5] for row in rows(made)) == expected
    assert {name for name in SCHEDULES if not days(made, name)} == {"roughly", "nothing", "closed"}


@pytest.mark.parametrize("passed", [1, 3, 55, 56, 200, -2])
def test_moving_on_gives_the_same_as_making_all_anew(made: psycopg.Connection[Any], passed: int) -> None:
    later = TUESDAY + timedelta(passed)
    add_change(made, id_of("mondays"), ToldChange(Change("added", LAST + timedelta(1))), TUESDAY)
    assert keep_up(made, later)
    assert not keep_up(made, later)
    moved_on = rows(made)
    refresh_all(made, later)
    assert moved_on == rows(made)
    assert made.execute("SELECT first_day, last_day FROM finder.occurrence_window").fetchall() == [
        (later, later + timedelta(DAYS - 1))
    ]


def test_a_new_edition_takes_its_dates_along_and_those_it_replaces_away(made: psycopg.Connection[Any]) -> None:
    before = rows(made, "mondays")
    made.execute("UPDATE geo.edition SET state = 'retired' WHERE edition_id = %s", [EDITION])
    _edition(made, NEWER, "current", {"thursdays": SCHEDULES["mondays"], "new": SCHEDULES["thursdays"]})
    refresh_listings(made, NEWER)
    refresh_edition(made, NEWER, TUESDAY)
    assert [row[1:] for row in rows(made, "thursdays")] == [row[1:] for row in before]
    assert {row[0] for row in rows(made)} == {id_of("thursdays"), id_of("new")}


def test_a_cancelled_day_stays_with_its_reason_and_others_are_untouched(
    made: psycopg.Connection[Any], clone: Database
) -> None:
    day, others = date(2026, 11, 26), rows(made, "mondays", "evenings too")
    add_change(made, id_of("thursdays"), ToldChange(Change("cancelled", day), "大雪のため"), TUESDAY)
    made.commit()
    first, second = coming(clone, "thursdays", datetime(2026, 11, 24, 9), most=2)
    assert (first.occurrence.day, first.occurrence.held, first.reason) == (day, False, "大雪のため")
    assert (second.occurrence.day, second.occurrence.held, second.reason) == (date(2026, 12, 3), True, None)
    assert rows(made, "mondays", "evenings too") == others
    assert "thursdays" not in ask(clone, date_from=day, date_to=day)


def test_a_moved_day_is_found_on_its_new_day_and_knows_the_old(made: psycopg.Connection[Any], clone: Database) -> None:
    old, new = date(2026, 11, 26), date(2026, 11, 28)
    add_change(made, id_of("thursdays"), ToldChange(Change("moved", old, to_day=new), "会場の都合"), TUESDAY)
    made.commit()
    assert [row[1:] for row in rows(made, "thursdays")][:2] == [
        (old, 1020, 1140, None, "cancelled", new, "会場の都合"),
        (new, 1020, 1140, None, "moved", old, "会場の都合"),
    ]
    found = ask(clone, date_from=new, date_to=new, weekday=6)
    assert found["thursdays"].reasons[-1].params["date"] == "2026-11-28"


def test_a_day_added_where_nothing_is_known_is_a_sure_date(made: psycopg.Connection[Any], clone: Database) -> None:
    day = date(2026, 11, 30)
    add_change(made, id_of("nothing"), ToldChange(Change("added", day, Hours(600, 660))), TUESDAY)
    made.commit()
    found = ask(clone, date_from=day, date_to=day)["nothing"]
    assert [reason.code for reason in found.reasons] == ["open_on"]


def test_a_cancelled_day_that_is_added_again_is_held(made: psycopg.Connection[Any]) -> None:
    day = date(2026, 11, 26)
    before = rows(made, "thursdays")
    for kind in ("cancelled", "added"):
        add_change(made, id_of("thursdays"), ToldChange(Change(kind, day)), TUESDAY)  # type: ignore[arg-type]
    assert rows(made, "thursdays") == before


def test_changes_are_kept_for_ever_and_need_a_listed_activity(made: psycopg.Connection[Any]) -> None:
    add_change(made, id_of("mondays"), ToldChange(Change("cancelled", TUESDAY)), TUESDAY)
    for statement in ("UPDATE finder.occurrence_change SET reason = 'x'", "DELETE FROM finder.occurrence_change"):
        with pytest.raises(psycopg.errors.RaiseException), made.transaction():
            made.execute(statement)
    with pytest.raises(PlacefinderError, match="no listed activity"):
        add_change(made, UUID(int=5), ToldChange(Change("cancelled", TUESDAY)), TUESDAY)


@pytest.mark.parametrize(
    ("wish", "sure", "doubtful", "excluded"),
    [
        # Thursday 26 November
        (
            {"date_from": date(2026, 11, 26), "date_to": date(2026, 11, 26)},
            {"thursdays", "evenings too"},
            set(),
            {"second saturday", "mondays", "but no wednesday", "one day", "the fifteenth"},
        ),
        # 31 December is a Thursday at the turn of the year
        (
            {"date_from": date(2026, 12, 31), "date_to": date(2026, 12, 31)},
            set(),
            {"thursdays", "evenings too"},
            {"mondays", "second saturday"},
        ),
        # two weeks, Thursday afternoon
        (
            {"date_from": TUESDAY, "date_to": date(2026, 12, 7), "weekday": 4, "time_from": time(16), "time_to": time(18)},
            {"thursdays"},
            set(),
            {"evenings too", "mondays"},
        ),
        # hours not said
        (
            {"date_from": date(2026, 12, 12), "date_to": date(2026, 12, 12), "time_from": time(9), "time_to": time(12)},
            set(),
            {"second saturday"},
            {"thursdays"},
        ),
        (
            {"date_from": date(2026, 12, 15), "date_to": date(2026, 12, 16)},
            {"the fifteenth", "but no wednesday"},
            set(),
            {"one day", "mondays"},
        ),
        ({"date_from": date(2026, 11, 25), "date_to": date(2026, 11, 25)}, set(), set(), {"but no wednesday"}),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("made")
def test_days_asked_for_are_sure_doubtful_or_exclude(
    clone: Database, wish: dict[str, Any], sure: set[str], doubtful: set[str], excluded: set[str]
) -> None:
    found = ask(clone, **wish)
    said = {name: {reason.code for reason in one.reasons} for name, one in found.items()}
    unknown = {name: {one.code: one.params for one in found[name].unknowns} for name in found}
    assert {name for name in found if "open_on" in said[name]} == sure
    assert {name for name in found if unknown[name].get("time")} == doubtful
    assert not excluded & found.keys()
    assert {"roughly", "nothing"} <= {name for name in found if "time" in unknown[name]}


def test_a_doubtful_date_is_named_with_its_doubt(made: psycopg.Connection[Any], clone: Database) -> None:
    new_years_eve = date(2026, 12, 31)
    found = ask(clone, date_from=new_years_eve, date_to=new_years_eve)["thursdays"]
    told = next(one.params for one in found.unknowns if one.code == "time")
    assert (told["date"], told["doubt"]) == ("2026-12-31", "year_end")


def test_days_whose_dates_are_not_made_yet_are_unknown(made: psycopg.Connection[Any], clone: Database) -> None:
    for first in (LAST + timedelta(30), TUESDAY - timedelta(1)):
        found = ask(clone, date_from=first, date_to=first)
        assert {"one day", "mondays", "thursdays"} <= found.keys()
        assert all("time" in {one.code for one in found[name].unknowns} for name in ("one day", "mondays"))


def test_what_is_over_today_is_not_today_any_more(made: psycopg.Connection[Any], clone: Database) -> None:
    for hour, held in ((9, True), (18, True), (19, False)):
        today = days_within("today", datetime(2026, 11, 26, hour, tzinfo=clock.TOKYO))
        assert ("thursdays" in ask(clone, **today)) == held
        first = coming(clone, "thursdays", datetime(2026, 11, 26, hour))[0].occurrence.day
        assert first == (date(2026, 11, 26) if held else date(2026, 12, 3))


def test_a_session_into_the_night_belongs_to_the_day_it_starts_on(
    made: psycopg.Connection[Any], clone: Database
) -> None:
    late = coming(clone, "evenings too", datetime(2026, 11, 26, 23))[0].occurrence
    assert (late.day, late.hours) == (date(2026, 11, 26), Hours(1320, 1560))


def test_unknown_dates_stand_after_sure_ones(made: psycopg.Connection[Any], clone: Database) -> None:
    found = ask(clone, date_from=TUESDAY, date_to=LAST, name="s")
    sure = ["open_on" in {reason.code for reason in one.reasons} for one in found.values()]
    assert sure == sorted(sure, reverse=True)
    assert any(sure)


@pytest.mark.parametrize(
    ("name", "weekday", "fits"),
    [
        ("thursdays", 4, "open_then"),
        ("second saturday", 6, "open_then"),
        ("but no wednesday", 3, None),
        ("but no wednesday", 2, "open_then"),
        ("the fifteenth", 2, "time"),
        ("one day", 3, "time"),
        ("roughly", 1, "time"),
    ],
)
def test_the_typical_week_follows_from_the_rules(
    made: psycopg.Connection[Any], clone: Database, name: str, weekday: int, fits: str | None
) -> None:
    found = ask(clone, weekday=weekday).get(name)
    said = {one.code for one in (*found.reasons, *found.unknowns)} if found else set()
    assert (fits in said) if fits else found is None


def test_two_servers_do_the_work_of_midnight_once(made: psycopg.Connection[Any], clone: Database) -> None:
    tomorrow = TUESDAY + timedelta(1)
    with psycopg.connect(clone.owner_dsn) as busy:
        busy.execute("SELECT pg_advisory_xact_lock(hashtext('placefinder occurrences'))")
        assert not try_to_keep_up(clone.owner_dsn, tomorrow)
    assert try_to_keep_up(clone.owner_dsn, tomorrow)
    assert not try_to_keep_up(clone.owner_dsn, tomorrow)
    assert min(days(made, "but no wednesday")) == date(2026, 12, 1)


def test_a_running_server_makes_the_dates_of_its_day(made: psycopg.Connection[Any], clone: Database) -> None:
    made.execute("DELETE FROM finder.occurrence_window")
    made.commit()
    asked = iter(range(1_000_000))

    def now() -> datetime:
        next(asked)
        return datetime(2027, 3, 1, 0, 0, 1, tzinfo=clock.TOKYO)

    with dates_kept_up(clone.owner_dsn, now):
        while next(asked) < 1 or not made.execute("SELECT 1 FROM finder.occurrence_window").fetchone():
            made.rollback()
    assert made.execute("SELECT first_day FROM finder.occurrence_window").fetchone() == (date(2027, 3, 1),)


def test_a_database_that_is_away_is_no_reason_to_fall() -> None:
    assert not try_to_keep_up("host=/nowhere", TUESDAY)


def test_midnight_is_midnight_in_japan() -> None:
    assert seconds_to_midnight(datetime(2026, 11, 24, 23, 59, tzinfo=clock.TOKYO)) == 60
