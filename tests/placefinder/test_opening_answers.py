"""Schedules of real lists and of invented ones, against what careful readers read in them: no confident wrong date.

The readers wrote rules (schedule_answers.yml, schedule_specimens.yml); what these mean is computed here day by day, by
nothing of the program.
"""

import calendar
import csv
import hashlib
import io
import json
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import holidays
import pytest
import yaml
from python_calamine import CalamineWorkbook

from placefinder.opening import Schedule, read_schedule, read_text
from placefinder.opening.calendar import occurrences

HERE = Path(__file__).parent
FIRST, LAST = date(2026, 3, 1), date(2027, 6, 30)
DAYS = [FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1)]
HOLIDAYS = holidays.country_holidays("JP", years=range(2026, 2028))
# The widest extent a named period has anywhere: on these days a reader says neither yes nor no.
NAMED = {
    "year_end": ((12, 20), (1, 12)), "obon": ((8, 7), (8, 20)), "golden_week": ((4, 25), (5, 8)),
    "spring_break": ((3, 10), (4, 15)), "summer_break": ((7, 10), (9, 8)), "winter_break": ((12, 18), (1, 14)),
}  # fmt: skip
FORM = {"frequency": "開催頻度", "weekdays": "開催曜日", "days": "開催日", "opens": "開催開始時間", "closes": "開催終了時間", "notes": "開催日時特記事項"}  # fmt: skip
EVENTS = {"days": "開催日", "opens": "開始時間", "closes": "終了時間"}
ROOMS = {"weekdays": "利用可能曜日", "opens": "開始時間", "closes": "終了時間", "notes": "利用可能時間特記事項"}

Told = set[tuple[int | None, int | None]]


# --- what a reader's rules mean, day by day -------------------------------------------------------------------------


def within(day: date, season: str) -> bool:
    first, last = ((int(end[:2]), int(end[3:])) for end in season.split(".."))
    at = (day.month, day.day)
    return first <= at <= last if first <= last else at >= first or at <= last


def last_of_month(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def on_base(rule: dict[str, Any], day: date) -> bool:
    """Is the day one that the rule's own keys give, before `next` and `shift`?"""
    last = last_of_month(day)
    checks = {
        "weekdays": lambda days: day.isoweekday() in days,
        "nth": lambda nths: (day.day - 1) // 7 + 1 in nths or (-1 in nths and day.day + 7 > last),
        "days": lambda days: day.day in days or (-1 in days and day.day == last),
        "dates": lambda dates: str(day) in {str(one) for one in dates},
        "holidays": lambda _: day in HOLIDAYS,
        "months": lambda months: day.month in months,
        "season": lambda season: within(day, season),
        "from": lambda since: day >= date.fromisoformat(str(since)),
        "to": lambda until: day <= date.fromisoformat(str(until)),
    }
    if not all(checks[key](value) for key, value in rule.items() if key in checks):
        return False
    if rule.get("every", 1) > 1:
        since = date.fromisoformat(str(rule["since"]))
        monday = since - timedelta(since.weekday())
        return day >= since and ((day - timedelta(day.weekday())) - monday).days // 7 % rule["every"] == 0
    return True


def falls_on(rule: dict[str, Any], day: date) -> bool:
    if "next" in rule:
        return day.isoweekday() == rule["next"] and any(on_base(rule, day - timedelta(n)) for n in range(1, 8))
    return on_base(rule, day - timedelta(rule.get("shift", 0)))


def hours_of(rule: dict[str, Any]) -> list[tuple[int | None, int | None]]:
    return [tuple(minutes(end) for end in span.split("-")) for span in rule.get("hours", [])]


def minutes(clock: str) -> int | None:
    return int(clock[:-3]) * 60 + int(clock[-2:]) if clock else None


def told_by_reader(answer: dict[str, Any], day: date) -> Told | None:
    """The sessions of a day; empty: not held; None: the reader leaves it open, because of a named period."""
    held = [rule for rule in answer.get("rules", []) if falls_on(rule, day)]
    sessions = {span for rule in held for span in hours_of(rule) or [(None, None)]}
    for closed in answer.get("closed", []):
        if "named" in closed and within(day, "{:02}-{:02}..{:02}-{:02}".format(*sum(NAMED[closed["named"]], ()))):
            return None
        if "named" not in closed and falls_on(closed, day):
            sessions = {left for span in sessions for left in without(span, hours_of(closed))}
    return sessions


def without(span: tuple[int | None, int | None], cuts: list[tuple[int | None, int | None]]) -> Told:
    if not cuts or span[0] is None:
        return set()
    parts = [(span[0], span[1] if span[1] is not None else 1440)]
    for first, last in ((cut[0] or 0, cut[1] or 1440) for cut in cuts):
        parts = [p for a, b in parts for p in ((a, min(b, first)), (max(a, last), b)) if p[0] < p[1]]
    return set(parts)


def complaint(answer: dict[str, Any], schedule: Schedule) -> str | None:
    """How the program tells a family something else than the reader would; None where it does not."""
    if schedule.certainty != "exact":
        return None
    if answer["certainty"] != "exact":
        return f"exact, but the reader says {answer['certainty']} {answer.get('missing', '')}"
    sure: dict[date, Told] = {}
    doubtful = set()
    for one in occurrences(schedule, FIRST, LAST):
        if one.doubt:
            doubtful.add(one.day)
        else:
            sure.setdefault(one.day, set()).add((one.hours.opens, one.hours.closes))
    for day in DAYS:
        told = told_by_reader(answer, day)
        if told is None:
            continue
        if sure.get(day, set()) - told:
            return f"{day} is told as {sure[day]}, the reader says {told or 'not held'}"
        if told and day not in sure and day not in doubtful:
            return f"{day} is missing, the reader says {told}"
    return None


# --- the schedules --------------------------------------------------------------------------------------------------


def read(cells: dict[str, str]) -> Schedule:
    columns = {name: cell for name, cell in cells.items() if name != "form"}
    return read_schedule(columns, listed_weekdays_mean_weekly=cells.get("form") == "facility", year=2026)


def printed(cell: Any) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell == int(cell) else str(cell).strip()


def key_of(cells: dict[str, str]) -> str:
    return hashlib.sha256(json.dumps(cells, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:12]


def cells_of(rows: list[list[Any]], names: dict[str, str], **more: str) -> Iterator[dict[str, str]]:
    at = next(n for n, row in enumerate(rows) if set(names.values()) & {printed(cell) for cell in row})
    header = [printed(cell) for cell in rows[at]]
    for row in rows[at + 1 :]:
        named = dict(zip(header, row, strict=False))
        cells = {name: printed(named.get(column, "")) for name, column in names.items()}
        cells = {name: cell for name, cell in cells.items() if cell}
        if cells:
            yield cells | more


def workbook(path: Path) -> Iterator[list[list[Any]]]:
    book = CalamineWorkbook.from_path(str(path))
    yield from (book.get_sheet_by_name(name).to_python() for name in book.sheet_names)


@cache
def real_schedules(realdata: Path) -> dict[str, dict[str, str]]:
    """Every distinct schedule of the lists, by its key."""
    found: list[dict[str, str]] = []
    for path in sorted(realdata.glob("13-tokyo/municipal_raw_csv/*.csv")):
        raw = path.read_bytes()
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            text = raw.decode("cp932")
        found += cells_of(list(csv.reader(io.StringIO(text.lstrip("\ufeff?")))), FORM)
    for sheet in workbook(realdata / "14-kanagawa" / "140007_kodomoshokudo_20231105.xlsx"):
        found += cells_of(sheet, FORM)
    for feature in json.loads((realdata / "22221-kosai" / "spot.geojson").read_text("utf-8"))["features"]:
        said = {"hours": feature["properties"]["business_hours"], "closed": feature["properties"]["regular_holiday"]}
        found.append({name: printed(cell) for name, cell in said.items() if cell and printed(cell)})
    found += cells_of(next(workbook(realdata / "37201-takamatsu" / "events" / "data.xlsx")), EVENTS)
    rooms = next(workbook(realdata / "37201-takamatsu" / "exchange_center" / "data.xlsx"))
    found += cells_of(rooms, ROOMS, form="facility")
    return {key_of(cells): cells for cells in found if cells}


@cache
def answers(name: str) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = yaml.safe_load((HERE / name).read_text("utf-8"))
    return loaded


def test_the_readers_read_every_schedule_of_the_real_lists(realdata: Path) -> None:
    assert {answer["key"] for answer in answers("schedule_answers.yml")} == set(real_schedules(realdata))


def test_no_wrong_date_is_told_of_a_real_list(realdata: Path) -> None:
    schedules = real_schedules(realdata)
    wrong = {}
    for answer in answers("schedule_answers.yml"):
        cells = schedules[answer["key"]]
        if said := complaint(answer, read(cells)):
            wrong[json.dumps(cells, ensure_ascii=False)] = said
    assert not wrong, "\n".join(f"{cells}: {said}" for cells, said in wrong.items())


def test_nineteen_of_twenty_real_schedules_are_understood_as_far_as_they_say(realdata: Path) -> None:
    """Exact where the reader is exact; partial with what is missing named, or nothing, where he is not."""
    schedules = real_schedules(realdata)
    right = [rightly(answer, read(schedules[answer["key"]])) for answer in answers("schedule_answers.yml")]
    assert sum(right) / len(right) >= 0.95


def rightly(answer: dict[str, Any], schedule: Schedule) -> bool:
    if answer["certainty"] == "none":
        return schedule.certainty == "not_understood" or bool(schedule.missing)
    if answer["certainty"] == "partial":
        return schedule.certainty == "partial" and bool(set(schedule.missing) - {"unread"})
    return schedule.certainty == "exact" or (
        schedule.certainty == "partial" and bool(set(schedule.missing) - {"unread"})
    )


@pytest.mark.parametrize(
    "answer", answers("schedule_specimens.yml"), ids=lambda one: str(one.get("text") or one["columns"])
)
def test_no_wrong_date_is_told_of_a_schedule_as_other_cities_write_it(answer: dict[str, Any]) -> None:
    schedule = read_text(answer["text"]) if "text" in answer else read(answer["columns"])
    assert complaint(answer, schedule) is None


def test_most_schedules_of_other_cities_are_understood_as_far_as_they_say() -> None:
    given = answers("schedule_specimens.yml")
    right = [rightly(one, read_text(one["text"]) if "text" in one else read(one["columns"])) for one in given]
    assert sum(right) / len(right) >= 0.95
