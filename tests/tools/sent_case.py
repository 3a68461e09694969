"""Somebody invented who was referred to the office of the hand-made town, put there as a physician does it."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from geo.points import LonLat
from handmade_town import id_of
from placefinder.store import Database
from prescribing.consents import NewConsent
from prescribing.keys import read_keys
from prescribing.people import Identity, NewPatient
from prescribing.sealing import Sealer
from prescribing.store.consents import give
from prescribing.store.entering import enter
from prescribing.store.people import register
from prescribing.store.referrals import Changes, make, move
from prescribing.store.suggested import keep_round
from staffed_town import OFFICE, STAFF, TOWN

NAME = "見本 はなこ"
SUGGESTED = (0, 2, 4)
"""Numbers of places of the town that were suggested: 0 has a Monday a month, 2 and 4 too."""


@dataclass(frozen=True)
class Sent:
    """A referral in the state `sent`, and whose it is."""

    referral_id: UUID
    patient_id: UUID

    @property
    def path(self) -> str:
        return f"/staff/cases/{self.referral_id}"


def send_somebody(database: Database, home: Path, *, name: str = NAME, office: UUID = OFFICE, **facts: Any) -> Sent:
    """Register somebody, ask them, and send them to an office."""
    with ThreadPoolExecutor(1) as apart:  # a browser's test has a loop of its own in this thread
        sending = _send(database, Sealer(read_keys(home / "keys.json")), name, office, facts)
        return apart.submit(asyncio.run, sending).result()


async def _send(database: Database, sealer: Sealer, name: str, office: UUID, facts: dict[str, Any]) -> Sent:
    async with await psycopg.AsyncConnection.connect(database.staff_dsn or "") as connection:
        physician = await enter(connection, STAFF["physician"].token)
        told = {"age_band": "75-84", "interests": ("meal",), "needs": ("step_free",), **facts}
        new = NewPatient(
            TOWN, **told, district_id=id_of("district 4"), home=LonLat(142.915, 43.515),
            identity=Identity(name, "みほん はなこ", "0123-99-9999", "A-1"),
        )  # fmt: skip
        patient_id = await register(connection, physician, sealer, new)
        await give(connection, physician, patient_id, NewConsent("link_worker", office, given_how="paper"))
        referral = await make(connection, physician, patient_id)
        referral_id = referral.referral_id
        await keep_round(connection, referral_id, [_shown(number) for number in SUGGESTED])
        for step, changes in (
            ("offer", Changes()),
            ("accept_offer", Changes(link_office_id=office)),
            ("send", Changes(link_office_id=office)),
        ):
            referral = await move(connection, physician, referral_id, referral.version, step, changes=changes)
    return Sent(referral_id, patient_id)


def _shown(number: int) -> dict[str, Any]:
    return {
        "activity_id": id_of(f"activity {number}"), "place_id": id_of(f"place {number}"), "score": 1.0, "parts": {},
        "reasons": [], "unknowns": [], "propensity": 0.5, "small_start": False, "candidates": 3,
    }  # fmt: skip
