"""What a link worker would decide, case by case, and what matching does."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import pytest
import yaml

from matching_people import TODAY
from prescribing.matching import Candidate, Person, refusals, suggest

CASES = yaml.safe_load(Path(__file__).with_name("matching_cases.yml").read_text("utf-8"))
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
SEEDS = tuple("abcde")


def _id(name: str) -> UUID:
    return uuid5(NAMESPACE_URL, name)


def _span(said: str) -> tuple[int, int]:
    """A day and hours, as in Tue 10-12, in minutes since Monday 00:00."""
    day, _, hours = said.partition(" ")
    first, last = (_DAYS.index(day) * 1440 + int(hour) * 60 for hour in hours.split("-"))
    return first, last


def _person(known: dict[str, Any]) -> Person:
    said = dict(known)
    if "free" in said:
        said["free_minutes"] = tuple(map(_span, said.pop("free")))
    said["avoid"] = frozenset(map(_id, said.pop("avoid", ())))
    return Person(**said)


def _candidate(name: str, known: dict[str, Any]) -> Candidate:
    said = {"status": "running", "age_min": 0, "fresh_on": date(2026, 10, 20), "dates": 4, "shown": 0} | known
    said["price_yen_min"], said["price_yen_max"] = said.pop("price", (0, 0))
    said["open_minutes"] = tuple(map(_span, said.pop("open", ["Tue 10-12"])))
    said["maybe_minutes"] = tuple(map(_span, said.pop("maybe", ())))
    said["schedule_exact"] = said.pop("exact", True)
    said |= {"distance_m": said.pop("m"), "host_state": said.pop("host", None)}
    said |= {key: frozenset(said.get(key, ())) for key in ("interests", "needs", "needs_unmet", "audiences")}
    organiser = said.pop("organisation", None)
    return Candidate(
        _id(name), _id(said.pop("place", f"place of {name}")), organisation_id=organiser and _id(organiser), **said
    )


def test_there_are_enough_cases_and_each_says_why() -> None:
    assert len(CASES) >= 25
    assert all(len(case["why"]) > 30 for case in CASES)
    assert len({case["name"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_matching_decides_as_a_link_worker(case: dict[str, Any]) -> None:
    person = _person(case["person"])
    places = {name: _candidate(name, known) for name, known in case["places"].items()}
    names = {one.activity_id: name for name, one in places.items()}
    for name, one in places.items():
        assert [said.code for said in refusals(person, one, TODAY)] == case.get("refused", {}).get(name, [])
    for seed in SEEDS:
        shown = {names[one.activity_id]: one for one in suggest(person, places.values(), today=TODAY, seed=seed).shown}
        if "shown" in case:
            assert sorted(shown) == sorted(case["shown"])
        assert set(case.get("shown_among", {})) <= set(shown)
        if "first" in case:
            assert next(iter(shown)) == case["first"]
        for name, codes in case.get("ask", {}).items():
            assert [said.code for said in shown[name].unknowns] == codes
        if "small_start" in case:
            assert [name for name, one in shown.items() if one.small_start] == case["small_start"]
