"""What a municipality does not let go on leaves in no export: its districts' terms go before their source's."""

import asyncio
import json
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import AsyncConnection

from geo.codes import municipality_code
from geo.editions import Counts, Edition, MunicipalityTerms, Redistribution, Source
from geo.store.editions import EditionStore
from placefinder.cli import main
from placefinder.search import Box, SearchRequest
from placefinder.store import Database
from placefinder.store.listings import geojson, refresh_listings

A27 = Source(
    "ksj-a27-2021", "小学校区", "国土交通省", "CC BY 4.0(一部制限)", "国土数値情報", "conditional", None, "市区町村ごと"
)
LIST = Source("list", "一覧", "架空市", "CC BY 4.0", "架空市", "open")
CODE = municipality_code("13101")


def _current(editions: EditionStore, source: Source, dataset: Any) -> Edition:
    editions.register(source)
    edition = editions.stage(source.source_id, dataset, "13", "版", file_name="-", file_sha256="-")
    editions.record(edition.edition_id, Counts(1, 1))
    return editions.make_current(edition.edition_id)


def _fill(connection: psycopg.Connection[Any]) -> None:
    editions = EditionStore(connection)
    districts, places = _current(editions, A27, "districts"), _current(editions, LIST, "places")
    connection.execute(
        """INSERT INTO geo.school_district (edition_id, district_id, municipality_code, name, basis, area_6668)
           VALUES (%s, '00000000-0000-0000-0000-000000000001', %s, '架空小学校', 'polygon',
                   ST_Multi(ST_MakeEnvelope(139, 35, 140, 36, 6668)))""",
        [districts.edition_id, CODE],
    )
    connection.execute(
        """INSERT INTO finder.place (edition_id, place_id, municipality_code, source_id, source_key, name, position_level,
               position_basis, point_6668, district_id, district_basis)
           VALUES (%s, gen_random_uuid(), %s, 'list', '1', '架空食堂', 'given', '-',
                   ST_SetSRID(ST_MakePoint(139.5, 35.5), 6668), '00000000-0000-0000-0000-000000000001', 'polygon')""",
        [places.edition_id, CODE],
    )
    connection.execute(
        """INSERT INTO finder.activity (edition_id, activity_id, place_id, municipality_code, kind, name)
           SELECT edition_id, place_id, place_id, municipality_code, 'kodomo_shokudo', name FROM finder.place"""
    )
    refresh_listings(connection)


def _exported(database: Database) -> dict[str, Any]:
    async def ask() -> str:
        async with await AsyncConnection.connect(database.public_dsn) as connection:
            return await geojson(connection, SearchRequest(limit=10), Box(139, 35, 140, 36))

    found: dict[str, Any] = json.loads(asyncio.run(ask()))
    return found


@pytest.mark.parametrize(
    ("redistribution", "told", "conditions"),
    [
        ("open", "架空小学校", []),
        ("conditional", "架空小学校", ["商用利用不可"]),
        ("no", None, []),
        ("unknown", None, []),
        (None, "架空小学校", ["市区町村ごと"]),
    ],
)
def test_an_export_tells_a_district_as_its_municipality_allows(
    clone: Database, redistribution: Redistribution | None, told: str | None, conditions: list[str]
) -> None:
    with psycopg.connect(clone.owner_dsn) as connection:
        _fill(connection)
        if redistribution:
            said = None if redistribution == "open" else "商用利用不可"
            EditionStore(connection).register_terms(
                A27.source_id, [MunicipalityTerms(CODE, "千代田区", "-", redistribution, said)]
            )
    exported = _exported(clone)
    assert exported["conditions"] == conditions
    (place,) = exported["features"]
    assert place["properties"]["district_name"] == told
    assert (place["properties"]["district_id"] is None) == (told is None)
    assert ("国土数値情報" in exported["attribution"]) == (told is not None)


def test_the_ministrys_workbook_is_loaded_for_its_source(
    clone: Database, realdata: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = {"PLACEFINDER_DSN": clone.owner_dsn, "PLACEFINDER_HOME": str(tmp_path)}
    workbook = str(realdata / "terms" / "R3_Terms_of_use_municipality_data.xlsx")
    command = ["load", workbook, "--form", "municipality_terms", "--source", "ksj-a27-2021"]
    assert main(command, environ) == main(command, environ) == 0
    assert "再配布できない6" in capsys.readouterr().out
    with psycopg.connect(clone.owner_dsn) as connection:
        kept = connection.execute("SELECT redistribution, count(*) FROM geo.municipality_terms GROUP BY 1").fetchall()
    assert dict(kept) == {"open": 1521, "conditional": 83, "no": 6}
