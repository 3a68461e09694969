"""Verification (確認): which listing to check next, so that the fewest people stand before a closed door."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from placefinder.freshness import FACT_KINDS, FactKind

AUDIENCE_AGES: Mapping[str, tuple[int, int]] = {
    "kodomo_shokudo": (0, 17),
    "learning_support": (6, 17),
    "kosodate_hiroba": (0, 3),
    "salon": (65, 120),
    "kayoinoba": (65, 120),
    "exercise_group": (65, 120),
    "dementia_cafe": (65, 120),
}
"""Whom a kind of place is mostly for, in full years, where its list names no age; the other kinds are for everybody."""

ABOUT_OF: Mapping[FactKind, tuple[str, ...]] = {
    "status": ("closed",),
    "opening": ("hours",),
    "phone": ("phone",),
    "address": ("place",),
    "who": ("who",),
}
"""Which reports of residents (corrections) a check of a fact answers; 「そのほか」 is answered by a check of any."""


@dataclass(frozen=True, slots=True)
class ToVerify:
    """An activity with what may be wrong about it.

    `reports`: residents' reports nobody has answered. `doubt`: the chance, 0 to 1, that status or schedule are wrong by now.
    `people`: of the right age in its district, None where no population is loaded; then `listings`, those of the district,
    stand in. `score` is either times doubt. `last_checked`: the day of the last check of status or schedule, or of the edition.
    """

    activity_id: UUID
    name: str
    place_name: str
    municipality_code: str
    district_name: str | None
    kind: str
    status: str
    reports: int
    last_checked: date | None
    doubt: float
    people: float | None
    listings: int
    score: float


def facts_named(name: str) -> tuple[FactKind, ...]:
    """The facts one word stands for: a kind of fact, or "all"."""
    return tuple(kind for kind in FACT_KINDS if name in (kind, "all"))
