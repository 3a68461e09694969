"""The one table from errors to status codes, and how a refusal is said: RFC 9457 for programs, a page for people.

No answer repeats what was sent: it names the parameter and says what is allowed.
"""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

import orjson
import psycopg
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from psycopg_pool import PoolTimeout, TooManyRequests
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geo.errors import CodeError, PositionError
from placefinder.errors import NotPassedOn, SearchError, TooManyReports
from placefinder.web.error_pages import error_page

MAX_BODY_BYTES = 64 * 1024
_FOR_PROGRAMS = ("/api/", "/tiles/")
_CALENDAR = ".ics"
_RETRY_AFTER_S = "5"

STATUS: dict[type[Exception], int] = {
    SearchError: 400,
    PositionError: 400,
    CodeError: 400,
    RequestValidationError: 400,
    NotPassedOn: 403,
    TooManyReports: 429,
    psycopg.OperationalError: 503,
    psycopg.errors.QueryCanceled: 503,
    PoolTimeout: 503,
    TooManyRequests: 503,
    Exception: 500,
}


def problem(status: int, detail: str | None = None, **more: Any) -> Response:
    """An answer of application/problem+json (RFC 9457)."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    if detail:
        body["detail"] = detail
    headers = {"Retry-After": _RETRY_AFTER_S} if status in (429, 503) else None
    return Response(orjson.dumps(body | more), status, headers, "application/problem+json")


def answer(request: Request, error: Exception) -> Response:
    """What a caller is told about an error: a problem under /api and /tiles and for calendars, else a page."""
    status = _status_of(error)
    path = request.url.path
    if not (path.startswith(_FOR_PROGRAMS) or path.endswith(_CALENDAR)):
        return _with_headers(error_page(request, status), error, status)
    return _with_headers(problem(status, _detail(error, status), **_fields(error)), error, status)


def _status_of(error: Exception) -> int:
    if isinstance(error, HTTPException):
        return 400 if error.status_code == 422 else error.status_code
    if isinstance(error, RequestValidationError) and any(one["loc"][0] == "path" for one in error.errors()):
        return 404  # an id of no possible place is no place
    return next(status for kind, status in STATUS.items() if isinstance(error, kind))


def _with_headers(response: Response, error: Exception, status: int) -> Response:
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)  # Allow, of a 405
    if status == 503:
        response.headers["Retry-After"] = _RETRY_AFTER_S
    return response


def _detail(error: Exception, status: int) -> str | None:
    """Our own errors say what is allowed; of others nothing is told."""
    if isinstance(error, SearchError | PositionError | TooManyReports | NotPassedOn):
        return str(error)
    return {
        404: "There is nothing at this address.",
        413: f"A request may have {MAX_BODY_BYTES} bytes at most.",
        500: "This is our fault. It has been noted.",
        503: "The database is away or overloaded. Try again in some seconds.",
    }.get(status)


def _fields(error: Exception) -> dict[str, Any]:
    if isinstance(error, SearchError):
        return {"errors": [{"parameter": error.field, "allowed": error.allowed}]}
    return {}


class _TooLarge(HTTPException):
    def __init__(self) -> None:
        super().__init__(413)


class BodyLimit:
    """Refuses a body above its limit before it is read into memory, also where its length is not announced.

    The limit is MAX_BODY_BYTES, and what `larger` says for the few paths that take a file.
    """

    def __init__(self, app: ASGIApp, larger: Mapping[str, int] = MappingProxyType({})) -> None:
        self.app = app
        self.larger = larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        most = self.larger.get(scope["path"], MAX_BODY_BYTES)
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if not announced.isdigit() or int(announced) > most:
            await answer(Request(scope), _TooLarge())(scope, receive, send)
            return
        await self.app(scope, _bounded(receive, most), send)


def _bounded(receive: Receive, most: int) -> Receive:
    seen = 0

    async def bounded() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise _TooLarge
        return message

    return bounded


def install(app: FastAPI, larger_bodies: Mapping[str, int] = MappingProxyType({})) -> None:
    """Make every error an answer, and bound every body; `larger_bodies`: bytes by path, where a file is taken."""
    app.add_middleware(BodyLimit, larger=larger_bodies)
    kinds: tuple[type[Exception], ...] = (HTTPException, *STATUS)
    for kind in kinds:
        app.add_exception_handler(kind, _handle)


async def _handle(request: Request, error: Exception) -> Response:
    return answer(request, error)
