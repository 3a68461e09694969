"""`placefinder dates` as a coordinator uses it, and what a database of the older form becomes."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from alembic import command

from geo.store import migrations
from geo.store.cluster import Cluster
from placefinder import clock
from placefinder.cli import main
from placefinder.opening.calendar import occurrences
from placefinder.opening.rules import Hours, Monthly, Rule, Schedule, Weekly
from placefinder.opening.stored import schedule_from_json
from placefinder.store import Database, bring_up_to_date

EDITION, DAILY, PLACE = UUID(int=21), UUID(int=22), UUID(int=23)
SOURCE = "INSERT INTO geo.source VALUES ('s', 'S', 'P', NULL, 'CC0', 'made', 'open', NULL)"
MADE = """INSERT INTO geo.edition (edition_id, source_id, dataset, scope, label, state, file_name, file_sha256)
    VALUES (%s, 's', 'places', 'jp', 'made', 'current', 'f', 'f')"""
SITE = """INSERT INTO finder.place (edition_id, place_id, municipality_code, source_id, source_key, name, position_level,
    position_basis, district_basis) VALUES (%s, %s, '012998', 's', 'k', 'A', 'none', '', 'none')"""


@pytest.fixture
def environ(clone: Database) -> dict[str, str]:
    """An activity of every day, listed."""
    with psycopg.connect(clone.owner_dsn) as connection:
        connection.execute(SOURCE)
        connection.execute(MADE, [EDITION])
        connection.execute(SITE, [EDITION, PLACE])
        connection.execute(
            "INSERT INTO finder.activity (edition_id, activity_id, place_id, municipality_code, kind, name, schedule,"
            " schedule_certainty) VALUES (%s, %s, %s, '012998', 'salon', 'A',"
            """ '{"rules": [{"days": {"kind": "weekly", "weekdays": [1,2,3,4,5,6,7]}}]}', 'exact')""",
            [EDITION, DAILY, PLACE],
        )
    return {"PLACEFINDER_DSN": clone.owner_dsn}


def told(environ: dict[str, str], day: date) -> list[tuple[Any, ...]]:
    with psycopg.connect(environ["PLACEFINDER_DSN"]) as connection:
        return connection.execute(
            "SELECT opens, closes, change, other_day, reason FROM finder.occurrence"
            " WHERE activity_id = %s AND day = %s ORDER BY opens NULLS FIRST",
            [DAILY, day],
        ).fetchall()


def test_all_dates_are_made_anew(environ: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dates"], environ) == 0
    assert "56日間" in capsys.readouterr().out
    assert told(environ, clock.today() + timedelta(55)) == [(None, None, None, None, None)]


def test_a_day_is_cancelled_moved_added_and_restored(environ: dict[str, str]) -> None:
    first, second = (clock.today() + timedelta(n) for n in (1, 2))
    assert main(["dates", "cancel", str(DAILY), str(first), "--reason", "大雪"], environ) == 0
    assert told(environ, first) == [(None, None, "cancelled", None, "大雪")]
    assert main(["dates", "add", str(DAILY), str(first)], environ) == 0
    assert told(environ, first) == [(None, None, None, None, None)]
    assert main(["dates", "move", str(DAILY), str(first), str(second), "--to-hours", "18:00-20:00"], environ) == 0
    assert told(environ, first) == [(None, None, "cancelled", second, None)]
    assert (1080, 1200, "moved", first, None) in told(environ, second)


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["cancel", str(DAILY), "2020-01-01"], 1),
        (["cancel", str(UUID(int=99)), "2099-01-01"], 1),
        (["cancel", str(DAILY), "2099-01-01", "--reason", "x" * 201], 1),
        (["cancel", "nonsense", "2099-01-01"], 2),
        (["cancel", str(DAILY), "1.1.2099"], 2),
        (["add", str(DAILY), "2099-01-01", "--hours", "19:00-17:00"], 2),
        (["move", str(DAILY), "2099-01-01"], 2),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(
    environ: dict[str, str], arguments: list[str], status: int
) -> None:
    assert main(["dates", *arguments], environ) == status
    with psycopg.connect(environ["PLACEFINDER_DSN"]) as connection:
        assert connection.execute("SELECT count(*) FROM finder.occurrence_change").fetchone() == (0,)


@pytest.fixture
def older(cluster: Cluster) -> Any:
    """A database of migration 0004 with activities in its form: sessions."""
    with psycopg.connect(cluster.dsn(database="postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE older")
    dsn = cluster.dsn(database="older")
    command.upgrade(migrations._config(dsn), "0004")
    yield Database(dsn, cluster.dsn("placefinder_public", "older"))
    with psycopg.connect(cluster.dsn(database="postgres"), autocommit=True) as connection:
        connection.execute("DROP DATABASE older WITH (FORCE)")


SATURDAYS = '{"weekday": 6, "nth": [2, 4], "opens": "11:00", "closes": "14:00"}'
WEEKDAYS = ", ".join(f'{{"weekday": {day}, "nth": null, "opens": "09:00", "closes": null}}' for day in (1, 2, 3))


@pytest.mark.parametrize(
    ("sessions", "certainty", "becomes"),
    [
        (f"[{SATURDAYS}]", "exact", Schedule(None, (Rule(Monthly((2, 4), (6,)), (Hours(660, 840),)),), (), "exact")),
        (f"[{WEEKDAYS}]", "exact", Schedule(None, (Rule(Weekly((1, 2, 3)), (Hours(540),)),), (), "exact")),
        ('[{"weekday": 7, "nth": null, "opens": null, "closes": null}]', "exact",
         Schedule(None, (Rule(Weekly((7,))),), (), "exact")),
        ("[]", "not_understood", Schedule(None, missing=("unread",))),
        ("[]", "partial", Schedule(None, (), (), "partial", ("unread",))),
        ('[{"weekday": null, "nth": null, "opens": "09:00", "closes": null}]', "exact",
         Schedule(None, (), (), "partial", ("unread",))),
    ],
)  # fmt: skip
def test_sessions_of_an_older_database_become_rules_and_are_listed_again(
    older: Database, sessions: str, certainty: str, becomes: Schedule
) -> None:
    with psycopg.connect(older.owner_dsn) as connection:
        connection.execute("INSERT INTO finder.kind VALUES ('salon', 1, 'a', 'a', 'a', '', '', '', true)")
        connection.execute(SOURCE)
        connection.execute(MADE, [EDITION])
        connection.execute(SITE, [EDITION, PLACE])
        connection.execute(
            "INSERT INTO finder.activity (edition_id, activity_id, place_id, municipality_code, kind, name, sessions,"
            " schedule_certainty) VALUES (%s, %s, %s, '012998', 'salon', 'A', %s, %s)",
            [EDITION, DAILY, PLACE, sessions, certainty],
        )
    bring_up_to_date(older)
    with psycopg.connect(older.owner_dsn) as connection:
        [(kept, sure)] = connection.execute("SELECT schedule, schedule_certainty FROM finder.activity").fetchall()
        listed = connection.execute("SELECT dated FROM finder.listing").fetchall()
    assert schedule_from_json(kept, text=None, certainty=sure) == becomes
    assert listed == [(becomes.certainty == "exact",)]
    assert any(occurrences(becomes, clock.today(), clock.today() + timedelta(60))) == (becomes.certainty == "exact")
