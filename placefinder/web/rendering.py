"""A template and its values to a response: language, text size, compression, the headers of every page."""

import gzip
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import jinja2
from fastapi import Request
from fastapi.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from placefinder.settings import Settings
from placefinder.store.sources import CurrentEdition
from placefinder.web import told_freshness, wording
from placefinder.web.assets import Assets
from placefinder.web.languages import Language, gettext_of, mark, ngettext_of, plain, ruby

TEMPLATES = Path(__file__).parent / "templates"
ASSETS = Assets()
SIZES = {"standard": mark("標準"), "large": mark("大"), "largest": mark("特大")}
A_YEAR_S = 31_536_000
COMPRESS_FROM_BYTES = 1_000


@dataclass(frozen=True)
class Face:
    """Where a face has its templates and files; what it has not, the finder has."""

    templates: Path
    assets: Assets


FINDER = Face(TEMPLATES, ASSETS)


@cache
def environment(language: Language, face: Face = FINDER) -> jinja2.Environment:
    """The templates in one language; every value is escaped, a missing one is an error."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader([face.templates, TEMPLATES]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    gettext, ngettext = gettext_of(language), ngettext_of(language)
    made.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.filters.update(plain=plain, ruby=ruby)
    made.globals.update(
        asset=face.assets.url, language=language, words=wording.Words(language), languages=list(Language)
    )
    made.globals.update(schedule_freshness=told_freshness.of_schedule, said_freshness=told_freshness.said)
    return made


def language_of(request: Request) -> Language:
    """What the resident chose by link, else by cookie, else what the browser asks for; Japanese otherwise."""
    for wish in (request.query_params.get("lang"), request.cookies.get("lang")):
        if wish in list(Language):
            return Language(wish)
    return Language.EN if request.headers.get("accept-language", "").lower().startswith("en") else Language.JA


def size_of(request: Request) -> str:
    """The text size the resident chose: `standard`, `large` or `largest`."""
    for wish in (request.query_params.get("size"), request.cookies.get("size")):
        if wish in SIZES:
            return wish
    return "standard"


def render(
    request: Request, template: str, status_code: int = 200, /, face: Face = FINDER, **values: Any
) -> HTMLResponse:
    """A page in the resident's language and text size; both choices are kept in cookies when made."""
    language, size = language_of(request), size_of(request)
    page = environment(language, face).get_template(template)
    values["fictional"] = _fictional(values.get("editions", ()))
    body = page.render(request=request, size=size, sizes=SIZES, here_with=_here_with(request), **values)
    answer = _compressed(body.encode(), request, status_code)
    for name, value in (("lang", language.value), ("size", size)):
        if request.query_params.get(name) == value:
            answer.set_cookie(name, value, max_age=A_YEAR_S, samesite="lax", httponly=True)
    return answer


def _fictional(editions: Iterable[CurrentEdition]) -> str:
    """What a page stands on is invented: `all` of it, `some`, or none ("")."""
    told = {edition.fictional for edition in editions}
    return "" if True not in told else "some" if False in told else "all"


def _here_with(request: Request) -> Any:
    """Builds the address of this same page with one choice changed; a posted page leads to its empty form."""

    def address(**change: str) -> str:
        query = {} if request.method == "POST" else dict(request.query_params)
        pairs = [(name, value) for name, value in request.query_params.multi_items() if name in query]
        kept = [(name, value) for name, value in pairs if name not in change]
        return f"{request.url.path}?{urlencode([*kept, *change.items()])}"

    return address


def _compressed(body: bytes, request: Request, status: int) -> HTMLResponse:
    headers = {
        "Cache-Control": "private, no-cache" if request.method == "GET" else "no-store",
        "Vary": "Accept-Encoding, Cookie, Accept-Language",
    }
    if len(body) >= COMPRESS_FROM_BYTES and "gzip" in request.headers.get("accept-encoding", ""):
        body, headers["Content-Encoding"] = gzip.compress(body, 6, mtime=0), "gzip"
    return HTMLResponse(body, status, headers)


def content_security_policy(settings: Settings) -> str:
    """Own files only; with `TILES=direct` images of the tile server too."""
    images = "'self'"
    if settings.tiles == "direct":
        parts = urlsplit(settings.tile_url)
        images += f" data: {parts.scheme}://{parts.netloc}"
    elif settings.tiles == "proxy":
        images += " data:"
    return (
        f"default-src 'self'; img-src {images}; object-src 'none'; base-uri 'none'; "
        "frame-ancestors 'none'; form-action 'self'"
    )


class SecurityHeaders:
    """Adds the security headers to every answer that has not its own."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.headers = [
            (b"content-security-policy", content_security_policy(settings).encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"same-origin"),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"permissions-policy", b"geolocation=(self), camera=(), microphone=()"),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(pair for pair in self.headers if pair[0] not in present)]
            await send(message)

        await self.app(scope, receive, send_with_headers)
