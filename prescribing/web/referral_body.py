"""What a program sends about referrals, read from JSON: every field named and checked, no value told back."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any, get_type_hints
from uuid import UUID

from geo.points import LonLat
from geo.reach import PROFILES
from placefinder.errors import SearchError
from placefinder.web.parameters import codes, take_point
from prescribing.consents import GIVERS, HOWS, PURPOSES, NewConsent
from prescribing.errors import InputRefused
from prescribing.journey import MOVES, REASONS
from prescribing.people import AGE_BANDS, SEXES, Identity, NewPatient
from prescribing.store.referrals import Changes
from prescribing.web.journey_words import ACTIONS, OUTCOMES

Body = dict[str, Any]
Schema = Mapping[str, Any]

_UUID: Schema = {"type": "string", "format": "uuid"}
_DAY: Schema = {"type": "string", "format": "date"}
CHANGES: Mapping[str, Schema] = {
    name: _UUID if hint == UUID | None else _DAY if hint == date | None else {"type": "string"}
    for name, hint in get_type_hints(Changes).items()
} | {"outcome": {"type": "string", "enum": list(OUTCOMES)}, "next_action": {"type": "string", "enum": list(ACTIONS)}}
MOVE: Mapping[str, Schema] = {
    "move": {"type": "string", "enum": list(MOVES)},
    "reason": {"type": "string", "enum": list(REASONS)},
    **CHANGES,
}
CONSENT: Mapping[str, Schema] = {
    "purpose": {"type": "string", "enum": list(PURPOSES)},
    "recipient_id": _UUID,
    "given_by": {"type": "string", "enum": list(GIVERS)},
    "given_how": {"type": "string", "enum": list(HOWS)},
    "expires_on": _DAY,
}
IDENTITY = ("name", "kana", "phone", "chart_number")


def _terms(vocabulary: str) -> Schema:
    return {"type": "array", "items": {"type": "string", "enum": sorted(codes(vocabulary))}, "maxItems": 50}


PATIENT: Mapping[str, Schema] = {
    "municipality_code": {"type": "string", "pattern": "^[0-9]{6}$"},
    "age_band": {"type": "string", "enum": list(AGE_BANDS)},
    "birth_year": {"type": "integer", "minimum": 1890, "maximum": 2100},
    "sex": {"type": "string", "enum": list(SEXES)},
    "district_id": _UUID,
    "home": {
        "type": "object",
        "properties": {"lon": {"type": "number"}, "lat": {"type": "number"}},
        "required": ["lon", "lat"],
        "additionalProperties": False,
        "description": "Kept to three decimals, about 100 m",
    },
    "mobility": {"type": "string", "enum": list(PROFILES)},
    "interests": _terms("interest"),
    "needs": _terms("need"),
    "free_minutes": {
        "type": "array",
        "maxItems": 100,
        "items": {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2},
        "description": "Minutes since Monday 00:00: first in, last out",
    },
    "price_max": {"type": "integer", "minimum": 0, "maximum": 1_000_000},
    "avoid": {"type": "array", "items": _UUID, "maxItems": 200},
    "insurer_id": _UUID,
    "identity": {
        "type": "object",
        "properties": {name: {"type": "string"} for name in IDENTITY},
        "additionalProperties": False,
    },
}
NEW: Mapping[str, Schema] = {
    "patient": {
        "type": "object",
        "properties": dict(PATIENT),
        "required": ["municipality_code", "age_band"],
        "additionalProperties": False,
    },
    "patient_id": _UUID,
    "follows_id": _UUID,
}


def check_names(given: Body, allowed: Collection[str], where: str = "body") -> None:
    """Raises SearchError for a field that there is not; its name is not told back."""
    if set(given) - set(allowed):
        raise SearchError(where, f"an object with {', '.join(allowed)} and nothing else")


def read_move(given: Body) -> tuple[str, str | None, Changes]:
    """The step, its reason and what it changes."""
    name = _one_of("move", given.pop("move", None), MOVES)
    reason = given.pop("reason", None)
    read = {field: _value(field, CHANGES[field], value) for field, value in given.items() if value is not None}
    return name, None if reason is None else _one_of("reason", reason, REASONS), Changes(**read)


def read_consent(given: Body) -> NewConsent:
    """A yes to be kept."""
    read = {field: _value(field, CONSENT[field], value) for field, value in given.items() if value is not None}
    for needed in ("purpose", "recipient_id"):
        if needed not in read:
            raise SearchError(needed, "given")
    return NewConsent(**read)


def read_patient(given: Any) -> NewPatient:
    """Somebody to be registered; the home is rounded on the way. Raises SearchError, naming the field."""
    if not isinstance(given, dict):
        raise SearchError("patient", "an object")
    check_names(given, PATIENT, "patient")
    given = {name: value for name, value in given.items() if value is not None}
    for needed in ("municipality_code", "age_band"):
        if needed not in given:
            raise SearchError(needed, "given")
    read: Body = {name: _field(name, value) for name, value in given.items()}
    try:
        return NewPatient(**read)
    except (InputRefused, TypeError) as refusal:
        raise SearchError(getattr(refusal, "field", "patient"), getattr(refusal, "allowed", "as described")) from None


def _field(name: str, value: Any) -> Any:
    read = _READ.get(name)
    return read(name, value) if read else _value(name, PATIENT[name], value)


def _home(_name: str, value: Any) -> LonLat:
    if not isinstance(value, dict):
        raise SearchError("home", "an object with lon and lat")
    check_names(value, ("lon", "lat"), "home")
    return take_point(dict(value))


def _identity(_name: str, value: Any) -> Identity:
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise SearchError("identity", "an object of texts")
    check_names(value, IDENTITY, "identity")
    return Identity(**value)


def _span(value: Any) -> tuple[int, int]:
    if not (isinstance(value, list) and len(value) == 2 and all(type(one) is int for one in value)):
        raise SearchError("free_minutes", "pairs of whole numbers")
    return value[0], value[1]


def _list(name: str, value: Any) -> list[Any]:
    if not isinstance(value, list) or len(value) > 200:
        raise SearchError(name, "a list, not too long")
    return value


def _value(name: str, schema: Schema, value: Any) -> Any:
    if schema["type"] == "integer":
        if type(value) is not int or not schema["minimum"] <= value <= schema["maximum"]:
            raise SearchError(name, f"a whole number from {schema['minimum']} to {schema['maximum']}")
        return value
    if "enum" in schema:
        return _one_of(name, value, schema["enum"])
    if schema.get("format") == "uuid":
        return read_uuid(name, value)
    if schema.get("format") == "date":
        return _day(name, value)
    if not isinstance(value, str):
        raise SearchError(name, "a text")
    return value


def _one_of(name: str, value: Any, allowed: Collection[str]) -> str:
    if not isinstance(value, str) or value not in allowed:
        raise SearchError(name, f"one of {', '.join(allowed)}")
    return value


def read_uuid(name: str, value: Any) -> UUID:
    """Raises SearchError for what is no UUID."""
    try:
        return UUID(value)
    except (ValueError, AttributeError, TypeError):
        raise SearchError(name, "a UUID") from None


def _day(name: str, value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (ValueError, TypeError):
        raise SearchError(name, "a day as 2026-11-24") from None


_READ: Mapping[str, Callable[[str, Any], Any]] = {
    "home": _home,
    "identity": _identity,
    "free_minutes": lambda name, value: tuple(_span(span) for span in _list(name, value)),
    "avoid": lambda name, value: tuple(read_uuid(name, one) for one in _list(name, value)),
    "interests": lambda name, value: tuple(_one_of(name, one, codes("interest")) for one in _list(name, value)),
    "needs": lambda name, value: tuple(_one_of(name, one, codes("need")) for one in _list(name, value)),
}
