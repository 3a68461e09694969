"""What to find out about listings, from the link worker's page: tasks, residents' reports, what is stale."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from sent_case import send_somebody

from handmade_town import HOSTILE, id_of
from placefinder import clock
from placefinder.midnight import try_to_relist

if TYPE_CHECKING:
    from conftest import Served


def owner(served: "Served", sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(served.database.owner_dsn) as connection:
        cursor = connection.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


def report(served: "Served", number: int, about: str = "hours", message: str = "") -> None:
    owner(
        served, "INSERT INTO finder.correction (municipality_code, place_id, about, message) VALUES ('012998', %s, %s, %s)",
        id_of(f"place {number}"), about, message,
    )  # fmt: skip


def check(served: "Served", number: int = 0, **fields: Any) -> Any:
    form = {
        "activity": id_of(f"activity {number}"),
        "fact": ["status", "opening"],
        "checked_on": clock.today(),
        **fields,
    }
    return served.send("link_worker", "/staff/verify/check", form)


def test_a_reason_of_a_referral_becomes_a_task_and_a_check_settles_it(served: "Served") -> None:
    owner(served, "INSERT INTO rx.verification_task (municipality_code, activity_id, reason) VALUES ('012998', %s, 'listing_wrong')",
          id_of("activity 0"))  # fmt: skip
    page = served.client("link_worker").get("/staff/verify").text
    assert "一覧の内容がちがっていた" in page
    assert "みんなの広場0" in page
    assert check(served).headers["location"] == "/staff/verify?said=checked"
    assert owner(served, "SELECT settled_by IS NOT NULL FROM rx.verification_task") == [(True,)]
    assert sorted(owner(served, "SELECT fact, role, checked_on FROM finder.fact_check")) == [
        ("opening", "link_worker", clock.today()),
        ("status", "link_worker", clock.today()),
    ]


def test_a_checked_listing_is_made_anew_by_whoever_has_the_rights(served: "Served") -> None:
    checked = "SELECT finder.card(l) ->> 'checked_on' FROM finder.listing l WHERE activity_id = %s"
    assert owner(served, checked, id_of("activity 0")) == [("2026-10-20",)]
    check(served)
    assert try_to_relist(served.database.owner_dsn) == 1
    assert owner(served, checked, id_of("activity 0")) == [(clock.today().isoformat(),)]
    assert try_to_relist(served.database.owner_dsn) == 0


def test_reports_of_residents_are_shown_as_words_and_answered(served: "Served") -> None:
    report(served, 2, message=HOSTILE)
    report(served, 4, about="other")
    page = served.client("link_worker").get("/staff/verify").text
    assert "<script>window.ran" not in page
    assert "&lt;script&gt;window.ran" in page
    check(served, 2)
    [(left,)] = owner(served, "SELECT correction_id FROM finder.correction WHERE settled_at IS NULL")
    assert served.send("link_worker", f"/staff/verify/reports/{left}").status_code == 303
    assert served.send("link_worker", f"/staff/verify/reports/{left}").status_code == 404
    assert owner(served, "SELECT count(*) FROM finder.correction WHERE settled_at IS NULL") == [(0,)]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"checked_on": clock.today() + timedelta(2)}, 422),
        ({"checked_on": "yesterday"}, 422),
        ({"fact": []}, 422),
        ({"activity": "x"}, 422),
        ({"activity": id_of("nothing")}, 404),
    ],
)
def test_a_check_that_cannot_be_is_not_kept(served: "Served", fields: dict[str, Any], status: int) -> None:
    assert check(served, **fields).status_code == status
    assert owner(served, "SELECT count(*) FROM finder.fact_check") == [(0,)]


def test_only_link_workers_read_reports_and_record_checks(served: "Served") -> None:
    report(served, 2)
    for who in ("physician", "municipality", "admin", "insurer"):
        assert served.client(who).get("/staff/verify").status_code == 403
        assert served.send(who, "/staff/verify/check", {"activity": id_of("activity 0")}).status_code == 403
    with psycopg.connect(served.database.staff_dsn or "") as connection:
        connection.execute("SET ROLE placefinder_link_worker")
        assert connection.execute("SELECT count(*) FROM finder.correction").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT finder.record_check(%s, '{status}', '{}', current_date)", (id_of("activity 0"),))


def test_what_many_people_would_see_stands_first_and_all_can_be_shown(served: "Served") -> None:
    page = served.client("link_worker").get("/staff/verify").text
    assert "古くなった情報" in page
    assert "変わった見こみ" in page
    assert served.client("link_worker").get("/staff/verify?where=all").status_code == 200


def test_the_queue_knows_no_person(served: "Served") -> None:
    sent = send_somebody(served.database, served.home)
    page = served.client("link_worker").get("/staff/verify").text
    assert str(sent.patient_id) not in page
    assert str(sent.referral_id) not in page
