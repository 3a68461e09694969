"""A person between the form, the store and the matching."""

import json
from typing import Any, cast
from uuid import UUID

from psycopg import AsyncConnection

from geo.points import LonLat
from geo.reach import Mobility
from placefinder import clock
from prescribing.errors import InputRefused
from prescribing.matching import Person, band_of_birth_year
from prescribing.people import Identity, NewPatient, Patient, age_band_of
from prescribing.store import again as store
from prescribing.store.people import IDENTITY, identity, patient, register
from prescribing.store.referrals import Referral, make, referral
from prescribing.web.facts import PRICES, Facts, Where, age_of, birth_year_of, empty, from_minutes, mobility_of
from prescribing.web.visits import Visit


async def registered(  # noqa: PLR0913 - who, what was told, where
    v: Visit, sealer: Any, told: Facts, where: Where, avoid: list[UUID], *, again: UUID | None = None
) -> tuple[Referral, bool]:
    """Keep the person and make a draft; the same form sent again gives the one it made, and False.

    `again`: a referral of the same person, whose facts are replaced by these; the new one follows it.
    """
    made = await store.made_before(v.connection, v.visitor, told.key, told.fingerprint)
    if made:
        return await referral(v.connection, made), False
    new = _new(told, where, avoid)
    if again is None:
        patient_id = await register(v.connection, v.visitor, sealer, new)
    else:
        patient_id = (await referral(v.connection, again)).patient_id
        await store.replace_facts(v.connection, sealer, patient_id, new)
    draft = await make(v.connection, v.visitor, patient_id, follows=again)
    await store.remember(v.connection, v.visitor, told.key, told.fingerprint, draft.referral_id)
    return draft, True


def _new(told: Facts, where: Where, avoid: list[UUID]) -> NewPatient:
    age = age_of(told, clock.today().year)
    if age is None:
        raise InputRefused("age", "an age or a year of birth")
    return NewPatient(
        municipality_code=where.municipality_code, age_band=age_band_of(age), birth_year=birth_year_of(told), sex=told.sex or None,
        district_id=where.district_id, home=where.point, mobility=cast(Mobility, mobility_of(told, age)), interests=told.interests,
        needs=told.needs, free_minutes=None if told.free_minutes is None else tuple(told.free_minutes), price_max=told.price_max, avoid=tuple(avoid), insurer_id=told.insurer,
        identity=Identity(told.name, told.kana, told.phone, told.chart_number),
    )  # fmt: skip


async def matching_person(connection: AsyncConnection[Any], patient_id: UUID) -> Person:
    """The person as matching needs them."""
    known = await patient(connection, patient_id)
    ages = band_of_birth_year(known.birth_year, clock.today()) if known.birth_year else known.age_band
    home = LonLat(known.lon, known.lat) if known.lon is not None and known.lat is not None else None
    return Person(
        mobility=known.mobility, age_band=ages, point=home, district_id=known.district_id,
        interests=frozenset(known.interests), needs=frozenset(known.needs), avoid=frozenset(known.avoid),
        free_minutes=None if known.free_minutes is None else tuple((first, last) for first, last in known.free_minutes),
        price_max=known.price_max,
    )  # fmt: skip


async def facts_again(connection: AsyncConnection[Any], sealer: Any, referral_id: UUID) -> Facts:
    """The form filled in with what is known of the person of an earlier referral; the reading is noted."""
    found = await referral(connection, referral_id)
    known = await patient(connection, found.patient_id)
    who = await identity(connection, sealer, found.patient_id)
    return _again(known, who, await store.home_name(connection, known.district_id))


def _again(known: Patient, who: Identity, home: str) -> Facts:
    days, parts = from_minutes(known.free_minutes)
    said: dict[str, Any] = {name: getattr(who, name) for name in ("name", "kana", "phone", "chart_number")}
    return Facts(
        key=empty().key, age_text=str(known.birth_year or ""), q=home, mobility=known.mobility, sex=known.sex or "",
        where=f"district:{known.district_id}" if known.district_id else "",
        interests=tuple(known.interests), needs=tuple(known.needs), days=days, parts=parts, insurer=known.insurer_id,
        price=next((code for code, yen in PRICES.items() if code and yen == known.price_max), ""), **said,
    )  # fmt: skip


def name_of(sealer: Any, patient_id: UUID, sealed: bytes | None) -> str | None:
    """The name alone, for a list; the list notes the reading."""
    if not sealed:
        return None
    return str(json.loads(sealer.open(IDENTITY, patient_id, bytes(sealed))).get("name") or "") or None
