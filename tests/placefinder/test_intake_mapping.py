"""A clerk's mapping file turns any list into records, or says which of its keys is wrong."""

from collections import Counter
from pathlib import Path

import pytest
import yaml

from geo.points import LonLat
from placefinder.intake.errors import FileRefused, MappingInvalid
from placefinder.intake.mapped import form_of, read_mapped
from placefinder.intake.mapping import load_mapping, parse_mapping, shipped_mappings
from placefinder.intake.records import FacilityRecord, Outcome, PlaceRecord
from placefinder.intake.sources import load_registry
from placefinder.intake.tables import open_tables
from placefinder.opening.rules import Hours, Rule, Weekly

MINIMAL = {"title": "試し", "dataset": "places", "fields": {"name": "名", "kind": {"constant": "salon"}}}
FULL = """
title: 試しの一覧
dataset: places
municipality_code: "22221"
needs: [名, 種]
ignore:
  - {column: 名, is: [見本], reason: 見本の行です}
  - {column: 状態, contains: 削除}
fields:
  source_key: 番
  name: 名
  kind:
    - {column: 種, values: {サロン: salon, 体操: exercise_group, 医院: clinic}}
    - {constant: kodomo_shokudo, when: {column: 名, contains: 食堂}}
  address: {join: [市, 町]}
  latitude: 緯度
  longitude: 経度
  weekdays: 曜
  opens: {column: 時間, range: start}
  closes: {column: 時間, range: end}
  notes: {column: 休み, when: {column: 種, is: サロン}}
  ages: 年齢
  price: 料金
  audiences: {column: 対象, split: "、;", values: {子ども: children, 高齢者: older}}
  status: 備考
facts:
  phone: 電話
  closed_days: {column: 休み, unless: {column: 種, is: サロン}}
  step_free: {column: 段差なし, yes_no: true}
"""
HEADER = "番,名,種,市,町,緯度,経度,曜,時間,休み,年齢,料金,対象,備考,電話,段差なし,状態"


def read(folder: Path, *lines: str, mapping: str = FULL) -> list[Outcome]:
    path = folder / "list.csv"
    path.write_text("\n".join((HEADER, *lines)), "utf-8")
    with open_tables(path) as opened:
        outcomes = list(read_mapped(opened.tables[0], parse_mapping(mapping, "test")))
        assert len(outcomes) == opened.tables[0].tally.data, "each data row has one outcome"
        return outcomes


def test_a_row_becomes_a_place_with_its_activity(tmp_path: Path) -> None:
    line = "7,ひまわり,サロン,静岡県湖西市,湖西市鷲津1-2,34.7,137.5,毎週月曜日,10時～11時30分,,65歳以上,無料,高齢者、だれか,,053-000-0000,有,"
    (outcome,) = read(tmp_path, line)
    assert outcome.verdict == "accepted"
    record = outcome.record
    assert isinstance(record, PlaceRecord)
    assert (record.source_key, record.name, record.municipality_code) == ("7", "ひまわり", "222216")
    assert record.address == "静岡県湖西市鷲津1-2"
    assert record.point == LonLat(137.5, 34.7)
    assert (record.facts["phone"].value, record.facts["step_free"].state) == ("053-000-0000", "yes")
    (activity,) = record.activities
    assert (activity.kind, activity.age_min, activity.age_max, activity.price_yen_max) == ("salon", 65, None, 0)
    assert activity.audiences == ("older",)
    assert activity.schedule.rules == (Rule(Weekly((1,)), (Hours(600, 690),)),)


def test_alternatives_conditions_and_kinds_that_are_no_gathering_place(tmp_path: Path) -> None:
    cafe, clinic = read(tmp_path, "1,あおぞら食堂,不明,,,,,,,,,,,,,,", "2,みどり医院,医院,,,,,,,日曜日,,,,,,,")
    assert isinstance(cafe.record, PlaceRecord)
    assert cafe.record.activities[0].kind == "kodomo_shokudo"
    assert isinstance(clinic.record, FacilityRecord)
    assert clinic.record.facts["closed_days"].value == "日曜日"
    assert "opening_text" not in clinic.record.facts, "closing days are never shown as opening days"


def test_an_unknown_kind_asks_the_clerk_and_unwanted_rows_are_refused_with_the_reason(tmp_path: Path) -> None:
    unknown, example, deleted, nameless = read(
        tmp_path,
        "1,あ,謎,,,,,,,,,,,,,,",
        "2,見本,サロン,,,,,,,,,,,,,,",
        "3,い,サロン,,,,,,,,,,,,,,削除済",
        "4,,サロン,,,,,,,,,,,,,,",
    )
    assert [o.verdict for o in (unknown, example, deleted, nameless)] == ["queued", "refused", "refused", "refused"]
    assert (unknown.findings[0].rule, unknown.findings[0].column, unknown.findings[0].value) == (
        "kind_unknown",
        "種",
        "謎",
    )
    assert "見本の行です" in example.findings[0].message
    assert nameless.findings[0].rule == "name_missing"


def test_private_numbers_are_left_out_and_counted(tmp_path: Path) -> None:
    (outcome,) = read(tmp_path, "1,あ,サロン,,,,,,,,,,,,090-0000-0000,,")
    assert outcome.record
    assert "phone" not in outcome.record.facts
    assert outcome.personal_dropped == 1


def test_a_table_without_a_needed_column_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("名,住所\nあ,い\n", "utf-8")
    with open_tables(path) as opened, pytest.raises(FileRefused, match="種"):
        list(read_mapped(opened.tables[0], parse_mapping(FULL, "test")))
    assert not form_of(parse_mapping(FULL, "test")).fits(("名", "住所"))


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"tilte": "x"}, "tilte"),
        ({"dataset": "spots"}, "dataset"),
        ({"municipality_code": "222217"}, "municipality_code"),
        ({"weekdays_are_weekly": "yes please"}, "weekdays_are_weekly"),
        ({"ignore": [{"column": "名"}]}, "ignore[0]"),
        ({"ignore": [{"is": "x"}]}, "ignore[0]"),
        ({"fields": {"name": "名"}}, "fields"),
        ({"fields": {"kind": {"constant": "salon"}}}, "fields"),
        ({"fields": {"name": "名", "kind": {"constant": "saloon"}}}, "fields.kind"),
        ({"fields": {"name": "名", "kind": {"column": "種", "values": {"a": "saloon"}}}}, "fields.kind"),
        ({"fields": {"name": "名", "kind": "種"}}, "fields.kind"),
        ({"fields": {"name": "名", "kind": {"constant": "salon"}, "colour": "色"}}, "fields.colour"),
        ({"fields": {"name": {"column": "名", "constant": "x"}, "kind": {"constant": "salon"}}}, "fields.name"),
        ({"fields": {"name": {"column": "名", "split": ","}, "kind": {"constant": "salon"}}}, "fields.name.split"),
        ({"fields": {"name": {"column": "名", "range": "middle"}, "kind": {"constant": "salon"}}}, "fields.name.range"),
        ({"facts": ["電話"]}, "facts"),
    ],
)
def test_a_wrong_mapping_names_the_key_and_what_is_allowed(change: dict[str, object], where: str) -> None:
    with pytest.raises(MappingInvalid) as invalid:
        parse_mapping(yaml.safe_dump(MINIMAL | change, allow_unicode=True), "mine")
    assert where in invalid.value.where
    assert invalid.value.remedy


@pytest.mark.parametrize(
    "text", ["[", "a: b: c", "- 1", "!!python/object/apply:os.system [ls]", "a: &x [1]\nb: *x", ""]
)
def test_what_is_no_mapping_at_all_is_refused(text: str) -> None:
    with pytest.raises(MappingInvalid):
        parse_mapping(text, "mine")


def test_an_unknown_name_lists_the_shipped_mappings() -> None:
    with pytest.raises(MappingInvalid, match="kosai-spot"):
        load_mapping("kosai")


def test_every_shipped_mapping_is_valid_and_the_registry_names_only_existing_ones() -> None:
    assert {"kosai-spot", "tokyo-koumin", "takamatsu-hospital"} <= set(shipped_mappings())
    for name in shipped_mappings():
        assert load_mapping(name).title
    named = {one.mapping for one in load_registry().values() if one.mapping}
    assert named <= set(shipped_mappings())


def outcomes_of(path: Path, mapping: str) -> list[Outcome]:
    with open_tables(path) as opened:
        outcomes = list(read_mapped(opened.tables[0], load_mapping(mapping)))
        assert len(outcomes) == opened.tables[0].tally.data
        return outcomes


def kinds_of(outcomes: list[Outcome]) -> Counter[str]:
    kinds: Counter[str] = Counter()
    for outcome in outcomes:
        if isinstance(outcome.record, PlaceRecord):
            kinds.update(activity.kind for activity in outcome.record.activities)
        elif isinstance(outcome.record, FacilityRecord):
            kinds[outcome.record.kind] += 1
    return kinds


def test_kosai_is_read_whole(realdata: Path) -> None:
    outcomes = outcomes_of(realdata / "22221-kosai" / "spot.geojson", "kosai-spot")
    assert Counter(outcome.verdict for outcome in outcomes) == {"accepted": 339, "refused": 2}
    kinds = kinds_of(outcomes)
    listed = {"salon": 36, "exercise_group": 35, "ibasho": 16, "dementia_cafe": 8, "pharmacy": 20, "support_center": 4}
    assert {kind: kinds[kind] for kind in listed} == listed


def test_the_takamatsu_tables_are_read_whole(realdata: Path) -> None:
    rows = {}
    for name in shipped_mappings():
        if name.startswith("takamatsu-"):
            folder = realdata / "37201-takamatsu" / name.removeprefix("takamatsu-").replace("-", "_")
            outcomes = outcomes_of(next(iter(sorted(folder.glob("*.xlsx")))), name)
            rows[name] = len(outcomes)
            assert all(outcome.verdict == "accepted" for outcome in outcomes), name
    assert len(rows) == 23
    assert (rows["takamatsu-hospital"], rows["takamatsu-community-center"], rows["takamatsu-library"]) == (617, 52, 5)


def test_the_public_rooms_of_tokyo_are_read_whole(realdata: Path) -> None:
    outcomes = outcomes_of(realdata / "13-tokyo" / "koumin_facilities.csv", "tokyo-koumin")
    assert kinds_of(outcomes) == {"public_room": 627}
    assert (
        sum(
            outcome.record is not None and outcome.record.point is None
            for outcome in outcomes
            if isinstance(outcome.record, FacilityRecord)
        )
        == 3
    )
