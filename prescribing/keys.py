"""Keys (鍵): what seals personal words and the audit. They live in one file beside the database, never inside it.

A dump of the database without this file holds no name, no note and no phone number; so it is kept apart from backups.
"""

import base64
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from prescribing.errors import KeysUnusable

_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """One key: its id is public and stands in what it sealed; its secret never leaves the process or the file."""

    id: str
    made_at: str  # ISO 8601, UTC
    secret: bytes

    def derived(self, purpose: str) -> bytes:
        """32 bytes for one purpose (HKDF-SHA256): the seal of the audit and that of a note share no key."""
        return HKDF(SHA256(), 32, salt=None, info=f"placefinder {purpose}".encode()).derive(self.secret)

    def __repr__(self) -> str:
        return f"Key({self.id!r})"


def new_key() -> Key:
    """A key of 256 random bits."""
    now = datetime.now(UTC)
    return Key(f"{now:%Y%m%d}-{secrets.token_hex(4)}", now.isoformat(timespec="seconds"), os.urandom(_SECRET_BYTES))


def read_keys(path: Path) -> tuple[Key, ...]:
    """The keys of the file, oldest first: the last one seals. A missing file is made with one key, mode 0600.

    Raises KeysUnusable where it cannot be read, is not ours, or others could read it.
    """
    try:
        if not path.exists():
            _make(path)
        if path.stat().st_mode & 0o077:
            raise KeysUnusable(path, "others may read it: chmod 600 it")
        rows = json.loads(path.read_text("utf-8"))["keys"]
        keys = tuple(Key(row["id"], row["made_at"], base64.b64decode(row["secret"], validate=True)) for row in rows)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KeysUnusable(path, f"it cannot be read ({type(error).__name__}): restore it from its own copy") from None
    if not keys or len({key.id for key in keys}) < len(keys) or any(len(k.secret) != _SECRET_BYTES for k in keys):
        raise KeysUnusable(path, "it holds no key, one twice, or one that is too short: restore it from its own copy")
    return keys


def write_keys(path: Path, keys: Sequence[Key]) -> None:
    """Replace the file at once: a crash leaves the old one or the new one."""
    _written_beside(path, keys).replace(path)
    _sync_folder(path.parent)


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    written = _written_beside(path, [new_key()])
    try:
        os.link(written, path)  # of two processes that start at once one makes the file
    except FileExistsError:
        pass
    finally:
        written.unlink()
    _sync_folder(path.parent)


def _written_beside(path: Path, keys: Sequence[Key]) -> Path:
    rows = [{"id": key.id, "made_at": key.made_at, "secret": base64.b64encode(key.secret).decode()} for key in keys]
    with NamedTemporaryFile("w", dir=path.parent, prefix=".keys-", delete=False) as file:  # mode 0600
        json.dump({"keys": rows}, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    return Path(file.name)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
