"""Curves and bars as numbers for SVG: everything drawn is also in a table beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

from prescribing.uptake.report import Curve
from prescribing.uptake.suppression import Shown
from prescribing.uptake.survival import FOLLOWED_DAYS

WIDTH, HEIGHT = 640, 300
LEFT, TOP, RIGHT, BOTTOM = 56, 14, 14, 40


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the grid with its label."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class CurveDrawing:
    """A step curve and its band as SVG points, on a canvas of WIDTH × HEIGHT."""

    line: str
    band: str
    days: tuple[Tick, ...]
    shares: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """One month of one stage: where it stands; no `y` where its rate is hidden or nobody is in it."""

    x: float
    y: float | None
    label: str


@dataclass(frozen=True, slots=True)
class SeriesDrawing:
    """Months of one stage: points, and the lines between neighbouring ones that are both shown."""

    marks: tuple[Mark, ...]
    lines: tuple[str, ...]


def x_of_day(day: float) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * day / FOLLOWED_DAYS, 1)


def y_of(share: float) -> float:
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - share), 1)


SHARES = tuple(Tick(y_of(percent / 100), f"{percent}%") for percent in (0, 25, 50, 75, 100))


def curve_drawing(curve: Curve) -> CurveDrawing | None:
    """The curve from day 0 to the end of what was followed; None where it is hidden."""
    if not curve.steps:
        return None
    days = [0, *(step.day for step in curve.steps), FOLLOWED_DAYS]
    ticks = tuple(Tick(x_of_day(day), str(day)) for day in (0, 14, 28, 42, 84, 126, FOLLOWED_DAYS))
    low, high = (
        _stairs(days, [0.0, *ends]) for ends in zip(*((one.low, one.high) for one in curve.steps), strict=True)
    )
    line = _stairs(days, [0.0, *(step.attended for step in curve.steps)])
    return CurveDrawing(_points(line), _points([*high, *reversed(low)]), ticks, SHARES)


def _stairs(days: Sequence[int], shares: Sequence[float]) -> list[tuple[float, float]]:
    corners: list[tuple[float, float]] = []
    for day, until, share in zip(days, days[1:], shares, strict=False):
        corners += [(x_of_day(day), y_of(share)), (x_of_day(until), y_of(share))]
    return corners


def series_drawing(labels: Sequence[str], figures: Sequence[Shown]) -> SeriesDrawing:
    """One point a month; a hidden month breaks the line."""
    wide = (WIDTH - LEFT - RIGHT) / max(len(labels), 1)
    marks = tuple(
        Mark(round(LEFT + wide * (place + 0.5), 1), None if one.rate is None else y_of(one.rate), label)
        for place, (label, one) in enumerate(zip(labels, figures, strict=True))
    )
    lines, run = [], list[tuple[float, float]]()
    for mark in (*marks, Mark(0, None, "")):
        if mark.y is not None:
            run.append((mark.x, mark.y))
        elif run:
            lines += [_points(run)] if len(run) > 1 else []
            run = []
    return SeriesDrawing(marks, tuple(lines))


def _points(corners: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in corners)
