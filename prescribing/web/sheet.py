"""`/sheet/{id}`: what the person takes home, one page of A4: places with real dates, a map, whom to call, a code. No diagnosis.

The code is kept only as a hash, so a sheet shows it for ten minutes after it was made, from a cookie of that one address;
another printing makes another code and ends the one before.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import segno
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup
from psycopg import AsyncConnection
from pyproj import Geod

from geo.points import LonLat
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
_GEOD = Geod(ellps="GRS80")


@dataclass(frozen=True, slots=True)
class OnSheet:
    """One place on the sheet."""

    item: Result
    way: Markup | None
    phone: Phone | None
    bring: str | None


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
    return {
        "places": [_on_sheet(one, one.item, person, around, words) for one in shown if one.item],
        "kinds": words_of.kinds,
        "dates": await dates_of(connection, items, words, now),
        "today": now.date(),
        "drawing": _drawing(items, around),
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
    return OnSheet(item, _way(item, person, around, words), phone_of(one.phone), one.bring)


def _way(item: Result, person: Patient, around: Surroundings, words: Words) -> Markup | None:
    """「…小学校から北東のほうへ、歩いて約4分のところです。」: from the school the person knows, at the person's pace."""
    if item.lon is None or item.lat is None or not around.schools:
        return None
    there = LonLat(item.lon, item.lat)
    ways = [(*_bearing(school, there), school["name"]) for school in around.schools]
    own = [way for way in ways if around.own and way[2] == around.own.name and way[1] < KNOWN_SCHOOL_M]
    azimuth, metres, name = min(own or ways, key=lambda way: way[1])
    mobility: Mobility = person.mobility
    pace: Mobility = "adult" if mobility in ("bicycle", "car_or_bus") else mobility
    return words.way(name, azimuth % 360, minutes(estimated_way(metres), pace))


def _bearing(school: dict[str, Any], there: LonLat) -> tuple[float, float]:
    azimuth, _, metres = _GEOD.inv(school["lon"], school["lat"], there.lon, there.lat)
    return float(azimuth), float(metres) if math.isfinite(metres) else 0.0


def _drawing(items: Sequence[Result], around: Surroundings) -> Drawing | None:
    places = [
        Spot(item.lon, item.lat, item.name, number)
        for number, item in enumerate(items, 1)
        if item.lon is not None and item.lat is not None
    ]
    schools = [Spot(one["lon"], one["lat"], one["name"]) for one in around.schools]
    own = around.own.shape if around.own else None
    return sheet_map.draw(places, schools, own, [one.shape for one in around.neighbours])


def _code(request: Request) -> dict[str, Any]:
    code = request.cookies.get(COOKIE)
    if not code:
        return {"code": None, "qr": None, "where": None}
    where = f"{request.base_url}r"
    drawn = segno.make(f"{where}/{code}", micro=False, error="m")
    qr = Markup(drawn.svg_inline(scale=4, omitsize=True, border=2, svgclass=None, lineclass=None))  # noqa: S704 - drawn by segno
    return {"code": code, "qr": qr, "where": where.split("://", 1)[-1]}
