"""Mapping files (取込設定): how a clerk says, without code, which column of a list means what.

YAML; see docs/how-to/mapping.md. Everything is checked when the file is loaded, so that an error names the key and what
is allowed there, before any row is read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from geo import CodeError, MunicipalityCode, municipality_code
from geo.editions import Dataset
from geo.folders import DATA
from placefinder.errors import KindUnknown
from placefinder.intake.errors import MappingInvalid
from placefinder.intake.tables import Row
from placefinder.kinds import kind

FOLDER = DATA / "mappings"
FIELDS = (
    "activity_name", "address", "ages", "audiences", "checked_on", "closed", "closes", "days", "declared_districts", "frequency", "hours", "interests",
    "kind", "latitude", "longitude", "municipality_code", "name", "name_kana", "notes", "opens", "organiser_name", "postcode",
    "price", "source_key", "status", "weekdays",
)  # fmt: skip
_LISTS = {"audiences", "declared_districts", "interests", "status"}
_TOP = {"name", "title", "dataset", "municipality_code", "needs", "weekdays_are_weekly", "ignore", "fields", "facts"}
_SPEC = {"constant", "column", "join", "with", "values", "split", "range", "when", "unless", "yes_no"}
_CONDITION = {"column", "is", "contains", "empty", "reason"}
_MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds where a cell is one of `equals`, contains one of `contains`, or (`empty`) is empty or not."""

    column: str
    equals: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    empty: bool | None = None
    reason: str = ""

    def holds(self, row: Row) -> bool:
        cell = row.get(self.column)
        if self.empty is not None:
            return (not cell) is self.empty
        return cell in self.equals or any(part in cell for part in self.contains)


@dataclass(frozen=True, slots=True)
class Spec:
    """Where one value comes from: a constant, the first filled of some columns, or several joined; then a value table."""

    constant: str | None = None
    columns: tuple[str, ...] = ()
    join: tuple[str, ...] = ()
    joined_with: str = ""
    values: Mapping[str, str] | None = None
    split: str = ""
    part: Literal["start", "end"] | None = None
    when: Condition | None = None
    unless: Condition | None = None
    yes_no: bool = False

    @property
    def read_columns(self) -> tuple[str, ...]:
        conditions = tuple(condition.column for condition in (self.when, self.unless) if condition)
        return self.columns + self.join + conditions

    def applies(self, row: Row) -> bool:
        return (self.when is None or self.when.holds(row)) and (self.unless is None or not self.unless.holds(row))


@dataclass(frozen=True, slots=True)
class MappingFile:
    """A checked mapping. `fields` and `facts`: alternatives in order, the first that gives a value is taken."""

    name: str
    title: str
    dataset: Dataset
    municipality_code: MunicipalityCode | None
    needs: tuple[str, ...]
    weekdays_are_weekly: bool
    ignore: tuple[Condition, ...]
    fields: Mapping[str, tuple[Spec, ...]] = field(default_factory=dict)
    facts: Mapping[str, tuple[Spec, ...]] = field(default_factory=dict)


def shipped_mappings() -> list[str]:
    """The names of the mapping files that come with the program."""
    return sorted(path.stem for path in FOLDER.glob("*.yml"))


def load_mapping(name_or_path: str | Path) -> MappingFile:
    """A shipped mapping by its name, or a clerk's own by its path. Raises MappingInvalid."""
    path = Path(name_or_path)
    if path.suffix not in (".yml", ".yaml"):
        path = FOLDER / f"{name_or_path}.yml"
    if not path.is_file():
        raise _invalid(
            str(name_or_path), "この名前の取込設定はありません。", f"次のいずれか: {'、'.join(shipped_mappings())}"
        )
    if path.stat().st_size > _MOST_BYTES:
        raise _invalid(path.name, "取込設定が大きすぎます。", "1MBまでです。")
    return parse_mapping(path.read_text("utf-8"), path.stem)


def parse_mapping(text: str, name: str) -> MappingFile:
    """The mapping written in `text`. Raises MappingInvalid naming the key and what is allowed."""
    if "&" in text and any(token.__class__.__name__ == "AliasToken" for token in _tokens(text, name)):
        raise _invalid(name, "YAMLの別名(*)は使えません。", "同じ内容を書き下してください。")
    document = _loaded(text, name)
    _keys(name, document, _TOP, required={"title", "dataset", "fields"})
    _one_of(f"{name} dataset", document["dataset"], get_args(Dataset))
    fields = {
        key: _specs(f"{name} fields.{key}", spec, key)
        for key, spec in _dict(f"{name} fields", document["fields"]).items()
    }
    if unknown := fields.keys() - set(FIELDS):
        raise _invalid(f"{name} fields.{sorted(unknown)[0]}", "知らない項目です。", f"使える項目: {'、'.join(FIELDS)}")
    for needed in ("name", "kind"):
        if needed not in fields:
            raise _invalid(f"{name} fields", f"{needed} がありません。", "name と kind は必ず書きます。")
    return MappingFile(
        name, str(document["title"]), document["dataset"], _municipality(name, document.get("municipality_code")),
        _texts(f"{name} needs", document.get("needs", [])), _flag(f"{name} weekdays_are_weekly", document.get("weekdays_are_weekly", False)),
        tuple(_condition(f"{name} ignore[{i}]", item) for i, item in enumerate(document.get("ignore", []))), fields,
        {key: _specs(f"{name} facts.{key}", spec, key) for key, spec in _dict(f"{name} facts", document.get("facts", {})).items()},
    )  # fmt: skip


def _tokens(text: str, name: str) -> list[Any]:
    try:
        return list(yaml.scan(text))
    except yaml.YAMLError as error:
        raise _invalid(name, f"YAMLとして読めません({error}).", "字下げと「:」の後の空白を確かめてください。") from None


def _loaded(text: str, name: str) -> dict[str, Any]:
    try:
        document = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise _invalid(
            name, f"YAMLとして読めません({error})。", "字下げと「:」の後の空白を確かめてください。"
        ) from None
    return _dict(name, document)


def _specs(where: str, given: Any, target: str) -> tuple[Spec, ...]:
    """A lone column name may stand for {column: name}; a list gives alternatives."""
    if isinstance(given, list):
        return tuple(spec for i, one in enumerate(given) for spec in _specs(f"{where}[{i}]", one, target))
    if isinstance(given, str):
        given = {"column": given}
    document = _dict(where, given)
    _keys(where, document, _SPEC)
    if sum(key in document for key in ("constant", "column", "join")) != 1:
        raise _invalid(where, "constant、column、join のうち1つだけを書きます。", "どれか1つにしてください。")
    spec = Spec(
        None if "constant" not in document else _text(where, document["constant"]),
        _texts(f"{where}.column", document.get("column", [])), _texts(f"{where}.join", document.get("join", [])),
        str(document.get("with", "")), _values(where, document.get("values")), str(document.get("split", "")),
        _one_of(f"{where}.range", document.get("range"), ("start", "end", None)),
        _condition(f"{where}.when", document["when"]) if "when" in document else None,
        _condition(f"{where}.unless", document["unless"]) if "unless" in document else None,
        _flag(f"{where}.yes_no", document.get("yes_no", False)),
    )  # fmt: skip
    _check_target(where, spec, target)
    return (spec,)


def _check_target(where: str, spec: Spec, target: str) -> None:
    if target == "kind":
        if spec.values is None and spec.constant is None:
            raise _invalid(
                where, "kind には constant か values が要ります。", "表の語と種別の対応を values に書いてください。"
            )
        for value in [*(spec.values or {}).values(), *([spec.constant] if spec.constant else [])]:
            _kind(where, value)
    if spec.split and target not in _LISTS:
        raise _invalid(
            f"{where}.split", "この項目は分けられません。", f"split が使える項目: {'、'.join(sorted(_LISTS))}"
        )


def _kind(where: str, value: str) -> None:
    try:
        kind(value)
    except KindUnknown as error:
        raise _invalid(where, f"知らない種別 {value} です。", str(error)) from None


def _condition(where: str, given: Any) -> Condition:
    document = _dict(where, given)
    _keys(where, document, _CONDITION, required={"column"})
    if sum(key in document for key in ("is", "contains", "empty")) != 1:
        raise _invalid(where, "is、contains、empty のうち1つだけを書きます。", "どれか1つにしてください。")
    return Condition(
        _text(where, document["column"]), _texts(f"{where}.is", document.get("is", [])),
        _texts(f"{where}.contains", document.get("contains", [])),
        _flag(f"{where}.empty", document["empty"]) if "empty" in document else None, str(document.get("reason", "")),
    )  # fmt: skip


def _values(where: str, given: Any) -> dict[str, str] | None:
    if given is None:
        return None
    return {str(key): _text(f"{where}.values", value) for key, value in _dict(f"{where}.values", given).items()}


def _municipality(name: str, given: Any) -> MunicipalityCode | None:
    try:
        return None if given is None else municipality_code(str(given))
    except CodeError as error:
        raise _invalid(f"{name} municipality_code", f"市区町村コードではありません({given})。", str(error)) from None


def _keys(where: str, document: dict[str, Any], allowed: set[str], required: set[str] = frozenset()) -> None:  # type: ignore[assignment]
    if unknown := document.keys() - allowed:
        raise _invalid(
            f"{where}.{sorted(map(str, unknown))[0]}", "知らない項目です。", f"使える項目: {'、'.join(sorted(allowed))}"
        )
    if missing := required - document.keys():
        raise _invalid(where, f"{'、'.join(sorted(missing))} がありません。", "書き足してください。")


def _dict(where: str, given: Any) -> dict[str, Any]:
    return given if isinstance(given, dict) else _wrong(where, "「項目: 値」の形で書きます。")


def _texts(where: str, given: Any) -> tuple[str, ...]:
    return tuple(_text(where, one) for one in (given if isinstance(given, list) else [given]))


def _text(where: str, given: Any) -> str:
    return (
        str(given)
        if isinstance(given, str | int | float) and not isinstance(given, bool)
        else _wrong(where, "文字で書きます。")
    )


def _flag(where: str, given: Any) -> bool:
    return given if isinstance(given, bool) else _wrong(where, "true か false で書きます。")


def _one_of(where: str, given: Any, allowed: Sequence[Any]) -> Any:
    return (
        given
        if given in allowed
        else _wrong(where, f"次のいずれかです: {'、'.join(str(one) for one in allowed if one)}")
    )


def _wrong(where: str, remedy: str) -> Any:
    raise _invalid(where, "値の形が正しくありません。", remedy)


def _invalid(where: str, what: str, remedy: str) -> MappingInvalid:
    return MappingInvalid("mapping_invalid", what, where=f"取込設定 {where}", remedy=remedy)
