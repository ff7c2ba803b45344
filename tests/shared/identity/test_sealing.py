"""Personal data at rest: read by its service only, found without being read (X5)."""

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from shared.identity.sealing import Vault

pytestmark = pytest.mark.rule(id="X5")

OURS, THEIRS = Vault(b"a secret of 32 bytes, or so it is"), Vault(b"another secret")


@given(st.text())
def test_what_was_sealed_is_read_again(text: str) -> None:
    assert OURS.unseal(OURS.seal(text)) == text


@given(st.text(min_size=4))
def test_what_is_sealed_shows_nothing_and_is_never_the_same_twice(text: str) -> None:
    one, other = OURS.seal(text), OURS.seal(text)
    assert one != other
    assert text.encode() not in one


@given(st.text(), st.data())
def test_bytes_that_were_changed_do_not_open(text: str, data: st.DataObject) -> None:
    sealed = bytearray(OURS.seal(text))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(InvalidTag):
        OURS.unseal(bytes(sealed))


def test_another_service_opens_nothing() -> None:
    with pytest.raises(InvalidTag):
        THEIRS.unseal(OURS.seal("110101199003074477"))


@pytest.mark.parametrize("sealed", [b"", b"x" * 11, b"x" * 12, b"x" * 27, b"x" * 40])
def test_what_was_never_sealed_does_not_open(sealed: bytes) -> None:
    with pytest.raises(InvalidTag):
        OURS.unseal(sealed)


@given(st.text(), st.text())
def test_the_index_is_equal_for_equal_texts_only(one: str, other: str) -> None:
    assert (OURS.blind(one) == OURS.blind(other)) == (one == other)


def test_the_index_is_each_services_own_and_shows_nothing() -> None:
    index = OURS.blind("110101199003074477")
    assert index != THEIRS.blind("110101199003074477")
    assert "110101" not in index
    assert len(index) == 64
