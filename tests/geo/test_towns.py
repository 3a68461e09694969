from collections.abc import Iterable
from pathlib import Path

import psycopg
import pytest

from geo.codes import municipality_code, postcode
from geo.editions import Source
from geo.errors import EditionEmpty, TableError
from geo.readings import Hint
from geo.store.editions import EditionStore
from geo.store.towns import TownStore, load_addresses

SOURCE = Source("test-addresses", "架空の住所データ", "架空", "CC BY 4.0", "架空", "open")
HEADER = "都道府県名,市区町村コード,市区町村名,大字町丁目名,小字・通称名,街区符号・地番,緯度,経度,郵便番号"
ROWS = [
    "東京都,13104,新宿区,北町一丁目,,,35.70,139.70,1620001",
    "東京都,13104,新宿区,北町二丁目,,,35.71,139.71,1620001",
    "東京都,13104,新宿区,龍ヶ丘,,,35.72,139.72,",
    "東京都,,府中市,北町,,,35.67,139.47,",
    "東京都,,府中市,北町,,5,35.671,139.471,",
    "広島県,34208,府中市,西町,,,,,",
    "広島県,34208,府中市,東町,,,0,0,",
]


def table(folder: Path, rows: Iterable[str]) -> Path:
    path = folder / "towns.csv"
    path.write_text("\n".join([HEADER, *rows]), "utf-8")
    return path


@pytest.fixture
def towns(database: psycopg.Connection, tmp_path: Path) -> TownStore:
    EditionStore(database).register(SOURCE)
    load_addresses(database, table(tmp_path, ROWS), SOURCE.source_id, "2026-01")
    return TownStore(database)


def test_a_load_accounts_for_every_row(database: psycopg.Connection, tmp_path: Path) -> None:
    EditionStore(database).register(SOURCE)
    edition, loaded = load_addresses(database, table(tmp_path, ROWS), SOURCE.source_id, "2026-01")
    assert (edition.state, edition.rows_in, edition.rows_accepted, edition.rows_refused) == ("current", 7, 6, 1)
    assert [finding.row_no for finding in loaded.findings] == [8]
    assert edition.known_defects == ["1件の町に位置がない", "1行は使えなかった"]


def test_the_same_file_again_changes_nothing(towns: TownStore, tmp_path: Path) -> None:
    before = EditionStore(towns.connection).current("addresses", "jp")
    again, _ = load_addresses(towns.connection, table(tmp_path, ROWS), SOURCE.source_id, "2026-02")
    assert [again] == before


def test_a_file_without_a_usable_row_replaces_nothing(towns: TownStore, tmp_path: Path) -> None:
    with pytest.raises(EditionEmpty):
        load_addresses(towns.connection, table(tmp_path, ROWS[-1:]), SOURCE.source_id, "2026-02")


def test_the_geocoder_answers_from_the_database(towns: TownStore) -> None:
    geocoder = towns.geocoder()
    answer = geocoder.geocode("新宿区北町2-3")
    assert (answer.level, answer.municipality_code, answer.town_name) == ("town", "131041", "北町二丁目")
    assert answer.point
    assert (answer.point.lon, answer.point.lat) == (139.71, 35.71)
    assert answer.basis.startswith("架空の住所データ 2026-01")
    assert geocoder.geocode("北町5-1", Hint(None, "東京都", "府中市")).level == "block"


def test_a_municipality_has_its_code_though_the_edition_has_none(towns: TownStore) -> None:
    answer = towns.geocoder("東京都").geocode("東京都府中市北町")
    assert (answer.municipality_name, answer.municipality_code) == ("府中市", "132063")


def test_without_addresses_there_is_no_geocoder(database: psycopg.Connection) -> None:
    with pytest.raises(TableError, match="placefinder load"):
        TownStore(database).geocoder()


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("北町2", ["北町二丁目"]),
        ("北町", ["北町", "北町一丁目", "北町二丁目"]),
        ("東京都府中市北町", ["北町"]),
        ("竜が丘", ["龍ヶ丘"]),
        ("新宿区北町三丁目", ["北町一丁目", "北町二丁目"]),
        ("100%_", []),
        ("町", []),
    ],
)
def test_towns_are_suggested_to_who_types(towns: TownStore, typed: str, names: list[str]) -> None:
    assert sorted(town.town_name for town in towns.suggest(typed)) == names


def test_suggestions_may_be_kept_to_one_municipality(towns: TownStore) -> None:
    found = towns.suggest("北町", municipality_code("13104"))
    assert {town.municipality_name for town in found} == {"新宿区"}


def test_a_postcode_leads_to_its_towns(towns: TownStore) -> None:
    assert [town.town_name for town in towns.of_postcode(postcode("162-0001"))] == ["北町一丁目", "北町二丁目"]
