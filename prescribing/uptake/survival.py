"""Kaplan–Meier: how the share of those who have attended grows with the days since consent, with those still waiting in it.

Time is days from consent to the first confirmed attendance. Who has not attended is censored on the day of the count, or on
the day they withdrew; who only stopped (closed without attending) stays at risk: leaving them out would make the curve look better.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from prescribing.uptake.definitions import Course

FOLLOWED_DAYS = 182
Z_95 = 1.959963984540054
"""Of a 95 % confidence interval."""


@dataclass(frozen=True, slots=True)
class Step:
    """From `day` on: `at_risk` just before, `events` on it, and the share attended with its 95 % band, each 0 to 1."""

    day: int
    at_risk: float
    events: int
    attended: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Interval:
    """Days (`after`, `until`] since consent: how many first attended in it, and how many were last known not to have."""

    after: int
    until: int
    events: int
    censored: int


def observed(one: Course, as_of: date) -> tuple[int, bool] | None:
    """Days followed since consent and whether they ended with an attendance; None for who did not consent."""
    if one.consented_on is None:
        return None
    until = min(day for day in (one.first_on, one.withdrawn_on, as_of) if day)
    days = (until - one.consented_on).days
    came = one.first_on is not None and one.first_on <= until and days <= FOLLOWED_DAYS
    return min(days, FOLLOWED_DAYS), came


def kaplan_meier(times: Iterable[tuple[int, bool]]) -> list[Step]:
    """The exact estimate by day; a censoring on the day of an event counts as after it. Greenwood's band on the log(-log) scale."""
    told = sorted(times)
    days = sorted({day for day, came in told if came})
    counts = [
        (day, sum(t >= day for t, _ in told), sum(t == day and came for t, came in told)) for day in days
    ]  # fmt: skip
    return _steps(counts)


def life_table(intervals: Sequence[Interval], at_risk: int) -> list[Step]:
    """The estimate by interval (actuarial: who is censored within one was at risk for half of it)."""
    counts: list[tuple[int, float, int]] = []
    left: float = at_risk
    for one in intervals:
        counts.append((one.until, max(left - one.censored / 2, one.events), one.events))
        left = max(left - one.events - one.censored, 0)
    return _steps(counts)


def _steps(counts: Iterable[tuple[int, float, int]]) -> list[Step]:
    steps, staying, variance = [], 1.0, 0.0
    for day, at_risk, events in counts:
        if at_risk <= 0:
            break
        staying *= 1 - events / at_risk
        variance += events / (at_risk * (at_risk - events)) if at_risk > events else math.inf
        low, high = greenwood_band(staying, variance)
        steps.append(Step(day, at_risk, events, 1 - staying, 1 - high, 1 - low))
    return steps


def greenwood_band(staying: float, variance_sum: float) -> tuple[float, float]:
    """The 95 % band of a share S from Greenwood's sum, on the log(-log) scale, which stays within 0 and 1."""
    if staying >= 1 or variance_sum == 0:
        return staying, staying
    if staying <= 0 or math.isinf(variance_sum):
        return 0.0, 1.0
    width = Z_95 * math.sqrt(variance_sum) / abs(math.log(staying))
    return staying ** math.exp(width), staying ** math.exp(-width)
