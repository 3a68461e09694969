"""The program as its user starts it: one process, one port, one database."""

import logging
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from placefinder.cli import main
from placefinder.store import Database
from placefinder.web.logs import FramesOnly

STOPPED = (130, 0)  # interrupted; 0 where the shell that started us has SIGINT ignored


@pytest.fixture
def environ(home: Path) -> dict[str, str]:
    return {**os.environ, "PLACEFINDER_HOME": str(home), "PLACEFINDER_PORT": "0"}


def _serve(environ: dict[str, str]) -> tuple[subprocess.Popen[str], str]:
    """A serving process and its address, read from what it tells its user."""
    process = subprocess.Popen(
        [sys.executable, "-m", "placefinder", "serve", "--demo"], env=environ, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("Open http"):
            return process, line.split()[1]
    raise AssertionError("the program ended before it served")


@pytest.fixture
def serving(environ: dict[str, str]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process, address = _serve(environ)
    with process:
        yield process, address
        process.kill()


def _page(address: str) -> str:
    with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310  (our own loopback server)
        return str(answer.read().decode())


def test_one_command_leads_from_nothing_to_the_demo_town_and_a_killed_one_starts_again(
    serving: tuple[subprocess.Popen[str], str], environ: dict[str, str]
) -> None:
    process, address = serving
    assert "近くの居場所" in _page(address)
    process.send_signal(signal.SIGKILL)
    process.wait()
    started = time.monotonic()
    second, address = _serve(environ)
    with second:
        assert "近くの居場所" in _page(address)
        assert time.monotonic() - started < 30
        second.send_signal(signal.SIGINT)
        assert second.wait(30) in STOPPED


def test_psql_reaches_the_database_of_a_serving_process(
    serving: tuple[subprocess.Popen[str], str], environ: dict[str, str]
) -> None:
    asked = [
        sys.executable,
        "-m",
        "placefinder",
        "psql",
        "--",
        "-At",
        "-c",
        "SELECT count(*) > 300 FROM finder.listing",
    ]
    assert subprocess.run(asked, env=environ, capture_output=True, text=True, check=True).stdout == "t\n"


def test_a_second_server_is_refused_with_the_pid_of_the_first(
    serving: tuple[subprocess.Popen[str], str], environ: dict[str, str]
) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "placefinder", "serve"], env=environ, capture_output=True, text=True, check=False
    )
    assert second.returncode == 1
    assert f"process {serving[0].pid}" in second.stderr


def test_a_server_named_by_its_dsn_is_used_and_none_is_started(environ: dict[str, str], clone: Database) -> None:
    elsewhere = {"PLACEFINDER_DSN": clone.owner_dsn, "PLACEFINDER_PUBLIC_DSN": clone.public_dsn}
    process, address = _serve(environ | elsewhere)
    with process:
        assert "近くの居場所" in _page(address)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) in STOPPED
    with psycopg.connect(clone.owner_dsn) as connection:
        assert connection.execute("SELECT count(*) > 300 FROM finder.listing").fetchone() == (True,)
    assert not Path(environ["PLACEFINDER_HOME"]).exists()


def test_what_the_database_refuses_is_told_without_its_values(
    environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["migrate"], environ | {"PLACEFINDER_DSN": "host=127.0.0.1 port=1 dbname=nowhere"}) == 1
    assert "the database refused" in capsys.readouterr().err


def test_a_taken_port_is_named_before_anything_is_started(
    environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert main(["serve"], environ | {"PLACEFINDER_PORT": port}) == 1
    assert f"Port {port} of 127.0.0.1 cannot be used" in capsys.readouterr().err
    assert not Path(environ["PLACEFINDER_HOME"]).exists()


@pytest.mark.parametrize("argv", [[], ["dance"], ["serve", "--loud"]])
def test_wrong_usage_ends_with_two(argv: list[str]) -> None:
    assert main(argv, {}) == 2


def test_an_unusable_setting_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["version"], {"PLACEFINDER_TILES": "maybe"}) == 1
    assert "PLACEFINDER_TILES must be none, direct or proxy" in capsys.readouterr().err


def test_a_fault_is_logged_by_place_and_kind_without_its_words() -> None:
    try:
        raise ValueError("桜台一丁目2-3 の患者") from KeyError("080-1234-5678")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "a fault", None, sys.exc_info())
    text = FramesOnly("%(message)s").format(record)
    assert "ValueError" in text
    assert "test_serve.py" in text
    assert "桜台" not in text
    assert "080" not in text
