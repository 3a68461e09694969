"""Status (開催状況): whether something still takes place, told only by plain words of a list, with the sentence that says so.

A small grammar. A cell falls into sentences, a sentence into what stands inside and outside brackets, each of these into
clauses. A word such as 休止 counts only as the predicate of its clause, together with something that says "now" (現在,
休止中, since or until a day). A season, a weekday, weather, an hour or a condition beside it makes it a habit or a rule, not a
status. What is half said must be checked by somebody; so must every suspension that names the years of the コロナ.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from placefinder.places import Status
from placefinder.status.days import PrintedDay, printed_days
from placefinder.status.words import (
    ADVERBS,
    AMENITY,
    ANOTHER_YEAR,
    BARE,
    BRACKETED,
    CHANGED,
    CLOSING,
    CORONA,
    ELSE,
    FULL,
    GIVES_WAY,
    HABIT,
    HINT,
    HOUR,
    HYGIENE,
    IF,
    NEGATED,
    NO_NEW,
    NO_SUBJECT,
    NOT_RESUMED,
    NOW,
    ONCE,
    OVER,
    PART,
    PREDICATE,
    RESUMED,
    RESUMPTION,
    RUNS,
    SENTENCES,
    STAFF,
    STATE,
    TEMPORARY,
    TODAY,
    VENUE,
    WEAK,
    WHOLE,
    YIELDS,
)

RECENT = timedelta(days=366)
"""A dated word that something takes place is believed this long."""


@dataclass(frozen=True, slots=True)
class StatusSaid:
    """What is said, the sentence as printed (None where nothing is said), and the first day it may take place again."""

    status: Status
    sentence: str | None = None
    until: date | None = None


def read_status(cells: Mapping[str, str] | Sequence[str], as_of: date) -> StatusSaid:
    """The status that the cells of one row tell together, as of a day; the gravest counts, a contradiction must be checked.

    `as_of` is the day of the list, or of its loading: a month without its year is the one nearest to it.
    """
    texts = cells.values() if isinstance(cells, Mapping) else cells
    found = [one for text in texts if text and HINT.search(text) for one in _of_cell(text, as_of)]
    resumed = next((one for one in found if one.resumed), None)
    stopped = any(one.status in ("closed", "suspended") for one in found)
    if resumed and stopped:
        return StatusSaid("needs_checking", resumed.sentence)
    gravest = min(found, key=lambda one: (_ORDER.index(one.status), one.until is None), default=None)
    return StatusSaid(gravest.status, gravest.sentence, gravest.until) if gravest else StatusSaid("unknown")


def status_on(status: Status, until: date | None, day: date) -> Status:
    """What a status read earlier means on a day: a suspension whose end has come must be checked."""
    return "needs_checking" if status == "suspended" and until is not None and until <= day else status


class _Found(NamedTuple):
    status: Status
    sentence: str = ""
    until: date | None = None
    resumed: bool = False


_ONE_DAY = timedelta(days=1)
_ORDER: tuple[Status, ...] = ("closed", "suspended", "not_taking_new", "needs_checking", "running")


def _of_cell(text: str, as_of: date) -> Iterator[_Found]:
    whole = _plain(text).strip("【】[]()〔〕")
    if runs := RUNS.fullmatch(whole) or RUNS.fullmatch(_plain(text)):
        yield _Found(_believed(runs["day"], as_of), text.strip())
        return
    for sentence in SENTENCES.split(text):
        if HINT.search(sentence):
            yield from (one._replace(sentence=sentence.strip()) for one in _of_sentence(_plain(sentence), as_of))


def _believed(day: str | None, as_of: date) -> Status:
    """Running where the word bears no day or a recent one."""
    days = printed_days(day, as_of) if day else []
    return "needs_checking" if day and not (days and as_of - RECENT <= days[-1].first) else "running"


def _plain(text: str) -> str:
    """NFKC, blanks as commas: what a blank parts is two clauses."""
    return re.sub(r"[\s,、]+", "、", unicodedata.normalize("NFKC", text).strip()).replace("〜", "~").replace("～", "~")


def _of_sentence(sentence: str, as_of: date) -> Iterator[_Found]:
    """What the words outside and inside the brackets say; those outside are limited by those inside, not the reverse."""
    units = [(BRACKETED.sub("", sentence), sentence), *((inside, inside) for inside in BRACKETED.findall(sentence))]
    for unit, around in units:
        for found in _of_unit(unit.strip("、・:-"), around, as_of):
            yield _in_corona(found, sentence)


def _in_corona(found: _Found, sentence: str) -> _Found:
    """What was suspended or changed in those years must be checked, whatever it says."""
    doubtful = found.status in ("suspended", "running", "not_taking_new") and CORONA.search(sentence)
    return _Found("needs_checking", resumed=found.resumed) if doubtful else found


def _of_unit(unit: str, around: str, as_of: date) -> Iterator[_Found]:
    if BARE.fullmatch(unit) and not HABIT.search(around) and not IF.search(around):
        yield _Found("suspended")
    elif OVER.fullmatch(unit) and not HABIT.search(around) and not HOUR.search(around):
        yield _Found("needs_checking" if "移転" in around else "closed")
    elif CORONA.search(unit) and CHANGED.search(unit) and not HYGIENE.search(unit) and not IF.search(unit):
        yield _Found("needs_checking")
    else:
        yield from _of_clauses(unit, as_of)


def _of_clauses(unit: str, as_of: date) -> Iterator[_Found]:
    """Each clause with the adverbs that stand before it: 「担い手不足により、現在、」."""
    position, start = 0, 0
    for clause in unit.split("、"):
        end = position + len(clause)
        found = _of_clause(_Clause(clause, unit[start:end], unit[:end], unit[end:], as_of))
        if found:
            yield found
        if found or PREDICATE.search(clause):
            start = end + 1
        position = end + 1


@dataclass(frozen=True, slots=True)
class _Clause:
    """A clause, itself with its adverbs (`scope`), all up to its end (`before`), and what follows in the sentence (`rest`)."""

    text: str
    scope: str
    before: str
    rest: str
    as_of: date

    def days_before(self, end: int) -> list[PrintedDay]:
        """The days printed before a position of the clause's text."""
        return printed_days(self.scope[: len(self.scope) - len(self.text) + end], self.as_of)


def _of_clause(clause: _Clause) -> _Found | None:
    if IF.search(clause.text) or NEGATED.search(clause.text):
        return None
    return _resumed(clause) or _new_ones(clause) or _ended(clause) or _stopped(clause)


def _resumed(clause: _Clause) -> _Found | None:
    if not RESUMED.search(clause.text) or ONCE.search(clause.text):
        return None
    if NOT_RESUMED.search(clause.text):
        return _Found("suspended")
    said = RESUMPTION.search(clause.text)
    if not said:
        return None
    days = clause.days_before(said.start())
    if days and not days[-1].with_year and HABIT.search(clause.before):
        return None
    if days and days[-1].first > clause.as_of:
        return _Found("suspended", until=days[-1].first)
    fresh = days and days[-1].with_year and not said["soon"] and clause.as_of - days[-1].first <= RECENT
    return _Found("running" if fresh else "needs_checking", resumed=True)


def _new_ones(clause: _Clause) -> _Found | None:
    text = clause.text
    if STAFF.search(text) or "再開" in text:
        return None
    full = FULL.search(text)
    return (
        _Found("not_taking_new")
        if full or (NO_NEW.search(text) and not re.search("て(?:い|お)(?:た|まし|りまし)", text))
        else None
    )


def _ended(clause: _Clause) -> _Found | None:
    if GIVES_WAY.search(clause.text):
        return _Found("needs_checking")
    said = CLOSING.search(clause.text)
    about = ADVERBS.sub("", clause.text[: said.start()]).rstrip("はをがもに") if said else ""
    if not said or any(words.search(clause.text) for words in (HOUR, TODAY)):
        return None
    if AMENITY.search(about) or NO_SUBJECT.search(about):
        return None
    return _how_surely(said, about, clause)


def _how_surely(said: re.Match[str], about: str, clause: _Clause) -> _Found | None:
    """Closed only where the whole is said to be over already; a part, a plan, another place or a year must be checked."""
    days = clause.days_before(said.start())
    whole, to_come = WHOLE.search(about), bool(days) and days[-1].first > clause.as_of
    if said["noun"] is not None and not (whole and days and days[-1].with_year):
        return None
    if to_come or said["soon"]:
        return _Found("needs_checking") if days or said["word"] != "終了" else None
    temporary = said["word"] in TEMPORARY and CORONA.search(clause.scope)
    limited = VENUE.search(about) or HABIT.search(clause.text) or ANOTHER_YEAR.search(clause.scope) or temporary
    return _Found("closed" if whole and not limited else "needs_checking")


def _stopped(clause: _Clause) -> _Found | None:
    text, state = clause.text, STATE.search(clause.text)
    said = state or WEAK.search(text) or YIELDS.search(text)
    if not said or AMENITY.search(text[: said.start()]) or (HOUR.search(text) and not state):
        return None
    now = NOW.search(clause.scope)
    if CORONA.search(clause.scope):
        return _Found("needs_checking")
    if HABIT.search(text if state or now else clause.scope):
        return _Found("needs_checking") if now or (state and state[0].endswith("中")) else None
    if (state or now or YIELDS.search(text)) and _goes_on_partly(clause, said.start()):
        return _Found("needs_checking")
    return _how_long(clause.days_before(said.start()), clause, now or state)


def _goes_on_partly(clause: _Clause, start: int) -> bool:
    """Only a part is said to rest (会食は休止), or something else is held instead."""
    instead = ELSE.search(clause.rest) and not re.search("ません|再開", clause.rest)
    return bool(PART.search(clause.text[:start]) or instead)


def _how_long(days: Sequence[PrintedDay], clause: _Clause, surely: re.Match[str] | None) -> _Found | None:
    """A rest that began, will begin, ended or lasts until a day; without a day only where something says "now"."""
    ends = [day for day in days if day.followed_by("まで") or (day.whole_year and day.followed_by("は", "の", "、"))]
    begins = [day for day in days if day.with_year or day.followed_by("から", "より", "以降")]
    if ends:
        over_or_not_yet = ends[0].last < clause.as_of or (ends[0].whole_year and clause.as_of < ends[0].first)
        return _Found("needs_checking") if over_or_not_yet else _Found("suspended", until=ends[0].last + _ONE_DAY)
    if begins and clause.as_of < begins[-1].first:
        return _Found("needs_checking")
    only_not_held = surely and surely[0].endswith(("ません", "りません"))
    if not surely and not begins:
        return None
    return _Found("needs_checking" if only_not_held else "suspended")
