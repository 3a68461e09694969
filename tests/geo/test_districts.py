from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.codes import MunicipalityCode
from geo.districts import NO_DISTRICT, district_id, school_key
from geo.editions import Source
from geo.points import LonLat, distance_m
from geo.store.districts import DistrictStore, hex_6668
from geo.store.editions import EditionStore
from geo.store.loading import Arrival, load_districts, make_nearest_school_districts

A27 = Source("test-a27", "小学校区", "国土交通省", "国土数値情報利用規約", "国土数値情報(小学校区)", "conditional")
KOSAI = MunicipalityCode("222216")
NEXT_CITY = MunicipalityCode("221309")
WEST, SOUTH, SIDE = 137.5, 34.7, 0.01
"""Squares of about 900 m × 1,100 m side by side."""


def square(column: float, row: float = 0, side: float = SIDE) -> shapely.MultiPolygon:
    west, south = WEST + column * SIDE, SOUTH + row * SIDE
    return shapely.MultiPolygon([shapely.box(west, south, west + side, south + side)])


def at(column: float, row: float = 0.5) -> LonLat:
    return LonLat(WEST + column * SIDE, SOUTH + row * SIDE)


Drawn = tuple[MunicipalityCode, str, shapely.MultiPolygon | None]


def keep(database: psycopg.Connection, *drawn: Drawn, kana: str | None = None, basis: str = "polygon") -> None:
    editions = EditionStore(database)
    editions.register(A27)
    edition = editions.stage(A27.source_id, "districts", "22", str(uuid4()), file_name="x", file_sha256=str(uuid4()))
    for code, name, area in drawn:
        database.execute(
            "INSERT INTO geo.school_district (edition_id, district_id, municipality_code, name, name_kana, basis,"
            " area_6668) VALUES (%s, %s, %s, %s, %s, %s, %s::geometry)",
            (edition.edition_id, district_id(code, name), code, name, kana, basis, hex_6668(area) if area else None),
        )
    database.execute("UPDATE geo.edition SET state = 'current' WHERE edition_id = %s", (edition.edition_id,))


@pytest.fixture
def districts(database: psycopg.Connection) -> DistrictStore:
    """東小 and 西小 side by side, 北小 over the eastern half of 東小, and 隣小 in the next city, 20 m east of it."""
    keep(
        database,
        (KOSAI, "西小学校", square(0)),
        (KOSAI, "東小学校", square(1)),
        (KOSAI, "北小学校", square(1.5)),
        (NEXT_CITY, "隣小学校", square(2.5002)),
    )
    return DistrictStore(database)


def test_a_point_inside_has_one_district_with_edition_and_terms(districts: DistrictStore) -> None:
    [answer] = districts.district_of(at(0.5))
    assert (answer.name, answer.basis, answer.distance_m) == ("西小学校", "polygon", 0)
    assert answer.licence == A27.licence
    assert answer.attribution == A27.attribution
    assert answer.edition_id is not None
    assert not answer.is_approximate


def test_a_point_may_lie_in_several_districts(districts: DistrictStore) -> None:
    assert [answer.name for answer in districts.district_of(at(1.75))] == ["北小学校", "東小学校"]


def test_just_outside_all_the_nearest_is_given_and_said_so(districts: DistrictStore) -> None:
    point = at(-0.05)
    [answer] = districts.district_of(point)
    assert (answer.name, answer.basis) == ("西小学校", "nearest_polygon")
    assert answer.distance_m == pytest.approx(distance_m(point, at(0)), abs=0.01)
    assert answer.is_approximate


def test_far_outside_no_district_is_known(districts: DistrictStore) -> None:
    assert districts.district_of(at(-0.5)) == [NO_DISTRICT]
    assert districts.district_of(at(-0.05), near_m=10) == [NO_DISTRICT]


def test_neighbours_are_found_across_the_border(districts: DistrictStore) -> None:
    names = {neighbour.name for neighbour in districts.neighbours(district_id(KOSAI, "北小学校"))}
    assert names == {"東小学校", "隣小学校"}


@pytest.mark.parametrize("text", ["東小", "東小学校", "湖西市立東小学校", "東 小学校", "ひがし", "ヒガシ"])
def test_a_district_is_found_however_its_name_is_written(database: psycopg.Connection, text: str) -> None:
    keep(database, (KOSAI, "東小学校", square(0)), kana="ひがししょうがっこう")
    assert [district.name for district in DistrictStore(database).named(text)] == ["東小学校"]


def test_searching_takes_wildcards_literally(districts: DistrictStore) -> None:
    assert districts.named("%") == districts.named("_") == districts.named("") == []


def test_searching_can_be_kept_to_one_municipality(districts: DistrictStore) -> None:
    assert districts.named("隣", KOSAI) == []
    assert len(districts.named("隣", NEXT_CITY)) == 1


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("白須賀小学校", "白須賀"),
        ("白須賀小", "白須賀"),
        ("湖西市立 白須賀小学校", "白須賀"),
        ("小学校", "小学校"),
        ("鶴ヶ丘小", "鶴ケ丘"),
        ("小牧小学校", "小牧"),
    ],
)
def test_spellings_of_one_school_have_one_key(written: str, key: str) -> None:
    assert school_key(written) == key


def test_a_district_keeps_its_id_in_every_edition() -> None:
    assert district_id(KOSAI, "白須賀小") == district_id(KOSAI, "湖西市立白須賀小学校")
    assert district_id(KOSAI, "白須賀小") != district_id(NEXT_CITY, "白須賀小")


def test_nearest_school_districts_are_made_only_where_polygons_lack_and_are_labelled(
    database: psycopg.Connection,
) -> None:
    keep(database, (KOSAI, "西小学校", square(0)))
    editions = EditionStore(database)
    edition = editions.stage(A27.source_id, "schools", "22", "P29", file_name="x", file_sha256="y")
    for code, name, point in (
        (KOSAI, "西小学校", at(0.5)),
        (NEXT_CITY, "隣小学校", at(3)),
        (NEXT_CITY, "奥小学校", at(5)),
    ):
        database.execute(
            "INSERT INTO geo.school (edition_id, school_id, municipality_code, name, level, point_6668)"
            " VALUES (%s, %s, %s, %s, 'primary', %s::geometry)",
            (edition.edition_id, uuid4(), code, name, hex_6668(shapely.Point(point.lon, point.lat))),
        )
    database.execute("UPDATE geo.edition SET state = 'current' WHERE edition_id = %s", (edition.edition_id,))
    made = make_nearest_school_districts(database)
    assert made is not None
    assert made.edition.rows_accepted == 2
    districts = DistrictStore(database)
    [answer] = districts.district_of(at(3.6))
    assert (answer.name, answer.basis) == ("隣小学校", "nearest_school")
    assert answer.is_approximate
    assert "推定" in answer.basis_ja
    assert districts.district_of(LonLat(141.35, 43.06)) == [NO_DISTRICT]
    assert [assignment.basis for assignment in districts.assign([("x", at(3.6))])] == ["nearest_school"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.floats(-0.3, 4), st.floats(-0.3, 1.3)), min_size=1, max_size=20))
def test_bulk_assignment_says_what_asking_one_by_one_says(
    districts: DistrictStore, places: list[tuple[float, float]]
) -> None:
    points = {str(number): at(*place) for number, place in enumerate(places)}
    assigned = {assignment.key: assignment for assignment in districts.assign(points.items())}
    assert assigned.keys() == points.keys()
    for key, point in points.items():
        answers, assignment = districts.district_of(point), assigned[key]
        assert assignment.basis == answers[0].basis
        assert assignment.district_id in {answer.district_id for answer in answers}
        assert assignment.others == len(answers) - 1
        assert assignment.distance_m == answers[0].distance_m


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.floats(-1, 4), st.floats(-1, 2))
def test_every_answer_keeps_its_promise(districts: DistrictStore, column: float, row: float) -> None:
    answers = districts.district_of(at(column, row))
    assert answers
    for answer in answers:
        if answer.basis == "polygon":
            assert answer.distance_m == 0
        elif answer.basis == "nearest_polygon":
            assert answer.distance_m is not None
            assert 0 <= answer.distance_m <= 100
        else:
            assert answer == NO_DISTRICT


def test_kosai_has_340_of_341_points_inside_and_the_last_just_outside(
    database: psycopg.Connection, realdata: Path
) -> None:
    import orjson

    folder = realdata / "22221-kosai"
    load_districts(database, Arrival(folder / "school.repaired.geojson", A27, "222216", "A27-10"))
    features = orjson.loads((folder / "spot.geojson").read_bytes())["features"]
    points = [(str(number), LonLat(*f["geometry"]["coordinates"][:2])) for number, f in enumerate(features)]
    assigned = DistrictStore(database).assign(points)
    assert len(assigned) == 341
    outside = [assignment for assignment in assigned if assignment.basis != "polygon"]
    assert [assignment.basis for assignment in outside] == ["nearest_polygon"]
    assert 0 < (outside[0].distance_m or 0) < 100


def test_the_same_file_is_loaded_once(database: psycopg.Connection, realdata: Path) -> None:
    arrival = Arrival(realdata / "22221-kosai/school.repaired.geojson", A27, "222216", "A27-10")
    first, second = load_districts(database, arrival), load_districts(database, arrival)
    assert (first.already, second.already) == (False, True)
    assert first.edition.edition_id == second.edition.edition_id


def test_kanagawa_loads_without_its_prj(database: psycopg.Connection, realdata: Path) -> None:
    path = realdata / "14-kanagawa/A27-10_14-g_SchoolDistrict.shp"
    loaded = load_districts(database, Arrival(path, A27, "14", "A27-10"))
    assert (loaded.edition.rows_in, loaded.edition.rows_accepted) == (886, 886)
    assert any("EPSG:4612" in defect for defect in loaded.edition.known_defects)
    assert any(finding.rule == "dissolved" for finding in loaded.findings)
