"""A fact grows old by its kind; what nobody dated is not told as fresh."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placefinder.freshness import (
    DECAY,
    FACT_KINDS,
    Check,
    Freshness,
    freshness,
    kind_of,
    latest,
    stale_after,
    staleness,
)

TODAY = date(2026, 11, 23)
DAYS = st.dates(date(2015, 1, 1), date(2040, 1, 1))


def test_every_kind_of_fact_has_its_decay_and_the_reason_for_it() -> None:
    assert set(DECAY) == set(FACT_KINDS)
    assert all(decay.half_life_months > 0 and decay.reason for decay in DECAY.values())


@pytest.mark.parametrize(
    ("kind", "checked_on", "confidence"),
    [
        ("opening", date(2026, 5, 23), "fresh"),
        ("opening", date(2026, 5, 22), "ageing"),
        ("opening", date(2025, 11, 23), "ageing"),
        ("opening", date(2025, 11, 22), "stale"),
        ("status", date(2026, 5, 22), "stale"),
        ("access", date(2024, 1, 1), "fresh"),
    ],
)
def test_a_schedule_ages_faster_than_a_ramp(kind, checked_on, confidence) -> None:
    assert freshness(kind, Check(kind, checked_on), None, TODAY).confidence == confidence


def test_the_day_of_the_edition_stands_in_and_is_named_as_such() -> None:
    assert freshness("price", None, date(2026, 3, 1), TODAY) == Freshness("fresh", date(2026, 3, 1), "edition")


def test_a_day_that_nobody_names_is_unknown_and_not_fresh() -> None:
    assert freshness("opening", None, None, TODAY) == Freshness("unknown_age")
    assert stale_after("opening", None, None) is None


def test_a_check_dated_in_the_future_counts_for_nothing() -> None:
    found = freshness("opening", Check("opening", date(2205, 1, 1)), date(2026, 10, 1), TODAY)
    assert (found.basis, found.on) == ("edition", date(2026, 10, 1))


def test_the_newest_check_of_the_kind_counts() -> None:
    checks = [
        Check("opening", date(2026, 1, 1)),
        Check("opening", date(2026, 9, 1), "organiser"),
        Check("price", date(2026, 10, 1)),
    ]
    assert latest(checks, "opening") == checks[1]
    assert latest(checks, "phone") is None


@pytest.mark.parametrize(
    ("fact", "kind"), [("step_free", "access"), ("price_大人", "price"), ("phone", "phone"), ("purpose", "about")]
)
def test_each_fact_decays_as_its_kind(fact: str, kind: str) -> None:
    assert kind_of(fact) == kind


@given(st.sampled_from(FACT_KINDS), DAYS, st.integers(0, 4000), st.integers(0, 400))
def test_a_fact_never_becomes_fresher_with_time(kind, on, age, more) -> None:
    order = ["fresh", "ageing", "stale"]
    first, later = on + timedelta(age), on + timedelta(age + more)
    told = [freshness(kind, Check(kind, on), None, day).confidence for day in (first, later)]
    assert order.index(told[0]) <= order.index(told[1])
    assert 0 <= staleness(kind, on, first) <= staleness(kind, on, later) < 1


@given(st.sampled_from(FACT_KINDS), DAYS)
def test_the_last_day_of_not_being_stale_is_that_day(kind, on) -> None:
    last = stale_after(kind, on, None)
    assert last is not None
    told = [freshness(kind, Check(kind, on), None, day).confidence for day in (last, last + timedelta(1))]
    assert told == ["ageing", "stale"]
