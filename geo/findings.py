"""What a reader noticed in a file, in a clerk's words."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

Severity = Literal["note", "question", "refusal"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark about one cell, row or whole file.

    `row_no` counts as a spreadsheet does, 1 is the first line of the file; for geometry files it is the
    feature's number from 1. None: the whole file. `column` is the header as the file writes it, None: the whole row.
    `rule` is a stable English key (`position_outside_japan`), `message` a Japanese sentence that says what is
    wrong and what to do, `value` the cell as it stood, shortened.
    A row with a refusal is refused, with a question queued, with notes only accepted.
    """

    row_no: int | None
    column: str | None
    rule: str
    severity: Severity
    message: str
    value: str | None = None

    def __post_init__(self) -> None:
        if self.value is not None and len(self.value) > 200:
            object.__setattr__(self, "value", self.value[:199] + "…")

    def as_json(self) -> dict[str, Any]:
        """The form kept in the database: everything but the row number, which is the row's own."""
        found = asdict(self)
        del found["row_no"]
        return found


def verdict(findings: Iterable[Finding]) -> Literal["accepted", "queued", "refused"]:
    """What becomes of a row with these findings: the worst one decides."""
    severities = {finding.severity for finding in findings}
    if "refusal" in severities:
        return "refused"
    return "queued" if "question" in severities else "accepted"
