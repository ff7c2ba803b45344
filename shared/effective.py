"""Thresholds, rates, fees and periods are data with a first day, and decisions record the version they used (X4)."""

from collections.abc import Iterable
from datetime import date
from typing import Protocol, TypeVar

from shared.errors import Refused
from shared.text import Text


class EffectiveDated(Protocol):
    """One version of something that is data; it holds until the next one begins."""

    @property
    def effective_from(self) -> date: ...


V = TypeVar("V", bound=EffectiveDated)


def in_force(versions: Iterable[V], on: date, what: Text) -> V:
    """The version in force on a business day: the latest that has begun. Refused where none has (X4)."""
    begun = [version for version in versions if version.effective_from <= on]
    if not begun:
        raise Refused(
            "X4",
            f"{on.isoformat()}尚无生效的{what.zh}",
            f"No {what.en} are in force on {on.isoformat()}",
            code="no-terms",
        )
    return max(begun, key=lambda version: version.effective_from)
