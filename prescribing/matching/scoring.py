"""Scoring (点): named parts from 0 to 1, weighted in one place, each with the reasons that people read.

A reason stands only for what is known. Unknown lies below known yes in every part. Sex is not looked at: what studies say of
men and women is about groups, and nobody is sent by it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from geo.reach import estimated_way, likelihood, minutes
from placefinder.freshness import staleness
from placefinder.search import Said
from prescribing.matching.candidate import Candidate
from prescribing.matching.limits import doubts, exposure_cap, surely_fits
from prescribing.matching.person import Person, Span

LOW_PRICE_YEN = 300
NEAR_ENOUGH = 0.5
OLDER = 65


@dataclass(frozen=True, slots=True)
class Weight:
    """How much a part counts, and where that comes from."""

    weight: float
    source: str


WEIGHTS: Mapping[str, Weight] = MappingProxyType(
    {
        "reach": Weight(
            0.28,
            "a salon within 350 m raises participation; near home is a condition for 32 % (FACTS §5); size assumed",
        ),
        "interests": Weight(
            0.20, "hobby salons draw most; own health is a condition for 54 % (FACTS §5); size assumed"
        ),
        "time": Weight(0.12, "not being tied down is a condition for 37 % (FACTS §5); size assumed"),
        "certainty": Weight(0.10, "assumed: a closed door costs trust; half-lives of placefinder/freshness.py"),
        "known": Weight(0.08, "assumed: each thing to ask first is a hurdle"),
        "regularity": Weight(0.07, "assumed: what is held weekly is easier kept up than what is held monthly"),
        "small_start": Weight(0.05, "assumed"),
        "company": Weight(0.05, "companions are a condition for 36 % (FACTS §5); size assumed"),
        "professional": Weight(0.03, "health professionals present: IRR 1.36 (FACTS §5); size assumed"),
        "room": Weight(0.02, "assumed: newcomers are spread over those who have room"),
    }
)
"""The sum is 1. Nothing here was fitted to data: a deployment has to check it against its own attendances."""


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """A candidate that passed, with its score from 0 to 1, the parts of it, why, and what to ask first."""

    candidate: Candidate
    score: float
    parts: Mapping[str, float]
    reasons: tuple[Said, ...]
    unknowns: tuple[Said, ...]
    small_start: bool


def score(person: Person, one: Candidate, today: date) -> Scored:
    """How well a candidate that passed its limits suits the person."""
    asked = doubts(person, one)
    likely = _reach(person, one)
    steps = _low_steps(one)
    parts = {
        "reach": likely,
        "interests": _interests(person, one),
        "time": _time(person, one),
        "certainty": _certainty(one, today),
        "known": 1 / (1 + 0.5 * len(asked)),
        "regularity": 0.3 if one.dates is None else min(1.0, one.dates / 4),
        "small_start": min(1.0, likely / NEAR_ENOUGH) * len(steps) / 4,
        "company": _company(one),
        "professional": 0.3 if one.professional is None else float(one.professional),
        "room": max(0.0, 1 - one.shown / max(1, exposure_cap(one.capacity))),
    }
    total = sum(WEIGHTS[name].weight * part for name, part in parts.items())
    small = likely >= NEAR_ENOUGH and len(steps) >= 2
    reasons = tuple(_reasons(person, one, today, small))
    return Scored(one, total, parts, reasons, asked, small)


def _reach(person: Person, one: Candidate) -> float:
    if one.distance_m is None:
        return 0.1
    return likelihood(estimated_way(one.distance_m), person.mobility)


def _interests(person: Person, one: Candidate) -> float:
    """Not asked: what studies say of kinds for older people. Asked: one in common is much, two are all."""
    if not person.interests:
        return _usual(person, one)
    if not one.offers:
        return 0.3
    shared = len(person.interests & one.offers)
    return (0.0, 0.7)[shared] if shared < min(2, len(person.interests)) else 1.0


def _usual(person: Person, one: Candidate) -> float:
    """Hobby groups draw older people most, dining alone less (FACTS §5); sizes assumed."""
    older = person.ages is not None and person.ages[0] >= OLDER
    return {"hobby_circle": 0.6, "kodomo_shokudo": 0.4, "food_pantry": 0.4}.get(one.kind, 0.5) if older else 0.5


def _time(person: Person, one: Candidate) -> float:
    """Not asked: whether its times are known. Asked: how much of its best session the person can be there."""
    if person.free_minutes is None:
        return 0.6 if one.open_minutes else 0.3
    best = max((_share(session, person.free_minutes) for session in one.open_minutes), default=0.0)
    return 0.5 + 0.5 * best if best else 0.3


def _share(session: Span, free: tuple[Span, ...]) -> float:
    first, last = session
    return sum(max(0, min(last, until) - max(first, since)) for since, until in free) / max(1, last - first)


def _certainty(one: Candidate, today: date) -> float:
    """The share of such schedules that still hold; a word of the place itself counts as a check."""
    checks = [day for day in (one.fresh_on, one.host_said_on if one.host_state == "open" else None) if day]
    holds = 1 - staleness("opening", max(checks, default=None), today)
    return holds if one.status == "running" else 0.6 * holds


def _company(one: Candidate) -> float:
    if "alone_ok" in one.needs_unmet:
        return 0.0
    welcome = 0.5 if "alone_ok" in one.needs else 0.0
    small = 0.5 if one.is_small_group else 0.0
    return max(0.3, welcome + small)


def _low_steps(one: Candidate) -> tuple[str, ...]:
    """What makes a first visit easy, as far as it is known."""
    known = {
        "low_price": one.price_yen_max is not None and one.price_yen_max <= LOW_PRICE_YEN,
        "drop_in": "drop_in" in one.needs,
        "alone_ok": "alone_ok" in one.needs,
        "small_group": one.is_small_group,
    }
    return tuple(name for name, is_so in known.items() if is_so)


def _reasons(person: Person, one: Candidate, today: date, small: bool) -> Iterator[Said]:
    if one.distance_m is not None:
        way = estimated_way(one.distance_m)
        minutes_there = max(1, round(minutes(way, person.mobility)))
        near = {"distance_m": round(one.distance_m), "minutes": minutes_there, "mobility": person.mobility}
        yield Said("near", near)
    if one.in_district:
        yield Said("in_district")
    if small:
        yield Said("small_start", {"steps": list(_low_steps(one))})
    yield from (Said("interest_shared", {"interest": interest}) for interest in sorted(person.interests & one.offers))
    yield from _reasons_of_time(person, one)
    yield from (Said("need_met", {"need": need}) for need in sorted(person.needs & one.needs))
    yield from _reasons_of_price(person, one)
    yield from _reasons_of_welcome(one, today)


def _reasons_of_time(person: Person, one: Candidate) -> Iterator[Said]:
    if person.free_minutes is not None and surely_fits(person, one):
        yield Said("open_then")
    if one.next_on is not None:
        yield Said("next_date", {"date": one.next_on})
    if one.dates is not None and one.dates >= 4:
        yield Said("weekly")


def _reasons_of_price(person: Person, one: Candidate) -> Iterator[Said]:
    if one.price_yen_max == 0:
        yield Said("free")
    elif person.price_max is not None and one.price_yen_max is not None and one.price_yen_max <= person.price_max:
        yield Said("price_within", {"price_yen_max": one.price_yen_max})


def _reasons_of_welcome(one: Candidate, today: date) -> Iterator[Said]:
    if "alone_ok" in one.needs:
        yield Said("alone_welcome")
    if one.is_small_group:
        yield Said("small_group", {"capacity": one.capacity})
    if one.professional:
        yield Said("professional")
    if one.host_state == "open" and one.host_said_on and (today - one.host_said_on).days <= 90:
        yield Said("host_open", {"date": one.host_said_on})
