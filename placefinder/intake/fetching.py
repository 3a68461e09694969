"""Downloads: one polite client with a cache on disk.

A file that was fetched before is asked for again with its ETag and date, and not sent twice. Between two requests to one
host there is a pause; servers in trouble are left alone for a while. Only http, https and file are ever opened.
"""

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urljoin, urlsplit

import httpx

from placefinder.intake.errors import FetchFailed

Progress = Callable[[int, int | None], None]  # bytes so far, bytes in all where the server says so
Origin = Literal["network", "unchanged", "file"]
_TRANSIENT = {429, 500, 502, 503, 504}
_REDIRECTS = {301, 302, 303, 307, 308}


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file on this machine. `origin`: just downloaded, already here and unchanged at the publisher's, or a local file."""

    url: str
    path: Path
    sha256: str
    origin: Origin


class _TryAgainError(Exception):
    """The server asks for patience. Seconds to wait, or None for our own backoff."""

    def __init__(self, reason: str, wait_s: float | None = None) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


@dataclass(slots=True)
class Fetcher:
    """Fetches with a cache in `folder`.

    `contact` (an address or URL) is told to publishers. `mirror` replaces official hosts for offline use: its base URL
    (http, https or file) followed by the host and path of the official address. `pause_s` is kept between two requests
    to one host; `sleep` is `time.sleep` but in tests.
    """

    folder: Path
    contact: str = ""
    mirror: str | None = None
    pause_s: float = 1.0
    attempts: int = 4
    largest_bytes: int = 600_000_000
    timeout_s: float = 30.0
    sleep: Callable[[float], None] = time.sleep
    _last_request: dict[str, float] = field(default_factory=dict)

    def fetch(self, url: str, progress: Progress | None = None) -> Fetched:
        """The file at `url`. Raises FetchFailed: refused address, too large, not found, or no answer after all attempts."""
        address = self.address_of(url)
        scheme = urlsplit(address).scheme
        if scheme == "file":
            return self._local(url, address)
        if scheme not in ("http", "https"):
            raise _failed(
                "address_refused",
                f"開けない種類のアドレスです({scheme or 'なし'})。",
                url,
                "http、https、fileのいずれかを指定してください。",
            )
        for attempt in range(self.attempts):
            try:
                return self._download(url, address, progress)
            except (_TryAgainError, httpx.TransportError) as trouble:
                if attempt + 1 == self.attempts:
                    raise _failed(
                        "no_answer",
                        f"{self.attempts}回試しましたが取得できません({trouble})。",
                        url,
                        "時間をおいてやり直してください。",
                    ) from None
                waited = trouble.wait_s if isinstance(trouble, _TryAgainError) else None
                self.sleep(min(60.0, waited if waited is not None else 2.0**attempt))
        raise AssertionError

    def address_of(self, url: str) -> str:
        """Where `url` is really fetched: the same address on the mirror, where one is set and it is not local already."""
        parts = urlsplit(url)
        if self.mirror is None or parts.scheme not in ("http", "https"):
            return url
        return f"{self.mirror.rstrip('/')}/{parts.netloc}{parts.path}" + (f"?{parts.query}" if parts.query else "")

    def _local(self, url: str, address: str) -> Fetched:
        parts = urlsplit(address)
        path = Path(unquote(parts.path))
        if parts.netloc not in ("", "localhost") or not path.is_file():
            raise _failed("not_found", "ファイルがありません。", url, "アドレスを確かめてください。")
        if path.stat().st_size > self.largest_bytes:
            raise _too_large(url, self.largest_bytes)
        return Fetched(url, path, _sha256(path), "file")

    def _download(self, url: str, address: str, progress: Progress | None) -> Fetched:
        body, notes = self._cached(url)
        known = json.loads(notes.read_text("utf-8")) if notes.exists() and body.exists() else {}
        with self._answer(url, address, known) as answer:
            if answer.status_code == httpx.codes.NOT_MODIFIED and known:
                return Fetched(url, body, known["sha256"], "unchanged")
            _check_status(answer, url)
            sha256 = self._save(answer, url, body, progress)
            kept = {
                "url": url,
                "sha256": sha256,
                "etag": answer.headers.get("etag"),
                "modified": answer.headers.get("last-modified"),
            }
        notes.write_text(json.dumps(kept, ensure_ascii=False), "utf-8")
        return Fetched(url, body, sha256, "network")

    def _cached(self, url: str) -> tuple[Path, Path]:
        """The body keeps the publisher's file name, because clerks see it; its folder is named after the address."""
        folder = self.folder / hashlib.sha256(url.encode()).hexdigest()[:24]
        folder.mkdir(parents=True, exist_ok=True)
        name = unquote(urlsplit(url).path).rsplit("/", 1)[-1]
        safe = "".join(char if char.isalnum() or char in "._-" else "_" for char in name).lstrip(".")[-100:]
        return folder / f"file-{safe}", folder / "notes.json"

    @contextmanager
    def _answer(self, url: str, address: str, known: dict[str, str | None]) -> Iterator[httpx.Response]:
        headers = {"User-Agent": f"placefinder ({self.contact or 'no contact set'})"}
        conditions = (("If-None-Match", known.get("etag")), ("If-Modified-Since", known.get("modified")))
        headers |= {header: value for header, value in conditions if value}
        with httpx.Client(timeout=self.timeout_s, follow_redirects=False, trust_env=True) as client:
            for _ in range(6):
                self._pause(urlsplit(address).netloc)
                with client.stream("GET", address, headers=headers) as answer:
                    if answer.status_code not in _REDIRECTS:
                        yield answer
                        return
                    address = urljoin(address, answer.headers.get("location", ""))
                if urlsplit(address).scheme not in ("http", "https"):
                    raise _failed(
                        "address_refused",
                        "http・https以外への転送です。",
                        url,
                        "公開元のページで新しいアドレスを確かめてください。",
                    )
        raise _failed(
            "too_many_redirects", "転送が続きすぎます。", url, "公開元のページで新しいアドレスを確かめてください。"
        )

    def _pause(self, host: str) -> None:
        since = time.monotonic() - self._last_request.get(host, -self.pause_s)
        if since < self.pause_s:
            self.sleep(self.pause_s - since)
        self._last_request[host] = time.monotonic()

    def _save(self, answer: httpx.Response, url: str, body: Path, progress: Progress | None) -> str:
        total = int(answer.headers.get("content-length", 0)) or None
        if total and total > self.largest_bytes:
            raise _too_large(url, self.largest_bytes)
        digest, written = hashlib.sha256(), 0
        unfinished = body.with_name(f"unfinished-{os.getpid()}")
        try:
            with unfinished.open("wb") as file:
                for block in answer.iter_bytes(1 << 18):
                    written += len(block)
                    if written > self.largest_bytes:
                        raise _too_large(url, self.largest_bytes)
                    digest.update(block)
                    file.write(block)
                    if progress:
                        progress(written, total)
            unfinished.replace(body)
        finally:
            unfinished.unlink(missing_ok=True)
        return digest.hexdigest()


def _check_status(answer: httpx.Response, url: str) -> None:
    if answer.status_code in _TRANSIENT:
        wait = answer.headers.get("retry-after", "")
        raise _TryAgainError(f"HTTP {answer.status_code}", float(wait) if wait.isdigit() else None)
    if answer.status_code != httpx.codes.OK:
        raise _failed(
            "not_found",
            f"公開元の答えが{answer.status_code}です。",
            url,
            "公開元のページで新しいアドレスを確かめてください。",
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _too_large(url: str, largest: int) -> FetchFailed:
    return _failed(
        "too_large",
        f"ファイルが{largest / 1e6:,.0f}MBを超えています。",
        url,
        "都道府県別など、小さく分かれたものを選んでください。",
    )


def _failed(rule: str, what: str, url: str, remedy: str) -> FetchFailed:
    return FetchFailed(rule, what, where=url, remedy=remedy)
