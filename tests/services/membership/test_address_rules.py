"""Guessing from one place is slowed down, whatever names are guessed at (M11)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.addresses import rules
from services.membership.addresses.rules import Network

NOW = datetime(2021, 2, 1, 9, tzinfo=UTC)


@pytest.mark.rule(id="M11")
@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::", "2001:db8:1:3::/64"),
    ],
)
def test_what_is_counted_as_one_place(address: str, place: str) -> None:
    assert rules.place(address) == place


@pytest.mark.rule(id="M11")
@given(st.ip_addresses())
def test_every_address_is_of_one_place_and_one_network(address: object) -> None:
    assert rules.place(str(address))
    assert rules.network(str(address)) in Network


@pytest.mark.rule(id="X11")
@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("127.0.0.1", Network.LOCAL),
        ("10.1.2.3", Network.LOCAL),
        ("::ffff:10.1.2.3", Network.LOCAL),
        ("fe80::1", Network.LOCAL),
        ("8.8.8.8", Network.INTERNET),
        ("2400:3200::1", Network.INTERNET),
        (None, None),
    ],
)
def test_of_where_somebody_signed_in_only_the_kind_of_network_is_kept(
    address: str | None, network: Network | None
) -> None:
    assert rules.network(address) == network


@pytest.mark.rule(id="M11")
@pytest.mark.parametrize(("failures", "seconds"), [(0, 0), (99, 0), (100, 30), (101, 60), (107, 3600), (10**9, 3600)])
def test_the_hundredth_failure_makes_everybody_there_wait(failures: int, seconds: int) -> None:
    assert rules.wait(failures, NOW, NOW, NOW) == timedelta(seconds=seconds)


@pytest.mark.rule(id="M11")
def test_failures_are_forgotten_a_day_after_the_first_also_where_there_are_always_some() -> None:
    first, last = NOW, NOW + timedelta(hours=23, minutes=59)
    assert rules.failures_now(150, first, last) == 150
    assert rules.wait(150, first, last, last) == timedelta(hours=1)
    assert rules.failures_now(150, first, NOW + timedelta(days=1)) == 0
    assert rules.wait(150, first, last, NOW + timedelta(days=1)) == timedelta()


@pytest.mark.rule(id="M11")
@given(st.integers(0, 200), st.integers(0, 86_400), st.integers(0, 86_400))
def test_waiting_ends(failures: int, last: int, now: int) -> None:
    at = NOW + timedelta(seconds=last + now)
    left = rules.wait(failures, NOW, NOW + timedelta(seconds=last), at)
    assert timedelta() <= left <= timedelta(hours=1)
    assert rules.wait(failures, NOW, NOW + timedelta(seconds=last), at + left) == timedelta()
