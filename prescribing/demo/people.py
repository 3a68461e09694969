"""The demo story (見本の経過): invented people of the demo town and what became of their referrals in two years.

Every step is checked against the journey's own table, so nothing here can happen that could not happen in earnest. The
rates are set so that screens have something to show (docs/explanation/demo-story.md); they are no evidence of anything.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from geo.points import LonLat, rounded
from prescribing.people import age_band_of


@dataclass(frozen=True, slots=True)
class Site:
    """An activity somebody can be sent to. `weekdays`: 1 Monday … 7 Sunday, when it is held; `every_days` 7 or 28."""

    activity_id: UUID
    place_id: UUID
    kind: str
    district_id: UUID
    weekdays: tuple[int, ...]
    every_days: int
    point: LonLat


@dataclass(frozen=True, slots=True)
class Rates:
    """How often what happens, by the reference points of the field where it has some (FACTS §4)."""

    declines: float = 0.18  # refusal in England 22 % → 12 %
    reached: float = 0.9
    place_accepts: float = 0.78
    place_declines: float = 0.1  # the rest gives no answer within 14 days
    comes_when_booked: float = 0.78
    books_again: float = 0.5
    stays: float = 0.62  # of those who came once
    attends: float = 0.82  # each session, of those who stay
    withdraws: float = 0.03
    holds: float = 0.03
    hands_over: float = 0.02
    mistakes: float = 0.006


@dataclass(frozen=True, slots=True)
class Referrer:
    """Who refers: an account of a clinic or an insurer."""

    account_id: UUID
    organisation_id: UUID


@dataclass(frozen=True, slots=True)
class Office:
    organisation_id: UUID
    worker_id: UUID


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody who acts besides the patients. `insurers`: ids of insurers; `city`: the municipality's organisation."""

    referrers: Sequence[Referrer]
    offices: Sequence[Office]
    insurers: Sequence[UUID]
    city: UUID


@dataclass(frozen=True, slots=True)
class Step:
    """One event of a referral, as rx.referral_event has it."""

    version: int
    move: str
    from_state: str | None
    to_state: str
    at: datetime
    party: str
    account_id: UUID | None
    reason: str | None
    activity_id: UUID | None
    office_id: UUID | None
    booked_for: date | None
    outcome: str | None


@dataclass(slots=True)
class Story:
    """One referral of one person, as far as it has come by today."""

    referral_id: UUID
    patient_id: UUID
    organisation_id: UUID
    made_by: UUID
    person: "Person"
    steps: list[Step] = field(default_factory=list)
    visits: list[tuple[date, bool, str]] = field(default_factory=list)  # day, came, told by
    contacts: list[tuple[datetime, str, bool]] = field(default_factory=list)  # at, channel, two-way
    asked: list[UUID] = field(default_factory=list)  # activities
    offices: list[UUID] = field(default_factory=list)
    shown: list[Site] = field(default_factory=list)
    held_from: str | None = None
    held_until: date | None = None
    due: date | None = None

    @property
    def last(self) -> Step:
        return self.steps[-1]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody invented. `keenness`: hidden, decides whether they stay."""

    name: str
    kana: str
    phone: str
    age: int
    sex: str
    district_id: UUID
    home: LonLat
    mobility: str
    interests: tuple[str, ...]
    insurer_id: UUID
    keenness: float

    @property
    def age_band(self) -> str:
        return age_band_of(self.age)


_SURNAMES = (("架空", "かくう"), ("見本", "みほん"), ("仮野", "かりの"), ("例田", "れいだ"), ("空想", "くうそう"))
_GIVEN = {
    "female": (("花子", "はなこ"), ("ひさ子", "ひさこ"), ("みどり", "みどり"), ("さくら", "さくら"), ("千代", "ちよ"), ("ゆき", "ゆき")),
    "male": (("太郎", "たろう"), ("一郎", "いちろう"), ("実", "みのる"), ("茂", "しげる"), ("健", "けん"), ("正", "ただし")),
}  # fmt: skip
_AGES = ((2, 5, 2), (6, 15, 6), (16, 39, 9), (40, 64, 14), (65, 74, 26), (75, 84, 33), (85, 95, 10))
_KINDS_BY_AGE = (
    (15, ("kodomo_shokudo", "ibasho", "learning_support")),
    (39, ("kosodate_hiroba", "ibasho", "hobby_circle", "kodomo_shokudo")),
    (64, ("ibasho", "hobby_circle", "salon")),
    (200, ("salon", "kayoinoba", "exercise_group", "hobby_circle", "dementia_cafe")),
)
_INTERESTS = (
    "chat",
    "meal",
    "exercise",
    "walking",
    "handicraft",
    "music",
    "gardening",
    "learning",
    "play",
    "board_games",
)


def somebody(chance: random.Random, number: int, home: Site, insurers: Sequence[UUID]) -> Person:
    """Somebody invented, who lives near a site; the first insurer has most of them."""
    low, high, _ = chance.choices(_AGES, [weight for *_, weight in _AGES])[0]
    age, sex = chance.randint(low, high), chance.choices(("female", "male"), (62, 38))[0]
    (surname, surname_kana), (given, given_kana) = chance.choice(_SURNAMES), chance.choice(_GIVEN[sex])
    around = LonLat(home.point.lon + chance.gauss(0, 0.004), home.point.lat + chance.gauss(0, 0.003))
    return Person(
        f"{surname} {given}", f"{surname_kana} {given_kana}", f"000-{number:04d}-0000", age, sex, home.district_id,
        rounded(around), _mobility(age, chance), tuple(sorted(chance.sample(_INTERESTS, 2))),
        insurers[0] if chance.random() < 0.8 else chance.choice(insurers), chance.random(),
    )  # fmt: skip


def fitting(age: int) -> tuple[str, ...]:
    return next(kinds for oldest, kinds in _KINDS_BY_AGE if age <= oldest)


def _mobility(age: int, chance: random.Random) -> str:
    if age < 16:
        return "child"
    usual: Any = "adult" if age < 65 else "65-74" if age < 75 else "75+"
    return str(chance.choices((usual, "frail" if age >= 75 else "bicycle", "car_or_bus"), (7, 2, 1))[0])


def apart(one: LonLat, other: LonLat) -> float:
    return (one.lon - other.lon) ** 2 + (one.lat - other.lat) ** 2
