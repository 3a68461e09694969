"""The JSON face of referrals as a program of staff calls it."""

from typing import Any
from uuid import uuid4

import httpx

from staffed_town import OFFICE, STAFF, TOWN


class Api:
    """Requests of signed-in staff, with their token."""

    def __init__(self, served: Any) -> None:
        self.served = served
        self._clients: dict[str, httpx.Client] = {}

    def _client(self, who: str) -> httpx.Client:
        if who not in self._clients:
            self._clients[who] = self.served.client(who)
        return self._clients[who]

    def get(self, who: str, path: str) -> httpx.Response:
        return self._client(who).get("/api/v1" + path)

    def post(
        self, who: str, path: str, body: Any, *, key: str | None = None, etag: str | None = None
    ) -> httpx.Response:
        headers = {"X-CSRF-Token": STAFF[who].csrf}
        if key is not None:
            headers["Idempotency-Key"] = key
        if etag is not None:
            headers["If-Match"] = etag
        return self._client(who).post("/api/v1" + path, json=body, headers=headers)

    def new(self, key: str | None = None) -> httpx.Response:
        patient = {
            "municipality_code": TOWN, "age_band": "75-84", "birth_year": 1948, "home": {"lon": 142.9123456, "lat": 43.5123456},
            "identity": {"name": "架空 花子"},
        }  # fmt: skip
        return self.post("physician", "/referrals", {"patient": patient}, key=key or str(uuid4()))

    def move(
        self,
        who: str,
        at: Any,
        name: str,
        *,
        version: Any = "its own",
        etag: str | None = None,
        key: str | None = None,
        **changes: Any,
    ) -> httpx.Response:
        if etag is None and version is not None:
            etag = f'"{at["version"] if version == "its own" else version}"'
        return self.post(who, f"/referrals/{at['referral_id']}/moves", {"move": name, **changes}, key=key, etag=etag)

    def sent(self) -> Any:
        at = self.new().json()
        at = self.move("physician", at, "offer").json()
        self.post(
            "physician",
            f"/referrals/{at['referral_id']}/consents",
            {"purpose": "link_worker", "recipient_id": str(OFFICE)},
        )
        at = self.move("physician", at, "accept_offer", link_office_id=str(OFFICE)).json()
        return self.move("physician", at, "send").json()

    @staticmethod
    def problem(answer: httpx.Response) -> int:
        """The status of a refusal, which must be a problem (RFC 9457)."""
        assert answer.headers["content-type"] == "application/problem+json", answer.text
        assert answer.json()["status"] == answer.status_code
        return answer.status_code
