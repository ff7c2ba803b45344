"""Codes from a device: right ones, once each, and who cannot do without (M11)."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.data import role_labels, signing_roles
from services.membership.second_factor import rules
from shared.errors import Refused

KEY = b"12345678901234567890"
"""The key of RFC 6238, appendix B."""


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@pytest.mark.rule(id="M11")
@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_codes_of_the_standard_are_taken(seconds: int, code: str) -> None:
    step = seconds // 30
    assert rules.accepted_step(KEY, code, at(seconds), None) == step
    assert rules.accepted_step(KEY, code, at(seconds + 30), None) == step
    assert rules.accepted_step(KEY, code, at(seconds + 60), None) is None
    if step > 2:  # no device counts steps from before 1970
        assert rules.accepted_step(KEY, code, at(seconds - 30), None) == step
        assert rules.accepted_step(KEY, code, at(seconds - 60), None) is None


@pytest.mark.rule(id="M11")
def test_a_code_counts_once_and_none_before_it_afterwards() -> None:
    assert rules.accepted_step(KEY, "287082", at(59), 0) == 1
    assert rules.accepted_step(KEY, "287082", at(59), 1) is None
    assert rules.accepted_step(KEY, "287082", at(59), 2) is None


@pytest.mark.rule(id="M11")
@given(st.binary(min_size=20, max_size=20), st.text("0123456789", min_size=6, max_size=6), st.integers(60, 2**33))
def test_whatever_was_accepted_is_not_accepted_again(key: bytes, code: str, seconds: int) -> None:
    step = rules.accepted_step(key, code, at(seconds), None)
    if step is not None:
        assert abs(step - seconds // 30) <= 1
        assert rules.accepted_step(key, code, at(seconds), step) != step


@pytest.mark.rule(id="M11")
@pytest.mark.parametrize(
    ("typed", "read", "timed"),
    [
        ("123 456", "123456", True),
        ("１２３４５６", "123456", True),
        ("７kqm-2wxy-hj4r", "7KQM2WXYHJ4R", False),
        ("12345", "12345", False),
        ("1234567", "1234567", False),
        ("٣٣٣٣٣٣", "٣٣٣٣٣٣", False),
        (" - ", "", False),
    ],
)
def test_a_code_is_read_however_it_was_typed(typed: str, read: str, timed: bool) -> None:
    assert rules.normalise(typed) == read
    assert rules.timed(read) == timed


@pytest.mark.rule(id="M11")
def test_a_device_is_told_all_it_needs() -> None:
    uri = rules.enrolment_uri(KEY, "zhaojin")
    assert uri.startswith("otpauth://totp/")
    for part in ("zhaojin", "digits=6", "algorithm=SHA1", "period=30", f"secret={rules.shown_key(KEY)}"):
        assert part in uri
    assert rules.key_of(rules.shown_key(KEY)) == KEY


@pytest.mark.rule(id="M11")
@pytest.mark.parametrize(
    ("roles", "signers", "enrolled", "must"),
    [
        (["officer"], True, False, True),
        (["editor", "exam_officer"], True, False, True),
        (["officer"], True, True, False),
        (["officer"], False, False, False),
        (["editor", "administrator"], True, False, False),
        ([], True, False, False),
    ],
)
def test_who_signs_needs_one_where_signers_do(roles: list[str], signers: bool, enrolled: bool, must: bool) -> None:
    assert rules.must_enrol(roles, signing_roles(), signers=signers, enrolled=enrolled) == must


@pytest.mark.rule(id="M11")
def test_those_who_sign_for_money_or_certificates_are_data() -> None:
    assert signing_roles() == {
        "officer",
        "acting_secretary_general",
        "exam_officer",
        "exam_supervisor",
    }
    assert signing_roles() <= set(role_labels())


@pytest.mark.rule(id="M11")
def test_what_is_not_there_is_neither_confirmed_nor_removed() -> None:
    rules.check_not_enrolled(False)
    rules.check_pending(True)
    rules.check_enrolled(True)
    rules.check_not_lacking(False)
    for refuse, code in (
        (lambda: rules.check_not_enrolled(True), "second-factor-there"),
        (lambda: rules.check_pending(False), "no-enrolment"),
        (lambda: rules.check_enrolled(False), "no-second-factor"),
        (lambda: rules.check_not_lacking(True), "second-factor-enrolment-required"),
    ):
        with pytest.raises(Refused) as refused:
            refuse()
        assert (refused.value.rule, refused.value.code) == ("M11", code)
