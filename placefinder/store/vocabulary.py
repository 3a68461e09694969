"""The words of the code lists as the pages show them."""

from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row

from geo.store.queries import Queries

QUERIES = Queries("placefinder.store", "vocabulary.sql")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of place: its word in each language, its colours, its shape; `listed` ones are gathering places."""

    kind: str
    name_ja: str
    name_easy: str
    name_en: str
    colour: str
    background: str
    shape: str
    listed: bool


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the vocabularies `interest`, `need`, `topic` or `fact`."""

    vocabulary: str
    term: str
    name_ja: str
    name_easy: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All kinds by their code, in order, and all terms."""

    kinds: dict[str, Kind]
    terms: list[Term]

    def of(self, vocabulary: str) -> dict[str, Term]:
        """The terms of one vocabulary by their code, in order."""
        return {term.term: term for term in self.terms if term.vocabulary == vocabulary}


async def vocabulary(connection: AsyncConnection[Any]) -> Vocabulary:
    """The code lists of the database."""
    async with connection.cursor(row_factory=class_row(Kind)) as cursor:
        kinds = await (await cursor.execute(QUERIES.kinds)).fetchall()
    async with connection.cursor(row_factory=class_row(Term)) as cursor:
        terms = await (await cursor.execute(QUERIES.terms)).fetchall()
    return Vocabulary({kind.kind: kind for kind in kinds}, terms)
