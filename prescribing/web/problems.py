"""The one table from prescribing's errors to status codes; a person gets a page, a program RFC 9457."""

from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from placefinder.web.error_pages import error_page
from placefinder.web.problems import problem
from prescribing import errors

STATUS: dict[type[errors.PrescribingError], int] = {
    errors.AuditBroken: 500,
    errors.ConsentMissing: 409,
    errors.InputRefused: 422,
    errors.KeyReused: 422,
    errors.KeysUnusable: 500,
    errors.LinkRefused: 410,
    errors.MoveRefused: 409,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.NotSignedIn: 401,
    errors.PasswordDue: 403,
    errors.SealBroken: 500,
    errors.TooManyTries: 429,
    errors.VersionMissing: 428,
    errors.VersionStale: 412,
}
SIGN_IN = "/staff/sign-in"
CHANGE_PASSWORD = "/staff/password"  # noqa: S105  (an address)


def install(app: FastAPI) -> None:
    """Make every refusal of prescribing an answer."""
    app.add_exception_handler(errors.PrescribingError, _handle)


async def _handle(request: Request, error: Exception) -> Response:
    status = STATUS[type(error)]  # type: ignore[index]
    if request.url.path.startswith("/api/"):
        return problem(status, str(error))
    if isinstance(error, errors.NotSignedIn):
        wanted = {"next": request.url.path} if request.method == "GET" else {}
        return RedirectResponse(f"{SIGN_IN}?{urlencode(wanted)}" if wanted else SIGN_IN, 303)
    if isinstance(error, errors.PasswordDue):
        return RedirectResponse(CHANGE_PASSWORD, 303)
    return error_page(request, status)
