"""Random persons and candidates for matching, from a seed or from hypothesis: every value can be unknown, and often is."""

from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from geo.reach import PROFILES
from prescribing.matching import Candidate, Person

TODAY = date(2026, 11, 24)
KINDS = ("kodomo_shokudo", "ibasho", "salon", "kayoinoba", "exercise_group", "kosodate_hiroba", "hobby_circle")
INTERESTS = ("chat", "meal", "exercise", "music", "handicraft", "gardening")
NEEDS = ("step_free", "alone_ok", "drop_in", "pram", "interpreter")
STATUSES = ("running",) * 6 + ("unknown", "needs_checking", "suspended", "closed", "not_taking_new")
BANDS = ("0-5", "6-15", "16-39", "40-64", "65-74", "75-84", "85+")


def uuid_of(dice: Random) -> UUID:
    return UUID(int=dice.getrandbits(128))


def _some(dice: Random, terms: tuple[str, ...], chance: float = 0.3) -> frozenset[str]:
    return frozenset(term for term in terms if dice.random() < chance)


def _maybe(dice: Random, value: Any, chance: float = 0.6) -> Any:
    return value if dice.random() < chance else None


def _spans(dice: Random, most: int) -> tuple[tuple[int, int], ...]:
    starts = [dice.randrange(7) * 1440 + dice.randrange(540, 1140, 30) for _ in range(dice.randrange(most + 1))]
    return tuple((start, start + dice.choice((60, 90, 120, 240))) for start in starts)


def random_person(dice: Random) -> Person:
    age = _maybe(dice, dice.randrange(0, 100), 0.7)
    return Person(
        mobility=dice.choice(tuple(PROFILES)),
        age=age,
        age_band=_maybe(dice, dice.choice(BANDS)) if age is None else None,
        interests=_some(dice, INTERESTS),
        needs=_some(dice, NEEDS, 0.15),
        free_minutes=_maybe(dice, _spans(dice, 4), 0.5),
        price_max=_maybe(dice, dice.choice((0, 300, 500)), 0.4),
        avoid=frozenset(uuid_of(dice) for _ in range(dice.randrange(2))),
    )


def random_candidate(dice: Random, avoid: frozenset[UUID] = frozenset()) -> Candidate:
    """`avoid`: ids that it has now and then."""
    ids = [*avoid] if avoid and dice.random() < 0.2 else []
    told = dice.random() < 0.6
    price = _maybe(dice, dice.choice((0, 100, 300, 800)))
    met = _some(dice, NEEDS, 0.2)
    which = dice.randrange(3)
    names = ("activity_id", "place_id", "organisation_id")
    found = {name: (ids[0] if ids and number == which else uuid_of(dice)) for number, name in enumerate(names)}
    return Candidate(
        **found,
        kind=dice.choice(KINDS),
        status=dice.choice(STATUSES),
        distance_m=_maybe(dice, dice.expovariate(1 / 500), 0.9),
        in_district=dice.random() < 0.5,
        age_min=_maybe(dice, dice.choice((0, 6, 20, 60, 65)), 0.5),
        age_max=_maybe(dice, dice.choice((6, 15, 18, 90)), 0.3),
        audiences=_some(dice, ("anyone", "children", "older", "parents"), 0.2),
        interests=_some(dice, INTERESTS, 0.25),
        needs=met,
        needs_unmet=_some(dice, NEEDS, 0.1) - met,
        price_yen_min=price,
        price_yen_max=None if price is None else _maybe(dice, price + dice.choice((0, 200)), 0.8),
        open_minutes=_spans(dice, 3) if told else (),
        maybe_minutes=_spans(dice, 1),
        schedule_exact=told and dice.random() < 0.7,
        weekdays=tuple(sorted(dice.sample(range(1, 8), dice.randrange(3)))),
        dates=_maybe(dice, dice.randrange(9), 0.6),
        fresh_on=_maybe(dice, TODAY - timedelta(days=dice.randrange(900)), 0.8),
        stale=dice.random() < 0.2,
        host_state=_maybe(dice, dice.choice(("open", "full", "paused")), 0.15),
        host_until=_maybe(dice, TODAY + timedelta(days=dice.randrange(-20, 20))),
        host_said_on=TODAY - timedelta(days=dice.randrange(100)),
        capacity=_maybe(dice, dice.choice((5, 10, 15, 30, 50)), 0.3),
        shown=dice.choice((0, 0, 0, 1, 2, 5, 9)),
        professional=_maybe(dice, dice.random() < 0.5, 0.3),
    )


def violations(person: Person, one: Candidate, today: date) -> list[str]:  # noqa: C901 - one rule after another, on purpose
    """Every hard limit a suggestion breaks, by rules written here anew and not by calling the limits."""
    broken = []
    if person.avoid & {one.activity_id, one.place_id, one.organisation_id}:
        broken.append("avoid")
    if one.status not in ("running", "unknown", "needs_checking"):
        broken.append("status")
    if one.host_state in ("full", "paused") and not (one.host_until and one.host_until < today):
        broken.append("host")
    lowest, highest = one.age_min or 0, 999 if one.age_max is None else one.age_max
    brought = one.kind == "kosodate_hiroba" and (person.mobility == "pram" or person.needs & {"pram", "nursing_room"})
    if person.age is not None:
        ages = {person.age, *range(4)} if brought else {person.age}
        if not any(lowest <= age <= highest for age in ages):
            broken.append("age")
    if one.distance_m is not None:
        way_m = one.distance_m * 1.3
        if 1 / (1 + (way_m / PROFILES[person.mobility].d50_m) ** 3) < 0.05:
            broken.append("reach")
    if person.free_minutes is not None and one.schedule_exact:
        free = {minute for first, last in person.free_minutes for minute in range(first, last)}
        if not any(free & set(range(*span)) for span in (*one.open_minutes, *one.maybe_minutes)):
            broken.append("time")
    if person.needs & one.needs_unmet:
        broken.append("need")
    if person.price_max is not None and one.price_yen_min is not None and one.price_yen_min > person.price_max:
        broken.append("price")
    if one.shown >= 3 * -(-(one.capacity or 10) // 5):
        broken.append("exposure")
    return broken
