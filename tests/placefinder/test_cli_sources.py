"""`placefinder sources` lists, shows and fetches."""

import argparse
from pathlib import Path

import pytest

from placefinder.cli import sources as verb
from placefinder.intake.errors import SourceInvalid
from placefinder.settings import read_settings


def run(folder: Path, *argv: str, mirror: Path | None = None) -> int:
    parser = argparse.ArgumentParser()
    verb.configure(parser)
    environ = {"PLACEFINDER_HOME": str(folder / "home")}
    if mirror:
        environ["PLACEFINDER_MIRROR"] = mirror.as_uri()
    return verb.run(parser.parse_args(argv), read_settings(environ))


def test_the_verb_lists_shows_and_fetches_from_a_mirror(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "mirror" / "geolonia.github.io" / "japanese-addresses"
    folder.mkdir(parents=True)
    (folder / "latest.csv").write_text("a,b\n", "utf-8")
    assert run(tmp_path) == 0
    assert "ksj-a27-2010" in capsys.readouterr().out
    assert run(tmp_path, "--show", "ksj-a27-2010") == 0
    assert "未確認" in capsys.readouterr().out
    assert run(tmp_path, "--fetch", "geolonia-addresses", mirror=tmp_path / "mirror") == 0
    assert capsys.readouterr().out == f"jp file {folder / 'latest.csv'}\n"
    assert run(tmp_path, "--fetch", "geolonia-addresses", "--scope", "13", mirror=tmp_path / "mirror") == 1
    with pytest.raises(SourceInvalid):
        run(tmp_path, "--fetch", "nothing")
