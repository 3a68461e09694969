"""Kaplan–Meier against the textbook's example and against an independent computation."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf

from prescribing.uptake.definitions import Course
from prescribing.uptake.survival import Interval, kaplan_meier, life_table, observed

# Freireich et al. 1963, the 21 treated: weeks, and whether it ended there. S(t) as in the textbooks.
TREATED = [(6, True), (6, True), (6, True), (6, False), (7, True), (9, False), (10, True), (10, False), (11, False),
           (13, True), (16, True), (17, False), (19, False), (20, False), (22, True), (23, True), (25, False),
           (32, False), (32, False), (34, False), (35, False)]  # fmt: skip
BY_HAND = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}


def test_the_textbooks_example() -> None:
    steps = kaplan_meier(TREATED)
    assert {step.day: round(1 - step.attended, 3) for step in steps} == BY_HAND
    assert [step.at_risk for step in steps] == [21, 17, 15, 12, 11, 7, 6]


@given(st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=2, max_size=60))
def test_the_same_as_scipy_says(times: list[tuple[int, bool]]) -> None:
    steps = kaplan_meier(times)
    data = CensoredData(uncensored=[t for t, came in times if came], right=[t for t, came in times if not came])
    said = ecdf(data)
    for step in steps:
        assert step.attended == pytest.approx(float(said.cdf.evaluate(step.day)), abs=1e-9)


def test_the_band_is_greenwoods_on_the_log_log_scale() -> None:
    said = ecdf(CensoredData(uncensored=[t for t, c in TREATED if c], right=[t for t, c in TREATED if not c]))
    band = said.cdf.confidence_interval(0.95, method="log-log")
    for step in kaplan_meier(TREATED):
        assert step.low == pytest.approx(float(band.low.evaluate(step.day)), abs=1e-6)
        assert step.high == pytest.approx(float(band.high.evaluate(step.day)), abs=1e-6)


def test_the_life_table_is_near_the_exact_curve() -> None:
    chance = np.random.default_rng(7)
    came = chance.exponential(60, 800).astype(int) + 1
    until = chance.integers(1, 400, 800)
    times = [(min(int(a), int(b), 182), bool(a <= min(b, 182))) for a, b in zip(came, until, strict=True)]
    ends = [7, 14, 28, 42, 56, 84, 112, 140, 182]
    intervals = [
        Interval(after, end, sum(c and after < t <= end for t, c in times), sum(not c and after < t <= end for t, c in times))
        for after, end in zip([0, *ends], ends, strict=False)
    ]  # fmt: skip
    exact = {step.day: step.attended for step in kaplan_meier(times)}
    for step in life_table(intervals, len(times)):
        assert step.attended == pytest.approx(max(v for day, v in exact.items() if day <= step.day), abs=0.02)


def test_who_withdraws_is_followed_until_then_and_who_is_closed_stays() -> None:
    start = date(2026, 1, 1)
    as_of = start + timedelta(100)
    assert observed(Course(start), as_of) is None
    assert observed(Course(start, start, withdrawn_on=start + timedelta(20)), as_of) == (20, False)
    assert observed(Course(start, start, closed_on=start + timedelta(20)), as_of) == (100, False)
    assert observed(Course(start, start, days=(start + timedelta(30),)), as_of) == (30, True)
    assert observed(Course(start, start, days=(start + timedelta(190),)), start + timedelta(200)) == (182, False)
