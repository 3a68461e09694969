"""Files made to harm: each is refused with a reason, within 10 seconds and 1 GB, by a process we can measure."""

import gzip
import json
import subprocess
import sys
import zipfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from placefinder.intake import geojson
from placefinder.intake.errors import FileRefused
from placefinder.intake.limits import LIMITS
from placefinder.intake.tables import open_tables

ROOT = Path(__file__).resolve().parents[2]
SECONDS, MEGABYTES = 10, 1_000
MEASURED = """
import json, resource, sys, time
from pathlib import Path
from placefinder.intake.errors import FileRefused
from placefinder.intake.tables import open_tables
started, rule, text = time.monotonic(), None, ""
try:
    with open_tables(Path(sys.argv[1])) as opened:
        for table in opened.tables:
            for row in table.rows():
                pass
except FileRefused as refused:
    rule, text = refused.rule, str(refused)
peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
print(json.dumps({"rule": rule, "text": text, "seconds": time.monotonic() - started, "mb": peak / 1024}))
"""
CONTENT_TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
RELATIONS = '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" Target="{}"/></Relationships>'
WORKBOOK = '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="一覧" sheetId="1" r:id="rId1"/></sheets></workbook>'
SHEET = '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def workbook(path: Path, *rows: str, times: int = 1) -> Path:
    """An xlsx written by hand: `rows` of sheet XML, repeated."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("_rels/.rels", RELATIONS.format("officeDocument", "xl/workbook.xml"))
        archive.writestr("xl/workbook.xml", WORKBOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", RELATIONS.format("worksheet", "worksheets/sheet1.xml"))
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(SHEET.encode())
            block = "".join(rows).encode()
            for _ in range(times):
                sheet.write(block)
            sheet.write(b"</sheetData></worksheet>")
    return path


def zip_of(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def zip_bomb(folder: Path) -> Path:
    return zip_of(folder / "bomb.zip", {"list.csv": b"a,b\n" + b"0" * 100_000_000})


def nested_zips(folder: Path) -> Path:
    inner = zip_of(folder / "0.zip", {"list.csv": b"a,b\n1,2\n"})
    for depth in range(1, 7):
        inner = zip_of(folder / f"{depth}.zip", {"in.zip": inner.read_bytes()})
    return inner


def gzip_bomb(folder: Path) -> Path:
    path = folder / "bomb.csv.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        for _ in range(300):
            file.write(b"0" * 1_000_000)
    return path


def workbook_of_343_mb(folder: Path) -> Path:
    rows = '<row><c t="inlineStr"><is><t>居場所</t></is></c><c><v>1</v></c></row>' * 1000
    return workbook(folder / "big.xlsx", rows, times=343_000_000 // len(rows.encode()))


def workbook_below_the_bounds(folder: Path) -> Path:
    """Small enough by its directory, and a sheet of 17,000 million cells by its two corners."""
    corners = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return workbook(folder / "sparse.xlsx", corners)


def nested_geometry(folder: Path) -> Path:
    path = folder / "nested.geojson"
    start = '{"type":"FeatureCollection","features":[{"geometry":{"type":"Polygon","coordinates":'
    path.write_text(start + "[" * 1_000_000 + "]" * 1_000_000 + "}}]}")
    return path


def one_feature_of_many_lists(folder: Path) -> Path:
    """Each list of two characters becomes an object of 56 bytes."""
    path = folder / "lists.geojson"
    path.write_text('{"features":[{"properties":{"a":[' + "[]," * 16_000_000 + "[]]}}]}")
    return path


def more_features_than_the_bound(folder: Path) -> Path:
    path = folder / "features.geojson"
    path.write_text('{"features":[' + "{}," * 1_100_000 + "{}]}")
    return path


def one_line_of_50_mb(folder: Path) -> Path:
    path = folder / "line.csv"
    path.write_bytes("名称,住所\n".encode() + b"a" * 50_000_000)
    return path


def unclosed_quote(folder: Path) -> Path:
    path = folder / "quote.csv"
    path.write_bytes('名称,住所\n"居場所,1-1\n'.encode() + b"a,b\n" * 12_000_000)
    return path


def nul_bytes(folder: Path) -> Path:
    path = folder / "nul.csv"
    path.write_bytes("名称,住所\n".encode() + b"a,b\n" * 100_000 + b"x\0y,1\n")
    return path


def invalid_utf8(folder: Path) -> Path:
    path = folder / "broken.csv"
    path.write_bytes(
        "名称,住所\n".encode() + "居場所,1-1\n".encode() * 1000 + b"\xe5\xb1,2\n" + "居場所,3-1\n".encode()
    )
    return path


def binary_named_csv(folder: Path) -> Path:
    path = folder / "photo.csv"
    path.write_bytes(bytes(range(256)) * 1000)
    return path


def truncated_zip(folder: Path) -> Path:
    path = zip_bomb(folder)
    path.write_bytes(path.read_bytes()[:-40])
    return path


@pytest.mark.parametrize(
    ("make", "rule"),
    [
        (zip_bomb, "zip_bomb"),
        (nested_zips, "nested_archives"),
        (gzip_bomb, "zip_bomb"),
        (workbook_of_343_mb, "too_large"),
        (workbook_below_the_bounds, "too_large"),
        (nested_geometry, "not_json"),
        (one_feature_of_many_lists, "too_large"),
        (more_features_than_the_bound, "too_large"),
        (one_line_of_50_mb, "line_too_long"),
        (unclosed_quote, "broken_csv"),
        (nul_bytes, "nul_bytes"),
        (invalid_utf8, "undecodable"),
        (binary_named_csv, "nul_bytes"),
        (truncated_zip, "damaged_archive"),
    ],
)
def test_a_hostile_file_is_refused_in_time_and_memory(make, rule: str, tmp_path: Path) -> None:
    path = make(tmp_path)
    run = subprocess.run(
        # Through a shell that forks, because a process inherits the peak memory of the one that started it.
        ["/bin/sh", "-c", '"$0" -c "$1" "$2"; exit $?', sys.executable, MEASURED, str(path)],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    measured = json.loads(run.stdout)
    assert measured["rule"] == rule, measured["text"]
    assert path.name in measured["text"], "the refusal must say which file"
    assert "→" in measured["text"], "the refusal must say what to do"
    assert measured["seconds"] < SECONDS
    assert measured["mb"] < MEGABYTES


def test_the_workbooks_of_one_archive_share_one_time_limit(tmp_path: Path) -> None:
    rows = ("<row>" + "<c><v>0.5</v></c>" * 50 + "</row>") * 100
    one = workbook(tmp_path / "one.xlsx", rows, times=10_000_000 // len(rows)).read_bytes()
    path = zip_of(tmp_path / "many.zip", {f"{number}.xlsx": one for number in range(40)})
    with pytest.raises(FileRefused) as refused, open_tables(path, limits=replace(LIMITS, child_seconds=2)):
        pytest.fail("opened")
    assert refused.value.rule == "too_slow"


STARTS = (
    b"",
    b"PK\x03\x04",
    b"\x1f\x8b\x08",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    "名称,住所\n".encode(),
    "名称\t住所\n".encode("utf-16"),
)


@settings(deadline=None)
@given(st.sampled_from(STARTS), st.binary(max_size=300))
@example(b"", b"\x00\x01\x00")  # looks like UTF-16 without a mark, and ends in half a character
def test_any_bytes_are_a_table_or_refused(tmp_path_factory: pytest.TempPathFactory, start: bytes, rest: bytes) -> None:
    assume(not (start + rest).removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"{", b"[", b"\xd0\xcf")))
    path = tmp_path_factory.mktemp("any") / "list.csv"
    path.write_bytes(start + rest)
    with suppress(FileRefused), open_tables(path) as opened:
        for table in opened.tables:
            assert len(list(table.rows())) == table.tally.data


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["type", "geometry", "properties", "coordinates", "id", "a"]), inner)
    ),
    max_leaves=12,
)


@given(st.lists(JSON, max_size=4), st.dictionaries(st.sampled_from(["crs", "name"]), JSON))
def test_every_feature_of_any_collection_keeps_its_row(features: list[object], more: dict[str, object]) -> None:
    header, *rows = geojson.rows_of(json.dumps(more | {"features": features}).encode("utf-8", "surrogatepass"))
    assert len(rows) == len(features)
    assert all(len(row) == len(header) for row in rows)
    orjson.dumps(rows)


@given(st.text(max_size=60) | st.text('{}[]",:1features ', max_size=60))
def test_any_text_is_geojson_or_refused(text: str) -> None:
    with suppress(geojson.GeoJsonError):
        list(geojson.rows_of(text.encode("utf-8", "replace")))
