"""The demo town: fictional and saying so, of real shape, the same bytes each time, loaded as any clerk's files are."""

import csv
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import psycopg
import pytest
import shapely

from geo.codes import municipality_code, school_code
from placefinder.demo import FOLDER, load_town, read_manifest

ROOT = Path(__file__).resolve().parents[2]
NOTHING_AT_ALL = {"滝の上小学校", "朝霧小学校"}
NOTHING_FOR_CHILDREN = {"大沢小学校", "清水沢小学校", "湊小学校"}
FOR_CHILDREN = ["kodomo_shokudo", "kosodate_hiroba", "learning_support", "food_pantry"]


def features(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((FOLDER / name).read_text("utf-8"))["features"]
    return found


def districts() -> dict[str, shapely.Polygon]:
    return {
        feature["properties"]["A27_004"]: shapely.Polygon(feature["geometry"]["coordinates"][0])
        for feature in features("A27_school_districts.geojson")
    }


def rows(name: str, encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


def test_the_script_writes_the_bytes_that_are_committed(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(ROOT / "scripts" / "make-demo-town"), str(tmp_path)], check=True)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert len(made) == 16
    assert made == {name: (FOLDER / name).read_bytes() for name in made}


def test_the_town_is_small_enough_to_ship() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 3_000_000


def test_districts_are_valid_and_tile_the_city_without_overlap() -> None:
    areas = list(districts().values())
    (city,) = [shapely.Polygon(f["geometry"]["coordinates"][0]) for f in features("N03_boundary.geojson")]
    assert len(areas) >= 24
    assert all(area.is_valid for area in areas)
    assert shapely.coverage_is_valid(areas)
    assert shapely.union_all(areas).symmetric_difference(city).area == pytest.approx(0, abs=1e-10)


def test_no_district_is_a_sliver() -> None:
    """Compactness 4πA/P² of a circle is 1, of a square 0.79."""
    assert min(12.566 * area.area / area.length**2 for area in districts().values()) > 0.4


def test_each_school_stands_in_its_own_district() -> None:
    schools = {
        f["properties"]["P29_004"]: shapely.Point(f["geometry"]["coordinates"]) for f in features("P29_schools.geojson")
    }
    assert schools.keys() == districts().keys()
    assert all(area.contains(schools[name]) for name, area in districts().items())


def test_codes_are_well_formed_and_the_citys_is_the_one_nobody_has() -> None:
    assert municipality_code(read_manifest().municipality_code) == "012998"
    assert {f["properties"]["A27_001"] for f in features("A27_school_districts.geojson")} == {"01299"}
    for feature in features("P29_schools.geojson"):
        assert school_code(feature["properties"]["P29_002"])


def test_no_real_town_has_the_ground_of_the_demo_town(realdata: Path) -> None:
    """In the real address edition no town's point lies within the outline, nor within 3 km round it."""
    import gzip

    (city,) = [shapely.Polygon(f["geometry"]["coordinates"][0]) for f in features("N03_boundary.geojson")]
    near = city.buffer(3_000 / 81_000)
    with gzip.open(
        realdata / "address" / "geolonia_japanese_addresses_2024-01-15.csv.gz", "rt", encoding="utf-8"
    ) as file:
        real = [row for row in csv.DictReader(file) if row["pref"] == "北海道" and row["lat"]]
    inside = shapely.contains_xy(near, [float(row["lng"]) for row in real], [float(row["lat"]) for row in real])
    assert len(real) > 20_000
    assert not inside.any()
    assert not any(row["city"].startswith("架空") for row in real)


def test_everything_says_that_it_is_fictional() -> None:
    manifest = read_manifest()
    for one in manifest.lists:
        assert "架空" in one.source.title + one.source.publisher
        assert "実在の場所・団体ではありません" in one.source.attribution
        assert one.source.licence == "CC0 1.0"
    addresses = [row["住所"] for row in rows("salon.csv", "cp932") + rows("ibasho.csv") + rows("kosodate.csv")]
    assert all(address.startswith("北海道架空はまなす市") for address in addresses)


def test_no_telephone_rings_at_somebodys_home() -> None:
    phones = {row["電話番号"] for row in rows("contact_lines.csv") if row["電話番号"]}
    assert phones
    assert all(phone.startswith("0120-000-") or phone in {"188", "189", "#8000", "#8008"} for phone in phones)
    assert not any(row["電話番号"] for row in rows("public_rooms.csv") + rows("clinics.csv"))
    kitchens = rows("kodomo_shokudo.csv")
    assert not any(
        row[column] for row in kitchens for column in row if "電話" in column or "メール" in column or "FAX" in column
    )


def test_some_towns_are_split_between_schools() -> None:
    table = rows("town_to_school.csv", "cp932")
    split = [town for town, schools in Counter(row["町名"] for row in table).items() if schools > 1]
    assert len(split) >= 4
    assert {row["町名"] for row in table} == {row["大字町丁目名"] for row in rows("towns.csv", "utf-8")}


def test_the_centre_ages_and_the_new_town_is_young() -> None:
    school_of = {row["町名"]: row["小学校名"] for row in rows("town_to_school.csv", "cp932")}

    def share_of_children(school: str) -> float:
        towns = [row for row in rows("population.csv") if school_of[row["地域名"]] == school]
        young = sum(
            int(row[f"{band}歳の{sex}"])
            for row in towns
            for band in ("0-4", "5-9", "10-14")
            for sex in ("男性", "女性")
        )
        return young / sum(int(row["総人口"]) for row in towns)

    assert share_of_children("桜台小学校") > 2 * share_of_children("中央小学校")
    assert share_of_children("朝霧小学校") < share_of_children("中央小学校")


def test_kitchens_have_the_gaps_of_real_lists() -> None:
    kitchens = [row for row in rows("kodomo_shokudo.csv") if row["ID"]]
    assert 0.20 <= sum(not row["緯度"] for row in kitchens) / len(kitchens) <= 0.32
    assert 0.42 <= sum(not row["開催開始時間"] for row in kitchens) / len(kitchens) <= 0.66
    assert sum(bool(row["学区"]) for row in kitchens) / len(kitchens) <= 0.09
    assert len(kitchens[0]) == 49


@pytest.fixture
def demo_town(database: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    load_town(database)
    return database


def counts(connection: psycopg.Connection[Any], query: str) -> dict[str, Any]:
    return dict(connection.execute(query).fetchall())


def test_the_town_loads_through_the_intake_with_the_verdicts_its_dirt_deserves(
    database: psycopg.Connection[Any],
) -> None:
    loaded = {e.source_id: (e.rows_in, e.rows_queued, e.rows_refused) for e in load_town(database)}
    assert list(loaded) == [one.source.source_id for one in read_manifest().lists]
    assert {source: counted[1:] for source, counted in loaded.items() if any(counted[1:])} == {
        "demo-lines": (1, 0),  # a chat without an address
        "demo-kitchens": (2, 0),  # an id given twice, a point outside the city
    }
    asked = database.execute(
        "SELECT f->>'rule' FROM finder.intake_row, jsonb_array_elements(findings) f WHERE f->>'severity' = 'question'"
    )
    assert sorted(rule for (rule,) in asked) == ["contact_missing", "duplicate_id", "outside_municipality"]
    noted = counts(
        database,
        "SELECT f->>'rule', count(*) FROM finder.intake_row, jsonb_array_elements(findings) f WHERE f->>'severity' = 'note' GROUP BY 1",
    )
    assert noted["position_swapped"] == noted["times_reversed"] == noted["address_vague"] == 1


def test_loading_it_again_does_nothing(demo_town: psycopg.Connection[Any]) -> None:
    before = demo_town.execute("SELECT count(*) FROM geo.edition").fetchall()
    assert load_town(demo_town) == []
    assert demo_town.execute("SELECT count(*) FROM geo.edition").fetchall() == before


def test_every_kind_of_gathering_place_is_there(demo_town: psycopg.Connection[Any]) -> None:
    by_kind = counts(
        demo_town,
        "SELECT k.kind, count(l.activity_id) FROM finder.kind k LEFT JOIN finder.listing l USING (kind) WHERE k.listed GROUP BY 1",
    )
    assert min(by_kind.values()) >= 8, by_kind
    assert sum(by_kind.values()) >= 300
    facilities = counts(demo_town, "SELECT kind, count(*) FROM finder.facility GROUP BY 1")
    assert facilities == {"public_room": 40, "clinic": 12}


def test_suspended_closed_and_full_ones_are_among_them(demo_town: psycopg.Connection[Any]) -> None:
    assert {"suspended", "closed", "not_taking_new"} <= counts(
        demo_town, "SELECT status, count(*) FROM finder.listing GROUP BY 1"
    ).keys()
    checked = demo_town.execute(
        "SELECT count(*) FILTER (WHERE checked_on > '2026-05-01'), count(*) FILTER (WHERE checked_on < '2025-06-01'), count(*) FILTER (WHERE checked_on IS NULL) FROM finder.activity"
    ).fetchone()
    assert checked is not None
    assert min(checked) >= 20


def test_every_drawn_place_is_in_a_district_of_the_town(demo_town: psycopg.Connection[Any]) -> None:
    lost = demo_town.execute(
        "SELECT name FROM finder.place WHERE point_6668 IS NOT NULL AND district_basis <> 'polygon'"
    ).fetchall()
    assert lost == []


def test_the_gaps_are_where_the_script_says(demo_town: psycopg.Connection[Any]) -> None:
    query = """SELECT d.name FROM geo.current_district d WHERE NOT EXISTS
        (SELECT FROM finder.listing l WHERE l.district_id = d.district_id AND (%(kinds)s::text[] IS NULL OR l.kind = ANY (%(kinds)s::text[])))"""
    nothing = {name for (name,) in demo_town.execute(query, {"kinds": None})}
    no_children = {name for (name,) in demo_town.execute(query, {"kinds": FOR_CHILDREN})}
    assert nothing == NOTHING_AT_ALL
    assert no_children == NOTHING_AT_ALL | NOTHING_FOR_CHILDREN


def test_people_are_apportioned_to_districts_and_none_is_lost(demo_town: psycopg.Connection[Any]) -> None:
    people = sum(int(row["総人口"]) for row in rows("population.csv"))
    found = demo_town.execute("SELECT sum(total), count(district_id) FROM geo.district_population").fetchone()
    assert found is not None
    assert found[0] == pytest.approx(people)
    assert found[1] == len(districts())
