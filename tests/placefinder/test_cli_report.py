"""`placefinder report` writes one file to mail, or says why it does not."""

from pathlib import Path

import psycopg
import pytest

from handmade_town import fill
from placefinder.cli import main
from placefinder.store import Database


@pytest.fixture
def environ(clone: Database) -> dict[str, str]:
    """The settings for a database that holds the hand-made town."""
    with psycopg.connect(clone.owner_dsn) as connection:
        fill(connection)
    return {"PLACEFINDER_DSN": clone.owner_dsn, "PLACEFINDER_PUBLIC_DSN": clone.public_dsn}


def test_a_report_names_every_district_and_its_gaps(
    environ: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "report.html"
    assert main(["report", "--municipality", "012998", "--out", str(out)], environ) == 0
    assert "9学区" in capsys.readouterr().out
    told = out.read_text("utf-8")
    assert all(f"{name}小学校" in told for name in ("北西", "中央", "南東"))
    assert "一覧にまだありません" in told


def test_without_districts_there_is_no_report(
    environ: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "report.html"
    assert main(["report", "--municipality", "131016", "--out", str(out)], environ) == 1
    assert "学区は読みこまれていません" in capsys.readouterr().err
    assert not out.exists()


def test_a_folder_that_is_not_there_is_named(
    environ: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "missing" / "report.html"
    assert main(["report", "--municipality", "012998", "--out", str(out)], environ) == 1
    assert "書けませんでした" in capsys.readouterr().err
