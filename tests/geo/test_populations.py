from collections import Counter
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.codes import MunicipalityCode
from geo.districts import district_id
from geo.editions import Counts, EditionId, Source
from geo.points import LonLat
from geo.populations import DistrictPopulation, Method, PopulationArea, age_band, ages_of, people_aged
from geo.readers.populations import PopulationFile, read_takamatsu
from geo.readers.town_tables import read_takamatsu_pdf
from geo.store.districts import hex_6668
from geo.store.editions import EditionStore
from geo.store.loading import Arrival, load_districts, load_town_districts
from geo.store.populations import PopulationStore

PEOPLE = Source("test-people", "人口", "架空市", "CC BY 4.0", "架空市", "open")
CITY = MunicipalityCode("222216")
WEST, SOUTH, SIDE = 137.5, 34.7, 0.01


def square(column: float, row: float = 0, side: float = 1) -> shapely.Polygon:
    west, south = WEST + column * SIDE, SOUTH + row * SIDE
    return shapely.box(west, south, west + side * SIDE, south + side * SIDE)


def area(key: str, people: float, shape: shapely.Polygon) -> PopulationArea:
    """A grid square with a third of its people under 15."""
    middle = LonLat(shape.centroid.x, shape.centroid.y)
    bands = {"0-14": people / 3, "15+": people * 2 / 3}
    return PopulationArea(key, key, CITY, people, age_bands=bands, point=middle, area=shape)


def keep(database: psycopg.Connection, *areas: PopulationArea) -> EditionId:
    editions = EditionStore(database)
    editions.register(PEOPLE)
    edition = editions.stage(PEOPLE.source_id, "populations", CITY, str(uuid4()), file_name="x", file_sha256="y")
    for a in areas:
        database.execute(
            "INSERT INTO geo.population_area (edition_id, area_key, municipality_code, name, total, age_bands, point_6668,"
            " area_6668) VALUES (%s, %s, %s, %s, %s, %s, %s::geometry, %s::geometry)",
            (
                edition.edition_id, a.area_key, CITY, a.name, a.total, psycopg.types.json.Jsonb(dict(a.age_bands)),
                hex_6668(shapely.Point(a.point.lon, a.point.lat)) if a.point else None,
                hex_6668(shapely.MultiPolygon([a.area])) if a.area else None,
            ),
        )  # fmt: skip
    return edition.edition_id


def draw(database: psycopg.Connection, **drawn: shapely.Polygon) -> EditionId:
    editions = EditionStore(database)
    editions.register(PEOPLE)
    edition = editions.stage(PEOPLE.source_id, "districts", CITY, str(uuid4()), file_name="x", file_sha256="y")
    for name, shape in drawn.items():
        database.execute(
            "INSERT INTO geo.school_district (edition_id, district_id, municipality_code, name, basis, area_6668)"
            " VALUES (%s, %s, %s, %s, 'polygon', %s::geometry)",
            (edition.edition_id, district_id(CITY, name), CITY, name, hex_6668(shapely.MultiPolygon([shape]))),
        )
    return edition.edition_id


def totals(found: list[DistrictPopulation]) -> dict[UUID | None, float]:
    return {part.district_id: part.total for part in found}


def test_a_square_on_a_border_is_split_by_area(database: psycopg.Connection) -> None:
    people = keep(database, area("m1", 90, square(0.75, 0, 0.5)))
    districts = draw(database, 西=square(0), 東=square(1))
    found = PopulationStore(database).apportion(people, districts, "area")
    assert totals(found) == pytest.approx({district_id(CITY, "西"): 45, district_id(CITY, "東"): 45, None: 0}, abs=1e-6)
    by_district = {part.district_id: part for part in found}
    assert by_district[district_id(CITY, "西")].age_bands == pytest.approx({"0-14": 15, "15+": 30}, abs=1e-6)


def test_people_in_no_district_are_kept_in_a_row_of_their_own(database: psycopg.Connection) -> None:
    people = keep(database, area("m1", 100, square(-0.5)), area("m2", 7, square(9)))
    found = PopulationStore(database).apportion(people, draw(database, 西=square(0)), "area")
    assert totals(found) == pytest.approx({district_id(CITY, "西"): 50, None: 57}, abs=1e-6)


def test_where_districts_overlap_nobody_is_counted_twice(database: psycopg.Connection) -> None:
    people = keep(database, area("m1", 100, square(0)))
    found = PopulationStore(database).apportion(people, draw(database, 西=square(0), 北=square(0)), "area")
    assert totals(found) == pytest.approx({district_id(CITY, "西"): 50, district_id(CITY, "北"): 50, None: 0}, abs=1e-6)


def test_a_town_counts_where_its_point_is(database: psycopg.Connection) -> None:
    people = keep(database, area("甲町", 30, square(0.1)), area("乙町", 12, square(5)))
    found = PopulationStore(database).apportion(people, draw(database, 西=square(0)), "point")
    assert totals(found) == {district_id(CITY, "西"): 30, None: 12}


def test_apportioning_again_replaces_what_was_there(database: psycopg.Connection) -> None:
    people, districts = keep(database, area("m1", 90, square(0))), draw(database, 西=square(0))
    store = PopulationStore(database)
    store.apportion(people, districts, "area")
    found = store.apportion(people, districts, "point")
    assert store.apportioned(people, districts) == found
    assert [part.method for part in found] == ["point"]


def test_a_small_area_that_is_no_square_is_split_by_its_true_shape(database: psycopg.Connection) -> None:
    west, south = WEST + 0.5 * SIDE, SOUTH
    triangle = shapely.Polygon([(west, south), (west + SIDE, south), (west, south + SIDE)])
    people = keep(database, area("t", 100, triangle))
    found = PopulationStore(database).apportion(people, draw(database, 西=square(0), 東=square(1)), "area")
    assert totals(found) == pytest.approx({district_id(CITY, "西"): 75, district_id(CITY, "東"): 25, None: 0}, abs=1e-6)


SQUARES = st.builds(square, st.floats(-1, 3), st.floats(-1, 1), st.floats(0.1, 2))
PEOPLE_IN = st.integers(0, 100_000)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(PEOPLE_IN, SQUARES), min_size=1, max_size=6),
    st.lists(SQUARES, max_size=4),
    st.sampled_from(["area", "point"]),
)
def test_apportioning_conserves_people_and_never_gives_less_than_none(
    database: psycopg.Connection,
    squares: list[tuple[int, shapely.Polygon]],
    drawn: list[shapely.Polygon],
    method: Method,
) -> None:
    people = keep(database, *(area(f"m{n}", count, shape) for n, (count, shape) in enumerate(squares)))
    districts = draw(database, **{f"d{n}": shape for n, shape in enumerate(drawn)})
    found = PopulationStore(database).apportion(people, districts, method)
    whole = sum(count for count, _ in squares)
    assert sum(part.total for part in found) == pytest.approx(whole, rel=1e-9)
    for band, share in (("0-14", 1 / 3), ("15+", 2 / 3)):
        assert sum(part.age_bands[band] for part in found) == pytest.approx(whole * share, rel=1e-9)
    assert all(part.total >= 0 and min(part.age_bands.values()) >= 0 for part in found)


@pytest.mark.parametrize(
    ("title", "band"),
    [
        ("0-4歳の男性", ("0-4", "male")),
        ("85歳以上の女性", ("85+", "female")),
        ("０〜４歳", ("0-4", "both")),
        ("0~4歳(年少人口)", ("0-4", "both")),
        ("100歳以上", ("100+", "both")),
        ("男 85～", ("85+", "male")),
        ("総人口", None),
        ("世帯数", None),
        ("備考", None),
    ],
)
def test_a_column_title_says_its_ages_and_sex(title: str, band: tuple[str, str] | None) -> None:
    assert age_band(title) == band


def test_ages_are_added_only_where_bands_fit() -> None:
    bands = {"0-4": 1.0, "5-9": 2.0, "10-14": 4.0, "15-64": 8.0, "65-74": 16.0, "75+": 32.0}
    assert people_aged(bands, 0, 14) == 7
    assert people_aged(bands, 65) == 48
    assert people_aged(bands, 0) == 63
    assert people_aged(bands, 0, 12) is None
    assert people_aged(bands, 70) is None
    with pytest.raises(ValueError, match="age band"):
        ages_of("子ども")


def people_of(file: PopulationFile) -> tuple[int, float, float | None, float | None]:
    bands: Counter[str] = Counter()
    for each in file.areas:
        bands.update(each.age_bands)  # type: ignore[arg-type]
    return len(file.areas), sum(a.total for a in file.areas), people_aged(bands, 0, 14), people_aged(bands, 65)


def test_takamatsu_by_its_official_table_loses_nobody(database: psycopg.Connection, realdata: Path) -> None:
    folder = realdata / "37201-takamatsu"
    file = read_takamatsu(folder / "population/0066_202602.xlsx")
    assert people_of(file) == (235, 418_129, 49_555, 120_999)
    store = PopulationStore(database)
    path = folder / "population/0066_202602.xlsx"
    people = store.load(Arrival(path, PEOPLE, "372013", "2026-02"), file).edition
    assert people.rows_in == people.rows_accepted == 235
    table = folder / "school_area/tsugakukuiki_from_school.pdf"
    towns = load_town_districts(
        database, Arrival(table, PEOPLE, "372013", "2018-06"), read_takamatsu_pdf(table)
    ).edition
    found = store.apportion(people.edition_id, towns.edition_id, "official_table")
    assert sum(part.total for part in found) == pytest.approx(418_129, abs=1e-6)
    bands: Counter[str] = Counter()
    for part in found:
        bands.update(part.age_bands)  # type: ignore[arg-type]
    assert people_aged(bands, 0, 14) == pytest.approx(49_555, abs=1e-6)
    assert people_aged(bands, 65) == pytest.approx(120_999, abs=1e-6)
    placed = sum(part.total for part in found if part.district_id)
    assert placed / 418_129 > 0.95


def test_kanagawa_with_synthetic_squares_loses_nobody(database: psycopg.Connection, realdata: Path) -> None:
    from geo.meshes import mesh_of, mesh_polygon

    path = realdata / "14-kanagawa/A27-10_14-g_SchoolDistrict.shp"
    districts = load_districts(database, Arrival(path, PEOPLE, "14", "A27-10")).edition
    squares = {mesh_of(LonLat(139.2 + i * 0.00625, 35.15 + j * 0.0041667), 9) for i in range(40) for j in range(60)}
    areas = [
        PopulationArea(m, m, MunicipalityCode("141003"), n % 977, area=mesh_polygon(m), age_bands={"0+": n % 977})
        for n, m in enumerate(sorted(squares))
    ]
    file = PopulationFile(tuple(areas), (), Counts(len(areas), len(areas)))
    store = PopulationStore(database)
    people = store.load(Arrival(path, PEOPLE, "14", "架空"), file).edition
    found = store.apportion(people.edition_id, districts.edition_id, "area")
    whole = sum(a.total for a in areas)
    assert sum(part.total for part in found) == pytest.approx(whole, rel=1e-9)
    assert 0.2 * whole < sum(part.total for part in found if part.district_id) < whole
