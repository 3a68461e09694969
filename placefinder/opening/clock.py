"""The hours of a text: sessions, from their first word on."""

from collections.abc import Sequence

from placefinder.opening.rules import Hours
from placefinder.opening.words import Token, half_said

_BETWEEN = frozenset({"blank", "comma", "join", "session", "colon"})
_STARTS = frozenset({"time", "all_hours"})
AFTERNOON, FORENOON = Hours(720, 1440), Hours(0, 720)


class WrongTime(Exception):
    """A time that cannot be, or a session that ends before it starts."""


def starts(tokens: Sequence[Token], at: int) -> bool:
    """Do hours begin at this token: 「10:00」, 「~12時」, 「午前9時」, 「24時間」?"""
    kind = tokens[at].kind
    if kind in ("range", "am", "pm"):
        return at + 1 < len(tokens) and tokens[at + 1].kind == "time"
    return kind in _STARTS


def sessions(tokens: Sequence[Token], at: int) -> tuple[list[Hours], int]:
    """The sessions that begin here, and the place of the first token behind them. Raises WrongTime."""
    found: list[Hours] = []
    end = at
    while at < len(tokens):
        if starts(tokens, at):
            one, at = _session(tokens, at)
            found.append(one)
            end = at
        elif tokens[at].kind in _BETWEEN:
            at += 1
        else:
            break
    return found, end


def _session(tokens: Sequence[Token], at: int) -> tuple[Hours, int]:
    if tokens[at].kind == "all_hours":
        return Hours(0, 1440), at + 1
    half = tokens[at].kind if tokens[at].kind in ("am", "pm") else None
    if half:
        at += 1
    opens: int | None = None
    afternoon = half == "pm"
    if tokens[at].kind == "time":
        opens = _minutes(tokens[at])
        afternoon = afternoon or any(word in tokens[at].text for word in ("午後", "夕方", "夜", "pm"))
        opens = opens + 720 if half == "pm" and opens < 720 else opens
        at += 1
        if _kind(tokens, at) == "until":
            return Hours(None, opens), at + 1
        if _kind(tokens, at) not in ("range", "since"):
            return Hours(opens, None), at
    at += 1
    at = at + 1 if _kind(tokens, at) in ("am", "pm") and _kind(tokens, at + 1) == "time" else at
    if _kind(tokens, at) != "time":
        return Hours(opens, None), at
    closes = _closing(tokens, at, opens, afternoon)
    at += 1
    return Hours(opens, closes), at + 1 if _kind(tokens, at) == "until" else at


def _closing(tokens: Sequence[Token], at: int, opens: int | None, afternoon: bool) -> int:
    """The end of a session; 「午後4:00～7:30」 says the half of the day only once."""
    said = tokens[at].text
    closes = _minutes(tokens[at])
    if (tokens[at - 1].kind == "pm" and closes < 720) or (
        afternoon and not half_said(said) and closes < 720 and (opens is None or closes <= opens)
    ):
        closes += 720
    if opens is not None and closes <= opens:
        raise WrongTime
    return closes


def _minutes(token: Token) -> int:
    if token.value is None:
        raise WrongTime
    return int(token.value)


def _kind(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].kind if at < len(tokens) else ""


def clock_follows(words: Sequence[Token], at: int) -> bool:
    while at < len(words) and words[at].kind in _BETWEEN | {"fill", "topic"}:
        at += 1
    return at < len(words) and starts(words, at)
