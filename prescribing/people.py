"""People (相手): as little of somebody as a referral needs, and apart from it who they are, which only sealed bytes keep."""

import json
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import NewType, Self
from uuid import UUID

from geo.points import LonLat, rounded
from geo.reach import PROFILES, Mobility
from prescribing.errors import InputRefused

AgeBand = NewType("AgeBand", str)
AGE_BANDS = tuple(map(AgeBand, ("0-5", "6-15", "16-39", "40-64", "65-74", "75-84", "85+")))
"""The same as in rx.patient's check; the first age of a band is the number it begins with."""
SEXES = ("female", "male", "other")
WEEK_MINUTES = 7 * 1440
OLDEST = 120
LONGEST_NAME, LONGEST_PHONE = 80, 30

Spans = tuple[tuple[int, int], ...]
"""Minutes since Monday 00:00: the first in, the last out."""


def age_band_of(age: int) -> AgeBand:
    """The band of an age in full years. Raises InputRefused for an age nobody has."""
    if not 0 <= age <= OLDEST:
        raise InputRefused("age", f"a whole number from 0 to {OLDEST}")
    return next(band for band in reversed(AGE_BANDS) if youngest_of(band) <= age)


def youngest_of(band: str) -> int:
    """65 of "65-74"."""
    return int(band.rstrip("+").partition("-")[0])


def oldest_of(band: str) -> int:
    """74 of "65-74"; of the last band 120."""
    return int(band.partition("-")[2] or OLDEST)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is: kept sealed to their row, shown to whoever calls them, written nowhere else. Its repr tells nothing."""

    name: str = field(default="", repr=False)
    kana: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    chart_number: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        for what, longest in (
            ("name", LONGEST_NAME),
            ("kana", LONGEST_NAME),
            ("phone", LONGEST_PHONE),
            ("chart_number", LONGEST_PHONE),
        ):
            if len(getattr(self, what)) > longest or not getattr(self, what).isprintable():
                raise InputRefused(what, f"at most {longest} printable characters")

    def __bool__(self) -> bool:
        return bool(self.name or self.kana or self.phone or self.chart_number)

    def as_text(self) -> str:
        """What is sealed."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """What was sealed."""
        return cls(**json.loads(text))


@dataclass(frozen=True, slots=True)
class NewPatient:
    """Somebody to be registered. `home` is rounded to about 100 m here, before anything else sees it.

    None and empty are "not said". `free_minutes`: when they can come. `price_max`: yen for one visit. `avoid`: places, activities
    or organisations they must not meet. Raises InputRefused, naming the field, for what cannot be.
    """

    municipality_code: str
    age_band: str
    birth_year: int | None = None
    sex: str | None = None
    district_id: UUID | None = None
    home: LonLat | None = field(default=None, repr=False)
    mobility: Mobility = "adult"
    interests: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    free_minutes: Spans | None = None
    price_max: int | None = None
    avoid: tuple[UUID, ...] = ()
    insurer_id: UUID | None = None
    identity: Identity = field(default_factory=Identity, repr=False)

    def __post_init__(self) -> None:
        if self.home is not None:
            object.__setattr__(self, "home", rounded(self.home))
        for name, allowed, fits in self._checks():
            if not fits:
                raise InputRefused(name, allowed)

    def _checks(self) -> tuple[tuple[str, str, bool], ...]:
        spans = self.free_minutes or ()
        return (
            (
                "municipality_code",
                "six digits",
                self.municipality_code.isascii()
                and self.municipality_code.isdigit()
                and len(self.municipality_code) == 6,
            ),
            ("age_band", f"one of {', '.join(AGE_BANDS)}", self.age_band in AGE_BANDS),
            ("birth_year", "a year from 1890", self.birth_year is None or 1890 <= self.birth_year <= 2100),
            ("sex", f"one of {', '.join(SEXES)}", self.sex is None or self.sex in SEXES),
            ("mobility", f"one of {', '.join(PROFILES)}", self.mobility in PROFILES),
            ("free_minutes", "spans within one week", all(0 <= first < last <= WEEK_MINUTES for first, last in spans)),
            ("price_max", "0 yen or more", self.price_max is None or 0 <= self.price_max <= 1_000_000),
        )


@dataclass(frozen=True, slots=True)
class Patient:
    """Somebody as they are kept, without who they are. `lon`, `lat`: rounded to about 100 m."""

    patient_id: UUID
    organisation_id: UUID
    municipality_code: str
    age_band: str
    birth_year: int | None
    sex: str | None
    district_id: UUID | None
    lon: float | None = field(repr=False)
    lat: float | None = field(repr=False)
    mobility: Mobility
    interests: list[str]
    needs: list[str]
    free_minutes: list[tuple[int, int]] | None
    price_max: int | None
    avoid: list[UUID]
    insurer_id: UUID | None

    def oldest(self, today: date) -> int:
        """The most years they may have."""
        return today.year - self.birth_year if self.birth_year else oldest_of(self.age_band)
