"""The link worker's desk over HTTP: from a referral that was sent to a second attendance, and what is refused on the way."""

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import psycopg
import pytest

if TYPE_CHECKING:
    from conftest import Served
from sent_case import NAME, Sent, send_somebody

from handmade_town import HOSTILE, id_of
from placefinder import clock
from staffed_town import OFFICE, OTHER_OFFICE, STAFF

WORKER, OTHER = "link_worker", "other_link_worker"


@pytest.fixture
def sent(served: "Served") -> Sent:
    return send_somebody(served.database, served.home)


def owner(served: "Served", sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(served.database.owner_dsn) as connection:
        return connection.execute(sql, values).fetchall()


def state_of(served: "Served", sent: Sent) -> str:
    [(state,)] = owner(served, "SELECT state FROM rx.referral WHERE referral_id = %s", sent.referral_id)
    return str(state)


def version_of(served: "Served", sent: Sent) -> int:
    [(version,)] = owner(served, "SELECT version FROM rx.referral WHERE referral_id = %s", sent.referral_id)
    return int(version)


def do(served: "Served", sent: Sent, what: str, who: str = WORKER, **fields: Any) -> httpx.Response:
    """Send a form of the case's page at the version that holds now."""
    form = {"version": version_of(served, sent), **fields}
    return served.send(who, f"{sent.path}/{what}", form)


def reached(served: "Served", sent: Sent) -> None:
    do(served, sent, "contact", channel="phone", with_whom="person", two_way="yes", note="元気そう")


def asked(served: "Served", sent: Sent, number: int = 0) -> None:
    reached(served, sent)
    answer = do(served, sent, "move", move="ask_place", activity=id_of(f"activity {number}"), consent="self")
    assert answer.status_code == 303


def host_link(served: "Served", sent: Sent) -> tuple[str, str]:
    """The link and the code of a slip made now."""
    slip = do(served, sent, "slip")
    assert slip.status_code == 200
    link = re.search(r'value="http://[^"/]+(/o/[^"]+)"', slip.text)
    code = re.search(r"<strong>([0-9A-Z-]{14})</strong>", slip.text)
    assert link
    assert code
    return link[1], code[1]


def test_the_desk_says_what_to_do_next_and_opens_no_name(served: "Served", sent: Sent) -> None:
    page = served.client(WORKER).get("/staff/cases").text
    assert "本人に連絡する" in page
    assert sent.path in page
    assert NAME not in page
    seen = owner(served, "SELECT count(*) FROM audit.entry WHERE action = 'read' AND patient_id = %s", sent.patient_id)
    assert seen[0][0] >= 1


def test_a_case_shows_who_it_is_and_notes_the_look(served: "Served", sent: Sent) -> None:
    page = served.client(WORKER).get(sent.path)
    assert page.status_code == 200
    assert NAME in page.text
    assert "0123-99-9999" in page.text
    assert page.headers["cache-control"] == "no-store"
    looked = owner(
        served, "SELECT count(*) FROM audit.entry WHERE action = 'read' AND 'identity_sealed' = ANY (seen) AND patient_id = %s",
        sent.patient_id,
    )  # fmt: skip
    assert looked[0][0] == 1


def test_from_sent_to_a_second_attendance(served: "Served", sent: Sent) -> None:
    reached(served, sent)
    assert state_of(served, sent) == "contacted"
    do(served, sent, "move", move="assign")
    do(served, sent, "move", move="ask_place", activity=id_of("activity 0"), consent="self")
    assert state_of(served, sent) == "place_asked"
    link, _ = host_link(served, sent)
    place = served.client()
    asked_page = place.get(link)
    assert asked_page.status_code == 200
    assert NAME in asked_page.text
    assert place.post(link, data={"deed": "accept", "version": version_of(served, sent)}).status_code == 303
    page = served.client(WORKER).get(sent.path).text
    days = re.findall(r'name="day" value="(\d{4}-\d\d-\d\d)"', page)
    assert days
    assert state_of(served, sent) == "place_accepted"
    do(served, sent, "move", move="book", day=days[0])
    assert state_of(served, sent) == "booked"
    today = clock.today()
    do(served, sent, "attendance", day=today - timedelta(1), deed="came")
    assert state_of(served, sent) == "attended_once"
    came = place.post(link, data={"deed": "came", "day": today, "version": version_of(served, sent)})
    assert came.status_code == 303, came.text
    assert state_of(served, sent) == "active"
    assert "通いはじめた" in served.client(WORKER).get(sent.path).text


def test_a_page_that_is_stale_shows_what_changed_and_keeps_what_was_typed(served: "Served", sent: Sent) -> None:
    old = version_of(served, sent)
    do(served, sent, "move", move="start_contact")
    form = {"version": old, "channel": "phone", "with_whom": "person", "two_way": "yes", "note": "火曜がよい <b>"}
    answer = served.send(WORKER, f"{sent.path}/contact", form)
    assert answer.status_code == 412
    assert "書いているあいだに、ほかの人が変えました" in answer.text
    assert "連絡を始めた" in answer.text
    assert "火曜がよい &lt;b&gt;" in answer.text
    assert owner(served, "SELECT count(*) FROM rx.contact")[0][0] == 0
    assert state_of(served, sent) == "contacting"


def test_the_same_form_sent_twice_moves_once(served: "Served", sent: Sent) -> None:
    form = {"version": version_of(served, sent), "move": "start_contact", "key": "a-key-of-a-page-start"}
    assert [served.send(WORKER, f"{sent.path}/move", form).status_code for _ in range(2)] == [303, 303]
    assert version_of(served, sent) == form["version"] + 1


def test_another_offices_case_an_absent_one_and_a_withdrawn_one_look_the_same(served: "Served", sent: Sent) -> None:
    absent = f"/staff/cases/{id_of('nobody')}"
    pages = [served.client(OTHER).get(sent.path), served.client(WORKER).get(absent)]
    assert {page.status_code for page in pages} == {404}
    assert len({re.sub(r"\s", "", re.sub(r'href="[^"]*"|見本[^<]*', "", page.text)) for page in pages}) == 1
    assert do(served, sent, "move", who=OTHER, move="start_contact").status_code == 404
    assert served.client("physician").get(sent.path).status_code == 403
    assert served.client().get(sent.path).status_code == 303


def test_consent_withdrawn_is_gone_at_once_for_the_office_and_the_place(served: "Served", sent: Sent) -> None:
    asked(served, sent)
    link, _ = host_link(served, sent)
    assert served.client().get(link).status_code == 200
    assert do(served, sent, "move", move="withdraw").headers["location"] == "/staff/cases"
    assert served.client(WORKER).get(sent.path).status_code == 404
    gone = served.client().get(link)
    assert gone.status_code == 410
    assert NAME not in gone.text
    assert state_of(served, sent) == "withdrawn_consent"


def test_a_place_is_not_asked_without_the_persons_yes(served: "Served", sent: Sent) -> None:
    reached(served, sent)
    answer = do(served, sent, "move", move="ask_place", activity=id_of("activity 0"), consent="before")
    assert answer.status_code == 409
    assert "同意がありません" in answer.text
    assert state_of(served, sent) == "contacted"
    assert owner(served, "SELECT count(*) FROM rx.disclosure WHERE recipient_kind = 'host'")[0][0] == 0


def test_a_place_that_was_to_be_avoided_is_never_asked(served: "Served") -> None:
    sent = send_somebody(served.database, served.home, avoid=(id_of("place 0"),))
    reached(served, sent)
    answer = do(served, sent, "move", move="ask_place", activity=id_of("activity 0"), consent="self")
    assert answer.status_code == 422
    assert state_of(served, sent) == "contacted"


def test_a_reason_leads_to_a_task_or_an_unmet_need(served: "Served", sent: Sent) -> None:
    asked(served, sent)
    do(served, sent, "move", move="decline", reason="closed_or_suspended")
    tasks = owner(served, "SELECT activity_id, reason FROM rx.verification_task")
    assert tasks == [(id_of("activity 0"), "closed_or_suspended")]
    assert "一覧を確かめる" in served.client(WORKER).get("/staff/cases").text
    do(served, sent, "move", move="ask_place", activity=id_of("activity 2"), consent="self")
    do(served, sent, "move", move="decline", reason="time_mismatch")
    needs = owner(served, "SELECT reason, age_band, interests FROM rx.unmet_need")
    assert needs == [("time_mismatch", "75-84", ["meal"])]


def test_a_reason_that_is_missing_changes_nothing(served: "Served", sent: Sent) -> None:
    assert do(served, sent, "move", move="give_up_contact").status_code == 422
    assert do(served, sent, "move", move="book", day=clock.today()).status_code == 409
    assert do(served, sent, "move", move="no such").status_code == 409
    assert state_of(served, sent) == "sent"


def test_on_hold_until_a_day_and_back(served: "Served", sent: Sent) -> None:
    until = clock.today() + timedelta(30)
    assert do(served, sent, "move", move="hold", until=clock.today() - timedelta(1)).status_code == 422
    do(served, sent, "move", move="hold", until=until)
    assert state_of(served, sent) == "on_hold"
    assert sent.path in served.client(WORKER).get("/staff/cases?view=hold").text
    do(served, sent, "move", move="resume")
    assert state_of(served, sent) == "sent"


def test_handed_over_on_moving_away_the_old_office_sees_it_until_the_new_one_takes_it_up(
    served: "Served", sent: Sent
) -> None:
    assert do(served, sent, "move", move="hand_over", office=OTHER_OFFICE, consent="before").status_code == 409
    do(served, sent, "move", move="hand_over", office=OTHER_OFFICE, consent="self")
    assert state_of(served, sent) == "transferred"
    mine, theirs = served.client(WORKER).get(sent.path), served.client(OTHER).get(sent.path)
    assert mine.status_code == theirs.status_code == 200
    assert "引き受けるまで見られますが" in mine.text
    assert "から引きつぎました" in theirs.text
    assert do(served, sent, "move", move="start_contact").status_code in (404, 409)
    do(served, sent, "move", who=OTHER, move="start_contact")
    assert state_of(served, sent) == "contacting"
    assert served.client(WORKER).get(sent.path).status_code == 404


def test_closed_with_an_outcome_and_a_reason(served: "Served", sent: Sent) -> None:
    reached(served, sent)
    assert do(served, sent, "move", move="close", reason="need_resolved").status_code == 422
    do(served, sent, "move", move="close", reason="need_resolved", outcome="met")
    assert state_of(served, sent) == "closed"
    assert "目標にとどいた" in served.client(WORKER).get(sent.path).text


def test_a_slip_that_came_back_is_typed_in_one_form(served: "Served", sent: Sent) -> None:
    asked(served, sent)
    day = clock.today() + timedelta(7)
    answer = do(served, sent, "answers", answer="accept", first_day=day, takes="open")
    assert answer.status_code == 303, answer.text
    assert state_of(served, sent) == "booked"
    assert owner(served, "SELECT state, said_by FROM rx.host_notice") == [("open", "slip")]


def test_half_of_a_slip_is_never_kept(served: "Served", sent: Sent) -> None:
    asked(served, sent)
    answer = do(served, sent, "answers", answer="accept", first_day="someday", takes="open")
    assert answer.status_code == 422
    assert state_of(served, sent) == "place_asked"
    assert owner(served, "SELECT count(*) FROM rx.host_notice")[0][0] == 0


def test_an_attendance_ticked_on_a_slip_is_told_by_the_slip(served: "Served", sent: Sent) -> None:
    asked(served, sent)
    do(served, sent, "move", move="accept")
    do(served, sent, "attendance", day=clock.today(), deed="came", told_by="slip")
    assert owner(served, "SELECT told_by FROM rx.attendance") == [("slip",)]
    assert state_of(served, sent) == "attended_once"


def test_notes_are_sealed_and_hostile_words_stay_words(served: "Served", sent: Sent) -> None:
    do(served, sent, "contact", channel="phone", with_whom="person", two_way="no", note=HOSTILE)
    [(sealed,)] = owner(served, "SELECT note_sealed FROM rx.contact")
    assert b"script" not in bytes(sealed)
    page = served.client(WORKER).get(sent.path).text
    assert "<script>window.ran" not in page
    assert "&lt;script&gt;window.ran" in page
    assert state_of(served, sent) == "contacting"


def test_other_candidates_are_kept_with_their_chance(served: "Served", sent: Sent) -> None:
    answer = do(served, sent, "places")
    assert answer.status_code == 303
    rounds = owner(
        served, "SELECT DISTINCT round FROM rx.suggestion WHERE referral_id = %s ORDER BY 1", sent.referral_id
    )
    assert rounds[0] == (1,)


def test_why_a_place_is_no_candidate_is_said(served: "Served", sent: Sent) -> None:
    page = served.client(WORKER).get(f"{sent.path}/why", params={"q": "広場7"})
    assert page.status_code == 200
    assert "休止している" in page.text


def test_filters_and_pages(served: "Served", sent: Sent) -> None:
    client = served.client(WORKER)
    assert sent.path not in client.get("/staff/cases?view=mine").text
    do(served, sent, "move", move="assign")
    assert sent.path in client.get("/staff/cases?view=mine").text
    assert sent.path not in client.get("/staff/cases?view=late").text
    with psycopg.connect(served.database.owner_dsn) as connection:
        connection.execute("ALTER TABLE rx.referral DISABLE TRIGGER USER")
        connection.execute("UPDATE rx.referral SET due_on = current_date - 3")
        connection.execute("ALTER TABLE rx.referral ENABLE TRIGGER USER")
    late = client.get("/staff/cases?view=late").text
    assert sent.path in late
    assert "日すぎた" in late
    assert client.get("/staff/cases?view=nonsense&page=99999999").status_code == 200


@pytest.mark.parametrize("language", ["ja", "easy-ja", "en"])
def test_every_page_speaks_the_readers_language(served: "Served", sent: Sent, language: str) -> None:
    asked(served, sent)
    link, _ = host_link(served, sent)
    client = served.client(WORKER)
    for path in ("/staff/cases", sent.path, "/staff/verify", "/staff/import", link, "/o", "/o/no-such-token"):
        page = client.get(path, params={"lang": language})
        assert page.status_code in (200, 410), path
        assert f'data-lang="{language}"' in page.text


def test_everybody_of_the_staff_is_there() -> None:
    assert STAFF[WORKER].organisation_id == OFFICE
