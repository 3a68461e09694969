"""From files to a current edition: read, locate, assign, stage, check, make current. Each half is one transaction.

`stage` and `publish` never commit: the command line does, once after each. A process that dies in between leaves the
older edition current; `publish` of a staged edition may be asked for later.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import psycopg

from geo.codes import MunicipalityCode
from geo.districts import NEAR_M
from geo.editions import Counts, Edition, EditionId, Source
from geo.findings import Finding
from geo.store.districts import DistrictStore
from geo.store.editions import EditionStore
from placefinder import clock
from placefinder.intake import rows
from placefinder.intake.contacts import cleaned_finding
from placefinder.intake.positions import AddressFinder, Located, locate, scope_of
from placefinder.intake.reading import FileReading
from placefinder.intake.records import ContactLineRecord, Outcome
from placefinder.store.intake import Change, IntakeStore

OUTSIDE_M = 500.0
"""A point this far outside the boundary of its municipality is asked about: boundaries are simplified by up to that."""
MOST_FALLEN, MOST_REFUSED = 0.30, 0.20
Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Job:
    """What a clerk says of a load. `source_for` gives the source once the scope is known."""

    source_for: Callable[[str], Source]
    label: str
    municipality_code: MunicipalityCode | None = None
    published_on: date | None = None


@dataclass(slots=True)
class Prepared:
    """A reading with its sites located; nothing is written yet."""

    reading: FileReading
    located: list[Located]
    scope: str
    notes: list[Finding]

    @property
    def counts(self) -> Counts:
        verdicts = Counter(outcome.verdict for outcome in self.reading.outcomes)
        return Counts(len(self.reading.outcomes), verdicts["accepted"], verdicts["queued"], verdicts["refused"])


@dataclass(slots=True)
class Staged:
    """A staged edition and what a clerk should know before it becomes current; `held` says why it should not."""

    prepared: Prepared
    edition: Edition
    source: Source
    changes: list[Change] = field(default_factory=list)
    held: str | None = None


def prepare(connection: psycopg.Connection[Any], reading: FileReading, finder: AddressFinder | None, stated: MunicipalityCode | None,
            progress: Progress = lambda _what, _count: None) -> Prepared:  # fmt: skip
    """Locate and judge every row; reads the database, writes nothing but a temporary table."""
    by_town = IntakeStore(connection).municipalities_by_town()
    located, notes = locate(
        reading.outcomes, finder, stated, lambda count: progress("住所から位置を求めています", count), by_town
    )
    progress("小学校区を調べています", 0)
    _assign(connection, located)
    _complete(reading.outcomes, located)
    return Prepared(
        reading, located, scope_of(located, stated) if located else stated or "jp", [*reading.notes, *notes]
    )


def stage(
    connection: psycopg.Connection[Any], prepared: Prepared, job: Job, progress: Progress = lambda _what, _count: None
) -> Staged:
    """Write everything as a staged edition that nobody sees, and compare it with the one it would replace."""
    reading, store, editions = prepared.reading, IntakeStore(connection), EditionStore(connection)
    source = job.source_for(prepared.scope)
    store.discard_left_over(source.source_id, reading.dataset, prepared.scope, reading.sha256)
    editions.register(source)
    edition = editions.stage(source.source_id, reading.dataset, prepared.scope, job.label, file_name=reading.file_name,
                             file_sha256=reading.sha256, published_on=job.published_on)  # fmt: skip
    progress("保存しています", 0)
    _copy(store, prepared, edition.edition_id, source.source_id)
    previous = store.previous(source.source_id, reading.dataset, prepared.scope)
    changes = store.changes(edition.edition_id, previous.edition_id) if previous else []
    by_id = {change.id: change.change for change in changes}
    store.copy_rows(rows.intake_rows(edition.edition_id, source.source_id, reading.outcomes, by_id))
    recorded = editions.record(edition.edition_id, prepared.counts, [note.message for note in prepared.notes])
    return Staged(
        prepared,
        recorded,
        source,
        changes,
        why_held(prepared.counts, previous.rows_accepted if previous else None, recorded.edition_id),
    )


def why_held(counts: Counts, before: int | None, edition_id: EditionId) -> str | None:
    """Why a staged edition needs a clerk's word before it becomes current; None where it does not."""
    way_out = f"確かめて、よければ placefinder load --accept {edition_id}、取りやめるなら --discard {edition_id} を実行してください。"
    if not counts.accepted:
        return f"受け入れられる行が1行もないため、公開していません(前の版はそのままです)。取りやめるなら --discard {edition_id} を実行してください。"
    if before and counts.accepted < (1 - MOST_FALLEN) * before:
        return f"前の版の{before}行から{counts.accepted}行へ3割を超えて減ったため、まだ公開していません。{way_out}"
    if counts.refused > MOST_REFUSED * counts.rows_in:
        return f"{counts.rows_in}行のうち{counts.refused}行({counts.refused / counts.rows_in:.0%})が取り込めないため、まだ公開していません。{way_out}"
    return None


def publish(connection: psycopg.Connection[Any], edition_id: EditionId, today: date | None = None) -> int:
    """Make a staged edition current and show it in the search, with its dates from `today` on (None: today in Japan).

    Gives the number of duplicates proposed.
    """
    EditionStore(connection).make_current(edition_id)
    return IntakeStore(connection).list_edition(edition_id, today or clock.today())


def _assign(connection: psycopg.Connection[Any], located: Sequence[Located]) -> None:
    """Districts and municipalities, set-based; a point far outside its stated municipality becomes a question."""
    drawn = [(n, one) for n, one in enumerate(located) if one.point]
    if not drawn:
        return
    for found in DistrictStore(connection).assign(((str(n), one.point) for n, one in drawn if one.point), NEAR_M):
        one = located[int(found.key)]
        one.district_id, one.district_basis = found.district_id, found.basis
    points = [
        (n, one.municipality_code, one.town_name, one.level == "given", one.point) for n, one in drawn if one.point
    ]
    for judged in IntakeStore(connection).judge(points):
        one = located[judged.n]
        if judged.found_code:
            one.municipality_code = judged.found_code
        if judged.listed_district_id and one.district_basis in ("none", "nearest_school"):
            one.district_id, one.district_basis = judged.listed_district_id, "official_table"
        if judged.outside_m is not None and judged.outside_m > OUTSIDE_M:
            _ask(
                one.outcome,
                "outside_municipality",
                f"緯度・経度が、この行の市区町村から{judged.outside_m / 1000:.1f}km外にあります。位置と市区町村のどちらが正しいですか。",
                "緯度",
            )


def _complete(outcomes: Sequence[Outcome], located: Sequence[Located]) -> None:
    """What every row must have before it is kept: a municipality; and no private contact in what is quoted."""
    for one in located:
        if one.municipality_code is None:
            _ask(
                one.outcome,
                "municipality_unknown",
                "どの市区町村か分かりません。市区町村コードか、都道府県からの住所を入れてください(全行同じなら --municipality)。",
                None,
            )
    for outcome in outcomes:
        if outcome.findings:
            outcome.findings[:] = map(cleaned_finding, outcome.findings)


def _ask(outcome: Outcome, rule: str, message: str, column: str | None) -> None:
    outcome.findings.append(Finding(outcome.row_no, column, rule, "question", message))


def _copy(store: IntakeStore, prepared: Prepared, edition_id: EditionId, source_id: str) -> None:
    kept = [one for one in prepared.located if one.outcome.verdict == "accepted"]
    store.copy(rows.places(edition_id, source_id, kept), rows.activities(edition_id, source_id, kept),
               rows.facilities(edition_id, source_id, kept), rows.lines(edition_id, source_id, _lines(prepared.reading.outcomes)))  # fmt: skip


def _lines(outcomes: Sequence[Outcome]) -> Iterator[ContactLineRecord]:
    return (o.record for o in outcomes if isinstance(o.record, ContactLineRecord) and o.verdict == "accepted")
