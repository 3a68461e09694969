"""The schedule columns of a row, in every form lists write them, as one schedule with its certainty."""

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import zip_longest
from typing import Literal

from placefinder.opening.drafts import Said, joined_hours
from placefinder.opening.grammar import read
from placefinder.opening.putting_together import Whole
from placefinder.opening.rules import Hours, Schedule
from placefinder.opening.words import plain, tokens

Field = Literal["frequency", "weekdays", "days", "opens", "closes", "notes", "hours", "closed"]
"""開催頻度, 開催曜日, 開催日, 開催開始時間, 開催終了時間, 開催日時特記事項; business hours and closing days (定休日) of a facility."""
NOT_UNDERSTOOD = Schedule(None)
_PROSE: tuple[Field, ...] = ("frequency", "weekdays", "days", "notes", "hours")
_EMPTY = frozenset(
    ("-", "ー", "－", "―", "~", "なし", "無し", "無", "特になし", "特に無し", "非公開", "未記入", "不明", "*", "なし。")
)
_NEVER = frozenset(("無休", "年中無休", "なし", "無し", "特になし"))
_CODE = re.compile(r"(\d)(?:\.0+)?")
_PLAIN_TIME = re.compile(r"(\d{1,2})(?::(\d{2})(?::00(?:\.0+)?)?|時(?:(\d{1,2})分|(半))?)")


def read_text(text: str, *, year: int | None = None) -> Schedule:
    """The schedule that one piece of prose tells. `year`: of the edition, see `read_schedule`."""
    return read_schedule({"notes": text}, year=year)


def read_schedule(
    columns: Mapping[Field, str], *, listed_weekdays_mean_weekly: bool = False, year: int | None = None
) -> Schedule:
    """The schedule a row's columns tell.

    `columns`: the cells as printed; a missing one counts as empty. `listed_weekdays_mean_weekly` is for forms whose
    weekday column is by definition every week (利用可能曜日 of facilities); 開催曜日 of an activity says nothing about
    how often. `year`, that of the edition, lets a date without a year be understood where its weekday fits only one year
    of that one and its neighbours. Never raises: what cannot be read is partial with its reason, or not understood.
    """
    text = _shown(columns)
    if text is None:
        return NOT_UNDERSTOOD
    cells = tuple(
        (name, cell.strip())
        for name in (*_PROSE, "opens", "closes", "closed")
        if (cell := columns.get(name)) and cell.strip()
    )
    schedule = _read(cells, listed_weekdays_mean_weekly, year)
    return Schedule(
        text, schedule.rules, schedule.closures, schedule.certainty, schedule.missing, schedule.holidays_said, schedule.named_said
    )  # fmt: skip


@lru_cache(maxsize=20_000)
def _read(cells: tuple[tuple[Field, str], ...], weekly: bool, year: int | None) -> Schedule:
    said_in = dict(cells)
    said_in = {
        name: cell
        for name, cell in said_in.items()
        if plain(cell) not in _EMPTY or (name == "closed" and plain(cell) in _NEVER)
    }
    code = _CODE.fullmatch(plain(said_in.get("frequency", "")))
    if code:
        del said_in["frequency"]
    whole = Whole(_saids(said_in), code=int(code[1]) if code else None, weekly=weekly or "hours" in said_in, year=year)
    whole.hours = _column_hours(said_in, whole)
    whole.put_together()
    return _schedule(whole)


def _saids(cells: Mapping[Field, str]) -> list[Said]:
    found = [read(cells[name]).copy() for name in _PROSE if name in cells]
    if "closed" in cells:
        closed = Said() if plain(cells["closed"]) in _NEVER else read(cells["closed"], closing=True).copy()
        closed.never_closed = closed.never_closed or "無休" in cells["closed"]
        closed.regular_closing = True
        found.append(closed)
    return found


def _schedule(whole: Whole) -> Schedule:
    missing = tuple(sorted(whole.missing))
    told = whole.hours or whole.missing or any(said.anything() for said in whole.saids)
    certainty: Literal["exact", "partial", "not_understood"] = (
        "exact" if whole.rules and not missing else "partial" if told else "not_understood"
    )
    if certainty == "not_understood":
        return NOT_UNDERSTOOD
    return Schedule(
        None, tuple(whole.rules), tuple(whole.closures), certainty, missing, whole.holidays_said(), whole.named_said()
    )


@lru_cache(maxsize=5_000)
def read_times(opens: str, closes: str) -> tuple[str | None, str | None, bool]:
    """Both times as "HH:MM" or None, and whether they can be believed: nothing unread, and start before end."""
    first, last = _plain_time(plain(opens)), _plain_time(plain(closes))
    unread = bool(opens.strip() and first is None) or bool(closes.strip() and last is None)
    if first is not None and last is not None and first >= last:
        return None, None, False
    return _shown_time(first), _shown_time(last), not unread


def _plain_time(text: str) -> int | None:
    match = _PLAIN_TIME.fullmatch(text)
    if not match:
        return None
    at = int(match[1]) * 60 + int(match[2] or match[3] or (30 if match[4] else 0))
    return at if at <= 1440 and int(match[2] or match[3] or 0) < 60 else None


def _shown_time(at: int | None) -> str | None:
    return None if at is None else f"{at // 60:02d}:{at % 60:02d}"


def _column_hours(cells: Mapping[Field, str], whole: Whole) -> tuple[Hours, ...]:
    """The sessions of the two columns of times; what is more than plain times is read as prose."""
    opens, closes = plain(cells.get("opens", "")), plain(cells.get("closes", ""))
    if not opens and not closes:
        return ()
    first, last = _plain_time(opens), _plain_time(closes)
    if (first is not None or not opens) and (last is not None or not closes):
        if first is not None and last is not None and last <= first:
            whole.missing.add("hours")
            return ()
        return (Hours(first, last),)
    return _several(opens, closes) or _prose_hours(opens, closes, whole)


def _several(opens: str, closes: str) -> tuple[Hours, ...]:
    """「①10:00 ②14:00」 beside 「①12:00 ②16:00」: a session for each line."""
    starts, ends = _all_times(opens), _all_times(closes)
    if not starts or (closes and ends is None) or (ends and len(starts) != len(ends)):
        return ()
    pairs = list(zip_longest(starts, ends or ()))
    wrong = any(start is None or (end is not None and end <= start) for start, end in pairs)
    return () if wrong else joined_hours(Hours(a, b) for a, b in pairs)


def _all_times(text: str) -> list[int] | None:
    words = [word for word in tokens(text) if word.kind not in ("session", "blank", "stop", "colon", "comma")]
    return (
        [word.value for word in words]
        if words and all(word.kind == "time" and word.value is not None for word in words)
        else None
    )


def _prose_hours(opens: str, closes: str, whole: Whole) -> tuple[Hours, ...]:
    said = read(opens if opens == closes else f"{opens}~{closes}".strip("~")).copy()
    hours, said.hours = said.hours, ()
    if not hours and not said.anything():
        whole.missing.add("hours")
    for draft in said.drafts:
        draft.exception = True
    whole.saids.append(said)
    return hours


def _shown(columns: Mapping[Field, str]) -> str | None:
    """All that the source says about the time, in one line for people; a bare frequency code says nothing to them."""
    frequency = columns.get("frequency", "").strip()
    parts = [] if re.fullmatch(r"[\d.]*", frequency) else [frequency]
    parts += [columns.get(name, "").strip() for name in ("weekdays", "days", "hours")]
    times = "～".join(columns.get(name, "").strip() for name in ("opens", "closes"))
    times = re.sub(r"(\d:\d\d):00\b", r"\1", times)
    parts += ["" if times == "～" else times, columns.get("notes", "").strip()]
    closed = columns.get("closed", "").strip()
    parts += [f"休み: {closed}" if closed and (columns.get("hours") or columns.get("opens")) else closed]
    return " ".join(dict.fromkeys(filter(None, parts))) or None
