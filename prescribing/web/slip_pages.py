"""`/staff/cases/{id}/slip`: one A4 sheet for a place that answers by FAX or on the phone, with the same code as its link.

A code is kept only as a hash, so a slip is shown once, when it is made; another printing has another code.
"""

from uuid import UUID

import segno
from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup

from placefinder import clock
from placefinder.store.vocabulary import vocabulary
from placefinder.web.callers import Caller, callers
from prescribing.errors import MoveRefused
from prescribing.journey import REASONS
from prescribing.store.held import held
from prescribing.store.links import make_link
from prescribing.store.one_case import case_file
from prescribing.web import journey_words
from prescribing.web.files import render
from prescribing.web.host_words import DECLINES
from prescribing.web.visits import visit

router = APIRouter(include_in_schema=False)
ASKABLE = ("place_asked", "no_answer", "place_accepted", "booked", "no_show", "attended_once", "active")


@router.post("/staff/cases/{referral_id}/slip")
@callers(Caller.LINK_WORKER)
async def slip(request: Request, referral_id: UUID) -> Response:
    """The slip and the link for the place of a case, made now. Raises MoveRefused where no place was asked."""
    async with visit(request, "link_worker") as v:
        case = await case_file(v.connection, referral_id)
        if case.activity_id is None or case.state not in ASKABLE or not case.host_may_know:
            raise MoveRefused(case.state, "slip", "no place was asked that the person lets know of them")
        made = await make_link(v.connection, case)
        sessions = await held(v.connection, case.activity_id, clock.now())
        words_of = await vocabulary(v.connection)
    address = f"{str(request.base_url).rstrip('/')}/o/{made.token}"
    return render(
        request, "slip.html", visitor=v.visitor, case=case, code=made.code, address=address, qr=_qr(address),
        typed_at=f"{request.base_url}o", sessions=sessions, reasons=[REASONS[code] for code in DECLINES],
        needs=words_of.of("need"), today=clock.today(), expires_on=made.expires_at.astimezone(clock.TOKYO).date(), said=journey_words,
    )  # fmt: skip


def _qr(address: str) -> Markup:
    code = segno.make(address, micro=False, error="m")
    return Markup(code.svg_inline(scale=4, omitsize=True, border=2, svgclass=None, lineclass=None))  # noqa: S704 - drawn by segno
