"""Records as rows for COPY, in the order of the columns in placefinder/store/intake.sql."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson

from geo.editions import EditionId
from placefinder.facts import Fact
from placefinder.intake.positions import Located
from placefinder.intake.records import (
    ActivityRecord,
    ContactLineRecord,
    FacilityRecord,
    Outcome,
    PlaceRecord,
    SiteRecord,
)
from placefinder.opening import schedule_json
from placefinder.places import stable_id
from placefinder.store.intake import ewkb

Values = Sequence[Any]


def places(edition_id: EditionId, source_id: str, located: Iterable[Located]) -> Iterator[Values]:
    for one in located:
        site = one.site
        if isinstance(site, PlaceRecord):
            yield (edition_id, stable_id(source_id, site.source_key), one.municipality_code, source_id, site.source_key, site.name,
                   site.name_kana, site.address, site.postcode, one.level, one.basis, ewkb(one.point), one.district_id,
                   one.district_basis, list(site.declared_districts), facts_json(site.facts))  # fmt: skip


def activities(edition_id: EditionId, source_id: str, located: Iterable[Located]) -> Iterator[Values]:
    for one in located:
        if isinstance(one.site, PlaceRecord):
            place_id = stable_id(source_id, one.site.source_key)
            for number, activity in enumerate(one.site.activities):
                part = f"{activity.kind}{activity.part or number or ''}"
                yield (
                    edition_id,
                    stable_id(source_id, one.site.source_key, part),
                    place_id,
                    one.municipality_code,
                    *_activity(activity),
                )


def _activity(a: ActivityRecord) -> Values:
    schedule = orjson.dumps(schedule_json(a.schedule)).decode()
    return (a.kind, a.name, a.name_kana, a.organiser_name, a.status, a.status_text, a.status_until, a.schedule.text, schedule, a.schedule.certainty,
            a.age_min, a.age_max, list(a.audiences), list(a.interests), a.price_yen_min, a.price_yen_max, facts_json(a.facts),
            a.checked_on)  # fmt: skip


def facilities(edition_id: EditionId, source_id: str, located: Iterable[Located]) -> Iterator[Values]:
    for one in located:
        site = one.site
        if isinstance(site, FacilityRecord):
            yield (edition_id, stable_id(source_id, site.source_key, "facility"), one.municipality_code, site.kind, site.name, site.name_kana,
                   site.address, ewkb(one.point), one.level, one.district_id, facts_json(site.facts))  # fmt: skip


def lines(edition_id: EditionId, source_id: str, records: Iterable[ContactLineRecord]) -> Iterator[Values]:
    for line in records:
        yield (edition_id, stable_id(source_id, line.source_key, "line"), line.municipality_code, line.name, line.phone, line.url,
               list(line.topics), line.under_18, orjson.dumps(list(line.hours)).decode(), line.note)  # fmt: skip


def intake_rows(
    edition_id: EditionId, source_id: str, outcomes: Iterable[Outcome], changes: Mapping[UUID, str]
) -> Iterator[Values]:
    """Each row with its verdict; what was understood is kept for queued rows only, the others stand in the tables."""
    compared = bool(changes)
    for outcome in outcomes:
        verdict, record = outcome.verdict, outcome.record
        accepted = verdict == "accepted" and record is not None
        change = changes.get(_id_of(source_id, record)) if compared and accepted else "new" if accepted else None
        kept = orjson.dumps(outcome.record_json(), default=str).decode() if verdict == "queued" and record else None
        found = orjson.dumps([finding.as_json() for finding in outcome.findings]).decode() if outcome.findings else "[]"
        yield (
            edition_id,
            outcome.sheet,
            outcome.row_no,
            verdict,
            change,
            record.source_key if record else None,
            found,
            kept,
        )


def _id_of(source_id: str, record: SiteRecord | ContactLineRecord | None) -> UUID:
    part = "line" if isinstance(record, ContactLineRecord) else "facility" if isinstance(record, FacilityRecord) else ""
    return stable_id(source_id, record.source_key if record else "", part)


def facts_json(facts: Mapping[str, Fact]) -> str:
    return orjson.dumps({name: fact.as_json() for name, fact in facts.items()}).decode() if facts else "{}"
