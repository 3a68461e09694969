"""The one way by which counts leave: 1 to 9 are hidden, everything else, totals too, is rounded to 5 (FACTS §7).

Hiding and rounding alone still let a few cells be worked out (parts 11, 1, 1 of a total of 13 rounded to 15 …): so every set
of tables that share a total is looked at as an attacker would, and more of it is hidden until no hidden cell is narrowed
down. tests/prescribing/test_uptake_suppression.py attacks the result with a linear program.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from prescribing.uptake.definitions import Figure
from prescribing.uptake.survival import Interval

LEAST_SHOWN = 10
BASE = 5
NARROWEST = 2
"""A hidden cell must stay possible in a range at least so wide, whatever is subtracted from what."""
CURVE_WEEKS = (1, 2, 4, 6, 8, 12, 16, 20, 26)
"""The curve has steps at the ends of these weeks only, and only where at least LEAST_SHOWN people are in one."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure as it may be seen; None: hidden. `rate` comes from the rounded numbers, 0 to 1."""

    numerator: int | None
    denominator: int | None
    waiting: int | None

    @property
    def rate(self) -> float | None:
        if self.numerator is None or not self.denominator:
            return None
        return self.numerator / self.denominator


@dataclass(frozen=True, slots=True)
class ShownCounts:
    """A total and the tables that each divide it, as they may be seen; `more`: some of 10 and above are hidden as well."""

    total: int | None
    tables: tuple[tuple[int | None, ...], ...]
    more: bool = False


@dataclass(frozen=True, slots=True)
class ShownFigures:
    """A stage's figure for all, and its tables in the order they were given."""

    total: Shown
    tables: tuple[tuple[Shown, ...], ...]


def shown(count: int) -> int | None:
    """A single count: itself rounded to 5, or None for 1 to 9."""
    if 0 < count < LEAST_SHOWN:
        return None
    return (count + BASE // 2) // BASE * BASE


def suppress(total: int, *tables: Sequence[int]) -> ShownCounts:
    """A total and tables of parts that each add up to it. Raises ValueError where one does not."""
    if any(sum(table) != total for table in tables):
        raise ValueError("a table does not add up to its total")
    seen = ShownCounts(shown(total), tuple(tuple(map(shown, table)) for table in tables))
    while weak := _narrowed(seen):
        seen = _hide_more(seen, weak)
    return seen


def suppress_figures(total: Figure, *tables: Sequence[Figure]) -> ShownFigures:
    """Numerators, denominators and waiting of a total and of its parts, each suppressed as a set of its own."""
    names = ("numerator", "denominator", "waiting")
    sets = [suppress(getattr(total, n), *([getattr(one, n) for one in table] for table in tables)) for n in names]
    return ShownFigures(
        Shown(*(one.total for one in sets)),
        tuple(
            tuple(Shown(*cells) for cells in zip(*(one.tables[number] for one in sets), strict=True))
            for number in range(len(tables))
        ),
    )


def suppress_curve(weeks: Sequence[tuple[int, int]]) -> tuple[int | None, tuple[Interval, ...]]:
    """Of (events, censored) of week 1, 2 … since consent: how many were followed, and the intervals of the curve.

    Neighbouring weeks are joined until at least LEAST_SHOWN people are in each; what is left over joins the last one.
    Empty where fewer came.
    """
    followed = sum(events + censored for events, censored in weeks)
    joined = _joined(weeks)
    if shown(followed) is None or not joined:
        return shown(followed), ()
    at_risk = [*(shown(one[1]) or 0 for one in joined), shown(followed - sum(sum(week) for week in weeks)) or 0]
    intervals, after = [], 0
    for number, (until, _, events) in enumerate(joined):
        rounded = shown(events) or 0
        intervals.append(Interval(after, until * 7, rounded, max(at_risk[number] - rounded - at_risk[number + 1], 0)))
        after = until * 7
    return shown(followed), tuple(intervals)


def _joined(weeks: Sequence[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """(last week, at risk at the start, events) of each joined interval."""
    left = sum(events + censored for events, censored in weeks)
    joined, events, at_risk, first = [], 0, left, 0
    for last in CURVE_WEEKS:
        part = weeks[first:last]
        events += sum(one[0] for one in part)
        left -= sum(map(sum, part))
        first = last
        if events >= LEAST_SHOWN:
            joined.append((last, at_risk, events))
            events, at_risk = 0, left
    if events and joined:
        joined[-1] = (CURVE_WEEKS[-1], joined[-1][1], joined[-1][2] + events)
    return joined


def _narrowed(seen: ShownCounts) -> tuple[int, int] | None:
    """A hidden cell (table, place) that stays possible in too narrow a range; None where there is none."""
    ranges = [[_range(cell, seen.more) for cell in table] for table in seen.tables]
    sums = [(sum(low for low, _ in table), sum(high for _, high in table)) for table in ranges]
    least = max([_range(seen.total, seen.more)[0], *(low for low, _ in sums)])
    most = min([_range(seen.total, seen.more)[1], *(high for _, high in sums)])
    for number, table in enumerate(ranges):
        for place, (low, high) in enumerate(table):
            if seen.tables[number][place] is not None:
                continue
            from_below = max(low, least - (sums[number][1] - high) if math.isfinite(sums[number][1]) else low)
            from_above = min(high, most - (sums[number][0] - low))
            if from_above - from_below < NARROWEST:
                return number, place
    return None


def _range(cell: int | None, more: bool) -> tuple[float, float]:
    """What a shown or hidden cell may truly be. Where more is hidden, a hidden one may be of any size."""
    if cell is None:
        return 1, math.inf if more else LEAST_SHOWN - 1
    if cell == 0:
        return 0, 0
    return max(LEAST_SHOWN, cell - BASE // 2), cell + BASE // 2


def _hide_more(seen: ShownCounts, weak: tuple[int, int]) -> ShownCounts:
    """Hides the smallest shown part beside the weak cell; where there is none, the smallest of all; at last the total."""
    number = weak[0]
    for table in (number, *(other for other in range(len(seen.tables)) if other != number)):
        cells = seen.tables[table]
        if candidates := [(cell, place) for place, cell in enumerate(cells) if cell]:
            place = min(candidates)[1]
            changed = (*cells[:place], None, *cells[place + 1 :])
            tables = (*seen.tables[:table], changed, *seen.tables[table + 1 :])
            return replace(seen, tables=tables, more=True)
    return replace(seen, total=None, more=True) if seen.total or not seen.more else _all_hidden(seen)


def _all_hidden(seen: ShownCounts) -> ShownCounts:
    """Nothing at all is shown."""
    return ShownCounts(None, tuple(tuple(None for _ in table) for table in seen.tables), more=True)
