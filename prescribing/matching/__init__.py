"""Matching (おすすめ): which places suit a person: hard limits, a score with reasons, at most three that differ.

Nothing here asks a database; `prescribing.store.matching` brings the candidates. What the model is, where its figures come
from and what it cannot do: docs/explanation/matching.md.
"""

from prescribing.matching.candidate import Candidate
from prescribing.matching.limits import doubts, exposure_cap, farthest_m, refusals
from prescribing.matching.person import Person, band_of_birth_year
from prescribing.matching.scoring import WEIGHTS, Scored, score
from prescribing.matching.suggesting import Suggestion, Suggestions, WhyNot, suggest, why_not
from prescribing.matching.wording import REASONS, REFUSALS, UNKNOWNS, told

__all__ = [
    "REASONS",
    "REFUSALS",
    "UNKNOWNS",
    "WEIGHTS",
    "Candidate",
    "Person",
    "Scored",
    "Suggestion",
    "Suggestions",
    "WhyNot",
    "band_of_birth_year",
    "doubts",
    "exposure_cap",
    "farthest_m",
    "refusals",
    "score",
    "suggest",
    "told",
    "why_not",
]
