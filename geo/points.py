"""Points (位置): longitude and latitude in JGD2011 (EPSG:6668), and what is commonly wrong with those of a list."""

import math
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from statistics import median

from pyproj import Geod, Transformer

from geo.errors import PositionError

WEST, SOUTH, EAST, NORTH = 122.0, 20.0, 154.0, 46.0
"""Bounds of Japan in degrees, its remotest islands included: the edges of whole 4-digit grid squares."""

TOKYO_DATUM_ACCURACY_M = 9
"""What PROJ states for the three-parameter conversion from the Tokyo Datum; grid files would give 0.2 m."""

_DATUM_LIKENESS_M = 100
_GEOD = Geod(ellps="GRS80")


@dataclass(frozen=True, slots=True)
class LonLat:
    """A point in Japan: degrees east and north, JGD2011. Raises PositionError where it is not finite or not in Japan."""

    lon: float
    lat: float

    def __post_init__(self) -> None:
        if not in_japan(self.lon, self.lat):
            raise PositionError(_fault(self.lon, self.lat))


def in_japan(lon: float, lat: float) -> bool:
    """Whether the pair is finite and within the bounds of Japan (a rectangle: it holds sea and neighbours too)."""
    return WEST <= lon <= EAST and SOUTH <= lat <= NORTH


def is_swapped(lon: float, lat: float) -> bool:
    """Whether the pair makes sense in Japan only as latitude and longitude."""
    return not in_japan(lon, lat) and in_japan(lat, lon)


def _fault(lon: float, lat: float) -> str:
    if not (math.isfinite(lon) and math.isfinite(lat)):
        return "The longitude or latitude is no finite number. Leave the position empty where it is unknown."
    if is_swapped(lon, lat):
        return "Longitude and latitude are swapped. Give the longitude (about 122 to 154) first."
    return "The position is not in Japan. Give degrees, longitude 122 to 154 and latitude 20 to 46."


def rounded(point: LonLat) -> LonLat:
    """The point to three decimals, about 100 m: what may be kept or logged of a place near somebody's home."""
    lon = min(max(round(point.lon, 3), WEST), EAST)
    lat = min(max(round(point.lat, 3), SOUTH), NORTH)
    return LonLat(lon, lat)


def distance_m(one: LonLat, other: LonLat) -> float:
    """Metres along the ellipsoid GRS80."""
    return float(_GEOD.inv(one.lon, one.lat, other.lon, other.lat)[2])


def from_tokyo_datum(point: LonLat) -> LonLat:
    """The point of old coordinates (旧日本測地系, EPSG:4301) in JGD, right to about TOKYO_DATUM_ACCURACY_M metres.

    The way goes through JGD2000: without its grid file PROJ would answer EPSG:4301 → 6668 with no shift at all, some
    400 m wrong. What the ground has moved since 2000 (up to 5 m in Tōhoku) is not corrected.
    """
    lon, lat = _tokyo_to_jgd2000().transform(point.lon, point.lat)
    return LonLat(lon, lat)


@cache
def _tokyo_to_jgd2000() -> Transformer:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that the better grid is not installed: said in the docstring
        return Transformer.from_crs(4301, 4612, always_xy=True)


def _offset_m(start: LonLat, end: LonLat) -> tuple[float, float]:
    """Metres east and north from one point to another near it."""
    azimuth, _, metres = _GEOD.inv(start.lon, start.lat, end.lon, end.lat)
    angle = math.radians(azimuth)
    return metres * math.sin(angle), metres * math.cos(angle)


def tokyo_datum_suspected(pairs: Iterable[tuple[LonLat, LonLat]], at_least: int = 10) -> bool:
    """Whether a list's own points are probably in the Tokyo Datum.

    `pairs`: the point as given and an independent one for the same row, such as its geocoded address. One row proves
    nothing, because a geocoded town is hundreds of metres wide; but where the median offset of `at_least` rows is,
    to 100 m, the shift between the datums (about 400 m to the north-west), chance is a poor explanation.
    """
    offsets = [(_offset_m(given, other), _offset_m(given, from_tokyo_datum(given))) for given, other in pairs]
    if len(offsets) < at_least:
        return False
    east = median(seen[0] - expected[0] for seen, expected in offsets)
    north = median(seen[1] - expected[1] for seen, expected in offsets)
    return math.hypot(east, north) < _DATUM_LIKENESS_M
