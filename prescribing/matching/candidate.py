"""A candidate (候補): one activity as the catalogue, its host and the last weeks tell of it. Unknown is a value of its own."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from prescribing.matching.person import Span

SMALL_GROUP = 12
"""So many people at most are a small group: assumed; 82 % of 通いの場 have up to 20 (FACTS §2)."""

IMPLIED = {
    "exercise_group": "exercise",
    "kodomo_shokudo": "meal",
    "kosodate_hiroba": "play",
    "learning_support": "learning",
    "salon": "chat",
}
"""What a kind is by its definition (data/codelists/kinds.csv), whether its list says so or not."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An activity that may be suggested.

    `distance_m`: straight line; None: position or home unknown. `age_min`, `age_max`: both None unknown. `open_minutes`:
    surely open in a typical week, `maybe_minutes`: perhaps; `schedule_exact`: at no other time. `dates`: sure sessions in the
    next 28 days, None where dates are not known. `fresh_on`: when the schedule was last checked. `host_state`: what the place
    said last, None: nothing. `capacity`: people it holds. `shown`: how often it was suggested in the last 28 days, by all.
    `organisation_id`: who holds it, as far as it is one of those the person avoids.
    """

    activity_id: UUID
    place_id: UUID
    kind: str
    status: str = "unknown"
    distance_m: float | None = None
    in_district: bool = False
    age_min: int | None = None
    age_max: int | None = None
    audiences: frozenset[str] = frozenset()
    interests: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    needs_unmet: frozenset[str] = frozenset()
    price_yen_min: int | None = None
    price_yen_max: int | None = None
    open_minutes: tuple[Span, ...] = ()
    maybe_minutes: tuple[Span, ...] = ()
    schedule_exact: bool = False
    weekdays: tuple[int, ...] = ()
    dates: int | None = None
    next_on: date | None = None
    fresh_on: date | None = None
    stale: bool = False
    host_state: str | None = None
    host_until: date | None = None
    host_said_on: date | None = None
    capacity: int | None = None
    shown: int = 0
    professional: bool | None = None
    organisation_id: UUID | None = None

    @property
    def ids(self) -> frozenset[UUID]:
        """All that somebody may have to avoid."""
        return frozenset(one for one in (self.activity_id, self.place_id, self.organisation_id) if one)

    @property
    def offers(self) -> frozenset[str]:
        """What is done there, as far as it is known."""
        implied = IMPLIED.get(self.kind)
        return self.interests | {implied} if implied else self.interests

    @property
    def is_small_group(self) -> bool:
        """Known to be small; unknown is no."""
        return self.capacity is not None and self.capacity <= SMALL_GROUP


def overlap(some: tuple[Span, ...], others: tuple[Span, ...]) -> bool:
    """Is there a minute in both?"""
    return any(first < until and since < last for first, last in some for since, until in others)
