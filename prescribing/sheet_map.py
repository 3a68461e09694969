"""The map of the sheet (紙の地図): places, schools and districts as a drawing in which no two labels touch.

The home of the person is never on it. Positions are true; what does not fit beside its position is moved away from it
and tied to it by a line.
"""

import math
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT = 640.0, 350.0
MARGIN = 46.0
TEXT = 19.0
"""Height of the letters, in units of the drawing; printed 640 units are about 120 mm."""
LEAST_WIDTH_M = 450.0
"""The map shows at least so many metres from west to east: else three doors of one house would fill it."""
LONGEST_LABEL = 10
_PIN = 34.0
_DOT = 7.0
_M_PER_DEGREE = 111_195.0


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the drawing: left, top, width, height."""

    x: float
    y: float
    width: float
    height: float

    def touches(self, other: "Box") -> bool:
        """Do the two share any area?"""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )

    @property
    def inside(self) -> bool:
        """Is it wholly on the paper?"""
        return self.x >= 0 and self.y >= 0 and self.x + self.width <= WIDTH and self.y + self.height <= HEIGHT


SCALE = Box(0, HEIGHT - 36, 250, 36)
"""Where the scale bar stands, in the drawing itself, so that it stays true however large it is printed."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Something to label: a place with its number, or a school without one. Degrees east and north, JGD2011."""

    lon: float
    lat: float
    name: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """A spot as drawn: where it truly is, the box of its label, the text in it, and whether a line ties the two."""

    x: float
    y: float
    box: Box
    text: str
    number: int | None
    tied: bool

    @property
    def middle(self) -> tuple[float, float]:
        return self.box.x + self.box.width / 2, self.box.y + self.box.height / 2


@dataclass(frozen=True, slots=True)
class Drawing:
    """All of the map: labels, the outlines of districts as SVG paths, and what length the scale bar stands for."""

    labels: tuple[Label, ...]
    own: str
    others: tuple[str, ...]
    bar: float
    bar_m: int


def draw(
    places: Sequence[Spot],
    schools: Sequence[Spot],
    own: Any = None,
    others: Iterable[Any] = (),
    start: Sequence[Spot] = (),
) -> Drawing | None:
    """The map zoomed to the places and to where their ways are told from; None without places.

    `start`: the schools from which the ways are told. `own`, `others`: GeoJSON polygons of districts. Of the schools those are drawn that lie on the map, the nearest to its middle first, at most three.
    """
    if not places:
        return None
    view = _View.of([*places, *start])
    others_seen = [one for one in sorted(schools, key=view.from_middle) if view.shows(one) and one not in start]
    labels = place_labels([(view.point(one), one) for one in (*places, *[*start, *others_seen][:3])])
    metres = _round_length(view.metres_per_unit * WIDTH / 4)
    return Drawing(
        tuple(labels), view.path(own), tuple(path for path in map(view.path, others) if path),
        metres / view.metres_per_unit, metres,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _View:
    lon: float  # of the middle
    lat: float
    metres_per_unit: float

    @classmethod
    def of(cls, places: Sequence[Spot]) -> "_View":
        west, east = min(one.lon for one in places), max(one.lon for one in places)
        south, north = min(one.lat for one in places), max(one.lat for one in places)
        middle = cls((west + east) / 2, (south + north) / 2, 1)
        wide = (east - west) * middle._metres_per_lon / (WIDTH - 2 * MARGIN - 160)
        high = (north - south) * _M_PER_DEGREE / (HEIGHT - 2 * MARGIN)
        return cls(middle.lon, middle.lat, max(wide, high, LEAST_WIDTH_M / WIDTH))

    @property
    def _metres_per_lon(self) -> float:
        return _M_PER_DEGREE * math.cos(math.radians(self.lat))

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        east, north = (lon - self.lon) * self._metres_per_lon, (lat - self.lat) * _M_PER_DEGREE
        return WIDTH / 2 + east / self.metres_per_unit, HEIGHT / 2 - north / self.metres_per_unit

    def point(self, spot: Spot) -> tuple[float, float]:
        return self.at(spot.lon, spot.lat)

    def shows(self, spot: Spot) -> bool:
        x, y = self.point(spot)
        return _DOT < x < WIDTH - _DOT and _DOT < y < HEIGHT - _DOT

    def from_middle(self, spot: Spot) -> float:
        x, y = self.point(spot)
        return math.hypot(x - WIDTH / 2, y - HEIGHT / 2)

    def path(self, shape: Any) -> str:
        """A GeoJSON Polygon or MultiPolygon as the `d` of an SVG path; '' for anything else."""
        polygons: list[Any] = []
        if shape and shape.get("type") == "Polygon":
            polygons = [shape["coordinates"]]
        elif shape and shape.get("type") == "MultiPolygon":
            polygons = shape["coordinates"]
        rings = [ring for polygon in polygons for ring in polygon]
        return "".join(_closed([self.at(lon, lat) for lon, lat, *_ in ring]) for ring in rings)


def _closed(points: list[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z"


def _round_length(metres: float) -> int:
    """The largest of 50, 100, 200, 500 m … that is not longer."""
    unit = 10 ** math.floor(math.log10(max(metres, 50)))
    return int(max(unit * step for step in (1, 2, 5) if unit * step <= max(metres, 50)))


def place_labels(spots: Sequence[tuple[tuple[float, float], Spot]]) -> list[Label]:
    """A label for each spot: on the paper, and touching no other label and no other spot's dot."""
    dots = [Box(x - _DOT, y - _DOT, 2 * _DOT, 2 * _DOT) for (x, y), _ in spots]
    taken = [SCALE]
    labels = []
    for number, ((x, y), spot) in enumerate(spots):
        text = short(spot.name)
        size = text_width(text) + (_PIN + 6 if spot.number else 8), _PIN if spot.number else TEXT * 1.4
        in_the_way = [*taken, *(dot for other, dot in enumerate(dots) if other != number)]
        box = _free_box(x, y, size, in_the_way) or _free_box(x, y, size, taken)
        if box is None:  # more labels than paper: said in the list beside the map
            continue
        taken.append(box)
        labels.append(Label(x, y, box, text, spot.number, tied=_gap(box, x, y) > _DOT + 6))
    return labels


def _free_box(x: float, y: float, size: tuple[float, float], taken: Sequence[Box]) -> Box | None:
    """The nearest box of this size to a point that touches none of those taken, nor the point itself."""
    own = Box(x - _DOT, y - _DOT, 2 * _DOT, 2 * _DOT)
    for box in _candidates(x, y, *size):
        if box.inside and not box.touches(own) and not any(box.touches(other) for other in taken):
            return box
    return None


def _candidates(x: float, y: float, width: float, height: float) -> Iterator[Box]:
    """To the right, left, above and below, then in wider and wider rings, then anywhere."""
    gap = _DOT + 3
    yield Box(x + gap, y - height / 2, width, height)
    yield Box(x - gap - width, y - height / 2, width, height)
    yield Box(x - width / 2, y - gap - height, width, height)
    yield Box(x - width / 2, y + gap, width, height)
    for ring in range(1, 12):
        for step in range(16):
            angle = step * math.pi / 8
            reach = gap + ring * 16
            left = x + math.cos(angle) * (reach + width / 2) - width / 2
            yield Box(left, y + math.sin(angle) * (reach + height / 2) - height / 2, width, height)
    for top in range(0, int(HEIGHT - height) + 1, 8):
        for left in range(0, int(WIDTH - width) + 1, 16):
            yield Box(left, top, width, height)


def _gap(box: Box, x: float, y: float) -> float:
    """How far a point lies outside a box."""
    across = max(box.x - x, 0, x - box.x - box.width)
    return math.hypot(across, max(box.y - y, 0, y - box.y - box.height))


def short(name: str) -> str:
    """A name as it stands on the map: at most ten signs."""
    return name if len(name) <= LONGEST_LABEL else name[: LONGEST_LABEL - 1] + "…"


def text_width(text: str) -> float:
    """About how wide a text is drawn, never less: whole width for East Asian signs, 0.65 of it for others."""
    return sum(TEXT if unicodedata.east_asian_width(sign) in "FWA" else TEXT * 0.65 for sign in text)
