"""Freshness (鮮度): how far a fact may still be believed, by its kind and by when somebody last checked it.

Half of all facts of a kind are thought to still hold after their half-life: up to it a fact is fresh, up to twice of it
ageing, after that stale. Where nobody says when a fact was checked, the day of its edition stands in and is named as such;
where that is unknown too, the age is unknown. A stale schedule tells no date with confidence: for the search it counts as unknown.

`stale_after("opening", …)` is the day to keep beside a listing (`stale_after date`): from it on the schedule is not exact.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from dateutil.relativedelta import relativedelta

FactKind = Literal["status", "opening", "price", "who", "phone", "address", "access", "about"]
FACT_KINDS: tuple[FactKind, ...] = get_args(FactKind)
Confidence = Literal["fresh", "ageing", "stale", "unknown_age"]
Basis = Literal["checked", "edition", "none"]
DAYS_OF_A_MONTH = 365.25 / 12
Role = Literal["organiser", "municipality", "link_worker", "clerk"]
ROLES: tuple[Role, ...] = get_args(Role)
"""Who may have checked: a role, never a person."""


@dataclass(frozen=True, slots=True)
class Decay:
    """After how many months half of such facts are thought to have changed, and why so."""

    half_life_months: int
    reason: str


DECAY: Mapping[FactKind, Decay] = {
    "status": Decay(3, "groups pause and resume with the season and with one person's health"),
    "opening": Decay(6, "halls are booked by the half-year; days change with them"),
    "price": Decay(12, "fees are set for a financial year"),
    "who": Decay(12, "conditions of taking part are set for a financial year"),
    "phone": Decay(18, "the person in charge changes every second April"),
    "address": Decay(18, "a group moves when its hall closes or is renovated"),
    "access": Decay(36, "a ramp or a lift stays until the building is rebuilt"),
    "about": Decay(24, "what is done there changes slowly, and a wrong word sends nobody to a closed door"),
}
"""Estimates of ours, to be replaced by measured rates once checks have been recorded for some years."""

_KIND_OF: Mapping[str, FactKind] = {
    **dict.fromkeys(
        ("price_text", "price_幼児", "price_小学生", "price_中学生", "price_高校生", "price_大人"), "price"
    ),
    **dict.fromkeys(("participation", "capacity", "booking", "booking_notes", "drop_in", "alone_ok"), "who"),
    **dict.fromkeys(("phone", "url"), "phone"),
    **dict.fromkeys(("building", "venue"), "address"),
    **dict.fromkeys(
        ("step_free", "accessible_toilet", "parking", "nursing_room", "pram", "barrier_free", "quiet_space"), "access"
    ),
    **dict.fromkeys(("opening_text", "closed_days"), "opening"),
}


def kind_of(fact: str) -> FactKind:
    """The kind a fact of a place or activity decays as; "about" for all that only describes."""
    return _KIND_OF.get(fact, "about")


@dataclass(frozen=True, slots=True)
class Check:
    """Somebody of a role found a fact of this kind to be right on a day."""

    fact: FactKind
    checked_on: date
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class Freshness:
    """How far to believe a fact, since which day, what that day is, and who checked."""

    confidence: Confidence
    on: date | None = None
    basis: Basis = "none"
    role: Role | None = None


def freshness(kind: FactKind, checked: Check | None, edition_on: date | None, as_of: date) -> Freshness:
    """How fresh a fact is on a day. A check dated later than `as_of` is a slip of the pen and counts for nothing."""
    if checked and checked.checked_on <= as_of:
        return Freshness(_confidence(kind, checked.checked_on, as_of), checked.checked_on, "checked", checked.role)
    if edition_on and edition_on <= as_of:
        return Freshness(_confidence(kind, edition_on, as_of), edition_on, "edition")
    return Freshness("unknown_age")


def latest(checks: Iterable[Check], kind: FactKind) -> Check | None:
    """The newest check of a kind."""
    return max((one for one in checks if one.fact == kind), key=lambda one: one.checked_on, default=None)


def stale_after(kind: FactKind, checked_on: date | None, edition_on: date | None) -> date | None:
    """The last day on which a fact is not yet stale; None where its age is unknown."""
    on = checked_on or edition_on
    return on + relativedelta(months=2 * DECAY[kind].half_life_months) if on else None


def staleness(kind: FactKind, on: date | None, as_of: date) -> float:
    """The share of such facts thought to be wrong by now, 0 to 1: one half after a half-life; of unknown age, one half."""
    if on is None:
        return 0.5
    days = max((as_of - on).days, 0)
    return float(1 - 0.5 ** (days / (DECAY[kind].half_life_months * DAYS_OF_A_MONTH)))


def _confidence(kind: FactKind, on: date, as_of: date) -> Confidence:
    last = stale_after(kind, on, None)
    if last and last < as_of:
        return "stale"
    return "fresh" if as_of <= on + relativedelta(months=DECAY[kind].half_life_months) else "ageing"
