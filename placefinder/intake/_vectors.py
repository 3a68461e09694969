"""Shapefiles (also zipped) of points as sheets of texts, as GeoJSON is: geo.readers.vector opens and checks them."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shapely import Point

from geo.errors import TableError
from geo.readers.vector import Feature, Layer, layers
from placefinder.intake.errors import FileRefused
from placefinder.intake.geojson import LATITUDE, LONGITUDE, PROBLEM


def holds_shapefile(path: Path) -> bool:
    """Is it a .shp, or a zip with one in it?"""
    if path.suffix.lower() == ".shp":
        return True
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return any(name.lower().endswith(".shp") for name in archive.namelist())


def read_points(path: Path, name: str) -> list[tuple[str, "PointGrid"]]:
    """The layers by name. Raises FileRefused."""
    try:
        return [(layer.name, PointGrid(layer)) for layer in layers(path)]
    except TableError as error:
        remedy = "公開元のファイルをそのまま渡してください。"
        raise FileRefused("unreadable", str(error), where=name, remedy=remedy) from error


@dataclass(frozen=True, slots=True)
class PointGrid:
    """A layer as raw rows: the names of its properties, then one row for each feature."""

    layer: Layer

    def rows(self) -> Iterator[list[str]]:
        names = list(self.layer.features[0].properties) if self.layer.features else []
        yield [*names, LONGITUDE, LATITUDE, PROBLEM]
        for feature in self.layer.features:
            yield [*(_text(feature.properties.get(name)) for name in names), *_point(feature)]


def _point(feature: Feature) -> list[str]:
    if isinstance(feature.shape, Point):
        return [repr(feature.shape.x), repr(feature.shape.y), ""]
    return ["", "", next((finding.message for finding in feature.findings), "点ではありません")]


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)
