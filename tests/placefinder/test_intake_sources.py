"""The source registry is whole, honest about what nobody checked, and refuses what it does not understand."""

from collections import Counter
from pathlib import Path

import pytest
import yaml

from placefinder.intake.errors import FileRefused, SourceInvalid
from placefinder.intake.readers import FORMS
from placefinder.intake.sources import load_registry, municipality_terms, source_named
from placefinder.intake.tables import open_tables

ENTRY = {
    "id": "list", "title": "一覧", "publisher": "市", "dataset": "places", "licence": "CC BY 4.0", "attribution": "市",
    "redistribution": "open", "reader": "mapping", "rhythm": "毎年", "verified": True,
    "downloads": [{"url": "https://www.city.example.lg.jp/list.csv", "scope": "131016"}],
}  # fmt: skip


def registry_of(folder: Path, *entries: object) -> Path:
    path = folder / "sources.yml"
    path.write_text(yaml.safe_dump({"sources": list(entries)}, allow_unicode=True), "utf-8")
    return path


def test_the_shipped_registry_is_valid_and_holds_the_official_sources() -> None:
    registry = load_registry()
    wanted = {
        "ksj-a27-2010",
        "ksj-a27-2016",
        "ksj-a27-2021",
        "ksj-a27-2023",
        "ksj-p29-2023",
        "ksj-p05-2022",
        "ksj-p04-2020",
    }
    wanted |= {
        "ksj-p14-2023",
        "ksj-n03-2024",
        "ksj-mesh500-2024",
        "geolonia-addresses",
        "isj-oaza",
        "kosai-spot",
        "standard-opendata",
    }
    wanted |= {"takamatsu-hospital", "tokyo-kodomoshokudo-131091"}
    assert wanted <= registry.keys()


def test_addresses_per_prefecture_are_spelled_out() -> None:
    downloads = source_named("ksj-a27-2023").downloads
    assert len(downloads) == 47
    assert (downloads[12].scope, downloads[12].url.rsplit("/", 1)[-1]) == ("13", "A27-23_13_GML.zip")


def test_every_reader_the_registry_names_exists() -> None:
    named = {one.reader for one in load_registry().values()} - {"", "mapping"}
    assert named <= {form.name for form in FORMS}
    assert all(one.mapping for one in load_registry().values() if one.reader == "mapping")


def test_unknown_terms_are_never_exportable() -> None:
    registry = load_registry()
    assert not any(
        registry[name].source.exportable for name in ("ksj-a27-2010", "ksj-a27-2016", "ksj-n03-2024", "kosai-spot")
    )
    assert registry["ksj-a27-2023"].source.redistribution == "conditional"
    assert registry["ksj-a27-2023"].source.condition


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"colour": "red"}, "colour"),
        ({"dataset": "spots"}, "dataset"),
        ({"redistribution": "yes"}, "redistribution"),
        ({"redistribution": "conditional"}, "condition"),
        ({"verified": "yes"}, "verified"),
        ({"downloads": [{"url": "file:///etc/passwd", "scope": "jp"}]}, "http"),
    ],
)
def test_a_wrong_entry_is_named(change: dict[str, object], said: str, tmp_path: Path) -> None:
    with pytest.raises(SourceInvalid, match=said) as invalid:
        load_registry(registry_of(tmp_path, ENTRY | change))
    assert "list" in invalid.value.where


def test_missing_keys_and_doubled_ids_are_named(tmp_path: Path) -> None:
    with pytest.raises(SourceInvalid, match="licence"):
        load_registry(registry_of(tmp_path, {key: value for key, value in ENTRY.items() if key != "licence"}))
    with pytest.raises(SourceInvalid, match="2度"):
        load_registry(registry_of(tmp_path, ENTRY, ENTRY))


def test_the_terms_of_each_municipality_are_read_from_the_ministrys_workbook(realdata: Path) -> None:
    with open_tables(realdata / "terms" / "R3_Terms_of_use_municipality_data.xlsx") as opened:
        terms = municipality_terms(opened.tables[0])
    assert Counter(one.redistribution for one in terms.values()) == {"open": 1521, "conditional": 83, "no": 6}
    closed = [one for one in terms.values() if one.redistribution == "no"]
    assert all(one.condition and "再配布" in one.condition for one in closed)
    assert all(one.condition for one in terms.values() if one.redistribution == "conditional")


def test_another_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("名称,住所\nあ,い\n", "utf-8")
    with open_tables(path) as opened, pytest.raises(FileRefused, match="利用条件"):
        municipality_terms(opened.tables[0])


def test_a_term_nobody_defined_is_unknown_never_open(tmp_path: Path) -> None:
    path = tmp_path / "terms.csv"
    path.write_text(
        "行政CD,自治体,R3小学校区利用条件,R3小学校区特記条件詳細\n13101,千代田区,自由,-\n01202,函館市,オープンデータ公開,-\n",
        "utf-8",
    )
    with open_tables(path) as opened:
        terms = municipality_terms(opened.tables[0])
    assert {code: one.redistribution for code, one in terms.items()} == {"131016": "unknown", "012025": "open"}
