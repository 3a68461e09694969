"""Sealing (封印): words about a person are kept encrypted and bound to their row.

AES-256-GCM (NIST SP 800-38D) with a random nonce of 96 bits. What is sealed for one row and one purpose opens nowhere else.
Stored: one byte format, one byte length of the key's id, the id, the nonce, the sealed text with its tag of 16 bytes.
"""

import os
from collections.abc import Sequence
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from prescribing.errors import SealBroken
from prescribing.keys import Key

CONTEXTS = ("patient.identity", "contact.note", "plan_line.text", "account.totp")
_FORMAT = 1
_NONCE_BYTES = 12


class Sealer:
    """Seals with the last of its keys and opens with whichever a row names."""

    def __init__(self, keys: Sequence[Key]) -> None:
        self._ciphers = {key.id: AESGCM(key.derived("sealing")) for key in keys}
        self.key_id = keys[-1].id

    def seal(self, context: str, row_id: UUID, text: str) -> bytes:
        """The stored bytes of `text` for one column (a name of CONTEXTS) of one row. Raises ValueError for another context."""
        if context not in CONTEXTS:
            raise ValueError(f"{context!r} is no context of sealing: add it to CONTEXTS and to the resealing.")
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._ciphers[self.key_id].encrypt(nonce, text.encode(), _bound_to(context, row_id, self.key_id))
        name = self.key_id.encode("ascii")
        return bytes((_FORMAT, len(name))) + name + nonce + sealed

    def open(self, context: str, row_id: UUID, sealed: bytes) -> str:
        """The text. Raises SealBroken, which tells nothing of it: wrong row, wrong context, unknown key or tampered."""
        key_id = key_of(sealed)
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise SealBroken("The key of a sealed field is not in the key file: restore the file from its copy.")
        start = 2 + len(key_id)
        nonce, body = sealed[start : start + _NONCE_BYTES], sealed[start + _NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, body, _bound_to(context, row_id, key_id)).decode()
        except (InvalidTag, ValueError):
            raise SealBroken("A sealed field does not belong to its row or was changed: see the audit.") from None


def key_of(sealed: bytes) -> str:
    """The id of the key that sealed these bytes. Raises SealBroken where they are no seal."""
    try:
        if sealed[0] != _FORMAT or len(sealed) < 2 + sealed[1] + _NONCE_BYTES + 16:
            raise SealBroken("A sealed field is not in the form of a seal: see the audit.")
        return bytes(sealed[2 : 2 + sealed[1]]).decode("ascii")
    except (IndexError, UnicodeDecodeError):
        raise SealBroken("A sealed field is not in the form of a seal: see the audit.") from None


def _bound_to(context: str, row_id: UUID, key_id: str) -> bytes:
    return b"\0".join((context.encode(), row_id.bytes, key_id.encode()))
