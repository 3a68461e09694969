"""Every file of the real data: read by its form, no row vanishing; a file of no form is expected by name."""

import os
from collections import Counter
from fnmatch import fnmatch
from pathlib import Path

import pytest

from geo.codes import MunicipalityCode
from geo.errors import TableError
from geo.readers.a27 import read_districts
from placefinder.intake.errors import FileRefused
from placefinder.intake.geography import geo_form
from placefinder.intake.mapped import form_of
from placefinder.intake.mapping import load_mapping
from placefinder.intake.reading import read_files

TAKAMATSU = MunicipalityCode("372013")
_ROOT = Path(os.environ.get("PLACEFINDER_REALDATA", Path(__file__).resolve().parents[2].parent / "shared" / "realdata"))

# The first pattern that fits decides: a geo form, "mapping NAME", a form of the readers, or why there is none.
EXPECTED: tuple[tuple[str, str], ...] = (
    ("*/A27-10_14-g_SchoolDistrict.shp", "geo a27"),
    ("*/districts/*A27P*.geojson", "geo schools"),
    ("*/districts/*schools_loc.geojson", "geo schools"),
    ("*/districts/*N03.geojson", "geo n03"),
    ("*/districts/*A27*.geojson", "geo a27"),
    ("22221-kosai/school.original-mojibake.geojson", "refused rows"),
    ("22221-kosai/school.*.geojson", "geo a27"),
    ("22221-kosai/spot.geojson", "mapping kosai-spot"),
    ("22221-kosai/nurseryFacilities.2016.geojson", "mapping kosai-2016"),
    ("n03/*.json", "geo n03"),
    ("address/geolonia*.csv.gz", "geo addresses"),
    ("37201-takamatsu/population/0066_202305.mojibake.xlsx", "garbled"),
    ("37201-takamatsu/population/*", "geo population_takamatsu"),
    ("37201-takamatsu/school_area/tsugakukuiki_from_school.pdf", "geo school_areas_pdf"),
    ("37201-takamatsu/school_area/*", "no list of a form: a second print and a quick parse of the same table"),
    ("37201-takamatsu/hospital/data.csv", "mapping takamatsu-hospital"),
    ("37201-takamatsu/*/*.xlsx", "mapping takamatsu"),
    ("*/municipal_raw_csv/*_tsuika.csv", "child"),
    ("*/municipal_raw_csv/*.csv", "kodomo_shokudo"),
    ("14-kanagawa/*.xlsx", "kodomo_shokudo"),
    ("13-tokyo/koumin_facilities.csv", "mapping tokyo-koumin"),
    ("13-tokyo/tokyo_lg_codes.csv", "no list of a form: a table of codes"),
    ("terms/*.xlsx", "no list of a form: terms of use, read with the sources"),
    ("address/*", "no list of a form: vectors for the geocoder"),
    ("*.shx", "part of a Shapefile"), ("*.dbf", "part of a Shapefile"),
    ("*.md", "words"), ("*.txt", "words"), ("*.html", "words"), ("*.yml", "words"), ("*LICENSE", "words"),
)  # fmt: skip
FILES = (
    sorted(str(path.relative_to(_ROOT)) for path in _ROOT.rglob("*") if path.is_file()) if _ROOT.is_dir() else ["none"]
)


def expected(name: str) -> str:
    words = [what for pattern, what in EXPECTED[-7:] if fnmatch(name, pattern)]
    return words[0] if words else next((what for pattern, what in EXPECTED if fnmatch(name, pattern)), "unexpected")


def _mapping(name: str, what: str) -> str:
    return (
        what.removeprefix("mapping ")
        if what != "mapping takamatsu"
        else "takamatsu-" + name.split("/")[1].replace("_", "-")
    )


@pytest.mark.parametrize("name", [name for name in FILES if expected(name).split()[0] not in ("words", "part", "no")])
def test_a_real_file_is_read_by_its_form_and_no_row_vanishes(realdata, name):
    path, what = realdata / name, expected(name)
    if what.startswith("geo "):
        form = geo_form(path)
        assert form is not None
        assert form.name == what.removeprefix("geo ")
        counts, _ = form.read(path, None)
        assert counts.complete
        assert counts.accepted
    elif what == "garbled":
        form = geo_form(path)
        assert form is not None
        with pytest.raises(TableError, match="文字化け"):
            form.read(path, None)
    elif what == "refused rows":
        counts, findings = read_districts(path).counts, read_districts(path).findings
        assert counts.refused == counts.rows_in > 0
        assert findings
    elif what == "child":
        reading = read_files([path.with_name(path.name.replace("_tsuika", "")), path])
        assert all(outcome.verdict == "accepted" for outcome in reading.outcomes)
    else:
        mapping = form_of(load_mapping(_mapping(name, what))) if what.startswith("mapping") else None
        reading = read_files([path], form=mapping)
        verdicts = Counter(outcome.verdict for outcome in reading.outcomes)
        assert verdicts.total() == len(reading.outcomes) > 0
        assert len({(outcome.sheet, outcome.row_no) for outcome in reading.outcomes}) == len(reading.outcomes)
        assert verdicts["accepted"] >= 0.9 * verdicts.total()


@pytest.mark.parametrize(
    "name", [name for name in FILES if expected(name).startswith("no list") and name.endswith(("csv", "xlsx"))]
)
def test_a_table_of_no_form_is_refused_in_words(realdata, name):
    with pytest.raises(FileRefused) as refused:
        read_files([realdata / name])
    assert refused.value.rule in ("unknown_form", "no_header", "mixed_forms", "broken_csv")


def test_there_is_no_file_that_nobody_expected(realdata):
    assert [name for name in FILES if expected(name) == "unexpected"] == []


def test_what_is_known_of_kosai_is_found(realdata):
    reading = read_files([realdata / "22221-kosai/spot.geojson"], form=form_of(load_mapping("kosai-spot")))
    assert len(reading.outcomes) == 341


def test_every_suspended_place_of_the_tokyo_lists_is_seen(realdata):
    found = []
    for path in sorted((realdata / "13-tokyo/municipal_raw_csv").glob("*syokudo.csv")):
        found += [o.record.activities[0].status for o in read_files([path]).outcomes if o.record]
    assert found.count("suspended") == 2
    assert found.count("closed") == 0
