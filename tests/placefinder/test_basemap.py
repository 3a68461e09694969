"""Base-map tiles through our own server: images only, small ones, in time; everything else is an empty tile."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from placefinder.app import create_app
from placefinder.settings import Settings, read_settings
from placefinder.store import Database
from placefinder.web.basemap import EMPTY, MAX_TILE_BYTES, fetch_tile
from placefinder.web.rendering import content_security_policy

ANSWERS = {
    "good": (200, "image/png", b"tile"),
    "html": (200, "text/html", b"<script>"),
    "svg": (200, "image/svg+xml", b"<svg/>"),
    "large": (200, "image/png", b"x" * (MAX_TILE_BYTES + 1)),
    "missing": (404, "image/png", b"no"),
    "elsewhere": (302, "image/png", b""),
    "slow": (200, "image/png", b"late"),
}


class _TileServer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        name = self.path.strip("/").split("/")[0]
        status, media_type, body = ANSWERS[name]
        if name == "slow":
            time.sleep(0.6)
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        if status == 302:
            self.send_header("Location", "/good")
        self.end_headers()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def tiles() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _TileServer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_a_tile_is_passed_on_and_kept_for_a_week(tiles: str) -> None:
    found = asyncio.run(fetch_tile(f"{tiles}/good"))
    assert (found.image, found.media_type, found.cache_control) == (b"tile", "image/png", "public, max-age=604800")


@pytest.mark.parametrize("name", ["html", "svg", "large", "missing", "elsewhere", "slow"])
def test_whatever_else_comes_is_an_empty_tile(tiles: str, name: str) -> None:
    assert asyncio.run(fetch_tile(f"{tiles}/{name}", timeout_s=0.2)) == EMPTY


def test_a_server_that_is_away_leaves_an_empty_tile() -> None:
    assert asyncio.run(fetch_tile("http://127.0.0.1:9/x")) == EMPTY


def test_with_proxy_the_page_asks_only_us_and_with_direct_only_the_tile_server(tiles: str, tmp_path: Path) -> None:
    environ = {"PLACEFINDER_TILE_URL": f"{tiles}/good/{{z}}/{{x}}/{{y}}.png", "PLACEFINDER_HOME": str(tmp_path)}
    proxy = read_settings({**environ, "PLACEFINDER_TILES": "proxy"})
    assert tiles not in content_security_policy(proxy)
    direct = read_settings({**environ, "PLACEFINDER_TILES": "direct"})
    assert tiles in content_security_policy(direct)
    answer = ask(proxy, "/basemap/5/28/12.png")
    assert (answer.content, answer.headers["cache-control"]) == (b"tile", "public, max-age=604800")
    assert ask(proxy, "/basemap/5/32/12.png").status_code == 404
    assert ask(proxy, "/basemap/19/1/1.png").status_code == 404
    assert ask(direct, "/basemap/5/28/12.png").status_code == 404


def ask(settings: Settings, path: str) -> httpx.Response:
    """An answer of the app without its lifespan: tiles need no database."""

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(create_app(settings, Database("", "")))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.get(path)

    return asyncio.run(asked())
