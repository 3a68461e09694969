"""Facts (事実): what is known about a place or activity, one statement at a time, with where it comes from.

Unknown is a state of its own: it is never yes and never no, and it is kept by saying nothing.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

State = Literal["unknown", "yes", "no", "value"]

_YES = frozenset(
    {"有", "あり", "有り", "1", "○", "〇", "◯", "はい", "可", "可能", "実施", "true", "TRUE", "yes", "YES", "Yes"}
)
_NO = frozenset({"無", "なし", "無し", "0", "×", "いいえ", "不可", "未実施", "false", "FALSE", "no", "NO", "No"})


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement: its state, the value where it has one, the source's column, when and by whom it was checked."""

    state: State
    field: str
    value: str | int | float | None = None
    checked_on: date | None = None
    checker: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The form kept in the database: keys without a value are left out."""
        found: dict[str, Any] = {"state": self.state, "field": self.field}
        if self.value is not None:
            found["value"] = self.value
        if self.checked_on:
            found["checked_on"] = self.checked_on.isoformat()
        if self.checker:
            found["checker"] = self.checker
        return found


UNKNOWN = Fact("unknown", "")


def yes_no(cell: str, field: str) -> Fact:
    """The fact a yes/no cell tells; any other text is a value to be shown as it is, an empty cell is unknown."""
    if not cell or cell in ("不明", "未定", "-", "－", "ー"):
        return UNKNOWN
    if cell in _YES:
        return Fact("yes", field)
    return Fact("no", field) if cell in _NO else Fact("value", field, cell)


def text(cell: str, field: str) -> Fact:
    """A value as printed, unknown where the cell is empty."""
    return Fact("value", field, cell) if cell else UNKNOWN


def known(facts: dict[str, Fact]) -> dict[str, Fact]:
    """Without the unknown ones: what is unknown is absent from the database."""
    return {name: fact for name, fact in facts.items() if fact.state != "unknown"}
