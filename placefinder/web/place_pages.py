"""`/places/{id}`: what a person needs who goes there for the first time, and a way to tell us what is wrong."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import segno
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from psycopg import AsyncConnection
from pyproj import Geod

from geo.points import LonLat
from geo.reach import estimated_way, minutes
from placefinder import clock
from placefinder.errors import TooManyReports
from placefinder.search import Result, SearchRequest
from placefinder.store import atlas
from placefinder.store.about import ActivityAbout, PlaceAbout, place_about, place_checks
from placefinder.store.atlas import Surroundings
from placefinder.store.corrections import take_correction
from placefinder.store.listings import search
from placefinder.store.sources import current_editions
from placefinder.store.vocabulary import Vocabulary, vocabulary
from placefinder.web.asking import text
from placefinder.web.callers import Caller, callers
from placefinder.web.dates import Dates, dates_of
from placefinder.web.error_pages import error_page
from placefinder.web.languages import mark
from placefinder.web.maps import map_data
from placefinder.web.rendering import language_of, render
from placefinder.web.told_facts import Told, of_the_activity, of_the_place, told
from placefinder.web.told_freshness import ages
from placefinder.web.wording import Words

router = APIRouter(include_in_schema=False)

ABOUTS = {
    "closed": mark("もうやっていない"),
    "hours": mark("曜日や時間"),
    "place": mark("場所"),
    "phone": mark("電話番号"),
    "who": mark("だれが行けるか"),
    "other": mark("そのほか"),
}
LONGEST_MESSAGE = 1000
ALTERNATIVES = 3
_GEOD = Geod(ellps="GRS80")
_PHONE = re.compile(r"[0-9+][0-9+()\-]{5,}")


@dataclass(frozen=True, slots=True)
class Report:
    """A report of an error as it was filled in, and what is wrong with it by field."""

    about: str = ""
    message: str = ""
    errors: Mapping[str, str] | None = None
    sent: bool = False


@router.get("/places/{place_id}")
@callers(Caller.ANYONE)
async def place(request: Request, place_id: UUID) -> HTMLResponse:
    """A place's page; closed ones stay, with a notice and what is near."""
    return await _page(request, place_id, Report(errors={}))


@router.post("/places/{place_id}/corrections")
@callers(Caller.ANYONE)
async def correct(request: Request, place_id: UUID) -> HTMLResponse:
    """Takes a report of an error from anybody; only from our own page, and not too many."""
    if not _from_own_page(request):
        return error_page(request, 403)
    async with request.form(max_files=0, max_fields=10) as form:
        message = form.get("message")
        report = _checked(text(form, "about"), message if isinstance(message, str) else "")
    if not report.errors:
        async with request.app.state.pool.connection() as connection:
            known = await place_about(connection, place_id)
            if not known:
                raise HTTPException(404)
            try:
                await take_correction(connection, known[0].municipality_code, place_id, report.about, report.message)
            except TooManyReports:
                return error_page(request, 429)
        report = Report(errors={}, sent=True)
    return await _page(request, place_id, report, 422 if report.errors else 200)


def _from_own_page(request: Request) -> bool:
    """Browsers say where a form stands; what says nothing is no browser and carries no one's session."""
    site = request.headers.get("sec-fetch-site")
    if site:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return not origin or origin == str(request.base_url).rstrip("/")


def _checked(about: str, message: str) -> Report:
    message = message.replace("\r\n", "\n").replace("\0", "").encode("utf-8", "ignore").decode()
    errors = {}
    if about not in ABOUTS:
        errors["about"] = mark("どこがちがうかを選んでください。")
    if len(message) > LONGEST_MESSAGE:
        errors["message"] = mark("1000字までで書いてください。")
    return Report(about, message, errors)


async def _page(request: Request, place_id: UUID, report: Report, status: int = 200) -> HTMLResponse:
    async with request.app.state.pool.connection() as connection:
        known = await place_about(connection, place_id)
        if not known:
            raise HTTPException(404)
        about, activities = known
        words_of = await vocabulary(connection)
        district = await atlas.area(connection, about.district_id) if about.district_id else None
        around = await atlas.surroundings(connection, district)
        nearest = await _alternatives(connection, about, activities)
        editions = await current_editions(connection, [about.edition_id])
        checks = await place_checks(connection, place_id, [one.activity_id for one in activities])
        words = Words(language_of(request))
        now = clock.now()
        listed = about.current
        dates = await dates_of(connection, activities, words, now) if listed else Dates(words, now, {}, made=False)
    return render(
        request, "place.html", status,
        place=about, activities=activities, district=district, editions=editions, alternatives=nearest,
        kinds=words_of.kinds, terms=words_of.of("interest"), place_kinds=_kinds(activities, words_of),
        basis_said=words.basis(about.district_basis), way=_way(words, about, around),
        calendar=f"/places/{place_id}.ics" if about.current and all(one.passed_on for one in editions) else None,
        dates=dates, told_of=_told(about, activities, words_of, words), said_fees=_said_fees,
        ages_of=ages(about, activities, checks, words), abouts=ABOUTS, report=report,
        phone=_phone(about, activities), bring=_value("bring", about, activities),
        greeter=_value("greeter", about, activities), qr=_qr(request, place_id),
        map=None if about.lat is None else map_data(request.app.state.settings, words, around),
    )  # fmt: skip


def _told(
    about: PlaceAbout, activities: Sequence[ActivityAbout], words_of: Vocabulary, words: Words
) -> Mapping[UUID, Told]:
    """What is told of the place and of each activity, by id; a list with one row for both has all in the place."""
    own = about.facts
    if len(activities) == 1:
        both = {**own, **activities[0].facts}
        of_each = {activities[0].activity_id: told(of_the_activity(both), words_of, words)}
        own = of_the_place(both)
    else:
        of_each = {one.activity_id: told(one.facts, words_of, words) for one in activities}
    return {about.place_id: told(own, words_of, words), **of_each}


def _kinds(activities: Sequence[ActivityAbout], words_of: Vocabulary) -> list[Any]:
    held = {activity.kind for activity in activities}
    return [kind for kind in words_of.kinds.values() if kind.kind in held]


async def _alternatives(
    connection: AsyncConnection[Any], about: PlaceAbout, activities: Sequence[ActivityAbout]
) -> list[Result]:
    """The nearest other places; of the same kinds first where this one is closed."""
    if about.lat is None or about.lon is None:
        return []
    ended = not about.current or all(one.status in ("suspended", "closed") for one in activities)
    kinds = tuple({one.kind for one in activities}) if ended else ()
    asked = SearchRequest(near=LonLat(about.lon, about.lat), radius_m=3_000, kinds=kinds, limit=20)
    others: dict[UUID, Result] = {}
    for result in (await search(connection, asked)).results:
        if result.place_id != about.place_id:
            others.setdefault(result.place_id, result)
    return list(others.values())[:ALTERNATIVES]


def _said_fees(activity: ActivityAbout) -> tuple[str, ...]:
    """The fee as a list may have written it, if it is one sum: then its words say no more than the figure."""
    if activity.price_yen_min is None or activity.price_yen_min != activity.price_yen_max:
        return ()
    yen = activity.price_yen_min
    return (f"{yen}", f"{yen}円", f"{yen:,}円", *(("無料", "なし") if yen == 0 else ()))


def _way(words: Words, about: PlaceAbout, around: Surroundings) -> Markup | None:
    """Direction and walk from the district's school; straight-line, and the page says so."""
    school = next((one for one in around.schools if around.own and one["name"] == around.own.name), None)
    if not school or about.lat is None or about.lon is None:
        return None
    azimuth, _, metres = _GEOD.inv(school["lon"], school["lat"], about.lon, about.lat)
    return words.way(school["name"], azimuth % 360, minutes(estimated_way(metres), "adult"))


def _value(name: str, about: PlaceAbout, activities: Sequence[ActivityAbout]) -> str | None:
    told = [*(one.facts.get(name) for one in activities), about.facts.get(name)]
    return next((str(fact["value"]) for fact in told if fact and fact.get("value")), None)


def _phone(about: PlaceAbout, activities: Sequence[ActivityAbout]) -> dict[str, str] | None:
    """The number as the list shows it, and as a `tel:` link dials it."""
    shown = _value("phone", about, activities)
    found = _PHONE.search(shown.replace(" ", "")) if shown else None
    return {"shown": shown or "", "dial": re.sub(r"[^0-9+]", "", found[0])} if found else None


def _qr(request: Request, place_id: UUID) -> Markup:
    code = segno.make(str(request.base_url) + f"places/{place_id}", micro=False, error="m")
    return Markup(code.svg_inline(scale=4, omitsize=True, border=2, svgclass=None, lineclass=None))  # noqa: S704 - drawn by segno
