"""Sessions as a machine of random steps: nobody is ever in without a right password and a fresh right second factor."""

import asyncio
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from placefinder.store import Database
from prescribing.errors import NotSignedIn, TooManyTries
from prescribing.store import sessions
from prescribing.store.entering import enter, secret_hash
from prescribing.web.signed import PasswordDesk
from staffed_town import STAFF

WHO = STAFF["physician"]
ORDERS = settings(
    max_examples=50, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck), database=None
)
STEPS = st.integers(min_value=100, max_value=109)
MOSTLY = st.sampled_from([True, True, True, False])


class SigningIn(RuleBasedStateMachine):
    """What the web does, in any order, beside a model of who should be in."""

    loop: asyncio.Runner
    staff: psycopg.AsyncConnection[Any]
    operator: psycopg.Connection[Any]

    @initialize()
    def begin(self) -> None:
        self.owner("DELETE FROM rx.session")
        self.owner(
            "UPDATE rx.account SET failures = 0, locked_until = NULL, totp_secret = 'sealed', totp_last_step = NULL"
            " WHERE account_id = %(who)s"
        )
        self.half: list[str] = []
        self.inside: list[str] = []
        self.outside: list[str] = []
        self.used: set[int] = set()
        self.failures = 0
        self.locked = False

    def ask(self, work: Any, *values: Any, **more: Any) -> Any:
        async def asking() -> Any:
            async with self.staff.transaction():
                return await work(self.staff, *values, **more)

        return self.loop.run(asking())

    def owner(self, statement: str) -> Any:
        cursor = self.operator.execute(statement, {"who": WHO.account_id})
        return cursor.fetchone() if cursor.description else None

    @rule(right=MOSTLY)
    def password(self, right: bool) -> None:
        candidate = self.ask(sessions.begin_sign_in, WHO.login)
        assert (candidate is None) == self.locked
        if candidate is None:
            return
        if right:
            self.half.append(self.ask(sessions.open_half_session, candidate.account_id))
        else:
            self.failed()

    def failed(self) -> None:
        self.failures += 1
        self.locked = self.failures >= 5

    @rule(step=STEPS, which=st.integers(0, 3), right=MOSTLY)
    def code(self, step: int, which: int, right: bool) -> None:
        if not self.half:
            return
        token = self.half[which % len(self.half)]
        may = self.ask(sessions.try_second_factor, token)
        assert may == (not self.locked)
        if not may:
            return
        done = self.ask(sessions.complete, token, step=step) if right else None
        fresh = right and step > max(self.used, default=-1)
        assert (done is not None) == fresh
        if done is None:
            self.failed()
            return
        self.half.remove(token)
        self.outside.append(token)
        self.inside.append(done)
        self.used.add(step)
        self.failures, self.locked = 0, False

    @rule()
    def both_factors(self) -> None:
        self.password(right=True)
        self.code(step=max(self.used, default=99) + 1, which=len(self.half) - 1, right=True)

    @rule()
    def guesses(self) -> None:
        for _ in range(3):
            self.password(right=False)

    @rule()
    def half_session_again(self) -> None:
        for token in self.outside:
            assert self.ask(sessions.complete, token, step=10_000) is None

    @rule()
    def used_code(self) -> None:
        if self.half and self.used:
            assert self.ask(sessions.complete, self.half[0], step=max(self.used)) is None

    @rule()
    def strangers_passkey(self) -> None:
        for token in self.half:
            assert self.ask(sessions.complete, token, passkey=b"nobody's", sign_count=1) is None

    @rule()
    def neither_factor(self) -> None:
        for token in [*self.half, *self.inside, "invented"]:
            assert self.ask(sessions.complete, token) is None

    @rule()
    def complete_session_used_as_a_half_one(self) -> None:
        for token in self.inside:
            assert self.ask(sessions.complete, token, step=10_000) is None
            assert not self.ask(sessions.take_pending_totp, token, "password", 1)

    @rule()
    def wait(self) -> None:
        self.owner("UPDATE rx.account SET locked_until = now() WHERE account_id = %(who)s")
        self.locked = False

    @rule()
    def sign_out(self) -> None:
        if self.inside:
            token = self.inside.pop()
            self.ask(sessions.end, token)
            self.outside.append(token)

    @rule()
    def sign_out_elsewhere(self) -> None:
        if self.inside:
            here = self.inside[0]
            self.ask(sessions.end_others, here)
            self.outside += [*self.inside[1:], *self.half]
            self.inside, self.half = [here], []

    @rule()
    def new_password(self) -> None:
        if self.inside:
            new = self.ask(sessions.change_password, self.inside[0], "another hash")
            self.outside += [*self.inside, *self.half]
            self.inside, self.half = [new], []
            self.failures, self.locked = 0, False

    @rule()
    def idle(self) -> None:
        self.owner("UPDATE rx.session SET seen_at = now() - interval '15 minutes' WHERE account_id = %(who)s")
        self.outside += [*self.inside, *self.half]
        self.inside, self.half = [], []

    @invariant()
    def only_who_should_be_in_is_in(self) -> None:
        for tokens, is_in in ((self.inside, True), (self.half, False), (self.outside, False)):
            for token in tokens:
                assert self.entered(token) is is_in

    @invariant()
    def failures_are_counted_and_only_success_forgets_them(self) -> None:
        query = "SELECT failures, coalesce(locked_until > now(), false) FROM rx.account WHERE account_id = %(who)s"
        assert self.owner(query) == (self.failures, self.locked)

    def entered(self, token: str) -> bool:
        try:
            return bool(self.ask(enter, token))
        except NotSignedIn:
            return False


def test_nobody_is_in_without_both_factors_whatever_the_order(staffed: Database) -> None:
    with asyncio.Runner() as runner, psycopg.connect(staffed.owner_dsn, autocommit=True) as owner:
        connection = runner.run(psycopg.AsyncConnection.connect(staffed.staff_dsn or "", autocommit=True))

        class Here(SigningIn):
            loop, staff, operator = runner, connection, owner

        try:
            run_state_machine_as_test(Here, settings=ORDERS)  # type: ignore[no-untyped-call]
        finally:
            runner.run(connection.close())


def test_an_account_without_a_code_secret_is_not_completed_by_a_code(staffed: Database) -> None:
    async def trying() -> str | None:
        async with await psycopg.AsyncConnection.connect(staffed.staff_dsn or "") as connection:
            token = await sessions.open_half_session(connection, WHO.account_id)
            return await sessions.complete(connection, token, step=1)

    assert asyncio.run(trying()) is None


def test_a_half_session_is_completed_once(staffed: Database) -> None:
    with psycopg.connect(staffed.owner_dsn) as owner:
        owner.execute("UPDATE rx.account SET totp_secret = 'sealed'")

    async def twice() -> list[str | None]:
        async with await psycopg.AsyncConnection.connect(staffed.staff_dsn or "") as connection:
            token = await sessions.open_half_session(connection, WHO.account_id)
            return [await sessions.complete(connection, token, step=step) for step in (100, 101)]

    first, second = asyncio.run(twice())
    assert first is not None
    assert second is None


def test_a_party_cannot_call_what_the_login_role_may(staffed: Database, entered: Any) -> None:
    async def calling() -> None:
        async with entered("physician") as connection:
            await sessions.end(connection, WHO.token)

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        asyncio.run(calling())


def test_tokens_are_kept_as_hashes_only(staffed: Database) -> None:
    with psycopg.connect(staffed.owner_dsn) as connection:
        kept = {row[0] for row in connection.execute("SELECT token_hash FROM rx.session")}
    assert kept == {secret_hash(one.token) for one in STAFF.values()}


def test_a_crowd_of_passwords_is_turned_away_and_not_piled_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prescribing.web.signed.verify_password", lambda kept, password: False)

    async def crowd() -> list[Any]:
        desk = PasswordDesk()
        return await asyncio.gather(*(desk.verify(None, "x") for _ in range(40)), return_exceptions=True)

    told = asyncio.run(crowd())
    assert told.count(False) == 16
    assert sum(isinstance(one, TooManyTries) for one in told) == 24
