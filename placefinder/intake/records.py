"""What a reader makes of a row (取込記録): places with activities, facilities or contact lines, and what it noticed.

A reader turns each data row into one `Outcome`. Its verdict follows from its findings alone (`geo.findings.verdict`):
a refusal refuses the row, a question queues it, notes accept it. A public room is a FacilityRecord of kind `public_room`.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal

from geo.codes import MunicipalityCode, Postcode
from geo.findings import Finding, verdict
from geo.points import LonLat
from placefinder.facts import Fact
from placefinder.kinds import OTHER, Kind
from placefinder.opening import NOT_UNDERSTOOD, Schedule
from placefinder.places import Status


@dataclass(slots=True)
class ActivityRecord:
    """What is held at a place. Every empty field means unknown; `part` tells activities of one row apart."""

    kind: Kind
    name: str
    part: str = ""
    name_kana: str | None = None
    organiser_name: str | None = None
    status: Status = "unknown"
    status_text: str | None = None
    status_until: date | None = None
    schedule: Schedule = NOT_UNDERSTOOD
    age_min: int | None = None
    age_max: int | None = None
    audiences: Sequence[str] = ()
    interests: Sequence[str] = ()
    price_yen_min: int | None = None
    price_yen_max: int | None = None
    facts: dict[str, Fact] = field(default_factory=dict)
    checked_on: date | None = None


@dataclass(slots=True)
class SiteRecord:
    """What places and facilities share. `source_key` "" asks the pipeline to make one from name and address.

    `point` is the source's own position (level `given`); without one the pipeline geocodes `address`, unless
    `vague_address` says that it is kept vague on purpose (「北品川１丁目周辺」, 「非公開」): then it never becomes a point.
    """

    source_key: str
    municipality_code: MunicipalityCode | None
    name: str
    name_kana: str | None = None
    address: str | None = None
    postcode: Postcode | None = None
    point: LonLat | None = None
    position_basis: str = ""
    vague_address: bool = False
    facts: dict[str, Fact] = field(default_factory=dict)


@dataclass(slots=True)
class PlaceRecord(SiteRecord):
    """A place with at least one activity."""

    declared_districts: Sequence[str] = ()
    activities: Sequence[ActivityRecord] = ()


@dataclass(slots=True)
class FacilityRecord(SiteRecord):
    """A facility that is no gathering place itself: a public room, clinic, pharmacy, support centre, school …"""

    kind: Kind = OTHER


@dataclass(slots=True)
class ContactLineRecord:
    """A contact line (相談窓口); `hours` as finder.contact_line keeps them."""

    source_key: str
    name: str
    topics: Sequence[str]
    under_18: bool
    hours: Sequence[dict[str, Any]] = ()
    municipality_code: MunicipalityCode | None = None
    phone: str | None = None
    url: str | None = None
    note: str | None = None


Record = PlaceRecord | FacilityRecord | ContactLineRecord


@dataclass(slots=True)
class Outcome:
    """One data row of a file and what became of it. `record` is None where nothing could be understood.

    `personal_dropped` counts private phone numbers and e-mail addresses left out of everything that is kept.
    """

    sheet: str
    row_no: int
    record: Record | None
    findings: list[Finding] = field(default_factory=list)
    personal_dropped: int = 0

    @property
    def verdict(self) -> Literal["accepted", "queued", "refused"]:
        return verdict(self.findings)

    def record_json(self) -> dict[str, Any] | None:
        """What was understood, for a clerk to finish a queued row."""
        return None if self.record is None else asdict(self.record)
