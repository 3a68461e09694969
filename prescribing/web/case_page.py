"""`/staff/cases/{id}`: one person's case on one page: what to do next first, then who they are and what happened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID, uuid4

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from placefinder import clock
from placefinder.store.vocabulary import Vocabulary, vocabulary
from placefinder.web.callers import Caller, callers
from placefinder.web.languages import mark, ruby
from placefinder.web.rendering import language_of
from placefinder.web.wording import Words
from prescribing.attendance import RECORDED_IN, contradictions, days_attended
from prescribing.consents import guardian_needed, text_of
from prescribing.journey import MOVES, OVER, REASONS, STATES, Move, moves_from, reasons_for
from prescribing.matching import REASONS as WHY
from prescribing.matching import UNKNOWNS
from prescribing.people import AgeBand, Identity
from prescribing.sealing import Sealer
from prescribing.store.attendances import tellings_of
from prescribing.store.cases import offices
from prescribing.store.contacts import contacts_of
from prescribing.store.entering import note
from prescribing.store.held import Held, held
from prescribing.store.notices import Notice, latest
from prescribing.store.one_case import CaseFile, Event, case_file, events_of
from prescribing.store.people import identity
from prescribing.store.plans import lines_of
from prescribing.store.rules import guardian_below
from prescribing.store.suggested import Suggested, suggested
from prescribing.web import journey_words
from prescribing.web.case_words import free_said, lateness, next_step
from prescribing.web.files import render
from prescribing.web.told_reasons import told
from prescribing.web.visits import Visit, visit

router = APIRouter(include_in_schema=False)

FIRST: Mapping[str, tuple[str, ...]] = {
    "sent": ("start_contact", "assign"),
    "transferred": ("start_contact", "assign"),
    "contacted": ("ask_place",),
    "place_asked": ("accept", "decline"),
    "no_answer": ("ask_place", "accept", "decline"),
    "place_declined": ("ask_place",),
    "place_accepted": ("book",),
    "no_show": ("book",),
    "attended_once": ("go_on",),
    "active": ("sustain_3m",),
    "sustained_3m": ("sustain_6m",),
    "sustained_6m": ("close",),
    "on_hold": ("resume",),
}
"""The moves that stand on top by state; the others are folded away. Contacts and attendances make their moves themselves."""
BY_FORMS = frozenset({"reach", "attend", "miss"})
"""Moves that follow from the contact log or from an attendance."""
DATES = 4


@dataclass(frozen=True, slots=True)
class Shown:
    """A place that was suggested, in words; `open`: it is listed. `notice`: what it said about taking nobody."""

    activity_id: UUID
    place_id: UUID
    name: str | None
    open: bool
    chosen: bool
    small_start: bool
    reasons: list[Markup]
    unknowns: list[Markup]
    notice: Notice | None


@dataclass(frozen=True, slots=True)
class Again:
    """A form that could not be taken: why, and what was typed. `since`: the version it was filled in at, if that is stale."""

    status: int = 200
    refused: str = ""
    since: int | None = None
    path: str = ""
    kept: Mapping[str, str] = field(default_factory=dict)


@router.get("/staff/cases/{referral_id}")
@callers(Caller.LINK_WORKER)
async def one(request: Request, referral_id: UUID) -> HTMLResponse:
    """The case, or 404: absent, another office's, and consent withdrawn look the same."""
    async with visit(request, "link_worker") as v:
        return await case_page(request, v, referral_id, Again())


async def case_page(request: Request, v: Visit, referral_id: UUID, again: Again) -> HTMLResponse:
    """The page of a case in an open visit, also after a refusal."""
    found = await case_file(v.connection, referral_id)
    today = clock.today()
    sealer = request.app.state.sealer
    contacts = await contacts_of(v.connection, referral_id)
    tellings = await tellings_of(v.connection, referral_id)
    events = await events_of(v.connection, referral_id)
    seen = ["contact.note_sealed", "attendance.held_on", "referral_event.move"]
    await note(v.connection, "read", "rx.contact", subject_id=referral_id, patient_id=found.patient_id, seen=seen)
    words_of = await vocabulary(v.connection)
    words = Words(language_of(request))
    sessions = await _sessions(v, found)
    ours = found.link_office_id == v.visitor.organisation_id
    moves = moves_from(found.state, "link_worker") if ours else ()
    return render(
        request, "case.html", again.status, visitor=v.visitor, case=found, who=await _who(v, found, sealer), ours=ours,
        plan=await lines_of(v.connection, sealer, found.patient_id), again=again, changed=changed_since(events, again.since),
        contacts=[(one, one.note(sealer)) for one in contacts], events=events, key=uuid4(), today=today,
        how=lateness(found.due_on, today), step=next_step(found), first=first_of(found.state, moves),
        others=others_of(found.state, moves), reasons={m.move: reasons_for(m) for m in MOVES.values()},
        offices=await offices(v.connection, v.visitor) if ours else [], sessions=sessions,
        shown=await _shown(v, referral_id, words, words_of, today), free=free_said(found.free_minutes or (), words),
        tellings=tellings, attended=days_attended(tellings), disagree=contradictions(tellings),
        tells=found.state in RECORDED_IN and ours, over=found.state in OVER, days=_days(found, sessions, today),
        hold_until=today + timedelta(28),
        guardian=guardian_needed(AgeBand(found.age_band), found.birth_year, today, await guardian_below(v.connection)), consent_texts=_texts(words), terms=words_of.of("interest"), needs=words_of.of("need"), states=STATES,
        all_reasons=REASONS, said=journey_words, tokyo=clock.TOKYO,
    )  # fmt: skip


def _texts(words: Words) -> dict[str, Markup]:
    """What is read out before somebody says yes on the phone, in the words of the consent's own text."""
    here = {"host": mark("この場所"), "link_worker": mark("新しい事務所")}
    told = {purpose: ruby(text_of(purpose).told(words.language)) for purpose in here}
    return {purpose: text.replace("{recipient}", words.say(here[purpose])) for purpose, text in told.items()}


async def _who(v: Visit, found: CaseFile, sealer: Sealer) -> Identity | None:
    return await identity(v.connection, sealer, found.patient_id) if found.identity_sealed else None


async def _shown(v: Visit, referral_id: UUID, words: Words, words_of: Vocabulary, today: date) -> list[Shown]:
    """Every place that was suggested, the newest telling of each, the last round first."""
    by_id = {one.activity_id: one for one in await suggested(v.connection, referral_id)}
    notices = await latest(v.connection, by_id)
    rows = sorted(by_id.values(), key=lambda one: (-one.round, one.rank))
    return [_told(one, notices.get(one.activity_id), words, words_of, today) for one in rows]


def _told(one: Suggested, notice: Notice | None, words: Words, words_of: Vocabulary, today: date) -> Shown:
    return Shown(
        one.activity_id, one.place_id, one.item.name if one.item else None, one.item is not None, one.chosen,
        one.small_start, told(WHY, one.reasons, words, words_of), told(UNKNOWNS, one.unknowns, words, words_of),
        notice if notice and notice.state != "open" and notice.holds(today) else None,
    )  # fmt: skip


async def _sessions(v: Visit, found: CaseFile) -> Held:
    if found.activity_id is None:
        return Held()
    since = (
        found.state_since.astimezone(clock.TOKYO).date()
        if found.state in ("place_accepted", "booked", "no_show")
        else found.made_at.astimezone(clock.TOKYO).date()
    )
    return await held(v.connection, found.activity_id, clock.now(), most=DATES, since=since)


def first_of(state: str, moves: Sequence[Move]) -> list[Move]:
    """The moves on top, in the order of FIRST."""
    by_name = {move.move: move for move in moves}
    return [by_name[name] for name in FIRST.get(state, ()) if name in by_name]


def others_of(state: str, moves: Sequence[Move]) -> list[Move]:
    """The moves folded away, in the order of the journey."""
    return [move for move in moves if move.move not in FIRST.get(state, ()) and move.move not in BY_FORMS]


def changed_since(events: Sequence[Event], since: int | None) -> list[Event]:
    """What happened after the version a form was filled in at, oldest first."""
    return [] if since is None else [event for event in reversed(events) if event.version > since]


def _days(found: CaseFile, sessions: Held, today: date) -> list[date]:
    booked = {found.booked_for} if found.booked_for and found.booked_for <= today else set()
    return sorted({*sessions.past, *booked}, reverse=True)[:DATES]
