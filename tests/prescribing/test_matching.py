"""Matching: nobody is sent where they cannot go, at most three that differ, unknown is a task and never a yes."""

from collections import Counter
from dataclasses import replace
from random import Random
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.reach import PROFILES, estimated_way, likelihood
from matching_people import TODAY, random_candidate, random_person, violations
from prescribing.matching import (
    REASONS,
    REFUSALS,
    UNKNOWNS,
    WEIGHTS,
    Candidate,
    Person,
    band_of_birth_year,
    doubts,
    exposure_cap,
    farthest_m,
    refusals,
    score,
    suggest,
    why_not,
)
from prescribing.matching.choosing import chances
from prescribing.matching.limits import REACH_MIN

SEEDS = st.integers(0, 2**32)


def _a(number: int = 1, **facts: object) -> Candidate:
    known: dict[str, object] = {
        "kind": "salon",
        "status": "running",
        "distance_m": 100.0,
        "age_min": 0,
        "open_minutes": ((600, 720),),
        "schedule_exact": True,
        "fresh_on": TODAY,
    }
    return Candidate(UUID(int=number), UUID(int=number + 10_000), **{**known, **facts})  # type: ignore[arg-type]


def _town(seed: int, size: int = 40) -> tuple[Person, list[Candidate]]:
    dice = Random(seed)  # noqa: S311 - towns, not secrets
    person = random_person(dice)
    return person, [random_candidate(dice, person.avoid) for _ in range(size)]


# --- limits -----------------------------------------------------------------------------------------------------


def test_no_suggestion_breaks_a_hard_limit() -> None:
    """As scripts/bench-matching does with 100,000."""
    shown = 0
    for seed in range(2_000):
        person, candidates = _town(seed, 25)
        for one in suggest(person, candidates, today=TODAY, seed=str(seed)).shown:
            shown += 1
            assert violations(person, one.scored.candidate, TODAY) == [], seed
    assert shown > 3_000


@settings(max_examples=300, deadline=None)
@given(SEEDS)
def test_a_limit_refuses_if_and_only_if_it_is_known_to_fail(seed: int) -> None:
    person, candidates = _town(seed, 10)
    for one in candidates:
        broken = violations(person, one, TODAY)
        contradicts = one.age_min is not None and one.age_max is not None and one.age_min > one.age_max
        if (person.age is None and person.age_band) or contradicts:
            continue  # told apart below
        assert bool(refusals(person, one, TODAY)) == bool(broken)


def test_a_band_is_refused_only_where_nobody_in_it_may_come() -> None:
    person = Person(age_band="65-74")
    assert not refusals(person, _a(age_min=70), TODAY)
    assert [said.code for said in doubts(person, _a(age_min=70))] == ["age"]
    assert [said.code for said in refusals(person, _a(age_min=75), TODAY)] == ["age_unfit"]
    assert not refusals(Person(age_band="85+"), _a(age_min=100), TODAY)


def test_a_year_of_birth_leaves_two_ages_and_neither_is_refused() -> None:
    person = Person(age_band=band_of_birth_year(1961, TODAY))
    assert person.ages == (64, 65)
    assert [said.code for said in doubts(person, _a(age_min=65))] == ["age"]
    assert not refusals(person, _a(age_min=65), TODAY)
    assert refusals(person, _a(age_min=66), TODAY)
    assert Person(age_band=band_of_birth_year(2026, TODAY)).ages == (0, 0)


def test_what_contradicts_itself_fits_nobody() -> None:
    assert [said.code for said in refusals(Person(), _a(age_min=20, age_max=10), TODAY)] == ["age_unfit"]


def test_whom_to_avoid_is_absolute_whatever_speaks_for_the_place() -> None:
    best = _a(distance_m=0.0, interests=frozenset({"chat"}), needs=frozenset({"alone_ok", "drop_in"}), dates=8)
    for met in (best.activity_id, best.place_id, UUID(int=77)):
        one = replace(best, organisation_id=UUID(int=77))
        person = Person(age=80, mobility="75+", interests=frozenset({"chat"}), avoid=frozenset({met}))
        assert [said.code for said in refusals(person, one, TODAY)] == ["avoided"]
        assert not suggest(person, [one], today=TODAY, seed="x").shown


def test_a_parent_comes_to_the_playgroup_with_the_child_and_nobody_else_does() -> None:
    playgroup = _a(kind="kosodate_hiroba", age_min=0, age_max=3)
    assert refusals(Person(age=30), playgroup, TODAY)
    assert not refusals(Person(age=30, mobility="pram"), playgroup, TODAY)
    assert refusals(Person(age=30, mobility="pram"), _a(age_min=0, age_max=3), TODAY)


@pytest.mark.parametrize(("capacity", "cap"), [(None, 6), (5, 3), (10, 6), (20, 12), (21, 15)])
def test_a_place_is_not_shown_beyond_what_it_takes_in(capacity: int | None, cap: int) -> None:
    assert exposure_cap(capacity) == cap
    assert not refusals(Person(), _a(capacity=capacity, shown=cap - 1), TODAY)
    assert [said.code for said in refusals(Person(), _a(capacity=capacity, shown=cap), TODAY)] == ["exposure_full"]


@pytest.mark.parametrize("mobility", PROFILES)
def test_the_farthest_is_just_within_reach(mobility: str) -> None:
    limit = farthest_m(mobility)  # type: ignore[arg-type]
    assert likelihood(estimated_way(limit * 0.999), mobility) > REACH_MIN  # type: ignore[arg-type]
    assert likelihood(estimated_way(limit * 1.001), mobility) < REACH_MIN  # type: ignore[arg-type]


# --- unknown ----------------------------------------------------------------------------------------------------


def test_everything_unknown_passes_with_a_task_for_each_and_no_reason() -> None:
    person = Person(
        age=80,
        interests=frozenset({"chat"}),
        needs=frozenset({"step_free", "transport"}),
        free_minutes=((0, 600),),
        price_max=300,
    )
    one = Candidate(UUID(int=1), UUID(int=2), "ibasho")
    told = score(person, one, TODAY)
    assert [said.code for said in told.unknowns] == [
        "status",
        "way",
        "age",
        "time",
        "need",
        "need",
        "price",
        "interest",
    ]
    assert told.reasons == ()
    assert not refusals(person, one, TODAY)


_YES = {
    "status": "running",
    "age": {"age_min": 0},
    "price": {"price_yen_min": 0, "price_yen_max": 0},
    "interests": frozenset({"chat"}),
    "professional": True,
    "capacity": 10,
    "dates": 8,
}


@settings(max_examples=200, deadline=None)
@given(SEEDS, st.sampled_from(sorted(_YES)))
def test_unknown_never_counts_as_yes(seed: int, name: str) -> None:
    person, (one,) = _town(seed, 1)
    person = replace(person, interests=frozenset({"chat"}))
    yes = _YES[name] if isinstance(_YES[name], dict) else {name: _YES[name]}
    no_word = {key: {"status": "unknown", "interests": frozenset()}.get(key) for key in yes}  # type: ignore[attr-defined]
    one = replace(one, kind="ibasho", age_max=None, audiences=frozenset({"anyone"}), shown=0)
    known, unknown = replace(one, **yes), replace(one, **no_word)  # type: ignore[arg-type]
    assert score(person, unknown, TODAY).score <= score(person, known, TODAY).score
    assert len(score(person, unknown, TODAY).reasons) <= len(score(person, known, TODAY).reasons)


def test_every_code_that_is_said_has_words() -> None:
    said: dict[str, set[str]] = {"reasons": set(), "unknowns": set(), "refusals": set()}
    for seed in range(600):
        person, candidates = _town(seed, 10)
        for one in candidates:
            told = score(person, one, TODAY)
            said["reasons"] |= {reason.code for reason in told.reasons}
            said["unknowns"] |= {unknown.code for unknown in told.unknowns}
            answer = why_not(person, one, candidates, today=TODAY)
            said["refusals"] |= {reason.code for reason in answer.because}
    assert said["reasons"] <= set(REASONS)
    assert said["unknowns"] == set(UNKNOWNS)
    assert said["refusals"] == set(REFUSALS)


# --- score ------------------------------------------------------------------------------------------------------


def test_the_weights_are_one_together_and_every_part_is_from_nought_to_one() -> None:
    assert sum(weight.weight for weight in WEIGHTS.values()) == pytest.approx(1)
    assert all(weight.source for weight in WEIGHTS.values())
    for seed in range(300):
        person, (one,) = _town(seed, 1)
        told = score(person, one, TODAY)
        assert set(told.parts) == set(WEIGHTS)
        assert all(0 <= part <= 1 for part in told.parts.values())
        assert 0 <= told.score <= 1


@settings(max_examples=300, deadline=None)
@given(SEEDS, st.floats(0, 20_000), st.floats(0, 20_000))
def test_farther_never_scores_higher(seed: int, some_m: float, other_m: float) -> None:
    person, (one,) = _town(seed, 1)
    near, far = sorted((some_m, other_m))
    nearer, farther = (score(person, replace(one, distance_m=way_m), TODAY) for way_m in (near, far))
    assert farther.score <= nearer.score
    assert nearer.small_start or not farther.small_start


# --- choosing ---------------------------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(SEEDS, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(seed: int, dice: Random) -> None:
    person, candidates = _town(seed)
    again = [*candidates]
    dice.shuffle(again)
    some, others = (suggest(person, rows, today=TODAY, seed="s") for rows in (candidates, again))
    assert [one.as_kept() for one in some.shown] == [one.as_kept() for one in others.shown]
    assert (some.passed, some.refused) == (others.passed, others.refused)


@settings(max_examples=150, deadline=None)
@given(SEEDS, st.integers(1, 5))
def test_at_most_three_one_of_a_kind_and_a_small_start_where_there_is_one(seed: int, how_many: int) -> None:
    person, candidates = _town(seed)
    shown = suggest(person, candidates, today=TODAY, how_many=how_many, seed=str(seed)).shown
    passed = [score(person, one, TODAY) for one in candidates if not refusals(person, one, TODAY)]
    kinds = {one.candidate.kind for one in passed}
    assert len(shown) == min(3, how_many, len(kinds))
    assert len({one.scored.candidate.kind for one in shown}) == len(shown)
    assert [one.rank for one in shown] == list(range(1, len(shown) + 1))
    if how_many >= 2 and any(one.small_start for one in passed):
        assert any(one.small_start for one in shown)


@settings(max_examples=100, deadline=None)
@given(SEEDS)
def test_chances_are_possible_and_add_up_to_the_places_there_are(seed: int) -> None:
    person, candidates = _town(seed)
    passed = [score(person, one, TODAY) for one in candidates if not refusals(person, one, TODAY)]
    told = chances(passed)
    assert all(0 < chance <= 1 for chance in told.values())
    assert sum(told.values()) == pytest.approx(min(3, len({one.candidate.kind for one in passed})))


def test_the_chance_told_is_how_often_it_is_shown() -> None:
    person = Person(age=70)
    candidates = [
        _a(number, kind=kind)
        for number, kind in enumerate(("salon", "ibasho", "kayoinoba", "hobby_circle", "event"), 1)
    ]
    drawn: Counter[UUID] = Counter()
    told: dict[UUID, float] = {}
    rounds = 1_500
    for seed in range(rounds):
        for one in suggest(person, candidates, today=TODAY, seed=f"referral {seed}").shown:
            drawn[one.activity_id] += 1
            told[one.activity_id] = one.propensity
    assert len(told) > 3
    for activity_id, propensity in told.items():
        assert drawn[activity_id] / rounds == pytest.approx(propensity, abs=4 * (0.25 / rounds) ** 0.5)


def test_the_same_seed_gives_the_same_and_another_may_differ() -> None:
    person = Person(age=70)
    candidates = [_a(number, kind=f"kind {number}") for number in range(1, 9)]
    answers = {
        seed: [o.activity_id for o in suggest(person, candidates, today=TODAY, seed=seed).shown] for seed in "abcdefgh"
    }
    assert answers["a"] == [o.activity_id for o in suggest(person, candidates, today=TODAY, seed="a").shown]
    assert len({tuple(ids) for ids in answers.values()}) > 1


def test_a_further_round_leaves_out_what_was_shown() -> None:
    person, candidates = Person(age=70), [_a(number, kind=f"kind {number}") for number in range(1, 7)]
    first = suggest(person, candidates, today=TODAY, seed="a")
    ids = {one.activity_id for one in first.shown}
    second = suggest(person, candidates, today=TODAY, seed="a", without=ids)
    assert first.more
    assert not ids & {one.activity_id for one in second.shown}
    assert len(second.shown) == 3


# --- why not ----------------------------------------------------------------------------------------------------


def test_why_not_names_every_limit_that_failed() -> None:
    person = Person(age=80, mobility="75+", needs=frozenset({"step_free"}), price_max=100)
    one = _a(
        status="suspended", distance_m=3_000.0, age_max=18, needs_unmet=frozenset({"step_free"}), price_yen_min=500
    )
    answer = why_not(person, one, [], today=TODAY)
    assert [said.code for said in answer.because] == [
        "suspended",
        "age_unfit",
        "out_of_reach",
        "need_unmet",
        "price_above",
    ]
    assert answer.scored is None


def test_why_not_gives_the_rank_and_the_parts_of_what_passed() -> None:
    person = Person(age=80, mobility="75+", interests=frozenset({"music"}))
    near = [_a(number, interests=frozenset({"music"})) for number in range(1, 6)]
    far = _a(9, distance_m=700.0, kind="ibasho")
    answer = why_not(person, far, [*near, far], today=TODAY)
    assert (answer.rank, answer.passed) == (6, 6)
    assert answer.scored
    assert set(answer.scored.parts) == set(WEIGHTS)
    last = why_not(person, near[4], [*near, far], today=TODAY)
    assert [said.code for said in last.because] == ["rank", "others_suit_better"]
    assert last.chance == 0
