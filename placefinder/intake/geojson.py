"""GeoJSON FeatureCollections of points as rows of texts.

Stands alone (standard library only), because the limited child process loads it by path.
Foreign geometry never reaches shapely: nested input kills its parsers.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

MOST_FEATURES, MOST_PROPERTIES = 1_000_000, 1_000
_DECODER = json.JSONDecoder()
_BLANKS = re.compile(r"[ \t\r\n]*")

LONGITUDE, LATITUDE = "geometry:longitude", "geometry:latitude"
PROBLEM, CRS, FEATURE_ID = "geometry:problem", "geometry:crs", "feature:id"


class GeoJsonError(ValueError):
    """Not a GeoJSON FeatureCollection. `rule` is `not_json`, `not_points` or `too_large`."""

    def __init__(self, rule: str, detail: str) -> None:
        super().__init__(detail)
        self.rule = rule


def rows_of(document: bytes) -> Iterator[list[str]]:
    """A header row, then one row for each feature, in order: its properties, then longitude and latitude in degrees.

    A feature that is no plain point keeps its row: the coordinates are empty and `geometry:problem` says why.
    Features are decoded one at a time, twice: the whole tree would need 25 times the file's size. Raises GeoJsonError.
    """
    text = document.decode("utf-8-sig", "replace")
    del document
    survey = _survey(text)
    crs = [survey.crs] if survey.crs else []
    yield [*map(_text, survey.names), LONGITUDE, LATITUDE, PROBLEM, FEATURE_ID, *([CRS] if crs else [])]
    for feature, _ in _features(text, survey.start):
        properties = _properties(feature)
        feature_id = feature.get("id") if isinstance(feature, dict) else None
        cells = [_text(properties.get(name)) for name in survey.names]
        yield [*cells, *_point(feature), _text(feature_id), *crs]


@dataclass(slots=True)
class _Survey:
    """Where the list of features starts, the names of all their properties, and the reference system's name or ""."""

    start: int = -1
    names: dict[str, None] = field(default_factory=dict)
    crs: str = ""


def _survey(text: str) -> _Survey:
    survey = _Survey()
    position = _after(text, 0, "{")
    while not text.startswith("}", position):
        key, position = _value(text, position)
        position = _after(text, position, ":")
        if key == "features" and text.startswith("[", position):
            position = _survey_features(text, position, survey)
        else:
            value, position = _value(text, position)
            survey.crs = _crs_name(value) if key == "crs" else survey.crs
        position = _after_item(text, position, "}")
    if survey.start < 0 or _skipped(text, position + 1) != len(text):
        raise GeoJsonError("not_points", "no list named features")
    return survey


def _survey_features(text: str, start: int, survey: _Survey) -> int:
    """Fills `survey`, and gives the position behind the list."""
    survey.start, position = start, _skipped(text, start + 1)
    for count, (feature, end) in enumerate(_features(text, start), 1):
        position = end
        survey.names.update(dict.fromkeys(_properties(feature)))
        if count > MOST_FEATURES or len(survey.names) > MOST_PROPERTIES:
            raise GeoJsonError("too_large", f"more than {MOST_FEATURES:,} features or {MOST_PROPERTIES:,} properties")
    return position + 1


def _features(text: str, start: int) -> Iterator[tuple[Any, int]]:
    """Each feature, and the position where the next one or the end of the list is."""
    position = _skipped(text, start + 1)
    while not text.startswith("]", position):
        feature, position = _value(text, position)
        position = _after_item(text, position, "]")
        yield feature, position


def _after_item(text: str, position: int, closing: str) -> int:
    position = _skipped(text, position)
    if text.startswith(",", position):
        return _skipped(text, position + 1)
    if not text.startswith(closing, position):
        raise GeoJsonError("not_json", f"character {position}: , or {closing} expected")
    return position


def _value(text: str, position: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, position)
    except (ValueError, RecursionError) as error:
        raise GeoJsonError("not_json", f"character {position}: {type(error).__name__}") from None


def _after(text: str, position: int, mark: str) -> int:
    position = _skipped(text, position)
    if not text.startswith(mark, position):
        raise GeoJsonError("not_points" if mark == "{" else "not_json", f"character {position}: {mark} expected")
    return _skipped(text, position + 1)


def _skipped(text: str, position: int) -> int:
    match = _BLANKS.match(text, position)
    return match.end() if match else position


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
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if text.isascii() else text.encode("utf-8", "replace").decode()  # no lone surrogates


def _crs_name(crs: Any) -> str:
    properties = crs.get("properties") if isinstance(crs, dict) else None
    return _text(properties.get("name")) if isinstance(properties, dict) else ""
