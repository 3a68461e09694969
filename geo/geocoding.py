"""Geocoding (住所から位置): where an address is, how surely, and on what basis, offline against one address edition.

What cannot be told apart is an answer of its own: no point, and the candidates. Nothing is ever guessed.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from geo.addresses import fold, normalise, town_key
from geo.codes import MunicipalityCode
from geo.gazetteer import PREFECTURE_KEYS, PREFECTURE_SHORT_KEYS, VAGUE, Alias, Gazetteer, Municipality, Town
from geo.points import LonLat
from geo.readings import (
    CROSSING,
    Hint,
    Reading,
    agreeing,
    agrees,
    farthest,
    in_unknown_ward,
    leading,
    match_of,
    seat,
    supplied,
    surely_a_town,
    tail_of,
    told_apart,
    towns_of,
)

Level = Literal["none", "prefecture", "city", "town", "block"]

_BLOCK = re.compile(r"[0-9]+(?=$|[^0-9])")


@dataclass(frozen=True, slots=True)
class Geocoded:
    """Where an address is. `level` says what is certain, and everything finer is None.

    A point (JGD2011) is there only for "town" and "block": the middle of the town or block, not of the house.
    `candidates` are the places it may also be: with any, the level is what they have in common.
    `vague`: the address itself says "near" (「北品川１丁目周辺」). `remainder` is the part that was not matched: 番地, building.
    `basis` names the edition and the steps of the matching in Japanese, for a clerk.
    """

    level: Level
    basis: str
    remainder: str
    prefecture_name: str | None = None
    municipality_name: str | None = None
    municipality_code: MunicipalityCode | None = None
    town_name: str | None = None
    koaza_name: str | None = None
    block: str | None = None
    point: LonLat | None = None
    vague: bool = False
    candidates: tuple[Town, ...] = ()

    @property
    def ambiguous(self) -> bool:
        return bool(self.candidates)


class Geocoder:
    """Answers from a gazetteer in memory. `label` is the edition's name as it stands in each answer's basis."""

    def __init__(self, gazetteer: Gazetteer, label: str) -> None:
        self._gazetteer = gazetteer
        self._label = label

    def geocode(self, address: str, hint: Hint | None = None) -> Geocoded:
        """Where the address is. Never raises; text that is no address has the level "none"."""
        line = normalise(address)
        key = fold(line)
        prefecture, rest = leading(key, PREFECTURE_KEYS)
        answer = self._located(key, prefecture, rest, hint or Hint(), line)
        remainder = tail_of(line, answer.remainder)
        return replace(answer, remainder=remainder, vague=bool(VAGUE.search(remainder)))

    def geocode_many(self, addresses: Iterable[str], hint: Hint | None = None) -> list[Geocoded]:
        """One answer per address, in order; the same text is worked out once."""
        known: dict[str, Geocoded] = {}
        answers = []
        for address in addresses:
            answer = known.get(address)
            if answer is None:
                answer = known[address] = self.geocode(address, hint)
            answers.append(answer)
        return answers

    def _located(self, key: str, prefecture: str | None, rest: str, hint: Hint, line: str) -> Geocoded:
        """Try the ways of reading from the most explicit on; the first that reaches a town decides."""
        named = self._named(rest, prefecture, self._gazetteer.aliases)
        if prefecture is None and not towns_of(named):
            named = self._after_short_prefecture(key) or named
        hinted = self._hinted(rest, prefecture, hint)
        found = towns_of(named) or towns_of(in_unknown_ward(named)) or towns_of(hinted, sure=True)
        if found or named:
            return self._town(found, hint, line) if found else self._city(named, hint)
        shortened = self._named(rest, prefecture, self._gazetteer.short_aliases)
        if found := towns_of(shortened, sure=True) + self._anywhere(rest, prefecture):
            return self._town(found, hint, line, equal=True)
        if shortened := [reading for reading in shortened if not reading.rest]:
            return self._city(shortened, hint)
        if hinted:
            return self._city(hinted, hint)
        return self._nothing_finer(prefecture, rest)

    def _after_short_prefecture(self, key: str) -> list[Reading]:
        """「東京品川区…」, but not 「千葉市…」."""
        short, rest = leading(key, PREFECTURE_SHORT_KEYS)
        return self._named(rest, short, self._gazetteer.aliases) if short else []

    def _named(self, rest: str, prefecture: str | None, aliases: Mapping[str, list[Alias]]) -> list[Reading]:
        """Every municipality whose name the text begins with."""
        readings: list[Reading] = []
        step = "" if aliases is self._gazetteer.aliases else "市区町村の字を補った"
        for length in range(min(self._gazetteer.longest_alias, len(rest)), 0, -1):
            for municipality, wards_of in aliases.get(rest[:length], ()):
                if wards_of and readings and readings[0].wards_of is None:
                    continue  # the ward itself is named
                if prefecture is None or municipality.prefecture_name == prefecture:
                    readings.append(Reading(municipality, rest[length:], length, step, wards_of))
        return readings

    def _hinted(self, rest: str, prefecture: str | None, hint: Hint) -> list[Reading]:
        """The municipality the file is about."""
        readings = [Reading(municipality, rest, 0, "市区町村は資料から補った") for municipality in self._of_hint(hint)]
        return [reading for reading in readings if prefecture in (None, reading.municipality.prefecture_name)]

    def _of_hint(self, hint: Hint) -> list[Municipality]:
        if hint.prefecture and hint.municipality_name:
            found = self._gazetteer.municipalities.get((hint.prefecture, hint.municipality_name))
            aliased = self._gazetteer.aliases.get(town_key(hint.municipality_name), [])
            return [found] if found else [a.municipality for a in aliased if agrees(a.municipality, hint)]
        if hint.municipality_code:
            return self._gazetteer.by_code.get(hint.municipality_code, [])
        return []

    def _anywhere(self, rest: str, prefecture: str | None) -> list[Reading]:
        """A town that is written without its municipality: every one of that name, and only where a number follows.

        「栄町6-6」 may be 六丁目 of one 栄町 and 6番 of another: such readings are all kept.
        """
        gazetteer = self._gazetteer
        if CROSSING.search(rest):
            return []
        places = [m for n in range(2, gazetteer.longest_town + 1) for m in gazetteer.towns.get(rest[:n], ())]
        readings = []
        for municipality in dict.fromkeys(places):
            match = municipality.match(rest) if prefecture in (None, municipality.prefecture_name) else None
            if match and surely_a_town(rest, match, town_sign="丁"):
                readings.append(Reading(municipality, rest, 0, "市区町村を町名から補った", match=match))
        explicit = [r for r in readings if match_of(r).omitted == "" and rest[match_of(r).length - 1] == "丁"]
        names = [len(rest[: match_of(r).length].rstrip("0123456789-丁条号")) for r in readings]
        return explicit or [r for r, name in zip(readings, names, strict=True) if name == max(names)]

    def _town(self, found: list[Reading], hint: Hint, line: str, equal: bool = False) -> Geocoded:
        """The town of the reading that explains most of the text; several `equal` or equally good ones are candidates."""
        found = agreeing(found, hint) if equal else farthest(agreeing(found, hint))
        towns = told_apart([town for reading in found for town in match_of(reading).towns], line)
        best = found[0]
        match = match_of(best)
        rest = best.rest[match.length :]
        steps = [best.step, supplied(match.omitted)]
        if len(towns) > 1:
            return self._ambiguous(towns, best.rest, "同じ名の町が複数ある")
        town = towns[0]
        return self._at(town, best.municipality, rest, steps)

    def _at(self, town: Town, municipality: Municipality, rest: str, steps: list[str]) -> Geocoded:
        level: Level = "town"
        block = municipality.blocks.get((town.town_name, town.koaza_name))
        if block and (number := _BLOCK.match(rest.lstrip("-"))) and (exact := block.get(number.group())):
            town, level = exact, "block"
            rest = rest.lstrip("-")[number.end() :].removeprefix("番地").removeprefix("番")
        point = LonLat(town.lon, town.lat) if town.lon is not None and town.lat is not None else None
        if point is None:
            steps = [*steps, "町の位置は版に無い"]
        return Geocoded(
            level=level if point else "city",
            basis=self._basis(steps),
            remainder=rest,
            prefecture_name=town.prefecture_name,
            municipality_name=town.municipality_name,
            municipality_code=municipality.code,
            town_name=town.town_name,
            koaza_name=town.koaza_name or None,
            block=town.block or None,
            point=point,
        )

    def _city(self, named: list[Reading], hint: Hint) -> Geocoded:
        """No town, but a municipality, or a city whose ward stays open."""
        named = farthest(agreeing(named, hint))
        best = named[0]
        names = {reading.wards_of or reading.municipality.name for reading in named}
        if len(names) > 1 or len({reading.municipality.prefecture_name for reading in named}) > 1:
            towns = [seat(reading) for reading in named]
            return self._ambiguous(towns, best.rest, "同じ名の市区町村が複数ある")
        return Geocoded(
            level="city",
            basis=self._basis([best.step, "町名は版に無い" if best.rest else ""]),
            remainder=best.rest,
            prefecture_name=best.municipality.prefecture_name,
            municipality_name=names.pop(),
            municipality_code=None if best.wards_of else best.municipality.code,
        )

    def _ambiguous(self, towns: list[Town], rest: str, step: str) -> Geocoded:
        prefectures = {town.prefecture_name for town in towns}
        places = {(town.prefecture_name, town.municipality_name) for town in towns}
        return Geocoded(
            level="city" if len(places) == 1 else "prefecture" if len(prefectures) == 1 else "none",
            basis=self._basis([step]),
            remainder=rest,
            prefecture_name=prefectures.pop() if len(prefectures) == 1 else None,
            municipality_name=towns[0].municipality_name if len(places) == 1 else None,
            candidates=tuple(towns),
        )

    def _nothing_finer(self, prefecture: str | None, rest: str) -> Geocoded:
        if prefecture is None:
            return Geocoded("none", self._basis(["住所として読めない"]), rest)
        return Geocoded("prefecture", self._basis(["市区町村が分からない"]), rest, prefecture_name=prefecture)

    def _basis(self, steps: list[str]) -> str:
        taken = "、".join(step for step in steps if step)
        return f"{self._label}（{taken}）" if taken else self._label
