"""Referrals: made once, moved by whoever's turn it is, told to nobody without a yes."""

import asyncio
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from people_of_a_test import ACTIVITY, LONELY, PLACE, Journey
from placefinder import clock
from placefinder.store import Database
from prescribing.errors import (
    ConsentMissing,
    InputRefused,
    KeyReused,
    LinkRefused,
    MoveRefused,
    NotFound,
    VersionMissing,
    VersionStale,
)
from prescribing.links import SIGNS, with_check_sign
from prescribing.people import AgeBand, NewPatient
from prescribing.store import consents, links, people, referrals
from prescribing.store.entering import enter_by_link
from prescribing.store.referrals import Changes, Referral
from prescribing.store.rules import keep_rules
from staffed_town import OFFICE, OTHER_OFFICE, TOWN


@pytest.fixture
def journey(staffed: Database, tmp_path: Path) -> Journey:
    return Journey(staffed, tmp_path)


def test_the_home_is_kept_rounded_and_who_it_is_sealed(journey: Journey) -> None:
    patient_id = journey.patient()
    found = journey.run("physician", lambda c, v: people.patient(c, patient_id))
    assert (found.lon, found.lat, found.free_minutes) == (142.912, 43.512, [[540, 720]])
    identity = journey.run("physician", lambda c, v: people.identity(c, journey.sealer, patient_id))
    assert identity.name == "架空 花子"
    assert "花子" not in repr(LONELY)
    (sealed,) = journey.owner("SELECT identity_sealed FROM rx.patient WHERE patient_id = %s", patient_id)[0]
    assert "花子".encode() not in bytes(sealed)  # type: ignore[arg-type]


def test_somebody_elses_patient_and_none_look_the_same(journey: Journey) -> None:
    patient_id = journey.patient()
    for one in (patient_id, uuid4()):
        with pytest.raises(NotFound):
            journey.run("other_physician", lambda c, v, one=one: people.patient(c, one))
        with pytest.raises(NotFound):
            journey.run("other_physician", lambda c, v, one=one: referrals.make(c, v, one))


def test_nothing_is_sent_without_a_yes_for_that_office(journey: Journey) -> None:
    patient_id = journey.patient()
    at = journey.move("physician", journey.draft(patient_id), "offer")
    with pytest.raises(ConsentMissing):
        journey.move("physician", at, "accept_offer", changes=Changes(link_office_id=OFFICE))
    journey.yes(patient_id, "link_worker", OTHER_OFFICE)
    with pytest.raises(ConsentMissing):
        journey.move("physician", at, "accept_offer", changes=Changes(link_office_id=OFFICE))


def test_a_child_needs_a_guardians_yes(journey: Journey) -> None:
    patient_id = journey.patient(NewPatient(TOWN, AgeBand("6-15")))
    with pytest.raises(InputRefused, match="guardian"):
        journey.yes(patient_id, "link_worker", OFFICE)
    assert journey.yes(patient_id, "link_worker", OFFICE, by="guardian")


def test_the_age_below_which_a_guardian_says_yes_is_the_deployments(journey: Journey) -> None:
    patient_id = journey.patient(NewPatient(TOWN, AgeBand("16-39"), birth_year=clock.today().year - 18))
    keep_rules(journey.database.owner_dsn, guardian_below=20)
    with pytest.raises(InputRefused, match="below 20"):
        journey.yes(patient_id, "link_worker", OFFICE)
    keep_rules(journey.database.owner_dsn, guardian_below=16)
    assert journey.yes(patient_id, "link_worker", OFFICE)


def test_what_has_expired_is_seen_no_more_from_the_next_day(journey: Journey) -> None:
    at = journey.sent()
    journey.owner_does("ALTER TABLE rx.consent DISABLE TRIGGER USER")
    journey.owner_does("UPDATE rx.consent SET expires_on = (now() AT TIME ZONE 'Asia/Tokyo')::date - 1")
    with pytest.raises(NotFound):
        journey.run("link_worker", lambda c, v: referrals.referral(c, at.referral_id))


def test_a_councils_decision_is_a_basis_of_its_own_and_no_withdrawal_ends_it(journey: Journey) -> None:
    patient_id = journey.patient()
    at = journey.move("physician", journey.draft(patient_id), "offer")
    journey.shared_by_council(patient_id, OFFICE)
    at = journey.move("physician", at, "accept_offer", changes=Changes(link_office_id=OFFICE))
    at = journey.move("physician", at, "send")
    told = journey.owner("SELECT basis FROM rx.disclosure WHERE referral_id = %s", at.referral_id)
    assert told == [("council",)]
    consent_id = journey.yes(patient_id, "link_worker", OFFICE)
    journey.run("physician", lambda c, v: consents.withdraw(c, v, consent_id))
    assert journey.run("link_worker", lambda c, v: referrals.referral(c, at.referral_id)).state == "sent"


def test_the_yes_ends_with_the_referral_that_is_withdrawn(journey: Journey) -> None:
    at = journey.asked()
    gone = journey.move("link_worker", at, "withdraw")
    assert (gone.state, gone.version) == ("withdrawn_consent", at.version + 1)
    with pytest.raises(NotFound):
        journey.run("link_worker", lambda c, v: referrals.referral(c, at.referral_id))
    assert journey.owner("SELECT count(*) FROM rx.consent WHERE withdrawn_at IS NULL") == [(0,)]


def test_a_lost_sheet_is_made_useless(journey: Journey) -> None:
    at = journey.sent()
    journey.run("physician", lambda c, v: links.make_code(c, at))
    assert journey.run("other_physician", lambda c, v: links.revoke(c, at, "patient")) == 0
    assert journey.run("physician", lambda c, v: links.revoke(c, at, "patient")) == 1


@given(st.text(SIGNS, min_size=11, max_size=11), st.integers(0, 11), st.sampled_from(SIGNS))
def test_a_mistyped_sign_of_a_code_shows_before_the_database_is_asked(signs: str, place: int, wrong: str) -> None:
    code = with_check_sign(signs)
    plain = code.replace("-", "")
    mistyped = plain[:place] + wrong + plain[place + 1 :]
    assert links.code_as_kept(f" {plain.lower()} ") == code
    if mistyped != plain:
        with pytest.raises(LinkRefused):
            links.code_as_kept(mistyped)


def test_a_follow_up_referral_names_the_one_before(journey: Journey) -> None:
    patient_id = journey.patient()
    first = journey.draft(patient_id)
    again = journey.run("physician", lambda c, v: referrals.make(c, v, patient_id, follows=first.referral_id))
    assert again.follows_id == first.referral_id


def test_the_database_itself_wants_a_guardians_yes(journey: Journey) -> None:
    patient_id = journey.patient(NewPatient(TOWN, AgeBand("6-15")))
    with pytest.raises(psycopg.errors.CheckViolation, match="guardian"):
        journey.owner(
            "INSERT INTO rx.consent (organisation_id, patient_id, purpose, recipient_id, text_version, given_by, given_how,"
            " expires_on) SELECT organisation_id, patient_id, 'host', patient_id, '1', 'self', 'paper', current_date"
            " FROM rx.patient WHERE patient_id = %s RETURNING 1",
            patient_id,
        )


def test_a_link_worker_sees_what_was_sent_to_the_office_and_no_other(journey: Journey) -> None:
    at = journey.sent()
    assert journey.run("link_worker", lambda c, v: referrals.referral(c, at.referral_id)).state == "sent"
    with pytest.raises(NotFound):
        journey.run("other_link_worker", lambda c, v: referrals.referral(c, at.referral_id))
    told = journey.owner(
        "SELECT recipient_kind, recipient_id, basis FROM rx.disclosure WHERE referral_id = %s", at.referral_id
    )
    assert told == [("link_worker", OFFICE, "consent")]


def test_contact_is_due_fourteen_days_after_sending(journey: Journey) -> None:
    at = journey.sent()
    assert at.due_on is not None
    assert (at.due_on - at.state_since.date()).days in (13, 14)
    assert journey.move("link_worker", at, "start_contact").due_on == at.due_on


def test_a_step_needs_the_version_that_holds(journey: Journey) -> None:
    at = journey.sent()
    with pytest.raises(VersionMissing):
        journey.move("link_worker", at, "reach", version=None)
    with pytest.raises(VersionStale):
        journey.move("link_worker", at, "reach", version=at.version - 1)
    with pytest.raises(MoveRefused):
        journey.move("physician", at, "reach")
    assert journey.run("link_worker", lambda c, v: referrals.referral(c, at.referral_id)).version == at.version


def test_the_same_request_again_changes_nothing_more(journey: Journey) -> None:
    patient_id, key = journey.patient(), "a-key-of-one-request"
    first, again = journey.draft(patient_id, key), journey.draft(patient_id, key)
    assert first.referral_id == again.referral_id
    with pytest.raises(KeyReused):
        journey.draft(journey.patient(), key)
    offered = journey.move("physician", first, "offer", key="offer-it-once")
    assert journey.move("physician", first, "offer", key="offer-it-once") == offered


def test_of_two_at_once_one_makes_the_step(journey: Journey) -> None:
    at = journey.sent()

    async def both() -> list[object]:
        step = [
            journey.as_("link_worker", lambda c, v: referrals.move(c, v, at.referral_id, at.version, "reach"))
            for _ in "12"
        ]
        return list(await asyncio.gather(*step, return_exceptions=True))

    told = asyncio.run(both())
    assert sorted(type(one).__name__ for one in told) == ["Referral", "VersionStale"]


def test_of_two_equal_requests_at_once_both_get_the_same(journey: Journey) -> None:
    patient_id = journey.patient()

    async def both() -> list[Referral]:
        made = [
            journey.as_("physician", lambda c, v: referrals.make(c, v, patient_id, key="twice-at-once")) for _ in "12"
        ]
        return list(await asyncio.gather(*made))

    first, second = asyncio.run(both())
    assert first.referral_id == second.referral_id


def test_a_place_is_asked_only_with_a_yes_for_it_and_answers_by_its_link(journey: Journey) -> None:
    at = journey.move("link_worker", journey.sent(), "reach")
    with pytest.raises(ConsentMissing):
        journey.move("link_worker", at, "ask_place", changes=Changes(activity_id=ACTIVITY, place_id=PLACE))
    journey.yes(at.patient_id, "host", ACTIVITY, "link_worker")
    at = journey.move("link_worker", at, "ask_place", changes=Changes(activity_id=ACTIVITY, place_id=PLACE))
    link = journey.run("link_worker", lambda c, v: links.make_link(c, at))

    async def answer() -> Referral:
        async with await psycopg.AsyncConnection.connect(journey.database.staff_dsn or "") as connection:
            holder = await enter_by_link(connection, links.code_as_kept(link.code.lower()), is_code=True)
            return await referrals.move(connection, holder, holder.referral_id, at.version, "accept")

    assert asyncio.run(answer()).state == "place_accepted"


def test_withdrawing_ends_the_referral_and_the_sight_of_it_at_once(journey: Journey) -> None:
    at = journey.asked()
    link = journey.run("link_worker", lambda c, v: links.make_link(c, at))
    code = journey.run("physician", lambda c, v: links.make_code(c, at))

    async def withdraw() -> None:
        async with await psycopg.AsyncConnection.connect(journey.database.staff_dsn or "") as connection:
            holder = await enter_by_link(connection, code, is_code=True)
            await consents.withdraw_all(connection, holder, holder.patient_id)

    asyncio.run(withdraw())
    for key in ("link_worker",):
        with pytest.raises(NotFound):
            journey.run(key, lambda c, v: referrals.referral(c, at.referral_id))

    async def open_link() -> None:
        async with await psycopg.AsyncConnection.connect(journey.database.staff_dsn or "") as connection:
            await enter_by_link(connection, link.token)

    with pytest.raises(LinkRefused):
        asyncio.run(open_link())
    assert journey.run("physician", lambda c, v: referrals.referral(c, at.referral_id)).state == "withdrawn_consent"
    assert len(journey.owner("SELECT 1 FROM rx.disclosure WHERE referral_id = %s", at.referral_id)) == 2, (
        "stays on record"
    )


def test_a_new_printing_ends_the_code_before(journey: Journey) -> None:
    at = journey.sent()
    old = journey.run("physician", lambda c, v: links.make_code(c, at))
    journey.run("physician", lambda c, v: links.make_code(c, at))

    async def enter_with(code: str) -> None:
        async with await psycopg.AsyncConnection.connect(journey.database.staff_dsn or "") as connection:
            await enter_by_link(connection, code, is_code=True)

    with pytest.raises(LinkRefused):
        asyncio.run(enter_with(old))


def test_nobody_makes_a_link_to_somebody_elses_referral(journey: Journey) -> None:
    at = journey.sent()
    for key in ("other_physician", "other_link_worker"):
        with pytest.raises(NotFound):
            journey.run(key, lambda c, v: links.make_code(c, at))
    with pytest.raises(NotFound):
        journey.run("physician", lambda c, v: links.make_link(c, at)), "asking places is the link worker's"


def test_handed_over_the_old_office_sees_it_until_the_new_one_takes_it_up(journey: Journey) -> None:
    at = journey.move("link_worker", journey.sent(), "reach")
    with pytest.raises(ConsentMissing):
        journey.move("link_worker", at, "hand_over", changes=Changes(link_office_id=OTHER_OFFICE))
    journey.yes(at.patient_id, "link_worker", OTHER_OFFICE, "link_worker")
    at = journey.move("link_worker", at, "hand_over", changes=Changes(link_office_id=OTHER_OFFICE))
    assert journey.run("link_worker", lambda c, v: referrals.referral(c, at.referral_id)).state == "transferred"
    at = journey.move("other_link_worker", at, "reach")
    with pytest.raises(NotFound):
        journey.run("link_worker", lambda c, v: referrals.referral(c, at.referral_id))


def test_every_step_and_every_look_is_on_record(journey: Journey) -> None:
    at = journey.sent()
    moves = journey.run("physician", lambda c, v: referrals.history(c, at.referral_id))
    assert [one.move for one in moves] == ["make", "offer", "accept_offer", "send"]
    journey.run("link_worker", lambda c, v: referrals.referral(c, at.referral_id))
    looks = journey.owner(
        "SELECT party, seen FROM audit.entry WHERE action = 'read' AND subject_id = %s", at.referral_id
    )
    assert [party for party, _ in looks] == ["link_worker"]
