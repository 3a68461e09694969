"""Reach (行ける範囲): how far people get, in metres and minutes, by how they move.

Where the distances `d50_m` come from is said in docs/decisions/0004-districts.md. Where no way network is loaded,
ways are estimated as straight line × 1.3, and every answer says so.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Mobility = Literal["frail", "75+", "65-74", "adult", "child", "pram", "wheelchair", "bicycle", "car_or_bus"]
DETOUR_FACTOR = 1.3


@dataclass(frozen=True, slots=True)
class Profile:
    """How one kind of person moves. At `d50_m` metres of way half of them still go.

    `assumed`: no study gave the distance; it was set between its neighbours and should be reviewed locally.
    """

    mobility: Mobility
    name_ja: str
    metres_per_minute: float
    d50_m: float
    assumed: bool = False


_PROFILES = (
    Profile("frail", "歩くのが大変な方", 30, 250),
    Profile("75+", "75歳以上", 50, 400),
    Profile("65-74", "65〜74歳", 65, 600),
    Profile("adult", "大人", 80, 800),
    Profile("child", "子ども", 60, 500, assumed=True),
    Profile("pram", "ベビーカー", 60, 600, assumed=True),
    Profile("wheelchair", "車いす", 50, 400, assumed=True),
    Profile("bicycle", "自転車", 200, 1500),
    # By minutes: 15 minutes door to door at 20 km/h in town.
    Profile("car_or_bus", "車・バス", 333, 5000, assumed=True),
)
PROFILES = MappingProxyType({profile.mobility: profile for profile in _PROFILES})


@dataclass(frozen=True, slots=True)
class Way:
    """A way to a place: metres along it, and whether they were measured on a network or estimated."""

    metres: float
    basis: Literal["network", "straight_line"]

    @property
    def note_ja(self) -> str | None:
        """What has to be said beside any figure made from this way; None where it was measured."""
        if self.basis == "network":
            return None
        return f"道のりは直線距離の{DETOUR_FACTOR}倍とした目安です。"


def estimated_way(straight_m: float) -> Way:
    """The way for a straight line, where no network is loaded. Raises ValueError for a negative distance."""
    if not straight_m >= 0:
        raise ValueError("A distance in metres is 0 or more.")
    return Way(straight_m * DETOUR_FACTOR, "straight_line")


def minutes(way: Way, mobility: Mobility) -> float:
    """Minutes on the way for this kind of person."""
    return way.metres / PROFILES[mobility].metres_per_minute


def straight_line_within(minutes_available: float, mobility: Mobility) -> float:
    """The straight line in metres that so many minutes reach, by the same estimate."""
    return minutes_available * PROFILES[mobility].metres_per_minute / DETOUR_FACTOR


def likelihood(way: Way, mobility: Mobility) -> float:
    """The share of people who still go: 1/(1+(d/d50)³), 1 at the door, ½ at d50; a decay for matching, no forecast."""
    return 1 / (1 + (way.metres / PROFILES[mobility].d50_m) ** 3)
