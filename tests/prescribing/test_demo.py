"""The demo story: invented people, whose journeys could have happened step by step."""

from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from uuid import UUID, uuid5

import psycopg
import pytest

from geo.points import LonLat
from placefinder.clock import TOKYO
from placefinder.demo import load_demo
from placefinder.store import Database
from prescribing.accounts import DEMO_DOMAIN, verify_password
from prescribing.demo import Cast, Office, Referrer, Site, Story, stories
from prescribing.demo.telling import NAMESPACE
from prescribing.journey import OVER, state_after
from prescribing.keys import read_keys
from prescribing.sealing import Sealer
from prescribing.store.demo import demo_logins, tell_story

TODAY = date(2026, 11, 24)
CAST = Cast(
    [Referrer(uuid5(NAMESPACE, f"a{n}"), uuid5(NAMESPACE, f"o{n}")) for n in range(3)],
    [Office(uuid5(NAMESPACE, f"office {n}"), uuid5(NAMESPACE, f"worker {n}")) for n in range(2)],
    [uuid5(NAMESPACE, "insurer"), uuid5(NAMESPACE, "other insurer")],
    uuid5(NAMESPACE, "city"),
)
KINDS = ("salon", "kayoinoba", "kodomo_shokudo", "ibasho", "hobby_circle")
SITES = [
    Site(uuid5(NAMESPACE, f"s{n}"), uuid5(NAMESPACE, f"p{n}"), KINDS[n % 5], UUID(int=n % 7), (n % 7 + 1,), (7, 28)[n % 2],
         LonLat(142.9 + n % 10 / 200, 43.5 + n // 10 / 200))
    for n in range(60)
]  # fmt: skip


@pytest.fixture(scope="module")
def told() -> Sequence[Story]:
    return list(stories(CAST, SITES, TODAY, count=600))


def test_every_step_is_one_of_the_journey_in_order_of_time(told: Sequence[Story]) -> None:
    for story in told:
        held = None
        for before, step in zip(story.steps, story.steps[1:], strict=False):
            assert step.to_state == state_after(before.to_state, step.move, step.party, step.reason, held)  # type: ignore[arg-type]
            assert (step.version, step.from_state) == (before.version + 1, before.to_state)
            assert step.at > before.at
            held = before.to_state if step.to_state == "on_hold" else None


def test_nothing_is_told_of_the_future(told: Sequence[Story]) -> None:
    morning = datetime.combine(TODAY, time(9), TOKYO)
    assert all(step.at < morning for story in told for step in story.steps)
    assert all(day < TODAY for story in told for day, _, _ in story.visits)


def test_the_same_day_tells_the_same_story(told: Sequence[Story]) -> None:
    again = list(stories(CAST, SITES, TODAY, count=600))
    assert [story.steps for story in again] == [story.steps for story in told]


def test_there_is_something_to_see_everywhere(told: Sequence[Story]) -> None:
    states = {story.last.to_state for story in told}
    assert {"closed", "declined_offer", "active", "sustained_3m", "booked", "withdrawn_consent"} <= states
    assert any(story.due and story.due < TODAY for story in told if story.last.to_state not in OVER), (
        "something is overdue"
    )
    assert 0.4 < sum(any(came for _, came, _ in story.visits) for story in told) / len(told) < 0.75


def test_a_place_is_asked_before_anybody_goes_there(told: Sequence[Story]) -> None:
    for story in told:
        if any(came for _, came, _ in story.visits):
            asked = next(step for step in story.steps if step.move == "ask_place")
            assert asked.at.date() < min(day for day, _, _ in story.visits)


@pytest.fixture(scope="module")
def town(cluster, template, tmp_path_factory):  # type: ignore[no-untyped-def]
    """The demo town with 200 referrals, and who opens its seals."""
    name = "demo_story"
    with psycopg.connect(cluster.dsn(database="postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
    database = Database(cluster.dsn(database=name), cluster.dsn("placefinder_public", name))
    load_demo(database)
    sealer = Sealer(read_keys(Path(tmp_path_factory.mktemp("keys")) / "keys.json"))
    assert tell_story(database.owner_dsn, sealer, TODAY, count=200) == 200
    yield database, sealer
    with psycopg.connect(cluster.dsn(database="postgres"), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_told_twice_it_stays_one_story(town) -> None:  # type: ignore[no-untyped-def]
    database, sealer = town
    assert tell_story(database.owner_dsn, sealer, TODAY) == 0


def test_each_referral_stands_where_its_last_event_left_it(town) -> None:  # type: ignore[no-untyped-def]
    with psycopg.connect(town[0].owner_dsn) as connection:
        odd = connection.execute(
            "SELECT r.referral_id FROM rx.referral r JOIN LATERAL (SELECT * FROM rx.referral_event e"
            " WHERE e.referral_id = r.referral_id ORDER BY version DESC LIMIT 1) e ON true"
            " WHERE (r.state, r.version, r.move, r.reason) IS DISTINCT FROM (e.to_state, e.version, e.move, e.reason)"
        ).fetchall()
        assert odd == []


def test_nobody_was_told_anything_without_a_yes(town) -> None:  # type: ignore[no-untyped-def]
    with psycopg.connect(town[0].owner_dsn) as connection:
        told = "SELECT count(*) FROM rx.referral_event WHERE move IN ('send', 'hand_over', 'ask_place')"
        disclosed = "SELECT count(DISTINCT (referral_id, at)) FROM rx.disclosure"
        assert connection.execute(told).fetchone() == connection.execute(disclosed).fetchone()
        alone = "SELECT count(*) FROM rx.consent c JOIN rx.patient p USING (patient_id) WHERE given_by = 'self' AND age_band IN ('0-5', '6-15')"
        assert connection.execute(alone).fetchone() == (0,)


def test_the_triggers_would_have_written_the_same_due_days(town) -> None:  # type: ignore[no-untyped-def]
    """One open referral of each state is moved to and fro by the database's own rules without a complaint."""
    with psycopg.connect(town[0].owner_dsn) as connection:
        for state, due in connection.execute(
            "SELECT DISTINCT ON (r.state) r.state, r.due_on IS NULL FROM rx.referral r ORDER BY r.state, r.referral_id"
        ).fetchall():
            assert due == (state in OVER or state in ("draft", "offered")), state


def test_everybody_of_the_demo_is_marked_as_invented(town) -> None:  # type: ignore[no-untyped-def]
    password, logins = demo_logins()
    assert {one.role for one in logins} == {
        "physician",
        "insurer_nurse",
        "insurer",
        "link_worker",
        "municipality",
        "admin",
    }
    assert all(one.login.endswith(f"@{DEMO_DOMAIN}") for one in logins)
    with psycopg.connect(town[0].owner_dsn) as connection:
        rows = connection.execute("SELECT display_name, password_hash, totp_secret IS NULL FROM rx.account").fetchall()
    assert len(rows) == len(logins)
    assert all("架空" in name and no_factor is False for name, _, no_factor in rows)
    assert verify_password(rows[0][1], password)
