"""Code lists: the kinds and words everything else is said in."""

import csv
import re
import shutil
from pathlib import Path
from typing import Any

import psycopg

from geo.folders import DATA
from placefinder.store.codelists import load_codelists

LISTS = DATA / "codelists"


def listed(name: str) -> list[dict[str, str]]:
    with (LISTS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def kept(connection: psycopg.Connection[Any]) -> list[Any]:
    return (
        connection.execute("SELECT k FROM finder.kind k ORDER BY kind").fetchall()
        + connection.execute("SELECT t FROM finder.term t ORDER BY vocabulary, term").fetchall()
    )


def test_loading_the_lists_again_changes_nothing(database: psycopg.Connection[Any]) -> None:
    before = kept(database)
    load_codelists(database, LISTS)
    assert kept(database) == before
    assert len(before) == len(listed("kinds.csv")) + len(listed("terms.csv"))


def test_a_corrected_name_arrives_and_a_dropped_kind_goes(database: psycopg.Connection[Any], tmp_path: Path) -> None:
    shutil.copytree(LISTS, tmp_path, dirs_exist_ok=True)
    text = (tmp_path / "kinds.csv").read_text("utf-8")
    lines = [line.replace("通いの場,", "集いの場,") for line in text.splitlines() if not line.startswith("event,")]
    (tmp_path / "kinds.csv").write_text("\n".join(lines), "utf-8")
    load_codelists(database, tmp_path)
    names = dict(database.execute("SELECT kind, name_ja FROM finder.kind").fetchall())
    assert names["kayoinoba"] == "集いの場"
    assert "event" not in names


def test_easy_names_have_a_reading_for_every_kanji() -> None:
    for row in listed("kinds.csv") + listed("terms.csv"):
        plain = re.sub(r"\{[^{}|]+\|[ぁ-んー]+\}", "", row["name_easy"])
        assert not re.search(r"[\u4e00-\u9fff々{}|]", plain), row["name_easy"]


def test_kinds_are_legible_on_their_background() -> None:
    """WCAG 2.2 AA: 4.5 to 1."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    with (DATA / "codelists" / "kinds.csv").open(encoding="utf-8", newline="") as file:
        kinds = list(csv.DictReader(file))
    for kind in kinds:
        assert (luminance(kind["background"]) + 0.05) / (luminance(kind["colour"]) + 0.05) >= 4.5, kind["kind"]
    looks = [(kind["colour"], kind["shape"]) for kind in kinds]
    assert len(looks) == len(set(looks))
