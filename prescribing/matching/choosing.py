"""Choosing (えらび方): up to three of the best that differ, one of them an easy first step, with the exact chance of each.

Slot by slot the candidates close to the best (`NEAR`, at most `GROUP`) draw lots: a Plackett–Luce choice by softmax. So it
can be told later what being suggested did, apart from why it was. Every way the draw can go is counted out, hence the chance
of having been shown (propensity) is exact. The same seed and the same candidates, in any order, give the same answer.
"""

from collections.abc import Iterable, Iterator, Sequence
from math import exp
from random import Random

from prescribing.matching.scoring import Scored

MOST = 3
NEAR = 0.05
"""So close to the best that nobody can tell which suits better. Assumed."""
GROUP = 4
TEMPERATURE = 0.03
DIVERSITY = 0.15
"""What being like one already chosen costs, from 0 to 1 of it (MMR). Assumed."""

_Path = tuple[tuple[Scored, ...], float]


def choose(passed: Iterable[Scored], how_many: int, seed: str) -> tuple[tuple[Scored, float], ...]:
    """Up to `how_many` suggestions in order, each with the chance it had to be among them, above 0 up to 1."""
    paths = list(_paths((), 1.0, pool_of(passed), min(how_many, MOST)))
    drawn = _draw(paths, Random(seed).random())  # noqa: S311 - lots, not secrets
    return tuple((one, _chance(one, paths)) for one in drawn)


def chances(passed: Iterable[Scored], how_many: int = MOST) -> dict[Scored, float]:
    """The chance of each that has one."""
    paths = list(_paths((), 1.0, pool_of(passed), min(how_many, MOST)))
    return {one: _chance(one, paths) for path, _ in paths for one in path}


def ranked(passed: Iterable[Scored]) -> list[Scored]:
    """Best first; equal scores by id, so that the order of rows never matters."""
    return sorted(passed, key=lambda one: (-one.score, one.candidate.activity_id.bytes))


def pool_of(passed: Iterable[Scored]) -> list[Scored]:
    """Who may be drawn at all: of each kind the best few, and the best few easy first steps."""
    counts: dict[tuple[str, bool], int] = {}
    pool = []
    for one in ranked(passed):
        place = one.candidate.kind, one.small_start
        counts[place] = counts.get(place, 0) + 1
        if counts[place] <= GROUP:
            pool.append(one)
    return pool


def likeness(one: Scored, other: Scored) -> float:
    """How alike two suggestions are, 0 to 1: what is done, where, and on which days."""
    mine, theirs = one.candidate, other.candidate
    return (
        0.5 * _jaccard(mine.offers, theirs.offers)
        + 0.3 * (mine.place_id == theirs.place_id)
        + 0.2 * _jaccard(frozenset(mine.weekdays), frozenset(theirs.weekdays))
    )


def _jaccard(some: frozenset[object], others: frozenset[object]) -> float:
    both = some | others
    return len(some & others) / len(both) if both else 0.0


def _paths(chosen: tuple[Scored, ...], chance: float, pool: Sequence[Scored], how_many: int) -> Iterator[_Path]:
    """Every way the draw can go on from here, with its chance."""
    near = _near_equal(chosen, _allowed(chosen, pool, how_many)) if len(chosen) < how_many else []
    if not near:
        yield chosen, chance
        return
    weights = [exp((value - near[0][1]) / TEMPERATURE) for _, value in near]
    for (one, _), weight in zip(near, weights, strict=True):
        yield from _paths((*chosen, one), chance * weight / sum(weights), pool, how_many)


def _allowed(chosen: tuple[Scored, ...], pool: Sequence[Scored], how_many: int) -> list[Scored]:
    """One of a kind; and where there is an easy first step at all, a slot stays free for it."""
    kinds = {one.candidate.kind for one in chosen}
    left = [one for one in pool if one.candidate.kind not in kinds]
    if how_many < 2 or any(one.small_start for one in chosen):
        return left
    steps = {one.candidate.kind for one in left if one.small_start}
    if not steps:
        return left
    if len(chosen) + 1 == how_many:
        return [one for one in left if one.small_start]
    return [one for one in left if one.small_start or steps - {one.candidate.kind}]


def _near_equal(chosen: tuple[Scored, ...], allowed: Sequence[Scored]) -> list[tuple[Scored, float]]:
    """Those so close to the best that they draw lots, best first."""
    valued = [(one, one.score - DIVERSITY * max((likeness(one, c) for c in chosen), default=0.0)) for one in allowed]
    valued.sort(key=lambda pair: (-pair[1], pair[0].candidate.activity_id.bytes))
    return [pair for pair in valued[:GROUP] if pair[1] >= valued[0][1] - NEAR]


def _draw(paths: Sequence[_Path], lot: float) -> tuple[Scored, ...]:
    for path, chance in paths:
        lot -= chance
        if lot < 0:
            return path
    return paths[-1][0]


def _chance(one: Scored, paths: Sequence[_Path]) -> float:
    return min(1.0, sum(chance for path, chance in paths if one in path))
