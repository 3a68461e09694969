"""Reads what programs ask, from a query or a JSON body, into a search. Raises SearchError naming the parameter."""

import csv
import re
from collections.abc import Callable, Collection, Mapping
from datetime import date, time
from functools import cache
from typing import Any
from uuid import UUID

import orjson
from starlette.requests import Request

from geo.codes import municipality_code
from geo.errors import CodeError
from geo.folders import DATA
from geo.points import LonLat
from geo.reach import PROFILES
from placefinder import clock
from placefinder.errors import SearchError
from placefinder.search import WITHIN_DAYS, Box, SearchRequest, days_within

Reader = Callable[[str, Any], Any]
_MOST_DIGITS = 7
_PLAIN_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")  # others are not repeated in an answer


@cache
def codes(vocabulary: str) -> frozenset[str]:
    """The terms of a code list: "kind", "interest" or "need"."""
    if vocabulary == "kind":
        with (DATA / "codelists" / "kinds.csv").open(encoding="utf-8", newline="") as file:
            return frozenset(row["kind"] for row in csv.DictReader(file) if row["listed"] == "true")
    with (DATA / "codelists" / "terms.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(row["term"] for row in csv.DictReader(file) if row["vocabulary"] == vocabulary)


def _whole(name: str, value: Any) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise SearchError(name, "a whole number")


def _degrees(name: str, value: Any) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= 180:
        return float(value)
    raise SearchError(name, "a number of degrees, JGD2011 or WGS 84")


def _truth(name: str, value: Any) -> bool:
    if value in (True, "true", "1"):
        return True
    if value in (False, "false", "0"):
        return False
    raise SearchError(name, "true or false")


def _text(name: str, value: Any) -> str:
    if isinstance(value, str) and value.strip() and value.isprintable():
        return value.strip()
    raise SearchError(name, "printable text")


def _uuid(name: str, value: Any) -> UUID:
    try:
        return UUID(_text(name, value))
    except ValueError:
        raise SearchError(name, "a UUID") from None


def _municipality(name: str, value: Any) -> str:
    try:
        return municipality_code(_text(name, value))
    except CodeError:
        raise SearchError(name, "a municipality code of six digits, as in 131016") from None


def _clock(name: str, value: Any) -> time:
    try:
        return time.fromisoformat(_text(name, value)).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        raise SearchError(name, "a time of day, as in 09:30") from None


def _day(name: str, value: Any) -> date:
    try:
        return date.fromisoformat(_text(name, value))
    except ValueError:
        raise SearchError(name, "a date, as in 2026-11-26") from None


def _within(name: str, value: Any) -> str:
    if isinstance(value, str) and value in WITHIN_DAYS:
        return value
    raise SearchError(name, "one of " + ", ".join(WITHIN_DAYS))


def _terms(vocabulary: str) -> Reader:
    def read(name: str, value: Any) -> tuple[str, ...]:
        found = tuple(value.split(",")) if isinstance(value, str) else value
        if not isinstance(found, tuple | list) or not all(isinstance(one, str) for one in found):
            raise SearchError(name, "a list of codes")
        if not codes(vocabulary).issuperset(found):
            raise SearchError(name, "among " + ", ".join(sorted(codes(vocabulary))))
        return tuple(dict.fromkeys(found))

    return read


def _profile(name: str, value: Any) -> str:
    if isinstance(value, str) and value in PROFILES:
        return value
    raise SearchError(name, "one of " + ", ".join(PROFILES))


FILTERS: Mapping[str, Reader] = {
    "kinds": _terms("kind"),
    "interests": _terms("interest"),
    "needs": _terms("need"),
    "age": _whole,
    "weekday": _whole,
    "time_from": _clock,
    "time_to": _clock,
    "date_from": _day,
    "date_to": _day,
    "within": _within,
    "price_max": _whole,
}
PAGING: Mapping[str, Reader] = {"limit": _whole, "offset": _whole}
AREA: Mapping[str, Reader] = {
    "district_id": _uuid,
    "include_neighbours": _truth,
    "municipality_code": _municipality,
    "name": _text,
    "counted": _truth,
}
LISTED: Mapping[str, Reader] = {**FILTERS, **PAGING, **AREA}
NEAREST: Mapping[str, Reader] = {**LISTED, "radius_m": _whole, "profile": _profile}


def read_search(given: Mapping[str, Any], readers: Mapping[str, Reader], **more: Any) -> SearchRequest:
    """A search from the parameters that `readers` know; `null` in a body is as not given."""
    read = {name: readers[name](name, value) for name, value in given.items() if value is not None}
    if within := read.pop("within", None):
        if {"date_from", "date_to"} & read.keys():
            raise SearchError("within", "given instead of date_from and date_to")
        read |= days_within(within, clock.now())
    return SearchRequest(**read, **more)


def query(request: Request, allowed: Collection[str]) -> dict[str, str]:
    """The query's parameters. Raises SearchError for an unknown one or one given twice."""
    given: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        check_known(name, allowed)
        if name in given:
            raise SearchError(name, "given once, several codes joined by commas")
        given[name] = value
    return given


def check_known(name: str, allowed: Collection[str]) -> None:
    """Raises SearchError for a parameter that is not among the allowed."""
    if name not in allowed:
        shown = name if _PLAIN_NAME.fullmatch(name) else "(another)"
        raise SearchError(shown, "left out; there are " + ", ".join(sorted(allowed)) if allowed else "left out")


async def body(request: Request, allowed: Collection[str]) -> dict[str, Any]:
    """The JSON object of a body. Raises SearchError."""
    query(request, ())
    try:
        given = orjson.loads(await request.body())
    except orjson.JSONDecodeError:
        raise SearchError("body", "a JSON object in UTF-8") from None
    if not isinstance(given, dict):
        raise SearchError("body", "a JSON object in UTF-8")
    for name in given:
        check_known(name, allowed)
    return given


def take_point(given: dict[str, Any]) -> LonLat:
    """Take `lon` and `lat` out of a body. Raises SearchError; PositionError for what is not in Japan or swapped."""
    return LonLat(_degrees("lon", given.pop("lon", None)), _degrees("lat", given.pop("lat", None)))


def take_box(given: dict[str, str]) -> Box | None:
    """Take `bbox` out of a query."""
    if (text := given.pop("bbox", None)) is None:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise SearchError("bbox", "west,south,east,north in degrees, as in 137.4,34.6,137.6,34.8") from None
    return Box(west, south, east, north)
