"""Calendars to subscribe to (RFC 5545, RFC 7986): what is held at some places, as the engine says and coordinators changed it.

A calendar passes dates on to programs that show nothing but them. So a doubtful date is TENTATIVE and says 「確認してから」 in its
title, a cancelled one is CANCELLED, hours that nobody told are 「時間未確認」, and nothing is said beyond the months asked for.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneStandard, vDuration, vRecur, vText, vUri

from placefinder.opening.calendar import Change, Doubt, Occurrence, occurrences
from placefinder.opening.rrules import Recurrence, to_rrules
from placefinder.opening.rules import Hours, Schedule

Say = Callable[[str], str]
"""A Japanese sentence in the reader's language, as plain text."""

TOKYO = ZoneInfo("Asia/Tokyo")
MONTHS_AHEAD = 6
STOPPED = ("suspended", "closed")
_REFRESH = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Listed:
    """What a calendar says of one activity. `told_at`: when the list or a coordinator last said something of it.

    `stale`: nobody has checked its schedule for so long that no date of it is sure. `reasons`: why
    a day was changed, for everybody to read. `lon`, `lat` in degrees, JGD2011, None where the position is too vague to be drawn; `page` is the address of its page.
    """

    activity_id: UUID
    name: str
    place_name: str
    address: str | None
    lon: float | None
    lat: float | None
    status: str
    status_text: str | None
    schedule: Schedule
    changes: tuple[Change, ...]
    told_at: datetime
    page: str
    attribution: str
    condition: str | None
    stale: bool = False
    reasons: Mapping[date, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Feed:
    """A calendar's own name, its address, the page that shows the same, and the day in Japan.

    `notices`: what has no dates says so on today's date; else only the calendar's description tells of it. `terms`: of
    what it stands on beside the lists of its activities, as attribution and condition.
    """

    title: str
    address: str
    page: str
    today: date
    notices: bool = False
    terms: tuple[tuple[str, str | None], ...] = ()


def feed(about: Feed, listed: Sequence[Listed], say: Say) -> bytes:
    """The calendar as text/calendar in UTF-8: lines end with CRLF and are folded at 75 octets."""
    calendar = _calendar(about, listed, say)
    for one in listed:
        if one.status not in STOPPED:
            for event in _events(one, *window(about.today), say):
                calendar.add_component(event)
        if about.notices and (notice := _notice(one, say)):
            calendar.add_component(_notice_event(one, notice, about.today))
    return bytes(calendar.to_ical())


def window(today: date) -> tuple[date, date]:
    """From the first of this month to the end of the sixth month after it: the same for a whole month."""
    months = today.year * 12 + today.month - 1 + MONTHS_AHEAD + 1
    return today.replace(day=1), date(months // 12, months % 12 + 1, 1) - timedelta(1)


def _calendar(about: Feed, listed: Sequence[Listed], say: Say) -> Calendar:
    calendar = Calendar()
    described = "\n".join(_description(about, listed, say))
    for name, value in (
        ("version", "2.0"), ("prodid", "-//placefinder//opening//JA"), ("calscale", "GREGORIAN"),
        ("name", _clean(about.title)), ("x-wr-calname", _clean(about.title)),
        ("description", described), ("x-wr-caldesc", vText(described)), ("x-wr-timezone", "Asia/Tokyo"),
        ("url", vUri(about.page)), ("source", vUri(about.address)), ("refresh-interval", vDuration(_REFRESH)),
        ("x-published-ttl", vDuration(_REFRESH)),
    ):  # fmt: skip
        calendar.add(name, value)
    calendar["source"].params["VALUE"] = "URI"
    calendar["refresh-interval"].params["VALUE"] = "DURATION"
    calendar.add_component(_japan())
    return calendar


def _japan() -> Timezone:
    """Asia/Tokyo, without daylight saving time since 1951."""
    standard = TimezoneStandard()
    standard.add("dtstart", datetime(1951, 9, 8))
    standard.add("tzname", "JST")
    standard.add("tzoffsetfrom", timedelta(hours=9))
    standard.add("tzoffsetto", timedelta(hours=9))
    zone = Timezone()
    zone.add("tzid", "Asia/Tokyo")
    zone.add_component(standard)
    return zone


def _description(about: Feed, listed: Sequence[Listed], say: Say) -> Iterator[str]:
    yield say("予定は変わることがあります。「確認してから」とある日は、行く前に電話などで確認してください。")
    yield from filter(None, (_notice(one, say) for one in listed))
    yield from _terms({*about.terms, *((one.attribution, one.condition) for one in listed)}, say)


def _terms(terms: Iterable[tuple[str, str | None]], say: Say) -> Iterator[str]:
    for attribution, condition in sorted(terms, key=lambda pair: (pair[0], pair[1] or "")):
        yield say("出典: %(attribution)s") % {"attribution": _clean(attribution)}
        if condition:
            yield say("利用の条件: %(condition)s") % {"condition": _clean(condition)}


def _notice(one: Listed, say: Say) -> str | None:
    """Why an activity has no dates, in the source's own words where there are some."""
    if one.status in STOPPED:
        said = say("「%(name)s」は休止中です。") if one.status == "suspended" else say("「%(name)s」は終わりました。")
        own = one.status_text
    elif one.schedule.certainty != "exact":
        said, own = say("「%(name)s」は日にちがはっきりしません。確認してから行ってください。"), one.schedule.text
    else:
        return None
    return said % {"name": _clean(one.name)} + (f" {_clean(own)}" if own else "")


def _notice_event(one: Listed, notice: str, today: date) -> Event:
    event = Event()
    event.add("uid", f"{one.activity_id}-notice@placefinder")
    event.add("dtstamp", one.told_at.astimezone(UTC))
    event.add("summary", notice)
    event.add("dtstart", today)
    event.add("transp", "TRANSPARENT")
    event.add("url", vUri(one.page))
    return event


# --- events -------------------------------------------------------------------------------------------------------


def _events(one: Listed, first: date, last: date, say: Say) -> Iterator[Event]:
    """The recurring events with their overrides, then the sessions that coordinators added or moved."""
    final = {(held.day, held.hours): held for held in occurrences(one.schedule, first, last, one.changes)}
    for recurrence in to_rrules(one.schedule, first, last):
        sessions = [final.pop((planned.day, planned.hours), None) for planned in recurrence.sessions]
        yield from _recurring(one, recurrence, sessions, say)
    for number, held in enumerate(final.values(), 1):
        uid = f"{one.activity_id}-{held.day:%Y%m%d}-{number}@placefinder"
        yield _event(one, uid, held, say)


def _recurring(one: Listed, recurrence: Recurrence, sessions: Sequence[Occurrence | None], say: Say) -> Iterator[Event]:
    number = f"{recurrence.rule_no}-{recurrence.session_no}"
    uid = f"{one.activity_id}-{number}@placefinder"
    if not any(sessions):
        return
    single = len(sessions) == 1
    planned = recurrence.sessions[0]
    master = _event(one, uid, sessions[0] if single and sessions[0] else Occurrence(planned.day, planned.hours), say)
    if recurrence.rrule:
        master.add("rrule", _rrule(recurrence.rrule, planned))
    _add_days(master, "rdate", recurrence.rdates, recurrence.hours)
    gone = [day.day for day, now in zip(recurrence.sessions, sessions, strict=True) if now is None]
    _add_days(master, "exdate", sorted([*recurrence.exdates, *gone]), recurrence.hours)
    yield master
    for now in sessions:
        if now and not single and (now.doubt or not now.held):
            override = _event(one, uid, now, say)
            override.add("recurrence-id", _start(now.day, now.hours))
            yield override


def _add_days(event: Event, name: str, days: Sequence[date], hours: Hours) -> None:
    if days:
        event.add(name, [_start(day, hours) for day in days], {"VALUE": "DATE"} if hours.opens is None else {})


def _rrule(text: str, planned: Occurrence) -> vRecur:
    """With UNTIL as RFC 5545 wants it: a date beside dates, else the last start in UTC."""
    rule: vRecur = vRecur.from_ical(text)
    until = rule["UNTIL"][0]
    start = _start(until if type(until) is date else until.date(), planned.hours)
    rule["UNTIL"] = [start.astimezone(UTC) if isinstance(start, datetime) else start]
    return rule


def _event(one: Listed, uid: str, held: Occurrence, say: Say) -> Event:
    event = Event()
    old = one.stale or one.status == "needs_checking"
    doubtful = held.doubt is not None or (old and held.change is None)
    told: list[tuple[str, Any]] = [
        ("uid", uid),
        ("dtstamp", one.told_at.astimezone(UTC)),
        ("sequence", sum(held.day in (change.day, change.to_day) for change in one.changes)),
        ("status", "CANCELLED" if not held.held else "TENTATIVE" if doubtful else "CONFIRMED"),
        ("summary", _summary(one, held, doubtful, say)),
        ("description", "\n".join(_told(one, held, doubtful, say))),
        ("location", _clean(" ".join(filter(None, (one.place_name, one.address))))),
        ("url", vUri(one.page)),
        ("transp", "TRANSPARENT"),
        ("dtstart", _start(held.day, held.hours)),
    ]
    for name, value in told:
        event.add(name, value)
    if held.hours.opens is not None and held.hours.closes is not None:
        event.add("dtend", _at(held.day, held.hours.closes))
    if one.lon is not None and one.lat is not None:
        event.add("geo", (one.lat, one.lon))
    return event


def _start(day: date, hours: Hours) -> date:
    """A moment in Japan, or the day where the beginning is not known."""
    return day if hours.opens is None else _at(day, hours.opens)


def _at(day: date, minutes: int) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=TOKYO) + timedelta(minutes=minutes)


def _summary(one: Listed, held: Occurrence, doubtful: bool, say: Say) -> str:
    name = _clean(one.name)
    if not held.held:
        return say("【中止】%(name)s") % {"name": name}
    if held.hours.opens is None:
        name = say("%(name)s（時間未確認）") % {"name": name}
    return say("【確認してから】%(name)s") % {"name": name} if doubtful else name


def _told(one: Listed, held: Occurrence, doubtful: bool, say: Say) -> Iterator[str]:
    """The lines of an event's description."""
    if not held.held:
        yield say("この日はありません。")
        if held.other_day:
            yield say("%(day)sに変わりました。") % {"day": held.other_day.isoformat()}
    elif doubtful:
        yield _reasons(say)[held.doubt]
    if held.change == "moved" and held.other_day:
        yield say("%(day)sから変わりました。") % {"day": held.other_day.isoformat()}
    if held.change and held.day in one.reasons:
        yield _clean(one.reasons[held.day])
    if held.hours.opens is None and held.hours.closes is not None:
        yield say("%(time)sまで") % {"time": f"{held.hours.closes // 60}:{held.hours.closes % 60:02d}"}
    elif held.hours.opens is not None and held.hours.closes is None:
        yield say("終わる時間は未確認です。")
    if one.status == "not_taking_new":
        yield say("新しい人の受け入れは、いまお休みしています。")
    if one.schedule.text:
        yield say("もとの文: %(text)s") % {"text": _clean(one.schedule.text)}
    yield one.page
    yield from _terms([(one.attribution, one.condition)], say)


def _reasons(say: Say) -> dict[Doubt | None, str]:
    """Why a date must be asked for first; None: because of what the list says of the place itself."""
    a_break = say("休みの時期かもしれません。やっているか、確認してから行ってください。")
    return {
        "holiday": say("祝日です。やっているか、確認してから行ってください。"),
        "year_end": say("年末年始です。やっているか、確認してから行ってください。"),
        "obon": say("お盆の時期です。やっているか、確認してから行ってください。"),
        "golden_week": a_break, "spring_break": a_break, "summer_break": a_break, "winter_break": a_break,
        None: say("いまもやっているか、確認してから行ってください。"),
    }  # fmt: skip


def _clean(text: str) -> str:
    """One line without control characters, which calendars may not hold."""
    return "".join(sign if sign.isprintable() else " " for sign in text).strip()
