"""What the words of the search box may mean: school districts, towns, a postcode.

The questions are those of geo's stores, asked over the pages' own connection.
"""

import unicodedata
from collections.abc import Iterable
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row

from geo.addresses import normalise, town_key
from geo.codes import postcode
from geo.districts import District, school_key
from geo.errors import CodeError
from geo.gazetteer import PREFECTURE_KEYS
from geo.readings import leading
from geo.store import districts, towns
from geo.store.queries import Queries
from geo.store.towns import TownSuggestion

QUERIES = Queries("placefinder.store", "named.sql")
MOST = 20
_DISTRICT_WORDS = ("小学校区", "の学区", "学区", "校区")


def tidy(question: str) -> str:
    """A question without width differences, spare blanks, and the word for district at its end."""
    plain = " ".join(unicodedata.normalize("NFKC", question).split())
    word = next((word for word in _DISTRICT_WORDS if plain.endswith(word) and plain != word), "")
    return plain.removesuffix(word)


def postcode_of(question: str) -> str | None:
    """The seven digits of a postcode, however written; None for anything else."""
    try:
        return postcode(question) if len(question) <= 12 else None
    except CodeError:
        return None


async def districts_named(connection: AsyncConnection[Any], name: str) -> list[District]:
    """Districts whose school's name or kana holds this, those that begin so first."""
    literal = _literally(school_key(name))
    asked = {
        "anywhere": f"%{literal}%",
        "start": f"{literal}%",
        "kana_start": f"{literal}%",
        "katakana": "",
        "hiragana": "",
        "municipality_code": None,
        "limit": MOST,
    }
    return await _districts(connection, districts.QUERIES.districts_named, asked)


async def districts_alike(connection: AsyncConnection[Any], name: str) -> list[District]:
    """The three districts whose names are most similar."""
    return await _districts(connection, QUERIES.districts_alike, {"name": name})


async def towns_named(connection: AsyncConnection[Any], name: str) -> list[TownSuggestion]:
    """Towns that contain what was typed, those that begin so first; none for less than two signs."""
    _, key = leading(town_key(name), PREFECTURE_KEYS)
    if len(key) < 2:
        return []
    # Two letters have no trigram inside a word, so they are only looked for at its start.
    pattern = ("%" if len(key) > 2 else "") + _literally(key) + "%"
    asked = {"key": key, "pattern": pattern, "typed": _literally(normalise(name)) + "%", "most": MOST}
    return await _towns(connection, towns.QUERIES.suggest, {**asked, "municipality_code": None})


async def towns_alike(connection: AsyncConnection[Any], name: str) -> list[TownSuggestion]:
    """The three towns spelled most like it."""
    asked = {"key": town_key(name), "municipality_code": None, "most": 3}
    return await _towns(connection, towns.QUERIES.suggest_alike, asked)


async def towns_of_postcode(connection: AsyncConnection[Any], code: str) -> list[TownSuggestion]:
    """Towns that have this postcode of seven digits."""
    return await _towns(connection, towns.QUERIES.of_postcode, {"postcode": code})


async def municipality_names(connection: AsyncConnection[Any], codes: Iterable[str]) -> dict[str, str]:
    """「都道府県 市区町村」 by code, where a list of municipalities is current."""
    cursor = await connection.execute(QUERIES.municipality_names, {"codes": list(codes)})
    return {row[0]: row[1] for row in await cursor.fetchall()}


async def _districts(connection: AsyncConnection[Any], query: str, asked: dict[str, Any]) -> list[District]:
    async with connection.cursor(row_factory=class_row(District)) as cursor:
        return await (await cursor.execute(query, asked)).fetchall()


async def _towns(connection: AsyncConnection[Any], query: str, asked: dict[str, Any]) -> list[TownSuggestion]:
    async with connection.cursor(row_factory=class_row(TownSuggestion)) as cursor:
        found = await (await cursor.execute(query, asked)).fetchall()
    return [town for town in found if town.lon is not None]


def _literally(text: str) -> str:
    """For LIKE: its wildcards as plain characters."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
