"""What the server writes about its own faults: where and which kind, never the words of an error.

An error's text may repeat what somebody sent (a name, an address, a point), and its notes and causes may too.
"""

import logging
import traceback
from types import TracebackType
from typing import Any


class FramesOnly(logging.Formatter):
    """Formats an exception as its frames and type, without its message and without source lines."""

    def formatException(  # noqa: N802  (the name is logging's)
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        kind, _, frames = ei
        where = [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(frames)]
        return "\n".join([*where, kind.__name__ if kind else ""])


# For uvicorn: warnings and faults to standard error, no access log.
LOG_CONFIG: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"frames": {"()": FramesOnly, "format": "%(asctime)s %(levelname)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "frames"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
