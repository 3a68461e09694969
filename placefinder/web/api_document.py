"""The OpenAPI description of `/api/v1`: parameters and answers, said once for queries and bodies."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from geo.points import EAST, NORTH, SOUTH, WEST
from geo.reach import PROFILES
from placefinder.search import (
    DEFAULT_LIMIT,
    MAX_DAYS,
    MAX_LIMIT,
    MAX_NAME_LENGTH,
    MAX_OFFSET,
    MAX_RADIUS_M,
    WITHIN_DAYS,
)
from placefinder.web.parameters import codes

Schema = Mapping[str, Any]


def _whole(low: int, high: int, **more: Any) -> Schema:
    return {"type": "integer", "minimum": low, "maximum": high, **more}


def _codes(vocabulary: str) -> Schema:
    return {"type": "array", "items": {"type": "string", "enum": sorted(codes(vocabulary))}, "uniqueItems": True}


_CLOCK: Schema = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}
_DAY: Schema = {"type": "string", "format": "date"}

PARAMETERS: Mapping[str, tuple[str, Schema]] = {
    "lon": ("Degrees east, JGD2011 or WGS 84", {"type": "number", "minimum": WEST, "maximum": EAST}),
    "lat": ("Degrees north", {"type": "number", "minimum": SOUTH, "maximum": NORTH}),
    "radius_m": ("Straight line in metres", _whole(1, MAX_RADIUS_M, default=2000)),
    "profile": ("How they move, for the minutes", {"type": "string", "enum": list(PROFILES), "default": "adult"}),
    "district_id": ("Within this school district", {"type": "string", "format": "uuid"}),
    "include_neighbours": ("And in those that border on it", {"type": "boolean", "default": False}),
    "municipality_code": ("Six digits, JIS X 0402", {"type": "string", "pattern": "^[0-9]{6}$"}),
    "name": (
        "Part of a name, kana or organiser",
        {"type": "string", "minLength": 1, "maxLength": MAX_NAME_LENGTH, "pattern": r"^[ -~ぁ-んァ-ヶー一-龠]*\S"},
    ),
    "kinds": ("Any of these", _codes("kind")),
    "interests": ("Any of these", _codes("interest")),
    "needs": ("All of these", _codes("need")),
    "age": ("Of the person, full years", _whole(0, 120)),
    "weekday": ("1 Monday … 7 Sunday", _whole(1, 7)),
    "time_from": ("Open at some time from here; together with time_to", _CLOCK),
    "time_to": ("to here", _CLOCK),
    "date_from": (f"Held on a day from here; together with date_to, at most {MAX_DAYS} days", _DAY),
    "date_to": ("to here, both included", _DAY),
    "within": (
        "Held on one of so many days from today in Japan; what is over today does not count",
        {"type": "string", "enum": list(WITHIN_DAYS)},
    ),
    "price_max": ("Yen for one visit; 0 is free", _whole(0, 1_000_000)),
    "counted": ("Say in `total` how many there are in all", {"type": "boolean", "default": False}),
    "limit": ("Results in one answer", _whole(1, MAX_LIMIT, default=DEFAULT_LIMIT)),
    "offset": ("Results to pass over", _whole(0, MAX_OFFSET, default=0)),
    "bbox": ("west,south,east,north in degrees", {"type": "string", "examples": ["137.4,34.6,137.6,34.8"]}),
}

_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"parameter": {"type": "string"}, "allowed": {"type": "string"}},
            },
        },
    },
}
_REFUSALS = {
    400: "A parameter is unknown or not allowed: the answer names it and says what is allowed",
    404: "There is nothing at this address",
    413: "The body is larger than 64 KB",
    503: "The database is away; see Retry-After",
}
ANSWERS: dict[int | str, dict[str, Any]] = {
    status: {"description": text, "content": {"application/problem+json": {"schema": _PROBLEM}}}
    for status, text in _REFUSALS.items()
}


def query_of(*names: str, required: tuple[str, ...] = ()) -> dict[str, Any]:
    """What a GET takes; lists are joined by commas."""
    return {"parameters": [_in_query(name, name in required) for name in names]}


def _in_query(name: str, required: bool) -> dict[str, Any]:
    text, schema = PARAMETERS[name]
    found = {"name": name, "in": "query", "description": text, "required": required, "schema": schema}
    return found | ({"style": "form", "explode": False} if schema["type"] == "array" else {})


def body_of(*names: str, required: tuple[str, ...] = ()) -> dict[str, Any]:
    """What a POST takes: one JSON object."""
    properties = {name: {"description": PARAMETERS[name][0], **PARAMETERS[name][1]} for name in names}
    schema = {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI 3.1 document of the routes that are for programs; made once."""
    if app.openapi_schema is None:
        app.openapi_schema = get_openapi(
            title=app.title, version=app.version, summary=app.summary, routes=app.routes, openapi_version="3.1.0"
        )
        for operations in app.openapi_schema["paths"].values():
            for operation in operations.values():
                answers = operation.get("responses", {})
                if answers.get("422", {}).get("description") == "Validation Error":
                    del answers["422"]  # FastAPI adds it; ours are 400 and 404
    return app.openapi_schema
