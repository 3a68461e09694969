"""The journey for programs: keys, versions, and every refusal a problem of its own."""

from typing import Any

import httpx
import pytest

from people_of_a_test import ACTIVITY, PLACE
from referral_client import Api
from staffed_town import OFFICE


@pytest.fixture
def api(served: Any) -> Api:
    return Api(served)


def test_a_referral_is_made_once_however_often_it_is_asked_for(api: Api) -> None:
    first = api.new(key="one-request-of-a-test")
    again = api.new(key="one-request-of-a-test")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["referral_id"] == again.json()["referral_id"]
    assert first.headers["etag"] == '"1"'
    assert first.headers["location"].endswith(first.json()["referral_id"])
    other = api.post(
        "physician",
        "/referrals",
        {"patient": {"municipality_code": "012998", "age_band": "85+"}},
        key="one-request-of-a-test",
    )
    assert api.problem(other) == 422
    assert (
        api.problem(
            api.post("physician", "/referrals", {"patient": {"municipality_code": "012998", "age_band": "85+"}})
        )
        == 400
    )


def test_a_step_needs_its_version(api: Api) -> None:
    at = api.new().json()
    assert api.problem(api.move("physician", at, "offer", version=None)) == 428
    assert api.problem(api.move("physician", at, "offer", version=7)) == 412
    assert api.problem(api.move("physician", at, "offer", etag="three")) == 400
    assert api.problem(api.move("physician", at, "send")) == 409
    done = api.move("physician", at, "offer")
    assert (done.status_code, done.headers["etag"], done.json()["state"]) == (200, '"2"', "offered")
    assert done.json()["moves"] == ["accept_offer", "decline_offer", "withdraw", "mark_error"]
    assert api.problem(api.move("physician", at, "offer")) == 412


def test_without_a_session_a_role_or_a_token_nothing_goes(api: Api) -> None:
    at = api.new().json()
    path = f"/api/v1/referrals/{at['referral_id']}"
    assert api.problem(api.served.client().get(path)) == 401
    assert api.problem(api.served.client("municipality").get(path)) == 403
    assert (
        api.problem(
            api.served.client("physician").post(path + "/moves", json={"move": "offer"}, headers={"If-Match": '"1"'})
        )
        == 403
    )
    assert api.problem(api.served.client("other_physician").get(path)) == 404
    assert api.problem(api.served.client("link_worker").get(path)) == 404


@pytest.mark.parametrize(
    "patient",
    [
        {}, [], "x", {"municipality_code": "012998", "age_band": "7"}, {"municipality_code": 1, "age_band": "85+"},
        {"municipality_code": "012998", "age_band": "85+", "home": {"lon": 35.0, "lat": 137.0}},
        {"municipality_code": "012998", "age_band": "85+", "identity": {"name": "a\u0000"}},
        {"municipality_code": "012998", "age_band": "85+", "surname": "x"},
        {"municipality_code": "012998", "age_band": "85+", "free_minutes": [[5, 1]]},
        {"municipality_code": "012998", "age_band": "85+", "avoid": ["x"]},
    ],
)  # fmt: skip
def test_what_cannot_be_is_named_and_not_told_back(api: Api, patient: Any) -> None:
    refused = api.post("physician", "/referrals", {"patient": patient}, key="what-cannot-be")
    assert api.problem(refused) == 400
    assert "surname" not in refused.text


def test_consents_are_given_and_withdrawn(api: Api) -> None:
    at = api.sent()
    path = f"/referrals/{at['referral_id']}/consents"
    told = api.get("physician", path).json()["consents"]
    assert [(one["purpose"], one["recipient_id"], one["holds"]) for one in told] == [("link_worker", str(OFFICE), True)]
    ended = api.post("physician", f"{path}/{told[0]['consent_id']}/withdrawal", {})
    assert ended.status_code == 204
    assert api.problem(api.get("link_worker", f"/referrals/{at['referral_id']}")) == 404
    history = api.get("physician", f"/referrals/{at['referral_id']}/history").json()["history"]
    assert [one["move"] for one in history] == ["make", "offer", "accept_offer", "send", "withdraw"]


def test_a_link_worker_asks_for_hosts_and_offices_not_for_counts(api: Api) -> None:
    at = api.sent()
    path = f"/referrals/{at['referral_id']}/consents"
    assert api.post("link_worker", path, {"purpose": "host", "recipient_id": str(ACTIVITY)}).status_code == 201
    assert api.problem(api.post("link_worker", path, {"purpose": "insurer", "recipient_id": str(OFFICE)})) == 403


def test_a_place_is_asked_with_consent_only(api: Api) -> None:
    at = api.move("link_worker", api.sent(), "reach").json()
    asking = {"activity_id": str(ACTIVITY), "place_id": str(PLACE)}
    refused = api.move("link_worker", at, "ask_place", **asking)
    assert (api.problem(refused), "consent" in refused.json()["detail"]) == (409, True)
    api.post(
        "link_worker", f"/referrals/{at['referral_id']}/consents", {"purpose": "host", "recipient_id": str(ACTIVITY)}
    )
    assert api.move("link_worker", at, "ask_place", **asking).json()["state"] == "place_asked"


def test_the_description_names_the_routes_and_their_refusals(api: Api) -> None:
    paths = httpx.get(api.served.url + "/api/v1/openapi.json", timeout=30).json()["paths"]
    step = paths["/api/v1/referrals/{referral_id}/moves"]["post"]
    assert {"401", "403", "404", "409", "412", "422", "428"} <= set(step["responses"])
    assert "/api/v1/referrals" in paths
