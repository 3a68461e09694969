"""What every step of signing in needs: cookies, where to go next, where a form came from, and passwords off the event loop."""

import asyncio
import re
from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from psycopg_pool import AsyncConnectionPool
from starlette.datastructures import FormData

from prescribing.accounts import hash_password, verify_password
from prescribing.errors import NotAllowed, TooManyTries
from prescribing.web.visits import SESSION_COOKIE

HALF_COOKIE = "signing-in"
"""The session between the two factors; leads nowhere else."""
HALF_COOKIE_S = 600
_OWN_PATHS = re.compile(r"/(staff|sheet|insurer|municipality)(/[\w./-]*)?(\?[\w=&.%+-]*)?", re.ASCII)
_NOT_NEXT = ("/staff/sign-", "/staff/second-factor", "/staff/oidc", "/staff/invited", "/staff/awake", "/staff/static")
_AT_ONCE, _WAITING = 2, 16


def own_path(text: object) -> str:
    """The address where the form said to go next, if it is a page of our own for staff; else the start page."""
    if not isinstance(text, str) or not _OWN_PATHS.fullmatch(text) or ".." in text or text.startswith(_NOT_NEXT):
        return "/staff"
    return text


async def form_of(request: Request) -> FormData:
    """A form without files; with one it is refused (400)."""
    return await request.form(max_files=0)


def text_of(form: FormData, name: str, longest: int = 300) -> str:
    """A field of a form as text, without what no field may hold; empty where it is missing, a file or too long."""
    value = form.get(name)
    return value.strip() if isinstance(value, str) and len(value) <= longest and "\0" not in value else ""


def typed(form: FormData, name: str) -> str:
    """A password exactly as it was typed; empty where it is missing or far too long."""
    value = form.get(name)
    return value if isinstance(value, str) and len(value) <= 1000 else ""


def check_same_origin(request: Request) -> None:
    """Raises NotAllowed for a form that another site sent: there is no session yet whose token could tell."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site not in (None, "same-origin", "none"):
        raise NotAllowed
    if origin is not None and origin.partition("://")[2] != request.url.netloc:
        raise NotAllowed


def own_origin(request: Request) -> str:
    """`https://host:port` of this site, as the browser says it."""
    return f"{request.url.scheme}://{request.url.netloc}"


def pool_of(request: Request) -> AsyncConnectionPool[Any]:
    """Connections of the staff's login role, which have not entered."""
    pool: AsyncConnectionPool[Any] = request.app.state.staff_pool
    return pool


def go(path: str) -> RedirectResponse:
    """To another page after a form."""
    return RedirectResponse(path, 303, {"Cache-Control": "no-store"})


def give_session(request: Request, answer: Response, token: str) -> None:
    """The cookie of a complete session: no script reads it, it ends with the browser and by the server's own limits."""
    answer.set_cookie(SESSION_COOKIE, token, path="/", httponly=True, samesite="lax", secure=_is_https(request))
    answer.delete_cookie(HALF_COOKIE, path="/staff")


def give_half_session(request: Request, answer: Response, token: str) -> None:
    answer.set_cookie(
        HALF_COOKIE,
        token,
        max_age=HALF_COOKIE_S,
        path="/staff",
        httponly=True,
        samesite="lax",
        secure=_is_https(request),
    )


def take_session(answer: Response) -> None:
    answer.delete_cookie(SESSION_COOKIE, path="/")
    answer.delete_cookie(HALF_COOKIE, path="/staff")


def _is_https(request: Request) -> bool:
    return request.url.scheme == "https"


class PasswordDesk:
    """Passwords are hashed and checked two at a time in threads, so that they cannot take the whole machine."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0

    async def verify(self, kept: str | None, password: str) -> bool:
        """Whether it is the kept password; costs the same for nobody's (None). Raises TooManyTries in a crowd."""
        return bool(await self._in_turn(verify_password, kept, password))

    async def hash(self, password: str) -> str:
        """The hash to keep. Raises TooManyTries in a crowd."""
        return str(await self._in_turn(hash_password, password))

    async def _in_turn(self, work: Any, *values: Any) -> Any:
        if self._waiting >= _WAITING:
            raise TooManyTries
        self._waiting += 1
        try:
            async with self._places:
                return await asyncio.to_thread(work, *values)
        finally:
            self._waiting -= 1


def passwords(request: Request) -> PasswordDesk:
    """The app's own desk, made at the first password."""
    state = request.app.state
    if not hasattr(state, "password_desk"):
        state.password_desk = PasswordDesk()
    desk: PasswordDesk = state.password_desk
    return desk
