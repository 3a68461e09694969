"""Rows read by a mapping file: the same records and findings as the readers of official forms give."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TypeVar

from geo import CodeError, MunicipalityCode, municipality_code
from placefinder.facts import Fact, known, text, yes_no
from placefinder.intake import cells
from placefinder.intake.cells import Reading
from placefinder.intake.contacts import public_phone
from placefinder.intake.errors import FileRefused
from placefinder.intake.mapping import MappingFile, Spec
from placefinder.intake.readers._form import Context, Form
from placefinder.intake.records import ActivityRecord, FacilityRecord, Outcome, PlaceRecord
from placefinder.intake.tables import Table
from placefinder.kinds import Kind, is_listed, kind
from placefinder.opening import Field, Schedule, read_schedule

Site = TypeVar("Site", PlaceRecord, FacilityRecord)
_RANGE = re.compile(r"\s*[～〜~－―ー-]\s*")
_SCHEDULE: tuple[Field, ...] = ("frequency", "weekdays", "days", "opens", "closes", "notes", "hours", "closed")
_TELL_STATUS = (
    "name",
    "activity_name",
    "status",
    "ages",
    "audiences",
    "remarks",
    "closed_days",
    "participation",
    *_SCHEDULE,
)


def form_of(mapping: MappingFile) -> Form:
    """The mapping as a form, so that the pipeline need not know the difference."""
    needs = tuple(frozenset({column}) for column in mapping.needs)

    def read(table: Table, context: Context) -> Iterator[Outcome]:
        return read_mapped(table, mapping, context)

    return Form(f"mapping:{mapping.name}", mapping.title, mapping.dataset, needs, read)


def read_mapped(table: Table, mapping: MappingFile, context: Context | None = None) -> Iterator[Outcome]:
    """One outcome for each data row of the table. Raises FileRefused where the table lacks a column the mapping needs."""
    missing = [column for column in mapping.needs if column not in table.header]
    if missing:
        raise FileRefused(
            "columns_missing", f"取込設定「{mapping.title}」に要る列 {'、'.join(missing)} がありません。",
            where=f"{table.file_name} {table.sheet}".strip(), remedy=f"この表の列は {'、'.join(table.header[:20])} です。設定か表を直してください。",
        )  # fmt: skip
    context = context or Context()
    for row in table.rows():
        reading = Reading(row, context.as_of)
        record = _Mapped(reading, mapping, context).record()
        yield Outcome(table.sheet, row.row_no, record, reading.findings, reading.dropped)


class _Mapped:
    """One row under a mapping."""

    def __init__(self, reading: Reading, mapping: MappingFile, context: Context) -> None:
        self.reading, self.mapping, self.context = reading, mapping, context

    def record(self) -> PlaceRecord | FacilityRecord | None:
        for condition in self.mapping.ignore:
            if condition.holds(self.reading.row):
                reason = condition.reason or "対象外の行です"
                self.reading.notice(
                    "ignored_by_mapping", f"取込設定により取り込みません: {reason}。", condition.column, "refusal"
                )
                return None
        name = self.value("name")
        if not name:
            self.reading.notice(
                "name_missing",
                "名称がありません。名称を入れて取り込み直してください。",
                self.column_of("name"),
                "refusal",
            )
            return None
        found = self.kind()
        return self.place(name, found) if is_listed(found) else self.facility(name, found)

    def place(self, name: str, of: Kind) -> PlaceRecord:
        record = self.site(PlaceRecord, name)
        record.declared_districts = self.values("declared_districts")
        record.activities = (self.activity(name, of),)
        return record

    def facility(self, name: str, of: Kind) -> FacilityRecord:
        record = self.site(FacilityRecord, name)
        record.kind = of
        schedule = self.schedule()
        if schedule.text:
            record.facts["opening_text"] = Fact(
                "value", self.column_of("weekdays", "opens", "hours", "notes") or "", schedule.text
            )
        return record

    def site(self, form: type[Site], name: str) -> Site:
        address = self.value("address")
        vague = cells.is_vague(address)
        return form(
            source_key=self.value("source_key"), municipality_code=self.municipality(),
            name=name, name_kana=self.value("name_kana") or None, address=address or None,
            postcode=cells.read_postcode(self.reading, self.column_of("postcode")),
            point=None if vague else cells.read_point(self.reading, self.column_of("latitude"), self.column_of("longitude")),
            vague_address=vague, facts=self.facts(),
        )  # fmt: skip

    def municipality(self) -> MunicipalityCode | None:
        """The row's own, else the mapping's, else the one stated for the whole file."""
        stated = self.value("municipality_code")
        try:
            return (
                municipality_code(stated)
                if stated
                else self.mapping.municipality_code or self.context.municipality_code
            )
        except CodeError:
            column = self.column_of("municipality_code")
            self.reading.notice(
                "municipality_code_wrong", "市区町村コードとして正しくありません。住所から求めます。", column
            )
            return None

    def activity(self, name: str, of: Kind) -> ActivityRecord:
        price = cells.read_yen(self.value("price"))
        ages = cells.read_ages(self.value("ages"))
        status = self.reading.status(*self.columns_of(_TELL_STATUS), name=name)
        return ActivityRecord(
            kind=of, name=self.value("activity_name") or name, name_kana=self.value("name_kana") or None,
            organiser_name=self.value("organiser_name") or None, status=status.status,
            status_text=status.sentence, status_until=status.until, schedule=self.schedule(),
            age_min=ages[0], age_max=ages[1], audiences=self.values("audiences"), interests=self.values("interests"),
            price_yen_min=price, price_yen_max=price, checked_on=self.day("checked_on"),
        )  # fmt: skip

    def kind(self) -> Kind:
        code = self.value("kind")
        if code:
            return kind(code)
        column = self.column_of("kind")
        self.reading.notice(
            "kind_unknown", "この語に当たる種別が取込設定にありません。どの種別ですか。", column, "question"
        )
        return kind("other")

    def schedule(self) -> Schedule:
        said: dict[Field, str] = {name: self.value(name) for name in _SCHEDULE}
        weekly, year = self.mapping.weekdays_are_weekly, self.reading.as_of.year
        schedule = read_schedule(said, listed_weekdays_mean_weekly=weekly, year=year)
        cells.note_schedule(self.reading, schedule, self.column_of(*_SCHEDULE))
        return schedule

    def day(self, target: str) -> date | None:
        try:
            return date.fromisoformat(self.value(target).replace("/", "-"))
        except ValueError:
            return None

    def facts(self) -> dict[str, Fact]:
        return known({name: self.fact(name, specs) for name, specs in self.mapping.facts.items()})

    def fact(self, name: str, specs: tuple[Spec, ...]) -> Fact:
        for spec in specs:
            said = self.said(spec, private=name == "phone")
            if name == "phone":
                number, dropped = public_phone(said) if said else (None, 0)
                self.reading.dropped += dropped
                said = number or ""
            if said:
                column = next((one for one in spec.columns + spec.join if self.reading.row.get(one)), "")
                return yes_no(said, column) if spec.yes_no else text(said, column)
        return text("", "")

    def value(self, target: str) -> str:
        return next(filter(None, (self.said(spec) for spec in self.mapping.fields.get(target, ()))), "")

    def values(self, target: str) -> tuple[str, ...]:
        """Every value of a field that may have several: split where the mapping says so."""
        for spec in self.mapping.fields.get(target, ()):
            said = self.said(spec, translate=False)
            parts = re.split(f"[{re.escape(spec.split)}]", said) if spec.split else [said]
            found = [self.translated(spec, part.strip()) for part in parts]
            if any(found):
                return tuple(dict.fromkeys(filter(None, found)))
        return ()

    def said(self, spec: Spec, *, translate: bool = True, private: bool = False) -> str:
        """What one alternative of the mapping gives for this row; "" for nothing."""
        if not spec.applies(self.reading.row):
            return ""
        if spec.constant is not None:
            return spec.constant
        cell = self.reading.row.get if private else self.reading.cell
        if spec.join:
            found = _joined([part for part in map(cell, spec.join) if part], spec.joined_with)
        else:
            found = next(filter(None, map(cell, spec.columns)), "")
        if spec.part and found:
            ends = _RANGE.split(found)
            found = (ends[0] if spec.part == "start" else ends[1]) if len(ends) == 2 else ""
        return self.translated(spec, found) if translate else found

    def translated(self, spec: Spec, said: str) -> str:
        return said if spec.values is None else spec.values.get(said, "")

    def columns_of(self, targets: Sequence[str]) -> list[str]:
        """The columns, each once, that the mapping reads for any of the targets, fields or facts."""
        read = [*self.mapping.fields.items(), *self.mapping.facts.items()]
        return list(
            dict.fromkeys(
                column
                for target, specs in read
                if target in targets
                for spec in specs
                for column in spec.columns + spec.join
            )
        )

    def column_of(self, *targets: str) -> str | None:
        """A column of this table that the mapping reads for one of the targets, for findings and plain readers."""
        specs = [spec for target in targets for spec in self.mapping.fields.get(target, ())]
        return next(
            (column for spec in specs for column in spec.columns + spec.join if column in self.reading.row.columns),
            None,
        )


def _joined(parts: list[str], mark: str) -> str:
    """The parts in a row; what the end of one and the start of the next both say (静岡県湖西市 + 湖西市吉美) is said once."""
    whole = ""
    for part in parts:
        shared = next((n for n in range(len(part), 2, -1) if not mark and whole.endswith(part[:n])), 0)
        whole = f"{whole}{mark if whole else ''}{part[shared:]}"
    return whole
