"""The servers under measurement, each a process of its own on a free port of loopback."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from psycopg.conninfo import conninfo_to_dict

from bench_tools.load import Request
from placefinder.store import Database


@dataclass(frozen=True)
class Server:
    port: int
    pid: int

    def ask(self, request: Request) -> bytes:
        """One answer. Raises HTTPError with the server's words where it is not 200."""
        url = f"http://127.0.0.1:{self.port}{request.path}"
        headers = {"Content-Type": "application/json"} if request.body else {}
        wanted = urllib.request.Request(url, request.body.encode() or None, headers, method=request.method)
        try:
            with urllib.request.urlopen(wanted, timeout=30) as answer:  # noqa: S310 - our own http address
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            error.add_note(f"{request.method} {request.path}: {error.read()[:500]!r}")
            raise


@contextmanager
def our_server(database: Database) -> Iterator[Server]:
    port = _free_port()
    command = [sys.executable, "-m", "bench_tools.app", database.owner_dsn, database.public_dsn, str(port)]
    with _running(command, os.environ, port, "/bench/hello") as server:
        yield server


@contextmanager
def tipg_server(environment: Path, database: Database) -> Iterator[Server]:
    """Run tipg with the loop and parser ours has, over the same socket, table and role; no log either."""
    port, at = _free_port(), conninfo_to_dict(database.public_dsn)
    settings = {
        "DATABASE_URL": f"postgresql://{at['user']}@{quote(str(at['host']), safe='')}/{at['dbname']}",
        "TIPG_DB_SCHEMAS": '["finder"]',
        "TIPG_DB_TABLES": '["finder.listing"]',
        "TIPG_TABLE_CONFIG": json.dumps({"finder_listing": {"geomcol": "g3857"}}),  # the indexed column
        "TIPG_CATALOG_TTL": "0",  # spares it looking whether tables have changed
    }
    command = [str(environment / "bin" / "python"), "-m", "uvicorn", "tipg.main:app", "--port", str(port)]
    command += ["--no-access-log", "--log-level", "warning"]
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | settings
    with _running(command, environ, port, "/collections/finder.listing") as server:
        yield server


@contextmanager
def _running(command: list[str], environ: Mapping[str, str], port: int, ready_path: str) -> Iterator[Server]:
    process = subprocess.Popen(command, env=dict(environ))
    try:
        server = Server(port, process.pid)
        _wait_for(server, process, ready_path)
        yield server
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(server: Server, process: "subprocess.Popen[bytes]", path: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            server.ask(Request("GET", path))
            return
        except urllib.error.HTTPError:
            raise
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("A server did not start; what it said stands above.") from None
            time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
