"""Kinds (種別) of places and activities: the codes of data/codelists/kinds.csv."""

import csv
from functools import cache
from typing import NewType

from geo.folders import DATA
from placefinder.errors import KindUnknown

Kind = NewType("Kind", str)

OTHER = Kind("other")


@cache
def _listed_by_kind() -> dict[str, bool]:
    with (DATA / "codelists" / "kinds.csv").open(encoding="utf-8", newline="") as file:
        return {row["kind"]: row["listed"] == "true" for row in csv.DictReader(file, strict=True)}


def kind(text: str) -> Kind:
    """Raises KindUnknown for a code that is not in the list."""
    if text not in _listed_by_kind():
        raise KindUnknown(text, sorted(_listed_by_kind()))
    return Kind(text)


def is_listed(of: Kind) -> bool:
    """Whether it is a gathering place that residents are shown, not a mere facility such as a clinic."""
    return _listed_by_kind()[of]
