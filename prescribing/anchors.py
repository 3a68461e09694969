"""Anchor (控え): the newest seal of the audit, kept in a file beside the keys, a line for each."""

import json
import os
from pathlib import Path

from prescribing.audit import Anchor, Seal
from prescribing.errors import KeysUnusable

FILE = "audit-seals.jsonl"


def anchor_path(keys: Path) -> Path:
    """Where the anchors of the audit lie that is sealed with these keys."""
    return keys.with_name(FILE)


def newest_anchor(path: Path) -> Anchor | None:
    """The last whole line of the file; None where it is not there. Raises KeysUnusable where no line can be read."""
    if not path.exists():
        return None
    for line in reversed(path.read_text("utf-8").splitlines()):
        try:
            row = json.loads(line)
            return Anchor(row["seal_id"], row["last_id"], bytes.fromhex(row["digest"]))
        except (ValueError, KeyError, TypeError):
            continue  # a line that a crash left half-written
    raise KeysUnusable(path, "no line of it can be read: restore it from its own copy")


def keep_anchor(path: Path, seal: Seal) -> None:
    """Append a seal, on the disk when this returns."""
    line = json.dumps({"seal_id": seal.seal_id, "last_id": seal.last_id, "digest": seal.digest.hex()})
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        size = os.fstat(handle).st_size
        whole = not size or os.pread(handle, 1, size - 1) == b"\n"
        os.write(handle, ("" if whole else "\n").encode() + line.encode() + b"\n")
        os.fsync(handle)
    finally:
        os.close(handle)
