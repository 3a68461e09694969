"""`/sheet/{id}`: what the person takes home, one page of A4: places with real dates, a map, whom to call, a code. No diagnosis.

The code is kept only as a hash, so a sheet shows it for ten minutes after it was made, from a cookie of that one address;
another printing makes another code and ends the one before.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import segno
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup
from psycopg import AsyncConnection
from pyproj import Geod

from geo.reach import Mobility, estimated_way, minutes
from placefinder import clock
from placefinder.search import Result
from placefinder.store import atlas
from placefinder.store.atlas import Surroundings
from placefinder.store.vocabulary import vocabulary
from placefinder.web.asking import text
from placefinder.web.callers import Caller, callers
from placefinder.web.dates import dates_of
from placefinder.web.languages import Language
from placefinder.web.rendering import environment, language_of
from placefinder.web.wording import Words
from prescribing import sheet_map
from prescribing.people import Patient
from prescribing.sheet_map import Drawing, Spot
from prescribing.store.entering import Visitor, note
from prescribing.store.links import make_code
from prescribing.store.organisations import doctor, organisation
from prescribing.store.people import patient
from prescribing.store.referrals import Referral, referral
from prescribing.store.suggested import Suggested, suggested, taken
from prescribing.web.files import FACE
from prescribing.web.phones import Phone, phone_of
from prescribing.web.visits import visit

router = APIRouter(include_in_schema=False)

ROLES = ("physician", "insurer_nurse", "link_worker")
COOKIE = "sheet_code"
COOKIE_S = 600
KNOWN_SCHOOL_M = 1_200
"""As long as it is not farther, the way is told from the school of the person's own district: they know it."""
A_WHILE = timedelta(days=7)
"""Dates on paper are read later: none is called today or tomorrow, which is said of the day the dates are told as of."""
_GEOD = Geod(ellps="GRS80")


@dataclass(frozen=True, slots=True)
class OnSheet:
    """One place on the sheet."""

    item: Result
    start: Spot | None
    way: Markup | None
    phone: Phone | None
    bring: str | None

    @property
    def is_long(self) -> bool:
        """Would it need more lines than a third of a page has? Then the letters become smaller, and nothing is lost."""
        return len(self.item.name) > 16 or len(self.item.address or "") > 30 or len(self.bring or "") > 20


@router.get("/sheet/{referral_id}")
@callers(Caller.PHYSICIAN, Caller.INSURER_NURSE, Caller.LINK_WORKER)
async def sheet(request: Request, referral_id: UUID) -> HTMLResponse:
    """The sheet to print, with the code where it was made just now."""
    async with visit(request, *ROLES) as v:
        found = await referral(v.connection, referral_id)
        seen = ["activity_id", "place_id", "link_office_id", "made_by"]
        await note(v.connection, "read", "sheet", subject_id=referral_id, patient_id=found.patient_id, seen=seen)
        language = _language(request, request.query_params.get("in", ""))
        values = await _values(v.connection, found, Words(language))
        return _page(
            request, language, visitor=v.visitor, **values, **_code(request), back=_back(v.visitor, referral_id)
        )


@router.post("/sheet/{referral_id}")
@callers(Caller.PHYSICIAN, Caller.INSURER_NURSE, Caller.LINK_WORKER)
async def print_anew(request: Request, referral_id: UUID) -> Response:
    """Another printing: a new code, and the one before ends."""
    async with visit(request, *ROLES) as v, request.form(max_files=0, max_fields=5) as form:
        found = await referral(v.connection, referral_id)
        return await leading_to_sheet(v.connection, request, found, text(form, "in"))


async def leading_to_sheet(
    connection: AsyncConnection[Any], request: Request, found: Referral, language: str = ""
) -> Response:
    """Make the code of a printing and lead to the sheet, which shows it."""
    code = await make_code(connection, found)
    where = f"/sheet/{found.referral_id}"
    answer = RedirectResponse(f"{where}?in={language}" if language in list(Language) else where, 303)
    secure = request.url.scheme == "https"
    answer.set_cookie(COOKIE, code, max_age=COOKIE_S, path=where, httponly=True, samesite="strict", secure=secure)
    return answer


def _language(request: Request, wanted: str) -> Language:
    """The language of the paper, which need not be that of who prints it."""
    return Language(wanted) if wanted in list(Language) else language_of(request)


def _back(visitor: Visitor, referral_id: UUID) -> str:
    return f"/staff/cases/{referral_id}" if visitor.role == "link_worker" else f"/staff/referrals/{referral_id}"


def _page(request: Request, language: Language, **values: Any) -> HTMLResponse:
    page = environment(language, FACE).get_template("sheet.html")
    return HTMLResponse(page.render(request=request, **values), headers={"Cache-Control": "no-store"})


async def _values(connection: AsyncConnection[Any], found: Referral, words: Words) -> dict[str, Any]:
    person = await patient(connection, found.patient_id)
    shown = [one for one in taken(await suggested(connection, found.referral_id), found.state) if one.item]
    items = [one.item for one in shown if one.item]
    around = await _around(connection, person, items)
    words_of, now = await vocabulary(connection), clock.now()
    office = await organisation(connection, found.link_office_id) if found.link_office_id else None
    places = [_on_sheet(one, one.item, person, around, words) for one in shown if one.item]
    dates = await dates_of(connection, items, words, now)
    return {
        "places": places,
        "tight": any(one.is_long for one in places),
        "kinds": words_of.kinds,
        "dates": replace(dates, now=now - A_WHILE),
        "today": now.date(),
        "drawing": _drawing(places, around),
        "clinic": await organisation(connection, found.organisation_id),
        "office": office,
        "doctor": await doctor(connection, found.made_by),
    }


async def _around(connection: AsyncConnection[Any], person: Patient, items: Sequence[Result]) -> Surroundings:
    """The district of the person, or else of the first place, and what is around it."""
    districts = [person.district_id, *(item.district_id for item in items)]
    known = next((one for one in districts if one), None)
    return await atlas.surroundings(connection, await atlas.area(connection, known) if known else None)


def _on_sheet(one: Suggested, item: Result, person: Patient, around: Surroundings, words: Words) -> OnSheet:
    start = _start(item, around)
    return OnSheet(item, start, _way(start, item, person, words) if start else None, phone_of(one.phone), one.bring)


def _start(item: Result, around: Surroundings) -> Spot | None:
    """From where the way is told: the school the person knows, else the nearest."""
    if item.lon is None or item.lat is None:
        return None
    ways = [(_bearing(Spot(one["lon"], one["lat"], one["name"]), item)[1], one) for one in around.schools]
    own = [way for way in ways if around.own and way[1]["name"] == around.own.name and way[0] < KNOWN_SCHOOL_M]
    nearest = min(own or ways, key=lambda way: way[0], default=None)
    return Spot(nearest[1]["lon"], nearest[1]["lat"], nearest[1]["name"]) if nearest else None


def _way(start: Spot, item: Result, person: Patient, words: Words) -> Markup:
    """「…小学校から北東のほうへ、歩いて約4分のところです。」, at the person's pace."""
    azimuth, metres = _bearing(start, item)
    mobility: Mobility = person.mobility
    pace: Mobility = "adult" if mobility in ("bicycle", "car_or_bus") else mobility
    return words.way(start.name, azimuth % 360, minutes(estimated_way(metres), pace))


def _bearing(start: Spot, item: Result) -> tuple[float, float]:
    """Degrees clockwise from north, and metres of straight line."""
    azimuth, _, metres = _GEOD.inv(start.lon, start.lat, item.lon, item.lat)
    return float(azimuth), float(metres)


def _drawing(places: Sequence[OnSheet], around: Surroundings) -> Drawing | None:
    spots = [
        Spot(one.item.lon, one.item.lat, one.item.name, number)
        for number, one in enumerate(places, 1)
        if one.item.lon is not None and one.item.lat is not None
    ]
    schools = [Spot(one["lon"], one["lat"], one["name"]) for one in around.schools]
    start = list(dict.fromkeys(one.start for one in places if one.start))
    own = around.own.shape if around.own else None
    return sheet_map.draw(spots, schools, own, [one.shape for one in around.neighbours], start)


def _code(request: Request) -> dict[str, Any]:
    code = request.cookies.get(COOKIE)
    if not code:
        return {"code": None, "qr": None, "where": None}
    where = f"{request.base_url}r"
    drawn = segno.make(f"{where}/{code}", micro=False, error="m")
    qr = Markup(drawn.svg_inline(scale=4, omitsize=True, border=2, svgclass=None, lineclass=None))  # noqa: S704 - drawn by segno
    return {"code": code, "qr": qr, "where": where.split("://", 1)[-1]}
