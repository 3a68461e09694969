"""Referring over HTTP: three steps, nothing twice, nothing told without a yes, and the person's own page."""

import re
from html import unescape
from typing import Any
from uuid import uuid4

import pytest

from handmade_town import HOSTILE, id_of
from prescribing.store.rules import keep_rules
from referring_desk import FACTS, Desk, consents, sql, state
from staffed_town import CITY, INSURER, OFFICE, STAFF

NAME = "見本 はなこ"


@pytest.fixture
def desk(served: Any) -> Desk:
    return Desk(served)


def test_three_steps_from_facts_to_the_sheet(desk: Desk) -> None:
    referral_id, code = desk.sent(name=NAME, phone="090-0000-0000")
    assert state(desk.served, referral_id) == "sent"
    given = consents(desk.served)
    assert ("link_worker", str(OFFICE)) in given
    assert {purpose for purpose, _ in given} == {"link_worker", "host"}, "nobody else is told unasked"
    sheet = desk.get(f"/sheet/{referral_id}")
    assert code in sheet.text
    assert NAME not in sheet.text
    assert STAFF["physician"].display_name in sheet.text
    assert "次回" in sheet.text


def test_only_age_and_home_are_needed(desk: Desk) -> None:
    answer = desk.send("/staff/refer", key=str(uuid4()), age="78", q="中央小学校")
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"age": ""}, "age"), ({"age": "1234567"}, "age"), ({"age": "150"}, "age"), ({"q": ""}, "q"),
     ({"q": "どこにもない町"}, "q"), ({"avoid": "どこにもない会"}, "avoid"), ({"key": ""}, "key"),
     ({"instrument": "ucla3_government", "ucla3_government_0": "2"}, "answers"), ({"name": "あ" * 81}, "name")],
)  # fmt: skip
def test_a_wrong_field_is_named_and_everything_typed_stays(desk: Desk, wrong: dict[str, str], field: str) -> None:
    answer = desk.tell(**{"line_goal": "また歌いたい", **wrong})
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    assert "また歌いたい" in answer.text
    assert sql(desk.served, "SELECT count(*) FROM rx.patient") == [(0,)]


def test_an_ambiguous_town_is_asked_back_and_chosen_in_the_same_form(desk: Desk) -> None:
    answer = desk.tell(q="中央町")
    assert answer.status_code == 422
    choices = [unescape(one) for one in re.findall(r'name="where" value="([^"]+)"', answer.text)]
    assert len(choices) == 2
    assert desk.tell(q="中央町", where=choices[0]).status_code == 303
    [(district, point)] = sql(desk.served, "SELECT district_id, ST_AsText(home_point_6668) FROM rx.patient")
    assert district == id_of("district 4")
    assert point == "POINT(142.915 43.515)", "rounded to about 100 m"


def test_the_same_form_sent_twice_makes_one_person_and_one_referral(desk: Desk) -> None:
    key = str(uuid4())
    first, second = desk.tell(key=key), desk.tell(key=key)
    assert first.headers["location"] == second.headers["location"]
    assert sql(desk.served, "SELECT (SELECT count(*) FROM rx.patient), (SELECT count(*) FROM rx.referral)") == [(1, 1)]
    assert desk.tell(key=key, age="30").status_code == 422, "the same key with another content"


def test_each_later_step_sent_twice_does_it_once(desk: Desk) -> None:
    referral_id = desk.offered()
    version = desk.version(referral_id)
    shown = re.findall(r'name="activity" value="([^"]+)"', desk.get(f"/staff/refer/{referral_id}?step=2").text)
    again = desk.send(f"/staff/refer/{referral_id}/choose", activity=shown, version=version)
    assert again.status_code == 303
    assert desk.version(referral_id) == version
    assert desk.agree(referral_id).status_code == 303
    given = consents(desk.served)
    assert desk.agree(referral_id).status_code == 303
    assert consents(desk.served) == given
    assert len(sql(desk.served, "SELECT 1 FROM rx.consent")) == len(given)


def test_a_further_round_is_logged_and_shows_others(desk: Desk) -> None:
    referral_id = desk.draft()
    assert desk.send(f"/staff/refer/{referral_id}/more", round="1", version="1").status_code == 303
    assert desk.send(f"/staff/refer/{referral_id}/more", round="1", version="1").status_code == 303
    rows = sql(
        desk.served, "SELECT round, activity_id, propensity FROM rx.suggestion WHERE referral_id = %s", referral_id
    )
    assert {row[0] for row in rows} == {1, 2}
    assert len({row[1] for row in rows}) == len(rows)
    assert all(0 < row[2] <= 1 for row in rows)


def test_why_a_named_place_is_not_suggested_is_said(desk: Desk) -> None:
    referral_id = desk.draft()
    answer = desk.send(f"/staff/refer/{referral_id}/why", name="広場5")
    assert answer.status_code == 200
    assert "終了している" in answer.text
    assert "一覧にありません" in desk.send(f"/staff/refer/{referral_id}/why", name="どこにもない").text


def test_places_to_avoid_are_never_suggested(desk: Desk) -> None:
    first = desk.draft()
    [(place,)] = sql(desk.served, "SELECT place_id FROM rx.suggestion WHERE referral_id = %s AND rank = 1", first)
    [(name,)] = sql(desk.served, "SELECT finder.card(l) ->> 'name' FROM finder.listing l WHERE place_id = %s", place)
    second = desk.draft(avoid=name)
    shown = sql(desk.served, "SELECT place_id FROM rx.suggestion WHERE referral_id = %s", second)
    assert (place,) not in shown
    assert name in unescape(desk.get(f"/staff/refer/{second}").text), "what is avoided is said"


def test_where_nothing_fits_the_need_is_kept_without_the_person(desk: Desk) -> None:
    referral_id = desk.draft()
    answer = desk.send(f"/staff/refer/{referral_id}/none", reason="no_transport", version="1")
    assert answer.status_code == 303
    assert desk.send(f"/staff/refer/{referral_id}/none", reason="no_transport", version="1").status_code == 303
    assert sql(desk.served, "SELECT reason, age_band, district_id FROM rx.unmet_need") == [
        ("no_transport", "75-84", id_of("district 4"))
    ]
    assert desk.agree(referral_id).status_code == 303
    assert consents(desk.served) == {("link_worker", str(OFFICE))}
    assert "いっしょにさがします" in desk.get(f"/sheet/{referral_id}").text


def test_each_recipient_and_purpose_has_its_own_answer(desk: Desk) -> None:
    referral_id = desk.offered(insurer=str(INSURER))
    page = desk.get(f"/staff/refer/{referral_id}").text
    hosts = re.findall(r'name="(consent_host_[^"]+)" value="yes"', page)
    assert len(hosts) >= 1
    assert " checked" not in "".join(re.findall(r'<input type="radio" name="consent_[^>]*>', page)), (
        "no yes is prepared"
    )
    answer = desk.agree(referral_id, **{hosts[0]: "no", "consent_municipality": "yes"})
    assert answer.status_code == 303
    given = consents(desk.served)
    assert ("host", hosts[0].removeprefix("consent_host_")) not in given
    assert ("municipality", str(CITY)) in given
    assert "insurer" not in {purpose for purpose, _ in given}


def test_without_a_yes_to_the_link_worker_nothing_is_sent_but_the_sheet_can_be_given(desk: Desk) -> None:
    referral_id = desk.offered()
    assert desk.agree(referral_id, consent_link_worker="no").status_code == 422
    assert state(desk.served, referral_id) == "offered"
    assert consents(desk.served) == set()
    assert desk.agree(referral_id, how="paper").status_code == 303
    assert state(desk.served, referral_id) == "offered"
    assert consents(desk.served) == set()


def test_below_the_age_a_guardian_answers(desk: Desk) -> None:
    referral_id = desk.offered(age="9", mobility="")
    assert "保護者" in desk.get(f"/staff/refer/{referral_id}").text
    assert desk.agree(referral_id, given_by="self").status_code == 422
    assert desk.agree(referral_id, given_by="guardian").status_code == 303
    assert {row[0] for row in sql(desk.served, "SELECT given_by FROM rx.consent")} == {"guardian"}


def test_the_forms_ask_a_guardian_below_the_age_of_the_deployment(desk: Desk) -> None:
    keep_rules(desk.served.database.owner_dsn, guardian_below=18)
    try:
        referral_id = desk.offered(age="16", mobility="")
        assert desk.agree(referral_id, given_by="self").status_code == 422
        assert desk.agree(referral_id, given_by="guardian").status_code == 303
    finally:
        keep_rules(desk.served.database.owner_dsn, guardian_below=16)
    assert desk.agree(desk.offered(age="16", mobility=""), given_by="self").status_code == 303


def test_declining_keeps_the_reason(desk: Desk) -> None:
    referral_id = desk.offered()
    assert desk.send(f"/staff/refer/{referral_id}/decline", reason="afraid_alone", version="2").status_code == 303
    assert state(desk.served, referral_id) == "declined_offer"
    assert "一人では不安" in desk.get(f"/staff/referrals/{referral_id}").text


def test_plan_and_answers_are_sealed_and_read_again(desk: Desk) -> None:
    asked = {"instrument": "ucla3_government", **{f"ucla3_government_{n}": "3" for n in range(3)}}
    referral_id = desk.draft(line_goal="また歌いたい", line_nutrition_guidance="塩分をひかえる", **asked)
    story = desk.get(f"/staff/referrals/{referral_id}").text
    assert "また歌いたい" in story
    assert "9（3–12）" in story
    [(sealed,)] = sql(desk.served, "SELECT string_agg(text_sealed, '') FROM rx.plan_line")
    assert "また歌いたい".encode() not in bytes(sealed)


def test_a_draft_is_gone_on_with_where_it_stands(desk: Desk) -> None:
    first, second = desk.draft(), desk.offered()
    assert "aria-current" in desk.get(f"/staff/refer/{first}").text
    assert 'name="given_how"' in desk.get(f"/staff/refer/{second}").text
    page = desk.get("/staff/mine?view=draft").text
    assert f"/staff/refer/{first}" in page
    assert f"/staff/refer/{second}" in page
    sent, _ = desk.sent()
    assert desk.get(f"/staff/refer/{sent}").headers["location"] == f"/staff/referrals/{sent}"


def test_referring_again_keeps_the_person_and_follows_the_earlier_one(desk: Desk) -> None:
    earlier, _ = desk.sent(name=NAME)
    page = desk.get(f"/staff/refer?again={earlier}")
    assert NAME in page.text
    assert f'name="again" value="{earlier}"' in page.text
    later = desk.draft(again=earlier, age="1948")
    rows = sql(
        desk.served, "SELECT patient_id, follows_id FROM rx.referral WHERE referral_id IN (%s, %s)", earlier, later
    )
    assert len({row[0] for row in rows}) == 1
    assert earlier in {str(row[1]) for row in rows}
    assert NAME in desk.get(f"/staff/referrals/{later}").text, "who they are stays, told again or not"


@pytest.mark.parametrize("who", ["other_physician", "insurer_nurse"])
def test_another_organisations_referral_is_as_if_it_were_not_there(desk: Desk, who: str) -> None:
    referral_id = desk.offered(name=NAME)
    other = Desk(desk.served, who)
    nothing = other.get(f"/staff/refer/{uuid4()}")
    for path in (f"/staff/refer/{referral_id}", f"/staff/referrals/{referral_id}", f"/sheet/{referral_id}"):
        seen = other.get(path)
        assert (seen.status_code, NAME in seen.text) == (404, False)
        assert seen.text.count("<") == nothing.text.count("<")
    for step in ("choose", "send", "none", "more", "decline"):
        assert other.send(f"/staff/refer/{referral_id}/{step}", version="2").status_code == 404
    assert referral_id not in other.get("/staff/mine?who=all").text
    assert other.get(f"/staff/refer?again={referral_id}").status_code == 404


@pytest.mark.parametrize("who", ["link_worker", "municipality", "admin", "insurer"])
def test_others_do_not_refer(served: Any, who: str) -> None:
    assert served.client(who).get("/staff/refer").status_code == 403


def test_the_list_says_what_became_of_each(desk: Desk) -> None:
    referral_id, _ = desk.sent(name=NAME)
    page = desk.get("/staff/mine").text
    assert NAME in page
    assert "送った" in page
    assert "本人に連絡する" in page
    assert NAME in desk.get("/staff/mine?view=waiting").text
    assert NAME not in desk.get("/staff/mine?view=went").text
    reads = sql(desk.served, "SELECT seen FROM audit.entry WHERE action = 'read' AND 'identity_sealed' = ANY (seen)")
    assert reads, "names in a list are a reading"
    assert referral_id in page


def test_a_consent_withdrawn_by_the_referrer_ends_it_at_once(desk: Desk) -> None:
    referral_id, _ = desk.sent()
    story = desk.get(f"/staff/referrals/{referral_id}").text
    [one] = sql(desk.served, "SELECT consent_id FROM rx.consent WHERE purpose = 'link_worker'")
    assert str(one[0]) in story
    assert desk.send(f"/staff/referrals/{referral_id}/withdraw", consent=str(one[0])).status_code == 303
    assert state(desk.served, referral_id) == "withdrawn_consent"
    assert desk.send(f"/staff/referrals/{referral_id}/withdraw", consent=str(uuid4())).status_code == 404


def test_stopping_wants_the_version_that_was_seen(desk: Desk) -> None:
    referral_id, _ = desk.sent()
    path = f"/staff/referrals/{referral_id}/stop"
    assert desk.send(path, move="mark_error").status_code == 428
    assert desk.send(path, move="mark_error", version="1").status_code == 412
    assert desk.send(path, move="send", version=desk.version(referral_id)).status_code == 409
    assert desk.send(path, move="mark_error", version=desk.version(referral_id)).status_code == 303
    assert state(desk.served, referral_id) == "entered_in_error"


def test_a_form_without_its_token_does_nothing(desk: Desk) -> None:
    answer = desk.client.post("/staff/refer", data={**FACTS, "key": str(uuid4())})
    assert answer.status_code == 403
    assert sql(desk.served, "SELECT count(*) FROM rx.patient") == [(0,)]


def test_hostile_words_come_back_as_words(desk: Desk) -> None:
    fields = ("age", "q", "where", "avoid", "name", "kana", "phone", "chart_number", "line_goal", "again", "insurer")
    answer = desk.tell(**dict.fromkeys(fields, HOSTILE))
    assert answer.status_code == 422
    assert "<script>window.ran" not in answer.text
    referral_id = desk.draft(line_goal=HOSTILE, name=HOSTILE[:80])
    for path in (
        f"/staff/referrals/{referral_id}",
        "/staff/mine",
        f"/sheet/{referral_id}",
        f"/staff/refer/{referral_id}",
    ):
        assert "<script>window.ran" not in desk.get(path).text
