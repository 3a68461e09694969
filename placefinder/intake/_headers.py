"""Where a table's header is: below title rows, sometimes on two lines."""

import re
from collections import Counter
from dataclasses import dataclass
from itertools import count

_DATA_LIKE = re.compile(
    r"[-+]?\d[\d,]*\.?\d*|\d{1,4}[-/年.]\d{1,2}([-/月.]\d{1,2}日?)?.*|\d{1,2}[:：]\d{2}.*|[\d()+-]{9,}|https?://.*|\S+@\S+\.\S+"
)
_LONG = 60


@dataclass(frozen=True, slots=True)
class Header:
    """The columns' names, all different; `first` and `last` are the header's lines, counted from 0."""

    names: tuple[str, ...]
    first: int
    last: int
    duplicates: tuple[str, ...]


def find_header(rows: list[list[str]]) -> Header | None:
    """The header among the first (cleaned) rows of a sheet, or None where no row looks like one."""
    filled = [sum(map(bool, row)) for row in rows]
    widest = max(filled, default=0)
    if widest < 2:
        return None
    for index, row in enumerate(rows):
        if filled[index] >= max(2, 0.6 * widest) and _looks_like_header(row):
            return _with_second_line(rows, index)
        if filled[index] >= 2 and _is_two_lined(rows, index):
            return _with_second_line(rows, index)
    return None


def _looks_like_header(row: list[str]) -> bool:
    cells = [cell for cell in row if cell]
    named = [cell for cell in cells if len(cell) <= _LONG and not _DATA_LIKE.fullmatch(cell)]
    return len(named) >= 0.7 * len(cells) and len(set(named)) >= 0.6 * len(named)


def _is_two_lined(rows: list[list[str]], index: int) -> bool:
    """Plain two-line headers only: the lower line fills just the gaps of groups the upper line names."""
    if index + 1 >= len(rows):
        return False
    upper, lower = rows[index], rows[index + 1]
    width = max(_width(upper), _width(lower))
    upper, lower = _padded(upper, width), _padded(lower, width)
    if not _looks_like_header(lower) or not any(lower) or not upper[0]:
        return False
    gaps = [i for i in range(width) if not upper[i]]
    grouped = [i for i in range(width) if not upper[i] or (i + 1 < width and not upper[i + 1])]
    fills = all(lower[i] for i in gaps) and all(not lower[i] for i in range(width) if i not in grouped)
    return bool(gaps) and fills and any(not lower[i] for i in range(width))


def _with_second_line(rows: list[list[str]], index: int) -> Header:
    if not _is_two_lined(rows, index):
        return _header(rows[index], index, index)
    width = max(_width(rows[index]), _width(rows[index + 1]))
    group, names = "", []
    for upper, lower in zip(_padded(rows[index], width), _padded(rows[index + 1], width), strict=True):
        group = upper or group
        names.append(f"{group}_{lower}" if lower else group)
    return _header(names, index, index + 1)


def _header(cells: list[str], first: int, last: int) -> Header:
    named = [cell.replace(" ", "") if not cell.isascii() else cell for cell in cells[: _width(cells)]]
    named = [cell or f"列{letter(index)}" for index, cell in enumerate(named)]
    repeated = tuple(name for name, times in Counter(named).items() if times > 1)
    taken: set[str] = set()
    return Header(tuple(_distinct(name, taken) for name in named), first, last, repeated)


def _distinct(name: str, taken: set[str]) -> str:
    for number in count(1):
        candidate = name if number == 1 else f"{name}({number})"
        if candidate not in taken:
            taken.add(candidate)
            return candidate
    raise AssertionError


def letter(index: int) -> str:
    """The spreadsheet's name of a column counted from 0: A, B, … Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _width(row: list[str]) -> int:
    return max((i + 1 for i, cell in enumerate(row) if cell), default=0)


def _padded(row: list[str], width: int) -> list[str]:
    return row[:width] + [""] * (width - len(row))
