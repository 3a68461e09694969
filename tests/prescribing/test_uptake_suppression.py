"""What leaves tells no small count, not even to somebody who adds and subtracts all that every party is told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from prescribing.uptake.definitions import Figure
from prescribing.uptake.suppression import CURVE_WEEKS, ShownCounts, shown, suppress, suppress_curve, suppress_figures

Cells = np.ndarray
Publish = Callable[..., ShownCounts]


def only_hiding(total: int, *tables: Sequence[int]) -> ShownCounts:
    """What is often done: 1 to 9 hidden, and nothing else."""
    hide = lambda count: None if 0 < count < 10 else count  # noqa: E731
    return ShownCounts(hide(total), tuple(tuple(map(hide, map(int, table))) for table in tables))


def hiding_and_rounding(total: int, *tables: Sequence[int]) -> ShownCounts:
    """Hidden and rounded, and nobody looked whether that is enough."""
    return ShownCounts(shown(total), tuple(tuple(shown(int(cell)) for cell in table) for table in tables))


@dataclass
class Attack:
    """Everything that was told about the cells of a table, as inequalities; and what it lets somebody work out."""

    cells: int
    exact: bool = False  # shown numbers are not rounded
    rows: list[np.ndarray] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    hidden: list[np.ndarray] = field(default_factory=list)

    def told(self, which: np.ndarray, seen: int | None, more: bool) -> None:
        """The sum of the cells in `which` is `seen`, hidden (None), or hidden where more than 1 to 9 may be."""
        if seen is None:
            low, high = 1, np.inf if more else 9
            self.hidden.append(which)
        else:
            spread = 0 if self.exact or seen == 0 else 2
            low, high = max(seen - spread, 10 if seen else 0), seen + spread
        self.rows.append(which)
        self.low.append(low)
        self.high.append(high)

    def bounds(self, which: np.ndarray) -> tuple[int, int | None]:
        """The least and the most that the sum of these cells can be; None: without an end."""
        return self._end(which, 1), self._end(which, -1)  # type: ignore[return-value]

    def _end(self, which: np.ndarray, sign: int) -> int | None:
        solved = milp(
            sign * which.astype(float), integrality=np.ones(self.cells), bounds=Bounds(0, np.inf),
            constraints=LinearConstraint(np.array(self.rows), self.low, self.high),
        )  # fmt: skip
        assert solved.status in (0, 3, 4), solved.message
        return round(which @ solved.x) if solved.status == 0 else None

    def pinned(self) -> int:
        """How many hidden cells have one possible value only."""
        return sum(low == high for low, high in map(self.bounds, self.hidden))


def of(shape: tuple[int, ...], axis: int, place: int) -> np.ndarray:
    """Which cells of a table lie in one row of an axis."""
    mask = np.zeros(shape, bool)
    mask[(slice(None),) * axis + (place,)] = True
    return mask.ravel()


def attack_on_one_set(truth: Cells, publish: Publish, exact: bool = False) -> Attack:
    """Total and both margins of a table of months × age bands."""
    tables = [truth.sum(axis=tuple(o for o in range(truth.ndim) if o != axis)).tolist() for axis in range(truth.ndim)]
    seen = publish(int(truth.sum()), *tables)
    attack = Attack(truth.size, exact)
    attack.told(np.ones(truth.size, bool), seen.total, seen.more)
    for axis, table in enumerate(seen.tables):
        for place, cell in enumerate(table):
            attack.told(of(truth.shape, axis, place), cell, seen.more)
    return attack


def attack_of_everybody(truth: Cells, publish: Publish) -> Attack:
    """All parties put together what they see: axes consent (insurer only, municipality only, both), insurer, month, age, district.

    Each insurer sees those who consented to it, by month and by age band; the municipality and all insurers see those who
    consented to the municipality, by district and by age band. Nobody is told districts of an insurer.
    """
    attack = Attack(truth.size)
    counted_by_insurer, counted_by_town = ~of(truth.shape, 0, 1), ~of(truth.shape, 0, 0)
    views = [(counted_by_insurer & of(truth.shape, 1, insurer), (2, 3)) for insurer in range(truth.shape[1])]
    for people, axes in [*views, (counted_by_town, (4, 3))]:
        cells = [[people & of(truth.shape, axis, place) for place in range(truth.shape[axis])] for axis in axes]
        count = lambda which: int(truth.ravel()[which].sum())  # noqa: E731
        seen = publish(count(people), *([count(cell) for cell in table] for table in cells))
        attack.told(people, seen.total, seen.more)
        for table, told in zip(cells, seen.tables, strict=True):
            for which, cell in zip(table, told, strict=True):
                attack.told(which, cell, seen.more)
    return attack


def random_truths(shape: tuple[int, ...], how_many: int) -> list[Cells]:
    chance = np.random.default_rng(20261124)
    return [
        chance.poisson(chance.gamma(0.7, 40 / np.prod(shape) * chance.uniform(0.3, 6), shape)) for _ in range(how_many)
    ]


@pytest.mark.parametrize(
    ("count", "seen"), [(0, 0), (1, None), (9, None), (10, 10), (12, 10), (13, 15), (17, 15), (498, 500)]
)
def test_one_to_nine_are_hidden_and_all_else_is_rounded_to_five(count: int, seen: int | None) -> None:
    assert shown(count) == seen


def test_the_attack_works_out_what_hiding_alone_hides() -> None:
    pinned = [attack_on_one_set(truth, only_hiding, exact=True).pinned() for truth in random_truths((6, 4), 40)]
    assert sum(pinned) > 10


def test_hiding_and_rounding_alone_is_not_always_enough() -> None:
    assert attack_on_one_set(np.array([[10], [1], [1]]), hiding_and_rounding).pinned() == 2
    assert attack_on_one_set(np.array([[9], [9]]), hiding_and_rounding).pinned() == 2
    assert attack_on_one_set(np.array([[10], [1], [1]]), suppress).pinned() == 0
    assert attack_on_one_set(np.array([[9], [9]]), suppress).pinned() == 0


def test_no_hidden_cell_of_a_set_is_worked_out() -> None:
    attacks = [attack_on_one_set(truth, suppress) for truth in random_truths((6, 4), 100)]
    assert sum(len(attack.hidden) for attack in attacks) > 300
    assert sum(attack.pinned() for attack in attacks) == 0


@pytest.mark.parametrize("shape", [(3, 2, 4, 3, 4), (3, 1, 6, 4, 5), (3, 3, 3, 2, 3)])
def test_no_hidden_cell_is_worked_out_by_everybody_together(shape: tuple[int, ...]) -> None:
    attacks = [attack_of_everybody(truth, suppress) for truth in random_truths(shape, 25)]
    assert sum(len(attack.hidden) for attack in attacks) > 100
    assert sum(attack.pinned() for attack in attacks) == 0


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(0, 14), min_size=2, max_size=3), min_size=2, max_size=4).filter(
    lambda rows: len({len(row) for row in rows}) == 1))  # fmt: skip
def test_whatever_the_table_no_hidden_cell_is_worked_out(rows: list[list[int]]) -> None:
    assert attack_on_one_set(np.array(rows), suppress).pinned() == 0


@given(st.lists(st.integers(0, 60), min_size=1, max_size=8))
def test_nothing_between_one_and_nine_and_nothing_that_is_not_a_five_is_seen(parts: list[int]) -> None:
    seen = suppress(sum(parts), parts)
    told = [cell for cell in (seen.total, *seen.tables[0]) if cell is not None]
    assert all(cell == 0 or (cell >= 10 and cell % 5 == 0) for cell in told)
    assert all(cell == 0 for part, cell in zip(parts, seen.tables[0], strict=True) if part == 0 and cell is not None)


def test_a_table_that_does_not_add_up_is_refused() -> None:
    with pytest.raises(ValueError, match="add up"):
        suppress(10, [4, 5])


def test_a_rate_comes_from_the_rounded_numbers() -> None:
    seen = suppress_figures(Figure(33, 52, 4), [Figure(30, 40, 4), Figure(3, 12, 0)])
    assert (seen.total.numerator, seen.total.denominator, seen.total.waiting) == (35, 50, None)
    assert seen.total.rate == 35 / 50
    assert seen.tables[0][1].numerator is None
    assert seen.tables[0][1].rate is None


def test_weeks_are_joined_until_ten_people_are_in_a_step() -> None:
    weeks = [(4, 0), (8, 1), (3, 0), (3, 0), *[(1, 1)] * 22]
    followed, intervals = suppress_curve(weeks)
    assert followed == shown(18 + 1 + 44)
    assert [(one.after, one.until) for one in intervals] == [(0, 14), (14, 56), (56, 182)]
    assert all(one.events >= 10 and one.events % 5 == 0 for one in intervals)
    assert suppress_curve([(1, 30)] * CURVE_WEEKS[2]) == (125, ())
    assert suppress_curve([(1, 1)]) == (None, ())
