"""The person (相手) as matching needs them: no name, no sex, no diagnosis; what is not said is unknown."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import cast
from uuid import UUID

from geo.points import LonLat
from geo.reach import Mobility
from prescribing.people import oldest_of, youngest_of

Span = tuple[int, int]
"""Minutes since Monday 00:00, the first in, the last out."""

_WITH_A_SMALL_CHILD = frozenset({"pram", "nursing_room"})
SMALL_CHILD_AGES = (0, 3)


@dataclass(frozen=True, slots=True)
class Person:
    """Who looks for a place. Empty or None is "not said", never "no".

    `point`: rounded to about 100 m; `district_id` stands in where only the school district is known. `needs`: all of them must
    be met. `free_minutes`: when they can come. `price_max`: yen for one visit. `avoid`: places, activities or organisations
    they must not meet: absolute.
    """

    mobility: Mobility = "adult"
    age: int | None = None
    age_band: str | None = None  # "75-84", "85+"; where the age is not known
    point: LonLat | None = None
    district_id: UUID | None = None
    interests: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    free_minutes: tuple[Span, ...] | None = None
    price_max: int | None = None
    avoid: frozenset[UUID] = frozenset()

    def __post_init__(self) -> None:
        for name in ("interests", "needs", "avoid"):
            object.__setattr__(self, name, frozenset(getattr(self, name)))
        if self.free_minutes is not None:
            spans = sorted((int(first), int(last)) for first, last in cast(Iterable[Span], self.free_minutes))
            object.__setattr__(self, "free_minutes", tuple(spans))

    @property
    def ages(self) -> Span | None:
        """The youngest and the oldest they may be, both in; None: not said."""
        if self.age is not None:
            return self.age, self.age
        return ages_of_band(self.age_band) if self.age_band else None

    @property
    def with_small_child(self) -> bool:
        """They come with a small child: by how they move, or by what they need."""
        return self.mobility == "pram" or bool(self.needs & _WITH_A_SMALL_CHILD)


def ages_of_band(band: str) -> Span:
    """Both ends in: 65 to 74 of "65-74", 85 to 120 of "85+"."""
    return youngest_of(band), oldest_of(band)


def band_of_birth_year(birth_year: int, today: date) -> str:
    """The two ages somebody born in that year may have now: before the birthday and after it."""
    reached = max(0, today.year - birth_year)
    return f"{max(0, reached - 1)}-{reached}"
