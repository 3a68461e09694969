"""Where the sites of a list are: the source's own points, or their addresses geocoded, and the municipality each is in."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from geo.codes import MunicipalityCode
from geo.findings import Finding
from geo.geocoding import Geocoded
from geo.points import LonLat, from_tokyo_datum, tokyo_datum_suspected
from geo.readings import Hint
from placefinder.intake.records import Outcome, SiteRecord
from placefinder.places import DRAWN, DistrictBasis, PositionLevel

_SAMPLE = 300


class AddressFinder(Protocol):
    """What geocodes: geo.geocoding.Geocoder."""

    def geocode_many(self, addresses: Iterable[str], hint: Hint | None = None) -> list[Geocoded]: ...


@dataclass(slots=True)
class Located:
    """A site with its position as it will be kept. `point` is None where the level is too vague to be drawn."""

    outcome: Outcome
    site: SiteRecord
    level: PositionLevel
    basis: str
    point: LonLat | None
    municipality_code: MunicipalityCode | None
    town_name: str | None = None
    district_id: UUID | None = None
    district_basis: DistrictBasis = "none"


def locate(
    outcomes: Sequence[Outcome],
    finder: AddressFinder | None,
    stated: MunicipalityCode | None,
    progress: Callable[[int], None] = lambda _: None,
    by_town: frozenset[str] = frozenset(),
) -> tuple[list[Located], list[Finding]]:
    """The sites of all rows that are not refused, located, and what is to be said of the whole file.

    `stated` is the municipality a clerk named; it stands in for a row's missing code. `progress` is told how many
    addresses were looked up. In the municipalities `by_town` a table of towns tells the school district, so there
    every address is looked up for its town.
    """
    sites = [
        (outcome, outcome.record)
        for outcome in outcomes
        if isinstance(outcome.record, SiteRecord) and outcome.verdict != "refused"
    ]
    wanted = [
        site
        for _, site in sites
        if site.address
        and (site.point is None or not _is_municipality(site.municipality_code) or site.municipality_code in by_town)
    ]
    sample = [site for _, site in sites if site.point and site.address][:_SAMPLE]
    answers = _geocoded([*wanted, *sample], finder, stated, progress)
    notes = _convert_tokyo_datum(
        [site for _, site in sites], [(site, answers[id(site)]) for site in sample if id(site) in answers]
    )
    return [
        _located(outcome, site, answers.get(id(site)), stated, finder is not None) for outcome, site in sites
    ], notes


def _geocoded(
    sites: Sequence[SiteRecord],
    finder: AddressFinder | None,
    stated: MunicipalityCode | None,
    progress: Callable[[int], None],
) -> dict[int, Geocoded]:
    if finder is None:
        return {}
    by_code: dict[MunicipalityCode | None, list[SiteRecord]] = defaultdict(list)
    for site in sites:
        by_code[site.municipality_code or stated].append(site)
    answers: dict[int, Geocoded] = {}
    for code, group in by_code.items():
        found = finder.geocode_many(
            [site.address or "" for site in group], Hint(municipality_code=code) if code else None
        )
        answers |= {id(site): answer for site, answer in zip(group, found, strict=True)}
        progress(len(group))
    return answers


def _convert_tokyo_datum(sites: Sequence[SiteRecord], sample: Sequence[tuple[SiteRecord, Geocoded]]) -> list[Finding]:
    pairs = [
        (site.point, answer.point) for site, answer in sample if site.point and answer.point and answer.level in DRAWN
    ]
    if not tokyo_datum_suspected(pairs):
        return []
    for site in sites:
        if site.point:
            site.point = from_tokyo_datum(site.point)
            site.position_basis = "元の表の緯度・経度(旧日本測地系とみて換算)"
    return [
        Finding(
            None,
            "緯度",
            "tokyo_datum",
            "note",
            "緯度・経度が旧日本測地系(Tokyo Datum)とみられるため、世界測地系に換算しました。公開元に確かめてください。",
        )
    ]


def _is_municipality(code: MunicipalityCode | None) -> bool:
    return code is not None and code[2:5] != "000"


def _located(
    outcome: Outcome, site: SiteRecord, answer: Geocoded | None, stated: MunicipalityCode | None, can_geocode: bool
) -> Located:
    code = _municipality(site, answer, stated)
    if site.vague_address:
        return Located(outcome, site, "city" if code else "none", "元の表が位置を明らかにしていません", None, code)
    if site.point:
        town = answer.town_name if answer and answer.point and answer.municipality_code in (None, code) else None
        return Located(outcome, site, "given", site.position_basis or "元の表の緯度・経度", site.point, code, town)
    if answer is None:
        _note(
            outcome,
            "no_position",
            "緯度・経度も住所もないため、地図に示せません。"
            if not site.address
            else "住所の版が読み込まれていないため、位置を求められません。placefinder load で住所データを先に読み込んでください。",
        )
        return Located(outcome, site, "none", "位置は分かりません", None, code)
    point = None if answer.vague else answer.point
    level: PositionLevel = answer.level if point or answer.level not in DRAWN else "city"
    if point is None:
        _note(outcome, "address_not_found", _why(answer))
    return Located(outcome, site, level, answer.basis, point, code, answer.town_name)


def _why(answer: Geocoded) -> str:
    if answer.vague:
        return "住所がおおよそのため、地図には点で示しません。"
    if answer.ambiguous:
        names = "、".join(dict.fromkeys(f"{town.municipality_name}{town.town_name}" for town in answer.candidates[:3]))
        return f"住所に当てはまる町が複数あります({names})。どれか分かるように書いてください。"
    return "住所から町を特定できないため、地図には点で示しません。住所を確かめてください。"


def _note(outcome: Outcome, rule: str, message: str) -> None:
    site = outcome.record
    value = site.address if isinstance(site, SiteRecord) else None
    outcome.findings.append(Finding(outcome.row_no, "住所", rule, "note", message, value))


def _municipality(
    site: SiteRecord, answer: Geocoded | None, stated: MunicipalityCode | None
) -> MunicipalityCode | None:
    """The row's own code; where it names a prefecture only or nothing, the address's, else the clerk's."""
    if _is_municipality(site.municipality_code):
        return site.municipality_code
    return (answer.municipality_code if answer else None) or stated or site.municipality_code


def scope_of(located: Sequence[Located], stated: MunicipalityCode | None) -> str:
    """What the list covers: the municipality nearly all rows are in, else their prefecture, else "jp"."""
    if stated:
        return stated
    codes = Counter(one.municipality_code for one in located if one.municipality_code)
    for width in (6, 2):
        shares = Counter[str]()
        for code, rows in codes.items():
            shares[code[:width]] += rows
        if shares and shares.most_common(1)[0][1] >= 0.95 * codes.total():
            return shares.most_common(1)[0][0]
    return "jp"
