"""The contact log (連絡の記録): who was spoken to about a referral, how, and a note that only the office can open."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID, uuid4

from psycopg import AsyncConnection
from psycopg.rows import class_row

from geo.store.queries import Queries
from prescribing.errors import InputRefused
from prescribing.sealing import Sealer

QUERIES = Queries("prescribing.store", "contacts.sql")

Channel = Literal["phone", "visit", "letter", "meeting", "message", "fax"]
WithWhom = Literal["person", "family", "place", "referrer"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)
WITH_WHOM: tuple[WithWhom, ...] = get_args(WithWhom)
LONGEST_NOTE = 2_000
_SEALED_AS = "contact.note"


@dataclass(frozen=True, slots=True)
class NewContact:
    """A contact as it is told. `two_way`: they answered. Raises InputRefused, naming the field, for what cannot be."""

    channel: str
    with_whom: str
    two_way: bool
    note: str = ""

    def __post_init__(self) -> None:
        if self.channel not in CHANNELS:
            raise InputRefused("channel", f"one of {', '.join(CHANNELS)}")
        if self.with_whom not in WITH_WHOM:
            raise InputRefused("with_whom", f"one of {', '.join(WITH_WHOM)}")
        if len(self.note) > LONGEST_NOTE:
            raise InputRefused("note", f"{LONGEST_NOTE} characters at most")


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact as it is kept; `by_name` is None where somebody of another office wrote it down."""

    contact_id: UUID
    at: datetime
    channel: str
    with_whom: str
    two_way: bool
    note_sealed: bytes | None
    by_name: str | None

    def note(self, sealer: Sealer) -> str | None:
        """The note opened; the reading is noted with the page that shows it. Raises SealBroken."""
        return sealer.open(_SEALED_AS, self.contact_id, self.note_sealed) if self.note_sealed else None


async def add_contact(  # noqa: PLR0913, PLR0917 - by whom, about what, what
    connection: AsyncConnection[Any],
    sealer: Sealer,
    organisation_id: UUID,
    referral_id: UUID,
    contact: NewContact,
    recorded_by: UUID,
) -> UUID:
    """Write a contact down; it is never changed. The note is sealed to its row."""
    contact_id = uuid4()
    values = {
        "contact_id": contact_id,
        "organisation_id": organisation_id,
        "referral_id": referral_id,
        "channel": contact.channel,
        "with_whom": contact.with_whom,
        "two_way": contact.two_way,
        "note_sealed": sealer.seal(_SEALED_AS, contact_id, contact.note) if contact.note else None,
        "recorded_by": recorded_by,
    }
    await connection.execute(QUERIES.add_contact, values)
    return contact_id


async def contacts_of(connection: AsyncConnection[Any], referral_id: UUID) -> list[Contact]:
    """All contacts about a referral, newest first."""
    async with connection.cursor(row_factory=class_row(Contact)) as cursor:
        await cursor.execute(QUERIES.contacts, {"referral_id": referral_id})
        return await cursor.fetchall()
