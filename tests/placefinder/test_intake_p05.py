"""Public halls of 国土数値情報 P05: both editions, as a Shapefile, a zip of one and GeoJSON."""

import zipfile
from pathlib import Path

import geopandas
import pytest
from shapely import Point

from placefinder.intake.reading import read_files
from placefinder.intake.records import FacilityRecord


def _shapefile(folder: Path, stem: str, **more: str) -> Path:
    """Two halls and an office as the ministry publishes them; `more` are columns of a later edition."""
    rows = [("99001", "1", "架空市役所"), ("99001", "4", "架空公民館"), ("99001", "5", "架空集会所")]
    table = geopandas.GeoDataFrame(
        [{"P05_001": code, "P05_002": of, "P05_003": name, "P05_004": f"架空市{name}前1", **more} for code, of, name in rows],
        geometry=[Point(137.5 + n / 100, 34.7) for n in range(3)], crs="EPSG:6668",
    )  # fmt: skip
    path = folder / f"{stem}.shp"
    table.to_file(path, encoding="cp932")
    return path


def _zipped(path: Path) -> Path:
    target = path.with_suffix(".zip")
    with zipfile.ZipFile(target, "w") as archive:
        for part in path.parent.glob(f"{path.stem}.*"):
            if part != target:
                archive.write(part, f"{path.stem}_GML/{part.name}")
        archive.writestr(f"{path.stem}_GML/KS-META-{path.stem}.xml", "<xml/>")
    return target


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize(("stem", "more"), [("P05-10_99-g", {}), ("P05-22_99", {"P05_005": "1"})])
def test_halls_and_offices_are_read_with_their_points(
    tmp_path: Path, stem: str, more: dict[str, str], zipped: bool
) -> None:
    path = _shapefile(tmp_path, stem, **more)
    reading = read_files([_zipped(path) if zipped else path])
    sites = [o.record for o in reading.outcomes if isinstance(o.record, FacilityRecord)]
    assert (reading.form.name, reading.dataset) == ("p05", "rooms")
    assert [(site.name, site.kind) for site in sites] == [
        ("架空市役所", "public_office"),
        ("架空公民館", "public_room"),
        ("架空集会所", "public_room"),
    ]
    assert sites[1].point is not None
    assert (sites[1].point.lon, sites[1].point.lat) == pytest.approx((137.51, 34.7))
    assert len(reading.outcomes) == 3
