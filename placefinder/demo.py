"""The demo town (見本の町): `data/demo/MANIFEST.yml` loaded through the ordinary readers, as any clerk's files are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import yaml

from geo.codes import MunicipalityCode, municipality_code
from geo.editions import Dataset, Edition, Source
from geo.folders import DATA
from geo.geocoding import Geocoder
from geo.readers.populations import read_standard
from geo.readers.town_tables import TownColumns, read_mapped
from geo.store.editions import EditionStore
from geo.store.loading import (
    Arrival,
    Loaded,
    load_districts,
    load_municipalities,
    load_schools,
    load_town_districts,
)
from geo.store.populations import PopulationStore
from geo.store.towns import TownStore, load_addresses
from placefinder.intake.mapped import form_of
from placefinder.intake.mapping import load_mapping
from placefinder.intake.pipeline import Job, prepare, publish, stage
from placefinder.intake.reading import fingerprint, read_files
from placefinder.store import Database

Progress = Callable[[str], None]
FOLDER = DATA / "demo"
_TOWN_COLUMNS = TownColumns(town=("町名",), school="小学校名", note="番地等")
_Connection = psycopg.Connection[Any]
_PLAIN: Mapping[Dataset, Callable[[_Connection, Arrival], Loaded]] = {
    "municipalities": load_municipalities,
    "schools": load_schools,
    "districts": load_districts,
}


@dataclass(frozen=True, slots=True)
class DemoList:
    """One list of the manifest: a source and the files it consists of."""

    source: Source
    dataset: Dataset
    files: tuple[Path, ...]
    mapping: Path | None

    @property
    def sha256(self) -> str:
        """The fingerprint the intake gives these files."""
        return fingerprint(self.files)


@dataclass(frozen=True, slots=True)
class Manifest:
    """The demo town's lists in the order of loading, and what holds for all of them."""

    municipality_code: MunicipalityCode
    prefecture_name: str
    label: str
    published_on: date
    lists: tuple[DemoList, ...]


def read_manifest(folder: Path = FOLDER) -> Manifest:
    document = yaml.safe_load((folder / "MANIFEST.yml").read_text("utf-8"))
    return Manifest(
        municipality_code(document["municipality_code"]),
        document["prefecture_name"],
        document["label"],
        document["published_on"],
        tuple(_list(folder, document, entry) for entry in document["lists"]),
    )


def _list(folder: Path, document: Mapping[str, Any], entry: Mapping[str, Any]) -> DemoList:
    terms = {name: document[name] for name in ("publisher", "licence", "attribution", "fictional")}
    source = Source(entry["id"], f"{entry['title']}（見本）", redistribution="open", **terms)
    mapping = folder / entry["mapping"] if "mapping" in entry else None
    return DemoList(source, entry["dataset"], tuple(folder / name for name in entry["files"]), mapping)


def load_demo(database: Database, progress: Progress = lambda _title: None) -> list[Edition]:
    """Make the demo town current in a migrated database, whole or not at all; gives what was new, nothing the next time."""
    with psycopg.connect(database.owner_dsn) as connection:
        return load_town(connection, progress=progress)


def load_town(
    connection: _Connection, folder: Path = FOLDER, progress: Progress = lambda _title: None
) -> list[Edition]:
    """Load every list of the manifest in `folder` that is not current yet. The caller commits.

    `progress` is told the title of each list before it is loaded.
    """
    manifest = read_manifest(folder)
    editions = EditionStore(connection)
    loader = _Loader(connection, manifest)
    loaded = []
    for one in manifest.lists:
        if editions.same_file(one.source.source_id, one.dataset, manifest.municipality_code, one.sha256):
            continue
        progress(one.source.title)
        editions.register(one.source)
        loaded.append(loader.load(one))
    if any(edition.dataset in ("populations", "town_districts") for edition in loaded):
        loader.apportion()
    return loaded


class _Loader:
    """Takes each dataset to the function that loads it."""

    def __init__(self, connection: _Connection, manifest: Manifest) -> None:
        self.connection, self.manifest = connection, manifest
        self.geocoder: Callable[[], Geocoder] = cache(lambda: TownStore(connection).geocoder(manifest.prefecture_name))

    def load(self, one: DemoList) -> Edition:
        code, label = self.manifest.municipality_code, self.manifest.label
        arrival = Arrival(one.files[0], one.source, code, label, self.manifest.published_on)
        if plain := _PLAIN.get(one.dataset):
            return plain(self.connection, arrival).edition
        match one.dataset:
            case "town_districts":
                towns = read_mapped(arrival.path, _TOWN_COLUMNS, code)
                return load_town_districts(self.connection, arrival, towns).edition
            case "populations":
                return PopulationStore(self.connection).load(arrival, read_standard(arrival.path)).edition
            case "addresses":
                return load_addresses(self.connection, arrival.path, one.source.source_id, label, code)[0]
            case _:
                return self.take_in(one)

    def take_in(self, one: DemoList) -> Edition:
        """Places, rooms and contact lines through the intake, as `placefinder load` does it."""
        code = self.manifest.municipality_code
        form = form_of(load_mapping(one.mapping)) if one.mapping else None
        reading = read_files(one.files, form=form, municipality_code=code, as_of=self.manifest.published_on)
        prepared = prepare(self.connection, reading, self.geocoder(), code)
        job = Job(lambda _scope: one.source, self.manifest.label, code, self.manifest.published_on)
        staged = stage(self.connection, prepared, job)
        publish(self.connection, staged.edition.edition_id)
        return EditionStore(self.connection).get(staged.edition.edition_id)

    def apportion(self) -> None:
        """People to school districts, by the town-to-school table."""
        current = {
            edition.dataset: edition.edition_id
            for edition in EditionStore(self.connection).current("populations", self.manifest.municipality_code)
            + EditionStore(self.connection).current("town_districts", self.manifest.municipality_code)
        }
        PopulationStore(self.connection).apportion(current["populations"], current["town_districts"], "official_table")
