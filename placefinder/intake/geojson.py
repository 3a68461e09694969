"""GeoJSON FeatureCollections of points as rows of texts.

Stands alone (orjson and the standard library), because the limited child process loads it by path.
Foreign geometry never reaches shapely: nested input kills its parsers.
"""

from collections.abc import Iterator
from math import isfinite
from typing import Any

import orjson

LONGITUDE, LATITUDE = "geometry:longitude", "geometry:latitude"
PROBLEM, CRS, FEATURE_ID = "geometry:problem", "geometry:crs", "feature:id"


class GeoJsonRefused(ValueError):
    """Not a GeoJSON FeatureCollection. `rule` is `not_json` or `not_points`."""

    def __init__(self, rule: str, detail: str) -> None:
        super().__init__(detail)
        self.rule = rule


def rows_of(document: bytes) -> Iterator[list[str]]:
    """A header row, then one row for each feature, in order: its properties, then longitude and latitude in degrees.

    A feature that is no plain point keeps its row: the coordinates are empty and `geometry:problem` says why.
    Raises GeoJsonRefused.
    """
    collection = _collection(document)
    features = collection["features"]
    names = list(dict.fromkeys(str(key) for feature in features for key in _properties(feature)))
    crs = _crs_name(collection.get("crs"))
    extra = [LONGITUDE, LATITUDE, PROBLEM, FEATURE_ID] + ([CRS] if crs else [])
    yield [*names, *extra]
    for feature in features:
        properties = _properties(feature)
        feature_id = feature.get("id") if isinstance(feature, dict) else None
        yield [_text(properties.get(name)) for name in names] + [*_point(feature), _text(feature_id)] + ([crs] if crs else [])


def _collection(document: bytes) -> dict[str, Any]:
    try:
        collection = orjson.loads(document.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise GeoJsonRefused("not_json", str(error)) from None
    if not isinstance(collection, dict) or not isinstance(collection.get("features"), list):
        raise GeoJsonRefused("not_points", "no list named features")
    return collection


def _properties(feature: Any) -> dict[str, Any]:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    return properties if isinstance(properties, dict) else {}


def _point(feature: Any) -> list[str]:
    """Longitude, latitude and problem, as texts."""
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(geometry, dict):
        return ["", "", "位置(geometry)がありません"]
    if geometry.get("type") != "Point":
        return ["", "", f"点ではありません({str(geometry.get('type'))[:30]})"]
    position = geometry.get("coordinates")
    if not (isinstance(position, list) and 2 <= len(position) <= 4 and all(_is_number(part) for part in position)):
        return ["", "", "座標が数値の組ではありません"]
    return [repr(position[0]), repr(position[1]), ""]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return orjson.dumps(value).decode()


def _crs_name(crs: Any) -> str:
    properties = crs.get("properties") if isinstance(crs, dict) else None
    return _text(properties.get("name")) if isinstance(properties, dict) else ""
