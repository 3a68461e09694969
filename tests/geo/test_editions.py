from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from geo.editions import Counts, Edition, EditionId, Source, file_sha256
from geo.errors import EditionEmpty, EditionIncomplete, EditionUnknown
from geo.store.editions import EditionStore

ROOMS = Source(
    source_id="test-rooms",
    title="公共施設一覧",
    publisher="架空市",
    licence="CC BY 4.0",
    attribution="架空市 公共施設一覧",
    redistribution="open",
)


@pytest.fixture
def store(database: psycopg.Connection) -> EditionStore:
    store = EditionStore(database)
    store.register(ROOMS)
    return store


def staged(store: EditionStore, label: str, counts: Counts, sha256: str = "0" * 64) -> Edition:
    edition = store.stage(ROOMS.source_id, "rooms", "222216", label, file_name=f"{label}.csv", file_sha256=sha256)
    return store.record(edition.edition_id, counts, ["3件は位置が分からない"])


def test_a_staged_edition_is_seen_by_nobody(store: EditionStore) -> None:
    edition = staged(store, "2026-03", Counts(10, 7, 2, 1))
    assert edition.state == "staged"
    assert store.current("rooms", "222216") == []


def test_a_new_edition_retires_the_older_one_which_stays_askable(store: EditionStore) -> None:
    old = store.make_current(staged(store, "2026-02", Counts(10, 10)).edition_id)
    new = store.make_current(staged(store, "2026-03", Counts(9, 9)).edition_id)
    assert [edition.label for edition in store.current("rooms", "222216")] == ["2026-03"]
    assert new.made_current_at is not None
    assert store.get(old.edition_id).state == "retired"


def test_a_retired_edition_may_be_made_current_again(store: EditionStore) -> None:
    old = store.make_current(staged(store, "2026-02", Counts(10, 10)).edition_id)
    store.make_current(staged(store, "2026-03", Counts(9, 9)).edition_id)
    again = store.make_current(old.edition_id)
    assert (again.state, again.retired_at) == ("current", None)
    assert [edition.label for edition in store.current("rooms", "222216")] == ["2026-02"]


def test_an_edition_that_lost_rows_is_not_made_current(store: EditionStore) -> None:
    old = store.make_current(staged(store, "2026-02", Counts(10, 10)).edition_id)
    with pytest.raises(EditionIncomplete):
        store.make_current(staged(store, "2026-03", Counts(10, 7, 1, 1)).edition_id)
    assert store.current("rooms", "222216") == [store.get(old.edition_id)]


def test_an_empty_list_never_replaces_a_full_one(store: EditionStore) -> None:
    with pytest.raises(EditionEmpty):
        store.make_current(staged(store, "2026-03", Counts(4, 0, 0, 4)).edition_id)


def test_the_same_file_is_recognised_whatever_its_name(store: EditionStore, tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_bytes("名称,住所\n".encode("cp932"))
    sha256 = file_sha256(tmp_path / "a.csv")
    loaded = store.make_current(staged(store, "2026-03", Counts(1, 1), sha256).edition_id)
    same = store.same_file(ROOMS.source_id, "rooms", "222216", file_sha256(tmp_path / "b.csv"))
    assert same is not None
    assert same.edition_id == loaded.edition_id
    assert store.same_file(ROOMS.source_id, "rooms", "221309", sha256) is None


def test_a_retired_file_may_be_loaded_again(store: EditionStore) -> None:
    loaded = store.make_current(staged(store, "2026-03", Counts(1, 1), "a" * 64).edition_id)
    assert store.retire(loaded.edition_id).state == "retired"
    assert store.same_file(ROOMS.source_id, "rooms", "222216", "a" * 64) is None


def test_two_sources_may_both_be_current_for_one_municipality(store: EditionStore) -> None:
    store.register(replace(ROOMS, source_id="test-halls", title="集会施設"))
    store.make_current(staged(store, "2026-03", Counts(1, 1)).edition_id)
    halls = store.stage("test-halls", "rooms", "222216", "P05-22", file_name="p05.zip", file_sha256="b" * 64)
    store.record(halls.edition_id, Counts(2, 2))
    store.make_current(halls.edition_id)
    assert {edition.title for edition in store.current("rooms", "222216")} == {"公共施設一覧", "集会施設"}


def test_the_listing_carries_counts_and_terms(store: EditionStore) -> None:
    edition = staged(store, "2026-03", Counts(10, 7, 2, 1))
    [listed] = store.all(source_id=ROOMS.source_id)
    assert listed == edition
    assert (listed.rows_in, listed.rows_accepted, listed.rows_queued, listed.rows_refused) == (10, 7, 2, 1)
    assert (listed.licence, listed.attribution) == (ROOMS.licence, ROOMS.attribution)
    assert listed.known_defects == ["3件は位置が分からない"]


def test_a_source_registered_again_is_corrected(store: EditionStore) -> None:
    store.register(replace(ROOMS, redistribution="no", condition="商用利用不可"))
    [kept] = [source for source in store.sources() if source.source_id == ROOMS.source_id]
    assert kept.condition == "商用利用不可"
    assert not kept.exportable


def test_an_unknown_edition_is_said_so(store: EditionStore) -> None:
    nobody = EditionId(uuid4())
    for ask in (store.get, store.make_current, store.retire):
        with pytest.raises(EditionUnknown):
            ask(nobody)
    with pytest.raises(EditionUnknown):
        store.record(nobody, Counts(1, 1))
