"""Static files under names that hold their content's hash: cached for ever, compressed once."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from fastapi import HTTPException, Request, Response

STATIC = Path(__file__).parent / "static"


@dataclass(frozen=True)
class Asset:
    """One file of `static/`."""

    name: str
    body: bytes
    prefix: str

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.body).hexdigest()[:12]

    @cached_property
    def path(self) -> str:
        """Its address: `/static/app.0f3c….css`."""
        stem, dot, suffix = self.name.rpartition(".")
        return f"{self.prefix}{stem}.{self.digest}{dot}{suffix}"

    @cached_property
    def gzipped(self) -> bytes:
        return gzip.compress(self.body, 9, mtime=0)

    def answer(self, request: Request) -> Response:
        """The file, or 304 where the browser has it."""
        headers = {
            "ETag": f'"{self.digest}"',
            "Cache-Control": "public, max-age=31536000, immutable",
            "Vary": "Accept-Encoding",
            "X-Content-Type-Options": "nosniff",
        }
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        body = self.body
        if "gzip" in request.headers.get("accept-encoding", ""):
            body, headers["Content-Encoding"] = self.gzipped, "gzip"
        kind = mimetypes.guess_type(self.name)[0] or "text/plain"
        return Response(body, media_type=kind, headers=headers)


class Assets:
    """All files of a folder, read once and served under `prefix`; what it has not comes from `base`."""

    def __init__(self, folder: Path = STATIC, prefix: str = "/static/", base: "Assets | None" = None) -> None:
        self._base = base
        files = (path for path in sorted(folder.rglob("*")) if path.is_file())
        self._assets = {
            path.relative_to(folder).as_posix(): Asset(path.relative_to(folder).as_posix(), path.read_bytes(), prefix)
            for path in files
        }
        self._by_path = {asset.path: asset for asset in self._assets.values()}

    def url(self, name: str) -> str:
        """The address of a file. Raises KeyError for one that is not there."""
        if self._base and name not in self._assets:
            return self._base.url(name)
        return self._assets[name].path

    def get(self, path: str) -> Asset:
        """The file at an address; 404 for another."""
        try:
            return self._by_path[path]
        except KeyError:
            raise HTTPException(404) from None
