"""Grid squares (地域メッシュ, JIS X 0410): codes of 4, 6 and 8 digits, and the half (9) and quarter (10) squares."""

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, NewType

from shapely.geometry import Polygon, box

from geo.errors import CodeError
from geo.points import LonLat, in_japan

MeshCode = NewType("MeshCode", str)
MeshDigits = Literal[4, 6, 8, 9, 10]

_FORM = re.compile(r"\d{4}(?:[0-7]{2}(?:\d{2}[1-4]{0,2})?)?")
# How many squares of this many digits lie side by side in one of the 4-digit squares, which are 1° × 40′.
_ACROSS: dict[int, int] = {4: 1, 6: 8, 8: 80, 9: 160, 10: 320}


@dataclass(frozen=True, slots=True)
class MeshBounds:
    """A square's edges in degrees, JGD2011."""

    west: float
    south: float
    east: float
    north: float


def mesh_code(text: str) -> MeshCode:
    """A checked code from text. Raises CodeError for a wrong form or a square that is not in Japan."""
    code = unicodedata.normalize("NFKC", text).strip().replace("-", "")
    if code.isascii() and _FORM.fullmatch(code) and in_japan(*_middle(code)):
        return MeshCode(code)
    raise CodeError("mesh code", text, "4, 6, 8, 9 or 10 digits of JIS X 0410 within Japan are expected")


def _corner(code: str) -> tuple[Fraction, Fraction]:
    """South-west corner, exactly: degrees east from 100, and north in units of 40 minutes."""
    north, east = Fraction(int(code[0:2])), Fraction(int(code[2:4]))
    if len(code) >= 6:
        north, east = north + Fraction(int(code[4]), 8), east + Fraction(int(code[5]), 8)
    if len(code) >= 8:
        north, east = north + Fraction(int(code[6]), 80), east + Fraction(int(code[7]), 80)
    for digits in range(9, len(code) + 1):
        quadrant = int(code[digits - 1]) - 1  # 1 south-west, 2 south-east, 3 north-west, 4 north-east
        north += Fraction(quadrant // 2, _ACROSS[digits])
        east += Fraction(quadrant % 2, _ACROSS[digits])
    return east, north


def _middle(code: str) -> tuple[float, float]:
    east, north = _corner(code)
    half = Fraction(1, 2 * _ACROSS[len(code)])
    return float(100 + east + half), float((north + half) * 2 / 3)


def mesh_bounds(code: MeshCode) -> MeshBounds:
    """Edges in degrees; neighbours share theirs exactly."""
    east, north = _corner(code)
    side = Fraction(1, _ACROSS[len(code)])
    return MeshBounds(
        west=float(100 + east),
        south=float(north * 2 / 3),
        east=float(100 + east + side),
        north=float((north + side) * 2 / 3),
    )


def mesh_polygon(code: MeshCode) -> Polygon:
    """The square as a shapely polygon in EPSG:6668."""
    edges = mesh_bounds(code)
    return box(edges.west, edges.south, edges.east, edges.north)


def mesh_centre(code: MeshCode) -> LonLat:
    """The middle of the square."""
    return LonLat(*_middle(code))


def mesh_of(point: LonLat, digits: MeshDigits = 8) -> MeshCode:
    """The square that holds the point; one on an edge belongs to the square north or east of it."""
    side = _ACROSS[digits]
    # Exact arithmetic, because a float of 2/3 degrees puts points on edges into the wrong square.
    north = int(Fraction(point.lat) * 3 / 2 * side)
    east = int((Fraction(point.lon) - 100) * side)
    code = f"{north // side:02d}{east // side:02d}"
    for level in (6, 8, 9, 10):
        if level > digits:
            break
        factor = side // _ACROSS[level]
        base = 8 if level == 6 else 10 if level == 8 else 2
        row, column = north // factor % base, east // factor % base
        code += f"{row}{column}" if level <= 8 else str(1 + 2 * row + column)
    return MeshCode(code)
