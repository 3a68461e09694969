"""Ways to read an address: which municipality it may mean, which town of it, and how sure that is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from geo.addresses import fold, town_key
from geo.codes import PREFECTURES, MunicipalityCode, PrefectureCode
from geo.gazetteer import UNNUMBERED, VAGUE, Municipality, Town, TownMatch
from geo.points import LonLat, distance_m

_SAME_PLACE_M = 2_000
_STREETS = re.compile(r"(?:[上下]る|[東西南北]入る?|通り?)")
CROSSING = re.compile(r"[上下]る|[東西南北]入")
_GA = re.compile(r"(?<=[一-鿿])が(?=[一-鿿])")
_UNKNOWN_WARD = re.compile(r"[^0-9市区町村]{1,4}区")
# How much longer a text may be than its key: kanji numbers and dropped signs; shorter where digits took a hyphen.
_LENGTHS = (*range(25), *range(-1, -5, -1))
_SEPARATORS = "-・,、 "


@dataclass(frozen=True, slots=True)
class Hint:
    """What the file says of an address from outside: its municipality, by code or by names (郡 and 政令市 included)."""

    municipality_code: MunicipalityCode | None = None
    prefecture_name: str | None = None
    municipality_name: str | None = None

    @property
    def prefecture(self) -> str | None:
        if self.prefecture_name or not self.municipality_code:
            return self.prefecture_name
        return PREFECTURES.get(PrefectureCode(self.municipality_code[:2]))


class Reading(NamedTuple):
    """One way to read an address: a municipality and what follows it."""

    municipality: Municipality
    rest: str
    consumed: int
    step: str = ""
    wards_of: str | None = None
    match: TownMatch | None = None


def leading(key: str, names: Mapping[str, str]) -> tuple[str | None, str]:
    for length in (3, 4, 2):
        if name := names.get(key[:length]):
            return name, key[length:]
    return None, key


def supplied(omitted: str) -> str:
    return omitted if omitted in ("", UNNUMBERED) else f"{omitted}を補った"


def match_of(reading: Reading) -> TownMatch:
    if reading.match is None:
        raise ValueError("a reading without a town has no match")
    return reading.match


def towns_of(readings: list[Reading], sure: bool = False) -> list[Reading]:
    """The readings that reach a town; `sure` asks for more than a beginning in common."""
    found = []
    for given in readings:
        match = given.match or given.municipality.match(given.rest)
        reading, match = (given, match) if match else _without_ga(given)
        if reading.municipality.name.startswith("京都市") and (street := _after_streets(reading)):
            found.append(street)
        elif match and (surely_a_town(reading.rest, match) if sure else not _is_vague_ward(reading, match)):
            found.append(reading._replace(match=match))
    return found


def _is_vague_ward(reading: Reading, match: TownMatch) -> bool:
    """「大阪市中央」 is rather 中央区 than some ward's 中央."""
    return reading.wards_of is not None and match.omitted == UNNUMBERED


def _without_ga(reading: Reading) -> tuple[Reading, TownMatch | None]:
    """「阿佐ヶ谷北」 for 阿佐谷北: a ヶ that the official name does not have."""
    found = _GA.search(reading.rest)
    if found is None:
        return reading, None
    rest = reading.rest[: found.start()] + reading.rest[found.end() :]
    match = reading.municipality.match(rest)
    reaches = match is not None and match.length > found.start()
    return (reading._replace(rest=rest, step="ヶを除いた"), match) if reaches else (reading, None)


def _after_streets(reading: Reading) -> Reading | None:
    """京都: 「河原町二条下る一之船入町」 — the town stands behind the crossing of streets."""
    for street in reversed(list(_STREETS.finditer(reading.rest))):
        rest = reading.rest[street.end() :]
        match = reading.municipality.match(rest)
        if match and surely_a_town(rest, match):
            return reading._replace(rest=rest, match=match, step="通り名を省いた")
    return None


def in_unknown_ward(named: list[Reading]) -> list[Reading]:
    """A city is named, and a ward the edition does not have: perhaps an older one."""
    return [
        reading._replace(rest=reading.rest[ward.end() :], step="区は版に無いので市全体から探した")
        for reading in named
        if reading.wards_of and (ward := _UNKNOWN_WARD.match(reading.rest))
    ]


def surely_a_town(rest: str, match: TownMatch | None, town_sign: str = "町丁村") -> bool:
    """Whether it is a town, and not the first letters of a building: it ends as towns do, or a number follows."""
    if match is None:
        return False
    following = rest[match.length : match.length + 1]
    ended = rest[match.length - 1] in town_sign and match.length > 1
    return ended or not following or following in "-0123456789" or bool(VAGUE.match(rest, match.length))


def agrees(municipality: Municipality, hint: Hint) -> bool:
    if hint.prefecture and municipality.prefecture_name != hint.prefecture:
        return False
    if hint.municipality_code and municipality.code:
        return municipality.code == hint.municipality_code
    return hint.municipality_name is None or town_key(hint.municipality_name) in town_key(municipality.name)


def agreeing(found: list[Reading], hint: Hint) -> list[Reading]:
    """Those that agree with the file, if any do."""
    if len(found) < 2 or hint == Hint():
        return found
    return [reading for reading in found if agrees(reading.municipality, hint)] or found


def farthest(found: list[Reading]) -> list[Reading]:
    """Those that explain most of the text."""
    reach = [reading.consumed + (reading.match.length if reading.match else 0) for reading in found]
    return [reading for reading, length in zip(found, reach, strict=True) if length == max(reach)]


def told_apart(towns: list[Town], line: str) -> list[Town]:
    """Different towns only: neighbours of one name in one municipality are one, the one written exactly so if any."""
    distinct: list[Town] = []
    for town in sorted(towns, key=lambda town: town.town_name + town.koaza_name not in line):
        if not any(_same_place(town, other) for other in distinct):
            distinct.append(town)
    return distinct


def _same_place(one: Town, other: Town) -> bool:
    if one[:2] != other[:2]:
        return False
    if one.lon is None or one.lat is None or other.lon is None or other.lat is None:
        return True
    return distance_m(LonLat(one.lon, one.lat), LonLat(other.lon, other.lat)) < _SAME_PLACE_M


def seat(reading: Reading) -> Town:
    municipality = reading.municipality
    return Town(municipality.prefecture_name, municipality.name, municipality.code, "")


def tail_of(line: str, rest_key: str) -> str:
    """The end of the line whose key this is, as it was written."""
    if line.endswith(rest_key):
        return rest_key.lstrip(_SEPARATORS)
    for longer in _LENGTHS:
        tail = line[-(len(rest_key) + longer) :]
        if fold(tail) == rest_key:
            return tail.lstrip(_SEPARATORS)
    return rest_key.lstrip(_SEPARATORS)
