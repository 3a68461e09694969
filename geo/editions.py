"""Sources (出典) and editions (版): everything that is loaded arrives as an edition of a source.

An edition is staged, checked, made current and later retired; older ones stay askable.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal, NewType
from uuid import UUID

from geo.codes import MunicipalityCode

Dataset = Literal[
    "addresses",
    "municipalities",
    "schools",
    "districts",
    "town_districts",
    "populations",
    "places",
    "rooms",
    "contact_lines",
]
EditionState = Literal["staged", "current", "retired"]
Redistribution = Literal["open", "conditional", "no", "unknown"]
EditionId = NewType("EditionId", UUID)


@dataclass(frozen=True, slots=True)
class Source:
    """Who publishes a list, and on which terms.

    `redistribution`: "open" may be exported, "conditional" with `condition` shown, "no" and "unknown" never leave.
    `fictional`: invented, as the demo town is, so that every page that stands on it says so.
    """

    source_id: str
    title: str
    publisher: str
    licence: str
    attribution: str
    redistribution: Redistribution
    home_url: str | None = None
    condition: str | None = None
    fictional: bool = False

    @property
    def exportable(self) -> bool:
        return self.redistribution in ("open", "conditional")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows a file had and what became of them; no row may vanish."""

    rows_in: int
    accepted: int
    queued: int = 0
    refused: int = 0

    @property
    def complete(self) -> bool:
        return self.rows_in == self.accepted + self.queued + self.refused


@dataclass(frozen=True, slots=True)
class MunicipalityTerms:
    """On which terms one municipality's part of a source may be used and passed on: before the source's own."""

    municipality_code: MunicipalityCode
    name: str
    licence: str
    redistribution: Redistribution
    condition: str | None


@dataclass(frozen=True, slots=True)
class Edition:
    """One loaded file of a source, with the terms of that source.

    `scope` is a six-digit municipality code, a two-digit prefecture code or "jp"; `label` is what the publisher
    calls the edition ("A27-23"). `known_defects` are Japanese sentences shown beside the data.
    """

    edition_id: EditionId
    source_id: str
    dataset: Dataset
    scope: str
    label: str
    state: EditionState
    file_name: str
    file_sha256: str
    published_on: date | None
    loaded_at: datetime
    made_current_at: datetime | None
    retired_at: datetime | None
    rows_in: int
    rows_accepted: int
    rows_queued: int
    rows_refused: int
    known_defects: Sequence[str]
    title: str
    publisher: str
    licence: str
    attribution: str
    redistribution: Redistribution


def file_sha256(path: Path) -> str:
    """The file's SHA-256 as 64 hexadecimal digits: the same file is recognised by it whatever its name."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
