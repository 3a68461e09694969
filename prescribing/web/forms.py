"""Fields of a form as what they mean; what cannot be is refused by the field's name, never by its value."""

from datetime import date
from uuid import UUID

from starlette.datastructures import FormData

from placefinder.web.asking import text
from prescribing.errors import InputRefused


def number_of(form: FormData, name: str) -> int | None:
    """A version; None where there is none."""
    told = text(form, name)
    return int(told) if told.isascii() and told.isdigit() and len(told) < 9 else None


def day_of(form: FormData, name: str) -> date:
    """A day. Raises InputRefused."""
    try:
        return date.fromisoformat(text(form, name))
    except ValueError:
        raise InputRefused(name, "a day") from None


def uuid_of(form: FormData, name: str) -> UUID:
    """An id of something chosen from a list. Raises InputRefused."""
    try:
        return UUID(text(form, name))
    except ValueError:
        raise InputRefused(name, "one of the list") from None
