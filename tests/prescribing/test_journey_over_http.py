"""The whole journey over HTTP, by several parties at random, beside a model: every wrong step has its own answer and changes nothing."""

from typing import Any
from uuid import UUID, uuid4

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from people_of_a_test import ACTIVITY, PLACE, Journey
from placefinder import clock
from prescribing.journey import MOVES, OWN_REASON, REASONS, STATES
from prescribing.store import links
from prescribing.store.referrals import referral
from referral_client import Api
from staffed_town import OFFICE

NOT_SENT = {"draft", "offered", "consented", "declined_offer"}
PARTY = {"physician": "referrer", "link_worker": "link_worker"}
_SENT = ("offer", "accept_offer", "send")
_ASKED = (*_SENT, "reach", "ask_place")
WAYS = ((), _SENT, (*_SENT, "reach"), _ASKED, (*_ASKED, "accept", "book"), (*_ASKED, "accept", "attend", "go_on"))
"""How far somebody has come when the parties begin to do whatever they like."""
ENDS = ("withdraw", "mark_error", "close", "decline_offer", "hand_over")
STRANGERS = ("other_physician", "other_link_worker")


def reason_of(move: str) -> str | None:
    """The first reason that fits a step; None where it needs none."""
    groups = MOVES[move].reason_groups
    return next((one.reason for one in REASONS.values() if one.reason_group in groups), None)


def machine(served: Any, journey: Journey) -> type[RuleBasedStateMachine]:  # noqa: C901 - the rules of one machine
    """The machine over one served database; each run makes a referral of its own."""
    api = Api(served)

    class JourneyMachine(RuleBasedStateMachine):
        """The model: where the referral stands, what was consented to, which link and code are out."""

        @initialize(along=st.sampled_from(WAYS))
        def draft(self, along: tuple[str, ...]) -> None:
            made = api.new().json()
            self.id, self.state, self.version = made["referral_id"], "draft", 1
            self.held_from: str | None = None
            self.yes: set[str] = set()
            self.office = False
            self.asked = False
            self.link: str | None = None
            self.link_holds = False
            self.code: str | None = None
            self.last: tuple[str, str, str, int] | None = None  # who, step, key, version it was made on
            for name in along:
                self._likely(name)
            if self.asked:
                self.gives_the_place_a_link()
            self.prints_a_code()

        # --- What the model expects

        def seen_by(self, who: str) -> bool:
            return who == "physician" or (self.office and self.state not in NOT_SENT and "link_worker" in self.yes)

        def expected(self, who: str, move: str, *, with_reason: bool) -> int:
            step = MOVES[move]
            if not self.seen_by(who):
                return 404
            if self.state not in step.from_states or PARTY[who] not in step.parties:
                return 409
            if step.reason_groups and not with_reason and move not in OWN_REASON:
                return 409
            if move in ("accept_offer", "send") and "link_worker" not in self.yes:
                return 409
            return 409 if move == "hand_over" or (move == "ask_place" and "host" not in self.yes) else 200

        def moved(self, move: str) -> None:
            to = MOVES[move].to_state
            before, self.version = self.state, self.version + 1
            self.state = before if to == "*same" else self.held_from or before if to == "*held" else to
            self.held_from = (
                before
                if self.state == "on_hold" and before != "on_hold"
                else self.held_from
                if self.state == "on_hold"
                else None
            )
            self.office = self.office or move in ("accept_offer", "send")
            if move == "ask_place" and not self.asked:
                self.asked, self.link_holds = True, False
            if self.state in ("withdrawn_consent", "entered_in_error", "closed"):
                self.link_holds = False
            if self.state == "withdrawn_consent":
                self.yes -= {"host"} | ({"link_worker"} if self.office else set())

        def ask(self, who: str, move: str, version: int, *, key: str | None = None, with_reason: bool = True) -> Any:
            more: dict[str, Any] = {"reason": reason_of(move)} if with_reason and reason_of(move) else {}
            if move in ("accept_offer", "send"):
                more["link_office_id"] = str(OFFICE)
            if move == "ask_place":
                more |= {"activity_id": str(ACTIVITY), "place_id": str(PLACE)}
            if move == "book":
                more["booked_for"] = clock.today().isoformat()
            return api.move(who, {"referral_id": self.id}, move, version=version, key=key, **more)

        # --- Steps, right and wrong

        @rule(who=st.sampled_from(sorted(PARTY)), move=st.sampled_from(sorted(MOVES)), with_reason=st.booleans())
        def step(self, who: str, move: str, with_reason: bool) -> None:
            self._step(who, move, with_reason=with_reason)

        @rule(data=st.data())
        def possible_step(self, data: st.DataObject) -> None:
            """As the table has it, so that the journey gets far."""
            able = [
                move.move
                for move in MOVES.values()
                if self.state in move.from_states and {*PARTY.values()} & {*move.parties} and move.move not in ENDS
            ]
            if able:
                self._likely(data.draw(st.sampled_from(able)))

        def _likely(self, move: str) -> None:
            """A step by whose turn it is, with the yes it needs."""
            who = next(who for who, party in PARTY.items() if party in MOVES[move].parties)
            if move in ("accept_offer", "send") and "link_worker" not in self.yes:
                self.says_yes("link_worker")
            if move == "ask_place" and "host" not in self.yes:
                self.says_yes("host")
            self._step(who, move, with_reason=True)

        def _step(self, who: str, move: str, *, with_reason: bool) -> None:
            key, expected = str(uuid4()), self.expected(who, move, with_reason=with_reason)
            answer = self.ask(who, move, self.version, key=key, with_reason=with_reason)
            assert answer.status_code == expected, (who, move, self.state, answer.text)
            if expected == 200:
                self.last = (who, move, key, self.version) if with_reason else None
                self.moved(move)
                assert answer.json()["version"] == self.version
            else:
                api.problem(answer)

        @rule(who=st.sampled_from(sorted(PARTY)), move=st.sampled_from(sorted(MOVES)), behind=st.integers(1, 3))
        def stale_step(self, who: str, move: str, behind: int) -> None:
            answer = self.ask(who, move, max(0, self.version - behind))
            assert api.problem(answer) == (412 if self.seen_by(who) else 404)

        @rule(who=st.sampled_from(STRANGERS), move=st.sampled_from(sorted(MOVES)))
        def step_of_a_stranger(self, who: str, move: str) -> None:
            assert api.problem(self.ask(who, move, self.version)) == 404

        @rule(move=st.sampled_from(sorted(MOVES)))
        def step_without_a_version(self, move: str) -> None:
            assert api.problem(api.move("physician", {"referral_id": self.id}, move, version=None)) == 428

        @precondition(lambda self: self.last is not None)
        @rule()
        def replay(self) -> None:
            who, move, key, version = self.last  # type: ignore[misc]
            answer = self.ask(who, move, version, key=key)
            if self.seen_by(who):
                assert (answer.status_code, answer.json()["version"]) == (200, self.version)
            else:
                assert api.problem(answer) == 404

        @precondition(lambda self: self.last is not None)
        @rule()
        def key_of_another_request(self) -> None:
            who, _move, key, version = self.last  # type: ignore[misc]
            assert api.problem(self.ask(who, "assign", version + 1, key=key)) == 422

        # --- Consent

        @rule(purpose=st.sampled_from(["link_worker", "host"]))
        def says_yes(self, purpose: str) -> None:
            recipient = OFFICE if purpose == "link_worker" else ACTIVITY
            body = {"purpose": purpose, "recipient_id": str(recipient)}
            assert api.post("physician", f"/referrals/{self.id}/consents", body).status_code == 201
            self.yes.add(purpose)

        @precondition(lambda self: "host" in self.yes)
        @rule()
        def takes_back_the_yes_to_the_place(self) -> None:
            path = f"/referrals/{self.id}/consents"
            for one in api.get("physician", path).json()["consents"]:
                if one["purpose"] == "host" and one["holds"]:
                    assert api.post("physician", f"{path}/{one['consent_id']}/withdrawal", {}).status_code == 204
            self.yes.discard("host")

        @precondition(lambda self: self.code is not None)
        @rule()
        def the_person_takes_everything_back(self) -> None:
            client = served.client()
            client.cookies.set("my_code", self.code or "")
            answer = client.post("/r/withdraw", data={"consent": "all", "sure": "yes"})
            assert answer.status_code == 303, answer.text
            if self.state in MOVES["withdraw"].from_states:
                self.moved("withdraw")
            self.yes.clear()

        # --- Those without an account

        @rule()
        def prints_a_code(self) -> None:
            self.code = journey.run("physician", self._code)

        async def _code(self, connection: Any, _visitor: Any) -> str:
            return await links.make_code(connection, await referral(connection, UUID(self.id)))

        @precondition(lambda self: self.asked and self.seen_by("link_worker"))
        @rule()
        def gives_the_place_a_link(self) -> None:
            self.link = journey.run("link_worker", self._link).token
            self.link_holds = True

        async def _link(self, connection: Any, _visitor: Any) -> Any:
            return await links.make_link(connection, await referral(connection, UUID(self.id)))

        @precondition(lambda self: self.link_holds)
        @rule()
        def the_link_runs_out(self) -> None:
            journey.owner_does(
                "UPDATE rx.access_link SET expires_at = now() - interval '1 second' WHERE referral_id = %s AND party = 'host'",
                self.id,
            )
            self.link_holds = False

        @precondition(lambda self: self.link is not None)
        @rule(deed=st.sampled_from(["accept", "decline"]), behind=st.integers(0, 1))
        def the_place_answers(self, deed: str, behind: int) -> None:
            form = {"deed": deed, "version": str(self.version - behind), "reason": "full"}
            answer = served.client().post(f"/o/{self.link}", data=form)
            if not self.link_holds or "host" not in self.yes:
                assert answer.status_code == 410, answer.text
            elif behind:
                assert answer.status_code == 412
            elif self.state not in MOVES[deed].from_states:
                assert answer.status_code == 409
            else:
                assert answer.status_code == 303
                self.moved(deed)

        # --- After each of them

        @invariant()
        def the_database_says_the_same(self) -> None:
            if not hasattr(self, "id"):
                return
            kept = journey.owner("SELECT state, version FROM rx.referral WHERE referral_id = %s", self.id)
            assert kept == [(self.state, self.version)]
            told = journey.owner(
                "SELECT version, to_state FROM rx.referral_event WHERE referral_id = %s ORDER BY version", self.id
            )
            assert [version for version, _ in told] == list(range(1, self.version + 1))
            assert told[-1][1] == self.state
            assert self.state in STATES

    return JourneyMachine


def test_whatever_the_parties_do_the_journey_stays_on_its_way(served: Any, tmp_path: Any) -> None:
    journey = Journey(served.database, tmp_path)
    few = settings(max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(machine(served, journey), settings=few)
