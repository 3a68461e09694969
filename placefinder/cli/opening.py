"""`placefinder opening "第2・第4土曜日 11時～14時"`: what is understood of a schedule, how surely, and the next ten dates."""

import argparse
import json
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import groupby, islice
from typing import Any

from placefinder.clock import today
from placefinder.languages import Language
from placefinder.opening import Schedule, read_text, schedule_json
from placefinder.opening.calendar import Doubt, Occurrence, occurrences
from placefinder.opening.periods import is_public_holiday
from placefinder.opening.wording import MISSING, PERIODS, say, say_date, say_hours, say_weekday
from placefinder.settings import Settings
from placefinder.status import StatusSaid, read_status

NAME = "opening"
HELP = "read a schedule written in Japanese: the rules in three languages, how sure they are, and the next ten dates"
DATES_SHOWN = 10
FAR = (timedelta(90), timedelta(5 * 366))
"""How far ahead dates are looked for: near first, since most schedules have ten of them soon."""
STOPPED = ("suspended", "closed")
CERTAINTY = {
    "exact": "すべて読み取れました。日にちを計算できます。",
    "partial": "おおむね。足りないことがあるので、日にちは計算しません。",
    "not_understood": "日時としては読み取れませんでした。",
}


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise argparse.ArgumentTypeError("a date is written YYYY-MM-DD") from wrong


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", help="the words of the source, e.g. 第2・第4土曜日 11時～14時（8月は休み）")
    parser.add_argument(
        "--from",
        dest="first",
        type=_date,
        metavar="DATE",
        help="dates from this day on, YYYY-MM-DD; today",
    )
    parser.add_argument("--json", action="store_true", help="the same for programs")


def run(args: argparse.Namespace, settings: Settings, clock: Callable[[], date] = today) -> int:
    first = args.first or clock()
    schedule = read_text(args.text)
    status = read_status([args.text], first)
    days = [] if status.status in STOPPED else list(_next(schedule, first))
    if args.json:
        print(json.dumps(_told(args.text, schedule, status, days), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_lines(args.text, schedule, status, days, first)))
    return 0


def _next(schedule: Schedule, first: date) -> Iterator[tuple[date, list[Occurrence]]]:
    """The next days on which it is held, each with its sessions."""
    for far in FAR:
        found = [
            (day, list(held)) for day, held in groupby(occurrences(schedule, first, first + far), lambda one: one.day)
        ]
        if len(found) >= DATES_SHOWN:
            break
    return islice(found, DATES_SHOWN)


def _lines(
    text: str, schedule: Schedule, status: StatusSaid, days: list[tuple[date, list[Occurrence]]], first: date
) -> Iterator[str]:
    yield from _part("一覧のことば", [text])
    yield from _part("確かさ", [f"{schedule.certainty}: {CERTAINTY[schedule.certainty]}"])
    yield from _part("足りないこと", [f"{code}: {MISSING[code]}" for code in schedule.missing])
    if status.status != "unknown":
        yield from _part("ようす", [f"{status.status}: 「{status.sentence}」"])
    for language in Language:
        yield from _part(language.own_name, [_with_readings(line) for line in say(schedule, language)])
    if status.status in STOPPED:
        yield from _part("日にち", ["お休みしているか終わっているので、日にちは出しません。"])
    elif schedule.certainty == "exact":
        since = say_date(first, Language.JA)
        yield from _part(f"{since}からの日にち", [_day(*day) for day in days] or ["5年先まで、ひらく日はありません。"])


def _part(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield title
        yield from (f"  {line}" for line in lines)


def _with_readings(line: str) -> str:
    """`{土曜日|どようび}` as 土曜日（どようび）."""
    return re.sub(r"\{([^{}|]+)\|([^{}|]+)\}", r"\1(\2)", line)


def _day(day: date, held: list[Occurrence]) -> str:
    weekday = say_weekday(day.isoweekday(), Language.JA)[0]
    holiday = "・祝" if is_public_holiday(day) else ""
    hours = "、".join(filter(None, (say_hours(one.hours, Language.JA) for one in held))) or "時間は未確認"
    doubts = dict.fromkeys(_doubt(one.doubt) for one in held if one.doubt)
    return f"{day}（{weekday}{holiday}） {hours}" + "".join(f"  ※{doubt}なので確認してから" for doubt in doubts)


def _doubt(doubt: Doubt) -> str:
    return "祝日" if doubt == "holiday" else PERIODS[doubt]


def _told(
    text: str, schedule: Schedule, status: StatusSaid, days: list[tuple[date, list[Occurrence]]]
) -> dict[str, Any]:
    return {
        "text": text,
        "certainty": schedule.certainty,
        "missing": list(schedule.missing),
        "status": None if status.status == "unknown" else {"status": status.status, "sentence": status.sentence},
        "said": {language.value: say(schedule, language) for language in Language},
        "schedule": schedule_json(schedule),
        "dates": [
            {
                "date": day.isoformat(),
                "weekday": day.isoweekday(),
                "public_holiday": is_public_holiday(day),
                "opens": one.hours.opens,
                "closes": one.hours.closes,
                "doubt": one.doubt,
            }
            for day, held in days
            for one in held
        ],
    }
