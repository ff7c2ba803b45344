"""Terms of office 届期: five years, and whether one has expired (G3).

The document gives the year in which the third term began and no day. So its end lies between two days: from the
earliest on it is warned of, from the latest on it counts as expired, and no election is blocked wrongly.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shared.text import Text


class Standing(StrEnum):
    """How a term stands on a day."""

    TO_COME = "to-come"
    RUNNING = "running"
    MAY_HAVE_EXPIRED = "may-have-expired"
    EXPIRED = "expired"

    @property
    def label(self) -> Text:
        return _STANDINGS[self]


_STANDINGS = {
    Standing.TO_COME: Text("尚未开始", "To come"),
    Standing.RUNNING: Text("任期内", "Running"),
    Standing.MAY_HAVE_EXPIRED: Text("可能已届满", "May have expired"),
    Standing.EXPIRED: Text("已届满", "Expired"),
}


@dataclass(frozen=True, slots=True)
class Term:
    """One term. ``until_earliest`` and ``until_latest`` are the first days after it, the same where both are known."""

    began_earliest: date
    until_earliest: date
    until_latest: date


def standing(term: Term, day: date) -> Standing:
    """How ``term`` stands on ``day`` (G3). It counts as begun from the earliest day it may have."""
    if day < term.began_earliest:
        return Standing.TO_COME
    if day >= term.until_latest:
        return Standing.EXPIRED
    return Standing.MAY_HAVE_EXPIRED if day >= term.until_earliest else Standing.RUNNING
