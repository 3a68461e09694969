"""Topics (相談分野) of contact lines: the codes of data/codelists/terms.csv, and the Japanese words for them."""

import csv
from functools import cache

from geo.folders import DATA
from placefinder.places import normal_name


def topic_names() -> list[str]:
    """The names as residents read them, in the order of the list."""
    return list(_terms().values())


def topic(text: str) -> str | None:
    """The code of a topic given by its code, its name (「子育て・妊娠」) or one of the name's words (「子育て」)."""
    return _by_name().get(normal_name(text).removesuffix("相談"))


@cache
def _terms() -> dict[str, str]:
    with (DATA / "codelists" / "terms.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, strict=True)
        return {row["term"]: row["name_ja"] for row in rows if row["vocabulary"] == "topic"}


@cache
def _by_name() -> dict[str, str]:
    found: dict[str, str] = {}
    for code, name in _terms().items():
        for word in (code, name, *name.split("・")):
            found.setdefault(normal_name(word).removesuffix("相談"), code)
    return found
