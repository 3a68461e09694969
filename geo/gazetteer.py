"""The gazetteer (地名集): every municipality and town of an address edition, found by the start of an address key."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import combinations
from typing import NamedTuple

from geo.addresses import town_key
from geo.codes import PREFECTURES, MunicipalityCode
from geo.municipalities import municipality_named, without_county

NO_OAZA = "（大字なし）"
UNNUMBERED = "丁目の無い書き方なので、町の真ん中"
VAGUE = re.compile(r"周辺|付近|近辺|近く|あたり|辺り|界隈|一帯|地域内|地区内|区域内")
_FAMILY_DEGREES = 0.02  # about 2 km
_UNNUMBERED_NAME = re.compile(r"[〇一二三四五六七八九十百0-9]+丁目?$")


class Town(NamedTuple):
    """One row of an address edition; a tuple, because all Japan is 277,676 of them.

    `town_name` is 町丁目 or 大字 ('' for the whole municipality), `koaza_name` 小字, `block` 街区符号 or 地番.
    Degrees are JGD2011; None where the edition has no point.
    """

    prefecture_name: str
    municipality_name: str
    municipality_code: str | None
    town_name: str
    koaza_name: str = ""
    block: str = ""
    postcode: str | None = None
    lon: float | None = None
    lat: float | None = None


class TownMatch(NamedTuple):
    """The towns whose name an address key starts with. More than one where names cannot tell them apart."""

    towns: tuple[Town, ...]
    length: int  # characters of the key
    omitted: str  # 丁目, 条 or 町 where the address leaves it out, or UNNUMBERED


_UNIT = re.compile(r"(?<=[0-9])[丁条号](?!通)")
_MACHI = re.compile(r"(?<=.)町")
_WARD = re.compile(r"^(.+?市)(.+区)$")
# After a number whose 丁目 is left out, these would make it a house number instead.
_NOT_CHOME = frozenset("番号線区棟階地F丁条")


class Municipality:
    """One municipality with its towns, keyed for prefix search."""

    def __init__(self, prefecture_name: str, name: str, code: MunicipalityCode | None) -> None:
        self.prefecture_name = prefecture_name
        self.name = name
        self.code = code
        self.exact: dict[str, tuple[Town, ...]] = {}
        self.loose: dict[str, tuple[tuple[Town, ...], str]] = {}
        self.blocks: dict[tuple[str, str], dict[str, Town]] = {}
        self._longest = 0

    def add(self, key: str, town: Town) -> None:
        self.exact[key] = (*self.exact.get(key, ()), town)

    def finish(self) -> None:
        """Add the spellings that leave a unit or 町 out, wherever no town is really called so."""
        for shorten in (_without_units, _without_machi):
            for key, towns in self.exact.items():
                for short, omitted in shorten(key):
                    if short not in self.exact:
                        self.loose.setdefault(short, (towns, omitted))
        for key, towns in _families(self.exact).items():
            if key not in self.exact:
                self.loose.setdefault(key, (towns, UNNUMBERED))
        self._longest = max(map(len, (*self.exact, *self.loose)), default=0)

    def match(self, rest: str) -> TownMatch | None:
        """The town with the longest name at the start of `rest`; a shorter spelling counts only where it is surer."""
        loose: TownMatch | None = None
        for length in range(min(self._longest, len(rest)), 0, -1):
            start = rest[:length]
            if (towns := self.exact.get(start)) and not _cuts_number(rest, length):
                return _better(TownMatch(towns, length, ""), loose)
            if loose is None and (found := self.loose.get(start)) and _ends_there(rest, length, found[1]):
                loose = TownMatch(found[0], length, found[1])
        return loose


def _better(exact: TownMatch, loose: TownMatch | None) -> TownMatch:
    """「foo2-3」 is 2丁目 of foo also where foo itself is listed; but 町 is added only where nothing else fits."""
    return loose if loose and loose.omitted != "町" else exact


def _cuts_number(rest: str, length: int) -> bool:
    return length < len(rest) and rest[length] in "0123456789" and rest[length - 1] in "0123456789"


def _ends_there(rest: str, length: int, omitted: str) -> bool:
    """Whether a shortened name may end here: at the end, or before a number or a hyphen."""
    if length == len(rest):
        return True
    if omitted == UNNUMBERED:
        return bool(VAGUE.match(rest, length))
    following = rest[length]
    if rest[length - 1] in "0123456789":
        return following not in _NOT_CHOME and not following.isdigit()
    return following in "-0123456789"


def _families(exact: Mapping[str, tuple[Town, ...]]) -> dict[str, tuple[Town, ...]]:
    """「天神」 where only 天神一丁目 to 五丁目 are listed: the middle one stands for all, if they lie close together."""
    families: dict[str, list[Town]] = {}
    for key, towns in exact.items():
        if key[-1] == "丁" and (name := key[:-1].rstrip("0123456789")) and not towns[0].koaza_name:
            families.setdefault(name, []).append(towns[0])
    return {
        name: (_whole(parts)._replace(town_name=_UNNUMBERED_NAME.sub("", parts[0].town_name)),)
        for name, parts in families.items()
        if _close_together(parts)
    }


def _close_together(parts: list[Town]) -> bool:
    lats = [part.lat for part in parts if part.lat is not None]
    lons = [part.lon for part in parts if part.lon is not None]
    return bool(lats) and max(lats) - min(lats) < _FAMILY_DEGREES and max(lons) - min(lons) < _FAMILY_DEGREES


def _without_units(key: str) -> Iterator[tuple[str, str]]:
    """「北16条西2丁」 → 「北16西2丁」「北16条西2」「北16西2」; a hyphen where numbers would touch."""
    places = [found.start() for found in _UNIT.finditer(key)]
    for count in range(1, len(places) + 1):
        for dropped in combinations(places, count):
            short = "".join(
                sign if at not in dropped else "-" if key[at + 1 : at + 2].isdigit() else ""
                for at, sign in enumerate(key)
            )
            yield short, "条" if any(key[at] == "条" for at in dropped) else "丁目"


def _without_machi(key: str) -> Iterator[tuple[str, str]]:
    """「木之本町西山」 → 「木之本西山」. Not beside a number: 「十六町1丁目」 would become another one."""
    for found in _MACHI.finditer(key):
        at = found.start()
        if not key[at - 1].isdigit():
            short = key[:at] + key[at + 1 :]
            yield short, "町"
            for shorter, _ in _without_units(short):
                yield shorter, "町"


class Alias(NamedTuple):
    """A way to call municipalities: `wards_of` is set where it names a city and leaves the ward open."""

    municipality: Municipality
    wards_of: str | None = None


class Gazetteer:
    """All municipalities of an edition by every usual way of writing their names.

    Municipality codes come from the edition, or where it has none from the official list.
    Building all Japan takes a few seconds and some hundred megabytes; it is never changed afterwards.
    """

    def __init__(self, towns: Iterable[Town]) -> None:
        self.municipalities: dict[tuple[str, str], Municipality] = {}
        self._fill(towns)
        self.aliases: dict[str, list[Alias]] = {}
        self.short_aliases: dict[str, list[Alias]] = {}
        self.towns: dict[str, list[Municipality]] = {}
        self.by_code: dict[str, list[Municipality]] = {}
        for municipality in self.municipalities.values():
            municipality.finish()
            self._name(municipality)
            if municipality.code:
                self.by_code.setdefault(municipality.code, []).append(municipality)
            for key in (*municipality.exact, *municipality.loose):
                self.towns.setdefault(key, []).append(municipality)
        self.longest_alias = max(map(len, (*self.aliases, *self.short_aliases)), default=0)
        self.longest_town = max(map(len, self.towns), default=0)

    def _fill(self, towns: Iterable[Town]) -> None:
        key_of = cache(town_key)
        oaza: dict[tuple[str, str, str], list[Town]] = {}
        for town in towns:
            municipality = self._municipality(town)
            if town.block:
                blocks = municipality.blocks.setdefault((town.town_name, town.koaza_name), {})
                blocks.setdefault(key_of(town.block), town)
                if len(blocks) > 1:
                    continue
            name = "" if town.town_name == NO_OAZA else town.town_name
            if key := key_of(name + town.koaza_name):
                municipality.add(key, town._replace(block="") if town.block else town)
            if town.koaza_name and name:
                oaza.setdefault((town.prefecture_name, town.municipality_name, name), []).append(town)
        for (prefecture, city, name), parts in oaza.items():
            municipality = self.municipalities[prefecture, city]
            if key_of(name) not in municipality.exact:
                municipality.add(key_of(name), _whole(parts))

    def _municipality(self, town: Town) -> Municipality:
        place = town.prefecture_name, town.municipality_name
        found = self.municipalities.get(place)
        if found is None:
            code = town.municipality_code or municipality_named(*place)
            found = self.municipalities[place] = Municipality(*place, MunicipalityCode(code) if code else None)
        return found

    def _name(self, municipality: Municipality) -> None:
        name = municipality.name
        ward = _WARD.match(name)
        short = without_county(name)
        for full in dict.fromkeys((name, short, ward[2] if ward else name)):
            self.aliases.setdefault(town_key(full), []).append(Alias(municipality))
        if ward:
            self.aliases.setdefault(town_key(ward[1]), []).append(Alias(municipality, ward[1]))
            self.short_aliases.setdefault(town_key(ward[1][:-1]), []).append(Alias(municipality, ward[1]))
            self.short_aliases.setdefault(town_key(ward[1][:-1] + ward[2]), []).append(Alias(municipality))
        elif len(short) > 2:
            self.short_aliases.setdefault(town_key(short[:-1]), []).append(Alias(municipality))


def _whole(parts: list[Town]) -> Town:
    """A 大字 that is listed only by its 小字: the middle one of them stands for it."""
    placed = sorted((part for part in parts if part.lon is not None), key=lambda part: (part.lat, part.lon))
    middle = placed[len(placed) // 2] if placed else parts[0]
    return middle._replace(koaza_name="", block="", postcode=None)


PREFECTURE_KEYS = {town_key(name): name for name in PREFECTURES.values()}
PREFECTURE_SHORT_KEYS = {key[:-1]: name for key, name in PREFECTURE_KEYS.items() if name != "北海道"}
