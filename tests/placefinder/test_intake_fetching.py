"""Downloads are polite: unchanged files are not sent twice, hosts get their pauses, and nothing but http and file is opened."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from placefinder.intake.errors import FetchFailed
from placefinder.intake.fetching import Fetcher

BODY = "名称,住所\nサロン,緑町\n".encode()
OFFICIAL = "https://www.city.example.lg.jp"


@dataclass
class Mirror:
    """A publisher on loopback: what it will answer, and what it was asked."""

    base: str = ""
    body: bytes = BODY
    statuses: list[int] = field(default_factory=list)  # answered first, one each
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    answered: list[int] = field(default_factory=list)
    location: str = ""


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    state = Mirror()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked.append((self.path, dict(self.headers)))
            etag = f'"{hashlib.sha256(state.body).hexdigest()[:8]}"'
            status = state.statuses.pop(0) if state.statuses else 200
            if status == 200 and self.headers.get("If-None-Match") == etag:
                status = 304
            state.answered.append(status)
            self.send_response(status)
            body = state.body if status == 200 else b""
            for name, value in (
                ("ETag", etag),
                ("Location", state.location),
                ("Retry-After", "3" if status == 429 else ""),
            ):
                if value:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    state.base = f"http://127.0.0.1:{server.server_port}"
    yield state
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def fetcher(mirror: Mirror, tmp_path: Path, slept: list[float]) -> Fetcher:
    return Fetcher(tmp_path / "cache", contact="clerk@city.example.lg.jp", mirror=mirror.base, sleep=slept.append)


def test_the_mirror_stands_in_for_the_official_host_and_learns_who_asks(fetcher: Fetcher, mirror: Mirror) -> None:
    fetched = fetcher.fetch(f"{OFFICIAL}/data/list.csv?v=2")
    assert (fetched.origin, fetched.path.read_bytes()) == ("network", BODY)
    assert fetched.sha256 == hashlib.sha256(BODY).hexdigest()
    assert fetched.path.name == "file-list.csv"
    path, headers = mirror.asked[0]
    assert path == "/www.city.example.lg.jp/data/list.csv?v=2"
    assert "clerk@city.example.lg.jp" in headers["User-Agent"]


def test_the_second_fetch_is_a_304_and_a_changed_file_is_fetched_again(fetcher: Fetcher, mirror: Mirror) -> None:
    first = fetcher.fetch(f"{OFFICIAL}/list.csv")
    second = fetcher.fetch(f"{OFFICIAL}/list.csv")
    assert (second.origin, second.sha256, second.path) == ("unchanged", first.sha256, first.path)
    mirror.body = BODY + b"x"
    third = fetcher.fetch(f"{OFFICIAL}/list.csv")
    assert (third.origin, third.path.read_bytes()) == ("network", BODY + b"x")
    assert mirror.answered == [200, 304, 200]


def test_a_fetcher_started_later_still_knows_the_file(fetcher: Fetcher, mirror: Mirror, tmp_path: Path) -> None:
    fetcher.fetch(f"{OFFICIAL}/list.csv")
    assert Fetcher(tmp_path / "cache", mirror=mirror.base).fetch(f"{OFFICIAL}/list.csv").origin == "unchanged"


def test_one_host_gets_a_pause_between_two_requests(fetcher: Fetcher, slept: list[float]) -> None:
    fetcher.fetch(f"{OFFICIAL}/a.csv")
    assert slept == []
    fetcher.fetch(f"{OFFICIAL}/b.csv")
    assert len(slept) == 1
    assert 0 < slept[0] <= fetcher.pause_s


def test_a_server_in_trouble_is_asked_again_later_and_its_wish_is_kept(
    fetcher: Fetcher, mirror: Mirror, slept: list[float]
) -> None:
    mirror.statuses = [503, 429]
    fetcher.pause_s = 0
    assert fetcher.fetch(f"{OFFICIAL}/list.csv").origin == "network"
    assert mirror.answered == [503, 429, 200]
    assert slept == [1.0, 3.0]


def test_a_server_that_stays_in_trouble_is_given_up(fetcher: Fetcher, mirror: Mirror) -> None:
    mirror.statuses = [500] * 9
    with pytest.raises(FetchFailed, match="HTTP 500") as failed:
        fetcher.fetch(f"{OFFICIAL}/list.csv")
    assert failed.value.rule == "no_answer"
    assert len(mirror.asked) == fetcher.attempts


def test_a_missing_file_is_not_asked_for_again(fetcher: Fetcher, mirror: Mirror) -> None:
    mirror.statuses = [404]
    with pytest.raises(FetchFailed, match="404"):
        fetcher.fetch(f"{OFFICIAL}/list.csv")
    assert len(mirror.asked) == 1


def test_too_large_a_file_is_refused_and_leaves_nothing_behind(fetcher: Fetcher, tmp_path: Path) -> None:
    fetcher.largest_bytes = 10
    with pytest.raises(FetchFailed) as failed:
        fetcher.fetch(f"{OFFICIAL}/list.csv")
    assert failed.value.rule == "too_large"
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_redirect_is_followed_but_only_to_http(fetcher: Fetcher, mirror: Mirror) -> None:
    mirror.statuses, mirror.location = [302], "/elsewhere/list.csv"
    assert fetcher.fetch(f"{OFFICIAL}/list.csv").origin == "network"
    assert mirror.asked[-1][0] == "/elsewhere/list.csv"
    mirror.statuses, mirror.location = [302], "file:///etc/hostname"
    with pytest.raises(FetchFailed) as failed:
        fetcher.fetch(f"{OFFICIAL}/other.csv")
    assert failed.value.rule == "address_refused"


def test_endless_redirects_end(fetcher: Fetcher, mirror: Mirror) -> None:
    mirror.statuses, mirror.location = [302] * 20, "/again"
    with pytest.raises(FetchFailed) as failed:
        fetcher.fetch(f"{OFFICIAL}/list.csv")
    assert failed.value.rule == "too_many_redirects"


@pytest.mark.parametrize("url", ["ftp://example.com/list.csv", "data:text/csv,a", "list.csv", "javascript:1"])
def test_other_kinds_of_addresses_are_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(FetchFailed) as failed:
        Fetcher(tmp_path).fetch(url)
    assert failed.value.rule == "address_refused"


def test_a_local_file_and_a_folder_as_mirror_need_no_network(tmp_path: Path) -> None:
    folder = tmp_path / "一式" / "www.city.example.lg.jp"
    folder.mkdir(parents=True)
    (folder / "list.csv").write_bytes(BODY)
    direct = Fetcher(tmp_path / "cache").fetch((folder / "list.csv").as_uri())
    mirrored = Fetcher(tmp_path / "cache", mirror=(tmp_path / "一式").as_uri()).fetch(f"{OFFICIAL}/list.csv")
    assert direct.path == mirrored.path == folder / "list.csv"
    assert (direct.origin, direct.sha256) == ("file", mirrored.sha256)
    with pytest.raises(FetchFailed, match="ありません"):
        Fetcher(tmp_path / "cache").fetch((folder / "none.csv").as_uri())


def test_progress_is_told(fetcher: Fetcher) -> None:
    told: list[tuple[int, int | None]] = []
    fetcher.fetch(f"{OFFICIAL}/list.csv", progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (len(BODY), len(BODY))
