"""Links and codes (リンク・番号): how somebody without an account proves that they were given one referral.

A link holds a token of 256 bits. A code is for paper, telephone and FAX: twelve letters and digits that cannot be mistaken
for each other, eleven of them by chance (55 bits), the last a check sign, in three groups of four.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from prescribing.errors import LinkRefused

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U."""
_MISTAKEN = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})
LENGTH = 12
VALID_FOR = timedelta(days=200)
"""Six months of following up and some weeks."""


@dataclass(frozen=True, slots=True)
class Link:
    """What is given away once and kept nowhere: the token of an address and the code that means the same."""

    token: str = field(repr=False)
    code: str = field(repr=False)
    expires_at: datetime


def new_link(now: datetime) -> Link:
    """A link that nobody has."""
    signs = "".join(secrets.choice(SIGNS) for _ in range(LENGTH - 1))
    return Link(secrets.token_urlsafe(32), with_check_sign(signs), now + VALID_FOR)


def with_check_sign(signs: str) -> str:
    """Eleven signs as the code that is printed."""
    return grouped(signs + _check_sign(signs))


def grouped(code: str) -> str:
    """As it is printed: `7K3M-Q9TX-2B4W`."""
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))


def code_as_kept(typed: str) -> str:
    """A typed code as its hash was made: full-width, small letters, blanks and hyphens do not matter.

    Raises LinkRefused for what no code can be, before the database is asked.
    """
    plain = "".join(sign for sign in typed.translate(_HALF_WIDTH).upper() if sign.isalnum()).translate(_MISTAKEN)
    if len(plain) != LENGTH or not set(plain) <= set(SIGNS) or _check_sign(plain[:-1]) != plain[-1]:
        raise LinkRefused
    return grouped(plain)


def _check_sign(signs: str) -> str:
    """A weighted sum with odd weights: any one wrong sign shows, and nearly every exchange of neighbours."""
    return SIGNS[sum((2 * place + 1) * SIGNS.index(sign) for place, sign in enumerate(signs)) % len(SIGNS)]


_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
