"""A country of school districts that never was: 19,000 polygons round real towns, clustered as people live.

Municipalities lie round the towns of towns.csv, districts round the municipalities. Each district is the Voronoi cell
of its school, with crooked borders shared exactly by both neighbours; empty cells fill the land between the towns and
are thrown away.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Voronoi, cKDTree

from geo.codes import check_digit

SQUEEZE = np.cos(np.radians(36))  # one degree of longitude, in degrees of latitude
KM = 1 / 111.0  # a kilometre in degrees of latitude
MUNICIPALITIES = 1_741
VERTICES_PER_BORDER = 34  # a cell has six borders on average: about 200 vertices
Points = NDArray[np.float64]  # shape (n, 2): longitude squeezed to the scale of latitude, latitude


@dataclass(frozen=True)
class Land:
    """Schools and their districts. `rings[i]` belongs to `schools[i]`; `municipality[i]` indexes `codes`."""

    codes: list[str]
    schools: Points
    municipality: NDArray[np.int64]
    rings: list[Points]
    cells: cKDTree  # schools first, then the empty cells

    def district_of(self, points: Points) -> NDArray[np.int64]:
        """The district of each point, -1 in empty land. Right but for the strip where a border bends."""
        nearest = self.cells.query(points)[1]
        return np.where(nearest < len(self.schools), nearest, -1)


def make_land(rng: np.random.Generator, districts: int) -> Land:
    centres, prefectures, weights = _municipalities(rng)
    schools, municipality = _schools(rng, centres, weights, districts)
    cells = np.vstack([schools, _empty_cells(rng, schools)])
    return Land(_codes(prefectures), schools, municipality, _rings(rng, cells, districts), cKDTree(cells))


def degrees(points: Points) -> Points:
    """Longitude and latitude as they are written."""
    return points / (SQUEEZE, 1)


def _municipalities(rng: np.random.Generator) -> tuple[Points, list[str], Points]:
    with (Path(__file__).parent / "towns.csv").open(encoding="utf-8") as lines:
        towns = list(csv.DictReader(lines))
    people = np.array([float(town["people_10k"]) for town in towns])
    at = np.array([(float(town["lon"]) * SQUEEZE, float(town["lat"])) for town in towns])
    town = np.concatenate(
        [np.arange(len(towns)), rng.choice(len(towns), MUNICIPALITIES - len(towns), p=_share(people**0.5))]
    )
    away = scattered(rng, len(town), 18 * KM)
    away[: len(towns)] = 0
    rank = np.concatenate([np.ones(len(towns)), rng.pareto(1.3, len(town) - len(towns)).clip(0.05, 8) / 8])
    return at[town] + away, [towns[i]["prefecture_code"] for i in town], _share(people[town] * rank)


def _schools(
    rng: np.random.Generator, centres: Points, weights: Points, wanted: int
) -> tuple[Points, NDArray[np.int64]]:
    """Schools at least 300 m apart, so that no two share a cell."""
    municipality = rng.choice(len(centres), wanted * 3, p=weights * 0.7 + 0.3 / len(centres))
    spread = (1.5 + 250 * weights[municipality]).clip(1.5, 7) * KM
    points = centres[municipality] + scattered(rng, len(municipality), spread)
    close = cKDTree(points).query_pairs(0.3 * KM, output_type="ndarray")
    kept = np.setdiff1d(np.arange(len(points)), close[:, 1])[:wanted]
    if len(kept) < wanted:
        raise ValueError(f"only {len(kept)} schools fit; spread them wider")
    return points[kept], municipality[kept]


def _empty_cells(rng: np.random.Generator, schools: Points) -> Points:
    """A jittered grid of 5 km wherever no school is nearer than that, and far beyond, so that every district is closed."""
    step = 5 * KM
    low, high = schools.min(0) - 10 * step, schools.max(0) + 10 * step
    grid = np.stack(np.meshgrid(np.arange(low[0], high[0], step), np.arange(low[1], high[1], step)), -1).reshape(-1, 2)
    grid += rng.uniform(-0.3, 0.3, grid.shape) * step
    distance = cKDTree(schools).query(grid)[0]
    return grid[(distance > step) & (distance < 8 * step)]


def _rings(rng: np.random.Generator, cells: Points, districts: int) -> list[Points]:
    diagram = Voronoi(cells)
    borders: list[list[int]] = [[] for _ in range(districts)]
    for ridge, sides in enumerate(diagram.ridge_points):
        for cell in sides[sides < districts]:
            borders[cell].append(ridge)
    crooked: dict[int, Points] = {}
    return [_ring(rng, diagram, crooked, cell) for cell in borders]


def _ring(rng: np.random.Generator, diagram: Voronoi, crooked: dict[int, Points], borders: list[int]) -> Points:
    """The borders of one cell, chained corner to corner."""
    left = {ridge: diagram.ridge_vertices[ridge] for ridge in borders}
    ridge = borders[0]
    corner = left[ridge][0]
    parts: list[Points] = []
    while left:
        start, end = left.pop(ridge)
        if ridge not in crooked:
            crooked[ridge] = _crooked(rng, diagram.vertices[start], diagram.vertices[end])
        line = crooked[ridge] if corner == start else crooked[ridge][::-1]
        parts.append(line[:-1])
        corner = end if corner == start else start
        ridge = next((candidate for candidate, ends in left.items() if corner in ends), -1)
    ring = np.vstack(parts)
    return np.vstack([ring, ring[:1]])


def _crooked(rng: np.random.Generator, start: Points, end: Points) -> Points:
    """A wandering line that stays within a sixteenth of its length from the straight one."""
    along = np.linspace(0, 1, VERTICES_PER_BORDER)[:, None]
    walk = rng.normal(size=VERTICES_PER_BORDER).cumsum()
    walk -= np.linspace(walk[0], walk[-1], VERTICES_PER_BORDER)
    walk /= max(np.abs(walk).max(), 1e-9) * 16
    across = np.array([start[1] - end[1], end[0] - start[0]])
    return start + along * (end - start) + walk[:, None] * across


def scattered(rng: np.random.Generator, count: int, scale: float | Points) -> Points:
    angle, radius = rng.uniform(0, 2 * np.pi, count), rng.exponential(scale, count)
    return np.stack([np.cos(angle), np.sin(angle)], -1) * radius[:, None]


def _share(weights: Points) -> Points:
    return weights / weights.sum()


def _codes(prefectures: list[str]) -> list[str]:
    """Codes of the right form, with check digit; what they name does not exist."""
    counted: dict[str, int] = {}
    codes = []
    for prefecture in prefectures:
        counted[prefecture] = counted.get(prefecture, 200) + 1
        five = f"{prefecture}{counted[prefecture]}"
        codes.append(five + check_digit(five))
    return codes
