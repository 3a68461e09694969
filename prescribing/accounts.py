"""Accounts (アカウント): which roles there are, what a password must be, how tries are slowed down, what a second factor is.

Passwords: at least 13 characters, no forced change, no rule about signs (NIST SP 800-63B §5.1.1; 医療情報システムの安全管理
に関するガイドライン第6.0版: 13 characters or a second factor; here both). Kept as argon2id.
"""

import hmac
import re
import secrets
import unicodedata
from collections.abc import Iterable
from functools import cache

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from prescribing.errors import InputRefused

ROLES_OF_KIND: dict[str, tuple[str, ...]] = {
    "clinic": ("physician", "admin"),
    "insurer": ("insurer_nurse", "insurer", "admin"),
    "link_office": ("link_worker", "admin"),
    "municipality": ("municipality", "admin"),
    "host": ("admin",),
}
"""Which roles an organisation can have; rx.role_fits says the same."""

ROLES = ("physician", "insurer_nurse", "insurer", "link_worker", "municipality", "admin")

WAITS_S = (0, 0, 0, 0, 60, 120, 240, 480, 900)
"""Seconds to wait after the 1st, 2nd, … failure in a row; the last one holds for all further ones."""

INVITATION_DAYS = 7
PASSWORD_MIN, PASSWORD_MAX = 13, 200
DEMO_DOMAIN = "demo.example"
"""Logins of invented people: `serve --demo` on the loopback shows their codes, so that everybody can look around."""

_LOGIN = re.compile(r"[a-z0-9._%+-]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+")
_RUNS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb")
_KNOWN = re.compile(
    r"(password|passwd|welcome|letmein|admin|login|qwerty|iloveyou|sakura|nippon|hospital|clinic|byouin)+"
)
_HASHER = PasswordHasher()


def clean_login(text: str) -> str:
    """An e-mail address as it is kept: half-width and lower case. Raises InputRefused for what is none."""
    login = unicodedata.normalize("NFKC", text).strip().lower()
    if len(login) > 254 or not _LOGIN.fullmatch(login):
        raise InputRefused("login", "an e-mail address")
    return login


def _plain(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def check_password(password: str, *names: str) -> None:
    """Raises InputRefused where a password is too short, too long, too common or made of one of the `names`.

    `names`: the login and what else everybody knows, such as the organisation's name.
    """
    plain = _plain(password).casefold()
    if not PASSWORD_MIN <= len(plain) <= PASSWORD_MAX:
        raise InputRefused("password", f"{PASSWORD_MIN} to {PASSWORD_MAX} characters long")
    if _is_common(plain):
        raise InputRefused("password", "less common")
    if any(name in plain for name in _known_names(names)):
        raise InputRefused("password", "free of your e-mail address and your organisation's name")


def _is_common(plain: str) -> bool:
    letters = re.sub(r"[^a-z]", "", plain.translate(str.maketrans("013457@$", "oieastas")))
    in_a_row = any(plain in run * 3 or plain in run[::-1] * 3 for run in _RUNS)
    return len(set(plain)) < 6 or in_a_row or bool(_KNOWN.fullmatch(letters))


def _known_names(names: Iterable[str]) -> list[str]:
    whole = [_plain(name).casefold().replace(" ", "") for name in names]
    return [part for name in whole for part in {name, name.partition("@")[0]} if len(part) >= 4]


def hash_password(password: str) -> str:
    """The argon2id hash to keep. Costs about 50 ms and 64 MiB: never on the event loop."""
    return _HASHER.hash(_plain(password))


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash(secrets.token_urlsafe(32))


def verify_password(kept: str | None, password: str) -> bool:
    """Whether the password is the kept one. Nobody's password (None) costs the same time and is never right."""
    try:
        nobodys = _nobodys_hash()
        return _HASHER.verify(kept or nobodys, _plain(password)) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def one_time_password() -> str:
    """A password to be told once and changed at the first sign-in: 20 letters in groups, 95 bits."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))


def new_totp_secret() -> str:
    """A secret of 160 bits for an authenticator app, base32 (RFC 6238)."""
    return pyotp.random_base32()


def totp_uri(secret: str, login: str, issuer: str) -> str:
    """What the QR code says to the authenticator app."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=issuer)


def current_code(secret: str, at_s: float) -> str:
    """The code of a secret at a time (seconds since 1970)."""
    return pyotp.TOTP(secret).at(int(at_s))


def totp_step(secret: str, code: str, at_s: float) -> int | None:
    """The 30-second step whose code this is, one before or after allowed for clocks that differ; None for a wrong one.

    The caller keeps the step and refuses it and all earlier ones from then on: a code is taken once.
    """
    digits = re.sub(r"\s", "", _plain(code))
    now = int(at_s) // 30
    for step in (now, now - 1, now + 1):
        if digits.isascii() and hmac.compare_digest(pyotp.TOTP(secret).at(step * 30), digits):
            return step
    return None


def new_token() -> str:
    """A secret of 256 bits for a session, an invitation or a form."""
    return secrets.token_urlsafe(32)
