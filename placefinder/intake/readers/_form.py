"""What a source form (様式) is to the program: how it is recognised, and what reads its rows."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from geo.codes import MunicipalityCode
from geo.editions import Dataset
from geo.findings import Finding
from placefinder.clock import today
from placefinder.intake.records import Outcome
from placefinder.intake.tables import Table


@dataclass(frozen=True, slots=True)
class Context:
    """What a whole file is read with: the municipality a clerk stated, child tables (追加情報), the day the list speaks of."""

    municipality_code: MunicipalityCode | None = None
    children: tuple[Table, ...] = ()
    as_of: date = field(default_factory=today)


@dataclass(frozen=True)
class Form:
    """A source form. `needs`: groups of column names, one of each must be there; `hints` break ties.

    `read` gives one Outcome for each data row of the table (and of the context's child tables), in order.
    """

    name: str
    title: str
    dataset: Dataset
    needs: tuple[frozenset[str], ...]
    read: Callable[[Table, Context], Iterator[Outcome]]
    hints: frozenset[str] = frozenset()

    @cached_property
    def known_columns(self) -> frozenset[str]:
        return self.hints.union(*self.needs)

    def fits(self, header: Iterable[str]) -> bool:
        names = set(header)
        return all(group & names for group in self.needs)

    def likeness(self, header: Iterable[str]) -> float:
        """0 to 1: how much of what the form needs is there; for naming the nearest forms."""
        names = set(header)
        return sum(bool(group & names) for group in self.needs) / len(self.needs)


def column(table: Table, *names: str) -> str | None:
    """The first of the names that the table has."""
    return next((name for name in names if name in table.header), None)


def refused(table: Table, row_no: int, name: str | None, rule: str, message: str) -> Outcome:
    return Outcome(table.sheet, row_no, None, [Finding(row_no, name, rule, "refusal", message)])
