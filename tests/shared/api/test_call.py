"""What comes with a request beside its arguments."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.api.call import Call


def address(sent: object) -> str | None:
    return Call.of({"client-address": sent}).address


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        (None, None),
        ("", None),
        ("localhost", None),
        ("203.0.113.7, 198.51.100.1", None),
        ("203.0.113.007", None),
        ("1" * 5000, None),
    ],
)
def test_an_address_has_one_form_and_anything_else_is_none(sent: object, read: str | None) -> None:
    assert address(sent) == read


@given(st.ip_addresses())
def test_every_address_is_read(sent: object) -> None:
    assert address(str(sent)) is not None


@given(st.text(max_size=80))
def test_any_text_is_an_address_or_none(sent: str) -> None:
    assert address(sent) is None or address(address(sent)) == address(sent)
