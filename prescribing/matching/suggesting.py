"""Suggesting (すすめる): from all candidates to at most three, and the answer to "why not that one?"."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from placefinder.search import Said
from prescribing.matching.candidate import Candidate
from prescribing.matching.choosing import MOST, chances, choose, ranked
from prescribing.matching.limits import doubts, refusals
from prescribing.matching.person import Person
from prescribing.matching.scoring import Scored, score


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One place for one person: why, what to ask first, and the chance it had to be shown."""

    rank: int
    scored: Scored
    propensity: float
    candidates: int

    @property
    def activity_id(self) -> UUID:
        return self.scored.candidate.activity_id

    @property
    def place_id(self) -> UUID:
        return self.scored.candidate.place_id

    @property
    def score(self) -> float:
        return self.scored.score

    @property
    def parts(self) -> Mapping[str, float]:
        return self.scored.parts

    @property
    def reasons(self) -> tuple[Said, ...]:
        return self.scored.reasons

    @property
    def unknowns(self) -> tuple[Said, ...]:
        """What must be asked before they go (確認してから)."""
        return self.scored.unknowns

    @property
    def small_start(self) -> bool:
        return self.scored.small_start

    def as_kept(self) -> dict[str, Any]:
        """The row of rx.suggestion: what was shown, why, and how likely it was."""
        return {
            "activity_id": str(self.activity_id),
            "place_id": str(self.place_id),
            "score": round(self.score, 6),
            "parts": {name: round(part, 6) for name, part in self.parts.items()},
            "reasons": [as_json(said) for said in self.reasons],
            "unknowns": [as_json(said) for said in self.unknowns],
            "propensity": self.propensity,
            "small_start": self.small_start,
            "candidates": self.candidates,
        }


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Up to three, how many passed the limits, and for how many which limit failed: one may fail several.

    `more`: others passed and were not shown. `capped`: nearer candidates filled the list before all within reach were looked at.
    """

    shown: tuple[Suggestion, ...]
    passed: int
    refused: Mapping[str, int]
    seed: str
    capped: bool = False

    @property
    def more(self) -> bool:
        return self.passed > len(self.shown)


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why one place was not suggested: every limit that failed; else its rank among those that passed, its parts and chance."""

    candidate: Candidate
    refusals: tuple[Said, ...]
    unknowns: tuple[Said, ...]
    rank: int | None = None
    passed: int = 0
    scored: Scored | None = None
    chance: float = 0.0

    @property
    def because(self) -> tuple[Said, ...]:
        """In one list: the limits that failed, or what stood before it."""
        if self.refusals or self.rank is None:
            return self.refusals
        last = Said("by_chance") if self.chance else Said("others_suit_better")
        return (Said("rank", {"rank": self.rank, "passed": self.passed}), last)


def suggest(  # noqa: PLR0913 - the person, the places, the day, and how
    person: Person,
    candidates: Iterable[Candidate],
    *,
    today: date,
    how_many: int = MOST,
    seed: str,
    without: Collection[UUID] = (),
    capped: bool = False,
) -> Suggestions:
    """At most three suggestions of different kinds. `without`: activities shown before, for a further round."""
    refused: Counter[str] = Counter()
    passed = []
    for one in candidates:
        failed = refusals(person, one, today)
        refused.update({said.code for said in failed})
        if not failed and one.activity_id not in without:
            passed.append(score(person, one, today))
    drawn = choose(passed, how_many, seed)
    shown = tuple(Suggestion(rank, one, chance, len(passed)) for rank, (one, chance) in enumerate(drawn, 1))
    return Suggestions(shown, len(passed), dict(sorted(refused.items())), seed, capped)


def why_not(person: Person, one: Candidate, others: Iterable[Candidate], *, today: date) -> WhyNot:
    """Why this one was not suggested. `others`: the candidates it stood among; whether it is one of them does not matter."""
    answer = WhyNot(one, refusals(person, one, today), doubts(person, one))
    if answer.refusals:
        return answer
    mine = score(person, one, today)
    rest = [c for c in others if c.activity_id != one.activity_id and not refusals(person, c, today)]
    passed = ranked([mine, *(score(person, c, today) for c in rest)])
    return replace(
        answer,
        rank=passed.index(mine) + 1,
        passed=len(passed),
        scored=mine,
        chance=chances(passed).get(mine, 0.0),
    )


def as_json(said: Said) -> dict[str, Any]:
    """A code and its parameters in one object, as `/api/v1` has them."""
    params = {name: value.isoformat() if isinstance(value, date) else value for name, value in said.params.items()}
    return {"code": said.code, **params}
