"""Telephone numbers as a list shows them and as a `tel:` link dials them."""

import re
from dataclasses import dataclass

_PHONE = re.compile(r"[0-9+][0-9+()\-]{5,}")


@dataclass(frozen=True, slots=True)
class Phone:
    """A number to show and to dial."""

    shown: str
    dial: str


def phone_of(text: str | None) -> Phone | None:
    """The number in a text of a list; None where there is none to dial."""
    found = _PHONE.search(text.replace(" ", "")) if text else None
    return Phone(text or "", re.sub(r"[^0-9+]", "", found[0])) if found else None
