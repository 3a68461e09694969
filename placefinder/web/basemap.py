"""A tile of the base map fetched for a reader, so that no reader's address reaches the tile server.

The tile server is not trusted: only images, only small ones, only in time. Whatever else comes is an empty tile, and
the map stands on its own layers.
"""

import base64
from dataclasses import dataclass

import httpx

MAX_TILE_BYTES = 512 * 1024
TIMEOUT_S = 5.0
IMAGES = ("image/png", "image/jpeg", "image/webp")


@dataclass(frozen=True, slots=True)
class Tile:
    """An image and how long it may be kept."""

    image: bytes
    media_type: str
    cache_control: str


EMPTY = Tile(
    base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
    ),
    "image/png",
    "public, max-age=60",
)


async def fetch_tile(url: str, timeout_s: float = TIMEOUT_S) -> Tile:
    """The tile at the address, kept for a week; `EMPTY` for anything that is no small image in time."""
    try:
        async with (
            httpx.AsyncClient(timeout=timeout_s, follow_redirects=False) as client,
            client.stream("GET", url) as answer,
        ):
            media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
            image = await _bounded(answer) if answer.status_code == 200 and media_type in IMAGES else None
    except (httpx.HTTPError, httpx.InvalidURL):
        return EMPTY
    return Tile(image, media_type, "public, max-age=604800") if image else EMPTY


async def _bounded(answer: httpx.Response) -> bytes | None:
    read = bytearray()
    async for part in answer.aiter_bytes():
        read += part
        if len(read) > MAX_TILE_BYTES:
            return None
    return bytes(read)
