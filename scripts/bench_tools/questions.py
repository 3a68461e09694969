"""What residents ask: seeded requests near where people live, the same for us and for tipg."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, log, pi, radians, tan
from urllib.parse import urlencode
from uuid import UUID

import numpy as np

from bench_tools.land import SQUEEZE, Land, degrees
from bench_tools.load import Request
from bench_tools.national import SEED, where_people_are

RADIUS_M = 2_000  # what the API takes where nothing is said
FAR_M = 50_000  # here even 10,000 places all over Japan have 20 that fit, in most places
ZOOMS = range(6, 17)
_FOR_ANYONE = ("ibasho", "hobby_circle", "event", "salon", "food_pantry")
_FOR_CHILDREN = (*_FOR_ANYONE[:3], "kodomo_shokudo", "learning_support")
_FOR_OLDER = (*_FOR_ANYONE, "kayoinoba", "exercise_group", "dementia_cafe")
# Whom they come with, and what such people look for.
_AGES = {4: (*_FOR_CHILDREN, "kosodate_hiroba"), 9: _FOR_CHILDREN, 15: _FOR_CHILDREN, 35: _FOR_ANYONE,
         68: _FOR_OLDER, 75: _FOR_OLDER, 82: _FOR_OLDER}  # fmt: skip
_INTERESTS = ("chat", "meal", "cooking", "gardening", "exercise", "walking", "music", "art", "reading", "play")
_NEEDS = ("step_free", "parking", "interpreter", "alone_ok", "drop_in", "pram")


@dataclass(frozen=True)
class Wish:
    """One resident at one point, with at least two filters; None does not filter."""

    lon: float
    lat: float
    kinds: tuple[str, ...]
    age: int
    weekday: int | None
    time_from: str | None
    time_to: str | None
    price_max: int | None
    interests: tuple[str, ...]
    needs: tuple[str, ...]

    def body(self, radius_m: int) -> str:
        asked = {name: value for name, value in vars(self).items() if value is not None and value != ()}
        return json.dumps(asked | {"radius_m": radius_m, "limit": 20})


def wishes(land: Land, count: int) -> list[Wish]:
    """As people may ask: all name kinds and age, two in five a weekday, half of these a time, some a price or more."""
    rng = np.random.default_rng(SEED + 3)
    points, _ = where_people_are(land, rng, count)
    return [_wish(rng, lon, lat) for lon, lat in degrees(points).tolist()]


def _wish(rng: np.random.Generator, lon: float, lat: float) -> Wish:
    weekday = int(rng.integers(1, 8)) if rng.random() < 0.4 else None
    hour = int(rng.integers(9, 17)) if weekday and rng.random() < 0.5 else None
    age = int(rng.choice(list(_AGES)))
    return Wish(
        lon=round(lon, 6),
        lat=round(lat, 6),
        kinds=_some(rng, _AGES[age], int(rng.integers(1, 4))),
        age=age,
        weekday=weekday,
        time_from=f"{hour:02}:00" if hour else None,
        time_to=f"{hour + 3:02}:00" if hour else None,
        price_max=int(rng.choice([0, 300])) if rng.random() < 0.3 else None,
        interests=_some(rng, _INTERESTS, 2) if rng.random() < 0.25 else (),
        needs=_some(rng, _NEEDS, 1) if rng.random() < 0.2 else (),
    )


def _some(rng: np.random.Generator, terms: Sequence[str], count: int) -> tuple[str, ...]:
    return tuple(sorted(str(term) for term in rng.choice(terms, count, replace=False)))


def nearest(asked: Sequence[Wish], radius_m: int) -> list[Request]:
    return [Request("POST", "/api/v1/places/nearest", wish.body(radius_m)) for wish in asked]


def district_at(asked: Sequence[Wish]) -> list[Request]:
    return [Request("POST", "/api/v1/districts/at", json.dumps({"lon": w.lon, "lat": w.lat})) for w in asked]


def tipg_items(asked: Sequence[Wish]) -> list[Request]:
    """What tipg can say of the same wish: a box instead of a circle, no order by distance, no lists, no reasons.

    Only the columns our answer carries are asked for, in their ready form, which spares tipg work.
    """
    return [Request("GET", f"/collections/finder.listing/items?{urlencode(list(_tipg_query(wish)))}") for wish in asked]


def _tipg_query(wish: Wish) -> Iterator[tuple[str, str]]:
    north = RADIUS_M / 111_000
    east = north / cos(radians(wish.lat))
    kinds = ", ".join(f"'{kind}'" for kind in wish.kinds)
    wanted = [
        "findable = true",
        f"kind IN ({kinds})" if len(wish.kinds) > 1 else f"kind = {kinds}",
        f"(age_min IS NULL OR age_min <= {wish.age})",
        f"(age_max IS NULL OR age_max >= {wish.age})",
    ]
    if wish.price_max is not None:
        wanted.append(f"(price_yen_min IS NULL OR price_yen_min <= {wish.price_max})")
    box = (wish.lon - east, wish.lat - north, wish.lon + east, wish.lat + north)
    yield "bbox", ",".join(f"{edge:.6f}" for edge in box)
    yield "limit", "20"
    yield "filter-lang", "cql2-text"
    yield "filter", " AND ".join(wanted)
    yield "properties", "card"


def find_pages(land: Land, count: int) -> list[Request]:
    _, districts = where_people_are(land, np.random.default_rng(SEED + 4), count)
    return [Request("GET", f"/find?district={district_id(int(number))}") for number in districts]


def district_id(number: int) -> UUID:
    """As national.sql makes it."""
    return UUID(hashlib.md5(f"district {number}".encode(), usedforsecurity=False).hexdigest())


def tiles(land: Land, zooms: Sequence[int], count: int) -> list[Request]:
    """Tiles people look at: each zoom equally often, where people live."""
    points, _ = where_people_are(land, np.random.default_rng(SEED + 5), count)
    lons, lats = points[:, 0] / SQUEEZE, points[:, 1]
    return [
        Request("GET", TILE_PATH.format(z=z, x=_column(lon, z), y=_row(lat, z)))
        for lon, lat, z in zip(lons.tolist(), lats.tolist(), list(zooms) * (count // len(zooms) + 1), strict=False)
    ]


TILE_PATH = "/tiles/places/{z}/{x}/{y}.mvt"


def _column(lon: float, z: int) -> int:
    return int((lon + 180) / 360 * 2**z)


def _row(lat: float, z: int) -> int:
    return int((1 - log(tan(pi / 4 + radians(lat) / 2)) / pi) / 2 * 2**z)
