"""Files as lists arrive, but the same bytes each time."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

CRS = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::6668"}}


def column_names(listed: str) -> list[str]:
    """The columns of a form, written as its header line is."""
    return listed.split(",")


def write_csv(
    path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]], encoding: str = "utf-8-sig"
) -> None:
    """A CSV with CRLF, as spreadsheets write it; with BOM unless another encoding is asked for."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))


def write_geojson(path: Path, name: str, features: Iterable[dict[str, Any]]) -> None:
    """A FeatureCollection of JGD2011 with one feature on each line."""
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False, separators=(",", ":")) for feature in features)
    head = json.dumps({"type": "FeatureCollection", "name": name, "crs": CRS}, ensure_ascii=False)[:-1]
    path.write_bytes(f'{head}, "features": [\n{lines}\n]}}\n'.encode())


def feature(properties: Mapping[str, Any], kind: str, coordinates: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": dict(properties), "geometry": {"type": kind, "coordinates": coordinates}}
