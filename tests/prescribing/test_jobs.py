"""What is due by the clock: asked for with the step, done once, and nothing of it when it is past."""

import asyncio
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from people_of_a_test import ACTIVITY, PLACE, Journey
from placefinder import clock
from placefinder.store import Database
from prescribing.jobs import TASKS, Standing, clocks_after, step_due
from prescribing.journey import STATES
from prescribing.store import jobs
from prescribing.store.referrals import Changes, Referral
from prescribing.store.worker import app_of, doing_what_is_due, rescue
from staffed_town import OFFICE

TODAY = date(2026, 11, 24)


@pytest.fixture
def journey(staffed: Database, tmp_path: Any) -> Journey:
    return Journey(staffed, tmp_path)


def _earlier(journey: Journey, at: Referral, days: int) -> None:
    """As if the state had been reached so many days before."""
    journey.owner_does("ALTER TABLE rx.referral DISABLE TRIGGER USER")
    journey.owner_does(
        "UPDATE rx.referral SET state_since = state_since - make_interval(days => %s) WHERE referral_id = %s",
        days,
        at.referral_id,
    )
    journey.owner_does("ALTER TABLE rx.referral ENABLE TRIGGER USER")


def _do(journey: Journey, task: str, at: Referral, since: datetime | None = None) -> str | None:
    return asyncio.run(jobs.do(journey.database.worker_dsn or "", task, at.referral_id, since, clock.today()))


def _now(journey: Journey, at: Referral) -> tuple[Any, ...]:
    return journey.owner(
        "SELECT state, next_action, due_on, version FROM rx.referral WHERE referral_id = %s", at.referral_id
    )[0]


def test_asking_a_place_asks_for_two_nudges_and_an_end_of_waiting(journey: Journey) -> None:
    at = journey.asked()
    kept = journey.owner(
        "SELECT task_name, scheduled_at FROM jobs.procrastinate_jobs WHERE args ->> 'referral_id' = %s ORDER BY 2",
        str(at.referral_id),
    )
    day = clock.today()
    assert [(task, moment.astimezone(clock.TOKYO).date() - day) for task, moment in kept] == [
        ("nudge", timedelta(5)), ("call_place", timedelta(10)), ("time_out", timedelta(14)),
    ]  # fmt: skip


def test_a_step_that_is_rolled_back_asks_for_nothing(journey: Journey) -> None:
    at = journey.reached()
    journey.yes(at.patient_id, "host", ACTIVITY, "link_worker")
    with pytest.raises(RuntimeError):
        journey.run("link_worker", _asking_and_failing(at))
    assert journey.owner("SELECT count(*) FROM jobs.procrastinate_jobs WHERE queue_name = 'clocks'") == [(0,)]


def _asking_and_failing(at: Referral) -> Callable[..., Any]:
    from prescribing.store.referrals import move

    async def doing(connection: Any, visitor: Any) -> None:
        await move(
            connection,
            visitor,
            at.referral_id,
            at.version,
            "ask_place",
            changes=Changes(activity_id=ACTIVITY, place_id=PLACE),
        )
        raise RuntimeError

    return doing


def test_nothing_happens_before_its_day(journey: Journey) -> None:
    at = journey.asked()
    assert [_do(journey, task, at) for task in TASKS] == [None] * len(TASKS)
    assert _now(journey, at)[3] == at.version


def test_a_place_that_does_not_answer_becomes_the_link_workers_next_action(journey: Journey) -> None:
    at = journey.asked()
    _earlier(journey, at, 5)
    assert _do(journey, "nudge", at) == "remind"
    assert _now(journey, at)[:2] == ("place_asked", "nudge_place")
    assert _do(journey, "nudge", at) is None, "done twice it changes nothing"
    _earlier(journey, at, 5)
    assert _do(journey, "call_place", at) == "remind"
    assert _now(journey, at)[1] == "call_place"
    _earlier(journey, at, 4)
    assert _do(journey, "time_out", at) == "time_out"
    state, action, due, version = _now(journey, at)
    assert (state, action, due) == ("no_answer", "other_suggestion", clock.today() + timedelta(3))
    assert [_do(journey, task, at) for task in TASKS] == [None] * len(TASKS)
    assert _now(journey, at)[3] == version


def test_a_job_of_an_earlier_asking_does_nothing_to_a_later_one(journey: Journey) -> None:
    at = journey.asked()
    _earlier(journey, at, 20)
    assert _do(journey, "time_out", at, at.state_since) is None


def test_after_a_hold_it_goes_on_by_itself(journey: Journey) -> None:
    at = journey.reached()
    at = journey.move("link_worker", at, "hold", changes=Changes(held_until=clock.today() + timedelta(1)))
    assert _do(journey, "resume", at) is None
    journey.owner_does("ALTER TABLE rx.referral DISABLE TRIGGER USER")
    journey.owner_does("UPDATE rx.referral SET held_until = held_until - 2 WHERE referral_id = %s", at.referral_id)
    journey.owner_does("ALTER TABLE rx.referral ENABLE TRIGGER USER")
    assert _do(journey, "resume", at) == "resume"
    assert _now(journey, at)[0] == "contacted"


def test_where_a_consent_expires_the_system_ends_the_referral_and_a_councils_decision_carries_it_on(
    journey: Journey,
) -> None:
    at, carried = journey.sent(), journey.sent()
    journey.shared_by_council(carried.patient_id, OFFICE)
    journey.owner_does("ALTER TABLE rx.consent DISABLE TRIGGER USER")
    journey.owner_does("UPDATE rx.consent SET expires_on = current_date - 2")
    journey.owner_does("ALTER TABLE rx.consent ENABLE TRIGGER USER")
    worker = journey.database.worker_dsn or ""
    assert asyncio.run(jobs.catch_up(worker, clock.today())) == 1
    assert _now(journey, at)[0] == "withdrawn_consent"
    assert _now(journey, carried)[0] == "sent"
    assert asyncio.run(jobs.catch_up(worker, clock.today())) == 0


@pytest.mark.parametrize(("days_after_first", "expected"), [((0, 95), "sustain_3m"), ((0, 30), "remind")])
def test_three_months_on_the_attendances_say_it_or_somebody_asks(
    journey: Journey, days_after_first: tuple[int, ...], expected: str
) -> None:
    at = journey.attended()
    first = clock.today() - timedelta(110)
    for days in days_after_first:
        journey.owner_does(
            "INSERT INTO rx.attendance (organisation_id, referral_id, activity_id, held_on, came, told_by)"
            " VALUES (%s, %s, %s, %s, true, 'place')", at.organisation_id, at.referral_id, ACTIVITY, first + timedelta(days),
        )  # fmt: skip
    assert _do(journey, "follow_up_3m", at) == expected
    assert _do(journey, "follow_up_3m", at) is None
    if expected == "remind":
        assert _now(journey, at)[1] == "follow_up_3m"


def test_the_worker_does_what_is_due_and_ends(journey: Journey) -> None:
    at = journey.asked()
    _earlier(journey, at, 6)
    journey.owner_does(
        "UPDATE jobs.procrastinate_jobs SET scheduled_at = now(), args = jsonb_set(args, '{since}', to_jsonb("
        "(SELECT state_since FROM rx.referral WHERE referral_id = %s)::text)) WHERE task_name = 'nudge'", at.referral_id,
    )  # fmt: skip
    with doing_what_is_due(journey.database.worker_dsn):
        journey.until(lambda: _now(journey, at)[1] == "nudge_place")


def test_what_a_killed_worker_left_is_given_back(journey: Journey) -> None:
    at = journey.asked()
    journey.owner_does(
        "WITH gone AS (INSERT INTO jobs.procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id)"
        " UPDATE jobs.procrastinate_jobs SET status = 'doing', worker_id = (SELECT id FROM gone) WHERE task_name = 'nudge'"
    )

    async def rescued() -> int:
        app = app_of(journey.database.worker_dsn or "")
        async with app.open_async():
            return await rescue(app)

    assert asyncio.run(rescued()) == 1
    assert journey.owner(
        "SELECT status::text FROM jobs.procrastinate_jobs WHERE task_name = 'nudge' AND args ->> 'referral_id' = %s",
        str(at.referral_id),
    ) == [("todo",)]


def test_nobody_asks_for_work_that_there_is_not(journey: Journey) -> None:
    async def strange(connection: Any, visitor: Any) -> None:
        await connection.execute("SELECT rx.defer('drop everything', %s::uuid, now(), now())", [visitor.account_id])

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        journey.run("physician", strange)


@pytest.mark.parametrize("state", sorted(STATES))
@pytest.mark.parametrize("task", TASKS)
def test_a_task_touches_only_the_states_it_is_about(task: str, state: str) -> None:
    about = {
        "resume": ("on_hold",),
        "follow_up_3m": ("attended_once", "active", "sustained_3m"),
        "follow_up_6m": ("attended_once", "active", "sustained_3m"),
    }
    now = Standing(state, TODAY - timedelta(400), TODAY, None, TODAY - timedelta(400))
    step = step_due(task, now, TODAY)
    assert step is None or state in about.get(task, ("place_asked",))


def test_a_step_that_stays_where_it_was_asks_for_nothing() -> None:
    assert list(clocks_after("place_asked", "place_asked", clock.now(), None)) == []
