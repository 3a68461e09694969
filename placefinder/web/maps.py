"""What the map script draws: the district asked for, its neighbours, schools, the start. The items come from the list."""

from collections.abc import Sequence
from typing import Any

from geo.points import LonLat
from placefinder.settings import Settings
from placefinder.store.atlas import Area, Surroundings
from placefinder.web.languages import plain
from placefinder.web.wording import Words

PROXY_URL = "/basemap/{z}/{x}/{y}.png"


def map_data(settings: Settings, words: Words, around: Surroundings, start: LonLat | None = None) -> dict[str, Any]:
    """The values of a map beside a list; degrees as Leaflet takes them, latitude first."""
    return {
        "own": _district(around.own) if around.own else None,
        "neighbours": [_district(area) for area in around.neighbours],
        "schools": list(around.schools),
        "start": [start.lat, start.lon] if start else None,
        "tiles": _tiles(settings),
        "markers_url": None,
        "words": _words(words),
    }


def overview_data(
    settings: Settings, words: Words, bounds: list[list[float]], outlines: Sequence[Area]
) -> dict[str, Any]:
    """The values of a map of the whole catalogue, whose markers the server adds up."""
    return {
        **map_data(settings, words, Surroundings(neighbours=outlines)),
        "markers_url": "/api/v1/markers",
        "bounds": bounds,
    }


def _district(area: Area) -> dict[str, Any]:
    label = None if area.lat is None or area.lon is None else [round(area.lat, 5), round(area.lon, 5)]
    return {"name": area.name, "label": label, "area": area.shape}


def _tiles(settings: Settings) -> dict[str, str] | None:
    if settings.tiles == "none":
        return None
    url = PROXY_URL if settings.tiles == "proxy" else settings.tile_url
    return {"url": url, "attribution": settings.tile_attribution}


def _words(words: Words) -> dict[str, str]:
    return {
        "count": plain(words.say("#件")),
        "zoom_in": plain(words.say("地図を大きく")),
        "zoom_out": plain(words.say("地図を小さく")),
    }
