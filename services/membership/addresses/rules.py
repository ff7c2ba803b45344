"""Addresses 来源地址: which belong together, and how long a place waits after too many failures (M11)."""

from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address

from services.membership.sessions.rules import wait_after
from shared.text import Text

FREE_FAILURES = 100
"""A whole office signs in from one address, and each of them mistypes now and then."""
COUNTED_FOR = timedelta(days=1)
"""How long after the first of them failures are counted: where many sign in, there is seldom a day without any."""
NETWORK_BITS = 64
"""What a household or a machine is given of IPv6 and may use as it likes."""


class Network(StrEnum):
    """From where somebody signed in, as far as it is kept with a session: not from which address."""

    LOCAL = "local"
    INTERNET = "internet"

    @property
    def label(self) -> Text:
        return _LABELS[self]


_LABELS = {Network.LOCAL: Text("内网", "Local network"), Network.INTERNET: Text("互联网", "Internet")}


def _plain(address: str) -> IPv4Address | IPv6Address:
    found = ip_address(address)
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def place(address: str) -> str:
    """What is counted as one: an IPv4 address, or all IPv6 addresses of one network of 64 bits."""
    found = _plain(address)
    if isinstance(found, IPv4Address):
        return str(found)
    return f"{IPv6Address(int(found) >> NETWORK_BITS << NETWORK_BITS)}/{NETWORK_BITS}"


def network(address: str | None) -> Network | None:
    """The network that an address is of; None where nobody knows the address."""
    if address is None:
        return None
    return Network.INTERNET if _plain(address).is_global else Network.LOCAL


def failures_now(failures: int, counted_since: datetime, now: datetime) -> int:
    """How many failures count at ``now``."""
    return failures if now - counted_since < COUNTED_FOR else 0


def wait(failures: int, counted_since: datetime, last_failed_at: datetime, now: datetime) -> timedelta:
    """How much longer anybody waits there: 30 s after the hundredth failure within a day, then twice as long after
    each one more, at most an hour."""
    over = failures_now(failures, counted_since, now) - FREE_FAILURES
    return max(last_failed_at + wait_after(over) - now, timedelta())
