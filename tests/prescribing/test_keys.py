"""The key file: made once, for nobody else to read, and never half-written."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from prescribing.errors import KeysUnusable
from prescribing.keys import new_key, read_keys, write_keys


def test_the_first_start_makes_one_key_that_nobody_else_may_read(tmp_path: Path) -> None:
    path = tmp_path / "home" / "keys.json"
    [key] = read_keys(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_keys(path) == (key,)
    assert list(path.parent.iterdir()) == [path]


def test_processes_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        seen = set(pool.map(lambda _: read_keys(tmp_path / "keys.json"), range(16)))
    assert len(seen) == 1


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    read_keys(path)
    path.chmod(0o640)
    with pytest.raises(KeysUnusable, match="chmod 600"):
        read_keys(path)


@pytest.mark.parametrize("text", ["", "{}", '{"keys": []}', '{"keys": [{"id": "a", "made_at": "", "secret": "AAAA"}]}'])
def test_a_broken_file_is_refused_and_not_replaced(tmp_path: Path, text: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(KeysUnusable, match="restore it"):
        read_keys(path)
    assert path.read_text() == text


def test_a_change_of_keys_keeps_the_file_ours(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    keys = (*read_keys(path), new_key())
    write_keys(path, keys)
    assert read_keys(path) == keys
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_key_shows_its_id_only() -> None:
    key = new_key()
    assert repr(key) == f"Key('{key.id}')"


def test_each_purpose_has_its_own_derived_key() -> None:
    key = new_key()
    assert len({key.derived("sealing"), key.derived("audit"), key.secret}) == 3
