"""What an insurer and a municipality are told: fixed tables, suppressed and rounded, from the kept monthly counts.

There is no way to ask for another table, and none of an insurer by district.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID

from prescribing.uptake.definitions import STAGES, Figure
from prescribing.uptake.suppression import Shown, suppress, suppress_curve, suppress_figures
from prescribing.uptake.survival import Step, life_table

AGE_BANDS = ("0-5", "6-15", "16-39", "40-64", "65-74", "75-84", "85+")
MONTHS = 24
"""So many months are told, the one of the day counted among them."""
BY_DISTRICT = ("uptake_42", "sustained_3m", "sustained_6m")
IN_TIME = ("uptake_42", "sustained_3m")
"""The stages drawn month by month and by age band."""
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Kept:
    """One kept count: of a month, of an age band (or a district), of a stage."""

    month: date
    age_band: str
    stage: str
    numerator: int
    denominator: int
    waiting: int
    district_id: UUID | None = None

    @property
    def figure(self) -> Figure:
        return Figure(self.numerator, self.denominator, self.waiting)


@dataclass(frozen=True, slots=True)
class Reason:
    """How often a reason was the last one given by those who did not attend; None: hidden."""

    reason: str
    referrals: int | None


@dataclass(frozen=True, slots=True)
class Curve:
    """From consent to the first attendance: `followed` people (None: hidden) and the steps; none where too few came."""

    followed: int | None
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class DistrictRow:
    """One district of all insurers together: stage → figure. No id: people without a known district."""

    district_id: UUID | None
    figures: Mapping[str, Shown]


@dataclass(frozen=True, slots=True)
class InsurerReport:
    """Everything an insurer may see of its own, as of a day."""

    as_of: date
    months: tuple[date, ...]
    stages: Mapping[str, Shown]
    by_month: Mapping[str, tuple[Shown, ...]]
    by_age: Mapping[str, tuple[Shown, ...]]
    curve: Curve
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class DistrictReport:
    """Uptake of a municipality by district and by age band, of all insurers together, as of a day."""

    as_of: date
    months: tuple[date, ...]
    stages: Mapping[str, Shown]
    by_age: Mapping[str, tuple[Shown, ...]]
    districts: tuple[DistrictRow, ...]


def months_until(as_of: date) -> tuple[date, ...]:
    """The first days of the MONTHS months that are told, the oldest first."""
    last = as_of.year * 12 + as_of.month - 1
    return tuple(date(month // 12, month % 12 + 1, 1) for month in range(last - MONTHS + 1, last + 1))


def last_month_end(today: date) -> date:
    """The day as of which figures are published: once a month, so that nobody subtracts yesterday's from today's."""
    return today.replace(day=1) - timedelta(days=1)


def insurer_report(
    as_of: date, kept: Iterable[Kept], weeks: Mapping[int, tuple[int, int]], reasons: Mapping[str, int]
) -> InsurerReport:
    """The fixed tables of one insurer. `weeks`: week since consent → (events, censored); all of the told months only."""
    months = months_until(as_of)
    told = [one for one in kept if months[0] <= one.month <= months[-1]]
    stages, by_month, by_age = {}, {}, {}
    for stage in (one.stage for one in STAGES):
        of_stage = [one for one in told if one.stage == stage]
        in_time = _summed(of_stage, lambda one: one.month, months)
        at_age = _summed(of_stage, lambda one: one.age_band, AGE_BANDS)
        seen = suppress_figures(sum(in_time, Figure()), in_time, at_age)
        stages[stage], by_month[stage], by_age[stage] = seen.total, *seen.tables
    return InsurerReport(as_of, months, stages, by_month, by_age, curve_of(weeks), reasons_of(reasons))


def district_report(as_of: date, kept: Iterable[Kept], districts: Sequence[UUID]) -> DistrictReport:
    """Uptake by district. `districts`: all of the municipality's, those without anybody too."""
    months = months_until(as_of)
    told = [one for one in kept if months[0] <= one.month <= months[-1]]
    places: list[UUID | None] = [*districts, None]
    places += sorted({one.district_id for one in told if one.district_id} - set(districts))  # of an edition before
    stages, by_age, rows = {}, {}, defaultdict[UUID | None, dict[str, Shown]](dict)
    for stage in BY_DISTRICT:
        of_stage = [one for one in told if one.stage == stage]
        there = _summed(of_stage, lambda one: one.district_id, places)
        at_age = _summed(of_stage, lambda one: one.age_band, AGE_BANDS)
        seen = suppress_figures(sum(there, Figure()), there, at_age)
        stages[stage], by_age[stage] = seen.total, seen.tables[1]
        for place, figure in zip(places, seen.tables[0], strict=True):
            rows[place][stage] = figure
    return DistrictReport(as_of, months, stages, by_age, tuple(DistrictRow(place, rows[place]) for place in places))


def curve_of(weeks: Mapping[int, tuple[int, int]]) -> Curve:
    """Kaplan–Meier by interval, from the rounded counts of the weeks."""
    followed, intervals = suppress_curve([weeks.get(week, (0, 0)) for week in range(1, 27)])
    return Curve(followed, tuple(life_table(intervals, followed or 0)))


def reasons_of(counts: Mapping[str, int]) -> tuple[Reason, ...]:
    """The reasons that were given, the most frequent first; hidden ones after them, in the order of their codes."""
    given = sorted(code for code, count in counts.items() if count)
    seen = suppress(sum(counts[code] for code in given), [counts[code] for code in given])
    told = [Reason(code, count) for code, count in zip(given, seen.tables[0], strict=True)]
    return tuple(sorted(told, key=lambda one: (-(one.referrals or 0), one.reason)))


def _summed(kept: Iterable[Kept], key: Callable[[Kept], Key], order: Sequence[Key]) -> list[Figure]:
    sums: defaultdict[Key, Figure] = defaultdict(Figure)
    for one in kept:
        sums[key(one)] += one.figure
    return [sums[place] for place in order]
