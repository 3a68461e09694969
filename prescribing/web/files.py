"""The staff faces' own templates and static files; what they have not, the finder has."""

from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from placefinder.web.assets import Assets
from placefinder.web.callers import Caller, callers
from placefinder.web.rendering import ASSETS, Face
from placefinder.web.rendering import render as render_face
from prescribing.web.navigation import links_of

_HERE = Path(__file__).parent
FACE = Face(_HERE / "templates", Assets(_HERE / "static", "/staff/static/", ASSETS))

router = APIRouter(include_in_schema=False)


@router.get("/staff/static/{path:path}")
@callers(Caller.ANYONE)
async def static(request: Request, path: str) -> Response:
    """A file of the staff faces, under the name that holds its hash."""
    return FACE.assets.get(f"/staff/static/{path}").answer(request)


def render(request: Request, template: str, status_code: int = 200, /, **values: Any) -> HTMLResponse:
    """A page about people: in the reader's language, and kept by no cache. `visitor` is who entered, where somebody did."""
    values["links"] = links_of(values.setdefault("visitor", None))
    answer = render_face(request, template, status_code, face=FACE, **values)
    answer.headers["Cache-Control"] = "no-store"
    return answer
