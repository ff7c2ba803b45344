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


class Secrets:
    """What a keyring knows of later secrets: those in ``there``, once it has looked."""

    def __init__(self, *numbers: int) -> None:
        self.there = {number: b"%d" % number * 16 for number in numbers}
        self.known = dict(self.there)

    def sealing_secrets(self) -> dict[int, bytes]:
        return self.known

    def look(self) -> None:
        self.known = dict(self.there)


FIRST = b"a secret of 32 bytes, or so it is"


@given(st.text(), st.integers(1, 255))
def test_what_earlier_secrets_sealed_is_read_after_any_number_of_later_ones(text: str, latest: int) -> None:
    old, former, new = Vault(FIRST), Vault(FIRST, Secrets(1)), Vault(FIRST, Secrets(1, latest))
    assert new.open(old.seal(text)) == (text, 0)
    assert new.open(former.seal(text)) == (text, 1)
    assert new.open(new.seal(text)) == (text, latest)


@given(st.text(), st.binary(min_size=12, max_size=12))
def test_a_seal_of_the_first_secret_opens_whatever_it_begins_with(text: str, nonce: bytes) -> None:
    sealed = nonce + Vault(FIRST)._first.encrypt(nonce, text.encode(), None)
    assert Vault(FIRST, Secrets(*range(1, 256))).open(sealed) == (text, 0)


@given(st.text(), st.data())
def test_a_numbered_seal_that_was_changed_does_not_open(text: str, data: st.DataObject) -> None:
    vault = Vault(FIRST, Secrets(1, 2, 3))
    sealed = bytearray(vault.seal(text))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(InvalidTag):
        vault.unseal(bytes(sealed))


def test_a_seal_under_a_secret_made_just_now_is_read_by_a_process_that_has_not_looked() -> None:
    late = Secrets()
    late.there = {1: b"1" * 16}
    assert Vault(FIRST, late).unseal(Vault(FIRST, Secrets(1)).seal("x")) == "x"


def test_the_index_outlives_every_secret() -> None:
    assert Vault(FIRST, Secrets(1, 2)).blind("x") == Vault(FIRST).blind("x")
