"""The ground: an outline, schools, school districts and towns, in metres round a point and in JGD2011 degrees."""

import math
from dataclasses import dataclass, field
from random import Random

import shapely
from shapely import MultiPoint, Point, Polygon, affinity
from shapely.geometry.base import BaseGeometry

from demo_town import words

SEED = "架空はまなす市 1"
CITY = "架空はまなす市"
PREFECTURE = "北海道"
CODE = "012998"
_LON0, _LAT0 = 142.875, 43.475
_M_PER_DEGREE_LAT = 111_100.0
_M_PER_DEGREE_LON = 111_320.0 * math.cos(math.radians(_LAT0))
_CENTRE = (-1_300.0, 300.0)
_RINGS = {"centre": (0, 2_000), "newtown": (2_000, 4_700), "suburb": (2_000, 5_000), "rural": (4_900, 12_000)}
# Amplitude, wavelength (m), direction and phase of the waves that bend straight borders; together too weak to fold them.
_WAVES = (
    (150, 2_700, 0.4, 0.3),
    (140, 2_900, 2.1, 1.9),
    (50, 1_100, 1.2, 4.0),
    (45, 1_000, 2.8, 0.7),
    (12, 450, 0.9, 2.2),
)

# Names that say where they are, and the side (east, north) they must therefore be on.
_TOWARDS = {
    "湊小学校": (-1, 0),
    "西浜小学校": (-1, 0),
    "湖畔小学校": (-1, 0),
    "東陽小学校": (1, 0),
    "北野小学校": (0, 1),
    "南原小学校": (0, -1),
}


@dataclass
class Town:
    """A town (町丁目・大字): the point its addresses are known by, and the school districts it belongs to."""

    name: str
    kana: str
    postcode: str
    point: Point
    schools: list[tuple[int, str]] = field(default_factory=list)


@dataclass
class District:
    """A school district (小学校区) of metres, its school and its towns."""

    name: str
    kana: str
    setting: str
    school: Point
    area: Polygon
    school_code: str
    towns: list[Town] = field(default_factory=list)


def degrees(point: Point) -> tuple[float, float]:
    """Longitude and latitude of a point in metres, six decimals."""
    return round(_LON0 + point.x / _M_PER_DEGREE_LON, 6), round(_LAT0 + point.y / _M_PER_DEGREE_LAT, 6)


def ring(polygon: Polygon) -> list[tuple[float, float]]:
    """The outer ring in degrees, each repeated corner once."""
    corners = [degrees(Point(x, y)) for x, y in polygon.exterior.coords]
    return [corner for i, corner in enumerate(corners) if i == 0 or corner != corners[i - 1]]


def rng(part: str) -> Random:
    """A generator of its own for each part, so that a change in one leaves the others as they are."""
    return Random(f"{SEED}/{part}")


def whole(shape: BaseGeometry) -> Polygon:
    """The shape as one polygon; in several parts it would be a mistake in the town."""
    if not isinstance(shape, Polygon):
        raise TypeError(f"the town has fallen into a {shape.geom_type}")
    return shape


def _outline() -> Polygon:
    """Wooded hills all round, and in the west the shore of a lake."""
    turn = [math.tau * i / 240 for i in range(240)]
    hills = Polygon([(_reach(a) * math.cos(a), _reach(a) * math.sin(a)) for a in turn])
    shore = [(-7_000 + 900 * math.sin(y / 3_100) + 260 * math.sin(y / 1_050), y) for y in range(-13_000, 13_001, 250)]
    return whole(hills.intersection(Polygon([*shore, (20_000, 13_000), (20_000, -13_000)])))


def _reach(angle: float) -> float:
    return 9_300 + 650 * math.sin(2 * angle + 0.6) + 480 * math.sin(3 * angle + 2) + 230 * math.sin(7 * angle + 1)


def _bend(x: float, y: float) -> tuple[float, float]:
    bent = [x, y]
    for i, (amplitude, wavelength, direction, phase) in enumerate(_WAVES):
        along = x * math.cos(direction) + y * math.sin(direction)
        bent[i % 2] += amplitude * math.sin(math.tau * along / wavelength + phase)
    return bent[0], bent[1]


def _bent(polygon: Polygon) -> Polygon:
    dense = shapely.set_precision(shapely.segmentize(polygon, 130), 0.001)
    return Polygon([_bend(x, y) for x, y in dense.exterior.coords])


def _spread(random: Random, area: BaseGeometry, count: int, placed: list[Point]) -> list[Point]:
    """`count` points in the area, each the best of forty at keeping away from all others."""
    west, south, east, north = area.bounds
    made: list[Point] = []
    while len(made) < count:
        candidates: list[Point] = []
        while len(candidates) < 40:
            point = Point(random.uniform(west, east), random.uniform(south, north))
            if area.contains(point):
                candidates.append(point)
        made.append(max(candidates, key=lambda p: min((p.distance(q) for q in [*placed, *made]), default=0.0)))
    return made


def _sites(random: Random, city: Polygon) -> list[tuple[str, str, str, Point]]:
    """Name, kana, setting and unbent place of every school: close together in the middle, far apart outside."""
    sites: list[tuple[str, str, str, Point]] = []
    inner = city.buffer(-700)
    for setting in ("centre", "newtown", "suburb", "rural"):
        low, high = _RINGS[setting]
        area = Point(_CENTRE).buffer(high).difference(Point(_CENTRE).buffer(low)).intersection(inner)
        if setting == "newtown":
            area = area.intersection(shapely.box(_CENTRE[0], 0, 20_000, 20_000))
        named = [(name, kana) for name, kana, kind, _ in words.SCHOOLS if kind == setting]
        points = _spread(random, area, len(named), [site[3] for site in sites])
        for name, kana in sorted(named, key=lambda pair: pair[0] not in _TOWARDS):
            east, north = _TOWARDS.get(name, (0, 0))
            point = max(points, key=lambda p, e=east, n=north: e * p.x + n * p.y)  # type: ignore[misc]
            points.remove(point)
            sites.append((name, kana, setting, point))
    return sites


def make_districts() -> list[District]:
    """All districts with their towns; they tile the city."""
    random, city = rng("ground"), _outline()
    sites = _sites(random, city)
    cells = shapely.voronoi_polygons(MultiPoint([site[3] for site in sites]), extend_to=city)
    districts = []
    for number, (name, kana, setting, site) in enumerate(sites, 1):
        cell = next(cell for cell in cells.geoms if cell.contains(site))
        code = f"B1012990{number:04d}{(number * 7) % 10}"
        districts.append(
            District(name, kana, setting, Point(_bend(site.x, site.y)), _bent(whole(cell.intersection(city))), code)
        )
    for number, district in enumerate(districts):
        district.towns = _towns(random, district, number)
    _split_towns(districts)
    return districts


def _towns(random: Random, district: District, number: int) -> list[Town]:
    named = next(towns for name, _, _, towns in words.SCHOOLS if name == district.name)
    room = district.area.buffer(-0.11 * math.sqrt(district.area.area))
    points = _spread(random, room, len(named), [])
    return [
        Town(name, kana, f"000{number + 1:02d}{index:02d}", point, [(number, "")])
        for index, ((name, kana), point) in enumerate(zip(named, points, strict=True), 1)
    ]


def _split_towns(districts: list[District]) -> None:
    """The town nearest to the next district, of every fifth district, is served by both schools."""
    for number in range(1, len(districts), 5):
        others = [i for i in range(len(districts)) if i != number]
        town, other = min(
            ((town, i) for town in districts[number].towns for i in others),
            key=lambda pair: pair[0].point.distance(districts[pair[1]].area),
        )
        town.schools = [(number, "1番～18番"), (other, "19番以降")]


def point_in(random: Random, district: District, near: float | None = None) -> Point:
    """A point in the district; `near` is how far from its school at most, as a share of the way to the border."""
    area: BaseGeometry = district.area.buffer(-60)
    if near is not None:
        area = area.intersection(affinity.scale(area, near, near, origin=district.school))
    west, south, east, north = area.bounds
    while True:
        point = Point(random.uniform(west, east), random.uniform(south, north))
        if area.contains(point):
            return point


def town_of(district: District, point: Point) -> Town:
    return min(district.towns, key=lambda town: town.point.distance(point))
