"""`/lines` and `/u18`: whom to call, now and later."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from placefinder import clock
from placefinder.contact_lines import ContactLine
from placefinder.store.contact_lines import contact_lines
from placefinder.store.sources import current_editions
from placefinder.store.vocabulary import vocabulary
from placefinder.web.callers import Caller, callers
from placefinder.web.rendering import language_of, render
from placefinder.web.wording import Words

router = APIRouter(include_in_schema=False)


@router.get("/lines")
@callers(Caller.ANYONE)
async def lines(request: Request) -> HTMLResponse:
    """Contact lines by topic: those answering now first."""
    topic = request.query_params.get("topic") or None
    return await _page(request, "lines.html", topic, under_18=False)


@router.get("/u18")
@callers(Caller.ANYONE)
async def under_18(request: Request) -> HTMLResponse:
    """The same for under-18s, in plain words."""
    return await _page(request, "u18.html", None, under_18=True)


async def _page(request: Request, template: str, topic: str | None, under_18: bool) -> HTMLResponse:
    async with request.app.state.pool.connection() as connection:
        topics = (await vocabulary(connection)).of("topic")
        chosen = topic if topic in topics else None
        found = await contact_lines(connection, chosen, under_18)
        always = await contact_lines(connection) if chosen and not under_18 else found
        editions = await current_editions(connection, {line.edition_id for line in found})
    now = clock.now()
    words = Words(language_of(request))
    shown_now = [line for line in found if line.open_at(now)]
    return render(
        request, template,
        topic=chosen, topics=list(topics.values()), terms=topics, editions=editions,
        now_said=now.strftime("%H:%M"), hours_said=lambda line: line_hours(line, words),
        open=shown_now, later=[line for line in found if line not in shown_now],
        always=[line for line in always if line.always],
    )  # fmt: skip


def line_hours(line: ContactLine, words: Words) -> Markup:
    """When a line answers, in words; unknown is said."""
    if line.always:
        return words.say("毎日 24時間")
    if not line.hours:
        return words.say("時間は未確認です")
    return words.say("、").join(words.schedule(line.schedule))
