"""What a desk says of a case at one glance: how late it is, and what to do next."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Protocol

from markupsafe import Markup

from placefinder.opening.rules import Hours
from placefinder.web.wording import Words
from prescribing.journey import OVER
from prescribing.web.journey_words import ACTIONS, STEPS

SOON_DAYS = 3
_DAY = 1440
_BY_STATE = frozenset({"booked", "on_hold", "transferred"})
"""Here the state says it better than the reason of a step before."""


class Standing(Protocol):
    """A case with what its last reason leads to."""

    @property
    def state(self) -> str: ...
    @property
    def next_action(self) -> str | None: ...


def lateness(due_on: date | None, today: date) -> str:
    """`late`, `today`, `soon` (within three days), `later` or `none`: said in words, colour and shape."""
    if due_on is None:
        return "none"
    days = (due_on - today).days
    return "late" if days < 0 else "today" if days == 0 else "soon" if days <= SOON_DAYS else "later"


def next_step(case: Standing) -> str:
    """The sentence that says what to do next: what the last reason leads to, else what the state asks for."""
    led_to = case.next_action or "none"
    if case.state not in OVER | _BY_STATE and led_to != "none" and led_to in ACTIONS:
        return ACTIONS[led_to]
    return STEPS.get(case.state, STEPS["closed"])


def free_said(spans: Iterable[tuple[int, int]], words: Words) -> list[Markup]:
    """When somebody can come: 「月・水 9:00–12:00」, the days of equal hours together. Spans: minutes since Monday 00:00."""
    days: dict[tuple[int, int], list[int]] = defaultdict(list)
    for first, last in spans:
        for day in range(first // _DAY, -(-last // _DAY)):
            midnight = day * _DAY
            days[max(first - midnight, 0), min(last - midnight, _DAY)].append(day + 1)
    return [
        Markup("{} {}").format(words.say("・").join(map(words.weekday, of)), words.hours(Hours(*hours)))
        for hours, of in days.items()
    ]
