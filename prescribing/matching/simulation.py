"""A town with hidden preferences (かくれた好み): does matching send people where they really go, better than the nearest place?

The truth is not the matcher's score: people have continuous tastes of which they tell a part and sometimes the wrong one,
their own patience with distance, a style that suits a place's atmosphere or not, shyness and habits; places have warmth,
interests nobody listed, lists that are wrong or silent, and real capacity. None of the hidden is seen by the matcher.
Whether they go follows a logistic choice over all that. `scripts/simulate-matching` runs it and prints the table.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from math import exp, hypot, log, log2
from random import Random
from uuid import UUID

from geo.reach import DETOUR_FACTOR, PROFILES, Mobility
from prescribing.matching.candidate import Candidate
from prescribing.matching.choosing import ranked
from prescribing.matching.limits import refusals
from prescribing.matching.person import Person
from prescribing.matching.scoring import score
from prescribing.matching.suggesting import suggest

TODAY = date(2026, 11, 24)
TOWN_M = 3_300.0
"""The edge of a square of nine school districts of 1.2 km², about as in a town."""
VENUES = 120
"""13 to a district, as 250,000 in 19,000 (FACTS §2)."""
A_MONTH = 150
"""So many are referred in 28 days; then exposure is counted anew."""
INTERESTS = (
    "chat",
    "meal",
    "exercise",
    "walking",
    "board_games",
    "handicraft",
    "woodwork",
    "music",
    "gardening",
    "reading",
)
_MENS = frozenset({"exercise", "board_games", "woodwork"})
KINDS = ("salon", "kayoinoba", "exercise_group", "hobby_circle", "ibasho", "kodomo_shokudo", "dementia_cafe", "event")
_BANDS: tuple[tuple[str, tuple[int, int], Mobility], ...] = (
    ("40-64", (40, 64), "adult"),
    ("65-74", (65, 74), "65-74"),
    ("75-84", (75, 84), "75+"),
    ("85+", (85, 95), "frail"),
)


@dataclass(frozen=True)
class Venue:
    """A place as it really is, and as it is listed."""

    listed: Candidate
    at: tuple[float, float]
    offers: frozenset[str]
    warmth: float
    atmosphere: tuple[float, float]
    open_minutes: tuple[tuple[int, int], ...]
    runs: bool
    capacity: int


@dataclass(frozen=True)
class Somebody:
    """A person as they really are, and as they are told of."""

    told: Person
    at: tuple[float, float]
    sex: str
    age_band: str
    district: str
    tastes: dict[str, float]
    patience_m: float
    style: tuple[float, float]
    shyness: float
    habit: str
    free: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class World:
    """How much taste and distance really count: nobody knows, so there is more than one world to try."""

    name: str
    taste: float
    distance: float


WORLDS = (
    World("balanced", 2.6, 1.6),
    World("distance rules", 1.6, 2.6),
    World("taste rules", 3.6, 0.8),
)


@dataclass
class Outcomes:
    """What one way of suggesting led to in one town."""

    gains: list[float] = field(default_factory=list)  # NDCG@3 of each person
    went: list[float] = field(default_factory=list)  # how likely each was to go to the one they liked best
    who: list[Somebody] = field(default_factory=list)

    @property
    def ndcg(self) -> float:
        return sum(self.gains) / len(self.gains)

    @property
    def attendance(self) -> float:
        return sum(self.went) / len(self.went)

    def __add__(self, other: "Outcomes") -> "Outcomes":
        """Of two towns together."""
        return Outcomes(self.gains + other.gains, self.went + other.went, self.who + other.who)

    def parity(self, group_of: Callable[[Somebody], str], least: int = 100) -> float:
        """First attendance of the worst group divided by the best one's; groups of fewer than `least` are left out."""
        groups: dict[str, list[float]] = {}
        for one, went in zip(self.who, self.went, strict=True):
            groups.setdefault(group_of(one), []).append(went)
        rates = [sum(group) / len(group) for group in groups.values() if len(group) >= least]
        highest = max(rates, default=0.0)
        return min(rates) / highest if highest else 1.0


Policy = Callable[[Person, Sequence[Candidate], str], Sequence[UUID]]


def by_matching(person: Person, passed: Sequence[Candidate], seed: str) -> Sequence[UUID]:
    return [one.activity_id for one in suggest(person, passed, today=TODAY, seed=seed).shown]


def by_score(person: Person, passed: Sequence[Candidate], seed: str) -> Sequence[UUID]:
    """The best three scores: what difference, the easy first step and the lots cost."""
    return [one.candidate.activity_id for one in ranked(score(person, one, TODAY) for one in passed)[:3]]


def by_nearness(person: Person, passed: Sequence[Candidate], seed: str) -> Sequence[UUID]:
    return [one.activity_id for one in sorted(passed, key=lambda one: (one.distance_m or 0, one.activity_id))[:3]]


def by_chance(person: Person, passed: Sequence[Candidate], seed: str) -> Sequence[UUID]:
    return [one.activity_id for one in Random(seed).sample(list(passed), min(3, len(passed)))]  # noqa: S311 - dice


POLICIES: dict[str, Policy] = {
    "matching": by_matching,
    "nearest first": by_nearness,
    "random eligible": by_chance,
    "score alone": by_score,
}


def simulate(
    seed: int, world: World = WORLDS[0], people: int = 2 * A_MONTH, venues: int = VENUES
) -> dict[str, Outcomes]:
    """The same town and people, once for each way of suggesting; all choose among those that pass the hard limits."""
    dice = Random(seed)  # noqa: S311 - dice
    town = [make_venue(dice) for _ in range(venues)]
    crowd = [make_somebody(dice) for _ in range(people)]
    return {name: _run(seed, world, town, crowd, policy) for name, policy in POLICIES.items()}


def _run(seed: int, world: World, town: list[Venue], crowd: list[Somebody], policy: Policy) -> Outcomes:
    """One after another; who comes takes room, and what is shown counts as exposure."""
    done, room = Outcomes(), {v.listed.activity_id: max(1, v.capacity // 3) for v in town}
    shown = [0] * len(town)
    for number, one in enumerate(crowd):
        shown = [0] * len(town) if number % A_MONTH == 0 else shown
        listed = {v.listed.activity_id: (i, v) for i, v in enumerate(town)}
        seen = [as_seen(v, one, shown[i]) for i, v in enumerate(town)]
        passed = [candidate for candidate in seen if not refusals(one.told, candidate, TODAY)]
        chosen = policy(one.told, passed, f"{seed} {number}")
        truth = {c.activity_id: likelihood_of_going(world, one, listed[c.activity_id][1]) for c in passed}
        luck = Random(f"{seed} {number}")  # noqa: S311 - dice; the same luck whatever was suggested
        best = max(chosen, key=lambda which: truth[which], default=None)
        likely = truth[best] if best is not None and room[best] > 0 else 0.0
        if best is not None and luck.random() < likely:
            room[best] -= 1
        for which in chosen:
            shown[listed[which][0]] += 1
        done.who.append(one)
        done.went.append(likely)
        done.gains.append(_ndcg([truth[which] for which in chosen], list(truth.values())))
    return done


def likelihood_of_going(world: World, one: Somebody, venue: Venue) -> float:
    """The truth: whether they would go there a first time, 0 to 1. Nothing of it is the matcher's score."""
    meets = any(a < d and c < b for a, b in one.free for c, d in venue.open_minutes)
    if not (venue.runs and meets):
        return 0.0
    way_m = DETOUR_FACTOR * hypot(one.at[0] - venue.at[0], one.at[1] - venue.at[1])
    taste = max((one.tastes.get(interest, 0.0) for interest in venue.offers), default=0.0)
    suits = one.style[0] * venue.atmosphere[0] + one.style[1] * venue.atmosphere[1]
    crowded = one.shyness * log(max(venue.capacity, 4) / 10)
    used_to = 0.5 if one.habit == venue.listed.kind else 0.0
    utility = (
        -1.2 + world.taste * taste - world.distance * log(1 + way_m / one.patience_m) + 0.7 * suits + 0.8 * venue.warmth
    )
    return 1 / (1 + exp(-(utility - crowded + used_to)))


def _ndcg(gains: Sequence[float], everything: Sequence[float]) -> float:
    """How much of the best three they got, the earlier the better; 1 where there was nothing to get."""
    best = _dcg(sorted(everything, reverse=True)[:3])
    return _dcg(gains) / best if best else 1.0


def _dcg(gains: Sequence[float]) -> float:
    return sum(gain / log2(place + 2) for place, gain in enumerate(gains))


# --- who and what there is -------------------------------------------------------------------------------------------


def _where(dice: Random) -> tuple[float, float]:
    """Denser in the middle, where most live and most places are."""
    return tuple(min(max(dice.gauss(TOWN_M / 2, TOWN_M / 4), 0), TOWN_M) for _ in range(2))  # type: ignore[return-value]


def make_venue(dice: Random) -> Venue:
    """A place; its list leaves out a half of what it offers, is silent on much, and is wrong now and then."""
    kind = dice.choice(KINDS)
    offers = frozenset(dice.sample(INTERESTS, dice.choice((1, 2, 2, 3))))
    capacity = dice.choice((6, 10, 15, 20, 20, 40))
    start = dice.randrange(5) * 1440 + dice.choice((540, 600, 780, 840, 1020))
    really = ((start, start + 120),)
    moved = dice.random() < 0.08  # the list is wrong
    listed_at = tuple((first + 1440, last + 1440) for first, last in really) if moved else really
    told = dice.random() < 0.75
    price = dice.choice((0, 0, 100, 300, 500))
    alone = dice.random()
    listed = Candidate(
        activity_id=UUID(int=dice.getrandbits(128)),
        place_id=UUID(int=dice.getrandbits(128)),
        kind=kind,
        status="running" if dice.random() < 0.7 else "unknown",
        age_min=dice.choice((0, 0, None, 65)),
        interests=frozenset(one for one in sorted(offers) if dice.random() < 0.55),
        needs=frozenset({"alone_ok"} if alone < 0.3 else ()) | frozenset({"drop_in"} if dice.random() < 0.3 else ()),
        price_yen_min=price if dice.random() < 0.6 else None,
        price_yen_max=price,
        open_minutes=listed_at if told else (),
        schedule_exact=told,
        weekdays=(listed_at[0][0] // 1440 + 1,) if told else (),
        dates=dice.choice((1, 2, 4, 4)) if told else None,
        fresh_on=TODAY - timedelta(days=dice.randrange(400)),
        capacity=capacity if dice.random() < 0.2 else None,
    )
    stops = 0.05 + (0.15 if listed.status == "unknown" else 0.0)
    warmth = dice.gauss(0.4 if alone < 0.3 else 0.0, 1)
    atmosphere = (dice.gauss(0, 1), dice.gauss(0, 1))
    return Venue(listed, _where(dice), offers, warmth, atmosphere, really, dice.random() >= stops, capacity)


def make_somebody(dice: Random) -> Somebody:
    """A person with two or three real tastes, of which each is told with 65 %, and now and then one that is none."""
    band, ages, mobility = dice.choice(_BANDS)
    sex = dice.choice(("female", "male"))
    weights = [2.5 if sex == "male" and interest in _MENS else 1.0 for interest in INTERESTS]
    tastes = {one: dice.uniform(0.5, 1.2) for one in dice.choices(INTERESTS, weights, k=3)}
    told = {one for one in tastes if dice.random() < 0.65} | (
        {dice.choice(INTERESTS)} if dice.random() < 0.15 else set()
    )
    at = _where(dice)
    busy = {day for day in range(7) if dice.random() < 0.25}
    free = tuple((day * 1440 + 540, day * 1440 + 1080) for day in range(7) if day not in busy)
    return Somebody(
        told=Person(
            mobility=mobility,
            age=dice.randint(*ages),
            interests=frozenset(told),
            free_minutes=free if dice.random() < 0.5 else None,
        ),
        at=at,
        sex=sex,
        age_band=band,
        district=f"{int(3 * at[0] // (TOWN_M + 1))}{int(3 * at[1] // (TOWN_M + 1))}",
        tastes=tastes,
        patience_m=PROFILES[mobility].d50_m * dice.lognormvariate(0, 0.5),
        style=(dice.gauss(0, 0.7), dice.gauss(0, 0.7)),
        shyness=max(0.0, dice.gauss(0.3, 0.4)),
        habit=dice.choice(KINDS),
        free=free,
    )


def as_seen(venue: Venue, one: Somebody, shown: int) -> Candidate:
    """What the matcher sees: the list, the straight line, and how often it was shown."""
    away_m = hypot(one.at[0] - venue.at[0], one.at[1] - venue.at[1])
    return replace(venue.listed, distance_m=away_m, shown=shown)
