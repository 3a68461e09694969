"""People and referrals of a test: each call is one request of one party, committed or not kept at all."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from geo.points import LonLat
from handmade_town import id_of
from placefinder import clock
from placefinder.store import Database
from prescribing.consents import NewConsent
from prescribing.keys import read_keys
from prescribing.people import AgeBand, Identity, NewPatient
from prescribing.sealing import Sealer
from prescribing.store import consents, people, referrals
from prescribing.store.entering import enter
from prescribing.store.referrals import Changes, Referral
from staffed_town import OFFICE, STAFF, TOWN

ACTIVITY, PLACE = id_of("activity 0"), id_of("place 0")
LONELY = NewPatient(
    TOWN, AgeBand("75-84"), birth_year=1948, home=LonLat(142.91234567, 43.51234567), interests=("meal",),
    free_minutes=((540, 720),), identity=Identity(name="架空 花子", phone="000-0000-0000"),
)  # fmt: skip


class Journey:
    """Each call is one request of one party: it enters, does one thing and commits, or nothing of it is kept."""

    def __init__(self, database: Database, home: Path) -> None:
        self.database = database
        self.sealer = Sealer(read_keys(home / "keys.json"))

    async def as_(self, key: str, doing: Any) -> Any:
        async with await psycopg.AsyncConnection.connect(self.database.staff_dsn or "") as connection:
            return await doing(connection, await enter(connection, STAFF[key].token))

    def run(self, key: str, doing: Any) -> Any:
        return asyncio.run(self.as_(key, doing))

    def patient(self, new: NewPatient = LONELY, key: str = "physician") -> UUID:
        return self.run(key, lambda c, v: people.register(c, v, self.sealer, new))

    def draft(self, patient_id: UUID, idem: str | None = None) -> Referral:
        return self.run("physician", lambda c, v: referrals.make(c, v, patient_id, key=idem))

    def yes(self, patient_id: UUID, purpose: str, recipient: UUID, key: str = "physician", by: str = "self") -> UUID:
        return self.run(key, lambda c, v: consents.give(c, v, patient_id, NewConsent(purpose, recipient, given_by=by)))

    def move(self, who: str, at: Referral, name: str, **more: object) -> Referral:
        version = more.pop("version", at.version)
        return self.run(who, lambda c, v: referrals.move(c, v, at.referral_id, version, name, **more))  # type: ignore[arg-type]

    def sent(self) -> Referral:
        patient_id = self.patient()
        at = self.move("physician", self.draft(patient_id), "offer")
        self.yes(patient_id, "link_worker", OFFICE)
        at = self.move("physician", at, "accept_offer", changes=Changes(link_office_id=OFFICE))
        return self.move("physician", at, "send")

    def reached(self) -> Referral:
        return self.move("link_worker", self.sent(), "reach")

    def asked(self) -> Referral:
        at = self.reached()
        self.yes(at.patient_id, "host", ACTIVITY, "link_worker")
        return self.move("link_worker", at, "ask_place", changes=Changes(activity_id=ACTIVITY, place_id=PLACE))

    def owner(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        with psycopg.connect(self.database.owner_dsn) as connection:
            return connection.execute(sql, values).fetchall()

    def attended(self) -> Referral:
        at = self.move("link_worker", self.asked(), "accept")
        return self.move("link_worker", at, "attend")

    def shared_by_council(self, patient_id: UUID, office_id: UUID) -> None:
        today = clock.today()
        self.run("physician", lambda c, v: consents.share_by_council(
            c, v, patient_id, office_id, council="架空はまなす市 地域協議会", decided_on=today, ends_on=today))  # fmt: skip

    def owner_does(self, sql: str, *values: object) -> None:
        with psycopg.connect(self.database.owner_dsn, options="-c search_path=public,jobs") as connection:
            connection.execute(sql, values)

    def until(self, true: Callable[[], bool], within_s: float = 30) -> None:
        """Wait for what another thread does."""
        end = time.monotonic() + within_s
        while not true():
            assert time.monotonic() < end, "it did not happen"
            time.sleep(0.1)
