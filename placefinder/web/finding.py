"""`/find`: from words, a district or a rounded point to cards by walking time and the map beside them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from psycopg import AsyncConnection
from starlette.datastructures import ImmutableMultiDict

from geo.addresses import town_key
from geo.districts import District, school_key
from geo.points import LonLat
from geo.store.towns import TownSuggestion
from placefinder import clock
from placefinder.search import Result, SearchAnswer, SearchRequest
from placefinder.store import atlas, feeds, named
from placefinder.store.atlas import Area
from placefinder.store.districts import district_of
from placefinder.store.listings import search, search_or_widen
from placefinder.store.sources import current_editions
from placefinder.store.vocabulary import Vocabulary, vocabulary
from placefinder.web.asking import PAGE_SIZE, Ask, read_ask, read_here
from placefinder.web.callers import Caller, callers
from placefinder.web.dates import dates_of
from placefinder.web.languages import mark
from placefinder.web.maps import map_data
from placefinder.web.rendering import language_of, render
from placefinder.web.wording import Words

router = APIRouter(include_in_schema=False)

SUGGESTIONS = 3
WITHIN_M = 3_000
WHOLE_DISTRICT_M = 50_000
WIDENINGS = {
    "neighbours": mark("となりの学区のものも出しています。"),
    "farther": mark("もっと遠くまでさがしました。"),
    "without_needs": mark("「そのほか」の条件をはずしました。"),
    "without_price": mark("無料でないものも出しています。"),
    "without_time": mark("ほかの日や時間のものも出しています。"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """Something the words may mean, and where choosing it leads."""

    name: str
    kana: str | None
    where: str | None
    href: str


@dataclass(frozen=True, slots=True)
class Start:
    """Where walking is measured from: a district, a town or the point of the device."""

    point: LonLat | None
    name: str | None
    area: Area | None
    basis: str
    in_district: bool
    here: LonLat | None = None  # the device's point, to be sent on in forms


@dataclass(frozen=True, slots=True)
class Found:
    """A page of results and what stands around it."""

    answer: SearchAnswer
    page: int
    district: Area | None
    neighbours: Sequence[Area]

    @property
    def items(self) -> Sequence[Result]:
        return self.answer.results

    @property
    def total(self) -> int:
        return self.answer.total if self.answer.total is not None else len(self.items)

    @property
    def pages(self) -> int:
        return -(-self.total // PAGE_SIZE)

    @property
    def first(self) -> int:
        return (self.page - 1) * PAGE_SIZE + 1


@router.get("/find")
@callers(Caller.ANYONE)
async def find(request: Request) -> HTMLResponse:
    """Search by words or by a district; the address may be kept and passed on."""
    return await _answer(request, request.query_params, None)


@router.post("/find")
@callers(Caller.ANYONE)
async def find_here(request: Request) -> HTMLResponse:
    """Search from where the device is: the point came in the body and goes into no address and no log."""
    async with request.form(max_files=0, max_fields=100) as form:
        here = read_here(form)
        return await _answer(request, form, here)


async def _answer(request: Request, values: ImmutableMultiDict[str, Any], here: LonLat | None) -> HTMLResponse:
    async with request.app.state.pool.connection() as connection:
        words_of = await vocabulary(connection)
        ask = read_ask(values, words_of.kinds, words_of.of("need"))
        start = await start_of(connection, ask, here)
        if not isinstance(start, Start):
            return await _choose(request, connection, ask, words_of, start)
        return await _results(request, connection, ask, start, words_of)


async def start_of(connection: AsyncConnection[Any], ask: Ask, here: LonLat | None = None) -> Start | list[Choice]:
    """The one place the question means, or what it may mean."""
    if here:
        return replace(await _from_point(connection, here, None), here=here)
    if ask.district:
        return await _from_district(connection, ask.district)
    name, postcode = named.tidy(ask.q), named.postcode_of(ask.q)
    districts = [] if postcode or not name else await _exactly_named(connection, name)
    if len(districts) == 1:
        return await _from_district(connection, districts[0].district_id)
    towns: list[TownSuggestion] = []
    if postcode:
        towns = await named.towns_of_postcode(connection, postcode)
    elif name and not districts:
        towns = _sure_towns(await named.towns_named(connection, name), name)
    if len(towns) == 1:
        return await _from_point(connection, _point(towns[0]), towns[0].town_name)
    return await _district_choices(connection, ask, districts) + [_town_choice(ask, town) for town in towns]


async def _exactly_named(connection: AsyncConnection[Any], name: str) -> list[District]:
    key = school_key(name)
    found = await named.districts_named(connection, name)
    return [one for one in found if school_key(one.name) == key or one.name_kana == name]


def _sure_towns(towns: list[TownSuggestion], name: str) -> list[TownSuggestion]:
    """The town called just so, with or without its municipality; else all that were found."""
    key = town_key(name)
    spelled = ((town, town_key(town.town_name), town_key(town.municipality_name)) for town in towns)
    exact = [town for town, own, place in spelled if key in (own, place + own) or key.endswith(place + own)]
    return exact or towns


async def _from_district(connection: AsyncConnection[Any], district_id: UUID) -> Start:
    area = await atlas.area(connection, district_id)
    if not area:
        raise HTTPException(404)
    point = LonLat(area.lon, area.lat) if area.lon is not None and area.lat is not None else None
    return Start(point, None, area, area.basis, in_district=True)


async def _from_point(connection: AsyncConnection[Any], point: LonLat, name: str | None) -> Start:
    at = (await district_of(connection, point))[0]
    area = await atlas.area(connection, at.district_id) if at.district_id else None
    return Start(point, name, area, at.basis, in_district=False)


def _point(town: TownSuggestion) -> LonLat:
    if town.lon is None or town.lat is None:
        raise HTTPException(404)
    return LonLat(town.lon, town.lat)


def _town_choice(ask: Ask, town: TownSuggestion) -> Choice:
    where = f"{town.prefecture_name} {town.municipality_name}"
    return Choice(town.town_name, None, where, ask.link(q=f"{where} {town.town_name}", district=None))


async def _district_choices(connection: AsyncConnection[Any], ask: Ask, districts: list[District]) -> list[Choice]:
    names = await named.municipality_names(connection, {one.municipality_code for one in districts})
    return [
        Choice(one.name, one.name_kana, names.get(one.municipality_code), ask.link(district=one.district_id))
        for one in districts
    ]


async def _alike(connection: AsyncConnection[Any], ask: Ask, name: str) -> list[Choice]:
    """Three suggestions for a name nobody knows: districts that hold it, or are spelled like it, then towns."""
    districts = await named.districts_named(connection, name) or await named.districts_alike(connection, name)
    towns = await named.towns_alike(connection, name)
    found = await _district_choices(connection, ask, districts[:SUGGESTIONS])
    return (found + [_town_choice(ask, town) for town in towns])[:SUGGESTIONS]


async def _choose(
    request: Request, connection: AsyncConnection[Any], ask: Ask, words_of: Vocabulary, choices: list[Choice]
) -> HTMLResponse:
    """No single place: choices where the words are ambiguous, else similar names, places so named, and all areas."""
    name, now = named.tidy(ask.q), clock.now()
    sure, places = bool(choices), SearchAnswer(())
    if name and not sure:
        choices = await _alike(connection, ask, name)
        places = await search(connection, Ask(name).request(now, name=name))
    words = Words(language_of(request))
    return render(
        request, "find.html",
        **await box(connection, ask, words_of), heading=words.say("近くの居場所をさがす"), found=None, here=None, map=None,
        choices=choices, sure=sure, named=places.results, dates=await dates_of(connection, places.results, words, now), areas=await area_list(connection),
        editions=await current_editions(connection),
    )  # fmt: skip


async def _results(
    request: Request, connection: AsyncConnection[Any], ask: Ask, start: Start, words_of: Vocabulary
) -> HTMLResponse:
    now, words = clock.now(), Words(language_of(request))
    answer = await search_or_widen(connection, request_at(ask, start, now))
    around = await atlas.surroundings(connection, start.area)
    used = {item.edition_id for item in answer.results} | ({start.area.edition_id} if start.area else set())
    editions = await current_editions(connection, used)
    found = Found(answer, ask.page, start.area, around.neighbours)
    shown = replace(ask, q=start.area.name) if start.in_district and start.area else ask
    return render(
        request, "find.html",
        **await box(connection, shown, words_of), heading=_heading(words, start), found=found, here=start.here,
        calendar=await _calendar(connection, ask, start), editions=editions, dates=await dates_of(connection, answer.results, words, now),
        basis_said=words.basis(start.basis), measured_from=_measured_from(words, start),
        widened=[words.say(WIDENINGS[step]) for step in answer.widened_by if step in WIDENINGS],
        map=map_data(request.app.state.settings, words, around, start.point),
    )  # fmt: skip


async def _calendar(connection: AsyncConnection[Any], ask: Ask, start: Start) -> str | None:
    """The address of this search as a calendar: of a district whose terms let it leave, or of a town; never of a point."""
    if start.in_district and start.area:
        terms = await feeds.district(connection, start.area.district_id)
        if not terms or not terms.passed_on:
            return None
    return None if start.here else ask.link(within=None).replace("/find?", "/find.ics?", 1)


def request_at(ask: Ask, start: Start, now: datetime) -> SearchRequest:
    """The search of a question at its place, as of `now` (Japan time)."""
    if start.in_district and start.area:
        return ask.request(now, near=start.point, radius_m=WHOLE_DISTRICT_M, district_id=start.area.district_id)
    return ask.request(now, near=start.point, radius_m=WITHIN_M)


def _heading(words: Words, start: Start) -> Markup:
    if start.in_district and start.area:
        return words.say("%(name)sの近くの居場所") % {"name": words.name(start.area.name, start.area.name_kana)}
    if start.name:
        return words.say("%(name)sの近くの居場所") % {"name": words.name(start.name)}
    return words.say("今いる場所の近くの居場所")


def _measured_from(words: Words, start: Start) -> Markup:
    if start.in_district:
        return words.say("歩く時間は、学区のまんなかからのめやすです。")
    if start.name:
        return words.say("歩く時間は、%(place)sからのめやすです。") % {"place": words.name(start.name)}
    return words.say("歩く時間は、今いる場所からのめやすです。")


async def box(connection: AsyncConnection[Any], ask: Ask, words_of: Vocabulary) -> dict[str, Any]:
    """What the search box needs on any page; its example is a district that can be found."""
    needs = list(words_of.of("need").values())
    return {"ask": ask, "kinds": words_of.kinds, "needs": needs, "example": await atlas.example(connection)}


async def area_list(connection: AsyncConnection[Any], chosen: str | None = None) -> list[dict[str, Any]]:
    """Municipalities, each with its districts where they are few or the one chosen."""
    known = await atlas.municipalities(connection)
    few = len(known) <= 3
    return [
        {"code": one.code, "name": one.name, "count": one.districts,
         "districts": await atlas.districts_of(connection, one.code) if few or one.code == chosen else []}
        for one in known
    ]  # fmt: skip
