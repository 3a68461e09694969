"""Places (場所) and activities (活動): where something happens, and what happens there.

One place may host several activities; one group may hold its activity in several places.
"""

import re
import unicodedata
from typing import Literal, NewType
from uuid import NAMESPACE_URL, UUID, uuid5

PlaceId = NewType("PlaceId", UUID)
ActivityId = NewType("ActivityId", UUID)
PositionLevel = Literal["given", "block", "town", "city", "prefecture", "none"]
DistrictBasis = Literal["polygon", "nearest_polygon", "official_table", "nearest_school", "none"]
Status = Literal["running", "suspended", "closed", "not_taking_new", "needs_checking", "unknown"]

DRAWN: frozenset[PositionLevel] = frozenset({"given", "block", "town"})
"""Levels that may be drawn as a point; a vaguer position has none."""

_IDS = uuid5(NAMESPACE_URL, "https://placefinder.example/ids/")
_DROPPED = re.compile(r"[\s　・･\-‐-―−ー()（）「」『』【】\[\]〔〕]")


def stable_id(source_id: str, source_key: str, part: str = "") -> UUID:
    """The same id for the same source's same thing, edition after edition: uuid5 of source, its key and the part."""
    return uuid5(_IDS, "\x1f".join((source_id, source_key, part)))


def key_of(name: str, address: str) -> str:
    """A key for lists without ids of their own: name and address, normalised so that widths and blanks do not matter."""
    return f"{normal_name(name)}|{normal_name(address)}"


def normal_name(text: str) -> str:
    """For comparing only: NFKC, small letters, without blanks, hyphens, middle dots and brackets."""
    return _DROPPED.sub("", unicodedata.normalize("NFKC", text)).casefold()
