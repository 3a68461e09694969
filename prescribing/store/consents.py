"""Consents (同意) in the database: given, withdrawn with all that rests on them, and a council's decisions apart."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import class_row

from geo.store.queries import Queries
from placefinder import clock
from prescribing.consents import NewConsent, guardian_needed
from prescribing.errors import InputRefused, NotAllowed, NotFound
from prescribing.store.entering import LinkHolder, Visitor, note
from prescribing.store.referrals import move

QUERIES = Queries("prescribing.store", "consents.sql")


@dataclass(frozen=True, slots=True)
class Consent:
    """A yes on record. `recipient_name` is None for a host: its recipient is an activity."""

    consent_id: UUID
    purpose: str
    recipient_id: UUID
    recipient_name: str | None
    text_version: str
    given_by: str
    given_how: str
    given_at: datetime
    expires_on: date
    withdrawn_at: datetime | None
    holds: bool


async def give(
    connection: AsyncConnection[Any],
    visitor: Visitor,
    patient_id: UUID,
    new: NewConsent,
) -> UUID:
    """Record a yes and give its id. Raises NotFound, InputRefused (a guardian is needed, a day that cannot be)."""
    giver = await (await connection.execute(QUERIES.giver, {"patient_id": patient_id})).fetchone()
    if giver is None:
        raise NotFound
    organisation_id, age_band, birth_year, guardian_below = giver
    today = clock.today()
    if new.given_by == "self" and guardian_needed(age_band, birth_year, today, guardian_below):
        raise InputRefused("given_by", f"guardian: below {guardian_below} a guardian says yes")
    consent_id = uuid4()
    values = {
        "consent_id": consent_id,
        "organisation_id": organisation_id,
        "patient_id": patient_id,
        "purpose": new.purpose,
        "recipient_id": new.recipient_id,
        "text_version": new.version,
        "given_by": new.given_by,
        "given_how": new.given_how,
        "expires_on": new.until(today),
        "recorded_by": visitor.account_id,
    }
    try:
        async with connection.transaction():
            await connection.execute(QUERIES.give, values)
    except psycopg.errors.InsufficientPrivilege:  # a link worker asks for hosts and offices, not for counts
        raise NotAllowed from None
    return consent_id


async def of_patient(connection: AsyncConnection[Any], patient_id: UUID) -> list[Consent]:
    """The consents of a person that whoever entered may see, newest first; the look is noted."""
    async with connection.cursor(row_factory=class_row(Consent)) as cursor:
        await cursor.execute(QUERIES.of_patient, {"patient_id": patient_id})
        found = await cursor.fetchall()
    await note(connection, "read", "rx.consent", patient_id=patient_id, seen=["purpose", "recipient_id", "expires_on"])
    return found


async def withdraw(connection: AsyncConnection[Any], who: Visitor | LinkHolder, consent_id: UUID) -> None:
    """End a consent now, and the referrals that rest on it. Withdrawing twice changes nothing. Raises NotFound."""
    found = await (await connection.execute(QUERIES.one, {"consent_id": consent_id})).fetchone()
    if found is None:
        raise NotFound
    patient_id, purpose, recipient_id = found
    if purpose == "link_worker":
        await _end_referrals(connection, who, patient_id, recipient_id)
    await connection.execute(QUERIES.withdraw, {"consent_id": consent_id})


async def withdraw_all(connection: AsyncConnection[Any], who: Visitor | LinkHolder, patient_id: UUID) -> None:
    """End every consent of a person that whoever asks may see, and all that rests on them."""
    await _end_referrals(connection, who, patient_id, None)
    held = await (await connection.execute(QUERIES.held, {"patient_id": patient_id})).fetchall()
    for consent_id, _purpose, _recipient in held:
        await connection.execute(QUERIES.withdraw, {"consent_id": consent_id})


async def _end_referrals(
    connection: AsyncConnection[Any], who: Visitor | LinkHolder, patient_id: UUID, office_id: UUID | None
) -> None:
    """Before the consent ends, while whoever ends it may still see them."""
    values = {"patient_id": patient_id, "office_id": office_id}
    for referral_id, version in await (await connection.execute(QUERIES.resting_on, values)).fetchall():
        await move(connection, who, referral_id, version, "withdraw", reason="consent_withdrawn")


async def share_by_council(  # noqa: PLR0913 - who shares whom with whom, since when
    connection: AsyncConnection[Any],
    visitor: Visitor,
    patient_id: UUID,
    recipient_id: UUID,
    *,
    council: str,
    decided_on: date,
    ends_on: date,
) -> None:
    """Record that a regional council decided to share with an office. Raises InputRefused, NotFound."""
    if not council.strip():
        raise InputRefused("council", "the name of the council")
    if not decided_on <= clock.today() or not decided_on <= ends_on:
        raise InputRefused("decided_on", "a day that has come, not after the end")
    values = {
        "patient_id": patient_id, "recipient_id": recipient_id, "council": council.strip(), "decided_on": decided_on,
        "ends_on": ends_on, "recorded_by": visitor.account_id,
    }  # fmt: skip
    if not (await connection.execute(QUERIES.share_by_council, values)).rowcount:
        raise NotFound
