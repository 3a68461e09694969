"""Calendars to subscribe to: of a place, of a school district, of a search; in Japanese unless `lang` says otherwise.

A calendar passes on, so it keeps to the terms of its sources (docs/decisions/0006). Its address may stand in a phone or at a
calendar service for years: it holds a district or the name of a town, never a point.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Any
from uuid import UUID

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from psycopg import AsyncConnection

from placefinder.clock import now, today
from placefinder.errors import NotPassedOn, SearchError
from placefinder.opening.feeds import Feed, Say, feed
from placefinder.search import MAX_LIMIT
from placefinder.store import feeds
from placefinder.store.listings import search
from placefinder.store.vocabulary import vocabulary
from placefinder.web.asking import Ask, read_ask
from placefinder.web.callers import Caller, callers
from placefinder.web.conditional import conditional
from placefinder.web.finding import Start, request_at, start_of
from placefinder.web.languages import Language, gettext_of, plain
from placefinder.web.parameters import check_known

router = APIRouter(include_in_schema=False)

MEDIA_TYPE = "text/calendar; charset=utf-8"
MAX_AGE_S = 3_600
ASKED = ("q", "district", "kind", "within", "weekday", "part", "need", "free", "age")
"""What `/find` filters by, without its page. `within` is left aside: a calendar goes on."""


@router.get("/places/{place_id}.ics")
@callers(Caller.ANYONE)
async def place_calendar(request: Request, place_id: UUID) -> Response:
    """What is held at a place; where there are no dates, today's date says why."""
    language = _language(request)
    async with request.app.state.pool.connection() as connection:
        found = await feeds.of_place(connection, place_id)
    if not found:
        raise HTTPException(404)
    if not any(one.passed_on for one in found):
        raise NotPassedOn("this place's dates")
    about = Feed(found[0].place_name, *_addresses(request, f"places/{place_id}"), today(), notices=True)
    return await _answer(request, language, about, found)


@router.get("/districts/{district_id}.ics")
@callers(Caller.ANYONE)
async def district_calendar(request: Request, district_id: UUID) -> Response:
    """What is held in a school district."""
    language = _language(request)
    async with request.app.state.pool.connection() as connection:
        district = await _district(connection, district_id)
        found = await feeds.of_district(connection, district_id)
    about = Feed(district.name, *_addresses(request, f"districts/{district_id}"), today(), terms=district.terms)
    return await _answer(request, language, about, found)


@router.get("/find.ics")
@callers(Caller.ANYONE)
async def search_calendar(request: Request) -> Response:
    """What `/find` lists with the same parameters: the first 100 activities; nothing is widened."""
    language = _language(request, ASKED)
    async with request.app.state.pool.connection() as connection:
        words_of = await vocabulary(connection)
        ask = replace(read_ask(request.query_params, words_of.kinds, words_of.of("need")), within=None)
        start = await _one_start(connection, ask)
        area = start.area if start.in_district else None
        district = await _district(connection, area.district_id) if area else None
        asked = replace(request_at(ask, start, now()), limit=MAX_LIMIT, offset=0, counted=False)
        answer = await search(connection, asked)
        found = await feeds.of_activities(connection, [one.activity_id for one in answer.results])
    name, terms = (district.name, district.terms) if district else (start.name or "", ())
    about = Feed(name, *_addresses(request, "find", ask.link().partition("?")[2]), today(), terms=terms)
    return await _answer(request, language, about, found)


async def _one_start(connection: AsyncConnection[Any], ask: Ask) -> Start:
    start = await start_of(connection, ask)
    if not isinstance(start, Start):
        raise SearchError("q", "the name of one school district or one town; or give district")
    return start


async def _district(connection: AsyncConnection[Any], district_id: UUID) -> feeds.District:
    """A district whose terms let it be told which places lie in it."""
    district = await feeds.district(connection, district_id)
    if district is None:
        raise HTTPException(404)
    if not district.passed_on:
        raise NotPassedOn("this district's places")
    return district


def _language(request: Request, allowed: Collection[str] = ()) -> Language:
    """What `lang` asks for; a calendar program has no other way to ask. Raises SearchError for unknown parameters."""
    for name in request.query_params:
        check_known(name, (*allowed, "lang"))
    wish = request.query_params.get("lang", Language.JA)
    if wish not in list(Language):
        raise SearchError("lang", "one of " + ", ".join(Language))
    return Language(wish)


def _addresses(request: Request, path: str, query: str = "") -> tuple[str, str]:
    """Of the calendar and of the page that shows the same."""
    root, asked = str(request.base_url), f"?{query}" if query else ""
    return f"{root}{path}.ics{asked}", f"{root}{path}{asked}"


async def _answer(request: Request, language: Language, about: Feed, found: Collection[feeds.Activity]) -> Response:
    page = f"{request.base_url}places/"
    listed = [one.listed(page, about.today) for one in found if one.passed_on]
    say = _say(language)
    told = replace(about, title=say("%(name)sの予定") % {"name": about.title})
    content = await run_in_threadpool(feed, told, listed, say)
    return conditional(request, content, MEDIA_TYPE, MAX_AGE_S)


def _say(language: Language) -> Say:
    gettext = gettext_of(language)
    return lambda message: plain(gettext(message))
