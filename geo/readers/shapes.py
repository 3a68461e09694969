"""Foreign geometry made safe: finite, inside Japan, valid, of a kind we use, and of bounded size."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy
import shapely
from pyproj import CRS, Transformer
from shapely import MultiPolygon, Point, Polygon

from geo.points import in_japan, is_swapped

Shape = Point | MultiPolygon


@dataclass(frozen=True, slots=True)
class ShapeLimits:
    """Bounds of one shape. The defaults suit official prefecture files; uploads get 5,000 vertices."""

    vertices: int = 2_000_000


UPLOADED = ShapeLimits(vertices=5_000)


@dataclass(frozen=True, slots=True)
class ShapeNote:
    """Something that was put right in a shape."""

    rule: str
    message: str


class ShapeFault(Exception):
    """A geometry that cannot be used; `message` is Japanese and holds no coordinates."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(rule)
        self.rule = rule
        self.message = message


def shape_of(geometry: Any, limits: ShapeLimits, crs: CRS | None = None) -> tuple[Shape, list[ShapeNote]]:
    """A GeoJSON geometry, already parsed, as a checked shape. Raises ShapeFault."""
    if not isinstance(geometry, dict):
        raise ShapeFault("geometry_missing", "図形がありません。")
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind == "Point":
        return checked_shape(Point(_positions([coordinates], 1)[0]), limits, crs)
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(coordinates, list):
        raise ShapeFault("geometry_kind", "点でも面でもない図形です。Point・Polygon・MultiPolygonだけを扱います。")
    parts = [coordinates] if kind == "Polygon" else coordinates
    return checked_shape(MultiPolygon(_polygons(parts, limits)), limits, crs)


def _polygons(parts: list[Any], limits: ShapeLimits) -> list[Polygon]:
    left = limits.vertices
    polygons = []
    for part in parts:
        if not isinstance(part, list) or not part:
            raise _unreadable()
        rings = [_ring(ring, left) for ring in part]
        left -= sum(map(len, rings))
        if left < 0:
            raise _too_many(limits)
        polygons.append(Polygon(rings[0], rings[1:]))
    return polygons


def _ring(ring: Any, limit: int) -> Any:
    if not isinstance(ring, list) or len(ring) < 4:
        raise _unreadable()
    if len(ring) > limit:
        raise _too_many(ShapeLimits(limit))
    return _positions(ring, len(ring))


def _positions(ring: list[Any], count: int) -> Any:
    """Pairs of numbers as an array; anything else that JSON may hold there is refused before numpy sees it."""
    pairs = [position[:2] for position in ring if isinstance(position, list) and 2 <= len(position) <= 4]
    if len(pairs) != count or not all(type(x) in (int, float) and type(y) in (int, float) for x, y in pairs):
        raise _unreadable()
    try:
        return numpy.asarray(pairs, dtype=float)
    except OverflowError:
        raise _unreadable() from None


def checked_shape(shape: Any, limits: ShapeLimits, crs: CRS | None = None) -> tuple[Shape, list[ShapeNote]]:
    """The shape in EPSG:6668, polygons as valid MultiPolygons, and what was repaired. Raises ShapeFault."""
    if shape is None or shape.is_empty:
        raise ShapeFault("geometry_missing", "図形がありません。")
    if shapely.get_num_coordinates(shape) > limits.vertices:
        raise _too_many(limits)
    shape = shapely.force_2d(shape)
    if crs is not None:
        convert: Any = _transformer(crs.to_wkt()).transform
        shape = shapely.transform(shape, convert, interleaved=False)
    _check_bounds(shape)
    if isinstance(shape, Point):
        return shape, []
    if not isinstance(shape, Polygon | MultiPolygon):
        raise ShapeFault("geometry_kind", "点でも面でもない図形です。Point・Polygon・MultiPolygonだけを扱います。")
    if shapely.is_valid(shape):
        return multi(shape), []
    repaired = multi(shapely.make_valid(shape, method="structure", keep_collapsed=False))
    if repaired.is_empty:
        raise ShapeFault("geometry_collapsed", "図形がつぶれていて、面として使えません。")
    return repaired, [
        ShapeNote("geometry_repaired", "図形の線が交差していたため、自動で直しました。地図で確認してください。")
    ]


def multi(shape: Any) -> MultiPolygon:
    """The polygons of whatever a repair or a union left, without its lines and points."""
    polygons = [part for part in shapely.get_parts(shape, return_index=False) if isinstance(part, Polygon)]
    nested = [part for part in shapely.get_parts(shape) if isinstance(part, MultiPolygon)]
    return MultiPolygon(polygons + [polygon for part in nested for polygon in part.geoms])


def _check_bounds(shape: Any) -> None:
    if not numpy.isfinite(shapely.get_coordinates(shape)).all():
        raise ShapeFault("position_not_finite", "座標が数値ではありません。")
    west, south, east, north = shapely.bounds(shape)
    if in_japan(west, south) and in_japan(east, north):
        return
    if is_swapped(west, south) and is_swapped(east, north):
        raise ShapeFault("position_swapped", "緯度と経度が逆になっています。")
    raise ShapeFault("position_outside_japan", "座標が日本の外です。座標系を確認してください。")


@lru_cache(maxsize=8)
def _transformer(wkt: str) -> Transformer:
    crs = CRS.from_wkt(wkt)
    # From the old Tokyo Datum through JGD2000: straight to JGD2011 PROJ would not shift at all without its grids.
    target = 4612 if crs.geodetic_crs is not None and crs.geodetic_crs.to_epsg() == 4301 else 6668
    return Transformer.from_crs(crs, target, always_xy=True)


def _unreadable() -> ShapeFault:
    return ShapeFault("geometry_unreadable", "図形の座標が読めません。")


def _too_many(limits: ShapeLimits) -> ShapeFault:
    return ShapeFault("too_many_vertices", f"図形の頂点が多すぎます(上限{limits.vertices:,})。")
