"""The town with hidden preferences: fair to all ways of suggesting, repeatable, and not the matcher's own score."""

from functools import reduce
from operator import add
from random import Random

from prescribing.matching import refusals, score
from prescribing.matching.simulation import (
    TODAY,
    WORLDS,
    Outcomes,
    as_seen,
    likelihood_of_going,
    make_somebody,
    make_venue,
    simulate,
)


def test_the_same_seed_is_the_same_town() -> None:
    some, again = simulate(1, people=15), simulate(1, people=15)
    assert {name: (one.gains, one.went) for name, one in some.items()} == {
        name: (one.gains, one.went) for name, one in again.items()
    }


def test_matching_finds_more_of_what_people_like_than_nearness_or_chance() -> None:
    """Small and quick; with intervals in scripts/simulate-matching."""
    towns = [simulate(seed, people=100) for seed in range(2)]
    whole: dict[str, Outcomes] = {name: reduce(add, (town[name] for town in towns)) for name in towns[0]}
    assert whole["matching"].ndcg > whole["nearest first"].ndcg > whole["random eligible"].ndcg
    assert whole["matching"].attendance > whole["random eligible"].attendance


def test_the_truth_is_not_the_matchers_score() -> None:
    dice = Random(7)  # noqa: S311 - dice
    pairs = []
    while len(pairs) < 800:
        one, venue = make_somebody(dice), make_venue(dice)
        seen = as_seen(venue, one, 0)
        if not refusals(one.told, seen, TODAY):
            pairs.append((score(one.told, seen, TODAY).score, likelihood_of_going(WORLDS[0], one, venue)))
    mean = [sum(pair[side] for pair in pairs) / len(pairs) for side in (0, 1)]
    moments = [sum((p[a] - mean[a]) * (p[b] - mean[b]) for p in pairs) for a, b in ((0, 1), (0, 0), (1, 1))]
    assert 0.1 < moments[0] / (moments[1] * moments[2]) ** 0.5 < 0.6


def test_parity_is_the_worst_group_by_the_best_and_leaves_small_groups_out() -> None:
    dice = Random(1)  # noqa: S311 - dice
    crowd = [make_somebody(dice) for _ in range(400)]
    done = Outcomes(
        [1.0] * 400, [float(one.sex == "female" or number % 2 == 0) for number, one in enumerate(crowd)], crowd
    )
    assert 0.35 < done.parity(lambda one: one.sex) < 0.65
    assert done.parity(lambda one: str(id(one))) == 1.0
