"""Where gatherings are."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from shapely import Point

from demo_town.ground import CITY, PREFECTURE, District, degrees, point_in, town_of


@dataclass(frozen=True)
class Spot:
    """Where a gathering is: its district, its point in metres, its address."""

    district: District
    point: Point
    address: str


# How much goes on in a district of each setting, as weights.
_LIVELY = {"centre": 6, "newtown": 4, "suburb": 3, "rural": 1}


def spots(random: Random, districts: list[District], count: int, everywhere: bool = False) -> Iterator[Spot]:
    """Spots over the districts, more of them where people live close together; `everywhere`: at least one in each."""
    chosen = random.choices(districts, [_LIVELY[district.setting] for district in districts], k=count)
    if everywhere:
        chosen[: len(districts)] = random.sample(districts, len(districts))
    for district in chosen:
        point = point_in(random, district, 0.75)
        block = f"{random.randint(1, 24)}-{random.randint(1, 18)}"
        yield Spot(district, point, f"{PREFECTURE}{CITY}{town_of(district, point).name}{block}")


def base(district: District) -> str:
    return district.name.removesuffix("小学校")


def position(spot: Spot) -> dict[str, str]:
    longitude, latitude = degrees(spot.point)
    return {"緯度": f"{latitude:.6f}", "経度": f"{longitude:.6f}"}
