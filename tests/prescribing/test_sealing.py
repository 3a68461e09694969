"""Sealing: words about a person open only with their key, in their row, for their purpose."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prescribing.errors import SealBroken
from prescribing.keys import new_key
from prescribing.sealing import CONTEXTS, Sealer, key_of

OLD, NEW = new_key(), new_key()
SEALER = Sealer([OLD, NEW])
ROW = uuid4()
CONTEXT = "contact.note"


@given(text=st.text(), context=st.sampled_from(CONTEXTS), row=st.uuids())
def test_what_is_sealed_opens_again_in_its_row(text: str, context: str, row: UUID) -> None:
    sealed = SEALER.seal(context, row, text)
    assert SEALER.open(context, row, sealed) == text
    assert len(sealed) == 2 + len(SEALER.key_id) + 12 + len(text.encode()) + 16


def test_the_same_words_are_never_sealed_alike() -> None:
    assert SEALER.seal(CONTEXT, ROW, "架空の花子") != SEALER.seal(CONTEXT, ROW, "架空の花子")


def test_a_seal_opens_in_no_other_row_and_for_no_other_purpose() -> None:
    sealed = SEALER.seal(CONTEXT, ROW, "架空の花子")
    for context, row in ((CONTEXT, uuid4()), ("patient.identity", ROW)):
        with pytest.raises(SealBroken) as refusal:
            SEALER.open(context, row, sealed)
        assert "花子" not in str(refusal.value)


@given(st.data())
def test_a_changed_byte_breaks_the_seal(data: st.DataObject) -> None:
    sealed = bytearray(SEALER.seal(CONTEXT, ROW, "架空の花子"))
    where = data.draw(st.integers(0, len(sealed) - 1))
    sealed[where] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SealBroken):
        SEALER.open(CONTEXT, ROW, bytes(sealed))


@given(st.binary(max_size=80))
def test_bytes_that_are_no_seal_are_refused(junk: bytes) -> None:
    with pytest.raises(SealBroken):
        SEALER.open(CONTEXT, ROW, junk)


def test_the_newest_key_seals_and_the_older_one_still_opens() -> None:
    before = Sealer([OLD]).seal(CONTEXT, ROW, "架空の花子")
    assert key_of(before) == OLD.id
    assert SEALER.open(CONTEXT, ROW, before) == "架空の花子"
    assert key_of(SEALER.seal(CONTEXT, ROW, "架空の花子")) == NEW.id


def test_without_its_key_a_seal_says_where_to_look_and_nothing_else() -> None:
    sealed = SEALER.seal(CONTEXT, ROW, "架空の花子")
    with pytest.raises(SealBroken, match="key file"):
        Sealer([OLD]).open(CONTEXT, ROW, sealed)


def test_a_context_that_nobody_reseals_is_refused() -> None:
    with pytest.raises(ValueError, match="CONTEXTS"):
        SEALER.seal("diary", ROW, "…")
