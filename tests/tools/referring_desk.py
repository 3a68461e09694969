"""Somebody at the referrer's pages, and what the database then holds."""

import re
from typing import Any
from uuid import uuid4

import httpx
import psycopg

from staffed_town import OFFICE, STAFF

FACTS: dict[str, Any] = {"age": "78", "q": "中央小学校", "interest": ["meal", "chat"], "mobility": "adult"}


def sql(served: Any, statement: str, *values: Any) -> list[Any]:
    with psycopg.connect(served.database.owner_dsn) as connection:
        cursor = connection.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


class Desk:
    """Somebody at the referrer's pages."""

    def __init__(self, served: Any, who: str = "physician") -> None:
        self.served, self.client, self.who = served, served.client(who), STAFF[who]

    def get(self, path: str) -> httpx.Response:
        return self.client.get(path)

    def send(self, path: str, **form: Any) -> httpx.Response:
        return self.client.post(path, data={"csrf": self.who.csrf, **form})

    def tell(self, **more: Any) -> httpx.Response:
        """Step 1, with a new key unless one is given."""
        return self.send("/staff/refer", **{**FACTS, "key": str(uuid4()), **more})

    def draft(self, **more: Any) -> str:
        """The id of a referral whose suggestions stand."""
        answer = self.tell(**more)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].rsplit("/", 1)[-1]

    def version(self, referral_id: str) -> str:
        return str(sql(self.served, "SELECT version FROM rx.referral WHERE referral_id = %s", referral_id)[0][0])

    def offered(self, **more: Any) -> str:
        """Step 2: all that was suggested is taken."""
        referral_id = self.draft(**more)
        shown = re.findall(r'name="activity" value="([^"]+)"', self.get(f"/staff/refer/{referral_id}").text)
        answer = self.send(f"/staff/refer/{referral_id}/choose", activity=shown, version=self.version(referral_id))
        assert answer.status_code == 303, answer.text
        return referral_id

    def sent(self, **more: Any) -> tuple[str, str]:
        """Step 3: the id and the code on the sheet."""
        referral_id = self.offered(**more)
        answer = self.agree(referral_id)
        assert answer.status_code == 303, answer.text
        return referral_id, answer.cookies["sheet_code"]

    def agree(self, referral_id: str, **more: Any) -> httpx.Response:
        form = {"given_by": "self", "given_how": "spoken", "office": str(OFFICE), "how": "yes", **more}
        return self.send(f"/staff/refer/{referral_id}/send", version=self.version(referral_id), **form)


def state(served: Any, referral_id: str) -> str:
    return str(sql(served, "SELECT state FROM rx.referral WHERE referral_id = %s", referral_id)[0][0])


def consents(served: Any) -> set[tuple[str, str]]:
    rows = sql(served, "SELECT purpose, recipient_id FROM rx.consent WHERE withdrawn_at IS NULL")
    return {(purpose, str(recipient)) for purpose, recipient in rows}
