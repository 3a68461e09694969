"""Opening (開催): when an activity is held, so far as the structured columns of a list say it exactly.

A wrong date told with confidence is the worst defect. So sessions are given only where every filled column was
understood wholly; otherwise there are none, the certainty says so, and the text is kept to be shown.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

Certainty = Literal["exact", "partial", "not_understood"]
WEEKDAYS = "月火水木金土日"


@dataclass(frozen=True, slots=True)
class Session:
    """One weekday, 1 Monday to 7 Sunday, of every week or of its nth week of the month; times "HH:MM", None unknown."""

    weekday: int
    nth: tuple[int, ...] | None = None
    opens: str | None = None
    closes: str | None = None

    def as_json(self) -> dict[str, Any]:
        nth = None if self.nth is None else list(self.nth)
        return {"weekday": self.weekday, "nth": nth, "opens": self.opens, "closes": self.closes}


@dataclass(frozen=True, slots=True)
class Schedule:
    """`text` is what the source says, always kept; `sessions` only where certainty is `exact`."""

    text: str | None
    sessions: tuple[Session, ...]
    certainty: Certainty


NOT_UNDERSTOOD = Schedule(None, (), "not_understood")

Field = Literal["frequency", "weekdays", "days", "opens", "closes", "notes"]
_SEPARATOR = re.compile(r"[、,，・/;；と\s]+|及び|および")
_WEEKDAY_LIST = re.compile(rf"(?:毎週)?(?P<days>[{WEEKDAYS}](?:[、,・/\s]*[{WEEKDAYS}])*)(?:曜日?)?")
_LONG_LIST = re.compile(rf"(?:毎週)?(?:[{WEEKDAYS}]曜日?)(?:[、,・/\s]*[{WEEKDAYS}]曜日?)*")
_NTH = re.compile(
    rf"(?:毎月)?(?P<nths>第?[1-5](?:[、,・/\s]*第?[1-5])*)(?P<days>[{WEEKDAYS}](?:[、,・/\s]*[{WEEKDAYS}])*)(?:曜日?)?"
)
_TIME = re.compile(r"(\d{1,2})(?::(\d{2})(?::00(?:\.0+)?)?|時(?:(\d{1,2})分|半)?)")
_EVERY_WEEK = re.compile(r"毎週|週(?P<times>[1-7])回(?:程度)?")
_EVERY_MONTH = re.compile(r"毎月|月(?P<times>[1-9])回|毎月(?P<times2>[1-9])回")
_KANJI = str.maketrans("一二三四五", "12345")


def read_schedule(columns: Mapping[Field, str], *, listed_weekdays_mean_weekly: bool = False) -> Schedule:
    """The schedule a row's structured columns tell.

    `columns`: the cells as printed; a missing one counts as empty. `listed_weekdays_mean_weekly` is for forms whose
    weekday column is by definition every week (利用可能曜日 of facilities); 開催曜日 of an activity says nothing about
    how often. Times with start not before end are set aside and make the answer partial.
    """
    text = _shown(columns)
    if text is None:
        return NOT_UNDERSTOOD
    plain: dict[Field, str] = {name: _plain(cell) for name, cell in columns.items() if cell}
    rules, complete = _rules(tuple(plain.items()), listed_weekdays_mean_weekly)
    opens, closes, times_right = read_times(plain.get("opens", ""), plain.get("closes", ""))
    if rules and complete and times_right:
        return Schedule(text, tuple(Session(day, nth, opens, closes) for day, nth in rules), "exact")
    return Schedule(text, (), "partial" if rules or opens else "not_understood")


@lru_cache(maxsize=5_000)
def read_times(opens: str, closes: str) -> tuple[str | None, str | None, bool]:
    """Both times as "HH:MM" or None, and whether they can be believed: nothing unread, and start before end."""
    first, last = _time(opens), _time(closes)
    unread = bool(opens and first is None) or bool(closes and last is None)
    if first and last and first >= last:
        return None, None, False
    return first, last, not unread


_Rule = tuple[int, tuple[int, ...] | None]


@lru_cache(maxsize=20_000)
def _rules(cells: tuple[tuple[Field, str], ...], weekly: bool) -> tuple[list[_Rule], bool]:
    """Weekday rules, and whether all columns together leave no doubt about the days."""
    plain = dict(cells)
    told = [_days(plain[name]) for name in ("weekdays", "days", "notes") if name in plain]
    read = [rules for rules in told if rules]
    if not read:
        return [], False
    finest = next((rules for rules in reversed(read) if any(nth for _, nth in rules)), read[0])
    agree = all(_weekdays_of(rules) == _weekdays_of(finest) for rules in read) and _one_nth(read)
    frequency = plain.get("frequency", "")
    said_weekly = weekly or any("毎週" in plain.get(name, "") for name in ("weekdays", "days", "notes"))
    return finest, len(read) == len(told) and agree and _frequency_fits(finest, frequency, said_weekly)


def _frequency_fits(rules: list[_Rule], frequency: str, said_weekly: bool) -> bool:
    """Does the frequency column leave these rules the only reading? Codes 1–8 have no official key, so they do not."""
    if rules[0][1] is None:
        week = _EVERY_WEEK.fullmatch(frequency)
        return bool((not frequency and said_weekly) or (week and week["times"] in (None, str(len(rules)))))
    month = _EVERY_MONTH.fullmatch(frequency)
    times = month and (month["times"] or month["times2"])
    held = sum(len(nth or ()) for _, nth in rules)
    # With nth weekdays printed the codes 4 (twice a month) and 5 (monthly) only repeat them.
    return not frequency or bool(month and times in (None, str(held))) or {"4": 2, "5": 1}.get(frequency) == held


def _days(text: str) -> list[_Rule] | None:
    """「月火木」「第2・4土曜日」「第2金曜日、第4金曜日」; None for anything more."""
    text = text.rstrip("。")
    plain = _WEEKDAY_LIST.fullmatch(text) or _LONG_LIST.fullmatch(text)
    if plain:
        found = sorted({WEEKDAYS.index(char) + 1 for char in _only_days(text)})
        return [(day, None) for day in found]
    return _nth_days(text)


def _nth_days(text: str) -> list[_Rule] | None:
    by_day: dict[int, set[int]] = {}
    position = 0
    while position < len(text):
        match = _NTH.match(text, position)
        if not match or "第" not in match["nths"]:
            return None
        for char in _only_days(match["days"]):
            by_day.setdefault(WEEKDAYS.index(char) + 1, set()).update(int(n) for n in re.findall(r"\d", match["nths"]))
        gap = _SEPARATOR.match(text, match.end())
        if match.end() < len(text) and not gap:
            return None
        position = gap.end() if gap else match.end()
    return [(day, tuple(sorted(nths))) for day, nths in sorted(by_day.items())] or None


def _only_days(text: str) -> list[str]:
    return [char for char in re.sub(r"曜日?|毎週", "", text) if char in WEEKDAYS]


def _weekdays_of(rules: list[_Rule]) -> list[int]:
    return [day for day, _ in rules]


def _one_nth(read: list[list[_Rule]]) -> bool:
    return len({tuple(rules) for rules in read if any(nth for _, nth in rules)}) <= 1


def _plain(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).strip().translate(_KANJI) if cell else ""


def _time(text: str) -> str | None:
    match = _TIME.fullmatch(text.strip())
    if not match:
        return None
    hour, minute = int(match[1]), int(match[2] or match[3] or (30 if text.endswith("半") else 0))
    return f"{hour:02d}:{minute:02d}" if hour <= 24 and minute < 60 and (hour, minute) <= (24, 0) else None


def _shown(columns: Mapping[Field, str]) -> str | None:
    """All that the source says about the time, in one line for people; a bare frequency code says nothing to them."""
    frequency = columns.get("frequency", "").strip()
    parts = [] if re.fullmatch(r"[\d.]*", frequency) else [frequency]
    parts += [columns.get(name, "").strip() for name in ("weekdays", "days")]
    times = "～".join(columns.get(name, "").strip() for name in ("opens", "closes"))
    times = re.sub(r"(\d:\d\d):00\b", r"\1", times)
    parts += ["" if times == "～" else times, columns.get("notes", "").strip()]
    return " ".join(dict.fromkeys(filter(None, parts))) or None
