"""Search (検索): what a resident asks for, and what an answer says: results with reasons and unknowns.

What a list does not say is unknown: it passes every filter, is named as an unknown and stands after known results of
like distance. What a list says against a wish ("no", a wrong age, another day) excludes. Reasons and unknowns are
codes with parameters; each face says them in its own language.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Literal
from uuid import UUID

from geo.points import LonLat
from geo.reach import DETOUR_FACTOR, PROFILES, Mobility
from placefinder.errors import SearchError
from placefinder.opening.rules import Schedule
from placefinder.opening.stored import schedule_from_json

DEFAULT_LIMIT = 20
MAX_LIMIT = 100
MAX_OFFSET = 10_000
MAX_RADIUS_M = 50_000
MAX_NAME_LENGTH = 100
MAX_MARKERS = 100
MAX_DAYS = 56

ReasonCode = Literal[
    "near",  # distance_m, walk_minutes
    "in_district",  # the district asked for
    "in_neighbour_district",
    "kind_asked",  # kind
    "age_fits",  # age_min, age_max: either may be null
    "open_then",  # weekday asked, or null: in a typical week
    "open_on",  # date, opens, closes: the next sure one in the days asked for
    "interest_shared",  # interest
    "need_met",  # need
    "free",
    "price_within",  # price_yen_max
]
UnknownCode = Literal[
    "age",  # who may come, by age
    "price",  # what it costs
    "price_depends",  # price_yen_min, price_yen_max: between the two it depends on who comes
    "time",  # when it is open; date, opens, closes, doubt where days were asked for and only doubtful ones are known
    "interest",  # what is done there
    "need",  # need: whether it is met
]
Widening = Literal["neighbours", "farther", "without_needs", "without_interests", "without_price", "without_time"]


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What is asked for; None or empty does not filter. Raises SearchError naming the field.

    `near`: results lie within `radius_m` metres of it, nearest first. `district_id`: within that school district and,
    with `include_neighbours`, those that border on it. `weekday`: 1 Monday … 7 Sunday; `time_from`, `time_to`: open at
    some time between the two. `date_from` to `date_to`: held on one of these days, of that weekday and at that time where asked;
    what is over by `not_over_by` on the first of them does not count. `price_max`: yen for one visit. `interests`: any of them; `needs`: all of them.
    `name`: part of a name, kana or organiser. `counted`: say how many there are in all.
    """

    near: LonLat | None = None
    radius_m: int = 2_000
    district_id: UUID | None = None
    include_neighbours: bool = False
    municipality_code: str | None = None
    profile: Mobility = "adult"  # how they move, for the minutes
    age: int | None = None
    kinds: tuple[str, ...] = ()
    interests: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    weekday: int | None = None
    time_from: time | None = None
    time_to: time | None = None
    date_from: date | None = None
    date_to: date | None = None
    not_over_by: time | None = None
    price_max: int | None = None
    name: str | None = None
    limit: int = DEFAULT_LIMIT
    offset: int = 0
    counted: bool = False

    def __post_init__(self) -> None:
        for field_name, low, high in _BOUNDS:
            value = getattr(self, field_name)
            if value is not None and not low <= value <= high:
                raise SearchError(field_name, f"a whole number from {low} to {high}")
        if self.name is not None and not 1 <= len(self.name) <= MAX_NAME_LENGTH:
            raise SearchError("name", f"1 to {MAX_NAME_LENGTH} characters")
        if (self.time_from is None) != (self.time_to is None):
            raise SearchError("time_to", "given together with time_from")
        if self.time_from is not None and self.time_to is not None and self.time_from >= self.time_to:
            raise SearchError("time_to", "later than time_from, on the same day")
        self._check_dates()
        if self.profile not in PROFILES:
            raise SearchError("profile", "one of " + ", ".join(PROFILES))

    def _check_dates(self) -> None:
        if (self.date_from is None) != (self.date_to is None):
            raise SearchError("date_to", "given together with date_from")
        days = 0 if self.date_from is None or self.date_to is None else (self.date_to - self.date_from).days
        if not 0 <= days < MAX_DAYS:
            raise SearchError("date_to", f"not before date_from, and within {MAX_DAYS} days of it")

    @property
    def asks_when(self) -> bool:
        return self.weekday is not None or self.time_from is not None or self.date_from is not None

    @property
    def minutes_per_m(self) -> float:
        """Minutes of way for one metre of straight line."""
        return DETOUR_FACTOR / PROFILES[self.profile].metres_per_minute

    @property
    def minutes_asked(self) -> tuple[tuple[int, int], ...]:
        """The times asked for as [from, to) in minutes since Monday 00:00; empty where no time of day is asked."""
        if self.time_from is None or self.time_to is None:
            return ()
        first, last = (time.hour * 60 + time.minute for time in (self.time_from, self.time_to))
        days = range(7) if self.weekday is None else (self.weekday - 1,)
        return tuple((day * 1440 + first, day * 1440 + last) for day in days)


_BOUNDS = (
    ("radius_m", 1, MAX_RADIUS_M),
    ("age", 0, 120),
    ("weekday", 1, 7),
    ("price_max", 0, 1_000_000),
    ("limit", 1, MAX_LIMIT),
    ("offset", 0, MAX_OFFSET),
)


@dataclass(frozen=True, slots=True)
class Said:
    """A reason or an unknown: a code and its parameters, put into words by the face."""

    code: str  # ReasonCode or UnknownCode
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """One activity that fits: the fields of its card, and why it is shown.

    `price_yen_min/max` 0 is free, None unknown; `age_min/max` None is unknown, not "no limit". `lon`, `lat` are None
    where the position is known too vaguely to be drawn. `distance_m` is a straight line, `walk_minutes` an estimate
    that counts detours; both are None without a point of departure.
    """

    activity_id: UUID
    place_id: UUID
    name: str
    name_kana: str | None
    place_name: str
    kind: str
    status: str
    status_text: str | None
    findable: bool
    organiser_name: str | None
    address: str | None
    municipality_code: str
    district_id: UUID | None
    district_name: str | None
    district_basis: str
    schedule: Schedule
    age_min: int | None
    age_max: int | None
    audiences: tuple[str, ...]
    interests: tuple[str, ...]
    needs: tuple[str, ...]  # known to be met
    needs_unmet: tuple[str, ...]  # known not to be
    price_yen_min: int | None
    price_yen_max: int | None
    checked_on: date | None  # of the schedule
    edition_on: date | None  # the day of the edition, which stands in where nobody says when it was checked
    position_level: str
    lon: float | None
    lat: float | None
    source_id: str
    edition_id: UUID
    distance_m: int | None = None
    walk_minutes: int | None = None
    reasons: tuple[Said, ...] = ()
    unknowns: tuple[Said, ...] = ()

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Result":
        """A result from the JSON object of `/api/v1`."""
        known = dict(values)
        for name in ("activity_id", "place_id", "district_id", "edition_id"):
            known[name] = UUID(known[name]) if known[name] else None
        for name in ("audiences", "interests", "needs", "needs_unmet"):
            known[name] = tuple(known[name])
        for name in ("reasons", "unknowns"):
            known[name] = tuple(_said(item) for item in known[name])
        text, certainty = known.pop("schedule_text"), known.pop("schedule_certainty")
        known["schedule"] = schedule_from_json(known["schedule"], text=text, certainty=certainty)
        for name in ("checked_on", "edition_on"):
            known[name] = date.fromisoformat(known[name]) if known[name] else None
        return cls(**known)


def _said(item: Mapping[str, Any]) -> Said:
    return Said(item["code"], {name: value for name, value in item.items() if name != "code"})


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """Results in order. `total` is None unless counting was asked for; `more`: there are results after these.

    `widened_by` says what was loosened because nothing fitted: a face must show it.
    """

    results: tuple[Result, ...]
    total: int | None = None
    more: bool = False
    widened_by: tuple[Widening, ...] = ()


def widened(request: SearchRequest) -> Iterator[tuple[tuple[Widening, ...], SearchRequest]]:
    """What to try, one after another, when nothing fits: neighbours, then farther, then one wish less at a time.

    Age and kind are never dropped: a place that is not for them is no help.
    """
    done: tuple[Widening, ...] = ()
    for step, changes in _WIDENINGS:
        loosened = replace(request, **changes(request))
        if loosened != request:
            done, request = (*done, step), loosened
            yield done, request


def _neighbours(request: SearchRequest) -> dict[str, Any]:
    return {"include_neighbours": request.district_id is not None}


def _farther(request: SearchRequest) -> dict[str, Any]:
    return {"radius_m": max(request.radius_m, 5_000)} if request.near else {}


WITHIN_DAYS = {"today": 1, "week": 7, "14days": 14}


def days_within(within: str, now: datetime) -> dict[str, Any]:
    """Today, or so many days from today on, as a search asks for them; `now` is Japan time."""
    first = now.date()
    last = first + timedelta(WITHIN_DAYS[within] - 1)
    return {"date_from": first, "date_to": last, "not_over_by": now.time().replace(tzinfo=None)}


_WHEN = ("weekday", "time_from", "time_to", "date_from", "date_to", "not_over_by")
_WIDENINGS: tuple[tuple[Widening, Any], ...] = (
    ("neighbours", _neighbours),
    ("farther", _farther),
    ("without_needs", lambda _: {"needs": ()}),
    ("without_interests", lambda _: {"interests": ()}),
    ("without_price", lambda _: {"price_max": None}),
    ("without_time", lambda _: dict.fromkeys(_WHEN)),
)


@dataclass(frozen=True, slots=True)
class Box:
    """A map's view in degrees. Raises SearchError where it is empty or not on this earth; it may reach beyond Japan."""

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        if not (-180 <= self.west <= self.east <= 180 and -90 <= self.south <= self.north <= 90):
            raise SearchError("bbox", "west,south,east,north in degrees, as in 137.4,34.6,137.6,34.8")


WORLD = Box(-180, -85, 180, 85)
