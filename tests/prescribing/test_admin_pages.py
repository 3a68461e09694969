"""An organisation's admin: invitations taken once, and nothing of another organisation."""

import re
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pyotp
import pytest

from staffed_town import STAFF

PASSWORD = "はじめての-わたしの-ことば-3"


def sql(served: Any, statement: str, *values: Any) -> list[Any]:
    with psycopg.connect(served.database.owner_dsn) as connection:
        cursor = connection.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def invite(
    served: Any, login: str = "hanako@example.jp", role: str = "physician", name: str = "見本 はなこ"
) -> httpx.Response:
    answer: httpx.Response = served.send("admin", "/staff/admin/invite", {"login": login, "role": role, "name": name})
    return answer


def link_of(answer: httpx.Response) -> str:
    found = re.search(r"(/staff/invited/[\w-]+)", answer.text)
    assert found, answer.text
    return found[1]


def test_somebody_invited_sets_password_and_second_factor_and_is_in(served: Any) -> None:
    link = link_of(invite(served))
    client = served.client()
    assert "見本はまなす内科" in client.get(link).text
    taken = client.post(link, data={"password": PASSWORD, "again": PASSWORD})
    assert taken.headers["location"] == "/staff/second-factor/set-up"
    page = client.get(taken.headers["location"])
    shown, csrf = (
        re.search(r"<code>([A-Z2-7 ]+)</code>", page.text),
        re.search(r'name="csrf" value="([^"]+)"', page.text),
    )
    assert shown
    assert csrf
    code = pyotp.TOTP(shown[1].replace(" ", "")).now()
    client.post("/staff/second-factor/set-up", data={"csrf": csrf[1], "code": code})
    assert client.get("/staff").headers["location"] == "/staff/refer"
    assert "見本 はなこ" in served.client("admin").get("/staff/admin").text
    assert served.client().get(link).status_code == 410
    assert served.client().post(link, data={"password": PASSWORD, "again": PASSWORD}).status_code == 410


def test_the_token_of_an_invitation_is_kept_nowhere(served: Any) -> None:
    token = link_of(invite(served)).rpartition("/")[2]
    kept = sql(served, "SELECT i::text FROM rx.invitation i")
    assert len(kept) == 1
    assert token not in kept[0][0]
    assert token not in served.client("admin").get("/staff/admin").text


@pytest.mark.parametrize("over", ["expires_at = now()", "used_at = now()"])
def test_an_invitation_that_is_over_looks_like_one_never_given(served: Any, over: str) -> None:
    link = link_of(invite(served))
    sql(served, f"UPDATE rx.invitation SET {over}")
    answers = [served.client().get(path) for path in (link, "/staff/invited/never-given")]
    assert {answer.status_code for answer in answers} == {410}
    assert len({re.sub("/staff/invited/[^?]+", "", answer.text) for answer in answers}) == 1


def test_an_invitation_withdrawn_or_replaced_is_over(served: Any) -> None:
    first = link_of(invite(served))
    second = link_of(invite(served))
    assert served.client().get(first).status_code == 410
    assert served.send("admin", "/staff/admin/invitations/withdraw", {"login": "hanako@example.jp"}).status_code == 303
    assert served.client().get(second).status_code == 410


def test_an_invitation_for_a_login_that_somebody_has_makes_no_account(served: Any) -> None:
    link = link_of(invite(served, login=STAFF["insurer"].login))
    assert served.client().post(link, data={"password": PASSWORD, "again": PASSWORD}).status_code == 410
    assert sql(served, "SELECT count(*) FROM rx.account") == [(len(STAFF),)]


def test_two_who_take_one_invitation_at_once_make_one_account(served: Any) -> None:
    from concurrent.futures import ThreadPoolExecutor

    link = link_of(invite(served))
    with ThreadPoolExecutor(4) as threads:
        form = {"password": PASSWORD, "again": PASSWORD}
        answers = list(
            threads.map(lambda client: client.post(link, data=form).status_code, [served.client() for _ in range(4)])
        )
    assert sorted(answers) == [303, 410, 410, 410]


@pytest.mark.parametrize(
    ("form", "field"),
    [({"login": "nobody"}, "login"), ({"name": ""}, "name"), ({"name": "x" * 101}, "name"), ({"role": "municipality"}, "role"),
     ({"role": "link_worker"}, "role"), ({"role": "\x00"}, "role")],
)  # fmt: skip
def test_an_invitation_that_cannot_be_is_refused_with_its_field(served: Any, form: dict[str, str], field: str) -> None:
    answer = invite(served, **form)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert sql(served, "SELECT count(*) FROM rx.invitation") == [(0,)]


def test_an_admin_sees_nobody_of_another_organisation(served: Any) -> None:
    page = served.client("admin").get("/staff/admin").text
    seen = {who for who, one in STAFF.items() if one.login in page}
    assert seen == {"physician", "admin"}


@pytest.mark.parametrize("path", ["", "/second-factor"])
@pytest.mark.parametrize("whose", ["other_physician", "insurer", "absent"])
def test_another_organisations_account_and_an_absent_one_look_the_same(served: Any, whose: str, path: str) -> None:
    account = uuid4() if whose == "absent" else STAFF[whose].account_id
    answer = served.send("admin", f"/staff/admin/accounts/{account}{path}", {"state": "disabled"})
    absent = served.send("admin", f"/staff/admin/accounts/{uuid4()}{path}", {"state": "disabled"})
    assert (answer.status_code, len(answer.content)) == (404, len(absent.content))
    assert sql(served, "SELECT count(*) FROM rx.account WHERE state = 'disabled'") == [(0,)]


def test_an_admin_cannot_stop_themselves(served: Any) -> None:
    own = f"/staff/admin/accounts/{STAFF['admin'].account_id}"
    assert served.send("admin", own, {"state": "disabled"}).status_code == 404


@pytest.mark.parametrize("form", [{"state": "disabled"}, {"role": "admin"}])
def test_a_colleagues_sessions_end_with_a_change(served: Any, form: dict[str, str]) -> None:
    path = f"/staff/admin/accounts/{STAFF['physician'].account_id}"
    assert served.send("admin", path, form).status_code == 303
    assert served.client("physician").get("/staff/awake").status_code == 303


@pytest.mark.parametrize("form", [{"role": "municipality"}, {"role": "nonsense"}, {"state": "nonsense"}])
def test_a_role_or_state_that_cannot_be_is_refused(served: Any, form: dict[str, str]) -> None:
    path = f"/staff/admin/accounts/{STAFF['physician'].account_id}"
    assert served.send("admin", path, form).status_code == 422
    assert served.client("physician").get("/staff/awake").status_code == 204


def test_a_lost_second_factor_is_reset(served: Any) -> None:
    sql(served, "UPDATE rx.account SET totp_secret = 'x'")
    sql(served, "INSERT INTO rx.passkey VALUES ('a', %s, 'b', 0, 'c')", STAFF["physician"].account_id)
    path = f"/staff/admin/accounts/{STAFF['physician'].account_id}/second-factor"
    assert served.send("admin", path).status_code == 303
    assert sql(served, "SELECT count(*) FROM rx.account WHERE totp_secret IS NULL") == [(1,)]
    assert sql(served, "SELECT count(*) FROM rx.passkey") == [(0,)]


@pytest.mark.parametrize("who", sorted(set(STAFF) - {"admin", "other_admin"}))
def test_nobody_else_manages_accounts(served: Any, who: str) -> None:
    assert served.client(who).get("/staff/admin").status_code == 403
    assert (
        served.send(who, "/staff/admin/invite", {"login": "x@example.jp", "name": "x", "role": "admin"}).status_code
        == 403
    )


def test_what_an_admin_does_is_written_down(served: Any) -> None:
    invite(served)
    served.send("admin", f"/staff/admin/accounts/{STAFF['physician'].account_id}", {"state": "disabled"})
    told = sql(
        served, "SELECT action, subject, seen FROM audit.entry WHERE account_id = %s AND action <> 'read' ORDER BY entry_id",
        STAFF["admin"].account_id,
    )  # fmt: skip
    assert ("insert", "rx.invitation", []) in told
    assert ("update", "rx.account", ["state"]) in told
