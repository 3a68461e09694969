"""The source registry (出典台帳): where official data is published, on which terms, and which reader takes it.

It is data (`data/sources.yml`), so a municipality adds its lists without code. What nobody has checked is marked
unverified, and terms that are unknown stay unknown: such data is never exported.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import yaml

from geo import CodeError, MunicipalityCode, municipality_code
from geo.editions import Dataset, MunicipalityTerms, Redistribution, Source
from geo.folders import DATA
from placefinder.intake.errors import FileRefused, SourceInvalid
from placefinder.intake.tables import Table

REGISTRY = DATA / "sources.yml"
_REQUIRED = {
    "id",
    "title",
    "publisher",
    "dataset",
    "licence",
    "attribution",
    "redistribution",
    "reader",
    "rhythm",
    "verified",
}
_ALLOWED = _REQUIRED | {"home_url", "condition", "downloads", "each", "label", "mapping", "note"}


@dataclass(frozen=True, slots=True)
class Download:
    """One official file. `scope`: a six-digit municipality, a two-digit prefecture, or "jp"."""

    url: str
    scope: str


@dataclass(frozen=True, slots=True)
class RegisteredSource:
    """A source as the database keeps it, and how to get and read it.

    `reader` is the form's name, "mapping" with `mapping` naming the file, or "" where a geo reader knows the form by itself.
    `verified`: somebody has compared address and terms with the publisher's page.
    """

    source: Source
    dataset: Dataset
    label: str
    reader: str
    mapping: str | None
    rhythm: str
    verified: bool
    note: str
    downloads: tuple[Download, ...]

    @property
    def source_id(self) -> str:
        return self.source.source_id


def load_registry(path: Path = REGISTRY) -> dict[str, RegisteredSource]:
    """All registered sources by id. Raises SourceInvalid naming the entry and what is wrong."""
    document = yaml.safe_load(path.read_text("utf-8"))
    if not isinstance(document, dict) or not isinstance(document.get("sources"), list):
        raise _invalid(path.name, "sources: の一覧がありません。")
    registry: dict[str, RegisteredSource] = {}
    for entry in document["sources"]:
        for expanded in _expanded(entry):
            one = _source(expanded)
            if one.source_id in registry:
                raise _invalid(one.source_id, "同じidが2度あります。")
            registry[one.source_id] = one
    return registry


def source_named(source_id: str, registry: Mapping[str, RegisteredSource] | None = None) -> RegisteredSource:
    """Raises SourceInvalid for an id that is not registered."""
    known = load_registry() if registry is None else registry
    if source_id not in known:
        raise SourceInvalid(
            "unknown_source",
            "台帳にない出典です。",
            where=source_id,
            remedy="`placefinder sources` で一覧を見てください。",
        )
    return known[source_id]


def _expanded(entry: Any) -> Iterator[dict[str, Any]]:
    """An entry with `each` stands for one source per item; {name} and {scope} are filled into its texts."""
    if not isinstance(entry, dict):
        raise _invalid(str(entry)[:40], "項目の形が正しくありません。")
    if "each" not in entry:
        yield entry
        return
    for item in entry["each"]:
        texts = {"name": item["name"], "scope": item["scope"]}
        one = {
            key: value.format(**texts) if isinstance(value, str) else value
            for key, value in entry.items()
            if key != "each"
        }
        yield one | {"downloads": [{"url": url, "scope": item["scope"]} for url in item["urls"]]}


def _source(entry: dict[str, Any]) -> RegisteredSource:
    name = str(entry.get("id", "?"))
    _check_keys(name, entry)
    source = Source(
        source_id=name, title=entry["title"], publisher=entry["publisher"], licence=entry["licence"],
        attribution=entry["attribution"], redistribution=entry["redistribution"], home_url=entry.get("home_url"),
        condition=entry.get("condition"),
    )  # fmt: skip
    return RegisteredSource(
        source, entry["dataset"], entry.get("label", ""), entry["reader"], entry.get("mapping"), entry["rhythm"],
        entry["verified"], entry.get("note", ""), tuple(_downloads(name, entry.get("downloads", []))),
    )  # fmt: skip


def _check_keys(name: str, entry: dict[str, Any]) -> None:
    if missing := _REQUIRED - entry.keys():
        raise _invalid(name, f"{'、'.join(sorted(missing))} がありません。")
    if extra := entry.keys() - _ALLOWED:
        raise _invalid(name, f"知らない項目 {'、'.join(sorted(extra))} があります。")
    if entry["dataset"] not in get_args(Dataset):
        raise _invalid(name, f"datasetは {'、'.join(get_args(Dataset))} のいずれかです。")
    if entry["redistribution"] not in get_args(Redistribution):
        raise _invalid(name, f"redistributionは {'、'.join(get_args(Redistribution))} のいずれかです。")
    if entry["redistribution"] == "conditional" and not entry.get("condition"):
        raise _invalid(name, "redistribution: conditional には condition が要ります。")
    if not isinstance(entry["verified"], bool):
        raise _invalid(name, "verifiedは true か false です。")


def _downloads(name: str, downloads: Iterable[Any]) -> Iterator[Download]:
    for item in downloads:
        if item["url"].split("://")[0] not in ("http", "https"):
            raise _invalid(name, f"アドレスがhttpではありません({item['url']})。")
        if "{prefecture}" in item["url"]:
            for number in range(1, 48):
                yield Download(item["url"].format(prefecture=f"{number:02}"), f"{number:02}")
        else:
            yield Download(item["url"], str(item["scope"]))


def _invalid(where: str, what: str) -> SourceInvalid:
    return SourceInvalid("source_invalid", what, where=f"出典台帳 {where}", remedy="台帳のその項目を直してください。")


_TERMS: dict[str, Redistribution] = {
    "オープンデータ公開": "open",
    "条件公開": "conditional",
    "商用利用不可": "conditional",
    "再配布・再利用不可": "no",
    "再配布不可": "no",
}


def municipality_terms(table: Table) -> dict[MunicipalityCode, MunicipalityTerms]:
    """Terms per municipality from the ministry's workbook (公開に関する利用条件), primary-school districts.

    A term the workbook does not define becomes unknown, never open. Raises FileRefused for another workbook.
    """
    terms_column = next((name for name in table.header if name.endswith("小学校区利用条件")), None)
    if terms_column is None or not {"行政CD", "自治体"} <= set(table.header):
        raise FileRefused(
            "other_form", "市区町村ごとの利用条件の表ではありません(行政CD・自治体・小学校区利用条件の列が要ります)。",
            where=f"{table.file_name} {table.sheet}", remedy="国土数値情報のA27のページから「利用条件」の表を入手してください。",
        )  # fmt: skip
    detail_column = terms_column.replace("利用条件", "特記条件詳細")
    found = {}
    for row in table.rows():
        one = _terms(row["行政CD"], row["自治体"], row[terms_column], row.get(detail_column))
        if one:
            found[one.municipality_code] = one
    return found


def _terms(code: str, name: str, licence: str, detail: str) -> MunicipalityTerms | None:
    try:
        checked = municipality_code(code)
    except CodeError:
        return None
    redistribution = _TERMS.get(licence, "unknown")
    condition = (
        None
        if redistribution == "open" and detail in ("", "-")
        else " ".join(filter(None, [licence, detail.strip("-")]))
    )
    return MunicipalityTerms(checked, name, licence or "不明", redistribution, condition)
