"""Hard limits (絶対の条件): what a person is never sent to, and what must be asked before they go.

A limit that is known to fail refuses, whatever else speaks for the place. What is not known passes, but only with a task
「確認してから」 that names it; it never counts as a yes. Codes and parameters; words in `wording`.
"""

from collections.abc import Iterator
from datetime import date
from math import ceil

from geo.reach import DETOUR_FACTOR, PROFILES, Mobility, estimated_way, likelihood
from placefinder.search import Said
from prescribing.matching.candidate import Candidate, overlap
from prescribing.matching.person import SMALL_CHILD_AGES, Person, Span
from prescribing.people import OLDEST

REACH_MIN = 0.05
"""Fewer than so many in a hundred would still go: out of reach. For 75+ it is a way of 1,070 m; a salon in town had all of its
users within 1 km (FACTS §5)."""

ASSUMED_CAPACITY = 10
"""Where nobody says how many a place holds: assumed, and less than most do."""
NEWCOMERS = 0.2
"""Of its capacity a group takes in four weeks as new ones: assumed."""
SHOWN_FOR_ONE = 3
"""Suggested to three, one asks: each sees up to three places. Assumed."""

_REFUSING_STATUS = ("suspended", "closed", "not_taking_new")
_AGES_OF = {"children": (0, 18), "older": (60, OLDEST), "adults": (18, OLDEST)}


def refusals(person: Person, one: Candidate, today: date) -> tuple[Said, ...]:
    """Every hard limit that fails, in a fixed order; empty: it may be suggested."""
    return tuple(said for limit in _LIMITS for said in limit(person, one, today))


def doubts(person: Person, one: Candidate) -> tuple[Said, ...]:
    """What must be asked before the person goes there: a task for each thing that is not known."""
    return tuple(said for question in _QUESTIONS for said in question(person, one))


def farthest_m(mobility: Mobility) -> float:
    """The longest straight line, in metres, that is not out of reach."""
    way_m: float = PROFILES[mobility].d50_m * (1 / REACH_MIN - 1) ** (1 / 3)
    return way_m / DETOUR_FACTOR


def exposure_cap(capacity: int | None) -> int:
    """How often in 28 days a place may be suggested, so that not more come than it takes in."""
    return SHOWN_FOR_ONE * ceil(NEWCOMERS * (ASSUMED_CAPACITY if capacity is None else capacity))


def surely_fits(person: Person, one: Candidate) -> bool:
    """Is it surely open at some time when they can come?"""
    return bool(person.free_minutes) and overlap(person.free_minutes or (), one.open_minutes)


# --- limits ----------------------------------------------------------------------------------------------------------


def _avoided(person: Person, one: Candidate, today: date) -> Iterator[Said]:
    if person.avoid & one.ids:
        yield Said("avoided")


def _status(person: Person, one: Candidate, today: date) -> Iterator[Said]:
    if one.status in _REFUSING_STATUS:
        yield Said(one.status)


def _host(person: Person, one: Candidate, today: date) -> Iterator[Said]:
    if one.host_state in ("full", "paused") and (one.host_until is None or one.host_until >= today):
        yield Said(f"host_{one.host_state}", {"until": one.host_until})


def _age(person: Person, one: Candidate, today: date) -> Iterator[Said]:
    wanted = _limits_of(one)
    contradicts = wanted[0] > wanted[1]
    if contradicts or (person.ages and not any(_meet(ages, wanted) for ages in _ages_who_come(person, one))):
        yield Said("age_unfit", {"age_min": one.age_min, "age_max": one.age_max})


def _reach(person: Person, one: Candidate, today: date) -> Iterator[Said]:
    if one.distance_m is not None and likelihood(estimated_way(one.distance_m), person.mobility) < REACH_MIN:
        yield Said("out_of_reach", {"distance_m": round(one.distance_m), "mobility": person.mobility})


def _clash(person: Person, one: Candidate, today: date) -> Iterator[Said]:
    if person.free_minutes is None or not one.schedule_exact:
        return
    if not overlap(person.free_minutes, one.open_minutes) and not overlap(person.free_minutes, one.maybe_minutes):
        yield Said("time_clash")


def _needs(person: Person, one: Candidate, today: date) -> Iterator[Said]:
    yield from (Said("need_unmet", {"need": need}) for need in sorted(person.needs & one.needs_unmet))


def _price(person: Person, one: Candidate, today: date) -> Iterator[Said]:
    if person.price_max is not None and one.price_yen_min is not None and one.price_yen_min > person.price_max:
        yield Said("price_above", {"price_yen_min": one.price_yen_min})


def _room(person: Person, one: Candidate, today: date) -> Iterator[Said]:
    if one.shown >= exposure_cap(one.capacity):
        yield Said("exposure_full", {"shown": one.shown, "capacity": one.capacity})


_LIMITS = (_avoided, _status, _host, _age, _reach, _clash, _needs, _price, _room)


# --- what must be asked ----------------------------------------------------------------------------------------------


def _still_held(person: Person, one: Candidate) -> Iterator[Said]:
    if one.status != "running":
        yield Said("status")
    if one.stale:
        yield Said("stale", {"date": one.fresh_on})


def _way(person: Person, one: Candidate) -> Iterator[Said]:
    if one.distance_m is None:
        yield Said("way")


def _who(person: Person, one: Candidate) -> Iterator[Said]:
    limits = _limits_of(one)
    if (one.age_min is None and one.age_max is None) or not any(
        limits[0] <= ages[0] and ages[1] <= limits[1] for ages in _ages_who_come(person, one)
    ):
        yield Said("age", {"age_min": one.age_min, "age_max": one.age_max})
    elif person.ages and one.audiences and not _named(person, one.audiences):
        yield Said("audience", {"audiences": sorted(one.audiences)})


def _when(person: Person, one: Candidate) -> Iterator[Said]:
    sure = surely_fits(person, one) if person.free_minutes is not None else bool(one.open_minutes)
    if not sure:
        yield Said("time")


def _each_need(person: Person, one: Candidate) -> Iterator[Said]:
    yield from (Said("need", {"need": need}) for need in sorted(person.needs - one.needs - one.needs_unmet))


def _cost(person: Person, one: Candidate) -> Iterator[Said]:
    if person.price_max is None or (one.price_yen_max is not None and one.price_yen_max <= person.price_max):
        return
    known = one.price_yen_min is not None or one.price_yen_max is not None
    limits = {"price_yen_min": one.price_yen_min, "price_yen_max": one.price_yen_max}
    yield Said("price_depends", limits) if known else Said("price")


def _what(person: Person, one: Candidate) -> Iterator[Said]:
    if person.interests and not one.offers:
        yield Said("interest")


_QUESTIONS = (_still_held, _way, _who, _when, _each_need, _cost, _what)


def _limits_of(one: Candidate) -> Span:
    return one.age_min or 0, OLDEST if one.age_max is None else one.age_max


def _ages_who_come(person: Person, one: Candidate) -> tuple[Span, ...]:
    """Whose age counts: the person's; where small children are brought to play, the child's too."""
    own = (person.ages,) if person.ages else ()
    return (*own, SMALL_CHILD_AGES) if person.with_small_child and one.kind == "kosodate_hiroba" else own


def _meet(some: Span, other: Span) -> bool:
    return some[0] <= other[1] and other[0] <= some[1]


def _named(person: Person, audiences: frozenset[str]) -> bool:
    """Does the list name people like them?"""
    if "anyone" in audiences or ("parents" in audiences and person.with_small_child):
        return True
    own = person.ages
    return own is not None and any(_meet(own, _AGES_OF[one]) for one in audiences if one in _AGES_OF)
