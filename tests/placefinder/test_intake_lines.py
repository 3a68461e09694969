"""A municipality's own list of contact lines."""

from pathlib import Path

from placefinder.intake.reading import FileReading, read_files
from placefinder.intake.records import ContactLineRecord

HEADER = "ID,名称,電話番号,URL,相談分野,18歳以下向け,市区町村コード,受付曜日,開始時間,終了時間,備考"


def _read(folder: Path, *rows: str) -> FileReading:
    path = folder / "lines.csv"
    path.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    return read_files([path])


def _topics(reading: FileReading) -> list[list[str]]:
    return [list(o.record.topics) for o in reading.outcomes if isinstance(o.record, ContactLineRecord)]


def test_topics_in_japanese_become_codes(tmp_path: Path) -> None:
    reading = _read(tmp_path, "L1,よりそい電話,0120-000-001,,孤独・孤立、子育て,,,月,09:00,17:00,", "L2,暮らし,0120-000-002,,お金;work,,,月,09:00,17:00,")  # fmt: skip
    assert _topics(reading) == [["loneliness", "parenting"], ["money", "work"]]
    assert [outcome.verdict for outcome in reading.outcomes] == ["accepted", "accepted"]


def test_a_topic_nobody_knows_is_asked_about(tmp_path: Path) -> None:
    (outcome,) = _read(tmp_path, "L1,花の電話,0120-000-001,,園芸;仕事,,,月,09:00,17:00,").outcomes
    assert outcome.verdict == "queued"
    assert [finding.rule for finding in outcome.findings] == ["topic_unknown"]
    assert "孤独・孤立" in outcome.findings[0].message


def test_lines_that_are_only_counted_are_told_apart_by_name(tmp_path: Path) -> None:
    rows = ["1,いち電話,0120-000-001,,仕事,,,月,09:00,17:00,", "2,に電話,0120-000-002,,仕事,,,月,09:00,17:00,"]
    keys = [o.record.source_key for o in _read(tmp_path, *rows).outcomes if o.record]
    assert not any(key in ("1", "2") for key in keys)
    assert keys == [o.record.source_key for o in _read(tmp_path, *rows).outcomes if o.record]
