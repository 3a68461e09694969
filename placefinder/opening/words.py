"""The words of Japanese schedules: one way of writing for each of them, and the text cut into tokens.

Spellings are made one (NFKC, kanji numerals, every dash between times 「~」) and one compiled regular expression then cuts the text. What is no word of the
language of schedules becomes a token `other`, so that nothing is passed over in silence.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from placefinder.opening.vocabulary import NAMED, WORDS


class Token(NamedTuple):
    """A word: its kind, what it means (see `_MEANING`), and how it was written."""

    kind: str
    value: Any
    text: str


class MonthDay(NamedTuple):
    """A day of a month with the year and the weekday (1–7), where they are written beside it."""

    year: int | None
    month: int
    day: int
    weekday: int | None = None


WEEKDAYS = "月火水木金土日"
_W = f"[{WEEKDAYS}]"
_BESIDE = rf"(?:\s?\({_W}(?:曜日?)?(?:[・,、/]?(?:振替?)?(?:祝日?|休日?))?\)| ?{_W}曜日?(?!は))?"
_YEAR = r"(?:(?:令和|平成|昭和|r|h|s)(?:\d{1,2}|元)|(?:19|20)\d\d)"
_NTH = r"(?:第\d{1,2}(?:週目?)?|最終(?:週目?)?|最後の?(?:週の?)?|ラスト)"
_BARE = r"\d(?![\d:/]|時|回|部|人|円|名|分|歳|[ヶケかカヵ箇]月|月(?!曜))(?:週目?)?"
_JOIN = r"\s?(?:[・,、/&]|と|及び|並びに)\s?"
_FOUR = r"(?:[01]?\d|2[0-4])[0-5][05]"
_CLOCK = r"(?:翌日?の?|翌朝)?\s?(?:午前|午後|am|pm|朝|昼|夕方|夜)?の?\s?\d{1,2}(?:[:.]\d{2}(?::\d{2}(?:\.0+)?)?(?:\s?[ap]m)?|時(?!間)(?:半|\d{1,2}分?)?|\s?[ap]m)"

_KIND_OF = {word: kind for kind, words in WORDS.items() for word in words} | dict.fromkeys(NAMED, "named")


def _alternation(words: list[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


_PATTERNS = {
    "days_apart": r"の?\d{1,2}日(?:前|後)",
    "date": rf"(?:元[日旦]|{_YEAR}(?:年|[./-])\d{{1,2}}(?:月|[./-])\d{{1,2}}日?(?!\d)|\d{{1,2}}月\d{{1,2}}日(?![前間])|\d{{1,2}}/\d{{1,2}}(?![\d/月日]))(?:t00:00:00|\s00:00:00)?{_BESIDE}",
    "year_month": rf"{_YEAR}(?:年\d{{1,2}}月|[./]\d{{1,2}}(?![\d:]))(?:分|以)?",
    "year": rf"{_YEAR}年度?",
    "time": rf"{_CLOCK}|{_FOUR}(?=~{_FOUR}(?!\d|年))|(?<=~){_FOUR}(?!\d|年)|正午|\d{{1,2}}(?=~\d{{1,2}}(?:時|$|[\s、,)]))|(?<=~)\d{{1,2}}(?=$|[\s、,)])",
    "nth": rf"{_NTH}(?:~第?\d(?:週目?)?(?!\d)|(?:(?:{_JOIN}|\s)?{_NTH}|{_JOIN}{_BARE})*)(?:の週)?の?|\d(?:[・,、]\d)*週目?の?(?={_W})|月末の(?={_W})|[\ue000-\ue004](?:・?[\ue000-\ue004])+(?={_W})",
    "times": r"(?:毎?週|毎?月|年間?|1日)に?約?\d{1,2}(?:[~、,・か]\d{1,2})?(?:回|度)(?:以上|程度|ほど|くらい|ぐらい)?|週に?\d日(?!曜)|毎?月に?\d(?=$|\s)",
    "every_n": r"\d{1,2}(?:週間?|[ヶケかカヵ箇]月)(?:に\d(?:回|度)|ごと|毎|おき)(?:に|の)?",
    "month_range": r"\d{1,2}月?(?:~|から)翌?(?:年の?)?\d{1,2}月(?!曜|\d)(?:まで|の間)?",
    "months": r"\d{1,2}(?:月?(?:[・,、/]|と|及び)\d{1,2})*月(?!曜|\d{1,2}日)(?:中|期|分)?|\dの倍数の?月",
    "day_range": r"\d{1,2}日?(?:~|から)\d{1,2}日(?![前後間])(?:まで|の間)?",
    "month_days": rf"\d{{1,2}}(?:日?(?:[・,、/]|と|及び)\d{{1,2}})*日(?![前間中目以\d曜]){_BESIDE}",
    "ending": r"\d(?:(?:[・,、]|と|か)\d)*の(?:つ|付)く日",
    "session": r"[\ue000-\ue014]|\(\d\)|[1-9]回目|第?[1-9]部(?!制)",
    "spoken": _alternation(list(_KIND_OF)),
    "weekday": rf"{_W}曜日?|(?:(?<![^\W\d_])|(?<=[月火水木金土日祝週隔終第末とはび])|(?<=の)(?!日)){_W}(?=[月火水木金土日祝曜・、,/\s~()\[\]。:;&\-<*※【】\d\ue000-\ue014]|$|と|及|は|の|に|も|が|か|以外|を|休|定休|午|朝|昼|夜|夕|正午|開催|or|または|又は|もしくは|除|第|隔週|毎|各|終日|から|まで|閉|のみ|だけ)",
    "nickname": r"[ぁ-んァ-ヶー一-龥]{1,8}?の日(?=[と・、(]|$)",
    "blank": r"[ \t]+",
    "other": r".",
}  # fmt: skip
_TOKEN = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _PATTERNS.items()), re.DOTALL)
_DASH = re.compile(
    r"[〜～−–—―‐‑⇒]|(?<=[\d時分月火水木金土日半曜])\s?[-ー]\s?(?=[\d月火水木金土日午翌正]|$|\s|\))|(?<=[\s(])-(?=\d)"
)
_DATE_LIKE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_NUMERAL = re.compile(r"第[一二三四五六七八九](?:[・、,][一二三四五](?![一-龥]|$)|[・、,][一二三四五](?=[月火水木金土日]))*|[一二三四五六七八九十]+(?=時|日|月|回|週|部制|の倍数|のつく|[ヶケかカヵ箇]月)|(?<=時)[一二三四五六七八九十]+(?=分)")  # fmt: skip
_TIGHTENED = re.compile(
    r"(?<=第)\s+(?=\d)|(?<=\d)\s+(?=[月日時分回週曜])|(?<=毎)\s+(?=[週月])|(?<=[月週])\s+(?=\d回)|(?<=~)\s+|\s+(?=~)|\s+(?=まで)"
    r"|(?<=毎)\s+(?=日)|(?<=[月火水木金土日])\s+(?=曜)|(?<=曜)\s+(?=日(?![曜・]))|(?<=毎\s週)\s+"
)
_CIRCLED = {number: chr(0xE000 + index) for index, number in enumerate(map(ord, "①②③④⑤⑥⑦⑧⑨⑩⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽❶"))}
_DIGITS = {char: index for index, char in enumerate("〇一二三四五六七八九")}


def plain(text: str) -> str:
    """The text in one spelling. Circled numbers become signs of their own: NFKC would make 「①10時」 into 「110時」."""
    text = unicodedata.normalize("NFKC", text.translate(_CIRCLED)).lower().replace("\r", "\n").strip()
    text = _DASH.sub("~", _DATE_LIKE.sub(r"\1/\2/\3", text))
    return _TIGHTENED.sub("", _NUMERAL.sub(_arabic, text))


def tokens(text: str) -> list[Token]:
    """The words of a text made plain; every character belongs to one of them, runs of unknown ones to one `other`."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        kind, said = match.lastgroup or "other", match.group()
        if kind == "other" and found and found[-1].kind == "other":
            found[-1] = Token("other", None, found[-1].text + said)
        elif kind == "spoken":
            found.append(Token(_KIND_OF[said], NAMED.get(said), said))
        else:
            meaning = _MEANING.get(kind)
            found.append(Token(kind, meaning(said) if meaning else None, said))
    return found


def _arabic(match: re.Match[str]) -> str:
    return re.sub("[一二三四五六七八九十]+", lambda numeral: str(_number(numeral.group())), match.group())


def _number(numeral: str) -> int:
    """「二十五」 is 25, 「十」 10; digits in a row (「一二」) are read as written."""
    if "十" not in numeral:
        return int("".join(str(_DIGITS[char]) for char in numeral))
    tens, _, ones = numeral.partition("十")
    return (_DIGITS.get(tens[:1], 1) if tens else 1) * 10 + (_DIGITS.get(ones[:1], 0) if ones else 0)


def _weekday(text: str) -> int:
    return WEEKDAYS.index(text[0]) + 1


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text))


def _minutes(text: str) -> int | None:
    """Minutes since midnight; None for an impossible time. Words of the afternoon move 1–11 o'clock by twelve hours."""
    if text == "正午":
        return 720
    hour, *rest = (int(text[:-2]), int(text[-2:])) if re.fullmatch(_FOUR, text) else _numbers(text)
    minute = rest[0] if rest else 30 if text.endswith("半") else 0
    late = any(word in text for word in ("午後", "pm", "夕方", "夜")) or ("昼" in text and hour < 6)
    if "午後" in text and hour == 12:
        hour = 12
    elif late and hour < 12:
        hour += 12
    elif hour == 12 and ("am" in text):
        hour = 0
    at = hour * 60 + minute + (1440 if "翌" in text else 0)
    return at if minute < 60 and at <= 2880 else None


def half_said(text: str) -> bool:
    """Does a time say which half of the day it means?"""
    return any(word in text for word in ("午前", "午後", "am", "pm", "朝", "昼", "夕方", "夜", "翌", "正午"))


def _era(text: str) -> int:
    number = int(re.sub("元", "1", re.search(r"\d+|元", text).group()))  # type: ignore[union-attr]
    for name, first in (("令和", 2018), ("平成", 1988), ("昭和", 1925), ("r", 2018), ("h", 1988), ("s", 1925)):
        if text.startswith(name):
            return first + number
    return number


def _date(text: str) -> MonthDay:
    beside = re.search(f"[\\s(日]({_W})(?:曜|[)・,、/祝振休])", text)
    weekday = _weekday(beside[1]) if beside else None
    if text.startswith("元"):
        return MonthDay(None, 1, 1, weekday)
    if re.match(_YEAR + "[年./-]", text):
        numbers = _numbers(text.replace("元", "1"))
        return MonthDay(_era(text), numbers[1], numbers[2], weekday)
    month, day = _numbers(text)[:2]
    return MonthDay(None, month, day, weekday)


def _year_month(text: str) -> tuple[int, int]:
    return _era(text), _numbers(text.replace("元", "1"))[1]


def _year(text: str) -> tuple[date, date] | None:
    year = _era(text)
    return (date(year, 4, 1), date(year + 1, 3, 31)) if "度" in text else (date(year, 1, 1), date(year, 12, 31))


def _nth(text: str) -> tuple[int, ...]:
    """1 to 5 and -1 for the last; a number above 5 stays and is refused by the grammar."""
    if text.startswith("月末"):
        return (-1,)
    if "\ue000" <= text[0] <= "\ue004":
        return tuple(sorted({ord(sign) - 0xDFFF for sign in text if sign != "・"}))
    numbers = _numbers(text)
    if "~" in text and len(numbers) == 2:
        numbers = tuple(range(numbers[0], numbers[1] + 1))
    last = (-1,) if re.search("最終|最後|ラスト", text) else ()
    return tuple(sorted({*numbers, *last}))


def _times(text: str) -> tuple[str, int | None, bool]:
    """The unit (週, 月, 年 or 日), how many times (None: 「1~2回」), and whether that is only about so."""
    numbers = [int(number) for number in re.findall(r"\d+", text.removeprefix("1日"))]
    unit = "日" if text.startswith("1日") else text.removeprefix("毎")[0]
    return unit, numbers[0] if len(numbers) == 1 else None, bool(re.search("約|以上|程度|ほど|くらい|ぐらい", text))


def _every_n(text: str) -> tuple[str, int]:
    """「3週間に1回」 is every 3 weeks, 「1週おき」 every 2."""
    numbers = _numbers(text)
    every = numbers[0] + (1 if "おき" in text else 0)
    return ("週" if "週" in text else "月"), every if len(numbers) < 2 or numbers[1] == 1 else 0


def _month_range(text: str) -> tuple[int, ...]:
    first, last = _numbers(text)
    return (first, last)


def _months(text: str) -> tuple[int, ...]:
    numbers = _numbers(text)
    if "倍数" in text:
        return tuple(month for month in range(1, 13) if numbers[0] and month % numbers[0] == 0)
    return tuple(sorted(set(numbers)))


def _month_days(text: str) -> tuple[tuple[int, ...], int | None]:
    beside = re.search(f"[\\s(日]({_W})(?:曜|[)・,、/祝振休])", text)
    return tuple(sorted(set(_numbers(text)))), _weekday(beside[1]) if beside else None


def _day_range(text: str) -> tuple[tuple[int, ...], None]:
    first, last = _numbers(text)
    return tuple(range(first, last + 1)), None


def _days_apart(text: str) -> int:
    return _numbers(text)[0] * (-1 if text.endswith("前") else 1)


def _ending(text: str) -> tuple[int, ...]:
    return tuple(day for day in range(1, 32) if day % 10 in _numbers(text))


_MEANING: dict[str, Callable[[str], Any]] = {
    "date": _date, "year_month": _year_month, "year": _year, "time": _minutes, "nth": _nth, "times": _times, "every_n": _every_n, "month_range": _month_range,
    "months": _months, "month_days": _month_days, "days_apart": _days_apart, "day_range": _day_range, "ending": _ending, "weekday": _weekday,
}  # fmt: skip
