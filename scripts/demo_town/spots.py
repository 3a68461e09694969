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


def spots(random: Random, districts: list[District], count: int) -> Iterator[Spot]:
    """Spots all over the districts: each in turn, so that nobody is left out who is not meant to be."""
    order = random.sample(districts, len(districts))
    for index in range(count):
        district = order[index % len(order)]
        point = point_in(random, district, 0.75)
        block = f"{random.randint(1, 24)}-{random.randint(1, 18)}"
        yield Spot(district, point, f"{PREFECTURE}{CITY}{town_of(district, point).name}{block}")


def base(district: District) -> str:
    return district.name.removesuffix("小学校")


def position(spot: Spot) -> dict[str, str]:
    longitude, latitude = degrees(spot.point)
    return {"緯度": f"{latitude:.6f}", "経度": f"{longitude:.6f}"}
