"""`/staff/import`: a coordinator looks at a list before it is loaded: row by row what would be taken, asked about or refused.

Nothing is loaded from here: a load writes the catalogue as its owner, and no login of the web may. The page says which
command does it. The file lies in a temporary folder for the length of the request, and nowhere afterwards.
"""

import asyncio
import base64
import binascii
import shutil
import tempfile
import zlib
from pathlib import Path, PurePath

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import UploadFile

from geo.codes import municipality_code
from placefinder.intake.errors import FileRefused
from placefinder.intake.preview import preview
from placefinder.intake.report import Report, csv_text
from placefinder.web.asking import text
from placefinder.web.callers import Caller, callers
from placefinder.web.languages import mark
from prescribing.errors import InputRefused
from prescribing.store.entering import Visitor, note
from prescribing.web.files import render
from prescribing.web.visits import visit

router = APIRouter(include_in_schema=False)

_MB = 2**20
MAX_FILE_BYTES = 5 * _MB
LARGER_BODIES = {"/staff/import": MAX_FILE_BYTES + 64 * 1024, "/staff/import/errors.csv": _MB}
MOST_LINES, MOST_CSV_BYTES = 100, 20 * _MB
_ONE_AT_A_TIME = asyncio.Semaphore(1)
"""A look takes a processor for seconds: pages must not wait for several."""
NO_FILE = mark("ファイルを選んでください。")


@router.get("/staff/import")
@callers(Caller.LINK_WORKER)
async def form(request: Request) -> HTMLResponse:
    """Where the file is chosen."""
    async with visit(request, "link_worker") as v:
        return _page(request, v.visitor)


@router.post("/staff/import")
@callers(Caller.LINK_WORKER)
async def look(request: Request) -> HTMLResponse:
    """What the file holds; a file that cannot be read says why, and what to do."""
    try:
        async with visit(request, "link_worker") as v:
            sent = (await request.form(max_files=1, max_fields=5)).get("file")
            await note(v.connection, "preview", "intake")
        return await _told(request, v.visitor, sent)
    finally:
        await request.close()  # the spooled file


async def _told(request: Request, visitor: Visitor, sent: object) -> HTMLResponse:
    if not isinstance(sent, UploadFile) or not sent.filename:
        return _page(request, visitor, wrong=NO_FILE, status=422)
    try:
        report = await _looked_at(request, visitor, sent)
    except FileRefused as refusal:
        return _page(request, visitor, refusal=refusal, status=422)
    return _page(request, visitor, report=report)


@router.post("/staff/import/errors.csv")
@callers(Caller.LINK_WORKER)
async def lines(request: Request) -> Response:
    """The lines of the page before as a file: the page brings them along, so the server keeps nothing."""
    async with visit(request, "link_worker"):
        told = _unpacked(text(await request.form(max_files=0, max_fields=5), "lines"))
    disposition = 'attachment; filename="import-errors.csv"'
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return Response(b"\xef\xbb\xbf" + told, headers=headers, media_type="text/csv; charset=utf-8")


async def _looked_at(request: Request, visitor: Visitor, sent: UploadFile) -> Report:
    dsn = request.app.state.pool.conninfo
    with tempfile.TemporaryDirectory(prefix="import-") as folder:
        path = Path(folder) / (PurePath(sent.filename or "").name[-100:] or "list")
        with path.open("wb") as file:
            await run_in_threadpool(shutil.copyfileobj, sent.file, file)
        async with _ONE_AT_A_TIME:
            return await run_in_threadpool(preview, dsn, path, municipality_code(visitor.municipality_code))


def _page(  # noqa: PLR0913 - what the page may have to say
    request: Request,
    visitor: Visitor,
    *,
    report: Report | None = None,
    refusal: FileRefused | None = None,
    wrong: str | None = None,
    status: int = 200,
) -> HTMLResponse:
    return render(
        request, "import.html", status, visitor=visitor, report=report, refusal=refusal, wrong=wrong,
        packed=_packed(csv_text(report)) if report and report.lines else "", most=MOST_LINES,
        most_mb=MAX_FILE_BYTES // _MB,
    )  # fmt: skip


def _packed(told: str) -> str:
    return base64.b64encode(zlib.compress(told.encode(), 9)).decode()


def _unpacked(packed: str) -> bytes:
    """What `_packed` made, never more than 20 MB. Raises InputRefused."""
    try:
        opening = zlib.decompressobj()
        told = opening.decompress(base64.b64decode(packed, validate=True), MOST_CSV_BYTES)
        told.decode()
    except (binascii.Error, zlib.error, UnicodeDecodeError):
        told = b""
    if not told or not opening.eof:
        raise InputRefused("lines", "the lines of a look at a file")
    return told
