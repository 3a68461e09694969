"""Reads a QR code (ISO/IEC 18004) back from its drawing, without the library that drew it and without its error correction.

Enough for what is printed here: versions 2 to 6, levels M, Q and H, one segment of bytes.
"""

import re
from collections.abc import Iterator

M, Q, H = 0, 3, 2
BLOCKS = {
    (2, M): [28], (3, M): [44], (4, M): [32, 32], (5, M): [43, 43], (6, M): [27] * 4,
    (2, Q): [22], (3, Q): [17, 17], (4, Q): [24, 24], (5, Q): [15, 15, 16, 16], (6, Q): [19] * 4,
    (2, H): [16], (3, H): [13, 13], (4, H): [9] * 4, (5, H): [11, 11, 12, 12], (6, H): [15] * 4,
}  # fmt: skip
"""Data codewords of each block, by version and level."""
MASKS = (
    lambda r, c: (r + c) % 2 == 0, lambda r, c: r % 2 == 0, lambda r, c: c % 3 == 0, lambda r, c: (r + c) % 3 == 0,
    lambda r, c: (r // 2 + c // 3) % 2 == 0, lambda r, c: r * c % 2 + r * c % 3 == 0,
    lambda r, c: (r * c % 2 + r * c % 3) % 2 == 0, lambda r, c: ((r + c) % 2 + r * c % 3) % 2 == 0,
)  # fmt: skip
FORMAT_MASK = 0b101010000010010


def matrix_of(svg: str, border: int = 2) -> list[list[bool]]:
    """The dark modules of a drawing made of horizontal strokes, one unit wide."""
    scale = re.search(r"scale\((\d+)\)", svg)
    width = int(re.search(r'viewBox="0 0 (\d+) \1"', svg)[1])  # type: ignore[index]
    size = width // (int(scale[1]) if scale else 1) - 2 * border
    dark = [[False] * size for _ in range(size)]
    x = y = 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", re.search(r' d="([^"]+)"', svg)[1]):  # type: ignore[index]
        values = [float(one) for one in numbers.split()]
        if command == "M":
            x, y = values
        elif command == "m":
            x, y = x + values[0], y + values[1]
        else:
            for column in range(int(x), int(x + values[0])):
                dark[int(y) - border][column - border] = True
            x += values[0]
    return dark


def read(dark: list[list[bool]]) -> str:
    """What the code says."""
    size = len(dark)
    version = (size - 17) // 4
    level, number = _format(dark)
    mask = MASKS[number]
    bits = [dark[r][c] != mask(r, c) for r, c in _path(size)]
    words = [sum(bit << 7 - place for place, bit in enumerate(bits[at : at + 8])) for at in range(0, len(bits) - 7, 8)]
    data = _in_order(words, BLOCKS[version, level])
    stream = "".join(f"{word:08b}" for word in data)
    assert stream[:4] == "0100", "one segment of bytes"
    length = int(stream[4:12], 2)
    return bytes(int(stream[12 + 8 * n : 20 + 8 * n], 2) for n in range(length)).decode()


def _format(dark: list[list[bool]]) -> tuple[int, int]:
    """Level and mask, from the information beside the upper left finder."""
    cells = [(8, c) for c in (0, 1, 2, 3, 4, 5, 7, 8)] + [(r, 8) for r in (7, 5, 4, 3, 2, 1, 0)]
    bits = sum(dark[r][c] << 14 - place for place, (r, c) in enumerate(cells)) ^ FORMAT_MASK
    return bits >> 13, bits >> 10 & 7


def _path(size: int) -> Iterator[tuple[int, int]]:
    """The modules of data from the lower right on: in columns of two, up and down."""
    upward = True
    for right in range(size - 1, 0, -2):
        pair = right if right > 6 else right - 1
        for step in range(size):
            row = size - 1 - step if upward else step
            yield from ((row, column) for column in (pair, pair - 1) if not _function(row, column, size))
        upward = not upward


def _function(row: int, column: int, size: int) -> bool:
    """Finder, timing, alignment, format: no data. Versions 2 to 6 have one alignment pattern."""
    corner = (row < 9 and column < 9) or (row < 9 and column >= size - 8) or (row >= size - 8 and column < 9)
    alignment = abs(row - (size - 7)) <= 2 and abs(column - (size - 7)) <= 2
    return corner or alignment or row == 6 or column == 6


def _in_order(words: list[int], blocks: list[int]) -> list[int]:
    """The data codewords block by block: they are written one from each block in turn."""
    taken: list[list[int]] = [[] for _ in blocks]
    source = iter(words)
    for place in range(max(blocks)):
        for block, length in zip(taken, blocks, strict=True):
            if place < length:
                block.append(next(source))
    return [word for block in taken for word in block]
