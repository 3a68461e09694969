"""Answers that a program asks for again and again: with an ETag, 304 where nothing changed, gzip where it may."""

import gzip
from hashlib import blake2b

from fastapi import Request, Response


def conditional(request: Request, content: bytes, media_type: str, max_age_s: int) -> Response:
    """The content, or 304 for the ETag of If-None-Match, or 204 for no content; a cache may keep it."""
    zipped = "gzip" in request.headers.get("accept-encoding", "")
    tag = f'"{blake2b(content, digest_size=12).hexdigest()}{"-gz" if zipped else ""}"'
    headers = {"ETag": tag, "Cache-Control": f"public, max-age={max_age_s}", "Vary": "Accept-Encoding"}
    if tag in (one.strip() for one in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=headers)
    if not content:
        return Response(status_code=204, headers=headers)
    if zipped:
        headers["Content-Encoding"] = "gzip"
        content = gzip.compress(content, 2, mtime=0)
    return Response(content, media_type=media_type, headers=headers)
